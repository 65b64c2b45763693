//! Lists the profile files, so that a new platform is a new file and nothing else.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=profiles");
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("profiles");
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let file = entry?.file_name();
        if let Some(name) = file.to_str().and_then(|f| f.strip_suffix(".json"))
            && name != "profile.schema"
        {
            names.push(name.to_owned());
        }
    }
    names.sort();
    let mut files = String::new();
    for name in &names {
        // Relative to the crate: a build folder may outlive the checkout it was made from.
        let path = format!("/profiles/{name}.json");
        write!(files, "({name:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {path:?}))), ")?;
    }
    let code = format!("const FILES: &[(&str, &str)] = &[{files}];\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("profiles.rs"), code)?;
    Ok(())
}
