//! Checks of the documents: their links lead somewhere, and the code they show is the code that
//! compiles.

use std::path::{Path, PathBuf};

use crate::cargo::top;

fn documents() -> Vec<PathBuf> {
    let in_folder = |folder: &Path| -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
        entries
            .filter_map(|e| Some(e.ok()?.path()))
            .filter(|p| p.extension().is_some_and(|e| e == "md"))
            .collect()
    };
    [in_folder(&top()), in_folder(&top().join("docs"))].concat()
}

/// The targets of the links in Markdown, without what leads outside or within the page.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')').map(|(target, _)| target))
        .filter(|target| !target.contains("://") && !target.starts_with('#'))
        .map(|target| target.split('#').next().unwrap_or(target))
}

#[test]
fn every_link_of_the_documents_leads_to_a_file() {
    let documents = documents();
    assert!(documents.len() > 3, "{documents:?}");
    for document in documents {
        let text = std::fs::read_to_string(&document).unwrap();
        let folder = document.parent().unwrap();
        for link in links(&text) {
            assert!(folder.join(link).exists(), "{}: `{link}` leads nowhere", document.display());
        }
    }
}

#[test]
fn the_readme_shows_the_example_that_compiles() {
    let readme = std::fs::read_to_string(top().join("README.md")).unwrap();
    let example = std::fs::read_to_string(top().join("crates/workbench/examples/embed.rs")).unwrap();
    let code = example.split_once("\n\n").map(|(_, code)| code.trim()).unwrap();
    assert!(readme.contains(code), "README.md shows another snippet than crates/workbench/examples/embed.rs");
}
