//! The file formats: pcap and pcapng, plain or compressed by zstd or gzip, to packets.
//!
//! Both formats are a header and then records that state their own length. [`PacketReader`] takes one whole record at
//! a time into a buffer, so every error has the offset of the record that caused it; most fields inside are read by the
//! crate `pcap-parser`.

use std::io::BufReader;
use std::io::Cursor;
use std::io::Read;
use std::time::Duration;

use pcap_parser::PcapHeader;

use super::compression::Filled;
use super::error::CaptureErrorKind;
use super::gzip::GzipReader;
use super::pcap;
use super::pcapng;
use super::pcapng::Blocks;
use super::records::ReadError;
use super::records::Records;
use super::records::peek;
use super::zstd::ZstdReader;

/// One captured packet, with its link-layer header.
#[derive(Debug)]
pub(super) struct Packet<'a> {
    /// 1 for the first packet of the file, as Wireshark numbers them.
    pub(super) number: u64,
    /// Since the start of 1970, UTC; None where the file does not say.
    pub(super) time: Option<Duration>,
    /// The LINKTYPE_ number of the interface.
    pub(super) link_type: i32,
    /// The captured bytes.
    pub(super) data: &'a [u8],
    /// The packet's length on the network, at least `data.len()` unless the file is odd.
    pub(super) original_len: u32,
}

/// Reads packets one by one.
pub(super) struct PacketReader<'r> {
    input: Records<'r>,
    format: Format,
    compressed: bool,
    packets: u64,
}

enum Format {
    Pcap(PcapHeader),
    PcapNg(Blocks),
}

impl<'r> PacketReader<'r> {
    /// Looks at the first bytes of `source` and reads the file's header.
    ///
    /// # Errors
    /// `NotACapture` for anything else than pcap, pcapng, or either of them in zstd or gzip.
    pub(super) fn new(source: impl Read + 'r) -> Result<Self, ReadError> {
        let mut source = BufReader::with_capacity(READ_SIZE, Filled(source));
        let first = peek(&mut source).map_err(|e| (0, e))?;
        let (zstd, gzip) = (first == ZSTD_MAGIC, first.starts_with(&GZIP_MAGIC));
        let source = Cursor::new(first).chain(source);
        let mut source: Box<dyn Read + 'r> = match (zstd, gzip) {
            (true, _) => Box::new(ZstdReader::new(source)),
            (_, true) => Box::new(GzipReader::new(source)),
            _ => Box::new(source),
        };
        let first = peek(&mut source).map_err(|e| (0, e))?;
        let mut input = Records::new(Box::new(Cursor::new(first.clone()).chain(source)));
        let format = if pcapng::is_pcapng(&first) {
            // The first block stays to be read.
            Format::PcapNg(Blocks::default())
        } else if pcap::is_pcap(&first) {
            Format::Pcap(pcap::header(&mut input)?)
        } else {
            return Err(input.error(CaptureErrorKind::NotACapture));
        };
        Ok(PacketReader { input, format, compressed: zstd || gzip, packets: 0 })
    }

    /// The next packet; None at the end of the file.
    ///
    /// # Errors
    /// The file is damaged or ends inside a record. Nothing can be read after that.
    pub(super) fn next(&mut self) -> Result<Option<Packet<'_>>, ReadError> {
        let found = match &mut self.format {
            Format::Pcap(header) => pcap::next(&mut self.input, header)?,
            Format::PcapNg(blocks) => pcapng::next(&mut self.input, blocks)?,
        };
        let Some(found) = found else { return Ok(None) };
        self.packets += 1;
        let data = self.input.buffer.get(found.start..found.end).unwrap_or_default();
        Ok(Some(Packet {
            number: self.packets,
            time: found.time,
            link_type: found.link_type,
            data,
            original_len: found.original_len,
        }))
    }

    /// What the blocks of a pcapng file have told so far.
    pub(super) fn blocks(self) -> Blocks {
        match self.format {
            Format::Pcap(_) => Blocks::default(),
            Format::PcapNg(blocks) => blocks,
        }
    }

    /// True when the file is compressed, so that offsets are those of the decompressed bytes.
    pub(super) fn is_compressed(&self) -> bool {
        self.compressed
    }
}

const READ_SIZE: usize = 256 * 1024;

const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
const GZIP_MAGIC: [u8; 3] = [0x1f, 0x8b, 0x08];
