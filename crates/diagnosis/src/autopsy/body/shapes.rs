//! The same document in another shape: keys in another order, empty values and dates told otherwise.

use std::borrow::Cow;

use hookbench_bounds::Budget;

use super::json::{Node, Tree};

/// Every object with its keys in order of their characters.
pub(in crate::autopsy) fn sorted<'a>(node: &Node<'a>) -> Node<'a> {
    ordered(node, |a, b| a.cmp(b))
}

/// Every object with its shorter keys first, as PostgreSQL and MySQL keep them.
fn by_length<'a>(node: &Node<'a>) -> Node<'a> {
    ordered(node, |a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)))
}

fn ordered<'a>(node: &Node<'a>, order: fn(&str, &str) -> std::cmp::Ordering) -> Node<'a> {
    match node {
        Node::Text(_) | Node::Plain(_) => node.clone(),
        Node::Array(items) => Node::Array(items.iter().map(|item| ordered(item, order)).collect()),
        Node::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().map(|(k, v)| (k.clone(), ordered(v, order))).collect();
            fields.sort_by(|a, b| order(&a.0, &b.0));
            Node::Object(fields)
        }
    }
}

/// Every scalar replaced that `change` has another for.
fn mapped<'a>(node: &Node<'a>, change: &impl Fn(&Node<'a>) -> Option<Node<'a>>) -> Node<'a> {
    if let Some(other) = change(node) {
        return other;
    }
    match node {
        Node::Text(_) | Node::Plain(_) => node.clone(),
        Node::Array(items) => Node::Array(items.iter().map(|item| mapped(item, change)).collect()),
        Node::Object(fields) => {
            Node::Object(fields.iter().map(|(k, v)| (k.clone(), mapped(v, change))).collect())
        }
    }
}

fn without_nulls<'a>(node: &Node<'a>) -> Node<'a> {
    let null = |node: &Node<'_>| matches!(node, Node::Plain(raw) if raw == "null");
    match node {
        Node::Text(_) | Node::Plain(_) => node.clone(),
        Node::Array(items) => Node::Array(items.iter().map(without_nulls).collect()),
        Node::Object(fields) => {
            let kept = fields.iter().filter(|(_, value)| !null(value));
            Node::Object(kept.map(|(k, v)| (k.clone(), without_nulls(v))).collect())
        }
    }
}

/// Every other shape that differs, one at a time, with a word on each.
pub(in crate::autopsy) fn each_other<'a>(
    tree: &Tree<'a>,
    budget: &Budget<'_>,
    each: &mut dyn FnMut(&Node<'a>, &'static str),
) {
    fn dated<'a>(node: &Node<'a>, change: fn(&str) -> Option<String>) -> Node<'a> {
        mapped(node, &|node| match node {
            Node::Text(raw) => change(raw).map(|text| Node::Text(Cow::Owned(text))),
            Node::Plain(_) | Node::Array(_) | Node::Object(_) => None,
        })
    }
    let mut tell = |make: &dyn Fn(&Node<'a>) -> Node<'a>, how| {
        let Some(other) = tree.made(budget, make) else { return };
        if other.root != tree.root {
            each(&other.root, how);
        }
        other.release(budget);
    };
    tell(&by_length, "the shorter keys first");
    tell(&without_nulls, "fields that are null left out");
    tell(&|node| dated(node, whole_seconds), "dates without their zeros");
    tell(&|node| dated(node, with_ms), "dates with milliseconds");
    tell(&|node| dated(node, with_offset), "dates with an offset");
    tell(&|node| dated(node, with_z), "dates with Z");
    let count = empties(&tree.root).min(MAX_EMPTIES);
    for kinds in 0..1_usize << count {
        tell(&|node| refilled(node, kinds, &mut 0), "empty lists and objects taken for each other");
    }
}

/// How many empty lists and objects are tried in every combination.
const MAX_EMPTIES: usize = 5;

fn empties(node: &Node<'_>) -> usize {
    match node {
        Node::Text(_) | Node::Plain(_) => 0,
        Node::Array(items) if items.is_empty() => 1,
        Node::Object(fields) if fields.is_empty() => 1,
        Node::Array(items) => items.iter().map(empties).sum(),
        Node::Object(fields) => fields.iter().map(|(_, value)| empties(value)).sum(),
    }
}

/// The document with its empty values as lists or objects: the n-th is a list where the n-th bit
/// of `kinds` is set, and what it was beyond [`MAX_EMPTIES`].
fn refilled<'a>(node: &Node<'a>, kinds: usize, next: &mut usize) -> Node<'a> {
    let empty = match node {
        Node::Text(_) | Node::Plain(_) => false,
        Node::Array(items) => items.is_empty(),
        Node::Object(fields) => fields.is_empty(),
    };
    if empty && *next < MAX_EMPTIES {
        let list = kinds >> *next & 1 == 1;
        *next += 1;
        return if list { Node::Array(vec![]) } else { Node::Object(vec![]) };
    }
    match node {
        Node::Text(_) | Node::Plain(_) => node.clone(),
        Node::Array(items) => Node::Array(items.iter().map(|item| refilled(item, kinds, next)).collect()),
        Node::Object(fields) => {
            Node::Object(fields.iter().map(|(k, v)| (k.clone(), refilled(v, kinds, next))).collect())
        }
    }
}

/// The parts of a date that is quoted: to the seconds, the fraction with its dot, and the zone.
fn date(raw: &str) -> Option<(&str, &str, &str)> {
    let text = raw.strip_prefix('"')?.strip_suffix('"')?;
    let bytes = text.as_bytes();
    let shape =
        bytes.len() >= 20 && bytes[4] == b'-' && bytes[10] == b'T' && bytes[13] == b':' && bytes[16] == b':';
    if !shape || !text.is_ascii() {
        return None;
    }
    let (seconds, rest) = text.split_at(19);
    let end = rest.find(['Z', '+', '-'])?;
    Some((seconds, &rest[..end], &rest[end..]))
}

fn whole_seconds(raw: &str) -> Option<String> {
    let (seconds, fraction, zone) = date(raw)?;
    let fraction = fraction.trim_end_matches('0').trim_end_matches('.');
    Some(format!("\"{seconds}{fraction}{zone}\""))
}

fn with_ms(raw: &str) -> Option<String> {
    let (seconds, fraction, zone) = date(raw)?;
    let digits = fraction.trim_start_matches('.');
    (digits.len() < 3).then(|| format!("\"{seconds}.{digits:0<3}{zone}\""))
}

fn with_offset(raw: &str) -> Option<String> {
    let (seconds, fraction, zone) = date(raw)?;
    (zone == "Z").then(|| format!("\"{seconds}{fraction}+00:00\""))
}

fn with_z(raw: &str) -> Option<String> {
    let (seconds, fraction, zone) = date(raw)?;
    (zone == "+00:00").then(|| format!("\"{seconds}{fraction}Z\""))
}
