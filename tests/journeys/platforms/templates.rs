//! What is sent: templates, postbacks, previews, and whose certificates are trusted.

use hookbench_journeys::{Program, Sink, Workplace};
use serde_json::{Value, json};

async fn publish(program: &Program, event_type: &str, data: Value) -> String {
    let body = json!({"event": event_type, "data": data, "createdAt": "2026-05-08T04:51:35.080Z"});
    let (status, answer) = program.call("POST", "/v1/events", body).await;
    assert_eq!(status, 202, "{answer}");
    answer["deliveries"][0].as_str().unwrap_or_default().to_owned()
}

/// The delivery once its first attempt is told of.
async fn ended(program: &mut Program, delivery: &str) -> Value {
    program.attempt(|line| line["delivery"]["id"] == delivery || line["delivery"] == delivery).await;
    program.get(&format!("/v1/deliveries/{delivery}")).await
}

#[tokio::test]
async fn a_template_renders_the_body_and_the_signature_is_made_over_it() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let mut program = place.start().await;
    let template = place.file(
        "slack.jinja",
        r#"{"text": "Sale for {{ data.name }}: {{ data.payoutCents | cents('EUR') }}"}"#,
    );
    let secret = place.file("secret", "s3cret-s3cret-s3cret-s3cret-s3cret");
    let url = sink.url("/slack");
    let create =
        ["subscriptions", "create", "--url", &url, "--event", "order.placed", "--scheme", "hex-body"];
    let created =
        place.run(&[&create[..], &["--template", &template, "--secret-file", &secret]].concat()).await;
    assert_eq!(created.code, 0, "{created:?}");
    let id = created.json()["id"].as_str().unwrap().to_owned();

    let delivery = publish(&program, "order.placed", json!({"name": "Ann \"A\"", "payoutCents": 1260})).await;
    sink.wait("the rendered body", |hits| hits.len() == 1).await;
    let hit = sink.hits().remove(0);
    let want = r#"{"text": "Sale for Ann \"A\": 12.60 EUR"}"#;
    assert_eq!((String::from_utf8(hit.body.clone()).unwrap().as_str(), hit.method.as_str()), (want, "POST"));
    assert_eq!(hit.header("content-type"), "application/json");
    let body = place.file("body", &hit.body);
    let header = format!("X-Webhook-Signature: {}", hit.header("x-webhook-signature"));
    let verify =
        ["verify", "--scheme", "hex-body", "--body", &body, "--header", &header, "--secret-file", &secret];
    assert_eq!(place.run(&verify).await.code, 0, "the signature is that of the rendered bytes");
    let shown = ended(&mut program, &delivery).await;
    assert_eq!(shown["attempts"][0]["request"]["body"], want, "the log shows what was sent");

    // What lacks a value is not sent, and says which.
    let delivery = publish(&program, "order.placed", json!({"name": "Bob"})).await;
    let failed = ended(&mut program, &delivery).await;
    assert_eq!((&failed["state"], &failed["failure"]), (&json!("failed"), &json!("blocked")), "{failed}");
    let verdict = &failed["attempts"][0]["verdict"];
    assert!(verdict["detail"].as_str().unwrap().contains("`data.payoutCents`"), "{verdict}");
    assert_eq!((verdict["code"].clone(), sink.hits().len()), (json!("not_sendable"), 1));

    // The template is the subscription's: the next attempt uses the one of then.
    let change = json!({"template": "name={{ data.name }}"});
    let (status, _) = program.call("PATCH", &format!("/v1/subscriptions/{id}"), change).await;
    assert_eq!(status, 200);
    let (status, _) = program.call("POST", &format!("/v1/deliveries/{delivery}/retry"), Value::Null).await;
    assert_eq!(status, 202);
    sink.wait("the retry", |hits| hits.len() == 2).await;
    let hit = sink.hits().remove(1);
    assert_eq!(
        (hit.body.as_slice(), hit.header("content-type")),
        (&b"name=Bob"[..], "application/x-www-form-urlencoded")
    );
    assert!(program.terminate().await.success());
}

#[tokio::test]
async fn a_postback_gets_its_url_without_a_body_and_is_told_apart_in_the_log() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let mut program = place.start().await;
    let url = sink.url("/pb/{event}?cid={data.click.id}&id={id}&name={data.name}");
    let create = ["subscriptions", "create", "--kind", "postback", "--url", &url, "--event", "order.placed"];
    let created = place.run(&create).await;
    assert_eq!(created.code, 0, "{created:?}");
    assert_eq!((&created.json()["kind"], &created.json()["method"]), (&json!("postback"), &json!("GET")));
    program.subscribe(json!({"url": sink.url("/hook"), "events": ["other.type"]})).await;

    let data = json!({"click": {"id": "a b&c/é"}, "name": "Ann"});
    let (_, answer) =
        program.call("POST", "/v1/events", json!({"id": "o-1", "event": "order.placed", "data": data})).await;
    let delivery = answer["deliveries"][0].as_str().unwrap().to_owned();
    sink.wait("the postback", |hits| hits.len() == 1).await;
    let hit = sink.hits().remove(0);
    assert_eq!((hit.method.as_str(), hit.path.as_str()), ("GET", "/pb/order.placed"));
    assert_eq!(hit.query, "cid=a%20b%26c%2F%C3%A9&id=o-1&name=Ann");
    assert!(
        hit.body.is_empty()
            && hit.header("content-type").is_empty()
            && hit.header("content-length").is_empty()
    );
    let shown = ended(&mut program, &delivery).await;
    let request = &shown["attempts"][0]["request"];
    assert_eq!((&request["method"], &request["body"]), (&json!("GET"), &json!("")));
    assert_eq!(request["url"], sink.url("/pb/order.placed?cid=a%20b%26c%2F%C3%A9&id=o-1&name=Ann"));
    assert_eq!((&shown["kind"], &shown["url"]), (&json!("postback"), &json!(url)));

    let lacking = publish(&program, "order.placed", json!({"name": "Bob"})).await;
    let failed = ended(&mut program, &lacking).await;
    assert_eq!(failed["failure"], "blocked");
    assert!(failed["attempts"][0]["error"].as_str().unwrap().contains("`{data.click.id}`"), "{failed}");
    assert_eq!(sink.hits().len(), 1, "nothing was sent");

    publish(&program, "other.type", json!({})).await;
    for (kind, count) in [("postback", 2), ("webhook", 1)] {
        let listed = program.get(&format!("/v1/deliveries?kind={kind}")).await;
        assert_eq!(listed["items"].as_array().unwrap().len(), count, "{kind}");
        let listed = place.run(&["deliveries", "list", "--kind", kind]).await;
        assert_eq!(listed.json()["items"].as_array().unwrap().len(), count, "{kind}");
        assert!(listed.json()["items"].as_array().unwrap().iter().all(|d| d["kind"] == kind));
    }
    let (status, _) = program.call("GET", "/v1/deliveries?kind=pigeon", Value::Null).await;
    assert_eq!(status, 422);
    assert!(program.terminate().await.success());
}

#[tokio::test]
async fn a_postback_that_posts_sends_the_event_or_what_a_template_renders() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let program = place.start().await;
    let url = sink.url("/as-it-is?id={id}");
    program.subscribe(json!({"url": url, "events": ["*"], "kind": "postback", "method": "POST"})).await;
    let form = json!({"url": sink.url("/form/{id}"), "events": ["*"], "kind": "postback", "method": "POST",
                      "template": "id={{ id }}&mail={{ data.mail }}"});
    program.subscribe(form).await;
    let body = json!({"id": "o-1", "event": "order.placed", "data": {"mail": "a+b@x.org"}, "createdAt": "2026-05-08T04:51:35.080Z"});
    program.call("POST", "/v1/events", body).await;
    sink.wait("both", |hits| hits.len() == 2).await;
    let kept = r#"{"id":"o-1","event":"order.placed","createdAt":"2026-05-08T04:51:35.080Z","data":{"mail":"a+b@x.org"}}"#;
    assert_eq!(String::from_utf8(sink.at("/as-it-is").remove(0).body).unwrap(), kept);
    let hit = sink.at("/form/o-1").remove(0);
    assert_eq!(String::from_utf8(hit.body.clone()).unwrap(), "id=o-1&mail=a%2Bb%40x.org");
    assert_eq!(hit.header("content-type"), "application/x-www-form-urlencoded");
    assert!(program.terminate().await.success());
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_when_it_is_saved_with_field_and_place() {
    let place = Workplace::new();
    let program = place.start().await;
    let https = "https://hooks.example.com/in";
    for (body, field, word) in [
        (json!({"template": "{{ data.x"}), "template", "line 1"),
        (json!({"template": "a\n{{ dta.x }}"}), "template", "line 2, column 4"),
        (json!({"template": "{{ id }}", "mode": "forward"}), "template", "forwarded"),
        (json!({"content_type": "text/plain"}), "content_type", "template"),
        (json!({"template": "{{ id }}", "content_type": "text"}), "content_type", "media type"),
        (json!({"method": "GET"}), "method", "postback"),
        (json!({"kind": "postback", "template": "{{ id }}"}), "template", "GET"),
        (json!({"kind": "postback", "mode": "forward"}), "mode", "postback"),
        (json!({"kind": "postback", "url": "https://x.example/?a={id"}), "url", "not closed"),
        (json!({"kind": "postback", "url": "https://x.example/?a={a b}"}), "url", "no macro"),
        (json!({"kind": "postback", "url": "https://{data.host}/"}), "url", "host"),
        (json!({"ca_pem": "no pem"}), "ca_pem", "certificate"),
        (json!({"skip_tls_verify": true}), "skip_tls_verify", "this machine only"),
        (json!({"policy": {"delays_ms": [-1]}}), "policy", "-1"),
        (json!({"policy": {"delay_ms": [1]}}), "policy", "delay_ms"),
        (json!({"policy": {"retry": ["soon"]}}), "policy", "soon"),
        (json!({"policy": {"timeout_ms": 1}}), "policy", "timeout_ms"),
        (json!({"policy": "monthly"}), "policy", "monthly"),
    ] {
        let mut asked = json!({"url": https, "events": ["conversion.approved"]});
        asked.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        let (status, problem) = program.call("POST", "/v1/subscriptions", asked).await;
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert_eq!(status, 422, "{body}: {problem}");
        assert!(detail.contains(&format!("`{field}")) && detail.contains(word), "{body}: {problem}");
    }
    // What the catalogue's sample lacks is said, and does not stand in the way.
    let asked = json!({"url": "https://x.example/?a={data.nope}", "kind": "postback", "events": ["conversion.approved"], "platform": "trcker"});
    let (status, saved) = program.call("POST", "/v1/subscriptions", asked).await;
    assert_eq!(status, 201, "{saved}");
    assert!(saved["warnings"][0].as_str().unwrap().contains("`{data.nope}`"), "{saved}");
    assert!(program.terminate().await.success());
}

#[tokio::test]
async fn a_preview_is_the_request_that_is_sent_then() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let program = place.start().await;
    let secret = "s3cret-s3cret-s3cret-s3cret-s3cret";
    let made = json!({"url": sink.url("/in"), "events": ["conversion.approved"], "platform": "trcker", "scheme": "hex-body",
                      "secret": secret, "template": "{\"n\": \"{{ data.name }}\"}", "headers": [["X-Team", "books"]]});
    // Before there is an event: the catalogue's sample. It has no such field, which is named.
    let (status, sample) = program.call("POST", "/v1/subscriptions/preview", made.clone()).await;
    assert_eq!((status, &sample["event"]["origin"]), (200, &json!("sample")), "{sample}");
    assert_eq!(
        (&sample["problems"][0]["field"], &sample["problems"][0]["line"]),
        (&json!("template"), &json!(1))
    );
    assert!(sample["problems"][0]["message"].as_str().unwrap().contains("`data.name`"), "{sample}");
    assert!(sample["fields"].as_array().unwrap().iter().any(|f| f["path"] == "data.payoutCents"), "{sample}");

    let id = program.subscribe(made).await;
    let event = json!({"id": "c-1", "event": "conversion.approved", "data": {"name": "Ann"}});
    program.call("POST", "/v1/events", event).await;
    sink.wait("the delivery", |hits| hits.len() == 1).await;
    let (_, preview) = program.call("POST", "/v1/subscriptions/preview", json!({"subscription": id})).await;
    assert_eq!((&preview["problems"], &preview["signed"]), (&json!([]), &json!(true)), "{preview}");
    assert_eq!((&preview["event"]["id"], &preview["event"]["origin"]), (&json!("c-1"), &json!("latest")));
    let hit = sink.hits().remove(0);
    let request = &preview["request"];
    assert_eq!(
        (&request["method"], &request["body"]),
        (&json!("POST"), &json!(String::from_utf8(hit.body.clone()).unwrap()))
    );
    let mut sent: Vec<(String, String)> = hit.headers.clone();
    let mut shown: Vec<(String, String)> = serde_json::from_value(request["headers"].clone()).unwrap();
    shown.iter_mut().for_each(|(name, _)| name.make_ascii_lowercase());
    sent.sort();
    shown.sort();
    assert_eq!(shown, sent, "header by header, the signature included");

    // A change is tried without being saved, by the command too.
    let template = place.file("t.jinja", "{{ data.nam }}");
    let tried =
        place.run(&["subscriptions", "preview", &id, "--with-event", "c-1", "--template", &template]).await;
    assert_eq!((tried.code, &tried.json()["request"]), (6, &Value::Null), "{tried:?}");
    assert!(tried.json()["problems"][0]["message"].as_str().unwrap().contains("`data.nam`"), "{tried:?}");
    let postback =
        ["--kind", "postback", "--url", "https://t.example/pb?n={data.name}", "--clear", "template"];
    let tried = place.run(&[&["subscriptions", "preview", &id][..], &postback].concat()).await;
    assert_eq!(tried.json()["request"]["url"], "https://t.example/pb?n=Ann", "{tried:?}");
    let kept = program.get(&format!("/v1/subscriptions/{id}")).await;
    assert_eq!((&kept["kind"], sink.hits().len()), (&json!("webhook"), 1), "nothing was saved or sent");
    let nobody = place.run(&["subscriptions", "preview", &id, "--with-event", "c-2"]).await;
    assert_eq!(nobody.code, 1, "{nobody:?}");
    assert!(program.terminate().await.success());
}

#[tokio::test]
async fn an_authority_of_ones_own_is_trusted_by_the_subscription_that_names_it() {
    let place = Workplace::new();
    let (sink, pem) = Sink::secure().await;
    let mut program = place.start().await;
    let (ca, url) = (place.file("ca.pem", &pem), sink.secure_url("/in"));
    let create = |event: &'static str| {
        ["subscriptions", "create", "--url", &url, "--event", event, "--policy", "none"].map(str::to_owned)
    };
    for (event, more) in
        [("a.strict", &[][..]), ("a.own", &["--ca-file", &ca]), ("a.open", &["--insecure-loopback"])]
    {
        let args: Vec<String> =
            create(event).into_iter().chain(more.iter().map(|s| (*s).to_owned())).collect();
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let created = place.run(&args).await;
        assert_eq!(created.code, 0, "{created:?}");
    }
    for (event, outcome, unverified) in [
        ("a.own", "success", Value::Null),
        ("a.strict", "tls", Value::Null),
        ("a.open", "success", json!(true)),
    ] {
        let delivery = publish(&program, event, json!({})).await;
        let shown = ended(&mut program, &delivery).await;
        let attempt = &shown["attempts"][0];
        assert_eq!(
            (&attempt["outcome"], &attempt["connection"]["unverified"]),
            (&json!(outcome), &unverified),
            "{event}"
        );
        assert_eq!(attempt["connection"]["certificate"]["names"], json!(["localhost"]), "{event}");
        assert_eq!(attempt["connection"]["reused"], json!(false), "{event}: no connection is shared");
    }
    assert_eq!(sink.hits().len(), 2);
    let bad = place.file("bad.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    let refused =
        place.run(&["subscriptions", "create", "--url", &url, "--event", "*", "--ca-file", &bad]).await;
    assert!(refused.code != 0 && refused.err.contains("ca_pem"), "{refused:?}");
    assert!(program.terminate().await.success());
}

#[tokio::test]
async fn an_event_that_nests_thousands_deep_goes_out_as_it_came_and_stops_nothing_at_any_start() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let mut program = place.start().await;
    let template = json!({"url": sink.url("/t"), "events": ["*"], "template": "{{ event }}"});
    program.subscribe(template).await;
    program.subscribe(json!({"url": sink.url("/plain"), "events": ["*"]})).await;
    let data = format!("{{\"x\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
    let event = format!(r#"{{"event":"a.deep","id":"deep","data":{data}}}"#);
    let request = program.request("POST", "/v1/events").header("content-type", "application/json");
    let answer: Value = request.body(event).send().await.unwrap().json().await.unwrap();
    let deliveries: Vec<String> =
        answer["deliveries"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect();
    assert_eq!(deliveries.len(), 2, "{answer}");
    sink.wait("the event as it came", |hits| hits.len() == 1).await;
    let body = String::from_utf8(sink.hits().remove(0).body).unwrap();
    assert!(body.ends_with(&format!("\"data\":{data}}}")), "byte for byte");
    // Whichever ends first.
    for _ in &deliveries {
        program.attempt(|_| true).await;
    }
    let mut said = Vec::new();
    for delivery in &deliveries {
        let shown = program.get(&format!("/v1/deliveries/{delivery}")).await;
        said.extend(shown["attempts"][0]["error"].as_str().map(str::to_owned));
    }
    assert!(said.len() == 1 && said[0].contains("nested deeper than 128"), "{said:?}");

    // It is told of in every way that looks into events.
    let (status, answer) =
        program.call("POST", "/v1/filters/test", json!({"filter": "data.x > 5", "last": 10})).await;
    let why = answer["items"][0]["why"].as_str().unwrap_or_default().to_owned();
    assert!(status == 200 && why.contains("nested deeper than 128"), "{answer}");
    program.get("/v1/events/deep/why").await;
    program.get("/v1/events/deep").await;
    assert!(program.terminate().await.success());
    let mut program = place.start().await;
    let (status, _) =
        program.call("POST", &format!("/v1/deliveries/{}/retry", deliveries[0]), Value::Null).await;
    assert_eq!(status, 202);
    program
        .attempt(|line| line["delivery"]["id"] == deliveries[0] || line["delivery"] == deliveries[0])
        .await;
    assert!(program.terminate().await.success());
}
