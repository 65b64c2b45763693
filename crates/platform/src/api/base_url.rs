//! Where a platform serves its API.

use hookbench_domain::is_loopback_url;
use url::Url;

use crate::api::error::ApiError;

/// Reads a base URL: `https`, or `http` to this machine; no user info, query or fragment.
///
/// # Errors
/// [`ApiError::BaseUrl`], saying what is wrong.
pub fn parse_base_url(text: &str) -> Result<Url, ApiError> {
    let wrong = |why: &str| Err(ApiError::BaseUrl(why.to_owned()));
    let Ok(mut url) = Url::parse(text) else {
        return wrong("is not a URL: write it in full, like https://api.example.com");
    };
    let loopback = is_loopback_url(&url);
    match url.scheme() {
        "https" => {}
        "http" if loopback => {}
        "http" => return wrong("must be https://: the key would travel in the open (this machine excepted)"),
        _ => return wrong("must begin with https://"),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("holds a user name or password: the key is given as the secret");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return wrong("ends before ? and #: give the part up to the path of the API");
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}
