//! Generates the messages from `spice.proto`.

use spice_proto_derive::backend::rust::{Emit, RustBackend};
use spice_proto_derive::{Config, Error};

fn main() -> Result<(), Error> {
    let backend = RustBackend::new("crate::wire")
        .serde(Emit::Feature("serde".into()))
        .arbitrary(Emit::Feature("arbitrary".into()));
    Config::new().file("spice.proto").backend(backend).generate()?;
    Ok(())
}
