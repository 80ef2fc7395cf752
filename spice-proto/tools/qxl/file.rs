//! Recordings as files.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use spice_proto::Limits;
use spice_proto::qxl::recording::{Event, Reader};

use super::{Failure, complain, png_file};

/// Gives each event of a recording to `each`, until that says that it is enough.
///
/// A recording that ends inside of an event, or is damaged, is a failure behind its last whole event.
pub(crate) fn events(
    path: &Path,
    mut each: impl FnMut(&Event<'_>) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    let bytes = read(path)?;
    let mut input = bytes.as_slice();
    let mut reader = Reader::new(&Limits::default());
    loop {
        match reader.next(&mut input) {
            Ok(Some(event)) if each(&event)? => {}
            Ok(_) => return Ok(()),
            Err(error) => {
                complain(&format!("{}: {error}", path.display()));
                return Err(Failure::Recording);
            }
        }
    }
}

/// All bytes of a file, unpacked if it is packed.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    unpacked(path).map_err(|error| Failure::File(png_file::in_path(path, &error)))
}

fn unpacked(path: &Path) -> io::Result<Vec<u8>> {
    let bytes = fs::read(path)?;
    if !bytes.starts_with(&ZSTD) {
        return Ok(bytes);
    }
    let damaged = |error| io::Error::new(io::ErrorKind::InvalidData, format!("zstd: {error}"));
    let mut decoder = ruzstd::decoding::StreamingDecoder::new(bytes.as_slice()).map_err(damaged)?;
    let mut plain = Vec::new();
    decoder.read_to_end(&mut plain)?;
    Ok(plain)
}

/// The first bytes of a zstd frame.
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
