//! Reading the delivery log: listings, filters, counts by property, search, bars over time.

pub(crate) mod activity;
pub(crate) mod candidates;
pub(crate) mod counts;
pub(crate) mod dimension;
pub(crate) mod facets;
pub(crate) mod filter;
pub(crate) mod histogram;
pub(crate) mod investigate;
pub(crate) mod listing;
#[cfg(test)]
pub(crate) mod plans;
pub(crate) mod search;
pub(crate) mod stats;
pub(crate) mod time_index;
