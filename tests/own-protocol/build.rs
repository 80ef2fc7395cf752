//! Makes `harbour.rs` and `rail.rs`.

use spice_proto_derive::{Config, Error};

fn main() -> Result<(), Error> {
    Config::new().file("harbour.proto").file("railway.proto").serde(true).arbitrary(true).generate()?;
    Ok(())
}
