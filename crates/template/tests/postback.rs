//! What postback URLs promise.

use hookbench_template::{EventInput, PostbackUrl};
use proptest::prelude::*;

const BODY: &str = r#"{"id":"evt_1","event":"conversion.approved","data":{"cid":"a b&c=d/é","payout":12.50,"big":1e400,"ok":true,"none":null,"empty":"","order":{"id":"o/1","items":[{"sku":"s-1"}]},"dots":"..","click_id":"k1","a-b":"dash"},"top":"level"}"#;

fn event(body: &str) -> EventInput<'_> {
    EventInput {
        id: "evt_1",
        event: "conversion.approved",
        created_at: "2026-05-08T04:51:35.080Z",
        brand: Some("b1"),
        body: body.as_bytes(),
    }
}

fn expand(url: &str) -> Result<String, String> {
    let url = PostbackUrl::parse(url).map_err(|error| error.to_string())?;
    url.expand(&event(BODY)).map(String::from).map_err(|error| error.to_string())
}

#[test]
fn macros_are_filled_and_percent_encoded() {
    for (url, want) in [
        ("https://t.example/pb?id={id}&e={event}", "https://t.example/pb?id=evt_1&e=conversion.approved"),
        (
            "https://t.example/pb?at={createdAt}&b={brandId}",
            "https://t.example/pb?at=2026-05-08T04%3A51%3A35.080Z&b=b1",
        ),
        ("https://t.example/pb?c={data.cid}", "https://t.example/pb?c=a%20b%26c%3Dd%2F%C3%A9"),
        ("https://t.example/{data.order.id}/x?p={data.payout}", "https://t.example/o%2F1/x?p=12.50"),
        (
            "https://t.example/?b={data.big}&ok={data.ok}&e={data.empty}",
            "https://t.example/?b=1e400&ok=true&e=",
        ),
        (
            "https://t.example/?s={data.order.items.0.sku}&t={top}&k={click_id}",
            "https://t.example/?s=s-1&t=level&k=k1",
        ),
        ("https://t.example/?x={data.a-b}", "https://t.example/?x=dash"),
        ("http://127.0.0.1:9/a{data.dots}b", "http://127.0.0.1:9/a..b"),
        ("https://t.example/none", "https://t.example/none"),
    ] {
        assert_eq!(expand(url).as_deref(), Ok(want), "{url}");
    }
}

#[test]
fn every_missing_value_is_named_and_nothing_is_made() {
    for (url, words) in [
        ("https://t.example/?a={data.x}&b={nope}&c={id}", &["`{data.x}`", "`{nope}`"][..]),
        ("https://t.example/?a={data.none}", &["`{data.none}` (it is null)"]),
        ("https://t.example/?a={data.order}", &["`{data.order}` (it is an object"]),
        ("https://t.example/?a={data.order.items}", &["is a list"]),
        ("https://t.example/?a={data.order.items.7.sku}", &["not there"]),
        ("https://t.example/a/{data.dots}/b", &["`{data.dots}`", "path"]),
        ("https://t.example/%2e{data.empty}./b", &["path"]),
    ] {
        let error = expand(url).unwrap_err();
        for word in words {
            assert!(error.contains(word), "{url}: {error}");
        }
    }
    let url = PostbackUrl::parse("https://t.example/?b={brandId}").unwrap();
    assert!(url.expand(&EventInput { brand: None, ..event("{}") }).is_err());
    assert!(url.expand(&event("not json")).is_ok());
    assert!(PostbackUrl::parse("https://t.example/?b={data.x}").unwrap().expand(&event("not json")).is_err());
}

#[test]
fn braces_that_are_no_macro_are_refused_with_their_place() {
    for (url, column, word) in [
        ("https://t.example/?a={id", 22, "not closed"),
        ("https://t.example/?a=id}", 24, "without"),
        ("https://t.example/?a={}", 22, "no macro"),
        ("https://t.example/?a={{id}}", 22, "no macro"),
        ("https://t.example/?a={ id }", 22, "no macro"),
        ("https://t.example/?a={data.}", 22, "no macro"),
        ("https://t.example/?a={data..x}", 22, "no macro"),
        ("https://t.example/?a={order.id}", 22, "begin with data"),
        ("https://t.example/?a={data.x|upper}", 22, "no macro"),
        ("https://{data.host}/", 9, "host"),
        ("https://a.{id}.example/", 11, "host"),
        ("https://{id}@t.example/", 9, "host"),
        ("https://t.example:{data.port}/", 19, "host"),
        ("{data.scheme}://t.example/", 1, "host"),
        ("https://t.example{id}", 18, "host"),
        ("{data.url}", 1, "host"),
        // However a browser would read them, these let the event choose.
        ("http:/{data.host}/x", 7, "host"),
        ("http:/{data.host}", 7, "host"),
        ("http:///{data.host}/x", 9, "host"),
        ("http:////{data.host}", 10, "host"),
        ("http:{data.host}", 6, "host"),
        ("http:\\\\{data.host}\\x", 8, "host"),
        ("http:/\\{data.host}/x", 8, "host"),
        ("http:\\/{data.host}?x", 8, "host"),
        ("HTTP:\t/\n/{data.host}/x", 10, "host"),
        ("https://t.example\\@{data.host}", 20, "host"),
        ("https:/t.example:{data.port}/", 18, "host"),
        ("https:/{data.user}@t.example/", 8, "host"),
        ("https:///t.example:4{data.port}/{id}", 21, "host"),
        ("https:/t.{data.a}.example/{id}", 10, "host"),
        ("t.example/{id}", 1, "not a URL"),
        ("", 1, "not a URL"),
    ] {
        let error = PostbackUrl::parse(url).unwrap_err();
        assert!(error.to_string().contains(word), "{url}: {error}");
        assert_eq!(error.column, column, "{url}: {error}");
    }
}

/// Pieces of URLs, and of what looks like one.
const PIECES: &[&str] = &[
    "/",
    "//",
    "\\",
    "@",
    ":",
    "?",
    "#",
    ".",
    "..",
    "{data.v}",
    "{data.w}",
    "{id}",
    "t.example",
    "80",
    "443",
    "0",
    "[::1]",
    "%2f",
    "%40",
    "a",
    "\t",
    "\n",
    " ",
    "-",
    "&",
    "=",
    "127.1",
];

/// Values that would lead elsewhere if they were not encoded.
const NASTY: &[&str] = &[
    "",
    ".",
    "..",
    "/",
    "//other.example",
    "\\other.example",
    "@other.example",
    ":81",
    ":80",
    "other.example",
    "80",
    "#",
    "?",
    "%2f%2fother.example",
    "\t",
    "\n",
    "0",
    "1",
    "22",
    "example",
];

proptest! {
    #[test]
    fn reading_and_filling_never_panic(url in ".{0,60}", body in ".{0,40}") {
        if let Ok(url) = PostbackUrl::parse(&url) {
            let _ = url.expand(&event(&body));
        }
    }

    #[test]
    fn no_value_changes_whom_an_accepted_url_reaches(
        parts in prop::collection::vec(prop::sample::select(PIECES), 1..9),
        begin in prop::sample::select(&["http:", "https:", "HTTP://", "http:/", "https:\\\\", "http://t.example"][..]),
        first in prop_oneof![".{0,20}", prop::sample::select(NASTY).prop_map(str::to_owned)],
        second in prop_oneof![any::<String>(), prop::sample::select(NASTY).prop_map(str::to_owned)],
    ) {
        let text = format!("{begin}{}", parts.concat());
        let Ok(url) = PostbackUrl::parse(&text) else { return Ok(()) };
        let whom = |url: &url::Url| {
            let user = (url.username().to_owned(), url.password().map(str::to_owned));
            (url.scheme().to_owned(), url.host_str().map(str::to_owned), url.port_or_known_default(), user)
        };
        // What was saved, as its reader sees it: a macro is a word.
        let saved = url::Url::parse(&text.replace("{data.v}", "v").replace("{data.w}", "w").replace("{id}", "i"));
        let saved = whom(&saved.unwrap());
        let body = serde_json::json!({"data": {"v": first, "w": second}}).to_string();
        if let Ok(filled) = url.expand(&event(&body)) {
            prop_assert_eq!(whom(&filled), saved, "{}", text);
        }
    }

    #[test]
    fn a_value_changes_nothing_but_its_own_place(value: String) {
        let body = serde_json::json!({"data": {"v": value}}).to_string();
        let url = PostbackUrl::parse("https://t.example/a/{data.v}/b?q={data.v}&r=1").unwrap();
        match url.expand(&event(&body)) {
            Ok(url) => {
                prop_assert_eq!(url.host_str(), Some("t.example"));
                prop_assert_eq!(url.path_segments().unwrap().count(), 3);
                let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
                prop_assert_eq!(pairs, vec![("q".to_owned(), value), ("r".to_owned(), "1".to_owned())]);
                prop_assert_eq!(url.fragment(), None);
            }
            Err(error) => {
                let long = error.to_string().contains("longer");
                prop_assert!(long || matches!(value.as_str(), "." | ".."), "{}", error);
            }
        }
    }
}
