//! The figures of dispatching: what kills, chance, a second process, hostile endpoints and a clock
//! that is moved do to it.

mod claims;
mod clock;
mod memory;
mod missing;
mod retries;

use tokio::runtime::Runtime;

use crate::options::Counts;
use crate::table::{Figure, counted};
use crate::{at, counting_panics, torture};

pub(crate) use claims::claim_everything;

/// Takes all of them.
pub(crate) fn figures(runtime: &Runtime, counts: Counts) -> Vec<Figure> {
    at("random retry inputs");
    let (panics, broken) = counting_panics(|| retries::taken(counts.inputs));
    let mut figures = vec![Figure::new(
        format!("{} random retry inputs", counted(counts.inputs)),
        "0 panics, 0 broken rules",
        format!("{} panics, {} broken rules", counted(panics), counted(broken)),
        panics + broken == 0,
    )];
    at("a clock that is moved");
    figures.extend(runtime.block_on(clock::figures()));
    at("endless responses");
    figures.extend(runtime.block_on(memory::figures()));
    at("two processes on one store");
    figures.push(runtime.block_on(claims::figure(counts.claims)));
    at("acknowledged events through kills");
    figures.push(runtime.block_on(missing::figure(counts.events)));
    at("kills under load");
    figures.extend(runtime.block_on(torture::torture(counts.kills, false)));
    figures
}
