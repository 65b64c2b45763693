//! What is printed: documents, tables, values and words for people, always made visible.

pub(crate) mod out;
pub(crate) mod table;
pub(crate) mod values;
pub(crate) mod visible;
pub(crate) mod words;
