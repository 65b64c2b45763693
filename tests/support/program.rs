//! The built `hookbench`, as a command and as a running dispatcher.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};
use std::time::Duration;

use base64::Engine;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;

const RUN: [&str; 7] = ["--json", "-q", "run", "--api", "127.0.0.1:0", "--receiver", "127.0.0.1:0"];
const TIMEOUT: Duration = Duration::from_secs(60);

/// A client that goes straight to this machine. It never speaks TLS, but wants to know by what it
/// would where another crate of the build leaves that open.
pub fn client() -> reqwest::ClientBuilder {
    let _once_is_enough = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy()
}

/// A data folder with a vault key beside it.
pub struct Workplace {
    dir: TempDir,
}

fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os("HOOKBENCH_BIN") {
        return path.into();
    }
    // The test lives in target/<profile>/deps, the command one floor up.
    let test = std::env::current_exe().unwrap();
    let path = test.parent().and_then(Path::parent).unwrap().join("hookbench");
    assert!(path.exists(), "build the command first (cargo build -p hookbench-cli), or run cargo xtask test");
    path
}

impl Workplace {
    #[expect(clippy::new_without_default, reason = "it makes files")]
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let key = dir.path().join("vault.key");
        let bytes: Vec<u8> = (0..32).collect();
        std::fs::write(&key, base64::engine::general_purpose::STANDARD.encode(bytes)).unwrap();
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
        Self { dir }
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// Writes a file to hand to the command.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.display().to_string()
    }

    /// The command with nothing of this machine's environment but the path.
    pub fn bare(&self, args: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command
            .env_clear()
            .env("HOME", self.path())
            .env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.arg("--data-dir").arg(self.data()).args(args).kill_on_drop(true);
        command
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = self.bare(args);
        command.env("HOOKBENCH_VAULT_KEY_FILE", self.path().join("vault.key"));
        command
    }

    /// Runs `hookbench --json …` to its end.
    pub async fn run(&self, args: &[&str]) -> Answer {
        self.run_with(args, b"").await
    }

    pub async fn run_with(&self, args: &[&str], stdin: &[u8]) -> Answer {
        let mut command = self.command(&[&["--json"], args].concat());
        finish(&mut command, stdin).await
    }

    /// Starts `hookbench --json emulate`, and waits until it is ready.
    pub async fn emulate(&self, platform: &str, faults: &str) -> Emulated {
        self.emulated(&["--platform", platform, "--rate", "20", "--fault", faults]).await
    }

    /// The same at this address, without faults.
    pub async fn emulate_at(&self, platform: &str, address: &str) -> Emulated {
        self.emulated(&["--platform", platform, "--rate", "20", "--addr", address]).await
    }

    async fn emulated(&self, args: &[&str]) -> Emulated {
        let args = [&["--json", "emulate"], args].concat();
        let mut child = self.command(&args).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = tokio::time::timeout(TIMEOUT, lines.next_line()).await.unwrap().unwrap();
        let ready: Value =
            serde_json::from_str(&ready.expect("`emulate` ended before it was ready")).unwrap();
        let text = |key: &str| ready[key].as_str().unwrap().to_owned();
        Emulated { base_url: text("base_url"), key: text("api_key"), child }
    }

    /// Starts `hookbench --json run` on free ports.
    pub async fn start(&self) -> Program {
        self.ready(self.command(&RUN)).await
    }

    /// The same without the vault's key.
    pub async fn start_without_key(&self) -> Program {
        self.ready(self.bare(&RUN)).await
    }

    /// The same, trusting the authorities in a file and no others.
    pub async fn start_trusting(&self, authorities: Option<&str>) -> Program {
        let mut command = self.command(&RUN);
        command.envs(authorities.map(|file| ("SSL_CERT_FILE", file)));
        self.ready(command).await
    }

    /// The same, logging everything to a file.
    pub async fn start_logging_to(&self, log: std::fs::File) -> Program {
        let mut command = self.command(&RUN);
        command.env("HOOKBENCH_LOG", "trace").stderr(log);
        self.ready(command).await
    }

    /// The same with a signal ignored.
    pub async fn start_ignoring(&self, signal: &str) -> Program {
        self.ready(self.through(&format!("trap '' {signal}; exec \"$0\" \"$@\""), &RUN)).await
    }

    /// The command behind a line of the shell, which ends with `exec "$0" "$@"`.
    pub fn through(&self, shell: &str, args: &[&str]) -> Command {
        let command = self.command(args);
        let mut wrapped = Command::new("sh");
        wrapped.arg("-c").arg(shell).arg(command.as_std().get_program()).args(command.as_std().get_args());
        wrapped.env_clear().kill_on_drop(true);
        for (name, value) in command.as_std().get_envs() {
            if let Some(value) = value {
                wrapped.env(name, value);
            }
        }
        wrapped
    }

    /// Starts `hookbench --json run` on free ports behind a line of the shell, with these variables
    /// in its environment besides, and what it says on stderr in a file. `None`: it ended before it
    /// was ready.
    pub async fn start_through(
        &self,
        shell: &str,
        variables: &[(&str, String)],
        stderr: std::fs::File,
    ) -> Option<Program> {
        let mut command = self.through(shell, &RUN);
        for (name, value) in variables {
            command.env(name, value);
        }
        command.stderr(stderr);
        self.started(command).await
    }

    async fn ready(&self, command: Command) -> Program {
        self.started(command).await.expect("`run` ended before it was ready")
    }

    async fn started(&self, mut command: Command) -> Option<Program> {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut told = BufReader::new(child.stdout.take().unwrap()).lines();
        let (teller, mut lines) = mpsc::unbounded_channel();
        // Read at once, or the program waits for a reader of what nobody asks for.
        tokio::spawn(async move {
            while let Ok(Some(line)) = told.next_line().await {
                let _nobody_asks = teller.send(line);
            }
        });
        let ready = tokio::time::timeout(TIMEOUT, lines.recv()).await.unwrap();
        let ready: Value = serde_json::from_str(&ready?).unwrap();
        let token = self.data().join("api-token");
        // A program with mounts of its own has its folder elsewhere.
        let inside = format!("/proc/{}/root{}", child.id().unwrap_or(0), token.display());
        let token = std::fs::read_to_string(&token).or_else(|_| std::fs::read_to_string(&inside)).unwrap();
        let client = client().build().unwrap();
        Some(Program { child, lines, base: ready["api"].as_str().unwrap().to_owned(), ready, token, client })
    }
}

/// A running `hookbench emulate`; it ends when this is dropped.
pub struct Emulated {
    pub base_url: String,
    pub key: String,
    child: Child,
}

impl Emulated {
    /// Ends it, and waits until its address is free again.
    pub async fn stop(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Removes every webhook, as somebody on the platform's own page would.
    pub async fn remove_webhooks(&self) {
        let client = client().build().unwrap();
        for webhook in self.webhooks().await {
            let id = webhook["id"].as_str().unwrap();
            let url = format!("{}/api/public/webhooks/{id}", self.base_url);
            let removed = client.delete(url).bearer_auth(&self.key).send().await.unwrap();
            assert!(removed.status().is_success(), "{removed:?}");
        }
    }

    /// Points every webhook elsewhere, as somebody on the platform's own page would.
    pub async fn change_webhooks(&self, url: &str, events: &[&str]) {
        let client = client().build().unwrap();
        for webhook in self.webhooks().await {
            let id = webhook["id"].as_str().unwrap();
            let page = format!("{}/api/public/webhooks/{id}", self.base_url);
            let body = serde_json::json!({ "url": url, "events": events });
            let changed = client.put(page).bearer_auth(&self.key).json(&body).send().await.unwrap();
            assert!(changed.status().is_success(), "{changed:?}");
        }
    }

    /// The webhooks that the platform itself lists.
    pub async fn webhooks(&self) -> Vec<Value> {
        let client = client().build().unwrap();
        let request = client.get(format!("{}/api/public/webhooks", self.base_url)).bearer_auth(&self.key);
        let text = request.send().await.unwrap().text().await.unwrap();
        serde_json::from_str::<Value>(&text).unwrap()["items"].as_array().unwrap().clone()
    }
}

/// What a command answered.
#[derive(Debug)]
pub struct Answer {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }
}

/// Runs a command to its end.
pub async fn finish(command: &mut Command, stdin: &[u8]) -> Answer {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    // A command that does not read its input may be gone already.
    let _gone = input.write_all(stdin).await;
    drop(input);
    let output = tokio::time::timeout(TIMEOUT, child.wait_with_output()).await.expect("the command hangs");
    let Output { status, stdout, stderr } = output.unwrap();
    Answer {
        code: status.code().unwrap_or(-1),
        out: String::from_utf8(stdout).unwrap(),
        err: String::from_utf8(stderr).unwrap(),
    }
}

/// A running `hookbench run`.
pub struct Program {
    child: Child,
    lines: mpsc::UnboundedReceiver<String>,
    pub ready: Value,
    pub base: String,
    pub token: String,
    pub client: reqwest::Client,
}

impl Program {
    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id().expect("it ended by itself")).unwrap();
        kill(Pid::from_raw(pid), signal).unwrap();
    }

    pub fn pid(&self) -> u32 {
        self.child.id().expect("it ended by itself")
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// Sends a signal and goes on.
    pub fn send_signal(&self, signal: Signal) {
        self.signal(signal);
    }

    /// Waits for its end.
    pub async fn end(&mut self) -> ExitStatus {
        self.child.wait().await.unwrap()
    }

    pub async fn kill(mut self) {
        self.signal(Signal::SIGKILL);
        self.child.wait().await.unwrap();
    }

    /// Sends SIGTERM and waits for the end.
    pub async fn terminate(mut self) -> ExitStatus {
        self.signal(Signal::SIGTERM);
        tokio::time::timeout(TIMEOUT, self.child.wait()).await.expect("it does not drain").unwrap()
    }

    /// Reads lines of finished attempts until one is wanted.
    pub async fn attempt(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        let reading = async {
            loop {
                let line = self.lines.recv().await.expect("`run` ended");
                let line: Value = serde_json::from_str(&line).unwrap();
                if line["event"] == "attempt" && wanted(&line) {
                    return line;
                }
            }
        };
        tokio::time::timeout(TIMEOUT, reading).await.expect("the attempt did not come")
    }

    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = method.parse().unwrap();
        self.client.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token)
    }

    pub async fn call(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let mut request = self.request(method, path);
        if !body.is_null() {
            request = request.json(&body);
        }
        let broken = |error: reqwest::Error| -> ! {
            let why = std::iter::successors(std::error::Error::source(&error), |e| e.source()).last();
            panic!("{method} {path} got no answer: {}", why.map_or(error.to_string(), ToString::to_string))
        };
        let response = request.send().await.unwrap_or_else(|error| broken(error));
        let status = response.status().as_u16();
        let text = response.text().await.unwrap_or_else(|error| broken(error));
        (status, serde_json::from_str(&text).unwrap_or(json!(text)))
    }

    pub async fn get(&self, path: &str) -> Value {
        let (status, body) = self.call("GET", path, Value::Null).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// Creates a subscription and answers its id.
    pub async fn subscribe(&self, body: Value) -> String {
        let (status, saved) = self.call("POST", "/v1/subscriptions", body).await;
        assert_eq!(status, 201, "{saved}");
        saved["id"].as_str().unwrap().to_owned()
    }
}
