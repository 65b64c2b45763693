//! Where requests go: to the host that was saved and nowhere else, and not round in circles.

use hookbench_journeys::{Sink, Workplace};
use serde_json::{Value, json};

use crate::hostile::ground::{Site, hold, missing, ms, step, until};
use crate::hostile::raw::{Endpoint, ok};
use crate::hostile::{Cases, Held};

/// A postback whose URL leaves the host to the event: refused when it is saved, or never sent there.
async fn host_from_the_event(template: &'static str) -> Held {
    let (theirs, ours) = (Endpoint::answering(ok("got it")).await, Endpoint::answering(ok("got it")).await);
    let mut site = Site::new().await;
    let url = template
        .replace("THEIRS", &theirs.addr.to_string())
        .replace("PORT", &theirs.addr.port().to_string())
        .replace("OURS", &ours.addr.to_string());
    for method in ["GET", "POST"] {
        let wanted = json!({"url": url, "events": ["post.back"], "kind": "postback", "method": method, "policy": "none"});
        let (status, answer) = site.program.call("POST", "/v1/subscriptions", wanted).await;
        hold!(status == 201 || (400..500).contains(&status), "saving: {status} {answer}");
    }
    for host in ["127.0.0.1", "127.0.0.1/x", "//127.0.0.1", "@127.0.0.1", "127.0.0.1:1", ".127.0.0.1"] {
        let data = json!({"host": host, "at": format!("@{}", theirs.addr), "all": theirs.addr.to_string(),
            "slash": format!("/{}/", theirs.addr), "back": format!("\\\\{}\\", theirs.addr),
            "port": theirs.addr.port(), "dots": "../../..", "tab": "\t", "hash": "#", "question": "?"});
        site.publish("post.back", data).await;
    }
    until("all to be tried", async || {
        (site.count("event_type=post.back&state=pending,in_flight").await == 0).then_some(())
    })
    .await?;
    hold!(
        theirs.connections() == 0,
        "{} requests went to the host that the event named ({url})",
        theirs.connections()
    );
    site.sound().await
}

/// The spellings of a URL that leaves its host open, as WHATWG's parser reads them.
const OPEN_HOSTS: [(&str, &str); 16] = [
    ("one slash", "http:/{data.host}:PORT/x"),
    ("three slashes", "http:///{data.host}:PORT/x"),
    ("no slash", "http:{data.host}:PORT/x"),
    ("backslashes", "http:\\\\{data.host}:PORT/x"),
    ("a slash and a backslash", "http:/\\{data.host}:PORT/x"),
    ("many slashes", "http://///{data.host}:PORT/x"),
    ("the whole URL", "{data.all}"),
    ("the whole authority", "http://{data.all}/x"),
    ("what stands behind the host", "http://OURS{data.at}/x"),
    ("the port", "http://127.0.0.1:{data.port}/x"),
    ("what is user information then", "http://{data.dots}@THEIRS/x"),
    ("a tab within the scheme", "ht\ttp:/{data.host}:PORT/x"),
    ("a line's end before the host", "http:/\n/{data.host}:PORT/x"),
    ("a backslash behind the host", "http://OURS\\{data.at}/x"),
    ("part of the host's name", "http://127.0.0.{data.port}:PORT/x"),
    ("a scheme of its own in the path", "http://OURS/{data.slash}{data.back}{data.dots}{data.hash}"),
];

/// A template for the query moves neither path nor host.
async fn values_stay_in_their_place() -> Held {
    let sink = Sink::start().await;
    let site = Site::new().await;
    let wanted = json!({"url": sink.url("/pb/{data.a}/end?x={data.b}"), "events": ["*"], "kind": "postback", "policy": "none"});
    site.program.subscribe(wanted).await;
    let mut wrong = Vec::new();
    for (n, value) in
        ["../..", "..", ".", "%2e%2e", "/", "//x", "?y=1", "#", "\\..\\", "&z=1", "\r\nX: y", "\u{0}"]
            .into_iter()
            .enumerate()
    {
        let (_, ids) = site.publish("a.b", json!({"a": value, "b": value, "n": n})).await;
        let ended = site.settled(&ids[0]).await?;
        if ended["failure"] == "blocked" {
            continue;
        }
        let Some(hit) = sink.hits().pop() else { return Err("nothing came".to_owned().into()) };
        let kept =
            hit.path.starts_with("/pb/") && hit.path.ends_with("/end") && hit.path.matches('/').count() == 3;
        if !kept || hit.query.contains('&') {
            wrong.push(format!("{value:?} leads to {}?{}", hit.path, hit.query));
        }
    }
    hold!(wrong.is_empty(), "{}", wrong.join("; "));
    Ok(())
}

/// Addresses that nothing is ever sent to, however they are spelt; nor is the API of the program itself.
async fn refused_addresses() -> Held {
    let mut site = Site::new().await;
    let api = site.api();
    let port = api.rsplit(':').next().unwrap_or_default().to_owned();
    let urls = [
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "http://[fe80::1]/".to_owned(),
        "http://[fd00:ec2::254]/".to_owned(),
        "http://[::ffff:169.254.169.254]/".to_owned(),
        "http://[::ffff:a9fe:a9fe]/".to_owned(),
        "http://2852039166/".to_owned(),
        "http://0xa9fea9fe/".to_owned(),
        "http://0251.0376.0251.0376/".to_owned(),
        "http://169.254.43518/".to_owned(),
        "http://0.0.0.0/".to_owned(),
        "http://0/".to_owned(),
        "http://[::]/".to_owned(),
        "http://224.0.0.1/".to_owned(),
        "http://255.255.255.255/".to_owned(),
        "http://[ff02::1]/".to_owned(),
        "http://[64:ff9b::a9fe:a9fe]/".to_owned(),
        "http://[2002:a9fe:a9fe::1]/".to_owned(),
        "http://[2001:0:a9fe:a9fe::1]/".to_owned(),
        "http://10.0.0.1/".to_owned(),
        "http://192.168.1.1/".to_owned(),
        "http://172.16.0.1/".to_owned(),
        "http://100.64.0.1/".to_owned(),
        "http://[fd12::1]/".to_owned(),
        format!("http://{api}/v1/pause"),
        format!("http://localhost:{port}/v1/pause"),
        format!("http://[::ffff:127.0.0.1]:{port}/v1/pause"),
        format!("http://2130706433:{port}/v1/pause"),
        format!("http://127.1:{port}/v1/pause"),
    ];
    let mut reached = Vec::new();
    for (n, url) in urls.into_iter().enumerate() {
        let kind = format!("refused.n{n}");
        let wanted = json!({"url": url, "events": [kind], "policy": {"preset": "none", "timeout_ms": 2000}});
        let (status, answer) = site.program.call("POST", "/v1/subscriptions", wanted).await;
        if (400..500).contains(&status) {
            continue;
        }
        hold!(status == 201, "{url}: {status} {answer}");
        let (_, ids) = site.publish(&kind, json!({})).await;
        let ended = site.settled(&ids[0]).await?;
        if ended["failure"] != "blocked" || ended["outcome"] != "blocked" {
            reached.push(format!("{url}: {} {}", ended["state"], ended["outcome"]));
        }
    }
    hold!(reached.is_empty(), "{}", reached.join("; "));
    site.sound().await
}

/// A name that leads to this machine is not this machine: only the URL says so.
async fn name_of_loopback(hosts_line: &'static str, name: &'static str) -> Held {
    let theirs =
        Endpoint::on(
            if hosts_line.starts_with("::1") { "[::1]:0" } else { "127.0.0.1:0" },
            None,
            |mut served| async move {
                while served.request().await.is_some() && served.write(ok("got it")).await {}
            },
        )
        .await;
    let place = Workplace::new();
    let hosts = place.file("hosts", format!("127.0.0.1 localhost\n{hosts_line} {name}\n"));
    let own_hosts = format!(
        "unshare -m sh -c 'mount --bind \"$1\" /etc/hosts && getent hosts {name} >/dev/null' sh '{hosts}'"
    );
    let tried = tokio::process::Command::new("sh").args(["-c", &own_hosts]).output().await;
    if !tried.is_ok_and(|tried| tried.status.success()) {
        return missing("names of its own for the program need `unshare -m` and `mount --bind`, as root");
    }
    let shell =
        format!("exec unshare -m sh -c 'mount --bind {hosts} /etc/hosts; exec \"$0\" \"$@\"' \"$0\" \"$@\"");
    let mut site = Site::through(place, &shell, &[]).await;
    let url = format!("http://{name}:{}/", theirs.addr.port());
    for (kind, private) in [("name.plain", false), ("name.private", true)] {
        site.program
            .subscribe(json!({"url": url, "events": [kind], "policy": "none", "allow_private": private}))
            .await;
        let (_, ids) = site.publish(kind, json!({})).await;
        let ended = site.settled(&ids[0]).await?;
        hold!(
            ended["failure"] == "blocked",
            "{name} leads to {hosts_line}, allow_private is {private}: {} {}",
            ended["state"],
            ended["outcome"]
        );
    }
    hold!(theirs.connections() == 0, "{} connections came", theirs.connections());
    site.sound().await
}

/// `localhost` and names below it are this machine, whatever a resolver says.
async fn names_below_localhost() -> Held {
    let sink = Sink::start().await;
    let mut site = Site::new().await;
    let port = sink.url("").rsplit(':').next().unwrap_or_default().to_owned();
    for (n, name) in
        ["localhost", "app.localhost", "a.b.localhost", "LOCALHOST", "127.0.0.2", "127.1"].iter().enumerate()
    {
        let kind = format!("local.n{n}");
        let url = format!("http://{name}:{port}/{n}");
        let wanted = json!({"url": url, "events": [kind], "policy": "none"});
        let (status, answer) = site.program.call("POST", "/v1/subscriptions", wanted).await;
        hold!(status == 201, "{name}: {status} {answer}");
        let (_, ids) = site.publish(&kind, json!({})).await;
        let ended = site.settled(&ids[0]).await?;
        // 127.0.0.2 is loopback, too, but nobody listens there.
        let right = ended["state"] == "delivered" || *name == "127.0.0.2" && ended["outcome"] == "connect";
        hold!(right, "{name}: {} {} {}", ended["state"], ended["outcome"], ended["attempts"][0]["error"]);
    }
    site.sound().await
}

/// A source whose events are delivered to it again: it ends after some rounds, and says so.
async fn loop_through_the_receiver(how: &'static str) -> Held {
    let mut site = Site::new().await;
    for name in ["one", "two"] {
        site.program.call("POST", "/v1/sources", json!({"name": name, "scheme": "none"})).await;
    }
    let s2s = json!({"name": "s2s", "scheme": "none", "postback": {"event_type": "loop.postback"}});
    site.program.call("POST", "/v1/sources", s2s).await;
    let receiver = format!("http://{}", site.receiver());
    let by_name = receiver.replace("127.0.0.1", "localhost");
    // Each round is a new event: the body is rendered with something that grows.
    let grow = r#"{"event":"loop.event","data":{"n":"{{ data.n }}x"}}"#;
    let wanted = match how {
        "by itself" => vec![json!({"url": format!("{receiver}/in/one"), "events": ["*"], "template": grow})],
        "by its name" => vec![json!({"url": format!("{by_name}/in/one"), "events": ["*"], "template": grow})],
        "by two sources" => vec![
            json!({"url": format!("{receiver}/in/two"), "events": ["loop.*"], "template": grow.replace("loop.", "back.")}),
            json!({"url": format!("{by_name}/in/one"), "events": ["back.*"], "template": grow}),
        ],
        "by postbacks" => {
            vec![
                json!({"url": format!("{receiver}/in/s2s?n={{data.n}}x"), "events": ["*"], "kind": "postback"}),
            ]
        }
        "by forwarded requests" => {
            vec![
                json!({"url": format!("{receiver}/in/two"), "events": ["*"], "template": grow, "scheme": "none", "headers": [["X-Mine", "y"]]}),
            ]
        }
        _ => (0..3)
            .map(|n| json!({"url": format!("{receiver}/in/one?n={n}"), "events": ["*"], "template": grow}))
            .collect(),
    };
    let mut warned = false;
    for one in wanted {
        let (status, answer) = site.program.call("POST", "/v1/subscriptions", one).await;
        if status == 422 {
            return site.sound().await;
        }
        hold!(status == 201, "{status} {answer}");
        warned |= answer["warnings"]
            .as_array()
            .is_some_and(|w| !w.is_empty() && w.iter().any(|w| w.to_string().contains("receiver")));
    }
    site.publish(if how == "by postbacks" { "loop.postback" } else { "loop.event" }, json!({"n": "x"})).await;
    step("watching the loop");
    let mut events = 0;
    for _ in 0..10 {
        ms(300).await;
        events = site.program.get("/v1/stats").await["events"].as_u64().unwrap_or(0);
    }
    ms(300).await;
    let later = site.program.get("/v1/stats").await["events"].as_u64().unwrap_or(0);
    // Three at once fan out: 3 + 9 + 27 … up to the bound on hops is what three loops are.
    let most = if how == "by three at once" { 5000 } else { 100 };
    hold!(later <= most && later == events, "{later} events after 3 s, and it goes on");
    hold!(later > 1, "nothing went round: {later} events");
    hold!(site.count("state=failed").await > 0, "it ended without a failed delivery that says why");
    let failed = site.program.get("/v1/deliveries?state=failed").await;
    hold!(failed["items"][0]["failure"] == "blocked", "it ended as {}", failed["items"][0]["failure"]);
    let alerts = site.program.get("/v1/alerts").await;
    hold!(alerts["items"].as_array().is_some_and(|a| !a.is_empty()), "no alert tells of it");
    hold!(warned, "saving it warned of nothing");
    site.sound().await
}

/// An endpoint that leads elsewhere is not followed.
async fn redirects() -> Held {
    let theirs = Endpoint::answering(ok("got it")).await;
    let mut site = Site::new().await;
    for (n, status) in [301, 302, 303, 307, 308].into_iter().enumerate() {
        let location = format!(
            "HTTP/1.1 {status} Elsewhere\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n",
            theirs.url("/x")
        );
        let here = Endpoint::answering(location).await;
        let kind = format!("moved.n{n}");
        site.program.subscribe(json!({"url": here.url("/"), "events": [kind], "policy": "none"})).await;
        let (_, ids) = site.publish(&kind, json!({})).await;
        let tried = site.tried(&ids[0]).await?;
        hold!(
            tried["outcome"] == "http_status" && tried["status"] == status,
            "{status}: {}",
            tried["outcome"]
        );
    }
    hold!(theirs.connections() == 0, "a redirect was followed");
    site.sound().await
}

/// A platform's address reaches neither private nor link-local ones with the key.
async fn brands_stay_outside() -> Held {
    let mut site = Site::new().await;
    let mut taken = Vec::new();
    for base in [
        "http://169.254.169.254",
        "https://169.254.169.254",
        "https://[fe80::1]",
        "https://[fd00:ec2::254]",
        "https://0.0.0.0",
        "https://[::ffff:169.254.169.254]",
        "http://10.0.0.1",
        "https://10.255.255.1",
        "https://192.168.255.1",
        "http://example.com",
    ] {
        step(format!("adding a brand at {base}"));
        let brand = json!({"name": "b", "platform": "trcker", "base_url": base, "secret": "tk_key"});
        let asked = site.program.call("POST", "/v1/brands", brand);
        match tokio::time::timeout(std::time::Duration::from_secs(2), asked).await {
            Ok((status, _)) if (400..500).contains(&status) => {}
            Ok((status, answer)) => taken.push(format!("{base}: {status} {}", answer["code"])),
            Err(_) => taken.push(format!("{base}: it was being asked for 2 s")),
        }
    }
    hold!(taken.is_empty(), "{}", taken.join("; "));
    site.sound().await
}

/// Relays likewise: what pulls requests has the same rules.
async fn imported_addresses() -> Held {
    let mut site = Site::new().await;
    let mut taken = Vec::new();
    for (n, url) in [
        "http://169.254.169.254/token",
        "https://169.254.169.254/token",
        "https://[fe80::1]/token",
        "https://0.0.0.0/token",
        "http://example.com/token",
        "file:///etc/passwd",
    ]
    .into_iter()
    .enumerate()
    {
        let source =
            json!({"name": format!("r{n}"), "scheme": "none", "relay": {"kind": "smee", "url": url}});
        let (status, answer) = site.program.call("POST", "/v1/sources", source).await;
        if !(400..500).contains(&status) {
            ms(400).await;
            let standing = site.program.get(&format!("/v1/sources/r{n}")).await["relay"]["standing"].clone();
            if standing["state"] != "stopped" {
                taken.push(format!("{url}: {status} {} {standing}", answer["code"]));
            }
        }
    }
    hold!(taken.is_empty(), "{}", taken.join("; "));
    site.sound().await
}

/// Sent by hand, the rules are the same.
async fn by_hand() -> Held {
    let mut site = Site::new().await;
    let (id, _) = site.publish("a.b", json!({})).await;
    let api = site.api();
    for url in [
        "http://169.254.169.254/".to_owned(),
        format!("http://{api}/v1/pause"),
        "http://10.0.0.1/".to_owned(),
    ] {
        let (status, answer) =
            site.program.call("POST", "/v1/resend", json!({"event": id, "url": url})).await;
        let blocked = (400..500).contains(&status) || answer["detail"]["outcome"] == "blocked";
        hold!(blocked, "{url}: {status} {}", answer["detail"]["outcome"]);
    }
    let check =
        json!({"url": "http://169.254.169.254/", "scheme": "none", "confirm_host": "169.254.169.254"});
    let (status, answer) = site.program.call("POST", "/v1/check-receiver", check).await;
    hold!(
        (400..500).contains(&status) || !answer.to_string().contains("\"status\":200"),
        "{status} {answer}"
    );
    let paused = site.program.get("/v1/health").await["paused"].clone();
    hold!(paused == Value::Bool(false), "the API was reached through a delivery");
    site.sound().await
}

pub(in crate::hostile) fn cases(cases: &mut Cases) {
    for (what, template) in OPEN_HOSTS {
        cases.add(format!("a postback that leaves open {what}"), move || host_from_the_event(template));
    }
    cases.add("values of a postback that would lead out of their place", values_stay_in_their_place);
    cases.add("addresses that are always refused, in many spellings", refused_addresses);
    cases.add("a name that leads to 127.0.0.1", || name_of_loopback("127.0.0.1", "endpoint.example"));
    cases.add("a name that leads to 127.8.8.8", || name_of_loopback("127.8.8.8", "endpoint.example"));
    cases.add("a name that leads to ::1", || name_of_loopback("::1", "endpoint.example"));
    cases.add("a name that leads to a mapped loopback address", || {
        name_of_loopback("::ffff:127.0.0.1", "localhost.example")
    });
    cases.add("a name without dots that leads here", || name_of_loopback("127.0.1.1", "workstation"));
    cases.add("names below localhost", names_below_localhost);
    for how in [
        "by itself",
        "by its name",
        "by two sources",
        "by postbacks",
        "by forwarded requests",
        "by three at once",
    ] {
        cases.add(format!("a loop through the receiver, {how}"), move || loop_through_the_receiver(how));
    }
    cases.add("endpoints that lead elsewhere", redirects);
    cases.add("a platform's address that is private or link-local", brands_stay_outside);
    cases.add("a relay's address that is private or link-local", imported_addresses);
    cases.add("the same addresses by hand and by the receiver check", by_hand);
}
