//! What can be wrong with a capture file.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// A capture file that could not be read, or not to its end.
///
/// It prints as one phrase that names the file, what was wrong and where:
/// `session.pcapng: packet block cut short, 92 bytes wanted, 40 left, at byte 1284`.
#[derive(Debug)]
pub struct CaptureError {
    /// The file as it was named by the caller.
    pub file: PathBuf,
    /// Where the faulty record starts: bytes from the start of the capture. For a compressed capture these are bytes
    /// of the decompressed capture.
    pub offset: u64,
    /// True when the file is compressed, so that `offset` counts decompressed bytes.
    pub compressed: bool,
    /// What was wrong.
    pub kind: CaptureErrorKind,
}

/// What was wrong with a capture file.
#[derive(Debug)]
#[non_exhaustive]
pub enum CaptureErrorKind {
    /// The file could not be opened.
    Open(io::Error),
    /// The operating system could not read on.
    Read(io::Error),
    /// The first bytes are neither those of pcap nor of pcapng.
    NotACapture,
    /// The compressed data cannot be decompressed beyond this point.
    Compression {
        /// "zstd" or "gzip".
        format: &'static str,
        /// Bytes of the compressed file that were read when the damage was met.
        compressed_offset: u64,
        /// The decoder's own words.
        reason: String,
    },
    /// The file ends inside a record.
    Truncated {
        /// The kind of record.
        record: &'static str,
        /// The record's length in bytes.
        wanted: u64,
        /// How many of them the file has.
        left: u64,
    },
    /// A record contradicts itself or the file format.
    Malformed {
        /// The kind of record.
        record: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A record says that it is larger than any record may be.
    TooLarge {
        /// The kind of record.
        record: &'static str,
        /// The length it states, in bytes.
        size: u64,
        /// The largest length that is read, in bytes.
        limit: u64,
    },
}

impl CaptureError {
    /// True when the file is there, but no capture.
    pub fn is_no_capture(&self) -> bool {
        matches!(self.kind, CaptureErrorKind::NotACapture)
    }

    /// True when nothing could be read: the file is missing, not readable, or no capture.
    pub fn is_not_a_capture(&self) -> bool {
        matches!(self.kind, CaptureErrorKind::Open(_) | CaptureErrorKind::NotACapture)
    }
}

impl fmt::Display for CaptureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file.display(), self.kind)?;
        if self.is_not_a_capture() {
            return Ok(());
        }
        let of = if self.compressed { " of the decompressed capture" } else { "" };
        write!(f, ", at byte {}{of}", self.offset)
    }
}

impl Error for CaptureError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.kind {
            CaptureErrorKind::Open(e) | CaptureErrorKind::Read(e) => Some(e),
            _ => None,
        }
    }
}

impl fmt::Display for CaptureErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(e) => write!(f, "cannot be opened: {e}"),
            Self::Read(e) => write!(f, "cannot be read: {e}"),
            Self::NotACapture => write!(f, "not a pcap or pcapng capture"),
            Self::Compression { format, compressed_offset, reason } => {
                write!(f, "{format} data damaged before compressed byte {compressed_offset} ({reason})")
            }
            Self::Truncated { record, wanted, left } => {
                write!(f, "{record} cut short, {wanted} bytes wanted, {left} left")
            }
            Self::Malformed { record, problem } => write!(f, "{record} damaged: {problem}"),
            Self::TooLarge { record, size, limit } => {
                write!(f, "{record} damaged: it says {size} bytes, the limit is {limit}")
            }
        }
    }
}
