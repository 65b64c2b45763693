//! The real window on a display of its own, driven through WebDriver.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::Workplace;

/// How long something is waited for before a journey gives up.
const TIMEOUT: Duration = Duration::from_secs(40);
/// The display: larger than any window that is looked at.
const SCREEN: &str = "1720x1080x24";
/// A session bus that starts nothing by itself.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
"#;

/// The built window, or nothing where this machine cannot show it.
fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os("HOOKBENCH_DESKTOP_BIN") {
        return path.into();
    }
    let own = std::env::current_exe().unwrap();
    let folder = own.ancestors().find(|p| p.join("hookbench-desktop").is_file());
    folder
        .expect("build the window first (cargo build -p hookbench-desktop), or run cargo xtask test")
        .join("hookbench-desktop")
}

/// Starts a program that says in its first line where it is to be found.
async fn started(command: &mut Command) -> (Child, String) {
    let name = command.as_std().get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| {
            panic!("{name} cannot be started: {error}; CONTRIBUTING.md lists what to install")
        });
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().unwrap_or_else(|| panic!("{name} ended at once"));
    // Kept open, or the program would be killed by its next word.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    (child, line)
}

/// A port that nothing listens on.
fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// One window at a time: each is a whole browser.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// A window that is open.
pub struct Window {
    _alone: tokio::sync::MutexGuard<'static, ()>,
    client: Client,
    display: String,
    _home: TempDir,
    driver: Child,
    _bus: Child,
    _screen: Child,
}

impl Window {
    /// Opens the window on a workplace's data folder.
    pub async fn open(place: &Workplace, args: &[&str]) -> Self {
        let alone = ALONE.lock().await;
        let home = tempfile::tempdir().unwrap();
        let (screen, number) = started(Command::new("Xvfb").args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            SCREEN,
            "-nolisten",
            "tcp",
        ]))
        .await;
        let display = format!(":{}", number.trim());
        let bus_config = home.path().join("bus.conf");
        std::fs::write(&bus_config, BUS).unwrap();
        let config = format!("--config-file={}", bus_config.display());
        let (bus, address) =
            started(Command::new("dbus-daemon").args([&config, "--nofork", "--print-address=1"])).await;
        let port = free_port();
        let driver = Command::new("WebKitWebDriver")
            .arg(format!("--port={port}"))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("LANG", "C.UTF-8")
            .env("HOME", home.path())
            .env("XDG_RUNTIME_DIR", home.path())
            .env("DISPLAY", &display)
            .env("DBUS_SESSION_BUS_ADDRESS", address.trim())
            .env("NO_AT_BRIDGE", "1")
            .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("HOOKBENCH_DATA_DIR", place.data())
            .env("HOOKBENCH_VAULT_KEY_FILE", place.path().join("vault.key"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("WebKitWebDriver (webkit2gtk-driver) is missing; CONTRIBUTING.md lists what to install");
        let client = session(port, args).await;
        Self { _alone: alone, client, display, _home: home, driver, _bus: bus, _screen: screen }
    }

    /// The WebDriver client, for what is not named here.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Waits for the first element that the XPath names.
    pub async fn find(&self, xpath: &str) -> Element {
        let found = self.client.wait().at_most(TIMEOUT).for_element(Locator::XPath(xpath)).await;
        match found {
            Ok(element) => element,
            Err(error) => panic!("nothing matches {xpath}: {error}\nthe page says:\n{}", self.text().await),
        }
    }

    /// Waits until the page says this.
    pub async fn sees(&self, text: &str) {
        let _found = self
            .find(&format!("//*[contains(normalize-space(.), {}) and not(self::script)]", quoted(text)))
            .await;
    }

    /// Presses the button or link of this name.
    pub async fn press(&self, name: &str) {
        let name = quoted(name);
        let by = |how: &str| {
            format!(
                "//*[self::button or self::a or @role='button' or @role='tab' or @role='menuitem' or @role='radio' or self::label][{how}][not(@disabled)]"
            )
        };
        let how = format!(
            "normalize-space(.)={name} or @aria-label={name} or starts-with(@aria-label, concat({name}, ','))"
        );
        let element = self.find(&by(&how)).await;
        if element.click().await.is_err() {
            // Moved while it was pressed: a live list does that. Once more, where it is now.
            self.find(&by(&how)).await.click().await.unwrap();
        }
    }

    /// Waits for a row of a list: the first.
    pub async fn row(&self) -> Element {
        self.find("//*[@role='row' and @aria-selected]").await
    }

    /// Presses the first row that is in sight: above it there may be rows that were not read yet.
    pub async fn press_row(&self) {
        let _any = self.row().await;
        let index = "const heads = [...document.querySelectorAll('[role=grid]')];
            const below = (grid) => grid.getBoundingClientRect().top + 28;
            const rows = heads.flatMap((grid) => [...grid.querySelectorAll('[role=row][aria-selected]')]
                .filter((row) => row.getBoundingClientRect().top >= below(grid) - 1));
            rows.sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top);
            return rows[0]?.getAttribute('aria-rowindex') ?? '2'";
        // Moved while it was pressed: a live list does that. Once more, where it is now.
        for last in [false, true] {
            let at = self.script(index).await;
            let row =
                format!("//*[@role='row' and @aria-selected and @aria-rowindex='{}']", at.as_str().unwrap());
            let pressed = self.find(&row).await.click().await;
            if pressed.is_ok() {
                return;
            }
            assert!(!last, "the row cannot be pressed: {pressed:?}");
        }
    }

    /// Types into the field of this label, in place of what is there.
    pub async fn fill(&self, label: &str, text: &str) {
        let label = quoted(label);
        let xpath = format!(
            "//*[(self::input or self::textarea) and (@aria-label={label} or @id=//label[starts-with(normalize-space(.), {label})]/@for)]"
        );
        let field = self.find(&xpath).await;
        // Selected and typed over, as a person does: emptied by the driver, a field may be filled
        // again by the page before the first key.
        field.click().await.unwrap();
        let select = "arguments[0].select()";
        self.client.execute(select, vec![serde_json::to_value(&field).unwrap()]).await.unwrap();
        let keys = if text.is_empty() { "\u{e003}" } else { text };
        field.send_keys(keys).await.unwrap();
    }

    /// Chooses an option of the list of this label.
    pub async fn choose(&self, label: &str, option: &str) {
        let (label, option) = (quoted(label), quoted(option));
        let list = format!(
            "//input[@aria-label={label} or @id=//label[starts-with(normalize-space(.), {label})]/@for]"
        );
        self.find(&list).await.click().await.unwrap();
        // Other lists keep their options, unseen.
        let wanted = format!(
            "//*[@role='listbox' and not(ancestor-or-self::*[contains(@style, 'display: none')])]//*[@role='option' and starts-with(normalize-space(.), {option})]"
        );
        self.find(&wanted).await.click().await.unwrap();
    }

    /// Presses the first button, or the label of a field, whose words begin like this.
    pub async fn press_like(&self, words: &str) {
        let xpath = format!(
            "(//main | //*[@role='dialog'] | //*[@role='menu'])//*[self::button or self::label or @role='menuitem' or @role='checkbox'][starts-with(normalize-space(.), {})][not(@disabled)]",
            quoted(words)
        );
        self.find(&xpath).await.click().await.unwrap();
    }

    /// Whether a button of this name is on the page now.
    pub async fn offers(&self, name: &str) -> bool {
        let xpath = format!("//button[normalize-space(.)={}]", quoted(name));
        !self.client.find_all(Locator::XPath(&xpath)).await.unwrap().is_empty()
    }

    /// Pastes into the field of this label.
    pub async fn paste(&self, label: &str, text: &str) {
        let field = self.find(&format!("//textarea[@aria-label={}]", quoted(label))).await;
        let script = "Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')
                .set.call(arguments[0], arguments[1]);
            arguments[0].dispatchEvent(new Event('input', { bubbles: true }))";
        let given = vec![serde_json::to_value(&field).unwrap(), json!(text)];
        self.client.execute(script, given).await.unwrap();
    }

    /// Brings what says this to the top of what scrolls.
    pub async fn bring(&self, words: &str) {
        let found = self.find(&format!("//main//*[text()[contains(., {})]]", quoted(words))).await;
        let script = "arguments[0].scrollIntoView({ block: 'start' });
            for (let box = arguments[0].parentElement; box; box = box.parentElement)
                if (box.scrollTop > 24 && box.scrollHeight > box.clientHeight) { box.scrollTop -= 24; break; }";
        self.client.execute(script, vec![serde_json::to_value(&found).unwrap()]).await.unwrap();
    }

    /// Puts away what tells of operations that are over.
    pub async fn put_away(&self) {
        let script = "document.querySelectorAll('[aria-label=\"Dismiss\"]').forEach((b) => b.click())";
        self.script(script).await;
    }

    /// Presses a key, or several at once, wherever the focus is.
    pub async fn keys(&self, keys: &str) {
        self.client.active_element().await.unwrap().send_keys(keys).await.unwrap();
    }

    /// Waits until nothing on the page matches.
    pub async fn lacks(&self, xpath: &str) {
        let gone = async {
            while !self.client.find_all(Locator::XPath(xpath)).await.unwrap().is_empty() {
                tokio::task::yield_now().await;
            }
        };
        if tokio::time::timeout(TIMEOUT, gone).await.is_err() {
            panic!("still there: {xpath}\nthe page says:\n{}", self.text().await);
        }
    }

    /// Opens a screen by its address.
    pub async fn go(&self, route: &str) {
        let script = "window.location.hash = arguments[0];";
        self.client.execute(script, vec![json!(route)]).await.unwrap();
    }

    /// Everything the page says.
    pub async fn text(&self) -> String {
        let script = "return document.body ? document.body.innerText : ''";
        let text = self.client.execute(script, vec![]).await.unwrap_or_default();
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Runs a script in the page.
    pub async fn script(&self, script: &str) -> Value {
        self.client.execute(script, vec![]).await.unwrap()
    }

    /// What axe finds wrong with the page for people with other eyes or hands: what is serious or
    /// worse, each with the first element that has it.
    pub async fn inaccessible(&self) -> Vec<String> {
        let source = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../node_modules/axe-core/axe.min.js");
        let source = std::fs::read_to_string(&source)
            .unwrap_or_else(|error| panic!("{}: {error}; run npm ci", source.display()));
        self.script(&format!("if (!window.axe) {{ {source} }}")).await;
        let run =
            "return axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations
            .filter(({ impact }) => impact === 'serious' || impact === 'critical')
            .map(({ id, nodes }) => `${id}: ${nodes[0].html} (${nodes[0].failureSummary})`))";
        let found = self.script(run).await;
        found.as_array().unwrap().iter().map(|each| each.as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Sets the window's size, in pixels.
    pub async fn resize(&self, width: u32, height: u32) {
        self.client.set_window_rect(0, 0, width, height).await.unwrap();
    }

    /// Writes a picture of the window.
    pub async fn picture(&self, path: &Path, width: u32, height: u32) {
        let size = format!("{width}x{height}+0+0");
        let done = Command::new("import")
            .args(["-display", &self.display, "-window", "root", "-crop", &size, "+repage"])
            // A palette is enough for flat colours, and keeps the pictures small.
            .args(["-dither", "None", "-colors", "256", "-strip"])
            .args(["-define", "png:compression-filter=0", "-define", "png:compression-level=9"])
            .arg(format!("PNG8:{}", path.display()))
            .status()
            .await
            .expect("import (imagemagick) is missing; CONTRIBUTING.md lists what to install");
        assert!(done.success(), "no picture was taken");
    }

    /// Closes the window as a person does, and waits until the program has ended.
    pub async fn close(mut self) {
        let _closing = self.client.clone().close().await;
        let _ended = self.driver.kill().await;
    }
}

/// Asks the driver for a session until it listens.
async fn session(port: u16, args: &[&str]) -> Client {
    let mut capabilities: Map<String, Value> = Map::new();
    capabilities.insert("webkitgtk:browserOptions".to_owned(), json!({ "binary": binary(), "args": args }));
    let url = format!("http://127.0.0.1:{port}");
    let asked = async {
        loop {
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                let mut builder =
                    ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
                return builder.capabilities(capabilities.clone()).connect(&url).await.unwrap();
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(TIMEOUT, asked).await.expect("the driver did not start")
}

/// A text as an XPath string.
fn quoted(text: &str) -> String {
    if text.contains('\'') { format!("\"{text}\"") } else { format!("'{text}'") }
}
