//! A key that is sent as it is: which secret is it, in which spelling.

use hookbench_signature::{Scheme, same_bytes};

use super::cause::Cause;
use super::claims::header;
use super::{Autopsy, Candidate, Confidence, Input, Role, keys, sentence};

pub(super) fn diagnose(input: &Input<'_>, base: Autopsy, structural: Cause, said: &str) -> Autopsy {
    let name = Scheme::ApiKey.signature_header().unwrap_or_default();
    let sent = header(input.headers, name).unwrap_or_default();
    let bare = sent.split_once(' ').map_or("", |(_, rest)| rest).trim();
    let mut found: Vec<(usize, Vec<Cause>, String)> = Vec::new();
    for (index, given) in input.secrets.iter().enumerate() {
        let whose = match (index, given.role) {
            (0, _) => None,
            (_, Role::Rotated) => Some(Cause::OldSecret),
            (_, Role::Configured | Role::Candidate) => Some(Cause::WrongSecret),
        };
        let (own, others) = keys::readings(Scheme::ApiKey, &given.secret);
        let own = own.into_iter().map(|key| (key, None));
        let others = others.into_iter().map(|c| (c.value, c.change));
        for (key, change) in own.chain(others) {
            for (text, prefixed) in [(sent.as_str(), false), (bare, true)] {
                if text.is_empty() || !same_bytes(&key, text.as_bytes()) {
                    continue;
                }
                let encoding = prefixed.then_some(Cause::SignatureEncoding);
                let changes: Vec<_> =
                    whose.into_iter().chain(change.as_ref().map(|c| c.cause)).chain(encoding).collect();
                let how = change.as_ref().map_or_else(String::new, |c| format!(", {}", c.detail));
                let word = if prefixed { ", after a word such as Bearer" } else { "" };
                found.push((index, changes, format!("the key `{}` was sent{how}{word}", given.name)));
            }
        }
    }
    found.retain(|(_, changes, _)| !changes.is_empty());
    found.sort_by_key(|(_, changes, _)| (changes.len(), changes.clone()));
    let Some((index, changes, detail)) = found.into_iter().next() else {
        let cause = if structural == Cause::Mismatch { Cause::Unknown } else { structural };
        let fix = cause.fix().to_owned();
        return Autopsy {
            cause,
            fix,
            explanation: format!("{} {}", cause.explanation(), sentence(said)),
            ..base
        };
    };
    let cause = changes.first().copied().unwrap_or(Cause::Unknown);
    Autopsy {
        cause,
        explanation: format!("{} {}", cause.explanation(), sentence(&detail)),
        fix: cause.fix().to_owned(),
        matching_secret: input.secrets.get(index).map(|s| s.name.clone()),
        candidates: vec![Candidate { cause, confidence: Confidence::Proven, changes, detail }],
        ..base
    }
}
