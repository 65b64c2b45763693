//! How much text one rendering may make, finished or on the way. Fuel bounds the steps; this bounds
//! what a step may do.

use std::cell::Cell;

use minijinja::{Error, ErrorKind};

/// The most text that one rendering makes, in bytes.
const MOST: usize = 8 * 1024 * 1024;

thread_local! {
    static LEFT: Cell<usize> = const { Cell::new(0) };
}

/// Begins a rendering on this thread.
pub(crate) fn begin() {
    LEFT.set(MOST);
}

/// Takes so many bytes.
///
/// # Errors
/// When they are not left.
pub(crate) fn charge(bytes: usize) -> Result<(), Error> {
    match LEFT.get().checked_sub(bytes) {
        Some(left) => {
            LEFT.set(left);
            Ok(())
        }
        None => Err(Error::new(ErrorKind::OutOfFuel, "it makes more than 8 MiB of text")),
    }
}
