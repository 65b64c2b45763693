//! Filters are asked before an event comes to the writer: however long they take, nobody else's
//! commit waits for it.

use std::borrow::Cow;
use std::sync::Arc;

use hookbench_domain::StoredEvent;
use hookbench_filter::{Facts, Filter};

use crate::events::publication::Publication;
use crate::registry::{Registered, Registry};

/// An event with what the filters said of it.
#[derive(Debug)]
pub(crate) struct Evaluated {
    pub(crate) item: Publication,
    /// Whose event it is.
    pub(crate) brand: Option<String>,
    /// Headers that its deliveries carry besides those of the subscription.
    pub(crate) headers: Vec<(String, String)>,
    said: Vec<(Arc<Filter>, bool)>,
}

impl Evaluated {
    /// Asks the filters of every subscription that wants the event but for its filter.
    pub(crate) fn ask(item: Publication, registry: &Registry) -> Self {
        let brand = registry.brand_of_event(&item.event).map(Cow::into_owned);
        let mut said = Vec::new();
        if item.only.is_none() && registry.filters() {
            let mut facts = None;
            for filter in registry.wanting(&item.event, brand.as_deref()).filter_map(|r| r.filter.as_ref()) {
                let facts = facts.get_or_insert_with(|| facts_of(&item.event, brand.as_deref()));
                said.push((filter.clone(), filter.decide(facts).matches()));
            }
        }
        Self { item, brand, headers: Vec::new(), said }
    }

    /// The same with headers of its own.
    pub(crate) fn with_headers(self, headers: Vec<(String, String)>) -> Self {
        Self { headers, ..self }
    }

    /// Whether the subscription's filter lets the event through. One that came or was changed
    /// since the filters were asked is asked now.
    pub(crate) fn passes(&self, registered: &Registered) -> bool {
        let Some(filter) = &registered.filter else { return true };
        match self.said.iter().find(|(asked, _)| Arc::ptr_eq(asked, filter)) {
            Some((_, passes)) => *passes,
            None => filter.decide(&facts_of(&self.item.event, self.brand.as_deref())).matches(),
        }
    }
}

fn facts_of(event: &StoredEvent, brand: Option<&str>) -> Facts {
    Facts::of(event.event_type.as_str(), brand, &event.body)
}
