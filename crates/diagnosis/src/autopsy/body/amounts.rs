//! Numbers that lost their zeros: `12.50` written as `12.5`, `100.00` as `100`.

use std::borrow::Cow;

use hookbench_bounds::Budget;

use super::json::{self, COMPACT, INDENTED, Node, PLAIN, SPACED, Style, Tree, is_whole};

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
pub(in crate::autopsy) fn each_spelling<'a>(
    tree: &Tree<'a>,
    most: usize,
    budget: &Budget<'_>,
    mut each: impl FnMut(&Node<'a>) -> bool,
) {
    let node = &tree.root;
    let mut each = |picks: &[usize], choices: &[Vec<String>]| {
        let made = tree.made(budget, |node| spelt(node, choices, picks, &mut 0));
        let Some(made) = made else { return true };
        let done = each(&made.root);
        made.release(budget);
        done || budget.is_over()
    };
    let mut raws = Vec::new();
    json::numbers(node, &mut raws);
    // A list of spellings for each, three at most.
    let held = raws.len() * (size_of::<Vec<String>>() + 3 * (size_of::<String>() + 16));
    if !tree.spend(budget) || !budget.hold(held) {
        return;
    }
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
            if each(&picks, &choices) {
                break;
            }
        }
        budget.release(held);
        return;
    }
    let mut picks = vec![0; choices.len()];
    while let Some(at) = (0..picks.len()).find(|i| picks[*i] + 1 < choices[*i].len()) {
        picks[..at].fill(0);
        picks[at] += 1;
        if each(&picks, &choices) {
            break;
        }
    }
    budget.release(held);
}

fn spelt<'a>(node: &Node<'a>, choices: &[Vec<String>], picks: &[usize], next: &mut usize) -> Node<'a> {
    match node {
        Node::Plain(raw) if raw.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
            let spelling = choices.get(*next).and_then(|c| c.get(*picks.get(*next)?));
            *next += 1;
            Node::Plain(spelling.map_or_else(|| raw.clone(), |text| Cow::Owned(text.clone())))
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
pub(in crate::autopsy) fn each_body(body: &[u8], budget: &Budget<'_>, mut each: impl FnMut(&[u8]) -> bool) {
    let tree = std::str::from_utf8(body).ok().and_then(|text| json::parse(text, budget));
    let Some(tree) = tree else { return };
    each_spelling(&tree, MAX_SPELLINGS, budget, |node| {
        [COMPACT, SPACED, INDENTED].into_iter().any(|spacing| {
            let written = json::written(node, Style { spacing, ..PLAIN }, budget);
            written.is_some_and(|text| each(text.as_bytes()))
        })
    });
    tree.release(budget);
}
