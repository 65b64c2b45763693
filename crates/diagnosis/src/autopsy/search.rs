//! The search: which mistake makes a digest that was received.
//!
//! A hypothesis is a reading of the secret, an algorithm, a text, a time and a body. Its whole
//! digest is compared with every digest that the headers may hold, never a part of one. So a hit
//! is proof: with at most 2^24 hypotheses and 64 digests, chance explains a made-up 160-bit digest
//! with a probability below 2^-130, a 256-bit one below 2^-226.

use hookbench_signature::Scheme;

use super::cause::{Cause, Change, Choice};
use super::claims::{Claims, Headers};
use super::keys::{self, Key};
use super::texts::{Mac, Piece, Text, macs, texts};
use super::{GivenSecret, Role, bodies, key_order, times};

/// Bytes hashed at most; a hypothesis costs its body and a little more.
const BUDGET_BYTES: u64 = 400_000_000;
const OVERHEAD_BYTES: u64 = 256;
/// Of it, for each of the long tries: times near by, orders of keys.
const SHARE_BYTES: u64 = BUDGET_BYTES / 8;
/// Times near by that are tried, in seconds both ways.
const NEAR_S: i64 = 86_400;
const MAX_SECRETS: usize = 256;
/// Times that are paired with another mistake: units first.
const PAIRED_TIMES: usize = 20;

/// A hypothesis whose digest was received.
#[derive(Debug, Clone)]
pub(super) struct Hit {
    /// Its mistakes, in the order of the documentation.
    pub(super) changes: Vec<Change>,
    /// The body that was signed, where it is not the one received.
    pub(super) body: Option<Vec<u8>>,
    /// Whose secret it is.
    pub(super) secret: usize,
}

/// What a search found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Fewest mistakes first, then by cause.
    pub(super) hits: Vec<Hit>,
    /// Digests computed.
    pub(super) tried: u64,
    /// Whether everything was tried that is looked for.
    pub(super) complete: bool,
}

struct Space<'a> {
    claims: Claims,
    macs: Vec<Choice<Mac>>,
    texts: Vec<Choice<Text>>,
    times: Vec<Choice<Option<String>>>,
    bodies: Vec<Choice<Vec<u8>>>,
    received: &'a [u8],
}

/// One hypothesis, by its place in each list; 0 is what the scheme says.
#[derive(Clone, Copy, Default)]
struct At {
    key: usize,
    mac: usize,
    text: usize,
    time: usize,
    body: usize,
}

struct Search<'a> {
    space: Space<'a>,
    found: Found,
    left: u64,
}

/// Searches one scheme: first every single mistake with the first secret and every other secret
/// without one; if nothing is found, near times and orders of keys; then pairs of mistakes with
/// the first secret and single mistakes with each other one.
pub(super) fn search(
    scheme: Scheme,
    secrets: &[GivenSecret],
    headers: &Headers,
    body: &[u8],
    now: i64,
    content_length: Option<usize>,
) -> Found {
    let claims = Claims::read(scheme, headers, body);
    if claims.digests.is_empty() || scheme.text().is_none() || secrets.is_empty() {
        return Found { complete: true, ..Found::default() };
    }
    let mut all_times = vec![Choice::own(claims.time.clone())];
    if let Some(time) = &claims.time {
        let more = times::units(time).into_iter();
        let more = more.chain(times::altered(time, body, &claims.other_times, now));
        all_times.extend(more.map(|c| Choice { value: Some(c.value), change: c.change }));
    }
    let mut all_bodies = vec![Choice::own(body.to_vec())];
    all_bodies.extend(bodies::variants(body, content_length));
    let space = Space {
        macs: macs(&claims),
        texts: texts(scheme, &claims),
        times: all_times,
        bodies: all_bodies,
        received: body,
        claims,
    };
    let mut search = Search { space, found: Found::default(), left: BUDGET_BYTES };
    search.run(scheme, secrets);
    search.found.complete = search.left > 0;
    let Search { mut found, .. } = search;
    for hit in &mut found.hits {
        hit.changes.sort_by_key(|c| c.cause);
    }
    let causes = |hit: &Hit| hit.changes.iter().map(|c| c.cause).collect::<Vec<_>>();
    found.hits.sort_by_key(|hit| (hit.changes.len(), causes(hit)));
    found.hits.dedup_by_key(|hit| causes(hit));
    found
}

impl Search<'_> {
    fn run(&mut self, scheme: Scheme, secrets: &[GivenSecret]) {
        let readings: Vec<(Vec<Choice<Key>>, Option<Change>)> = secrets
            .iter()
            .take(MAX_SECRETS)
            .enumerate()
            .map(|(i, given)| {
                let (own, others) = keys::readings(scheme, &given.secret);
                (own.map(Choice::own).into_iter().chain(others).collect(), given.change(i))
            })
            .collect();
        let Some((first, _)) = readings.first() else { return };
        self.probe(first, At::default(), &[], 0);
        self.singles(first, &[], 0, usize::MAX);
        for (i, (keys, change)) in readings.iter().enumerate().skip(1) {
            self.probe(keys, At::default(), change.as_slice(), i);
        }
        if self.explained(1) {
            return;
        }
        self.near_times(first);
        self.key_orders(first);
        if self.explained(1) {
            return;
        }
        for (i, (keys, change)) in readings.iter().enumerate().skip(1) {
            self.singles(keys, change.as_slice(), i, PAIRED_TIMES);
        }
        self.pairs(first);
    }

    fn explained(&self, mistakes: usize) -> bool {
        self.found.hits.iter().any(|hit| hit.changes.len() <= mistakes)
    }

    /// Every hypothesis with one mistake.
    fn singles(&mut self, keys: &[Choice<Key>], extra: &[Change], secret: usize, times: usize) {
        let base = At::default();
        for body in 1..self.space.bodies.len() {
            self.probe(keys, At { body, ..base }, extra, secret);
        }
        for key in 1..keys.len() {
            self.probe(keys, At { key, ..base }, extra, secret);
        }
        for mac in 1..self.space.macs.len() {
            self.probe(keys, At { mac, ..base }, extra, secret);
        }
        for text in 1..self.space.texts.len() {
            self.probe(keys, At { text, ..base }, extra, secret);
        }
        for time in 1..self.space.times.len().min(times) {
            self.probe(keys, At { time, ..base }, extra, secret);
        }
    }

    /// Every hypothesis with two mistakes, the likelier pairs first.
    fn pairs(&mut self, keys: &[Choice<Key>]) {
        let base = At::default();
        let (bodies, macs, texts) = (self.space.bodies.len(), self.space.macs.len(), self.space.texts.len());
        let times = self.space.times.len().min(PAIRED_TIMES);
        for key in 1..keys.len() {
            for text in 1..texts {
                self.probe(keys, At { key, text, ..base }, &[], 0);
            }
            for mac in 1..macs {
                self.probe(keys, At { key, mac, ..base }, &[], 0);
            }
            for time in 1..times {
                self.probe(keys, At { key, time, ..base }, &[], 0);
            }
        }
        for text in 1..texts {
            for mac in 1..macs {
                self.probe(keys, At { text, mac, ..base }, &[], 0);
            }
            for time in 1..times {
                self.probe(keys, At { text, time, ..base }, &[], 0);
            }
        }
        for time in 1..times {
            for mac in 1..macs {
                self.probe(keys, At { time, mac, ..base }, &[], 0);
            }
        }
        for body in 1..bodies {
            for key in 1..keys.len() {
                self.probe(keys, At { body, key, ..base }, &[], 0);
            }
            for text in 1..texts {
                self.probe(keys, At { body, text, ..base }, &[], 0);
            }
            for mac in 1..macs {
                self.probe(keys, At { body, mac, ..base }, &[], 0);
            }
            for time in 1..times {
                self.probe(keys, At { body, time, ..base }, &[], 0);
            }
        }
        let Some(own) = keys.first() else { return };
        for body in 1..bodies {
            let once = self.space.bodies[body].clone();
            for twice in bodies::on_top(&once.value) {
                let changes: Vec<_> =
                    [&own.change, &once.change, &twice.change].into_iter().flatten().cloned().collect();
                let time = self.space.times[0].value.clone();
                self.test(&own.value, At::default(), time.as_deref(), &twice.value, changes, 0);
            }
        }
    }

    /// Seconds near the one received, and the milliseconds within it.
    fn near_times(&mut self, keys: &[Choice<Key>]) {
        let number = self.space.times[0].value.as_deref().and_then(hookbench_signature::parse_timestamp);
        let (Some(own), Some(n)) = (keys.first(), number) else { return };
        if !self.space.texts[0].value.contains(&Piece::Time) {
            return;
        }
        let until = self.left.saturating_sub(SHARE_BYTES);
        let body = self.space.received;
        let mut go = |time: String, cause: Cause, how: String| {
            let change = own.change.iter().cloned().chain([Change::new(cause, how)]).collect();
            self.test(&own.value, At::default(), Some(&time), body, change, 0);
            self.left <= until || self.explained(1)
        };
        if times::unit_divisor(n).is_none() {
            for ms in 0..1000 {
                let time = n.saturating_mul(1000).saturating_add(ms).to_string();
                if go(time, Cause::TimestampUnit, "signed in milliseconds, sent in seconds".to_owned()) {
                    return;
                }
            }
        }
        for delta in 1..=NEAR_S {
            for (time, how) in [(n.saturating_sub(delta), "earlier"), (n.saturating_add(delta), "later")] {
                let how = format!("signed for {time}, {delta} s {how} than the header says");
                if go(time.to_string(), Cause::TimestampAltered, how) {
                    return;
                }
            }
        }
    }

    fn key_orders(&mut self, keys: &[Choice<Key>]) {
        let Some(own) = keys.first() else { return };
        let until = self.left.saturating_sub(SHARE_BYTES);
        let (received, time) = (self.space.received, self.space.times[0].value.clone());
        key_order::each_order(received, |body| {
            let change = Change::new(Cause::BodyReserialized, "signed with its keys in another order");
            let changes = own.change.iter().cloned().chain([change]).collect();
            self.test(&own.value, At::default(), time.as_deref(), body, changes, 0);
            self.left <= until || self.explained(1)
        });
    }

    fn probe(&mut self, keys: &[Choice<Key>], at: At, extra: &[Change], secret: usize) {
        let Some(key) = keys.get(at.key) else { return };
        let (text, time) = (&self.space.texts[at.text], &self.space.times[at.time]);
        if at.time > 0 && !text.value.contains(&Piece::Time) {
            return;
        }
        let (mac, body) = (&self.space.macs[at.mac], &self.space.bodies[at.body]);
        let made = [&key.change, &mac.change, &text.change, &time.change, &body.change];
        let changes: Vec<_> = made.into_iter().flatten().chain(extra).cloned().collect();
        let (time, body) = (time.value.clone(), body.value.clone());
        self.test(&key.value, at, time.as_deref(), &body, changes, secret);
    }

    /// Computes one digest and looks for it among those received.
    fn test(
        &mut self,
        key: &[u8],
        at: At,
        time: Option<&str>,
        body: &[u8],
        changes: Vec<Change>,
        secret: usize,
    ) {
        let mac = self.space.macs[at.mac].value;
        let size = u64::try_from(body.len()).unwrap_or(u64::MAX).saturating_add(OVERHEAD_BYTES);
        if self.left < size {
            self.left = 0;
            return;
        }
        self.left -= size;
        let text = &self.space.texts[at.text].value;
        let mut parts: Vec<&[u8]> = Vec::with_capacity(text.len());
        for piece in text {
            parts.push(match (piece, time) {
                (Piece::Words(words), _) => words.as_bytes(),
                (Piece::Time, Some(time)) => time.as_bytes(),
                (Piece::Time, None) => return,
                (Piece::Body, _) => body,
            });
        }
        self.found.tried += 1;
        let digest = mac.digest(key, &parts);
        if let Some(claim) = self.space.claims.digests.iter().find(|c| c.digest == digest) {
            let mut changes = changes;
            changes.extend(claim.change.clone());
            let other = (body != self.space.received).then(|| body.to_vec());
            self.found.hits.push(Hit { changes, body: other, secret });
        }
    }
}

impl GivenSecret {
    /// The mistake that a match with this secret stands for.
    fn change(&self, index: usize) -> Option<Change> {
        match self.role {
            _ if index == 0 => None,
            Role::Configured | Role::Candidate => {
                Some(Change::new(Cause::WrongSecret, format!("signed with the secret `{}`", self.name)))
            }
            Role::Rotated => {
                Some(Change::new(Cause::OldSecret, format!("signed with `{}`, which was rotated", self.name)))
            }
        }
    }
}
