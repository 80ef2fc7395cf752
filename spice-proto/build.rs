//! Generates the messages from `spice.proto`.

use std::env;

use spice_proto_derive::backend::rust::{Emit, RustBackend};
use spice_proto_derive::{Config, Error};

fn main() -> Result<(), Error> {
    let backend =
        RustBackend::new("crate::wire").serde(if_enabled("SERDE")).arbitrary(if_enabled("ARBITRARY"));
    Config::new().file("spice.proto").backend(backend).generate()?;
    Ok(())
}

/// What belongs to a feature is left out without it, rather than put under a condition: the compiler would have to read
/// it all the same.
fn if_enabled(feature: &str) -> Emit {
    match env::var_os(format!("CARGO_FEATURE_{feature}")) {
        Some(_) => Emit::Always,
        None => Emit::Never,
    }
}
