//! The snippets run: in every language of this machine, a verifier accepts what is signed and
//! refuses what was changed. A language that is not installed is named and passed over; C# and Rust
//! need packages from outside, so they are not run.
#![expect(clippy::unwrap_used, reason = "a check that cannot go on has failed")]
#![expect(clippy::print_stderr, reason = "it says which languages are not here")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use hookbench_diagnosis::{Language, snippet};
use hookbench_signature::{Message, Scheme, Secret, SignedText, sign};
use serde_json::{Value, json};

const NOW: i64 = 1_778_215_895;
const BODY: &str = "{\"id\":\"evt_1\",\"name\":\"Zoë\",\"amount\":12.50}";

struct Case {
    headers: Vec<(String, String)>,
    body: String,
    secret: &'static str,
    now: i64,
    valid: bool,
    what: &'static str,
}

fn cases(scheme: Scheme) -> Vec<Case> {
    let secret = if scheme.has_prefixed_secrets() {
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    } else {
        "7f3a9c51-wh-secret-e2b84d60a1c7e9f5"
    };
    let secrets = [Secret::new(secret.into()).unwrap()];
    let message = Message { id: "msg_1", timestamp: NOW, event_type: "a.b", body: BODY.as_bytes() };
    let headers = sign(scheme, &secrets, &message).unwrap();
    let case = |what: &'static str, valid: bool| Case {
        headers: headers.clone(),
        body: BODY.to_owned(),
        secret,
        now: NOW,
        valid,
        what,
    };
    let name = scheme.signature_header().unwrap();
    let with = |what: &'static str, change: fn(&str) -> String| {
        let mut case = case(what, false);
        case.headers.iter_mut().filter(|(n, _)| n == name).for_each(|(_, v)| *v = change(v));
        case
    };
    let mut all = vec![
        case("as it was signed", true),
        Case { body: format!("{BODY}\n"), ..case("a line end more", false) },
        Case { body: BODY.replace("12.50", "12.51"), ..case("another amount", false) },
        Case { secret: "another secret of thirty-two bytes", ..case("another secret", false) },
        with("a digest cut", |v| v[..v.len() - 2].to_owned()),
        with("an empty header", |_| String::new()),
        with("a word", |_| "undefined".to_owned()),
    ];
    if scheme.text() != Some(SignedText::Body) {
        all.push(Case { now: NOW + 300, ..case("at the end of the tolerance", true) });
        all.push(Case { now: NOW + 301, ..case("too old", false) });
        all.push(Case { now: NOW - 301, ..case("too early", false) });
    }
    all
}

/// The file, how it is started, and what stands around the snippet in it: `{now}` is the argument
/// of the moment, where there is one.
fn around(language: Language) -> (&'static str, &'static [&'static str], &'static str, &'static str) {
    match language {
        Language::Node => (
            "check.mjs",
            &["node", "check.mjs"],
            ", c.now",
            "import { readFileSync } from 'node:fs';
{snippet}
const out = JSON.parse(readFileSync(0)).map((c) => verify(Buffer.from(c.body), c.headers, c.secret{now}));
console.log(JSON.stringify(out));
",
        ),
        Language::Python => (
            "check.py",
            &["python3", "check.py"],
            ", c['now']",
            "{snippet}
import json, sys
print(json.dumps([verify(c['body'].encode(), c['headers'], c['secret']{now}) for c in json.load(sys.stdin)]))
",
        ),
        Language::Php => (
            "check.php",
            &["php", "check.php"],
            ", $c['now']",
            "{snippet}
echo json_encode(array_map(fn($c) => verify($c['body'], $c['env'], $c['secret']{now}),
    json_decode(stream_get_contents(STDIN), true)));
",
        ),
        Language::Ruby => (
            "check.rb",
            &["ruby", "-EUTF-8", "check.rb"],
            ", c['now']",
            "{snippet}
require 'json'
puts JSON.generate(JSON.parse($stdin.read).map { |c| verify(c['body'], c['env'], c['secret']{now}) ? true : false })
",
        ),
        Language::Go => (
            "check.go",
            &["go", "run", "check.go"],
            ", time.Unix(c.Now, 0)",
            "{snippet}
type request struct {
	Body, Secret string
	Headers map[string]string
	Now int64
}
func main() {
	var all []request
	json.NewDecoder(os.Stdin).Decode(&all)
	out := []bool{}
	for _, c := range all {
		h := http.Header{}
		for k, v := range c.Headers { h.Set(k, v) }
		out = append(out, Verify([]byte(c.Body), h, c.Secret{now}))
	}
	text, _ := json.Marshal(out)
	fmt.Println(string(text))
}
",
        ),
        Language::Java => (
            "Check.java",
            &["javac", "-d", ".", "Check.java"],
            ", Long.parseLong(f[5])",
            "{snippet}
class Check {
  public static void main(String[] args) throws Exception {
    var out = new java.util.ArrayList<Boolean>();
    for (String line : new String(System.in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8).split(\"\\n\")) {
      String[] f = line.split(\"\\t\", -1);
      byte[] body = java.util.Base64.getDecoder().decode(f[0]);
      out.add(Signature.verify(body, {ids}f[3], f[4]{now}));
    }
    System.out.println(out);
  }
}
",
        ),
        Language::CSharp | Language::Rust => unreachable!("not run"),
    }
}

fn json_of(case: &Case) -> Value {
    let lower: serde_json::Map<String, Value> =
        case.headers.iter().map(|(n, v)| (n.to_lowercase(), v.clone().into())).collect();
    let cgi = |name: &str| format!("HTTP_{}", name.to_uppercase().replace('-', "_"));
    let env: serde_json::Map<String, Value> =
        case.headers.iter().map(|(n, v)| (cgi(n), v.clone().into())).collect();
    json!({ "headers": lower, "env": env, "body": case.body, "secret": case.secret, "now": case.now })
}

/// Fields in a line, for a language that reads no JSON by itself.
fn line_of(scheme: Scheme, case: &Case) -> String {
    let value = |name: Option<&str>| {
        name.and_then(|name| case.headers.iter().find(|(n, _)| n == name)).map_or("", |(_, v)| v.as_str())
    };
    [
        hookbench_signature::to_base64(case.body.as_bytes()).as_str(),
        value(scheme.id_header()),
        value(scheme.timestamp_header()),
        value(scheme.signature_header()),
        case.secret,
        &case.now.to_string(),
    ]
    .join("\t")
}

fn run(folder: &Path, command: &[&str], input: &[u8]) -> Option<String> {
    let (name, args) = command.split_first()?;
    let mut child = Command::new(name)
        .args(args)
        .current_dir(folder)
        .env("GOCACHE", std::env::temp_dir().join("hookbench-go-cache"))
        .env("HOME", folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    // A compiler that is done may be gone already.
    let _gone = child.stdin.take()?.write_all(input);
    let output = child.wait_with_output().ok()?;
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).ok()
}

fn installed(command: &[&str], flag: &str) -> bool {
    Command::new(command[0]).arg(flag).output().is_ok_and(|output| output.status.success())
}

fn check(language: Language) {
    let (file, command, now, frame) = around(language);
    let flag = match language {
        Language::Go => "version",
        Language::Java => "-version",
        Language::Node | Language::Python | Language::Php | Language::Ruby => "--version",
        Language::CSharp | Language::Rust => unreachable!("not run"),
    };
    if !installed(command, flag) {
        eprintln!("{language} is not installed: its snippets were not run");
        return;
    }
    for scheme in Scheme::ALL.into_iter().filter(|s| s.text().is_some()) {
        let mut text = snippet(scheme, language).unwrap();
        if language == Language::Go {
            text = text.replacen("package hooks", "package main", 1).replacen(
                "import (",
                "import (\n\t\"encoding/json\"\n\t\"fmt\"\n\t\"os\"",
                1,
            );
        }
        let now = if scheme.text() == Some(SignedText::Body) { "" } else { now };
        let ids = if scheme.text() == Some(SignedText::IdTimestampBody) { "f[1], f[2], " } else { "" };
        let text = frame.replace("{snippet}", &text).replace("{now}", now).replace("{ids}", ids);
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(file), text).unwrap();
        let cases = cases(scheme);
        let output = if language == Language::Java {
            run(folder.path(), command, b"").unwrap();
            let lines: Vec<String> = cases.iter().map(|case| line_of(scheme, case)).collect();
            run(folder.path(), &["java", "-cp", ".", "Check"], lines.join("\n").as_bytes())
        } else {
            let all: Vec<Value> = cases.iter().map(json_of).collect();
            run(folder.path(), command, &serde_json::to_vec(&all).unwrap())
        };
        let got: Vec<bool> = serde_json::from_str(&output.unwrap()).unwrap();
        assert_eq!(got.len(), cases.len());
        for (case, got) in cases.iter().zip(got) {
            assert_eq!(got, case.valid, "{language}, {scheme}: {}", case.what);
        }
    }
}

#[test]
fn the_snippets_for_node_tell_right_from_wrong() {
    check(Language::Node);
}

#[test]
fn the_snippets_for_python_tell_right_from_wrong() {
    check(Language::Python);
}

#[test]
fn the_snippets_for_php_tell_right_from_wrong() {
    check(Language::Php);
}

#[test]
fn the_snippets_for_ruby_tell_right_from_wrong() {
    check(Language::Ruby);
}

#[test]
fn the_snippets_for_go_tell_right_from_wrong() {
    check(Language::Go);
}

#[test]
fn the_snippets_for_java_tell_right_from_wrong() {
    check(Language::Java);
}
