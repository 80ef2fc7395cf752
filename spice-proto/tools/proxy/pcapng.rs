//! Blocks of a pcapng file.

use std::borrow::Cow;
use std::io;
use std::time::Duration;

use pcap_parser::pcapng::OptionCode;
use pcap_parser::{
    EnhancedPacketBlock, InterfaceDescriptionBlock, Linktype, PcapNGOption, SectionHeaderBlock, ToVec,
};

/// What a file starts with: one section, one interface of IP packets with times in nanoseconds.
pub(super) fn start() -> io::Result<Vec<u8>> {
    let mut section = SectionHeaderBlock {
        block_type: 0,
        block_len1: 0,
        bom: 0,
        major_version: 1,
        minor_version: 0,
        section_len: -1,
        options: vec![text(OptionCode::ShbUserAppl, concat!("spice-proxy ", env!("CARGO_PKG_VERSION")))],
        block_len2: 0,
    };
    let mut interface = InterfaceDescriptionBlock {
        block_type: 0,
        block_len1: 0,
        linktype: Linktype::RAW,
        reserved: 0,
        snaplen: 0,
        options: vec![text(OptionCode::IfName, "proxy")],
        block_len2: 0,
        if_tsresol: NANOSECONDS,
        if_tsoffset: 0,
    };
    let mut bytes = section.to_vec().map_err(io::Error::other)?;
    bytes.extend(interface.to_vec().map_err(io::Error::other)?);
    Ok(bytes)
}

/// A packet that came at this time since 1970.
pub(super) fn packet(time: Duration, data: &[u8], comment: Option<&str>) -> io::Result<Vec<u8>> {
    let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    let len = u32::try_from(data.len()).map_err(io::Error::other)?;
    let mut block = EnhancedPacketBlock {
        block_type: 0,
        block_len1: 0,
        if_id: 0,
        ts_high: (nanoseconds >> 32) as u32,
        ts_low: nanoseconds as u32,
        caplen: len,
        origlen: len,
        data,
        options: comment.map(|comment| text(OptionCode::Comment, comment)).into_iter().collect(),
        block_len2: 0,
    };
    block.to_vec().map_err(io::Error::other)
}

fn text(code: OptionCode, text: &str) -> PcapNGOption<'_> {
    PcapNGOption { code, len: u16::try_from(text.len()).unwrap_or(0), value: Cow::Borrowed(text.as_bytes()) }
}

/// The exponent of ten.
const NANOSECONDS: u8 = 9;
