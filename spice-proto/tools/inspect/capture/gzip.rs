//! Decompression of `.gz` captures, as far as the data is good.

use std::io;
use std::io::BufRead;
use std::io::Read;

use flate2::bufread::MultiGzDecoder;

use super::compression::Counted;
use super::compression::Damage;

/// Decompresses gzip members, one after the other, from a source.
///
/// Everything that was decoded before damage is handed out; then the damage is reported.
pub(super) struct GzipReader<R>(MultiGzDecoder<Counted<R>>);

impl<R: BufRead> GzipReader<R> {
    /// A reader at the start of a member.
    pub(super) fn new(source: R) -> Self {
        GzipReader(MultiGzDecoder::new(Counted { source, count: 0 }))
    }
}

impl<R: BufRead> Read for GzipReader<R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        self.0.read(target).map_err(|error| match error.kind() {
            // What gzip itself finds wrong; other errors come from the file.
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
                let at_end = error.kind() == io::ErrorKind::UnexpectedEof;
                let reason = if at_end { "the file ends early".to_owned() } else { error.to_string() };
                Damage { format: "gzip", compressed_offset: self.0.get_ref().count, reason }.into()
            }
            _ => error,
        })
    }
}
