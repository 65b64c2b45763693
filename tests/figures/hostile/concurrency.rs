//! Hands that change the same thing at the same moment: each keeps what the others did.

use std::collections::HashSet;

use hookbench_ambient::Clock;
use hookbench_journeys::{Publishing, Sink};
use hookbench_signature::{Scheme, Secret, verify};
use serde_json::{Value, json};

use super::ground::{Site, hold, ms, step, until, until_within};
use super::raw::Endpoint;
use super::{Cases, Held};

const ROUNDS: usize = 8;

fn plain() -> Value {
    json!({"url": "http://127.0.0.1:9/a", "events": ["a.b"], "name": "before"})
}

/// A status that says the change was made, or that somebody else was quicker.
fn made_or_told(status: u16) -> bool {
    matches!(status, 200 | 409 | 412)
}

/// Changes of different fields at once: each that was answered with 200 is there.
async fn different_fields() -> Held {
    let mut site = Site::new().await;
    for round in 0..ROUNDS {
        let id = site.program.subscribe(plain()).await;
        let path = format!("/v1/subscriptions/{id}");
        let changes = [
            json!({"name": format!("name {round}")}),
            json!({"filter": format!("data.n > {round}")}),
            json!({"rate_per_second": 7.0}),
            json!({"concurrency": 3}),
            json!({"headers": [["X-Round", round.to_string()]]}),
            json!({"events": ["a.b", "c.d"]}),
        ];
        step(format!("round {round}"));
        let sent: Vec<_> = changes
            .iter()
            .map(|change| {
                let request = site.program.request("PATCH", &path).json(change);
                tokio::spawn(async move { request.send().await.unwrap().status().as_u16() })
            })
            .collect();
        let mut statuses = Vec::new();
        for one in sent {
            statuses.push(one.await.unwrap());
        }
        hold!(statuses.iter().copied().all(made_or_told), "{statuses:?}");
        let now = site.program.get(&path).await;
        for (change, status) in changes.iter().zip(&statuses) {
            for (key, value) in change.as_object().unwrap() {
                let there = &now[key] == value;
                hold!(
                    there || *status != 200,
                    "round {round}: {key} was answered with 200 and is {}, not {value}",
                    now[key]
                );
            }
        }
    }
    site.sound().await
}

/// Switched off beside another change: it stays off, and the change is there.
async fn switched_beside_a_change(off: bool, by_command: bool) -> Held {
    let mut site = Site::new().await;
    for round in 0..if by_command { 3 } else { ROUNDS } {
        let mut wanted = plain();
        wanted["enabled"] = json!(off);
        let id = site.program.subscribe(wanted).await;
        let path = format!("/v1/subscriptions/{id}");
        let rename = site.program.request("PATCH", &path).json(&json!({"name": "after"}));
        let url = site.program.request("PATCH", &path).json(&json!({"url": "http://127.0.0.1:9/b"}));
        let (rename, url) = (tokio::spawn(rename.send()), tokio::spawn(url.send()));
        let switched = if by_command {
            let verb = if off { "disable" } else { "enable" };
            site.place.run(&["subscriptions", verb, &id]).await.code == 0
        } else {
            site.program.call("PATCH", &path, json!({"enabled": !off})).await.0 == 200
        };
        let renamed = rename.await.unwrap().unwrap().status().as_u16();
        let moved = url.await.unwrap().unwrap().status().as_u16();
        let now = until("the change to be noticed", async || {
            let now = site.program.get(&path).await;
            (!switched || now["enabled"] == !off).then_some(now)
        })
        .await?;
        hold!(renamed != 200 || now["name"] == "after", "round {round}: the name is {}", now["name"]);
        hold!(
            moved != 200 || now["url"] == "http://127.0.0.1:9/b",
            "round {round}: the URL is {}",
            now["url"]
        );
    }
    site.sound().await
}

/// An endpoint says that it is gone while somebody edits: it stays disabled, and the edit is there.
async fn gone_beside_an_edit() -> Held {
    let mut site = Site::new().await;
    let gone = Endpoint::answering("HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n").await;
    for round in 0..ROUNDS {
        let kind = format!("gone.n{round}");
        let id = site
            .program
            .subscribe(json!({"url": gone.url("/"), "events": [kind], "policy": {"preset": "generic", "gone": ["410"]}}))
            .await;
        let path = format!("/v1/subscriptions/{id}");
        let before = gone.count();
        site.publish(&kind, json!({})).await;
        let mut names = 0;
        // Edits go on from before the answer until after it.
        let until_told = async {
            loop {
                names += 1;
                let name = format!("edit {names}");
                let (status, answer) = site.program.call("PATCH", &path, json!({"name": name})).await;
                if !made_or_told(status) {
                    return Err(format!("{status} {answer}"));
                }
                if gone.count() > before && names > 12 {
                    return Ok(());
                }
            }
        };
        until_told.await?;
        let deadline =
            until_within("the subscription to be disabled", std::time::Duration::from_secs(3), async || {
                let now = site.program.get(&path).await;
                (now["enabled"] == false).then_some(now)
            })
            .await;
        let now = match deadline {
            Ok(now) => now,
            Err(_) => return Err(format!("round {round}: an edit undid the disabling after a 410").into()),
        };
        let name = format!("edit {names}");
        hold!(now["name"] == name.as_str(), "round {round}: the name is {}, not {name}", now["name"]);
        hold!(!now["disabled_because"].is_null(), "round {round}: nothing says why it is disabled");
    }
    site.sound().await
}

/// Which of these secrets made a signature of this request.
fn signers(hit: &hookbench_journeys::Hit, secrets: &[String]) -> Vec<bool> {
    let now = Clock::system().now().unix_seconds();
    let headers: Vec<(String, Vec<u8>)> =
        hit.headers.iter().map(|(n, v)| (n.clone(), v.clone().into_bytes())).collect();
    let signs = |secret: &String| {
        let secret = Secret::new(secret.clone().into_bytes()).unwrap();
        verify(Scheme::Standard, &[secret], &headers, &hit.body, now, 300).valid
    };
    secrets.iter().map(signs).collect()
}

/// Rotations at once: the secret that is answered last signs, and whoever got an answer of 200 has one
/// that signs, unless a later rotation took its place twice.
async fn rotations() -> Held {
    const AT_ONCE: usize = 5;
    let sink = Sink::start().await;
    let mut site = Site::new().await;
    for round in 0..4 {
        let kind = format!("rotate.n{round}");
        let made = json!({"url": sink.url(&format!("/{round}")), "events": [kind], "generate_secret": true});
        let (_, saved) = site.program.call("POST", "/v1/subscriptions", made).await;
        let (id, first) = (saved["id"].as_str().unwrap(), saved["secret"].as_str().unwrap().to_owned());
        let path = format!("/v1/subscriptions/{id}/rotate-secret");
        let sent: Vec<_> = (0..AT_ONCE)
            .map(|_| {
                let request = site.program.request("POST", &path);
                tokio::spawn(async move {
                    let response = request.send().await.unwrap();
                    (response.status().as_u16(), response.json::<Value>().await.unwrap())
                })
            })
            .collect();
        let (mut answered, mut statuses) = (Vec::new(), Vec::new());
        for one in sent {
            let (status, answer) = one.await.unwrap();
            statuses.push(status);
            if status == 200 {
                answered.push(answer["secret"].as_str().unwrap_or_default().to_owned());
            }
        }
        hold!(statuses.iter().copied().all(made_or_told) && !answered.is_empty(), "{statuses:?}");
        let (_, ids) = site.publish(&kind, json!({})).await;
        site.settled(&ids[0]).await?;
        let hit = sink.at(&format!("/{round}")).pop().unwrap();
        let signed = signers(&hit, &answered).into_iter().filter(|signs| *signs).count();
        let old = signers(&hit, &[first])[0];
        // One rotation: the new and the old one sign. Several that follow each other: the last two.
        let wanted = if answered.len() == 1 { signed == 1 && old } else { signed >= 2 };
        hold!(
            wanted,
            "round {round}: of {} secrets that were answered, {signed} sign; the one before: {old}",
            answered.len()
        );
    }
    site.sound().await
}

/// Whoever changes what they have not seen is told, if they say what they saw.
async fn stale_version() -> Held {
    let mut site = Site::new().await;
    let id = site.program.subscribe(plain()).await;
    let path = format!("/v1/subscriptions/{id}");
    let shown = site.program.request("GET", &path).send().await.unwrap();
    let Some(tag) = shown.headers().get("etag").cloned() else {
        return Err("GET answers no ETag".to_owned().into());
    };
    let change = async |tag: &reqwest::header::HeaderValue, name: &str| {
        let request = site.program.request("PATCH", &path).header("if-match", tag);
        request.json(&json!({"name": name})).send().await.unwrap().status().as_u16()
    };
    let first = change(&tag, "one").await;
    hold!(first == 200, "a change against the version that was shown: {first}");
    let second = change(&tag, "two").await;
    hold!(second == 412, "a change against an older version: {second}");
    let now = site.program.get(&path).await;
    hold!(now["name"] == "one", "the name is {}", now["name"]);
    hold!(now["revision"].is_u64(), "no revision is shown");
    for (verb, method) in [("", "DELETE"), ("/rotate-secret", "POST")] {
        let request = site.program.request(method, &format!("{path}{verb}")).header("if-match", &tag);
        let status = request.send().await.unwrap().status().as_u16();
        hold!(status == 412 || status == 200, "{method}{verb} against an older version: {status}");
        if method == "DELETE" {
            hold!(status == 412, "it was deleted against an older version");
        }
    }
    site.sound().await
}

/// Deleted while others change it: it stays deleted.
async fn deleted_beside_changes() -> Held {
    let mut site = Site::new().await;
    for round in 0..ROUNDS {
        let id = site.program.subscribe(plain()).await;
        let path = format!("/v1/subscriptions/{id}");
        let changes: Vec<_> = (0..4)
            .map(|n| {
                let request = site.program.request("PATCH", &path).json(&json!({"name": format!("n{n}")}));
                tokio::spawn(request.send())
            })
            .collect();
        let deleted = site.program.call("DELETE", &path, Value::Null).await.0;
        for change in changes {
            let status = change.await.unwrap().unwrap().status().as_u16();
            hold!(made_or_told(status) || status == 404, "a change beside deleting: {status}");
        }
        let now = site.program.call("GET", &path, Value::Null).await.0;
        hold!(deleted != 200 || now == 404, "round {round}: deleted with 200, and then {now}");
    }
    site.sound().await
}

/// A manual retry of what was delivered, whose subscription was deleted, ends as it was, even through a
/// kill.
async fn retry_of_what_was_delivered() -> Held {
    let sink = Sink::start().await;
    let site = Site::new().await;
    let id = site.program.subscribe(json!({"url": sink.url("/ok"), "events": ["a.b"]})).await;
    let (_, ids) = site.publish("a.b", json!({})).await;
    site.settled(&ids[0]).await?;
    let path = format!("/v1/subscriptions/{id}");
    site.program.call("PATCH", &path, json!({"url": sink.url("/hold")})).await;
    site.program.call("POST", &format!("/v1/deliveries/{}/retry", ids[0]), Value::Null).await;
    until("the retry to be under way", async || (!sink.at("/hold").is_empty()).then_some(())).await?;
    site.program.call("DELETE", &path, Value::Null).await;
    let mut site = site.killed_and_started().await;
    ms(300).await;
    let found = site.program.get(&format!("/v1/deliveries/{}", ids[0])).await;
    hold!(found["state"] == "delivered", "it was delivered, and now it is {}", found["state"]);
    site.sound().await
}

/// Killed under load, a few times: nothing acknowledged is lost, nothing is invented, little doubled.
async fn kills_under_load() -> Held {
    let sink = Sink::start().await;
    let mut site = Site::new().await;
    site.program.subscribe(json!({"url": sink.url("/ok"), "events": ["*"]})).await;
    let (mut acknowledged, mut sent) = (HashSet::new(), HashSet::new());
    for round in 0..3 {
        step(format!("publishing before kill {round}"));
        let mut publishing = Publishing::start(&site.program, 8, &round.to_string());
        publishing.acknowledged(250).await;
        site = site.killed_and_started().await;
        let load = publishing.end().await;
        acknowledged.extend(load.acknowledged);
        sent.extend(load.sent);
    }
    let arrived = || -> Vec<String> {
        sink.hits().iter().map(|hit| hit.json()["id"].as_str().unwrap().to_owned()).collect()
    };
    until_within("all that was acknowledged to arrive", std::time::Duration::from_secs(25), async || {
        let arrived: HashSet<String> = arrived().into_iter().collect();
        ms(150).await;
        arrived.is_superset(&acknowledged).then_some(())
    })
    .await?;
    let (all, distinct) = (arrived(), arrived().into_iter().collect::<HashSet<_>>());
    let invented = distinct.difference(&sent).count();
    hold!(invented == 0, "{invented} arrived that nobody sent");
    let doubled = all.len() - distinct.len();
    hold!(doubled <= 4 * 64, "{doubled} came twice");
    site.sound().await
}

/// The same event from many hands at once is one event.
async fn same_event_at_once() -> Held {
    let sink = Sink::start().await;
    let mut site = Site::new().await;
    site.program.subscribe(json!({"url": sink.url("/ok"), "events": ["*"]})).await;
    let sent: Vec<_> = (0..100)
        .map(|n| {
            let event = json!({"id": "same", "event": "a.b", "data": {"n": n / 50}});
            let request = site.program.request("POST", "/v1/events").json(&event);
            tokio::spawn(async move { request.send().await.unwrap().status().as_u16() })
        })
        .collect();
    let mut counts = std::collections::BTreeMap::<u16, usize>::new();
    for one in sent {
        *counts.entry(one.await.unwrap()).or_default() += 1;
    }
    let right =
        counts.get(&202) == Some(&1) && counts.get(&200) == Some(&49) && counts.get(&409) == Some(&50);
    hold!(right, "{counts:?}");
    until("it to arrive", async || (!sink.hits().is_empty()).then_some(())).await?;
    ms(300).await;
    hold!(sink.hits().len() == 1, "it was sent {} times", sink.hits().len());
    site.sound().await
}

/// Sources of the same name at once: one is made.
async fn same_name_at_once() -> Held {
    let mut site = Site::new().await;
    let sent: Vec<_> = (0..20)
        .map(|_| {
            let request =
                site.program.request("POST", "/v1/sources").json(&json!({"name": "same", "scheme": "none"}));
            tokio::spawn(async move { request.send().await.unwrap().status().as_u16() })
        })
        .collect();
    let mut statuses = Vec::new();
    for one in sent {
        statuses.push(one.await.unwrap());
    }
    let made = statuses.iter().filter(|s| **s == 201).count();
    hold!(made == 1 && statuses.iter().all(|s| matches!(s, 201 | 409)), "{statuses:?}");
    site.sound().await
}

/// Pausing and resuming from many hands: what waits goes out once.
async fn pauses_and_resumes() -> Held {
    let sink = Sink::start().await;
    let mut site = Site::new().await;
    let id = site.program.subscribe(json!({"url": sink.url("/ok"), "events": ["*"]})).await;
    for n in 0..40 {
        let verb = if n % 2 == 0 { "pause" } else { "resume" };
        let one = site.program.request("POST", &format!("/v1/subscriptions/{id}/{verb}"));
        let other = site.program.request("POST", &format!("/v1/{verb}"));
        let event =
            site.program.request("POST", "/v1/events").json(&json!({"event": "a.b", "data": {"n": n}}));
        let (a, b, c) = (tokio::spawn(one.send()), tokio::spawn(other.send()), tokio::spawn(event.send()));
        for sent in [a, b, c] {
            let status = sent.await.unwrap().unwrap().status().as_u16();
            hold!(status < 300, "{verb}: {status}");
        }
    }
    site.program.call("POST", &format!("/v1/subscriptions/{id}/resume"), Value::Null).await;
    site.program.call("POST", "/v1/resume", Value::Null).await;
    until("all to arrive", async || (sink.hits().len() >= 40).then_some(())).await?;
    ms(300).await;
    hold!(sink.hits().len() == 40, "{} requests for 40 events", sink.hits().len());
    site.sound().await
}

pub(super) fn cases(cases: &mut Cases) {
    cases.add("changes of different fields at the same moment", different_fields);
    cases.add("switched off beside other changes", || switched_beside_a_change(true, false));
    cases.add("switched on beside other changes", || switched_beside_a_change(false, false));
    cases.add("switched off by the command beside other changes", || switched_beside_a_change(true, true));
    cases.add("an endpoint that is gone beside edits", gone_beside_an_edit);
    cases.add("five rotations of a secret at once", rotations);
    cases.add("a change against a version that is old", stale_version);
    cases.add("deleted beside changes", deleted_beside_changes);
    cases.add(
        "a retry of what was delivered, its subscription deleted, and a kill",
        retry_of_what_was_delivered,
    );
    cases.add_heavy("kills under load", kills_under_load);
    cases.add("the same event a hundred times at once, with two contents", same_event_at_once);
    cases.add("twenty sources of the same name at once", same_name_at_once);
    cases.add("pauses and resumes by turns from many hands", pauses_and_resumes);
}
