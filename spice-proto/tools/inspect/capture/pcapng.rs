//! The format pcapng: blocks, of which some describe interfaces and some hold packets.

use std::collections::BTreeMap;
use std::time::Duration;

use pcap_parser::Block;
use pcap_parser::PcapError;
use pcap_parser::SecretsType;
use pcap_parser::nom;
use pcap_parser::pcapng::InterfaceDescriptionBlock;
use pcap_parser::pcapng::OptionCode;
use pcap_parser::traits::PcapNGPacketBlock;

use super::error::CaptureErrorKind;
use super::records::Found;
use super::records::ReadError;
use super::records::Records;

/// What the blocks of a file have told so far.
#[derive(Default)]
pub(super) struct Blocks {
    big_endian: bool,
    /// Of the current section.
    interfaces: Vec<Interface>,
    /// Packets that the program which captured lost, as far as packet blocks say.
    pub(super) lost: u64,
    /// Blocks that this reader does not know, by type.
    pub(super) unknown: BTreeMap<u32, u64>,
    /// TLS key logs that the file carries.
    pub(super) key_log: Vec<u8>,
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

/// True for the first bytes of a pcapng file.
pub(super) fn is_pcapng(first: &[u8]) -> bool {
    first == SECTION_HEADER.to_le_bytes()
}

/// The next packet; None at the end of the file.
pub(super) fn next(input: &mut Records<'_>, blocks: &mut Blocks) -> Result<Option<Found>, ReadError> {
    loop {
        input.next_record();
        if input.fill(1)? == 0 {
            return Ok(None);
        }
        input.need("block", 12)?;
        let kind = input.u32_at(0, blocks.big_endian);
        if kind == SECTION_HEADER {
            blocks.big_endian = input.u32_at(8, true) == BYTE_ORDER;
            blocks.interfaces.clear();
        }
        let record = block_name(kind);
        let len = input.u32_at(4, blocks.big_endian);
        if len < 12 {
            return Err(input.malformed(record, "it says it is shorter than a block can be"));
        }
        if len > MAX_BLOCK {
            let kind = CaptureErrorKind::TooLarge { record, size: len.into(), limit: MAX_BLOCK.into() };
            return Err(input.error(kind));
        }
        input.need(record, len as usize)?;
        if input.u32_at(len as usize - 4, blocks.big_endian) != len {
            return Err(input.malformed(record, "its two lengths differ"));
        }
        let found = match kind {
            SECTION_HEADER | INTERFACE | SIMPLE_PACKET | ENHANCED_PACKET | SECRETS => {
                packet_of_block(&input.buffer, blocks)
            }
            OBSOLETE_PACKET => obsolete_packet(input, blocks).map(Some),
            kind if WITHOUT_PACKETS.contains(&kind) => continue,
            _ => {
                *blocks.unknown.entry(kind).or_default() += 1;
                continue;
            }
        };
        match found {
            Ok(Some(found)) => return Ok(Some(found)),
            Ok(None) => {}
            Err(problem) => return Err(input.malformed(record, problem)),
        }
    }
}

/// Takes note of a header, interface or secrets block, finds the packet in a packet block.
fn packet_of_block(bytes: &[u8], blocks: &mut Blocks) -> Result<Option<Found>, &'static str> {
    let parse = if blocks.big_endian { pcap_parser::parse_block_be } else { pcap_parser::parse_block_le };
    let block = match parse(bytes) {
        Ok((_, block)) => block,
        Err(nom::Err::Incomplete(_)) => return Err("its contents do not fit in it"),
        Err(nom::Err::Error(PcapError::HeaderNotRecognized)) => return Err("unknown byte order"),
        Err(_) => return Err("its contents are not as the format demands"),
    };
    let interface = |id: u32| blocks.interfaces.get(id as usize).ok_or("its interface was not described");
    let (start, data, interface, time, original_len) = match &block {
        Block::InterfaceDescription(block) => {
            blocks.interfaces.push(Interface::new(block, blocks.big_endian));
            return Ok(None);
        }
        Block::DecryptionSecrets(block) => {
            if block.secrets_type == SecretsType::TlsKeyLog {
                blocks.key_log.extend_from_slice(block.data);
                blocks.key_log.push(b'\n');
            }
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

/// The packet in a block of the kind that old tools wrote: as an enhanced one, but with a short number of the interface
/// and a count of packets lost before it.
fn obsolete_packet(input: &Records<'_>, blocks: &mut Blocks) -> Result<Found, &'static str> {
    const START: usize = 28;
    let len = input.buffer.len();
    if len < START + 4 {
        return Err("its contents do not fit in it");
    }
    let word = |at| input.u32_at(at, blocks.big_endian);
    let numbers = word(8);
    let (id, lost) = match blocks.big_endian {
        true => (numbers >> 16, numbers & 0xffff),
        false => (numbers & 0xffff, numbers >> 16),
    };
    let end = usize::try_from(word(20)).ok().and_then(|captured| START.checked_add(captured));
    let end = end.filter(|&end| end <= len - 4).ok_or("its contents do not fit in it")?;
    let interface = blocks.interfaces.get(id as usize).ok_or("its interface was not described")?;
    let (time, original_len) = (interface.time(word(12), word(16)), word(24));
    let link_type = interface.link_type;
    // All bits: it is not known.
    blocks.lost += u64::from(if lost == 0xffff { 0 } else { lost });
    Ok(Found { start: START, end, time, link_type, original_len })
}

fn block_name(kind: u32) -> &'static str {
    match kind {
        SECTION_HEADER => "section header block",
        INTERFACE => "interface description block",
        OBSOLETE_PACKET | SIMPLE_PACKET | ENHANCED_PACKET => "packet block",
        SECRETS => "decryption secrets block",
        _ => "block",
    }
}

const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
const OBSOLETE_PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const ENHANCED_PACKET: u32 = 6;
const SECRETS: u32 = 10;
/// Names, statistics, a journal, custom blocks of two kinds, a process: nothing of the network.
const WITHOUT_PACKETS: [u32; 6] = [4, 5, 9, 0x0bad, 0x4000_0bad, 0x8000_0001];
/// The byte-order number of a section header block.
const BYTE_ORDER: u32 = 0x1a2b_3c4d;

/// Larger blocks are damage.
const MAX_BLOCK: u32 = 64 << 20;
