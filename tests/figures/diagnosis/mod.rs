//! The figures of the diagnosis: how fast the first search is, that chance explains no made-up
//! signature, and that no input panics or is accepted falsely.

mod signatures;

use std::panic::catch_unwind;

use hookbench_ambient::Stopwatch;
use hookbench_diagnosis::{Autopsy, Cause, GivenSecret, Input, Role, diagnose};
use hookbench_signature::{Message, Scheme, Secret, sign, to_base64, to_hex, verify};

use crate::chaos::Chaos;
use crate::table::{Figure, counted};
use crate::{at, counting_panics};

const NOW: i64 = 1_778_215_895;
const MADE_UP: usize = 100_000;
/// How many signatures one header may hold that are all compared.
const IN_ONE: usize = 60;
const LARGE_BYTES: usize = 64 * 1024;
const SECRETS: usize = 50;

type Headers = Vec<(String, Vec<u8>)>;

fn given(text: &str, role: Role) -> Option<GivenSecret> {
    Some(GivenSecret { name: "secret".to_owned(), secret: Secret::new(text.into()).ok()?, role })
}

fn ask(scheme: Option<Scheme>, secrets: &[GivenSecret], headers: &Headers, body: &[u8]) -> Autopsy {
    let thorough = false;
    diagnose(&Input { scheme, secrets, headers, body, now_unix_s: NOW, tolerance_s: 300, thorough })
}

/// A body of 64 KB as affiliate platforms send them, many fields deep.
fn large_body() -> Vec<u8> {
    let mut body = String::from("{\"id\":\"evt_1\",\"event\":\"conversion.batch\",\"data\":[");
    let mut n = 0;
    while body.len() < LARGE_BYTES - 120 {
        body.push_str(&format!(
            "{{\"orderId\":\"A-{n}\",\"amount\":{n}.50,\"name\":\"Zoë / Müller\",\"url\":\"https://a.example/?a=1&b=2\"}},"
        ));
        n += 1;
    }
    body.pop();
    body.push_str("]}");
    body.into_bytes()
}

/// How long this thread was on a processor, in seconds, where the system tells: other programs on
/// the machine do not count.
fn on_processor() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(text.split(' ').next()?.parse::<f64>().ok()? / 1e9)
}

/// The first search over a large body with many secrets, nothing of which matches: the longest.
fn speed() -> Figure {
    let body = large_body();
    let secrets: Vec<_> = (0..SECRETS)
        .filter_map(|n| given(&format!("secret-{n}-0123456789abcdef"), Role::Candidate))
        .collect();
    let (mut slowest, mut named) = (0.0_f64, 0);
    for scheme in Scheme::ALL.into_iter().filter(|s| s.text().is_some()) {
        let headers = signed(scheme, "of nobody here, 32 bytes or more", &body).unwrap();
        let (watch, before) = (Stopwatch::start(), on_processor());
        let autopsy = ask(Some(scheme), &secrets, &headers, &body);
        let took = match (before, on_processor()) {
            (Some(before), Some(after)) => after - before,
            (_, _) => watch.elapsed().as_secs_f64(),
        };
        slowest = slowest.max(took);
        named += usize::from(autopsy.cause != Cause::Unknown);
    }
    Figure::new(
        format!("longest first search, {} KB, {SECRETS} secrets", body.len() / 1024),
        "less than 1 s of one core",
        format!("{:.0} ms", slowest * 1000.0),
        slowest < 1.0 && named == 0,
    )
}

fn signed(scheme: Scheme, secret: &str, body: &[u8]) -> Option<Headers> {
    let message = Message { id: "msg_1", timestamp: NOW, event_type: "a.b", body };
    let headers = sign(scheme, &[Secret::new(secret.into()).ok()?], &message).ok()?;
    Some(headers.into_iter().map(|(name, value)| (name, value.into_bytes())).collect())
}

/// Random digests, many in one header: each is compared with every hypothesis, as if it had come
/// alone.
fn made_up(chance: &mut Chaos) -> Figure {
    let (mut tried, mut explained, mut digests) = (0, 0, 0);
    let secrets: Vec<_> = [given("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", Role::Configured)]
        .into_iter()
        .chain([given("another one", Role::Candidate), given("a third", Role::Rotated)])
        .flatten()
        .collect();
    let schemes: Vec<Scheme> = Scheme::ALL.into_iter().filter(|s| s.text().is_some()).collect();
    while tried < MADE_UP {
        let body = format!("{{\"id\":\"{}\",\"n\":{}}}", chance.below(1000), chance.below(100)).into_bytes();
        let scheme = *chance.one(&schemes);
        // Near times make these slow: one in ten of them.
        let timed = matches!(scheme, Scheme::Trcker | Scheme::Stripe | Scheme::Standard | Scheme::Svix);
        if timed && chance.below(10) > 0 {
            continue;
        }
        let values: Vec<Vec<u8>> = (0..IN_ONE).map(|_| chance.exactly(32)).collect();
        let hex = |prefix: &str| values.iter().map(|v| format!("{prefix}{}", to_hex(v))).collect::<Vec<_>>();
        let base64 =
            |prefix: &str| values.iter().map(|v| format!("{prefix}{}", to_base64(v))).collect::<Vec<_>>();
        let value = match scheme {
            Scheme::Trcker | Scheme::Stripe => format!("t={NOW},{}", hex("v1=").join(",")),
            Scheme::Standard | Scheme::Svix => base64("v1,").join(" "),
            // Not their form, but the search reads every word of the header.
            Scheme::Github => hex("sha256=").join(" "),
            Scheme::Track360 | Scheme::HexBody => hex("").join(" "),
            Scheme::Shopify | Scheme::Base64Body => base64("").join(" "),
            Scheme::None | Scheme::ApiKey => continue,
        };
        let mut headers = signed(scheme, "any", &body).unwrap();
        let name = scheme.signature_header().unwrap_or_default();
        headers.iter_mut().filter(|(n, _)| n == name).for_each(|(_, v)| *v = value.clone().into_bytes());
        let autopsy = ask(Some(scheme), &secrets, &headers, &body);
        tried += IN_ONE;
        digests += autopsy.tried;
        explained += usize::from(autopsy.valid || autopsy.matching_secret.is_some());
    }
    Figure::new(
        format!("{} made-up signatures", counted(tried)),
        "0 explained",
        format!("{explained}, by {} digests", counted(digests)),
        explained == 0,
    )
}

/// Headers with something of a signature in them, cut and mixed at random.
fn request(chance: &mut Chaos) -> (Scheme, Headers, Vec<u8>) {
    let scheme = *chance.one(&Scheme::ALL);
    let length = index(chance, 120);
    let body = chance.exactly(length);
    let mut headers = signed(scheme, "right", &body).unwrap_or_default();
    for (_, value) in &mut headers {
        match chance.below(6) {
            0 => value.truncate(index(chance, value.len() + 1)),
            1 => {
                let at = index(chance, value.len().max(1));
                if let Some(byte) = value.get_mut(at) {
                    *byte ^= 1 << chance.below(8);
                }
            }
            2 => {
                let length = index(chance, 90);
                *value = chance.exactly(length);
            }
            3 => value.extend(chance.exactly(3)),
            _ => {}
        }
    }
    if chance.below(10) == 0
        && let Some(again) = headers.first().cloned()
    {
        headers.push(again);
    }
    (scheme, headers, body)
}

/// Whatever comes, nothing panics; and what is signed with another secret is never accepted.
fn inputs(chance: &mut Chaos, inputs: u64) -> Figure {
    let (mut panics, mut accepted) = (0_u64, 0_u64);
    let wrong = Secret::new(b"wrong".to_vec()).unwrap();
    let secrets: Vec<_> = given("wrong", Role::Configured).into_iter().collect();
    for n in 0..inputs {
        let (scheme, headers, body) = request(chance);
        let checked = catch_unwind(|| {
            // The search costs more: every two-thousandth input goes through it too.
            if n % 2000 == 0 {
                let _ = ask(None, &secrets, &headers, &body);
            }
            verify(scheme, std::slice::from_ref(&wrong), &headers, &body, NOW, i64::MAX).valid
        });
        match checked {
            Err(_) => panics += 1,
            Ok(valid) => accepted += u64::from(valid && scheme != Scheme::None),
        }
    }
    random_inputs("random signature inputs, damaged", inputs, panics, accepted)
}

fn random_inputs(what: &str, inputs: u64, panics: u64, accepted: u64) -> Figure {
    Figure::new(
        format!("{} {what}", counted(inputs)),
        "0 panics, 0 false accepts",
        format!("{} panics, {} false accepts", counted(panics), counted(accepted)),
        panics + accepted == 0,
    )
}

fn index(chance: &mut Chaos, below: usize) -> usize {
    usize::try_from(chance.below(below as u64)).unwrap()
}

/// Takes all of them.
pub(crate) fn figures(random: u64) -> Vec<Figure> {
    at("the longest search");
    let speed = speed();
    at("made-up signatures");
    let mut chance = Chaos::from(2026);
    let made_up = made_up(&mut chance);
    at("random signature inputs");
    let ((panics, accepted), damaged) =
        counting_panics(|| (signatures::broken(random), inputs(&mut chance, random)));
    vec![speed, random_inputs("random signature inputs, made up", random, panics, accepted), damaged, made_up]
}
