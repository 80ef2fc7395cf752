//! Makes `harbour.rs`, `rail.rs`, `odd_names.rs`, `odd_modules.rs` and `spice.rs`, and `NAME.rs` of the generator's golden descriptions.

use spice_proto_derive::{Config, Error};

fn main() -> Result<(), Error> {
    Config::new()
        .file("harbour.proto")
        .file("railway.proto")
        .file("odd-names.proto")
        .file("odd-modules.proto")
        .serde(true)
        .arbitrary(true)
        .generate()?;
    let spice = Config::new().file("extension.proto").external("spice.proto", "::spice_proto");
    spice.serde(true).arbitrary(true).generate()?;
    let golden = |name: &str| format!("../../spice-proto-derive/tests/golden/{name}.proto");
    let names = ["additions", "channels", "image"];
    let config = names.iter().fold(Config::new(), |config, name| config.file(golden(name)));
    config.serde(true).arbitrary(true).generate()?;
    Ok(())
}
