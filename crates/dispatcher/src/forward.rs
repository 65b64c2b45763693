//! Forwarding: a delivery repeats the signature that its event came in with.

use hookbench_signature::Scheme;

/// How a credential looks that was not kept.
const MASKED: &str = "••••";

/// Whether a header carries a signature, or something that is signed, under any scheme.
pub(crate) fn of_a_signature(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    Scheme::ALL.iter().any(|scheme| scheme.headers().contains(&name.as_str()))
}

/// The headers to repeat, in the order they came: the content type and every signature header.
///
/// # Errors
/// Says in words why there is nothing to forward.
pub(crate) fn repeated(received: Option<&[(String, String)]>) -> Result<Vec<(String, String)>, String> {
    let Some(received) = received else {
        return Err(
            "this subscription forwards the signature that an event came in with, and this event did not \
                    come in through a source: set its mode to sign, or send it such events only"
                .to_owned(),
        );
    };
    let mut headers = Vec::new();
    for (name, value) in received {
        if of_a_signature(name) && value == MASKED {
            return Err(format!(
                "the event came in with the credential `{name}`, which is not kept and cannot be forwarded: \
                 set the mode of this subscription to sign"
            ));
        }
        // Of a postback the body is the event's JSON, whatever the form was called.
        let form = value.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded");
        if of_a_signature(name) || (name.eq_ignore_ascii_case("content-type") && !form) {
            headers.push((name.clone(), value.clone()));
        }
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn signature_headers_and_the_content_type_are_repeated_untouched() {
        let received = [
            pair("Host", "in.example.com"),
            pair("content-type", "application/json; charset=utf-8"),
            pair("X-Trcker-Signature", "t=1,v1=AB"),
            pair("User-Agent", "trcker"),
        ];
        assert_eq!(repeated(Some(&received)).unwrap(), [received[1].clone(), received[2].clone()]);
    }

    #[test]
    fn a_postback_goes_on_as_the_json_that_it_became() {
        let received = [pair("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")];
        assert_eq!(repeated(Some(&received)).unwrap(), []);
    }

    #[test]
    fn what_was_not_received_or_not_kept_cannot_be_forwarded() {
        assert!(repeated(None).unwrap_err().contains("did not come in"));
        let masked = [pair("X-Api-Key", MASKED)];
        assert!(repeated(Some(&masked)).unwrap_err().contains("X-Api-Key"));
    }
}
