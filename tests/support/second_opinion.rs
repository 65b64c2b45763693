//! Signatures checked by somebody else's implementation: Node's `crypto`, by the rules as the
//! platforms publish them.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::json;

/// A request as it arrived.
pub struct Signed<'a> {
    pub scheme: &'static str,
    pub secret: &'a str,
    pub id: &'a str,
    pub signature: &'a str,
    pub timestamp: &'a str,
    pub body: &'a [u8],
}

const CHECK: &str = r"
const { createHmac } = require('node:crypto');
const mac = (key, ...parts) => { const h = createHmac('sha256', key); parts.forEach((p) => h.update(p)); return h; };
let bad = [];
JSON.parse(require('node:fs').readFileSync(0)).forEach((r, i) => {
  const body = Buffer.from(r.body, 'base64');
  let want;
  if (r.scheme === 'trcker') {
    const t = r.signature.split(',')[0].slice(2);
    want = `t=${t},v1=${mac(r.secret, t + '.', body).digest('hex')}`;
  } else if (r.scheme === 'track360') want = mac(r.secret, body).digest('hex');
  else if (r.scheme === 'standard') {
    const key = r.secret.startsWith('whsec_') ? Buffer.from(r.secret.slice(6), 'base64') : r.secret;
    want = 'v1,' + mac(key, `${r.id}.${r.timestamp}.`, body).digest('base64');
  }
  if (!want || want !== r.signature) bad.push(i);
});
process.stdout.write(JSON.stringify(bad));
";

/// The places of those whose signature Node does not agree with.
pub fn forged(requests: &[Signed<'_>]) -> Vec<usize> {
    use base64::Engine;
    let list: Vec<_> = requests
        .iter()
        .map(|r| {
            let body = base64::engine::general_purpose::STANDARD.encode(r.body);
            json!({ "scheme": r.scheme, "secret": r.secret, "id": r.id, "signature": r.signature, "timestamp": r.timestamp, "body": body })
        })
        .collect();
    let mut node = Command::new("node")
        .args(["-e", CHECK])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the journeys check signatures with Node: install it");
    let mut stdin = node.stdin.take().unwrap();
    let text = serde_json::to_vec(&list).unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(&text).unwrap());
    let output = node.wait_with_output().unwrap();
    writer.join().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}
