//! zlib streams by miniz_oxide, which builds everywhere.

use alloc::boxed::Box;

use miniz_oxide::DataFormat;
use miniz_oxide::deflate::core::{CompressorOxide, TDEFLFlush, TDEFLStatus, compress};
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};

use super::{End, Inflated};

/// Inflates one stream after the other.
#[derive(Default)]
pub(super) struct Inflate(Box<DecompressorOxide>);

impl Inflate {
    pub(super) fn run(&mut self, data: &[u8], out: &mut [u8]) -> Inflated {
        self.0.init();
        let flags = inflate_flags::TINFL_FLAG_PARSE_ZLIB_HEADER
            | inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let (status, read, made) = decompress(&mut self.0, data, out, 0, flags);
        let end = match status {
            TINFLStatus::Done => End::Stream,
            TINFLStatus::HasMoreOutput => End::Room,
            TINFLStatus::FailedCannotMakeProgress | TINFLStatus::NeedsMoreInput => End::Data,
            _ => End::Wrong,
        };
        Inflated { end, read, made }
    }
}

/// Deflates one stream after the other.
#[derive(Default)]
pub(super) struct Deflate(Box<CompressorOxide>);

impl Deflate {
    /// Bytes made of a stream, if there was room.
    pub(super) fn run(&mut self, stream: &[u8], literal: bool, room: &mut [u8]) -> Option<usize> {
        // The quickest level that makes a GLZ stream about as small as the next ones do.
        let level = if literal { 1 } else { 2 };
        self.0.set_format_and_level(DataFormat::Zlib, level);
        self.0.reset();
        let (status, _, len) = compress(&mut self.0, stream, room, TDEFLFlush::Finish);
        (status == TDEFLStatus::Done).then_some(len)
    }
}
