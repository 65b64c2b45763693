//! Reading a profile file.

use hookbench_domain::read_json;

use crate::check::{ProfileError, check};
use crate::profile::Profile;
use crate::schema;

/// Reads and checks a profile file.
///
/// # Errors
/// [`ProfileError`], naming the line and what is wrong there.
pub fn parse_profile(text: &str) -> Result<Profile, ProfileError> {
    let mut profile: Profile = read_json(text.as_bytes())?;
    check(&profile, text)?;
    for kind in &mut profile.catalogue {
        if kind.version.is_empty() {
            kind.version.clone_from(&profile.schema_version);
        }
        schema::complete(&mut kind.schema, &profile.definitions).map_err(|missing| {
            ProfileError::at(text, &missing, format!("no definition has this name: `{missing}`"))
        })?;
    }
    Ok(profile)
}
