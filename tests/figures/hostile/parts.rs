//! Real servers: nginx over HTTP/2 that ends connections and is reloaded, and a Python application
//! server whose application raises.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use hookbench_journeys::Workplace;
use nix::sys::signal::Signal;
use serde_json::json;
use tokio::process::{Child, Command};

use super::ground::{Site, hold, missing, ms, step, until, until_within};
use super::raw::Identity;
use super::{Cases, Held, Not};

/// A port that nobody has now.
fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

async fn has(program: &str, args: &[&str]) -> bool {
    let asked = Command::new(program).args(args).stdin(Stdio::null()).output().await;
    asked.is_ok_and(|asked| asked.status.success())
}

/// nginx in the foreground, with a configuration of its own.
struct Nginx {
    child: Child,
    log: PathBuf,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // A master that is killed leaves its workers behind; one that is asked takes them along.
        self.signal(Signal::SIGTERM);
    }
}

impl Nginx {
    async fn start(folder: &Path, port: u16, identity: &Identity, server: &str) -> Result<Self, Not> {
        if !has("nginx", &["-v"]).await {
            return missing("nginx is not installed: apt-get install nginx-light");
        }
        std::fs::create_dir_all(folder.join("t")).unwrap();
        std::fs::write(folder.join("cert.pem"), &identity.certificate_pem).unwrap();
        std::fs::write(folder.join("key.pem"), &identity.key_pem).unwrap();
        let (at, log) = (folder.display(), folder.join("access"));
        let config = format!(
            "daemon off; worker_processes 2; pid {at}/pid; error_log {at}/error warn;
events {{ worker_connections 512; }}
http {{
  log_format ids '$http_webhook_id $status $server_protocol'; access_log {at}/access ids;
  client_body_temp_path {at}/t/b; proxy_temp_path {at}/t/p; fastcgi_temp_path {at}/t/f; uwsgi_temp_path {at}/t/u; scgi_temp_path {at}/t/s;
  server {{
    listen 127.0.0.1:{port} ssl http2; server_name localhost;
    ssl_certificate {at}/cert.pem; ssl_certificate_key {at}/key.pem;
    {server}
  }}
}}
"
        );
        std::fs::write(folder.join("nginx.conf"), config).unwrap();
        let child = Command::new("nginx")
            .arg("-p")
            .arg(folder)
            .arg("-c")
            .arg(folder.join("nginx.conf"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        until("nginx to listen", async || tokio::net::TcpStream::connect(("127.0.0.1", port)).await.ok())
            .await?;
        Ok(Self { child, log })
    }

    fn signal(&self, signal: Signal) {
        let pid = self.child.id().and_then(|pid| i32::try_from(pid).ok());
        let _gone = pid.map(|pid| nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), signal));
    }

    /// Ends it with its workers.
    async fn stop(mut self) {
        self.signal(Signal::SIGTERM);
        let _slow = tokio::time::timeout(Duration::from_secs(5), self.child.wait()).await;
    }
}

/// Thousands of deliveries over HTTP/2 to a server that ends its connections after fifty requests, and is
/// reloaded four times meanwhile: none fails, none comes twice.
async fn reloads() -> Held {
    const EVENTS: usize = 3000;
    let place = Workplace::new();
    let identity = Identity::new(&[&rustls::version::TLS13], false, &[]);
    let port = free_port();
    let server = "keepalive_requests 50; location / { return 200 \"ok\"; }";
    let nginx = Nginx::start(&place.path().join("nginx"), port, &identity, server).await?;
    let mut site = Site::at(place).await;
    let wanted = json!({"url": format!("https://localhost:{port}/"), "events": ["*"], "policy": "none", "platform": "generic",
        "generate_secret": true, "ca_pem": identity.authority_pem});
    site.program.subscribe(wanted).await;
    for round in 0..5 {
        step(format!("publishing, {round} reloads done"));
        let lines: String = (0..EVENTS / 5)
            .map(|n| format!("{{\"id\":\"e{round}-{n}\",\"event\":\"a.b\",\"data\":{{\"n\":{n}}}}}\n"))
            .collect();
        site.publish_lines(lines).await;
        if round < 4 {
            ms(250).await;
            nginx.signal(Signal::SIGHUP);
        }
    }
    let done = until_within("all to be tried", Duration::from_secs(30), async || {
        let stats = site.program.get("/v1/stats").await;
        let n = |state: &str| stats["deliveries"][state].as_u64().unwrap_or(0);
        (n("delivered") + n("failed") == EVENTS as u64).then(|| (n("delivered"), n("failed")))
    })
    .await;
    let Ok(done) = done else {
        let stats = site.program.get("/v1/stats").await["deliveries"].clone();
        let came = std::fs::read_to_string(&nginx.log).unwrap_or_default().lines().count();
        nginx.stop().await;
        return Err(format!("after 30 s {came} came, and the deliveries are {stats}").into());
    };
    ms(200).await;
    let text = std::fs::read_to_string(&nginx.log).unwrap_or_default();
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for line in text.lines() {
        *seen.entry(line.split(' ').next().unwrap_or_default()).or_default() += 1;
    }
    let second = text.lines().filter(|line| line.ends_with("HTTP/2.0")).count();
    let doubled = seen.values().filter(|n| **n > 1).count();
    let failed = site.program.get("/v1/deliveries?state=failed&limit=1").await;
    let why = match failed["items"][0]["id"].as_str() {
        Some(id) => {
            site.program.get(&format!("/v1/deliveries/{id}")).await["attempts"][0]["error"].to_string()
        }
        None => String::new(),
    };
    nginx.stop().await;
    hold!(second > 0, "nothing went over HTTP/2");
    hold!(
        done.1 == 0 && doubled == 0,
        "of {EVENTS}, {} failed and {doubled} came twice; {} came at all; {why}",
        done.1,
        seen.len()
    );
    site.sound().await
}

/// A server that wants a certificate of the client, as nginx and OpenSSL ask for one.
async fn client_certificates(how: &'static str) -> Held {
    let place = Workplace::new();
    let identity = Identity::new(&[&rustls::version::TLS13], false, &[]);
    let port = free_port();
    let folder = place.path().join("server");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("ca.pem"), &identity.authority_pem).unwrap();
    let mut nginx = None;
    let mut openssl = None;
    if how.starts_with("nginx") {
        let server = format!(
            "ssl_verify_client on; ssl_client_certificate {}/ca.pem; ssl_protocols TLSv1.2; location / {{ return 200 \"ok\"; }}",
            folder.display()
        );
        nginx = Some(Nginx::start(&folder, port, &identity, &server).await?);
    } else {
        if !has("openssl", &["version"]).await {
            return missing("openssl is not installed");
        }
        std::fs::write(folder.join("cert.pem"), &identity.certificate_pem).unwrap();
        std::fs::write(folder.join("key.pem"), &identity.key_pem).unwrap();
        let version = if how.ends_with("1.2") { "-tls1_2" } else { "-tls1_3" };
        openssl = Some(
            Command::new("openssl")
                .current_dir(&folder)
                .args([
                    "s_server",
                    "-accept",
                    &format!("127.0.0.1:{port}"),
                    "-cert",
                    "cert.pem",
                    "-key",
                    "key.pem",
                    "-CAfile",
                    "ca.pem",
                    "-Verify",
                    "2",
                    "-verify_return_error",
                    "-www",
                    "-quiet",
                    version,
                ])
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .kill_on_drop(true)
                .spawn()
                .unwrap(),
        );
        ms(500).await;
    }
    let mut site = Site::at(place).await;
    let wanted = json!({"url": format!("https://localhost:{port}/"), "events": ["*"], "policy": "none", "ca_pem": identity.authority_pem});
    site.program.subscribe(wanted).await;
    let (_, ids) = site.publish("a.b", json!({})).await;
    let tried = site.tried(&ids[0]).await;
    if let Some(nginx) = nginx {
        nginx.stop().await;
    }
    drop(openssl);
    let tried = tried?;
    let verdict = &tried["attempts"][0]["verdict"];
    hold!(
        verdict["code"] == "tls_client_certificate",
        "{}: {} {} with the verdict {}: {}",
        how,
        tried["outcome"],
        tried["status"],
        verdict["code"],
        tried["attempts"][0]["error"]
    );
    site.sound().await
}

const APPLICATION: &str = r#"
import asyncio
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

seen = {}

async def hook(request):
    body = await request.json()
    n, key = body["data"]["n"], body["id"]
    first = key not in seen
    seen[key] = seen.get(key, 0) + 1
    if n % 10 == 0 and first:
        raise RuntimeError("every tenth raises")
    return PlainTextResponse("ok")

app = Starlette(routes=[Route("/", hook, methods=["POST"])])
"#;

/// The application server in a virtual environment that is kept from run to run.
async fn python() -> Result<PathBuf, Not> {
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")));
    let Some(cache) = cache else {
        return missing("a folder to keep a virtual environment in: HOME is not set");
    };
    let folder = cache.join("hookbench/figures/uvicorn-0.30.6");
    let program = folder.join("bin/uvicorn");
    if program.exists() {
        return Ok(program);
    }
    if !has("python3", &["-c", "import venv, ensurepip"]).await {
        return missing("python3 with venv is not installed");
    }
    step("making a virtual environment");
    let folder_text = folder.display().to_string();
    if !has("python3", &["-m", "venv", &folder_text]).await {
        return missing("a virtual environment cannot be made");
    }
    step("installing uvicorn and Starlette");
    let pip = folder.join("bin/pip").display().to_string();
    if !has(&pip, &["install", "-q", "uvicorn==0.30.6", "starlette==0.38.6", "h11==0.14.0"]).await {
        let _half = std::fs::remove_dir_all(&folder);
        return missing("uvicorn 0.30.6 and Starlette 0.38.6 cannot be installed with pip");
    }
    Ok(program)
}

/// An application that raises now and then: exactly those attempts fail, and nothing that follows them.
async fn raising(retries: bool) -> Held {
    const EVENTS: usize = 300;
    let uvicorn = python().await?;
    let place = Workplace::new();
    let folder = place.path().join("app");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("main.py"), APPLICATION).unwrap();
    let port = free_port();
    let mut server = Command::new(uvicorn)
        .args(["main:app", "--host", "127.0.0.1", "--port", &port.to_string(), "--log-level", "critical"])
        .current_dir(&folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    until("uvicorn to listen", async || tokio::net::TcpStream::connect(("127.0.0.1", port)).await.ok())
        .await?;
    let mut site = Site::at(place).await;
    let policy =
        if retries { json!({"preset": "generic", "delays_ms": [300, 300, 300]}) } else { json!("none") };
    site.program
        .subscribe(json!({"url": format!("http://127.0.0.1:{port}/"), "events": ["*"], "policy": policy}))
        .await;
    let lines: String = (0..EVENTS)
        .map(|n| format!("{{\"id\":\"u{n}\",\"event\":\"a.b\",\"data\":{{\"n\":{n}}}}}\n"))
        .collect();
    site.publish_lines(lines).await;
    until_within("all to be tried", Duration::from_secs(30), async || {
        let waiting = site.count("state=in_flight").await + site.count("state=waiting").await;
        let retrying = if retries { site.count("state=retrying").await } else { 0 };
        (waiting + retrying == 0).then_some(())
    })
    .await?;
    let page = site.program.get("/v1/deliveries?limit=500").await;
    let (mut failed_first, mut wrong) = (HashSet::new(), Vec::new());
    for item in page["items"].as_array().unwrap() {
        let shown = site.program.get(&format!("/v1/deliveries/{}", item["id"].as_str().unwrap())).await;
        let first = &shown["attempts"][0];
        let id = item["event"].as_str().unwrap().to_owned();
        let raises = id.trim_start_matches('u').parse::<usize>().is_ok_and(|n| n % 10 == 0);
        if first["outcome"] != "success" {
            failed_first.insert(id.clone());
        }
        let right = if raises { first["status"] == 500 } else { first["outcome"] == "success" };
        if !right {
            wrong.push(format!("{id}: {} {}", first["outcome"], first["error"]));
        }
        if retries && shown["state"] != "delivered" {
            wrong.push(format!("{id} is {}", shown["state"]));
        }
    }
    server.kill().await.ok();
    hold!(
        failed_first.len() == EVENTS / 10 && wrong.is_empty(),
        "{} first attempts failed, {} are right; {}",
        failed_first.len(),
        EVENTS / 10,
        wrong.iter().take(3).cloned().collect::<Vec<_>>().join("; ")
    );
    site.sound().await
}

pub(super) fn cases(cases: &mut Cases) {
    cases.add_heavy("nginx over HTTP/2, fifty requests a connection, four reloads", reloads);
    cases.add_heavy("uvicorn, every tenth request raises", || raising(false));
    cases.add_heavy("uvicorn, every tenth request raises, with retries", || raising(true));
    for how in ["nginx with TLS 1.2", "OpenSSL with TLS 1.2", "OpenSSL with TLS 1.3"] {
        cases.add(format!("a certificate of the client is asked for by {how}"), move || {
            client_certificates(how)
        });
    }
}
