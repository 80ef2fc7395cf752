//! Makes `spice.rs` from `stickers.proto`, with the types that SPICE has left in `spice_proto`.

fn main() -> Result<(), spice_proto_derive::Error> {
    let config = spice_proto_derive::Config::new().file("stickers.proto");
    config.external("spice.proto", "::spice_proto").generate()?;
    Ok(())
}
