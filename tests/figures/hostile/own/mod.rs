//! Further attacks, of kinds of their own: other rooms, other formats, other mistakes.

mod exports;
mod inputs;
mod rooms;
mod work;

use super::Cases;
use exports::{formulas_in_csv, har, markdown, metrics, shell_in_curl};
use inputs::{
    doubled_headers, foreign_cursors, odd_ids, odd_lines, odd_names, search_signs, statements_in_filters,
    vague_erasures,
};
use rooms::{
    allowed_addresses, emulator, hostile_relay, odd_folder, odd_profiles, pipelined, reader_gone,
    silent_resolver,
};
use work::{chunk_tricks, costly_filters, deep_expressions, extreme_policies, targets_without_measure};

pub(super) fn cases(cases: &mut Cases) {
    cases.add("formulas in an export for spreadsheets", formulas_in_csv);
    cases.add("commands in an export for a shell", shell_in_curl);
    cases.add("links, pages and fences in a report", markdown);
    cases.add("bytes that are no text in exports as JSON", har);
    cases.add("names that end a line of metrics", metrics);
    cases.add("ids with characters that mean something elsewhere", odd_ids);
    cases.add("a search for signs", search_signs);
    cases.add("cursors that nobody gave out", foreign_cursors);
    cases.add("filters as deep as their length allows", || deep_expressions("filters"));
    cases.add("templates as deep as their length allows", || deep_expressions("templates"));
    cases.add_heavy("filters that cost much on large events", costly_filters);
    cases.add("policies and limits beyond reason", extreme_policies);
    cases.add("names of any script, length and trick", odd_names);
    cases.add("two credentials in one request", doubled_headers);
    cases.add("profiles that are links, pipes and nested", odd_profiles);
    cases.add_heavy("a resolver that never answers", silent_resolver);
    for what in ["extensions", "trailers", "a length of zeros", "chunks of one byte"] {
        cases.add(format!("a response in chunks: {what} without an end"), move || chunk_tricks(what));
    }
    for what in [
        "a line without an end",
        "a message without an end",
        "a nested message",
        "a redirect",
        "pages without an end",
        "a list without an end",
    ] {
        cases.add(format!("a relay with {what}"), move || hostile_relay(what));
    }
    cases.add("who says where a request comes from", allowed_addresses);
    cases.add("erasures that name nothing", vague_erasures);
    cases.add("requests that hide behind others", pipelined);
    cases.add("data folders with odd names", odd_folder);
    cases.add("a reader that goes away", reader_gone);
    cases.add("statements in the filters of the log", statements_in_filters);
    cases.add("targets without measure", targets_without_measure);
    cases.add("an emulator among strangers", emulator);
    cases.add("lines with odd ends", odd_lines);
}
