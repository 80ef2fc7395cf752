//! Makes `harbour.rs`, `rail.rs` and `spice.rs`.

use spice_proto_derive::{Config, Error};

fn main() -> Result<(), Error> {
    Config::new().file("harbour.proto").file("railway.proto").serde(true).arbitrary(true).generate()?;
    let spice = Config::new().file("extension.proto").external("spice.proto", "::spice_proto");
    spice.serde(true).arbitrary(true).generate()?;
    Ok(())
}
