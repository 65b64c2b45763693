//! The id and type of what was received.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::value::RawValue;

use crate::digest::sha256_hex;
use crate::received::first_value;
use crate::scheme::Scheme;

/// The type of an event that names none.
pub const UNKNOWN_TYPE: &str = "unknown";
const MAX_CHARS: usize = 255;

/// What a received event calls itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Its id, 1 to 255 visible ASCII characters; the SHA-256 of the body in hex if it names none.
    pub id: String,
    /// Its type; [`UNKNOWN_TYPE`] if it names none. Whether it is a dotted name is not checked.
    pub event_type: String,
}

/// Finds id and type where the scheme puts them: in headers of their own (`github`, `shopify`),
/// the id in a header and the type in the body (`standard`, `svix`), both in the body (all
/// others). The body's type is its `event`, else its `type`; the other way round for `standard`
/// and `svix`. Call it after the signature was verified.
#[must_use]
pub fn identify(scheme: Scheme, headers: &[(String, Vec<u8>)], body: &[u8]) -> Identity {
    let fields = || serde_json::from_slice::<HashMap<Cow<'_, str>, &RawValue>>(body).unwrap_or_default();
    let header = |name: Option<&str>| name.and_then(|n| first_value(headers, n)).map(str::to_owned);
    let (id, event_type) = match scheme {
        Scheme::Github | Scheme::Shopify => (header(scheme.id_header()), header(scheme.type_header())),
        Scheme::Standard | Scheme::Svix => {
            let fields = fields();
            (header(scheme.id_header()), text(&fields, "type").or_else(|| text(&fields, "event")))
        }
        Scheme::Trcker
        | Scheme::Track360
        | Scheme::Stripe
        | Scheme::HexBody
        | Scheme::Base64Body
        | Scheme::None
        | Scheme::ApiKey => {
            let fields = fields();
            let id = text(&fields, "id").or_else(|| number(&fields, "id"));
            (id, text(&fields, "event").or_else(|| text(&fields, "type")))
        }
    };
    let usable = |text: &String| {
        (1..=MAX_CHARS).contains(&text.len()) && text.bytes().all(|b| matches!(b, 0x21..=0x7e))
    };
    Identity {
        id: id.filter(usable).unwrap_or_else(|| sha256_hex(body)),
        event_type: event_type.filter(usable).unwrap_or_else(|| UNKNOWN_TYPE.to_owned()),
    }
}

type Fields<'a> = HashMap<Cow<'a, str>, &'a RawValue>;

fn text(fields: &Fields<'_>, key: &str) -> Option<String> {
    serde_json::from_str(fields.get(key)?.get()).ok()
}

/// A whole number as its digits: some platforms number their events.
fn number(fields: &Fields<'_>, key: &str) -> Option<String> {
    let raw = fields.get(key)?.get();
    raw.bytes().all(|b| b.is_ascii_digit()).then(|| raw.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&str, &str)]) -> Vec<(String, Vec<u8>)> {
        pairs.iter().map(|(n, v)| ((*n).to_owned(), v.as_bytes().to_vec())).collect()
    }

    #[test]
    fn id_and_type_come_from_where_the_scheme_puts_them() {
        let sent = headers(&[
            ("Webhook-Id", "msg_1"),
            ("svix-id", "msg_2"),
            ("x-github-delivery", "guid"),
            ("X-GitHub-Event", " push "),
            ("x-shopify-webhook-id", "shop"),
            ("x-shopify-topic", "orders/create"),
        ]);
        let body = br#"{"id":"evt_1","event":"a.b","type":"c.d","data":{"id":"no"}}"#;
        for (scheme, id, kind) in [
            (Scheme::Trcker, "evt_1", "a.b"),
            (Scheme::Track360, "evt_1", "a.b"),
            (Scheme::Stripe, "evt_1", "a.b"),
            (Scheme::HexBody, "evt_1", "a.b"),
            (Scheme::Base64Body, "evt_1", "a.b"),
            (Scheme::ApiKey, "evt_1", "a.b"),
            (Scheme::None, "evt_1", "a.b"),
            (Scheme::Standard, "msg_1", "c.d"),
            (Scheme::Svix, "msg_2", "c.d"),
            (Scheme::Github, "guid", "push"),
            (Scheme::Shopify, "shop", "orders/create"),
        ] {
            let want = Identity { id: id.into(), event_type: kind.into() };
            assert_eq!(identify(scheme, &sent, body), want, "{scheme}");
        }
    }

    #[test]
    fn what_names_no_id_is_known_by_its_bytes() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        for scheme in Scheme::ALL {
            let want = Identity { id: empty.into(), event_type: "unknown".into() };
            assert_eq!(identify(scheme, &[], b""), want);
        }
        for body in [
            r#"{"id":""}"#,
            r#"{"id":null}"#,
            r#"{"id":"a b"}"#,
            r#"{"id":["x"]}"#,
            "[1]",
            "{\"id\":\"\\n\"}",
        ] {
            assert_eq!(identify(Scheme::Trcker, &[], body.as_bytes()).id, sha256_hex(body.as_bytes()));
        }
    }

    #[test]
    fn the_other_type_field_and_numbered_ids_are_read() {
        let got = identify(Scheme::Stripe, &[], br#"{"id":1234,"event":{},"type":"charge.paid"}"#);
        assert_eq!(got, Identity { id: "1234".into(), event_type: "charge.paid".into() });
        let got = identify(Scheme::Standard, &[], br#"{"event":"a.b"}"#);
        assert_eq!(got.event_type, "a.b");
    }
}
