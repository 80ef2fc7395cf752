//! The format pcap: a header, then packets.

use std::time::Duration;

use pcap_parser::LegacyPcapBlock;
use pcap_parser::PcapHeader;

use super::error::CaptureErrorKind;
use super::records::Found;
use super::records::ReadError;
use super::records::Records;

/// True for the first bytes of a pcap file.
pub(super) fn is_pcap(first: &[u8]) -> bool {
    PCAP_MAGICS.iter().any(|magic| first == magic.to_le_bytes())
}

/// Reads the file's header.
pub(super) fn header(input: &mut Records<'_>) -> Result<PcapHeader, ReadError> {
    input.need("file header", PCAP_HEADER)?;
    match pcap_parser::parse_pcap_header(&input.buffer) {
        Ok((_, header)) => Ok(header),
        Err(_) => Err(input.malformed("file header", "not as the format demands")),
    }
}

/// The next packet; None at the end of the file.
pub(super) fn next(input: &mut Records<'_>, header: &PcapHeader) -> Result<Option<Found>, ReadError> {
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

/// Microseconds, nanoseconds, "modified", in the file's byte order and the other.
const PCAP_MAGICS: [u32; 5] = [0xa1b2_c3d4, 0xa1b2_3c4d, 0xa1b2_cd34, 0xd4c3_b2a1, 0x4d3c_b2a1];
const PCAP_HEADER: usize = 24;

/// Larger packets are damage, unless the file's header announces them: tools capture 256 KiB at most.
const MAX_PACKET: u32 = 16 << 20;
