//! Counts what servers draw in a network capture, and in which form its images come:
//!
//! ```sh
//! cargo run -p spice-proto --example read_a_capture -- tests/corpus/auth-ticket-ok/session.pcapng
//! ```
//!
//! A capture holds packets; SPICE is in the TCP streams inside of them. This program takes pcapng files that are not
//! compressed, and sessions with a ticket. `spice-inspect` reads whatever there is.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::net::SocketAddr;

use etherparse::{NetSlice, SlicedPacket, TcpSlice, TransportSlice};
use pcap_parser::{Block, parse_pcapng};
use spice_proto::common::CommonCapability;
use spice_proto::display::{Copy, DrawCopy, ServerMessage};
use spice_proto::frame::{Decoder, HeaderKind};
use spice_proto::link::{ClientLink, ServerLink};
use spice_proto::{ChannelType, Limits, Origin};

/// What was sent from one address to the other.
type Streams = BTreeMap<(SocketAddr, SocketAddr), Vec<u8>>;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("usage: read_a_capture FILE")?;
    let streams = streams(&fs::read(path)?)?;
    for (&(client, server), bytes) in &streams {
        // Whoever starts with a client's link message is one. It says which channel this is.
        let Ok((link, _)) = ClientLink::parse(bytes, &Limits::default()) else { continue };
        if let (ChannelType::DISPLAY, Some(answer)) = (link.channel(), streams.get(&(server, client))) {
            println!("display {} of {client}", link.mess.channel_id);
            count(&link, answer)?;
        }
    }
    Ok(())
}

/// Reads what a display's server sent: link message, link result, messages.
fn count(link: &ClientLink<'_>, sent: &[u8]) -> Result<(), Box<dyn Error>> {
    let (reply, rest) = ServerLink::parse(sent, &Limits::default()).map_err(|error| format!("{error:?}"))?;
    let mini = [link.common(), reply.common()].iter().all(|end| end.contains(CommonCapability::MINI_HEADER));
    let header = if mini { HeaderKind::Mini } else { HeaderKind::Full };
    let messages = rest.strip_prefix(&[0; 4]).ok_or("the server has not let this client in")?;

    let mut decoder = Decoder::new(Origin::Server, ChannelType::DISPLAY, header, &Limits::default());
    decoder.push(messages);
    let mut counts = BTreeMap::<String, u32>::new();
    while let Some(frame) = decoder.next_frame()? {
        let parsed = ServerMessage::parse(frame.kind(), frame.body())?;
        let mut name = parsed.name().unwrap_or("unknown").to_owned();
        if let ServerMessage::DrawCopy(DrawCopy { data: Copy { src_bitmap: Some(image), .. }, .. }) = parsed {
            name += &format!(", {:?}", image.get().descriptor.type_);
        }
        *counts.entry(name).or_default() += 1;
    }
    counts.iter().for_each(|(name, count)| println!("{count:6} {name}"));
    Ok(())
}

/// The TCP streams of a capture: what each segment adds to them.
fn streams(file: &[u8]) -> Result<Streams, Box<dyn Error>> {
    let (_, capture) = parse_pcapng(file).map_err(|_| "not a whole pcapng file")?;
    let (mut streams, mut positions) = (Streams::new(), BTreeMap::new());
    for block in capture.sections.into_iter().flat_map(|section| section.blocks) {
        let Block::EnhancedPacket(packet) = block else { continue };
        if let Some((ends, tcp)) = segment(packet.data) {
            // Every byte has a number; SYN and FIN, which open and close, have one too.
            let position = positions.entry(ends).or_insert(tcp.sequence_number());
            match tcp.sequence_number().wrapping_sub(*position) {
                0 => {
                    let marks = u32::from(tcp.syn() || tcp.fin());
                    *position = position.wrapping_add(marks + tcp.payload().len() as u32);
                    streams.entry(ends).or_default().extend_from_slice(tcp.payload());
                }
                gap if gap < 1 << 31 => return Err(format!("{gap} bytes of {ends:?} are missing").into()),
                _ => {} // once more, or a sign of life
            }
        }
    }
    Ok(streams)
}

/// The TCP segment in an Ethernet frame, and the addresses that it goes from and to.
fn segment(packet: &[u8]) -> Option<((SocketAddr, SocketAddr), TcpSlice<'_>)> {
    let SlicedPacket { net: Some(net), transport: Some(TransportSlice::Tcp(tcp)), .. } =
        SlicedPacket::from_ethernet(packet).ok()?
    else {
        return None;
    };
    let (from, to) = match net {
        NetSlice::Ipv4(ip) => (ip.header().source_addr().into(), ip.header().destination_addr().into()),
        NetSlice::Ipv6(ip) => (ip.header().source_addr().into(), ip.header().destination_addr().into()),
        NetSlice::Arp(_) => return None,
    };
    let ends = (SocketAddr::new(from, tcp.source_port()), SocketAddr::new(to, tcp.destination_port()));
    Some((ends, tcp))
}
