//! The file formats: pcap and pcapng, plain or compressed by zstd, to packets.
//!
//! Both formats are a header and then records that state their own length. [`PacketReader`] takes one whole record at
//! a time into a buffer, so every error has the offset of the record that caused it; the fields inside are read by the
//! crate `pcap-parser`.

use std::io;
use std::io::BufReader;
use std::io::Cursor;
use std::io::Read;
use std::time::Duration;

use pcap_parser::Block;
use pcap_parser::LegacyPcapBlock;
use pcap_parser::PcapError;
use pcap_parser::PcapHeader;
use pcap_parser::nom;
use pcap_parser::pcapng::InterfaceDescriptionBlock;
use pcap_parser::pcapng::OptionCode;
use pcap_parser::traits::PcapNGPacketBlock;

use super::error::CaptureErrorKind;
use super::zstd::ZstdDamage;
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

/// An error and the offset of the record that it is about.
pub(super) type ReadError = (u64, CaptureErrorKind);

/// Reads packets one by one.
pub(super) struct PacketReader<'r> {
    input: Records<'r>,
    format: Format,
    compressed: bool,
    packets: u64,
}

impl<'r> PacketReader<'r> {
    /// Looks at the first bytes of `source` and reads the file's header.
    ///
    /// # Errors
    /// `NotACapture` for anything else than pcap, pcapng, or either of them in zstd.
    pub(super) fn new(source: impl Read + 'r) -> Result<Self, ReadError> {
        let mut source = BufReader::with_capacity(READ_SIZE, source);
        let first = peek(&mut source).map_err(|e| (0, e))?;
        let compressed = first == ZSTD_MAGIC;
        let source = Cursor::new(first).chain(source);
        let mut source: Box<dyn Read + 'r> =
            if compressed { Box::new(ZstdReader::new(source)) } else { Box::new(source) };
        let first = peek(&mut source).map_err(|e| (0, e))?;
        let mut input = Records::new(Box::new(Cursor::new(first.clone()).chain(source)));
        let format = Format::detect(&first, &mut input)?;
        Ok(PacketReader { input, format, compressed, packets: 0 })
    }

    /// The next packet; None at the end of the file.
    ///
    /// # Errors
    /// The file is damaged or ends inside a record. Nothing can be read after that.
    pub(super) fn next(&mut self) -> Result<Option<Packet<'_>>, ReadError> {
        let found = match &mut self.format {
            Format::Pcap(header) => next_pcap(&mut self.input, header)?,
            Format::PcapNg(section) => next_pcapng(&mut self.input, section)?,
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

    /// True when the file is compressed, so that offsets are those of the decompressed bytes.
    pub(super) fn is_compressed(&self) -> bool {
        self.compressed
    }
}

/// Where in the record buffer a packet lies, and what the record says about it.
struct Found {
    start: usize,
    end: usize,
    time: Option<Duration>,
    link_type: i32,
    original_len: u32,
}

enum Format {
    Pcap(PcapHeader),
    PcapNg(Section),
}

impl Format {
    /// Reads the header of a pcap file; the first block of a pcapng file stays to be read.
    fn detect(first: &[u8], input: &mut Records<'_>) -> Result<Format, ReadError> {
        if first == SECTION_HEADER.to_le_bytes() {
            return Ok(Format::PcapNg(Section::default()));
        }
        if !PCAP_MAGICS.iter().any(|magic| first == magic.to_le_bytes()) {
            return Err(input.error(CaptureErrorKind::NotACapture));
        }
        input.need("file header", PCAP_HEADER)?;
        let Ok((_, header)) = pcap_parser::parse_pcap_header(&input.buffer) else {
            return Err(input.malformed("file header", "not as the format demands"));
        };
        Ok(Format::Pcap(header))
    }
}

/// What the blocks of the current pcapng section share.
#[derive(Default)]
struct Section {
    big_endian: bool,
    interfaces: Vec<Interface>,
}

struct Interface {
    link_type: i32,
    snap_len: u32,
    /// Time units in a second; None when the file states a number beyond 64 bits.
    units: Option<u64>,
    offset_seconds: i64,
}

impl Interface {
    fn new(block: &InterfaceDescriptionBlock<'_>, big_endian: bool) -> Self {
        let exponent = u32::from(block.if_tsresol & 0x7f);
        let base: u64 = if block.if_tsresol & 0x80 == 0 { 10 } else { 2 };
        let mut offset_seconds = 0;
        for option in block.options.iter().filter(|option| option.code == OptionCode::IfTsoffset) {
            if let Some(&bytes) = option.value.first_chunk() {
                offset_seconds =
                    if big_endian { i64::from_be_bytes(bytes) } else { i64::from_le_bytes(bytes) };
            }
        }
        Interface {
            link_type: block.linktype.0,
            snap_len: block.snaplen,
            units: base.checked_pow(exponent),
            offset_seconds,
        }
    }

    fn time(&self, high: u32, low: u32) -> Option<Duration> {
        let units = self.units?;
        let count = u64::from(high) << 32 | u64::from(low);
        let seconds = (count / units).checked_add_signed(self.offset_seconds)?;
        let nanoseconds = u128::from(count % units) * 1_000_000_000 / u128::from(units);
        Some(Duration::new(seconds, u32::try_from(nanoseconds).ok()?))
    }
}

fn next_pcap(input: &mut Records<'_>, header: &PcapHeader) -> Result<Option<Found>, ReadError> {
    const RECORD: &str = "packet record";
    input.next_record();
    if input.fill(1)? == 0 {
        return Ok(None);
    }
    let head = if header.is_modified_format() { 24 } else { 16 };
    input.need(RECORD, head)?;
    let len = input.u32_at(8, header.is_bigendian());
    let limit = u64::from(header.snaplen.max(MAX_PACKET));
    if u64::from(len) > limit {
        return Err(input.error(CaptureErrorKind::TooLarge { record: RECORD, size: len.into(), limit }));
    }
    let end = head + len as usize;
    input.need(RECORD, end)?;
    let parse = match (header.is_modified_format(), header.is_bigendian()) {
        (true, _) => pcap_parser::parse_pcap_frame_modified,
        (false, true) => pcap_parser::parse_pcap_frame_be,
        (false, false) => pcap_parser::parse_pcap_frame,
    };
    let Ok((_, record)) = parse(&input.buffer) else {
        return Err(input.malformed(RECORD, "not as the format demands"));
    };
    let time = pcap_time(&record, header);
    // The upper half holds the length of a frame check sequence, where it is known.
    let link_type = header.network.0 & 0xffff;
    Ok(Some(Found { start: head, end, time, link_type, original_len: record.origlen }))
}

fn pcap_time(record: &LegacyPcapBlock<'_>, header: &PcapHeader) -> Option<Duration> {
    let unit = if header.is_nanosecond_precision() { 1 } else { 1000 };
    let fraction = Duration::from_nanos(u64::from(record.ts_usec) * unit);
    Duration::from_secs(record.ts_sec.into()).checked_add(fraction)
}

fn next_pcapng(input: &mut Records<'_>, section: &mut Section) -> Result<Option<Found>, ReadError> {
    loop {
        input.next_record();
        if input.fill(1)? == 0 {
            return Ok(None);
        }
        input.need("block", 12)?;
        let kind = input.u32_at(0, section.big_endian);
        if kind == SECTION_HEADER {
            section.big_endian = input.u32_at(8, true) == BYTE_ORDER;
            section.interfaces.clear();
        }
        let record = block_name(kind);
        let len = input.u32_at(4, section.big_endian);
        if len < 12 {
            return Err(input.malformed(record, "it says it is shorter than a block can be"));
        }
        if len > MAX_BLOCK {
            let kind = CaptureErrorKind::TooLarge { record, size: len.into(), limit: MAX_BLOCK.into() };
            return Err(input.error(kind));
        }
        input.need(record, len as usize)?;
        if input.u32_at(len as usize - 4, section.big_endian) != len {
            return Err(input.malformed(record, "its two lengths differ"));
        }
        if !matches!(kind, SECTION_HEADER | INTERFACE | SIMPLE_PACKET | ENHANCED_PACKET) {
            continue;
        }
        match packet_of_block(&input.buffer, section) {
            Ok(Some(found)) => return Ok(Some(found)),
            Ok(None) => {}
            Err(problem) => return Err(input.malformed(record, problem)),
        }
    }
}

/// Takes note of a header or interface block, finds the packet in a packet block.
fn packet_of_block(bytes: &[u8], section: &mut Section) -> Result<Option<Found>, &'static str> {
    let parse = if section.big_endian { pcap_parser::parse_block_be } else { pcap_parser::parse_block_le };
    let block = match parse(bytes) {
        Ok((_, block)) => block,
        Err(nom::Err::Incomplete(_)) => return Err("its contents do not fit in it"),
        Err(nom::Err::Error(PcapError::HeaderNotRecognized)) => return Err("unknown byte order"),
        Err(_) => return Err("its contents are not as the format demands"),
    };
    let interface = |id: u32| section.interfaces.get(id as usize).ok_or("its interface was not described");
    let (start, data, interface, time, original_len) = match &block {
        Block::InterfaceDescription(block) => {
            section.interfaces.push(Interface::new(block, section.big_endian));
            return Ok(None);
        }
        Block::EnhancedPacket(block) => {
            let interface = interface(block.if_id)?;
            (28, block.packet_data(), interface, interface.time(block.ts_high, block.ts_low), block.origlen)
        }
        Block::SimplePacket(block) => {
            let interface = interface(0)?;
            let limit = if interface.snap_len == 0 { usize::MAX } else { interface.snap_len as usize };
            let data = block.packet_data();
            (12, data.get(..limit).unwrap_or(data), interface, None, block.origlen)
        }
        _ => return Ok(None),
    };
    let end = start + data.len();
    Ok(Some(Found { start, end, time, link_type: interface.link_type, original_len }))
}

fn block_name(kind: u32) -> &'static str {
    match kind {
        SECTION_HEADER => "section header block",
        INTERFACE => "interface description block",
        SIMPLE_PACKET | ENHANCED_PACKET => "packet block",
        _ => "block",
    }
}

/// The file as a sequence of records, one of which is in `buffer`.
struct Records<'r> {
    source: Box<dyn Read + 'r>,
    /// The current record, as much of it as was asked for.
    buffer: Vec<u8>,
    /// Where the current record starts.
    offset: u64,
}

impl<'r> Records<'r> {
    fn new(source: Box<dyn Read + 'r>) -> Self {
        Records { source, buffer: Vec::new(), offset: 0 }
    }

    /// Reads until the buffer has `len` bytes or the file ends; tells how many there are.
    fn fill(&mut self, len: usize) -> Result<usize, ReadError> {
        if let Some(wanted) = len.checked_sub(self.buffer.len()) {
            let result = (&mut self.source).take(wanted as u64).read_to_end(&mut self.buffer);
            result.map_err(|e| self.error(read_error(e)))?;
        }
        Ok(self.buffer.len())
    }

    /// As `fill`, but fewer bytes are an error.
    fn need(&mut self, record: &'static str, len: usize) -> Result<(), ReadError> {
        let left = self.fill(len)? as u64;
        let wanted = len as u64;
        if left < wanted {
            return Err(self.error(CaptureErrorKind::Truncated { record, wanted, left }));
        }
        Ok(())
    }

    /// Puts away the bytes of the current record.
    fn next_record(&mut self) {
        self.offset += self.buffer.len() as u64;
        self.buffer.clear();
    }

    /// A number of the current record; 0 beyond what was read, which no caller asks for.
    fn u32_at(&self, at: usize, big_endian: bool) -> u32 {
        let bytes = self.buffer.get(at..).and_then(|rest| rest.first_chunk()).copied().unwrap_or_default();
        if big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
    }

    fn error(&self, kind: CaptureErrorKind) -> ReadError {
        (self.offset, kind)
    }

    fn malformed(&self, record: &'static str, problem: &'static str) -> ReadError {
        self.error(CaptureErrorKind::Malformed { record, problem })
    }
}

fn read_error(error: io::Error) -> CaptureErrorKind {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<ZstdDamage>()) {
        Some(damage) => CaptureErrorKind::Compression {
            compressed_offset: damage.compressed_offset,
            reason: damage.reason.clone(),
        },
        None => CaptureErrorKind::Read(error),
    }
}

/// Takes the first bytes of a file, at most four.
fn peek(source: &mut impl Read) -> Result<Vec<u8>, CaptureErrorKind> {
    let mut first = Vec::new();
    source.take(4).read_to_end(&mut first).map_err(read_error)?;
    Ok(first)
}

const READ_SIZE: usize = 256 * 1024;

const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// Microseconds, nanoseconds, "modified", in the file's byte order and the other.
const PCAP_MAGICS: [u32; 5] = [0xa1b2_c3d4, 0xa1b2_3c4d, 0xa1b2_cd34, 0xd4c3_b2a1, 0x4d3c_b2a1];
const PCAP_HEADER: usize = 24;

const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
const SIMPLE_PACKET: u32 = 3;
const ENHANCED_PACKET: u32 = 6;
/// The byte-order number of a section header block.
const BYTE_ORDER: u32 = 0x1a2b_3c4d;

/// Larger packets are damage, unless the file's header announces them: tools capture 256 KiB at most.
const MAX_PACKET: u32 = 16 << 20;
/// Larger blocks are damage.
const MAX_BLOCK: u32 = 64 << 20;
