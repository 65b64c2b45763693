//! The search: which mistake makes a digest that was received.
//!
//! A hypothesis is a reading of the secret, an algorithm, a text, a time and a body. Its whole
//! digest is compared with every digest that the headers may hold, never a part of one. So a hit
//! is proof: with less than 2^24 hypotheses (the budget divided by what each costs at least, eight
//! times that where it is thorough) and 2^10 digests (64 tokens in at most 16 spellings), chance
//! explains a made-up 160-bit digest with a probability below 2^-126, a 256-bit one below 2^-222.

use std::collections::HashMap;

use hookbench_bounds::Budget;
use hookbench_signature::{Algorithm, MacKey, Scheme};

use super::body::{self, amounts, charset, key_order};
use super::cause::{Cause, Change, Choice};
use super::claims::Claims;
use super::evidence::content_length;
use super::keys::{self, Key};
use super::texts::{Mac, Piece, Text, macs, texts};
use super::{GivenSecret, Input, Role, times};

/// Bytes hashed at most; a hypothesis costs its body and a little more.
const BUDGET_BYTES: u64 = 450_000_000;
const OVERHEAD_BYTES: u64 = 256;
/// Of it, for each of the long tries (times near by, orders of keys), with a small and a large body.
const SHARE_BYTES: [u64; 2] = [BUDGET_BYTES / 2, BUDGET_BYTES / 40];
/// Times near the one received that are tried, in seconds both ways: three and a half days.
const NEAR_S: i64 = 302_400;
/// How far around the moment of the check: an hour.
const AROUND_NOW_S: i64 = 3600;
/// How much more a thorough search may hash.
pub(super) const THOROUGH: u64 = 8;
/// Above this, a body is not cut at every byte, but where limits are known.
const MAX_CUT_BYTES: usize = 128 * 1024;
const MAX_SECRETS: usize = 256;
/// Of how many matches the body is remembered.
const MAX_HITS: usize = 4;
/// How much memory the bodies that are combined with other mistakes may take, in bytes.
const NEAR_BYTES: usize = 6 * 1024 * 1024;

/// How many mistakes of a kind are combined with another one: the likelier ones, so that 64 KB
/// with 50 secrets stay within a second.
#[derive(Clone, Copy)]
struct Combined {
    keys: usize,
    texts: usize,
    times: usize,
    /// Of the bodies written again.
    reserialized: usize,
    /// Of the bodies of each other cause.
    bodies: usize,
}

const ALL: Combined = Combined {
    keys: usize::MAX,
    texts: usize::MAX,
    times: usize::MAX,
    reserialized: usize::MAX,
    bodies: usize::MAX,
};
const WITH_SMALL: Combined = Combined { times: 40, ..ALL };
const WITH_LARGE: Combined = Combined { keys: 12, texts: 16, times: 6, reserialized: 16, bodies: 6 };

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
    received: &'a [u8],
}

/// One hypothesis, by its place in each list; 0 is what the scheme says, and the body received.
#[derive(Clone, Copy, Default)]
struct At<'b> {
    key: usize,
    mac: usize,
    text: usize,
    time: usize,
    body: Option<&'b Choice<Vec<u8>>>,
}

struct Search<'a> {
    space: &'a Space<'a>,
    found: Found,
    /// Bytes that may still be hashed.
    left: u64,
    budget: &'a Budget<'a>,
    /// Whether there was no room for some body beside other mistakes.
    left_out: bool,
    thorough: bool,
    now: i64,
    content_length: Option<usize>,
}

/// Searches one scheme: first every single mistake with the first secret and every other secret
/// without one; if nothing is found, near times and orders of keys; then pairs of mistakes with
/// the first secret and single mistakes with each other one.
pub(super) fn search(scheme: Scheme, input: &Input<'_>, budget: &Budget<'_>) -> Found {
    let Input { secrets, headers, body, now_unix_s: now, thorough, .. } = *input;
    let content_length = content_length(headers);
    if !budget.spend_on(body.len()) {
        return Found::default();
    }
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
    let space = Space {
        macs: macs(&claims),
        texts: texts(scheme, &claims),
        times: all_times,
        received: body,
        claims,
    };
    let left = if thorough { BUDGET_BYTES * THOROUGH } else { BUDGET_BYTES };
    let mut search = Search {
        space: &space,
        found: Found::default(),
        left,
        budget,
        left_out: false,
        thorough,
        now,
        content_length,
    };
    search.run(scheme, secrets);
    search.found.complete = search.left > 0 && budget.ended().is_none() && !search.left_out;
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
        let combined = if self.large() { WITH_LARGE } else { WITH_SMALL };
        let near = self.bodies(first, combined);
        self.singles(first, &[], 0, ALL, &[]);
        for (i, (keys, change)) in readings.iter().enumerate().skip(1) {
            self.probe(keys, At::default(), change.as_slice(), i);
        }
        if self.explained(1) {
            return;
        }
        self.beginnings(first);
        self.near_times(first);
        self.found_letters(first);
        self.amounts(first);
        self.key_orders(first);
        if self.explained(1) {
            return;
        }
        for (i, (keys, change)) in readings.iter().enumerate().skip(1) {
            self.singles(keys, change.as_slice(), i, combined, &near);
        }
        self.pairs(first, &[], 0, combined, &near);
        if self.thorough && !self.explained(2) {
            for (i, (keys, change)) in readings.iter().enumerate().skip(1) {
                self.pairs(keys, change.as_slice(), i, combined, &near);
            }
        }
    }

    fn large(&self) -> bool {
        self.space.received.len() > body::LARGE_BYTES
    }

    fn share(&self) -> u64 {
        SHARE_BYTES[usize::from(self.large())] * if self.thorough { THOROUGH } else { 1 }
    }

    /// Tries every single mistake with the body, as each is made. Answers those to combine with
    /// others: no more than there is room for.
    fn bodies(&mut self, keys: &[Choice<Key>], combined: Combined) -> Vec<Choice<Vec<u8>>> {
        let (received, budget) = (self.space.received, self.budget);
        let (mut near, mut seen) = (Vec::new(), HashMap::<Cause, usize>::new());
        let mut room = NEAR_BYTES;
        body::each_variant(received, self.content_length, budget, &mut |choice| {
            self.probe(keys, At { body: Some(&choice), ..At::default() }, &[], 0);
            let Some(cause) = choice.change.as_ref().map(|change| change.cause) else { return };
            let most = if cause == Cause::BodyReserialized { combined.reserialized } else { combined.bodies };
            let count = seen.entry(cause).or_default();
            if *count >= most {
                return;
            }
            *count += 1;
            let size = choice.value.len();
            if room >= size && budget.hold(size) {
                room -= size;
                near.push(choice);
            } else {
                // It is not tried beside other mistakes.
                self.left_out = true;
            }
        });
        near
    }

    fn explained(&self, mistakes: usize) -> bool {
        self.found.hits.iter().any(|hit| hit.changes.len() <= mistakes)
    }

    /// Every hypothesis with one mistake.
    fn singles(
        &mut self,
        keys: &[Choice<Key>],
        extra: &[Change],
        secret: usize,
        combined: Combined,
        bodies: &[Choice<Vec<u8>>],
    ) {
        let base = At::default();
        for body in bodies {
            self.probe(keys, At { body: Some(body), ..base }, extra, secret);
        }
        for key in 1..keys.len().min(combined.keys) {
            self.probe(keys, At { key, ..base }, extra, secret);
        }
        for mac in 1..self.space.macs.len() {
            self.probe(keys, At { mac, ..base }, extra, secret);
        }
        for text in 1..self.space.texts.len().min(combined.texts) {
            self.probe(keys, At { text, ..base }, extra, secret);
        }
        for time in 1..self.space.times.len().min(combined.times) {
            self.probe(keys, At { time, ..base }, extra, secret);
        }
    }

    /// Every hypothesis with two mistakes, the likelier pairs first.
    fn pairs(
        &mut self,
        keys: &[Choice<Key>],
        extra: &[Change],
        secret: usize,
        combined: Combined,
        bodies: &[Choice<Vec<u8>>],
    ) {
        let base = At::default();
        let macs = self.space.macs.len();
        let texts = self.space.texts.len().min(combined.texts);
        let times = self.space.times.len().min(combined.times);
        let readings = keys.len().min(combined.keys);
        for key in 1..readings {
            for text in 1..texts {
                self.probe(keys, At { key, text, ..base }, extra, secret);
            }
            for mac in 1..macs {
                self.probe(keys, At { key, mac, ..base }, extra, secret);
            }
            for time in 1..times {
                self.probe(keys, At { key, time, ..base }, extra, secret);
            }
        }
        for text in 1..texts {
            for mac in 1..macs {
                self.probe(keys, At { text, mac, ..base }, extra, secret);
            }
            for time in 1..times {
                self.probe(keys, At { text, time, ..base }, extra, secret);
            }
        }
        for time in 1..times {
            for mac in 1..macs {
                self.probe(keys, At { time, mac, ..base }, extra, secret);
            }
        }
        for body in bodies.iter().map(Some) {
            for key in 1..readings {
                self.probe(keys, At { body, key, ..base }, extra, secret);
            }
            for text in 1..texts {
                self.probe(keys, At { body, text, ..base }, extra, secret);
            }
            for mac in 1..macs {
                self.probe(keys, At { body, mac, ..base }, extra, secret);
            }
            for time in 1..times {
                self.probe(keys, At { body, time, ..base }, extra, secret);
            }
        }
        let Some(own) = keys.first() else { return };
        for once in bodies {
            let (space, budget) = (self.space, self.budget);
            let time = space.times[0].value.as_deref();
            let mut on_top = |twice: Choice<Vec<u8>>| {
                self.test(&own.value, At::default(), time, &twice.value, secret, || {
                    let made = [&own.change, &once.change, &twice.change];
                    made.into_iter().flatten().chain(extra).cloned().collect()
                });
            };
            if once.change.as_ref().is_some_and(|c| c.cause == Cause::BodyBom) {
                body::each_variant(&once.value, None, budget, &mut on_top);
            } else {
                body::each_on_top(&once.value, budget, &mut on_top);
            }
            if self.done() {
                return;
            }
        }
    }

    /// Whether nothing more can be tried.
    fn done(&self) -> bool {
        self.left == 0 || self.budget.is_over()
    }

    /// Seconds near the one received, and the milliseconds within it.
    fn near_times(&mut self, keys: &[Choice<Key>]) {
        if self.explained(1) {
            return;
        }
        let number = self.space.times[0].value.as_deref().and_then(hookbench_signature::parse_timestamp);
        let (Some(own), Some(n)) = (keys.first(), number) else { return };
        if !self.space.texts[0].value.contains(&Piece::Time) {
            return;
        }
        let until = self.left.saturating_sub(self.share());
        let (body, now) = (self.space.received, self.now);
        let mut go = |time: String, cause: Cause, how: &str| {
            self.test(&own.value, At::default(), Some(&time), body, 0, || {
                own.change.iter().cloned().chain([Change::new(cause, how)]).collect()
            });
            self.left <= until || self.done() || self.explained(1)
        };
        if times::unit_divisor(n).is_none() {
            for ms in 0..1000 {
                let time = n.saturating_mul(1000).saturating_add(ms).to_string();
                if go(time, Cause::TimestampUnit, "signed in milliseconds, sent in seconds") {
                    return;
                }
            }
        }
        let around = |from: i64, delta: i64| [from.saturating_sub(delta), from.saturating_add(delta)];
        let near = (1..=AROUND_NOW_S).flat_map(|delta| around(n, delta));
        let near = near.chain((0..=AROUND_NOW_S).flat_map(|delta| around(now, delta)));
        let near = near.chain((AROUND_NOW_S..=NEAR_S).flat_map(|delta| around(n, delta)));
        for time in near.filter(|time| *time >= 0 && *time != n) {
            let how = if time < n {
                "signed for an earlier time than the header says"
            } else {
                "signed for a later time than the header says"
            };
            if go(time.to_string(), Cause::TimestampAltered, how) {
                return;
            }
        }
    }

    /// Every beginning of the body, where the signer did not read it to its end.
    fn beginnings(&mut self, keys: &[Choice<Key>]) {
        let Some(own) = keys.first() else { return };
        let space = self.space;
        let time = space.times[0].value.as_deref();
        let mut before: Vec<&[u8]> = Vec::new();
        for piece in &space.texts[0].value {
            match (piece, time) {
                (Piece::Words(words), _) => before.push(words.as_bytes()),
                (Piece::Time, Some(time)) => before.push(time.as_bytes()),
                (Piece::Time, None) => return,
                (Piece::Body, _) => break,
            }
        }
        let body = space.received;
        // One more block for each beginning, and what it takes to end a digest.
        let size = u64::try_from(body.len()).unwrap_or(u64::MAX).saturating_mul(OVERHEAD_BYTES);
        if body.len() > MAX_CUT_BYTES || self.left < size || !self.budget.spend(size) {
            return;
        }
        self.left -= size;
        let mut hit = None;
        MacKey::new(Algorithm::Sha256, &own.value).beginnings(&before, body, |length, digest| {
            self.found.tried += 1;
            hit = space.claims.digests.iter().find(|c| c.digest == digest).map(|claim| (length, claim));
            hit.is_some()
        });
        if let Some((length, claim)) = hit {
            let change = Change::new(Cause::BodyTruncated, format!("signed only to byte {length}"));
            let changes = own.change.iter().cloned().chain([change]).chain(claim.change.clone()).collect();
            self.found.hits.push(Hit { changes, body: Some(body[..length].to_vec()), secret: 0 });
        }
    }

    /// Letters that became question marks or replacement characters.
    fn found_letters(&mut self, keys: &[Choice<Key>]) {
        let Some(own) = keys.first().filter(|_| !self.explained(1)) else { return };
        let until = self.left.saturating_sub(self.share());
        let space = self.space;
        let time = space.times[0].value.as_deref();
        charset::each_found(space.received, |body, how| {
            self.test(&own.value, At::default(), time, body, 0, || {
                own.change.iter().cloned().chain([Change::new(Cause::BodyCharset, how)]).collect()
            });
            self.left <= until || self.done() || self.explained(1)
        });
    }

    /// Numbers that lost their zeros.
    fn amounts(&mut self, keys: &[Choice<Key>]) {
        let Some(own) = keys.first().filter(|_| !self.explained(1)) else { return };
        let until = self.left.saturating_sub(self.share());
        let space = self.space;
        let time = space.times[0].value.as_deref();
        amounts::each_body(space.received, self.budget, |body| {
            self.test(&own.value, At::default(), time, body, 0, || {
                let change = Change::new(Cause::BodyReserialized, "signed with its numbers spelt otherwise");
                own.change.iter().cloned().chain([change]).collect()
            });
            self.left <= until || self.done() || self.explained(1)
        });
    }

    fn key_orders(&mut self, keys: &[Choice<Key>]) {
        let Some(own) = keys.first().filter(|_| !self.explained(1)) else { return };
        let until = self.left.saturating_sub(self.share());
        let space = self.space;
        let time = space.times[0].value.as_deref();
        key_order::each_order(space.received, self.budget, |body| {
            self.test(&own.value, At::default(), time, body, 0, || {
                let change = Change::new(Cause::BodyReserialized, "signed with its keys in another order");
                own.change.iter().cloned().chain([change]).collect()
            });
            self.left <= until || self.done() || self.explained(1)
        });
    }

    fn probe(&mut self, keys: &[Choice<Key>], at: At<'_>, extra: &[Change], secret: usize) {
        let Some(key) = keys.get(at.key) else { return };
        let space = self.space;
        let (text, time) = (&space.texts[at.text], &space.times[at.time]);
        if at.time > 0 && !text.value.contains(&Piece::Time) {
            return;
        }
        let mac = &space.macs[at.mac];
        let body = at.body.map_or(space.received, |body| &body.value);
        let changed = at.body.and_then(|body| body.change.as_ref());
        self.test(&key.value, at, time.value.as_deref(), body, secret, || {
            let made = [&key.change, &mac.change, &text.change, &time.change];
            made.into_iter().flatten().chain(changed).chain(extra).cloned().collect()
        });
    }

    /// Computes one digest and looks for it among those received.
    fn test(
        &mut self,
        key: &[u8],
        at: At<'_>,
        time: Option<&str>,
        body: &[u8],
        secret: usize,
        changes: impl FnOnce() -> Vec<Change>,
    ) {
        let mac = self.space.macs[at.mac].value;
        let size = u64::try_from(body.len()).unwrap_or(u64::MAX).saturating_add(OVERHEAD_BYTES);
        if self.left < size {
            self.left = 0;
            return;
        }
        if !self.budget.spend(size) {
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
            let mut changes = changes();
            changes.extend(claim.change.clone());
            // Few are ever shown; of the others it is enough to know the mistakes.
            let room = self.found.hits.len() < MAX_HITS && self.budget.hold(body.len());
            let other = (room && body != self.space.received).then(|| body.to_vec());
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
