//! What cases stand on: a running program in a folder of its own, its memory and processor time, and
//! waiting for what must come.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookbench_ambient::Stopwatch;
use hookbench_journeys::{Program, Workplace};
use serde_json::{Value, json};

use super::{Held, Not};

/// What a case is at, for the words about one that hangs.
#[derive(Clone, Default)]
pub(crate) struct Step(Arc<Mutex<String>>);

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let step = self.0.lock().unwrap();
        f.write_str(if step.is_empty() { "it began" } else { &step })
    }
}

tokio::task_local! {
    /// The step of the case that runs.
    pub(crate) static LAST_STEP: Step;
}

/// Notes what the case is at: `publishing`, `waiting for the answer`.
pub(crate) fn step(what: impl Into<String>) {
    let what = what.into();
    let _outside_of_a_case = LAST_STEP.try_with(|step| *step.0.lock().unwrap() = what);
}

/// Fails the case with these words unless it is so.
macro_rules! hold {
    ($so:expr, $($words:tt)+) => {
        if !$so {
            return Err(crate::hostile::Not::Held(format!($($words)+)));
        }
    };
}
pub(crate) use hold;

/// The case cannot be tried here.
pub(crate) fn missing<T>(what: impl Into<String>) -> Result<T, Not> {
    Err(Not::Tried(what.into()))
}

/// Some cases need thousands of connections of this program itself.
pub(crate) fn take_handles() {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    if let Ok((_, hard)) = getrlimit(Resource::RLIMIT_NOFILE) {
        let _as_many_as_there_are = setrlimit(Resource::RLIMIT_NOFILE, hard, hard);
    }
}

/// A running `hookbench run` in a folder of its own.
pub(crate) struct Site {
    pub(crate) place: Workplace,
    pub(crate) program: Program,
}

const AS_IT_IS: &str = "exec \"$0\" \"$@\"";

impl Site {
    pub(crate) async fn new() -> Self {
        Self::at(Workplace::new()).await
    }

    /// In a folder that is prepared.
    pub(crate) async fn at(place: Workplace) -> Self {
        Self::through(place, AS_IT_IS, &[]).await
    }

    /// Behind a line of the shell that ends with `exec "$0" "$@"`, with more variables.
    pub(crate) async fn through(place: Workplace, shell: &str, variables: &[(&str, String)]) -> Self {
        step("starting `hookbench run`");
        let stderr = std::fs::File::options().create(true).append(true).open(place.path().join("stderr"));
        let Some(program) = place.start_through(shell, variables, stderr.unwrap()).await else {
            let said = std::fs::read(place.path().join("stderr")).unwrap_or_default();
            panic!("`run` ended before it was ready: {}", tail(&String::from_utf8_lossy(&said)));
        };
        step("running");
        Self { place, program }
    }

    /// Kills it, and starts it again on the same folder.
    pub(crate) async fn killed_and_started(self) -> Self {
        step("killing it");
        self.program.kill().await;
        Self::at(self.place).await
    }

    /// What it said on stderr.
    pub(crate) fn stderr(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(self.place.path().join("stderr")).unwrap()).into_owned()
    }

    /// It runs, answers, dispatches, and nothing in it panicked.
    pub(crate) async fn sound(&mut self) -> Held {
        step("seeing whether it is sound");
        if let Some(status) = self.program.ended() {
            return Err(format!("it ended: {status}; {}", tail(&self.stderr())).into());
        }
        let health = self.program.get("/v1/health").await;
        hold!(health["status"] == "ok", "its health is {health}");
        let stderr = self.stderr();
        hold!(!stderr.contains("panicked at"), "it panicked: {}", tail(&stderr));
        Ok(())
    }

    /// The receiver's address.
    pub(crate) fn receiver(&self) -> String {
        self.program.ready["receiver"].as_str().unwrap().trim_start_matches("http://").to_owned()
    }

    /// The API's address.
    pub(crate) fn api(&self) -> String {
        self.program.base.trim_start_matches("http://").to_owned()
    }

    /// Publishes an event; its id and those of its deliveries.
    pub(crate) async fn publish(&self, event_type: &str, data: Value) -> (String, Vec<String>) {
        let (status, answer) =
            self.program.call("POST", "/v1/events", json!({"event": event_type, "data": data})).await;
        assert_eq!(status, 202, "publishing {event_type}: {answer}");
        let ids = answer["deliveries"].as_array().unwrap().iter();
        (answer["id"].as_str().unwrap().to_owned(), ids.map(|id| id.as_str().unwrap().to_owned()).collect())
    }

    /// Publishes an event whose bytes are given; the status and the answer.
    pub(crate) async fn publish_bytes(&self, body: impl Into<Vec<u8>>) -> (u16, Value) {
        self.post_bytes("/v1/events", body).await
    }

    /// Posts JSON as it is written here.
    pub(crate) async fn post_bytes(&self, path: &str, body: impl Into<Vec<u8>>) -> (u16, Value) {
        let request = self.program.request("POST", path).header("content-type", "application/json");
        let response = request.body(body.into()).send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(json!(text)))
    }

    /// Publishes many at once, a line each.
    pub(crate) async fn publish_lines(&self, lines: String) -> Value {
        let request =
            self.program.request("POST", "/v1/events").header("content-type", "application/x-ndjson");
        let response = request.body(lines).send().await.unwrap();
        assert_eq!(response.status().as_u16(), 200, "publishing lines");
        response.json().await.unwrap()
    }

    /// The delivery, once `enough` holds of it.
    pub(crate) async fn delivery(&self, id: &str, enough: impl Fn(&Value) -> bool) -> Result<Value, Not> {
        let path = format!("/v1/deliveries/{id}");
        until(&format!("{id} to be as wanted"), async || {
            let found = self.program.get(&path).await;
            enough(&found).then_some(found)
        })
        .await
    }

    /// The delivery once its first attempt has ended.
    pub(crate) async fn tried(&self, id: &str) -> Result<Value, Not> {
        self.delivery(id, |d| !d["attempts"].as_array().unwrap().is_empty()).await
    }

    /// The delivery once it will not be tried again.
    pub(crate) async fn settled(&self, id: &str) -> Result<Value, Not> {
        self.delivery(id, |d| d["state"] != "pending" && d["state"] != "in_flight").await
    }

    /// How many deliveries the filters name, at most 500.
    pub(crate) async fn count(&self, filters: &str) -> usize {
        let page = self.program.get(&format!("/v1/deliveries?limit=500&{filters}")).await;
        page["items"].as_array().unwrap().len()
    }

    /// The files of the data folder, and those beside it that the program wrote, that hold this text.
    pub(crate) fn files_with(&self, text: &str) -> Vec<String> {
        files_with(&self.place.data(), text)
    }
}

/// The files below a folder that hold this text.
pub(crate) fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else if std::fs::read(&path)
            .is_ok_and(|bytes| bytes.windows(text.len()).any(|w| w == text.as_bytes()))
        {
            found.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    found
}

/// The last of what was said.
pub(crate) fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.lines().rev().take(4).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join(" / ")
}

/// Asks again and again until there is something; for 15 s at most.
pub(crate) async fn until<T>(what: &str, ask: impl AsyncFn() -> Option<T>) -> Result<T, Not> {
    until_within(what, Duration::from_secs(15), ask).await
}

/// The same for so long.
pub(crate) async fn until_within<T>(
    what: &str,
    most: Duration,
    ask: impl AsyncFn() -> Option<T>,
) -> Result<T, Not> {
    step(format!("waiting for {what}"));
    let asking = async {
        loop {
            if let Some(found) = ask().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    match tokio::time::timeout(most, asking).await {
        Ok(found) => Ok(found),
        Err(_) => Err(format!("waited {} s in vain for {what}", most.as_secs()).into()),
    }
}

/// A while.
pub(crate) async fn ms(n: u64) {
    tokio::time::sleep(Duration::from_millis(n)).await;
}

/// Does it, and says how many milliseconds it took.
pub(crate) async fn timed<T>(doing: impl Future<Output = T>) -> (T, u64) {
    let watch = Stopwatch::start();
    let done = doing.await;
    (done, watch.us() / 1000)
}

/// A line of `/proc/PID/status`, in KiB.
fn status_kib(pid: u32, name: &str) -> u64 {
    let Ok(text) = std::fs::read_to_string(format!("/proc/{pid}/status")) else { return 0 };
    let line = text.lines().find(|line| line.starts_with(name));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
}

/// The memory of a process from here on.
pub(crate) struct Memory {
    pid: u32,
    before: u64,
}

impl Memory {
    pub(crate) fn of(program: &Program) -> Self {
        let pid = program.pid();
        // Forgets the largest size so far.
        std::fs::write(format!("/proc/{pid}/clear_refs"), "5").unwrap();
        Self { pid, before: status_kib(pid, "VmHWM:") }
    }

    /// By how many MiB it has grown at its largest.
    pub(crate) fn grown_mib(&self) -> u64 {
        status_kib(self.pid, "VmHWM:").saturating_sub(self.before) / 1024
    }
}

/// How many milliseconds a process was on a processor so far.
pub(crate) fn processor_ms(pid: u32) -> u64 {
    let Ok(text) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else { return 0 };
    let after = text.rsplit_once(')').map_or("", |(_, after)| after);
    let ticks = after.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<u64>().ok());
    // A hundred ticks a second on every Linux there is.
    ticks.sum::<u64>() * 10
}

/// Waits until a program is at rest: what follows behind has taken up everything.
pub(crate) async fn at_rest(program: &Program) -> Result<(), Not> {
    let pid = program.pid();
    until_within("the program to be at rest", Duration::from_secs(60), async || {
        let before = processor_ms(pid);
        ms(700).await;
        (processor_ms(pid) <= before + 20).then_some(())
    })
    .await
}

/// An id that stands nowhere else.
pub(crate) fn canary(what: &str) -> String {
    format!("canary-{what}-7hGq2ZpXw9LkV4")
}
