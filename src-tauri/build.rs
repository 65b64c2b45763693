//! Embeds the configuration, the icons and the capabilities.

fn main() {
    let attributes = tauri_build::Attributes::new().capabilities_path_pattern("src-tauri/capabilities/**/*");
    if let Err(error) = tauri_build::try_build(attributes) {
        panic!("the window cannot be built: {error:#}");
    }
}
