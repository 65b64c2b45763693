//! Bodies whose keys came in another order: every order of small objects is tried.

use hookbench_bounds::Budget;

use super::amounts;
use super::json::{self, INDENTED, Letters, Node, PLAIN, SPACED, Slashes, Style, Tree};

/// The most keys of one object that are put in every order (8! = 40,320).
const MAX_KEYS: usize = 8;
/// The most bodies that are made.
pub(in crate::autopsy) const MAX_ORDERS: usize = 120_000;

/// The orders senders use for their envelopes: these keys first, in this order.
const ENVELOPE: [&str; 14] = [
    "\"id\"",
    "\"object\"",
    "\"event\"",
    "\"type\"",
    "\"createdAt\"",
    "\"created_at\"",
    "\"created\"",
    "\"timestamp\"",
    "\"version\"",
    "\"schemaVersion\"",
    "\"schema_version\"",
    "\"brandId\"",
    "\"brand_id\"",
    "\"data\"",
];

/// Of these, the orders whose numbers are spelt otherwise as well, and in how many ways each.
const MAX_SPELT: usize = 3000;
const MAX_SPELLINGS: usize = 64;

/// Calls `each` with a body per order until it answers true or the orders are used up: compact, its
/// strings as they came and unescaped, then spaced and indented.
pub(in crate::autopsy) fn each_order(body: &[u8], budget: &Budget<'_>, mut each: impl FnMut(&[u8]) -> bool) {
    let tree = std::str::from_utf8(body).ok().and_then(|text| json::parse(text, budget));
    let Some(tree) = tree else { return };
    let mut left = MAX_ORDERS;
    let mut styles = vec![PLAIN];
    if body.contains(&b'\\') {
        styles.push(Style { letters: Letters::Utf8, slashes: Slashes::Bare, ..PLAIN });
    }
    styles.push(Style { spacing: SPACED, ..PLAIN });
    styles.push(Style { spacing: INDENTED, ..PLAIN });
    let mut spelt = MAX_SPELT;
    let mut emit = |tree: &Tree<'_>, left: &mut usize| {
        let mut written = |node: &Node<'_>, style: Style| {
            json::written(node, style, budget).is_some_and(|text| each(text.as_bytes()))
        };
        for style in &styles {
            if *left == 0 || budget.is_over() {
                return true;
            }
            *left -= 1;
            if written(&tree.root, *style) {
                return true;
            }
        }
        let mut found = false;
        if spelt > 0 {
            spelt -= 1;
            amounts::each_spelling(tree, MAX_SPELLINGS, budget, |node| {
                found = written(node, PLAIN);
                found
            });
        }
        found
    };
    orders(&tree, &mut left, budget, &mut emit);
    tree.release(budget);
}

/// The envelope in its usual order with every order inside, then every order outside as well.
fn orders<'a>(
    tree: &Tree<'a>,
    left: &mut usize,
    budget: &Budget<'_>,
    emit: &mut impl FnMut(&Tree<'a>, &mut usize) -> bool,
) {
    let Some(outer) = tree.made(budget, enveloped) else { return };
    let found = inner(&outer, left, budget, emit);
    outer.release(budget);
    if found || inner(tree, left, budget, emit) {
        return;
    }
    let Node::Object(fields) = &tree.root else { return };
    if fields.len() <= MAX_KEYS {
        permute(fields.len(), &mut |order| {
            let reordered =
                |_: &Node<'a>| Node::Object(order.iter().filter_map(|i| fields.get(*i).cloned()).collect());
            let Some(other) = tree.made(budget, reordered).filter(|_| *left > 0) else { return true };
            let found = inner(&other, left, budget, emit);
            other.release(budget);
            found
        });
    }
}

fn enveloped<'a>(node: &Node<'a>) -> Node<'a> {
    let Node::Object(fields) = node else { return node.clone() };
    let rank = |key: &str| ENVELOPE.iter().position(|k| *k == key).unwrap_or(ENVELOPE.len() - 1);
    let mut fields = fields.clone();
    fields.sort_by_key(|(key, _)| rank(key));
    Node::Object(fields)
}

/// Every order of each object directly inside, one object at a time for the rest.
fn inner<'a>(
    tree: &Tree<'a>,
    left: &mut usize,
    budget: &Budget<'_>,
    emit: &mut impl FnMut(&Tree<'a>, &mut usize) -> bool,
) -> bool {
    if emit(tree, left) {
        return true;
    }
    let Node::Object(fields) = &tree.root else { return false };
    for (at, (_, value)) in fields.iter().enumerate() {
        let Node::Object(inside) = value else { continue };
        if inside.len() > MAX_KEYS {
            continue;
        }
        let mut found = false;
        permute(inside.len(), &mut |order| {
            let reordered = |_: &Node<'a>| {
                let inside = order.iter().filter_map(|i| inside.get(*i).cloned()).collect();
                let mut fields = fields.clone();
                if let Some((_, value)) = fields.get_mut(at) {
                    *value = Node::Object(inside);
                }
                Node::Object(fields)
            };
            let Some(other) = tree.made(budget, reordered) else {
                found = true;
                return true;
            };
            found = emit(&other, left);
            other.release(budget);
            found || *left == 0
        });
        if found {
            return true;
        }
    }
    false
}

/// Every order of `0..n`, until `each` answers true.
fn permute(n: usize, each: &mut impl FnMut(&[usize]) -> bool) {
    fn go(order: &mut Vec<usize>, rest: &mut Vec<usize>, each: &mut impl FnMut(&[usize]) -> bool) -> bool {
        if rest.is_empty() {
            return each(order);
        }
        for i in 0..rest.len() {
            let taken = rest.remove(i);
            order.push(taken);
            let stop = go(order, rest, each);
            order.pop();
            rest.insert(i, taken);
            if stop {
                return true;
            }
        }
        false
    }
    go(&mut Vec::with_capacity(n), &mut (0..n).collect(), each);
}
