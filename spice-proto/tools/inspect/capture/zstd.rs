//! Decompression of `.zst` captures, as far as the data is good.
//!
//! A zstd decoder keeps the last window of its output (often the whole capture) until the frame is complete, since
//! later blocks may copy from it. When a file is cut short or damaged, [`ZstdReader`] ends the frame by itself, hands
//! out everything that was decoded before the damage, and only then reports the error.

use std::fmt;
use std::io;
use std::io::BufRead;
use std::io::Read;
use std::panic;
use std::panic::AssertUnwindSafe;

use ruzstd::decoding::BlockDecodingStrategy;
use ruzstd::decoding::FrameDecoder;
use ruzstd::decoding::errors::FrameDecoderError;
use ruzstd::decoding::errors::ReadFrameHeaderError;

use super::compression::Counted;
use super::compression::Damage;

/// Decompresses zstd frames, one after the other, from `source`.
pub(super) struct ZstdReader<R> {
    source: Counted<R>,
    /// None between frames.
    frame: Option<FrameDecoder>,
    /// The damage that ended the input, reported when all that was decoded before has been taken.
    damage: Option<Damage>,
}

impl<R: BufRead> ZstdReader<R> {
    /// A reader at the start of a frame.
    pub(super) fn new(source: R) -> Self {
        ZstdReader { source: Counted { source, count: 0 }, frame: None, damage: None }
    }

    /// Starts the next frame; false at the end of the input.
    fn start_frame(&mut self) -> io::Result<bool> {
        loop {
            if self.source.source.fill_buf()?.is_empty() {
                return Ok(false);
            }
            let mut decoder = FrameDecoder::new();
            match decoder.init(&mut self.source) {
                Ok(()) => {
                    self.frame = Some(decoder);
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    io::copy(&mut (&mut self.source).take(u64::from(length)), &mut io::sink())?;
                }
                Err(e) => return Err(self.damage(&e).into()),
            }
        }
    }

    /// Decodes one block of the current frame. On damage the frame is ended, and the damage kept.
    fn decode_block(&mut self, frame: &mut FrameDecoder) {
        let source = &mut self.source;
        // The decoder asserts some properties of the data instead of checking them.
        let result = panic::catch_unwind(AssertUnwindSafe(|| {
            frame.decode_blocks(source, BlockDecodingStrategy::UptoBlocks(1)).map(|_| ())
        }));
        let damage = match result {
            Ok(Ok(())) => return,
            Ok(Err(e)) => self.damage(&e),
            Err(_) => self.damage(&"the decoder gave up"),
        };
        self.damage = Some(damage);
        // An empty last block, and a checksum that nobody looks at, end the frame.
        let end = &[0x01, 0, 0, 0, 0, 0, 0][..];
        // Should this fail, the rest cannot be had: reading goes on with the report of the damage.
        let _ = frame.decode_blocks(end, BlockDecodingStrategy::UptoBlocks(1));
    }

    /// Compares the frame's checksum with that of the decoded bytes, after all of them were taken.
    fn check(&self, frame: &FrameDecoder) -> Result<(), Damage> {
        match (frame.get_checksum_from_data(), frame.get_calculated_checksum()) {
            (Some(stated), Some(found)) if stated != found => {
                let reason = "the checksum differs: some bytes before are wrong".to_owned();
                Err(Damage { format: "zstd", compressed_offset: self.source.count, reason })
            }
            _ => Ok(()),
        }
    }

    fn damage(&mut self, reason: &dyn fmt::Display) -> Damage {
        let at_end = self.source.source.fill_buf().is_ok_and(<[u8]>::is_empty);
        let reason = if at_end { "the file ends early".to_owned() } else { reason.to_string() };
        Damage { format: "zstd", compressed_offset: self.source.count, reason }
    }
}

impl<R: BufRead> Read for ZstdReader<R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        if target.is_empty() {
            return Ok(0);
        }
        loop {
            let Some(mut frame) = self.frame.take() else {
                if let Some(damage) = &self.damage {
                    return Err(damage.clone().into());
                }
                if !self.start_frame()? {
                    return Ok(0);
                }
                continue;
            };
            if frame.can_collect() > 0 {
                let taken = frame.read(target)?;
                self.frame = Some(frame);
                return Ok(taken);
            }
            if self.damage.is_some() {
                continue;
            }
            if frame.is_finished() {
                self.damage = self.check(&frame).err();
                continue;
            }
            self.decode_block(&mut frame);
            self.frame = Some(frame);
        }
    }
}
