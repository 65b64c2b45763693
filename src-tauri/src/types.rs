//! Collects types and writes them as one TypeScript file.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ts_rs::{Config, TS, TypeVisitor};

/// The first lines of the file.
const HEAD: &str = "// What the screens and the program say to each other. Written by `cargo xtask types` from the\n// Rust types; a test fails when the two differ. Do not edit.\n\n";

/// What a command takes: nothing or one input.
pub(crate) trait Input {
    /// Its name in TypeScript; `null` for nothing.
    fn name(config: &Config) -> String;
    /// Collects it.
    fn collect(types: &mut Types);
}

impl Input for () {
    fn name(_: &Config) -> String {
        "null".to_owned()
    }
    fn collect(_: &mut Types) {}
}

impl<T: TS + 'static> Input for (T,) {
    fn name(config: &Config) -> String {
        T::name(config)
    }
    fn collect(types: &mut Types) {
        types.add::<T>();
    }
}

/// The types that were met, and the commands.
pub(crate) struct Types {
    config: Config,
    declared: BTreeMap<String, String>,
    commands: BTreeMap<String, (String, String)>,
}

impl Default for Types {
    fn default() -> Self {
        // Every number here is far below 2^53.
        let config = Config::new().with_large_int("number");
        Self { config, declared: BTreeMap::new(), commands: BTreeMap::new() }
    }
}

impl TypeVisitor for Types {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        self.add::<T>();
    }
}

impl Types {
    /// Adds a command.
    pub(crate) fn command<I: Input, O: TS + 'static>(&mut self, name: &str) {
        I::collect(self);
        self.add::<O>();
        self.commands.insert(name.to_owned(), (I::name(&self.config), O::name(&self.config)));
    }

    /// Adds a type and what it is made of.
    pub(crate) fn add<T: TS + 'static + ?Sized>(&mut self) {
        T::visit_generics(self);
        if T::output_path().is_none() {
            return T::visit_dependencies(self);
        }
        let ident = T::ident(&self.config);
        if self.declared.contains_key(&ident) {
            return;
        }
        let docs = T::docs().unwrap_or_default();
        self.declared.insert(ident, format!("{docs}export {}\n", T::decl(&self.config)));
        T::visit_dependencies(self);
    }

    /// The whole file.
    pub(crate) fn write(mut self) -> String {
        self.add::<crate::problem::Problem>();
        let mut text = HEAD.to_owned();
        for declaration in self.declared.values() {
            text.push_str(declaration);
            text.push('\n');
        }
        text.push_str(
            "/** Every command: what it takes and what it answers. */\nexport interface Commands {\n",
        );
        for (name, (input, output)) in &self.commands {
            let _infallible = writeln!(text, "  {name}: {{ input: {input}; output: {output} }};");
        }
        text.push_str("}\n");
        text
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    /// Writes the file anew instead of comparing.
    const WRITE: &str = "HOOKBENCH_WRITE_TYPES";

    #[test]
    fn the_screens_know_the_types_of_the_program() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src/api/types.ts");
        let now = crate::typescript();
        if std::env::var_os(WRITE).is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            return std::fs::write(&path, now).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == now, "{} is not what the program says now: run cargo xtask types", path.display());
    }
}
