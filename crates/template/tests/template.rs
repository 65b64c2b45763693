//! What templates promise.

use hookbench_template::{EventInput, FORM, JSON, PRESETS, Template, TemplateError};
use proptest::prelude::*;

const BODY: &str = r#"{"id":"evt_1","event":"conversion.approved","createdAt":"2026-05-08T04:51:35.080Z","brandId":"b1","data":{"payoutCents":1260,"amount":12.50,"big":123456789012345678901234567890,"currency":"EUR","email":"ann+x@example.com","name":"Ann \"A\" <b> & \\ é","nothing":null,"tags":["a","b"],"order":{"total":7,"ok":true}}}"#;

fn event(body: &str) -> EventInput<'_> {
    EventInput {
        id: "evt_1",
        event: "conversion.approved",
        created_at: "2026-05-08T04:51:35.080Z",
        brand: Some("b1"),
        body: body.as_bytes(),
    }
}

fn render(template: &str, content_type: &str) -> Result<String, TemplateError> {
    Template::compile(template, Some(content_type))?.render(&event(BODY))
}

#[expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
fn plain(template: &str) -> String {
    render(template, "text/plain").unwrap()
}

#[test]
fn a_template_prints_the_parts_of_an_event() {
    assert_eq!(
        plain(
            "{{ id }} {{ event }} {{ createdAt }} {{ brandId }} {{ data.order.total }} {{ payload.data.currency }}"
        ),
        "evt_1 conversion.approved 2026-05-08T04:51:35.080Z b1 7 EUR"
    );
    assert_eq!(plain("{{ data.tags[1] }}{{ data['currency'] }}"), "bEUR");
}

#[test]
fn filters_do_what_they_say() {
    for (template, want) in [
        ("{{ data.payoutCents | cents }}", "12.60"),
        ("{{ data.payoutCents | cents('EUR') }}", "12.60 EUR"),
        (
            "{{ 5 | cents }} {{ -5 | cents }} {{ 1234 | cents('JPY') }} {{ 1234 | cents('KWD') }}",
            "0.05 -0.05 1234 JPY 1.234 KWD",
        ),
        ("{{ '1260' | cents }}", "12.60"),
        ("{{ data.amount | money('EUR') }}", "12.50 EUR"),
        ("{{ createdAt | date }}", "2026-05-08"),
        ("{{ createdAt | date('%d.%m.%Y %H:%M') }}", "08.05.2026 04:51"),
        ("{{ 0 | date('%Y') }} {{ 1778215895080 | date('%Y') }}", "1970 2026"),
        ("{{ createdAt | unix }} {{ createdAt | unix_ms }}", "1778215895 1778215895080"),
        ("{{ data.email | urlencode }}", "ann%2Bx%40example.com"),
        ("{{ data.missing | default('none') }}", "none"),
        ("{{ data.missing.deeper | default('none') if data.missing is defined else 'x' }}", "x"),
        ("{{ data.currency | lower }} {{ 'abc' | upper }} {{ ' a ' | trim }}|", "eur ABC a|"),
        ("{{ data.email | replace('@', ' at ') }}", "ann+x at example.com"),
        ("{{ 'abcdef' | truncate(4) }} {{ 'abc' | truncate(4) }}", "abc… abc"),
        (
            "{{ data.tags | join(', ') }} {{ data.tags | length }} {{ data.tags | first }} {{ data.tags | last }}",
            "a, b 2 a b",
        ),
        ("{{ 2.345 | round(1) }} {{ '7' | int }} {{ '1.5' | float }}", "2.3 7 1.5"),
        ("{{ data.order | tojson }}", r#"{"total":7,"ok":true}"#),
        ("{{ data.big }} {{ data.order.ok }}", "123456789012345678901234567890 true"),
        ("{% for t in data.tags if t != 'a' %}{{ loop.index }}{{ t }}{% endfor %}", "1b"),
        ("{% set x = data.order.total + 1 %}{{ x }}{% with y = 2 %}{{ y * x }}{% endwith %}", "816"),
        ("{{ range(3) | join('-') }}", "0-1-2"),
        ("{# said to nobody #}x", "x"),
    ] {
        assert_eq!(render(template, "text/plain").as_deref(), Ok(want), "{template}");
    }
}

#[test]
fn a_value_cannot_break_out_of_its_place() {
    let json = render(
        r#"{"text": "Hello {{ data.name }}", "n": {{ data.name | tojson }}, "x": {{ data.nothing }}}"#,
        JSON,
    );
    let json: serde_json::Value = serde_json::from_str(&json.unwrap()).unwrap();
    assert_eq!(json["text"], "Hello Ann \"A\" <b> & \\ é");
    assert_eq!(json["n"], "Ann \"A\" <b> & \\ é");
    assert_eq!(
        render("a={{ data.email }}&b={{ data.email | urlencode }}", FORM).unwrap(),
        "a=ann%2Bx%40example.com&b=ann%2Bx%40example.com"
    );
    assert!(render("<a>{{ data.name }}</a>", "application/xml").unwrap().contains("&lt;b&gt; &amp;"));
}

#[test]
fn a_value_that_the_event_lacks_is_named() {
    for (template, named) in [
        ("{{ data.missing }}", "`data.missing`"),
        ("line\n{{ data.order.none }}", "`data.order.none`"),
        ("{{ data.missing.deeper }}", "`data.missing"),
        ("{{ data.missing | cents }}", "`data.missing`"),
        ("{{ data.missing | upper }}", "`data.missing`"),
        ("{{ data.missing | tojson }}", "`data.missing`"),
        ("{% if data.missing %}x{% endif %}", "`data.missing`"),
        ("{% for x in data.missing %}x{% endfor %}", "`data.missing`"),
        ("{{ data.nothing }}", "`data.nothing`: it is null"),
    ] {
        let error = render(template, "text/plain").unwrap_err().to_string();
        assert!(error.contains(named), "{template}: {error}");
    }
    let error = render("a\n  {{ data.missing }}", "text/plain").unwrap_err();
    assert_eq!(error.line, 2);
    let error =
        Template::compile("{{ brandId }}", None).unwrap().render(&EventInput { brand: None, ..event(BODY) });
    assert!(error.unwrap_err().to_string().contains("`brandId`"));
}

#[test]
fn what_is_not_of_its_type_is_no_body() {
    for (template, content_type, word) in [
        (r#"{"name": {{ data.name }}}"#, JSON, "no JSON"),
        (r#"{"a": 1,}"#, JSON, "no JSON"),
        ("a={{ data.name }}&b=1 2", FORM, "no form"),
        ("a=1\nb=2", FORM, "no form"),
    ] {
        let error = render(template, content_type).unwrap_err().to_string();
        assert!(error.contains(word), "{template}: {error}");
    }
}

#[test]
fn mistakes_are_found_when_it_is_compiled_with_their_place() {
    for (template, line, word) in [
        ("", 0, "empty"),
        ("{{ data.a", 1, "end of"),
        ("x\n{{ data. }}", 2, "identifier"),
        ("{% if data %}", 1, "end of"),
        ("{{ dta.x }}", 1, "`dta`"),
        ("a\nb {{ data.x | tojsn }}", 2, "`tojsn`"),
        ("{{ data.x is odder }}", 1, "`odder`"),
        ("{{ data.name.upper() }}", 1, "called"),
        ("{{ namespace() }}", 1, "called"),
        ("{% include 'x' %}", 1, "include"),
        ("{% import 'x' as y %}", 1, "import"),
        ("{% macro x() %}{% endmacro %}", 1, "macro"),
        ("{% set data = 1 %}", 1, "`data`"),
        ("{% set x %}a{% endset %}", 0, "tags"),
        ("{% filter upper %}a{% endfilter %}", 0, "tags"),
        ("{% for a in data recursive %}{% endfor %}", 1, "three deep"),
    ] {
        let error = Template::compile(template, None).unwrap_err();
        assert_eq!(error.line, line, "{template}: {error}");
        assert!(error.to_string().contains(word), "{template}: {error}");
    }
}

#[test]
fn what_costs_too_much_is_refused_or_stopped() {
    let doubling = format!("{{% set a = 'x' %}}{}{{{{ a }}}}", "{% set a = a ~ a %}".repeat(60));
    assert!(Template::compile(&doubling, None).unwrap_err().to_string().contains("too much"));
    let nested = format!("{{% set a = [1] %}}{}{{{{ a }}}}", "{% set a = [a, a] %}".repeat(60));
    assert!(Template::compile(&nested, None).unwrap_err().to_string().contains("too much"));
    let growing = "{% set a = data.name %}{% for i in range(99) %}{% set a = a ~ data.name %}{% endfor %}";
    assert!(Template::compile(growing, None).unwrap_err().to_string().contains("grows"));
    assert!(Template::compile(&"{{ (((".repeat(20_000), None).is_err());
    assert!(
        Template::compile(&format!("{{{{ {}1{} }}}}", "(".repeat(5000), ")".repeat(5000)), None).is_err()
    );
    assert!(Template::compile(&"{% if data %}".repeat(3000), None).is_err());
    assert!(Template::compile(&"x".repeat(65 * 1024), None).is_err());
    for (template, word) in [
        (
            "{% for i in range(99999) %}{% for j in range(99999) %}{{ j }}{% endfor %}{% endfor %}",
            "too many steps",
        ),
        (
            "{% for i in range(9000) %}{{ '0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789' }}{% endfor %}",
            "1 MiB",
        ),
        ("{{ 'x' * 99000000 }}", "8 MiB"),
        ("{{ 'x' * 999000000 }}", "too large"),
        ("{{ createdAt | date('%Q') }}", "no format"),
        ("{{ data.name | cents }}", "whole number"),
    ] {
        let error = render(template, "text/plain").unwrap_err().to_string();
        assert!(error.contains(word), "{template}: {error}");
    }
}

#[test]
fn the_type_is_guessed_from_the_text() {
    for (template, want) in [
        ("{\"a\": 1}", JSON),
        ("{% if data %}[{{ id }}]{% endif %}", JSON),
        ("{{ payload | tojson }}", JSON),
        ("id={{ id }}&x=1", FORM),
        ("{# a form #}id={{ id }}", FORM),
        ("<event>{{ id }}</event>", "application/xml"),
        ("{{ id }}", "text/plain; charset=utf-8"),
        ("New conversion {{ id }}", "text/plain; charset=utf-8"),
    ] {
        assert_eq!(Template::compile(template, None).unwrap().content_type(), want, "{template}");
    }
    assert_eq!(Template::compile("{{ id }}", Some("text/csv")).unwrap().content_type(), "text/csv");
}

#[test]
fn presets_render_for_any_event() {
    for preset in PRESETS {
        let template = Template::compile(preset.text, Some(preset.content_type)).unwrap();
        assert_eq!(Template::compile(preset.text, None).unwrap().content_type(), preset.content_type);
        for body in [BODY, r#"{"affiliate_id":7,"amount":1.5}"#, r#"{"data":{}}"#, "{}"] {
            template.render(&event(body)).unwrap_or_else(|error| panic!("{}: {body}: {error}", preset.name));
        }
    }
    let slack = Template::compile(PRESETS[0].text, None).unwrap().render(&event(BODY)).unwrap();
    let slack: serde_json::Value = serde_json::from_str(&slack).unwrap();
    let text = slack["text"].as_str().unwrap();
    assert!(text.starts_with("*conversion.approved* · 12.60 EUR\n• payoutCents: 1260\n"), "{text}");
}

#[test]
fn a_body_that_is_no_json_has_no_data() {
    let template = Template::compile("{{ id }} {{ data.x }}", None).unwrap();
    let error = template.render(&event("a=1&b=2")).unwrap_err().to_string();
    assert!(error.contains("`data"), "{error}");
    assert_eq!(Template::compile("{{ id }}", None).unwrap().render(&event("\u{0}")).unwrap(), "evt_1");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn compiling_and_rendering_never_panic(
        template in "(\\{\\{ (data|payload|id|x)?[.|~+*a-z0-9'\"\\[\\]() ]{0,20} ?\\}\\}|\\{% (if|for|set|endif|endfor|with)[ a-z=.]{0,14} %\\}|[ -~é\\n]{0,8}){0,8}",
        body in "(\\{\"data\":\\{\"a\":([0-9]{1,40}|\"[^\"\\\\]{0,9}\"|null|\\[1,2\\]|1e[0-9]{1,4}|-0\\.0)\\}\\}|.{0,20})",
        content_type in "(application/json|text/plain|application/x-www-form-urlencoded|text/xml)",
    ) {
        if let Ok(template) = Template::compile(&template, Some(&content_type)) {
            let _ = template.render(&event(&body));
        }
    }

    #[test]
    fn any_text_survives_json_and_forms(text: String) {
        let body = serde_json::json!({"data": {"t": text}}).to_string();
        let json = Template::compile(r#"{"a":"{{ data.t }}","b":{{ data.t | tojson }}}"#, None).unwrap();
        let json: serde_json::Value = serde_json::from_str(&json.render(&event(&body)).unwrap()).unwrap();
        prop_assert_eq!(&json["a"], &serde_json::Value::from(text.clone()));
        prop_assert_eq!(&json["b"], &serde_json::Value::from(text.clone()));
        let form = Template::compile("t={{ data.t }}", None).unwrap().render(&event(&body)).unwrap();
        let read: Vec<(String, String)> = url::form_urlencoded::parse(form.as_bytes()).into_owned().collect();
        prop_assert_eq!(read, vec![("t".to_owned(), text)]);
    }
}

/// On a stack that a walk over thousands of levels would overflow.
#[expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
fn on_a_small_stack(test: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(512 * 1024).spawn(test).unwrap().join().unwrap();
}

#[test]
fn an_event_that_nests_deeper_than_128_is_not_rendered_and_the_error_says_so() {
    on_a_small_stack(|| {
        let template = Template::compile("{{ data.n }}", None).unwrap();
        let postback = hookbench_template::PostbackUrl::parse("https://a.example/?n={data.n}").unwrap();
        let body = |levels: usize, open: &str, close: &str| {
            format!("{{\"data\":{{\"n\":1,\"x\":{}0{}}}}}", open.repeat(levels), close.repeat(levels))
        };
        let input = |body: &'static str| EventInput {
            id: "e1",
            event: "a.b",
            created_at: "2026-01-01T00:00:00.000Z",
            brand: None,
            body: body.as_bytes(),
        };
        let kept = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
        assert_eq!(template.render(&input(kept(body(126, "[", "]")))).unwrap(), "1", "128 levels are read");
        for (levels, open, close) in
            [(127, "[", "]"), (5000, "[", "]"), (5000, "{\"a\":", "}"), (200_000, "[", "]")]
        {
            let event = input(kept(body(levels, open, close)));
            let error = template.render(&event).unwrap_err().to_string();
            assert!(error.contains("nested deeper than 128"), "{error}");
            assert_eq!(postback.expand(&event).unwrap().as_str(), "https://a.example/?n=1");
            assert!(event.fields().iter().any(|field| field.path == "data.n"));
        }
    });
}

#[test]
fn a_template_that_looks_at_all_of_a_large_event_again_and_again_runs_out_of_steps() {
    let big = format!(r#"{{"data":{{"big":"{}","list":[{}0]}}}}"#, "x".repeat(500_000), "1,".repeat(200_000));
    let input = EventInput {
        id: "e1",
        event: "a.b",
        created_at: "2026-01-01T00:00:00.000Z",
        brand: None,
        body: big.as_bytes(),
    };
    for each in [
        "{{ data.big[1:] | length }}",
        "{% if 'y' in data.big %}a{% endif %}",
        "{% if data.list == payload.data.list %}{% endif %}",
        "{% if 7 in data.list %}a{% endif %}",
        "{% if data.big is endingwith(data.big) %}{% endif %}",
        "{{ data.big | length }}",
    ] {
        let text = format!("{{% for i in range(3000) %}}{each}{{% endfor %}}");
        let error = Template::compile(&text, None).unwrap().render(&input).unwrap_err().to_string();
        assert!(error.contains("steps") || error.contains("8 MiB"), "{each}: {error}");
    }
    let plain = "{% for i in range(1000) %}{% if i == 7 %}{{ data.big[:3] }}{% endif %}{% endfor %}";
    assert_eq!(Template::compile(plain, None).unwrap().render(&input).unwrap(), "xxx");
}
