//! Numbers that lost their zeros: `12.50` written as `12.5`, `100.00` as `100`.

use super::json::{self, COMPACT, INDENTED, Node, PLAIN, SPACED, Style, is_whole};

/// The most bodies that are made of one document.
const MAX_SPELLINGS: usize = 4096;

/// The spellings a number may have had, the one received first.
fn spellings(raw: &str) -> Vec<String> {
    let decimals = raw.split_once('.').map(|(_, tail)| tail.len());
    let plain = raw.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'));
    let mut all = vec![raw.to_owned()];
    match decimals {
        None if is_whole(raw) && raw.len() <= 12 => {
            all.extend([format!("{raw}.00"), format!("{raw}.0")]);
        }
        Some(1) if plain => {
            all.push(format!("{raw}0"));
            all.extend(raw.strip_suffix(".0").map(str::to_owned));
        }
        None | Some(_) => {}
    }
    all
}

/// Calls `each` with every document whose numbers have other spellings, until it answers true or
/// there are too many.
pub(super) fn each_spelling(node: &Node, most: usize, mut each: impl FnMut(&Node) -> bool) {
    let mut raws = Vec::new();
    json::numbers(node, &mut raws);
    let choices: Vec<Vec<String>> = raws.iter().map(|raw| spellings(raw)).collect();
    let count = choices.iter().try_fold(1usize, |n, c| n.checked_mul(c.len()).filter(|n| *n <= most));
    if count.is_none() {
        // Too many for every combination: all in the same way, and each alone.
        let same = |pick: usize| -> Vec<usize> { choices.iter().map(|c| pick.min(c.len() - 1)).collect() };
        let alone = (0..choices.len()).flat_map(|i| (1..choices[i].len()).map(move |pick| (i, pick)));
        let fractions: Vec<usize> =
            raws.iter().map(|raw| usize::from(!is_whole(raw) && spellings(raw).len() > 1)).collect();
        let lone = alone.map(|(i, pick)| (0..choices.len()).map(|j| if i == j { pick } else { 0 }).collect());
        for picks in [same(1), same(2), fractions].into_iter().chain(lone.take(most)) {
            if each(&spelt(node, &choices, &picks, &mut 0)) {
                return;
            }
        }
        return;
    }
    let mut picks = vec![0; choices.len()];
    loop {
        let Some(at) = (0..picks.len()).find(|i| picks[*i] + 1 < choices[*i].len()) else { return };
        picks[..at].fill(0);
        picks[at] += 1;
        if each(&spelt(node, &choices, &picks, &mut 0)) {
            return;
        }
    }
}

fn spelt(node: &Node, choices: &[Vec<String>], picks: &[usize], next: &mut usize) -> Node {
    match node {
        Node::Plain(raw) if raw.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
            let spelling = choices.get(*next).and_then(|c| c.get(*picks.get(*next)?));
            *next += 1;
            Node::Plain(spelling.unwrap_or(raw).clone())
        }
        Node::Text(_) | Node::Plain(_) => node.clone(),
        Node::Array(items) => {
            Node::Array(items.iter().map(|item| spelt(item, choices, picks, next)).collect())
        }
        Node::Object(fields) => {
            Node::Object(fields.iter().map(|(k, v)| (k.clone(), spelt(v, choices, picks, next))).collect())
        }
    }
}

/// Calls `each` with every body whose numbers have other spellings: compact, spaced and indented.
pub(super) fn each_body(body: &[u8], mut each: impl FnMut(&[u8]) -> bool) {
    let Some(node) = std::str::from_utf8(body).ok().and_then(json::parse) else { return };
    each_spelling(&node, MAX_SPELLINGS, |node| {
        [COMPACT, SPACED, INDENTED].into_iter().any(|spacing| {
            let mut out = String::with_capacity(body.len() + 32);
            json::write(node, Style { spacing, ..PLAIN }, &mut out);
            each(out.as_bytes())
        })
    });
}
