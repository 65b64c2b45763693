//! Checks of the structure: files do not import each other in rings, and no folder holds more files
//! than a reader takes in at a glance.
//!
//! An import leads to the file that defines what is imported, through however many `pub use`. What
//! only tests import does not count.

#![expect(clippy::wildcard_enum_match_arm, reason = "what the code may hold grows; only some of it counts")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use syn::visit::Visit;

use crate::cargo::top;

/// The longest ring of files there may be: two that belong together may know each other.
const LONGEST_RING: usize = 2;
/// The most files a folder may hold, tests among them.
const MOST_FILES: usize = 15;

/// Everything that holds code of ours, from the top.
const ROOMS: [&str; 5] = ["crates", "src-tauri", "ui/src", "tests", "xtask"];

/// Which file imports from which.
type Imports = BTreeMap<PathBuf, BTreeSet<PathBuf>>;

/// Files below a folder, without what is built or generated.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() {
            let skipped = name == "target" || name == "node_modules" || name == "gen";
            found.extend(if skipped { Vec::new() } else { files(&path) });
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn has_extension(path: &Path, wanted: &[&str]) -> bool {
    path.extension().and_then(|e| e.to_str()).is_some_and(|e| wanted.contains(&e))
}

/// A path in code, one name after the other, from the crate's root.
type Names = Vec<String>;

/// A file of a crate.
#[derive(Default)]
struct Module {
    file: PathBuf,
    defined: BTreeSet<String>,
    /// What it re-exports: the name, and the path behind it.
    exported: Vec<(String, Names)>,
    used: Vec<Names>,
}

/// Reads one file's items.
struct Reader<'a> {
    module: Module,
    /// Where the code that is read stands: the file's module, or one within it.
    at: Names,
    crate_modules: &'a BTreeSet<Names>,
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let syn::Meta::List(list) = &attribute.meta else { return attribute.path().is_ident("test") };
        list.path.is_ident("cfg") && list.tokens.to_string().contains("test")
    })
}

fn attributes_of(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Const(i) => &i.attrs,
        syn::Item::Enum(i) => &i.attrs,
        syn::Item::Fn(i) => &i.attrs,
        syn::Item::Impl(i) => &i.attrs,
        syn::Item::Macro(i) => &i.attrs,
        syn::Item::Mod(i) => &i.attrs,
        syn::Item::Static(i) => &i.attrs,
        syn::Item::Struct(i) => &i.attrs,
        syn::Item::Trait(i) => &i.attrs,
        syn::Item::Type(i) => &i.attrs,
        syn::Item::Use(i) => &i.attrs,
        _ => &[],
    }
}

impl Reader<'_> {
    /// A path from the crate's root; `None` if it leads out of the crate.
    fn absolute(&self, names: &[String]) -> Option<Names> {
        let mut names = names.iter();
        let first = names.next()?;
        let mut at = match first.as_str() {
            "crate" => Vec::new(),
            "self" => self.at.clone(),
            "super" => self.at[..self.at.len().checked_sub(1)?].to_vec(),
            name => {
                // A module beside or below, as `pub use` in a folder's first file names it.
                let below = [self.at.as_slice(), &[name.to_owned()]].concat();
                if !self.crate_modules.contains(&below) {
                    return None;
                }
                below
            }
        };
        for name in names {
            if name == "super" {
                at.pop()?;
            } else {
                at.push(name.clone());
            }
        }
        Some(at)
    }

    fn import(&mut self, names: &[String], exported: Option<String>) {
        let Some(path) = self.absolute(names) else { return };
        match exported {
            Some(name) => self.module.exported.push((name, path)),
            None => self.module.used.push(path),
        }
    }

    fn tree(&mut self, before: &[String], tree: &syn::UseTree, public: bool) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.tree(&with(&path.ident), &path.tree, public),
            syn::UseTree::Name(name) if name.ident == "self" => self.import(before, None),
            syn::UseTree::Name(name) => {
                self.import(&with(&name.ident), public.then(|| name.ident.to_string()));
            }
            syn::UseTree::Rename(name) => {
                self.import(&with(&name.ident), public.then(|| name.rename.to_string()));
            }
            syn::UseTree::Glob(_) => self.import(&[before, &["*".to_owned()]].concat(), None),
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.tree(before, tree, public);
                }
            }
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if is_test(attributes_of(item)) {
            return;
        }
        let name = match item {
            syn::Item::Const(i) => Some(&i.ident),
            syn::Item::Enum(i) => Some(&i.ident),
            syn::Item::Fn(i) => Some(&i.sig.ident),
            syn::Item::Static(i) => Some(&i.ident),
            syn::Item::Struct(i) => Some(&i.ident),
            syn::Item::Trait(i) => Some(&i.ident),
            syn::Item::Type(i) => Some(&i.ident),
            syn::Item::Macro(i) => i.ident.as_ref(),
            _ => None,
        };
        if let Some(name) = name {
            self.module.defined.insert(name.to_string());
        }
        match item {
            syn::Item::Use(item) => {
                let public = !matches!(item.vis, syn::Visibility::Inherited);
                self.tree(&[], &item.tree, public);
            }
            syn::Item::Mod(inner) if inner.content.is_some() => {
                self.at.push(inner.ident.to_string());
                syn::visit::visit_item_mod(self, inner);
                self.at.pop();
            }
            _ => syn::visit::visit_item(self, item),
        }
    }

    /// Where something may be used is no import.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Names = path.segments.iter().map(|s| s.ident.to_string()).collect();
        if matches!(names.first().map(String::as_str), Some("crate" | "super" | "self")) && names.len() > 1 {
            self.import(&names, None);
        }
        syn::visit::visit_path(self, path);
    }
}

/// The modules of a crate by their paths.
struct Crate(BTreeMap<Names, Module>);

impl Crate {
    fn read(root: &Path) -> Self {
        let sources: BTreeMap<Names, PathBuf> = files(root)
            .into_iter()
            .filter(|file| has_extension(file, &["rs"]))
            .map(|file| {
                let mut names: Names = file
                    .strip_prefix(root)
                    .unwrap()
                    .with_extension("")
                    .iter()
                    .map(|name| name.to_string_lossy().into_owned())
                    .collect();
                if names.last().is_some_and(|name| {
                    name == "mod" || (names.len() == 1 && ["lib", "main"].contains(&name.as_str()))
                }) {
                    names.pop();
                }
                (names, file)
            })
            .collect();
        let crate_modules: BTreeSet<Names> = sources.keys().cloned().collect();
        let read = |(at, file): (Names, PathBuf)| {
            let text = std::fs::read_to_string(&file).unwrap();
            let parsed = syn::parse_file(&text).unwrap();
            let module = Module { file, ..Module::default() };
            let mut reader = Reader { module, at: at.clone(), crate_modules: &crate_modules };
            if !is_test(&parsed.attrs) {
                reader.visit_file(&parsed);
            }
            (at, reader.module)
        };
        Self(sources.into_iter().map(read).collect())
    }

    /// The file that defines what a path names.
    fn file_of(&self, path: &[String], depth: usize) -> Option<&Path> {
        let deepest = (0..=path.len()).rev().find(|n| self.0.contains_key(&path[..*n]))?;
        let module = &self.0[&path[..deepest]];
        let Some(name) = path.get(deepest) else { return Some(&module.file) };
        if module.defined.contains(name) || depth > 8 {
            return Some(&module.file);
        }
        match module.exported.iter().find(|(exported, _)| exported == name) {
            Some((_, behind)) => self.file_of(&[behind, &path[deepest + 1..]].concat(), depth + 1),
            None => Some(&module.file),
        }
    }

    fn imports(&self) -> Imports {
        let of = |module: &Module| {
            let files = module.used.iter().filter_map(|path| self.file_of(path, 0));
            let others = files.filter(|file| *file != module.file).map(Path::to_owned);
            (module.file.clone(), others.collect())
        };
        self.0.values().map(of).collect()
    }
}

/// What the screens' files import of each other.
fn screens(root: &Path) -> Imports {
    let files: BTreeSet<PathBuf> =
        files(root).into_iter().filter(|f| has_extension(f, &["ts", "tsx"])).collect();
    let resolve = |from: &Path, target: &str| {
        let base = match target.strip_prefix("~/") {
            Some(rest) => root.join(rest),
            None if target.starts_with('.') => from.parent()?.join(target),
            None => return None,
        };
        let base: PathBuf = base.components().fold(PathBuf::new(), |mut path, part| {
            match part {
                std::path::Component::ParentDir => {
                    path.pop();
                }
                std::path::Component::CurDir => {}
                part => path.push(part),
            }
            path
        });
        let named = base.to_string_lossy().into_owned();
        ["", ".ts", ".tsx", "/index.ts", "/index.tsx"]
            .map(|end| PathBuf::from(format!("{named}{end}")))
            .into_iter()
            .find(|path| files.contains(path))
    };
    files
        .iter()
        .filter(|file| !file.to_string_lossy().contains(".test."))
        .map(|file| {
            let text = std::fs::read_to_string(file).unwrap();
            let targets = text.split([';', '\n']).filter_map(|line| {
                let line = line.trim();
                let (_, target) = line.rsplit_once("from \"").or_else(|| line.split_once("import(\""))?;
                target.split('"').next()
            });
            let found = targets.filter_map(|target| resolve(file, target)).filter(|to| to != file);
            (file.clone(), found.collect())
        })
        .collect()
}

/// The groups of files that all reach each other, those of one file left out.
fn rings(imports: &Imports) -> Vec<Vec<PathBuf>> {
    let reached: BTreeMap<&PathBuf, BTreeSet<&PathBuf>> = imports
        .keys()
        .map(|file| {
            let (mut seen, mut open) = (BTreeSet::new(), vec![file]);
            while let Some(next) = open.pop() {
                for to in imports.get(next).into_iter().flatten() {
                    if seen.insert(to) {
                        open.push(to);
                    }
                }
            }
            (file, seen)
        })
        .collect();
    let mut found = BTreeSet::new();
    for (file, seen) in reached.iter().filter(|(file, seen)| seen.contains(*file)) {
        let ring: Vec<PathBuf> = seen
            .iter()
            .filter(|other| reached.get(*other).is_some_and(|back| back.contains(*file)))
            .map(|other| (*other).clone())
            .collect();
        found.insert(ring);
    }
    found.into_iter().collect()
}

fn crates() -> Vec<PathBuf> {
    let mut roots: Vec<PathBuf> =
        std::fs::read_dir(top().join("crates")).unwrap().map(|e| e.unwrap().path().join("src")).collect();
    roots
        .extend(["src-tauri/src", "xtask/src", "tests/figures", "tests/window"].map(|room| top().join(room)));
    roots.sort();
    roots
}

#[test]
fn no_ring_of_files_is_longer_than_two() {
    let mut long = Vec::new();
    let graphs = crates().into_iter().map(|root| Crate::read(&root).imports());
    for imports in graphs.chain([screens(&top().join("ui/src"))]) {
        for ring in rings(&imports).into_iter().filter(|ring| ring.len() > LONGEST_RING) {
            let edges: Vec<String> = ring
                .iter()
                .flat_map(|from| {
                    imports[from].iter().filter(|to| ring.contains(to)).map(move |to| (from, to))
                })
                .map(|(from, to)| format!("  {} -> {}", shown(from), shown(to)))
                .collect();
            long.push(format!("{} files import each other in a ring:\n{}", ring.len(), edges.join("\n")));
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn no_folder_holds_more_than_fifteen_files() {
    let mut counts: BTreeMap<PathBuf, usize> = BTreeMap::new();
    for file in ROOMS.iter().flat_map(|room| files(&top().join(room))) {
        // Migrations are only ever added, and are read one at a time.
        let counted = has_extension(&file, &["rs", "ts", "tsx", "css"]);
        if counted {
            *counts.entry(file.parent().unwrap().to_owned()).or_default() += 1;
        }
    }
    let full: Vec<String> = counts
        .iter()
        .filter(|(_, files)| **files > MOST_FILES)
        .map(|(folder, files)| format!("{} holds {files} files", shown(folder)))
        .collect();
    assert!(full.is_empty(), "{}", full.join("\n"));
}

#[test]
fn no_two_public_types_share_a_name() {
    let mut places: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for root in crates().iter().filter(|root| root.ends_with("src")) {
        for file in files(root).iter().filter(|file| has_extension(file, &["rs"])) {
            let parsed = syn::parse_file(&std::fs::read_to_string(file).unwrap()).unwrap();
            for item in parsed.items.iter().filter(|item| !is_test(attributes_of(item))) {
                let (visibility, name) = match item {
                    syn::Item::Struct(i) => (&i.vis, &i.ident),
                    syn::Item::Enum(i) => (&i.vis, &i.ident),
                    syn::Item::Trait(i) => (&i.vis, &i.ident),
                    syn::Item::Type(i) => (&i.vis, &i.ident),
                    _ => continue,
                };
                if matches!(visibility, syn::Visibility::Public(_)) {
                    places.entry(name.to_string()).or_default().insert(shown(file));
                }
            }
        }
    }
    assert!(places.len() > 100, "{places:?}");
    let shared: Vec<_> = places.iter().filter(|(_, files)| files.len() > 1).collect();
    assert!(shared.is_empty(), "{shared:#?}");
}

fn shown(path: &Path) -> String {
    path.strip_prefix(top()).unwrap_or(path).display().to_string()
}

#[test]
fn a_ring_is_found_through_re_exports() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("lib.rs", "mod a; mod b; mod deep; pub use a::A; pub use deep::C;");
    write("a.rs", "use crate::b::B; pub struct A(B);");
    write("b.rs", "use crate::C; pub struct B(C); #[cfg(test)] mod tests { use crate::unknown::X; }");
    write("deep/mod.rs", "mod c; pub use c::C;");
    write("deep/c.rs", "pub struct C(Option<Box<super::super::A>>);");
    let found = rings(&Crate::read(folder.path()).imports());
    let names = |ring: &Vec<PathBuf>| -> Vec<String> {
        ring.iter().map(|p| p.strip_prefix(folder.path()).unwrap().display().to_string()).collect()
    };
    assert_eq!(found.iter().map(names).collect::<Vec<_>>(), [["a.rs", "b.rs", "deep/c.rs"]]);
}
