//! What the decompressors share: damage, and how much of the compressed file was read before it.

use std::error::Error;
use std::fmt;
use std::io;
use std::io::BufRead;
use std::io::Read;

/// Why and where decompression ended early; travels inside an [`io::Error`].
#[derive(Debug, Clone)]
pub(super) struct Damage {
    /// The name of the compressed format.
    pub(super) format: &'static str,
    /// Bytes of the compressed input taken so far.
    pub(super) compressed_offset: u64,
    /// The decoder's words.
    pub(super) reason: String,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl Error for Damage {}

impl From<Damage> for io::Error {
    fn from(damage: Damage) -> Self {
        io::Error::new(io::ErrorKind::InvalidData, damage)
    }
}

/// Reads until the target is full or the source is at its end, so that what a decoder says of damage does not depend on
/// how the bytes came.
pub(super) struct Filled<R>(pub(super) R);

impl<R: Read> Read for Filled<R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while let Some(rest) = target.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.0.read(rest) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // What came before it is handed out first; a source that is broken says so again.
                Err(_) if filled > 0 => break,
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }
}

/// Counts the bytes that are taken from a reader.
pub(super) struct Counted<R> {
    pub(super) source: R,
    pub(super) count: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let taken = self.source.read(target)?;
        self.count += taken as u64;
        Ok(taken)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.source.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.source.consume(count);
        self.count += count as u64;
    }
}
