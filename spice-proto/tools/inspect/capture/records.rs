//! A capture file as a sequence of records, each with its place in the file.

use std::io;
use std::io::Read;
use std::time::Duration;

use super::compression::Damage;
use super::error::CaptureErrorKind;

/// An error and the offset of the record that it is about.
pub(super) type ReadError = (u64, CaptureErrorKind);

/// Where in the record buffer a packet lies, and what the record says about it.
pub(super) struct Found {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) time: Option<Duration>,
    pub(super) link_type: i32,
    pub(super) original_len: u32,
}

/// The file as a sequence of records, one of which is in `buffer`.
pub(super) struct Records<'r> {
    source: Box<dyn Read + 'r>,
    /// The current record, as much of it as was asked for.
    pub(super) buffer: Vec<u8>,
    /// Where the current record starts.
    offset: u64,
}

impl<'r> Records<'r> {
    pub(super) fn new(source: Box<dyn Read + 'r>) -> Self {
        Records { source, buffer: Vec::new(), offset: 0 }
    }

    /// Reads until the buffer has `len` bytes or the file ends; tells how many there are.
    pub(super) fn fill(&mut self, len: usize) -> Result<usize, ReadError> {
        if let Some(wanted) = len.checked_sub(self.buffer.len()) {
            let result = (&mut self.source).take(wanted as u64).read_to_end(&mut self.buffer);
            result.map_err(|e| self.error(read_error(e)))?;
        }
        Ok(self.buffer.len())
    }

    /// As `fill`, but fewer bytes are an error.
    pub(super) fn need(&mut self, record: &'static str, len: usize) -> Result<(), ReadError> {
        let left = self.fill(len)? as u64;
        let wanted = len as u64;
        if left < wanted {
            return Err(self.error(CaptureErrorKind::Truncated { record, wanted, left }));
        }
        Ok(())
    }

    /// Puts away the bytes of the current record.
    pub(super) fn next_record(&mut self) {
        self.offset += self.buffer.len() as u64;
        self.buffer.clear();
    }

    /// A number of the current record; 0 beyond what was read, which no caller asks for.
    pub(super) fn u32_at(&self, at: usize, big_endian: bool) -> u32 {
        let bytes = self.buffer.get(at..).and_then(|rest| rest.first_chunk()).copied().unwrap_or_default();
        if big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
    }

    pub(super) fn error(&self, kind: CaptureErrorKind) -> ReadError {
        (self.offset, kind)
    }

    pub(super) fn malformed(&self, record: &'static str, problem: &'static str) -> ReadError {
        self.error(CaptureErrorKind::Malformed { record, problem })
    }
}

pub(super) fn read_error(error: io::Error) -> CaptureErrorKind {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Damage>()) {
        Some(damage) => CaptureErrorKind::Compression {
            format: damage.format,
            compressed_offset: damage.compressed_offset,
            reason: damage.reason.clone(),
        },
        None => CaptureErrorKind::Read(error),
    }
}

/// Takes the first bytes of a file, at most four.
pub(super) fn peek(source: &mut impl Read) -> Result<Vec<u8>, CaptureErrorKind> {
    let mut first = Vec::new();
    source.take(4).read_to_end(&mut first).map_err(read_error)?;
    Ok(first)
}
