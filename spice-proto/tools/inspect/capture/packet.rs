//! From a captured packet to a TCP segment: link layer, VLAN, IP, TCP.

use std::net::IpAddr;
use std::net::SocketAddr;

use etherparse::EtherType;
use etherparse::LaxNetSlice;
use etherparse::LaxSlicedPacket;
use etherparse::TransportSlice;

use super::file::Packet;

/// One TCP segment.
#[derive(Debug)]
pub(super) struct Segment<'a> {
    pub(super) from: SocketAddr,
    pub(super) to: SocketAddr,
    pub(super) sequence: u32,
    /// The acknowledged sequence number, where the segment has one.
    pub(super) ack: Option<u32>,
    pub(super) syn: bool,
    pub(super) fin: bool,
    pub(super) rst: bool,
    pub(super) payload: &'a [u8],
    /// Bytes at the end of the payload that were not captured (short snap length).
    pub(super) cut: u32,
}

/// Why a packet is not a TCP segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotTcp {
    /// Some other protocol.
    Other,
    /// A part of an IP datagram; they are not put together.
    Fragment,
    /// The packet ends inside a header, or a header is wrong.
    Damaged,
    /// The capture's link layer is not one that is read here.
    LinkType(i32),
}

/// Finds the TCP segment in a packet.
pub(super) fn segment<'a>(packet: &Packet<'a>) -> Result<Segment<'a>, NotTcp> {
    let sliced = slice(packet.link_type, packet.data)?;
    let (from, to) = match &sliced.net {
        Some(LaxNetSlice::Ipv4(ip)) => {
            let header = ip.header();
            (IpAddr::from(header.source_addr()), IpAddr::from(header.destination_addr()))
        }
        Some(LaxNetSlice::Ipv6(ip)) => {
            let header = ip.header();
            (IpAddr::from(header.source_addr()), IpAddr::from(header.destination_addr()))
        }
        Some(LaxNetSlice::Arp(_)) => return Err(NotTcp::Other),
        None if sliced.stop_err.is_some() => return Err(NotTcp::Damaged),
        None => return Err(NotTcp::Other),
    };
    let ip_payload = sliced.net.as_ref().and_then(|net| net.ip_payload_ref());
    let Some(TransportSlice::Tcp(tcp)) = &sliced.transport else {
        return Err(match ip_payload {
            Some(payload) if payload.fragmented => NotTcp::Fragment,
            _ if sliced.stop_err.is_some() => NotTcp::Damaged,
            _ => NotTcp::Other,
        });
    };
    let cut = match ip_payload {
        Some(payload) if payload.incomplete => {
            packet.original_len.saturating_sub(u32::try_from(packet.data.len()).unwrap_or(u32::MAX))
        }
        _ => 0,
    };
    Ok(Segment {
        from: SocketAddr::new(from, tcp.source_port()),
        to: SocketAddr::new(to, tcp.destination_port()),
        sequence: tcp.sequence_number(),
        ack: tcp.ack().then(|| tcp.acknowledgment_number()),
        syn: tcp.syn(),
        fin: tcp.fin(),
        rst: tcp.rst(),
        payload: tcp.payload(),
        cut,
    })
}

/// Takes off the link layer and separates the headers.
fn slice(link_type: i32, data: &[u8]) -> Result<LaxSlicedPacket<'_>, NotTcp> {
    match link_type {
        ETHERNET => LaxSlicedPacket::from_ethernet(data).map_err(|_| NotTcp::Damaged),
        // Four bytes with the number of the address family, which differs between systems; the IP header tells as well.
        NULL | LOOP => ip(data.get(4..)),
        RAW | RAW_BSD | RAW_OPENBSD | IPV4 | IPV6 => ip(Some(data)),
        LINUX_COOKED => ether_type(data, 14, 16),
        LINUX_COOKED_2 => ether_type(data, 0, 20),
        other => Err(NotTcp::LinkType(other)),
    }
}

fn ip(data: Option<&[u8]>) -> Result<LaxSlicedPacket<'_>, NotTcp> {
    LaxSlicedPacket::from_ip(data.ok_or(NotTcp::Damaged)?).map_err(|_| NotTcp::Damaged)
}

/// A header of `header` bytes with the Ethernet type at offset `at`.
fn ether_type(data: &[u8], at: usize, header: usize) -> Result<LaxSlicedPacket<'_>, NotTcp> {
    let kind = data.get(at..).and_then(|rest| rest.first_chunk()).ok_or(NotTcp::Damaged)?;
    let payload = data.get(header..).ok_or(NotTcp::Damaged)?;
    Ok(LaxSlicedPacket::from_ether_type(EtherType(u16::from_be_bytes(*kind)), payload))
}

// LINKTYPE_ numbers of the pcap and pcapng formats.
const NULL: i32 = 0;
const ETHERNET: i32 = 1;
const RAW_BSD: i32 = 12;
const RAW_OPENBSD: i32 = 14;
const RAW: i32 = 101;
const LOOP: i32 = 108;
const LINUX_COOKED: i32 = 113;
const IPV4: i32 = 228;
const IPV6: i32 = 229;
const LINUX_COOKED_2: i32 = 276;
