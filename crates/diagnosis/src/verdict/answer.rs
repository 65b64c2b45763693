//! Attempts that were answered with a status other than 2xx.

use hookbench_domain::{AttemptRecord, ResponseRecord, parse_retry_after};
use url::Url;

use super::page::{Page, one_line};
use super::{Verdict, VerdictCode as Code, host, target};

pub(super) fn read(attempt: &AttemptRecord, response: &ResponseRecord) -> Verdict {
    let page = Page::of(response);
    let status = response.status;
    let detail = detail(status, &page, response.truncated);
    if (300..400).contains(&status)
        && let Some(to) = page.header("location")
    {
        return redirect(attempt, status, to);
    }
    let host = host(attempt);
    if let Some(product) = page.firewall().filter(|_| status >= 400) {
        return Verdict::new(
            Code::Firewall,
            format!("A firewall in front of {host} turned the request away."),
            format!("{detail}; marks of {product}"),
        );
    }
    // 495 and 496 are nginx's own numbers for it, which it sends as 400.
    if matches!(status, 495 | 496) || matches!(status, 400 | 401 | 403) && page.wants_certificate() {
        return Verdict::new(
            Code::TlsClientCertificate,
            format!("{host} asks for a client certificate."),
            detail,
        );
    }
    if matches!(status, 400 | 401 | 403 | 422) && page.refuses_signature() {
        return Verdict::new(Code::SignatureRefused, format!("{host} did not accept the signature."), detail);
    }
    if page.is_login() {
        return Verdict::new(Code::LoginPage, format!("{host} answered with a login page."), detail);
    }
    let says = page.message().map(|(_, text)| format!(": {text}")).unwrap_or_default();
    let (code, summary) = match status {
        429 => {
            let wait = page.header("retry-after").and_then(|v| parse_retry_after(v, attempt.started_at));
            let wait =
                wait.map(|ms| format!(" and asks to wait {} s", ms.div_ceil(1000))).unwrap_or_default();
            (Code::RateLimited, format!("{host} takes no more requests for now{wait}."))
        }
        401 | 403 | 407 => (Code::Unauthorized, format!("{host} does not let this request in{says}")),
        404 => (Code::NotFound, format!("{host} has nothing at this address.")),
        405 => (Code::MethodNotAllowed, format!("{host} does not take webhooks at this address.")),
        410 => (Code::Gone, format!("{host} says that this address is gone for good.")),
        413 => (Code::PayloadTooLarge, format!("The event is larger than {host} allows.")),
        415 => (Code::UnsupportedMediaType, format!("{host} does not read this kind of content.")),
        400..=499 => (Code::Rejected, format!("{host} refused the event{says}")),
        502..=504 | 520..=530 => {
            (Code::GatewayError, format!("The application behind {host} is down or too slow."))
        }
        500..=599 => (Code::ServerError, format!("{host} failed while handling the event{says}")),
        _ => (Code::UnexpectedStatus, format!("{host} answered with the unusual status {status}.")),
    };
    Verdict::new(code, sentence(summary), detail)
}

/// Ends with a full stop, whatever the receiver's message ends with.
fn sentence(mut text: String) -> String {
    if !text.ends_with(['.', '!', '?', '…']) {
        text.push('.');
    }
    text
}

fn detail(status: u16, page: &Page<'_>, truncated: bool) -> String {
    let mut detail = format!("Status {status}");
    if let Some((what, text)) = page.message() {
        detail.push_str(&format!("; {what}: {text}"));
    }
    if let Some(server) = page.header("server") {
        detail.push_str(&format!("; server {}", one_line(server, 60)));
    }
    if truncated {
        detail.push_str("; the body was cut");
    }
    detail
}

fn redirect(attempt: &AttemptRecord, status: u16, to: &str) -> Verdict {
    let host = host(attempt);
    let from = target(attempt);
    let resolved = match &from {
        Some(from) => from.join(to).ok(),
        None => Url::parse(to).ok(),
    };
    let code = match (&from, &resolved) {
        (from, Some(to)) if is_login(to) && !from.as_ref().is_some_and(is_login) => Code::RedirectLogin,
        (Some(from), Some(to)) => compare(from, to),
        (_, _) => Code::Redirect,
    };
    let shown = resolved.as_ref().map_or_else(|| one_line(to, 200), |u| one_line(&without_query(u), 200));
    let summary = if code == Code::RedirectLogin {
        format!("{host} sends the request to a login page.")
    } else if code == Code::RedirectHttps {
        format!("{host} takes requests over https only.")
    } else if code == Code::Redirect {
        format!("{host} has moved this address.")
    } else {
        format!("{host} answers at a slightly different address.")
    };
    Verdict::new(code, summary, format!("Status {status}, Location: {shown}; redirects are not followed"))
}

/// Queries of redirects carry tokens.
fn without_query(url: &Url) -> String {
    let mut url = url.clone();
    if url.query().is_some() {
        url.set_query(Some("…"));
    }
    url.to_string().replace("%E2%80%A6", "…")
}

fn is_login(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let words = [
        "login",
        "log-in",
        "signin",
        "sign-in",
        "sign_in",
        "sso",
        "auth",
        "authorize",
        "oauth",
        "oauth2",
        "saml",
    ];
    let at_login_host = ["login.", "accounts.", "sso.", "auth."].iter().any(|p| host.starts_with(p));
    at_login_host
        || url.path_segments().is_some_and(|mut parts| {
            parts.any(|p| {
                let p = p.to_lowercase();
                words.contains(&p.split('.').next().unwrap_or_default()) || p == "wp-login.php"
            })
        })
}

fn compare(from: &Url, to: &Url) -> Code {
    let bare =
        |u: &Url| u.host_str().map(|h| h.strip_prefix("www.").unwrap_or(h).to_owned()).unwrap_or_default();
    let path = |u: &Url| u.path().trim_end_matches('/').to_owned();
    if bare(from) != bare(to) || path(from) != path(to) {
        Code::Redirect
    } else if from.scheme() == "http" && to.scheme() == "https" {
        Code::RedirectHttps
    } else if from.host_str() != to.host_str() {
        Code::RedirectWww
    } else if from.path() != to.path() {
        Code::RedirectSlash
    } else {
        Code::Redirect
    }
}
