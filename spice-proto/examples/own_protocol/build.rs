//! Makes `lamps.rs` from `lamps.proto`. Mistakes in the description end the build and show their place.

fn main() -> Result<(), spice_proto_derive::Error> {
    spice_proto_derive::Config::new().file("lamps.proto").generate()?;
    Ok(())
}
