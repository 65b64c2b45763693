//! Credentials: sealed at rest, masked where they are shown, blanked in what leaves the machine, gone
//! with their owner. Each is an unlikely text, and is looked for everywhere.

use hookbench_journeys::{Sink, Workplace, finish};
use serde_json::{Value, json};

use super::ground::{Site, canary, hold, ms, step, until};
use super::raw::{Endpoint, exchange};
use super::{Cases, Held};

/// Headers in which people put credentials.
const HEADERS: [&str; 21] = [
    "Authorization",
    "Cookie",
    "X-Api-Key",
    "Api-Key",
    "ApiKey",
    "X-Auth-Token",
    "X-Access-Token",
    "X-Secret",
    "X-Credential",
    "Authentication",
    "X-Functions-Key",
    "Ocp-Apim-Subscription-Key",
    "X-Webhook-Pass",
    "X-Amz-Security-Token",
    "Private-Token",
    "X-Goog-Api-Key",
    "X-Shopify-Access-Token",
    "X-Vault-Token",
    "X-Parse-REST-API-Key",
    "X-Password",
    "X-Session-Token",
];

/// Where a credential of a subscription lies, and the subscription with it.
fn holder(how: &str, url: &str, secret: &str) -> Value {
    match how {
        "the secret of an outgoing key" => {
            json!({"url": format!("{url}/hook"), "events": ["*"], "scheme": "api-key", "secret": secret})
        }
        "a value of its URL's query" => json!({"url": format!("{url}/hook?token={secret}"), "events": ["*"]}),
        "a value of a postback's query" => {
            json!({"url": format!("{url}/pb?c={{id}}&security_token={secret}"), "events": ["*"], "kind": "postback"})
        }
        "a bearer token" => {
            json!({"url": format!("{url}/hook"), "events": ["*"], "headers": [["Authorization", format!("Bearer {secret}")]]})
        }
        "a header of a name of its own" => {
            json!({"url": format!("{url}/hook"), "events": ["*"], "headers": [["X-Functions-Key", secret]]})
        }
        "the path of its URL" => {
            json!({"url": format!("{url}/services/T0ABCDEFG/B0ABCDEFG/{secret}"), "events": ["*"]})
        }
        other => unreachable!("{other}"),
    }
}

const HOLDERS: [&str; 6] = [
    "the secret of an outgoing key",
    "a value of its URL's query",
    "a value of a postback's query",
    "a bearer token",
    "a header of a name of its own",
    "the path of its URL",
];

/// A delivery made with a credential: no file holds it, neither while it runs nor after the owner is
/// deleted.
async fn at_rest(how: &'static str) -> Held {
    let secret = canary("rest").replace('-', "");
    let sink = Sink::start().await;
    let site = Site::new().await;
    let mut wanted = holder(how, &sink.url(""), &secret);
    wanted["policy"] = json!("none");
    let id = site.program.subscribe(wanted).await;
    let (_, ids) = site.publish("a.b", json!({})).await;
    let ended = site.settled(&ids[0]).await?;
    hold!(ended["state"] == "delivered", "{} {}", ended["state"], ended["attempts"][0]["error"]);
    let sent = sink.hits().pop().map(|hit| format!("{}?{} {:?}", hit.path, hit.query, hit.headers));
    hold!(sent.is_some_and(|sent| sent.contains(&secret)), "the credential was not sent");
    ms(500).await;
    let lies = site.files_with(&secret);
    hold!(lies.is_empty(), "it lies in clear in {}", lies.join(", "));
    site.program.call("DELETE", &format!("/v1/subscriptions/{id}"), Value::Null).await;
    let place = site.place;
    hold!(site.program.terminate().await.success(), "it does not stop");
    let lies = super::ground::files_with(&place.data(), &secret);
    hold!(lies.is_empty(), "deleted with its subscription, it lies in clear in {}", lies.join(", "));
    Ok(())
}

/// Where a log is shown, credentials are masked; where the delivery leaves the machine, too.
async fn shown(where_to: &'static str) -> Held {
    let sink = Sink::start().await;
    let site = Site::new().await;
    let secret = |n: usize| format!("canary{n:02}ShownNowhereElse");
    let headers: Vec<Value> = HEADERS.iter().enumerate().map(|(n, name)| json!([name, secret(n)])).collect();
    let url = sink.url("/status/500?api_key=canary90ShownNowhereElse&signature=canary91ShownNowhereElse");
    let wanted = json!({"url": url, "events": ["*"], "headers": headers, "policy": "none", "scheme": "none"});
    let (status, saved) = site.program.call("POST", "/v1/subscriptions", wanted).await;
    hold!(status == 201, "{status} {saved}");
    let (_, ids) = site.publish("a.b", json!({"n": 1})).await;
    site.settled(&ids[0]).await?;
    let text = match where_to {
        "the delivery" => site.program.get(&format!("/v1/deliveries/{}", ids[0])).await.to_string(),
        "the list" => site.program.get("/v1/deliveries").await.to_string(),
        "the subscription" => site.program.get("/v1/subscriptions").await.to_string(),
        "the command" => {
            let show = site.place.run(&["deliveries", "show", &ids[0]]).await;
            let plain = finish(&mut site.place.command(&["deliveries", "show", &ids[0]]), b"").await;
            format!("{}{}{}{}", show.out, show.err, plain.out, plain.err)
        }
        "a bundle" => site.program.get(&format!("/v1/deliveries/{}/bundle", ids[0])).await.to_string(),
        format => {
            let path =
                format!("/v1/deliveries/export?format={}", format.rsplit(' ').next().unwrap_or_default());
            site.program.request("GET", &path).send().await.unwrap().text().await.unwrap()
        }
    };
    hold!(text.contains(&ids[0]) || where_to == "the subscription", "the delivery is not in it");
    let names = HEADERS.iter().copied().chain(["?api_key", "?signature"]);
    let numbers = (0..HEADERS.len()).chain([90, 91]);
    let seen: Vec<&str> =
        names.zip(numbers).filter(|(_, n)| text.contains(&secret(*n))).map(|(name, _)| name).collect();
    hold!(seen.is_empty(), "{} of {} are shown: {}", seen.len(), HEADERS.len() + 2, seen.join(", "));
    Ok(())
}

/// What an endpoint says back: query values of where it points to, and secrets of ours wherever they
/// stand, in whatever leaves the machine.
async fn said_back(format: &'static str) -> Held {
    const SECRET: &str = "canaryKnownSecret0123456789abcdef";
    let lines = [
        "location: /relative?token=canaryLocation",
        "refresh: 5; url=https://x.example/?token=canaryRefresh",
        "link: <https://x.example/next?token=canaryLink>; rel=\"next\"",
        "content-location: /x?key=canaryContent",
        "set-cookie: session=canaryCookie",
        "www-authenticate: Bearer realm=\"x\", token=\"canaryRealm\"",
        "x-your-key: canaryKnownSecret0123456789abcdef",
        "authentication-info: nextnonce=\"canaryNonce\"",
    ];
    let body = format!("your key {SECRET} is wrong");
    let answer =
        format!("HTTP/1.1 401 No\r\n{}\r\ncontent-length: {}\r\n\r\n{body}", lines.join("\r\n"), body.len());
    let endpoint = Endpoint::answering(answer).await;
    let site = Site::new().await;
    let wanted = json!({"url": endpoint.url("/"), "events": ["*"], "scheme": "api-key", "secret": SECRET, "policy": "none"});
    site.program.subscribe(wanted).await;
    let (_, ids) = site.publish("a.b", json!({"echo": SECRET})).await;
    site.settled(&ids[0]).await?;
    let path = match format {
        "bundle" => format!("/v1/deliveries/{}/bundle", ids[0]),
        _ => format!("/v1/deliveries/export?format={format}"),
    };
    let text = site.program.request("GET", &path).send().await.unwrap().text().await.unwrap();
    let seen: Vec<&str> = [
        "canaryLocation",
        "canaryRefresh",
        "canaryLink",
        "canaryContent",
        "canaryCookie",
        "canaryKnownSecret",
    ]
    .into_iter()
    .filter(|word| text.contains(word))
    .collect();
    hold!(text.contains(&ids[0]), "the delivery is not in it");
    hold!(seen.is_empty(), "it holds {}", seen.join(", "));
    Ok(())
}

/// A key that a sender misspells, forwards or puts elsewhere is kept nowhere.
async fn keys_that_come_in() -> Held {
    let secret = canary("inbound").replace('-', "");
    let site = Site::new().await;
    site.program
        .call("POST", "/v1/sources", json!({"name": "k", "scheme": "api-key", "secret": secret}))
        .await;
    let s2s = json!({"name": "pb", "scheme": "api-key", "secret": secret,
        "postback": {"event_type": "a.b", "key_param": "key"}});
    site.program.call("POST", "/v1/sources", s2s).await;
    let receiver = site.receiver();
    let body = r#"{"id":"e1","event":"a.b","data":{}}"#;
    let head = |line: &str| {
        format!(
            "POST /in/k HTTP/1.1\r\nhost: r\r\n{line}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        )
    };
    for request in [
        head(&format!("x-api-key: {secret}")),
        head(&format!("x-api-key: {secret}x")),
        head(&format!("x-apikey: {secret}")),
        head(&format!("authorization: Bearer {secret}")),
        head(&format!("x-forwarded-x-api-key: {secret}")),
        head(&format!("referer: https://x.example/?key={secret}")),
        head(&format!("x-original-url: /in/k?key={secret}")),
        format!("GET /in/pb?key={secret}&a=1 HTTP/1.1\r\nhost: r\r\nconnection: close\r\n\r\n"),
        format!("GET /in/pb?kye={secret}&a=2 HTTP/1.1\r\nhost: r\r\nconnection: close\r\n\r\n"),
        format!("GET /in/pb?KEY={secret}&a=3 HTTP/1.1\r\nhost: r\r\nconnection: close\r\n\r\n"),
        format!("GET /in/pb?a=4&amp;key={secret} HTTP/1.1\r\nhost: r\r\nconnection: close\r\n\r\n"),
        format!("GET /in/pb?a=5%26key={secret} HTTP/1.1\r\nhost: r\r\nconnection: close\r\n\r\n"),
    ] {
        exchange(&receiver, request.as_bytes(), false, 3000).await;
    }
    ms(400).await;
    let shown =
        format!("{}{}", site.program.get("/v1/sources/k").await, site.program.get("/v1/sources/pb").await);
    let times = shown.matches(&secret).count();
    let lies = site.files_with(&secret);
    hold!(times == 0 && lies.is_empty(), "shown {times} times; in clear in {}", lies.join(", "));
    Ok(())
}

/// What is logged and told, at its most talkative.
async fn logs_and_errors() -> Held {
    let secret = canary("logged").replace('-', "");
    let place = Workplace::new();
    let file = place.path().join("log");
    let program = place.start_logging_to(std::fs::File::create(&file).unwrap()).await;
    let sink = Sink::start().await;
    for how in HOLDERS {
        let mut wanted = holder(how, &sink.url(""), &secret);
        wanted["policy"] = json!("none");
        program.subscribe(wanted).await;
    }
    let brand = json!({"name": "b", "platform": "trcker", "base_url": sink.url(""), "secret": secret});
    let (_, refused) = program.call("POST", "/v1/brands", brand).await;
    hold!(!refused.to_string().contains(&secret), "an error holds the key: {refused}");
    let bad = json!({"url": format!("ftp://x/?token={secret}"), "events": ["*"], "secret": secret});
    let (_, refused) = program.call("POST", "/v1/subscriptions", bad).await;
    hold!(!refused.to_string().contains(&secret), "an error holds it: {refused}");
    program.call("POST", "/v1/events", json!({"event": "a.b", "data": {}})).await;
    until("all to be sent", async || (sink.hits().len() >= HOLDERS.len()).then_some(())).await?;
    ms(300).await;
    let log = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
    let lines: Vec<&str> = log.lines().filter(|line| line.contains(&secret)).collect();
    hold!(
        lines.is_empty(),
        "{} lines of the log hold it, such as: {}",
        lines.len(),
        lines[0].replace(&secret, "CANARY")
    );
    Ok(())
}

/// A delivery whose secret cannot be opened waits, says why, and goes out when the key is there.
async fn without_the_key() -> Held {
    let sink = Sink::start().await;
    let site = Site::new().await;
    let id = site
        .program
        .subscribe(json!({"url": sink.url("/signed"), "events": ["*"], "generate_secret": true}))
        .await;
    hold!(site.program.terminate().await.success(), "it does not stop");
    let mut site = Site::through(site.place, "unset HOOKBENCH_VAULT_KEY_FILE; exec \"$0\" \"$@\"", &[]).await;
    site.program.subscribe(json!({"url": sink.url("/plain"), "events": ["*"]})).await;
    let (_, ids) = site.publish("a.b", json!({})).await;
    until("what needs no secret", async || (!sink.at("/plain").is_empty()).then_some(())).await?;
    ms(500).await;
    let page = site.program.get(&format!("/v1/deliveries?subscription={id}")).await;
    let waits = &page["items"][0];
    hold!(
        waits["state"] == "pending" && waits["held"] == "vault",
        "it is {} and held: {}, of {ids:?}",
        waits["state"],
        waits["held"]
    );
    hold!(waits["attempt_count"] == 0, "{} attempts were made", waits["attempt_count"]);
    let doctor = site.place.run(&["doctor"]).await.out;
    hold!(doctor.contains("vault") || doctor.contains("secret"), "doctor says nothing of it");
    site.sound().await?;
    hold!(site.program.terminate().await.success(), "it does not stop");
    let mut site = Site::at(site.place).await;
    until("it to go out with the key", async || (!sink.at("/signed").is_empty()).then_some(())).await?;
    site.sound().await
}

/// A secret that is made beside a program which has no key: it waits there, too.
async fn made_beside_a_program_without_the_key() -> Held {
    let sink = Sink::start().await;
    let mut site =
        Site::through(Workplace::new(), "unset HOOKBENCH_VAULT_KEY_FILE; exec \"$0\" \"$@\"", &[]).await;
    let url = sink.url("/signed");
    let create = ["subscriptions", "create", "--url", &url, "--event", "*", "--generate-secret"];
    let made = site.place.run(&create).await;
    hold!(made.code == 0, "{made:?}");
    let id = made.json()["id"].as_str().unwrap().to_owned();
    until("the program to know of it", async || {
        let known = site.program.call("GET", &format!("/v1/subscriptions/{id}"), Value::Null).await.0;
        (known == 200).then_some(())
    })
    .await?;
    let (_, ids) = site.publish("a.b", json!({})).await;
    ms(1000).await;
    let waits = site.program.get(&format!("/v1/deliveries/{}", ids[0])).await;
    hold!(
        waits["state"] == "pending" && waits["held"] == "vault",
        "it is {} {} and held: {}",
        waits["state"],
        waits["failure"],
        waits["held"]
    );
    site.sound().await?;
    hold!(site.program.terminate().await.success(), "it does not stop");
    let mut site = Site::at(site.place).await;
    until("it to go out with the key", async || (!sink.at("/signed").is_empty()).then_some(())).await?;
    site.sound().await
}

/// A wrong key opens nothing, loses nothing, and is said.
async fn with_another_key() -> Held {
    let sink = Sink::start().await;
    let site = Site::new().await;
    site.program
        .subscribe(json!({"url": sink.url("/signed"), "events": ["*"], "generate_secret": true}))
        .await;
    hold!(site.program.terminate().await.success(), "it does not stop");
    let place = site.place;
    let right = std::fs::read(place.path().join("vault.key")).unwrap();
    place.file("vault.key", "QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=");
    let tried = place.run(&["events", "send", "--type", "a.b", "--data", &place.file("d", "{}")]).await;
    hold!(tried.code == 0, "{tried:?}");
    // To refuse to run is right as well.
    let shell = "exec \"$0\" \"$@\"";
    let mut command =
        place.through(shell, &["--json", "-q", "run", "--api", "127.0.0.1:0", "--receiver", "127.0.0.1:0"]);
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut child = command.spawn().unwrap();
    ms(2500).await;
    if let Some(status) = child.try_wait().unwrap() {
        hold!(status.code() == Some(3), "it ends with {status}");
    }
    child.kill().await.ok();
    child.wait().await.ok();
    hold!(sink.at("/signed").is_empty(), "something was sent, signed with what is no secret");
    place.file("vault.key", right);
    let mut site = Site::at(place).await;
    until("it to go out with the right key", async || (!sink.at("/signed").is_empty()).then_some(())).await?;
    site.sound().await
}

/// A newcomer without a keyring: one command makes a key file, only for them.
async fn first_key() -> Held {
    use std::os::unix::fs::PermissionsExt;
    let place = Workplace::new();
    let file = place.path().join("made.key").display().to_string();
    step("making a key file");
    let made = finish(&mut place.bare(&["--json", "vault", "init", "--key-file", &file]), b"").await;
    hold!(made.code == 0, "vault init: exit {} {}", made.code, made.err);
    let mode = std::fs::metadata(&file).map_or(0, |m| m.permissions().mode() & 0o777);
    hold!(mode == 0o600, "the file has the mode {mode:o}");
    let before = std::fs::read(&file).unwrap_or_default();
    let again = finish(&mut place.bare(&["--json", "vault", "init", "--key-file", &file]), b"").await;
    hold!(
        std::fs::read(&file).unwrap_or_default() == before,
        "a second time it writes over the key: {again:?}"
    );
    hold!(!made.out.contains(String::from_utf8_lossy(&before).trim()), "it prints the key");
    let mut create = place.bare(&[
        "--json",
        "subscriptions",
        "create",
        "--url",
        "http://127.0.0.1:9/",
        "--event",
        "*",
        "--generate-secret",
    ]);
    create.env("HOOKBENCH_VAULT_KEY_FILE", &file);
    let created = finish(&mut create, b"").await;
    hold!(created.code == 0, "the key opens nothing: {created:?}");
    Ok(())
}

pub(super) fn cases(cases: &mut Cases) {
    for how in HOLDERS {
        cases.add(format!("at rest: {how}"), move || at_rest(how));
    }
    for where_to in [
        "the delivery",
        "the list",
        "the subscription",
        "the command",
        "a bundle",
        "an export as csv",
        "an export as json",
        "an export as har",
        "an export as curl",
    ] {
        cases.add(format!("shown in {where_to}"), move || shown(where_to));
    }
    for format in ["csv", "json", "har", "curl", "bundle"] {
        cases.add(format!("said back by an endpoint, in {format}"), move || said_back(format));
    }
    cases.add("keys that come in misspelt, forwarded or elsewhere", keys_that_come_in);
    cases.add("in the log and in errors", logs_and_errors);
    cases.add("a vault without its key", without_the_key);
    cases.add("a secret made beside a program without the key", made_beside_a_program_without_the_key);
    cases.add("a vault with another key", with_another_key);
    cases.add("a first key in one command", first_key);
}
