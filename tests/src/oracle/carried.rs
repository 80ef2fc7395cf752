//! What messages carry: agent messages, usbredir packets, webdav pieces, as `inspect` lists them.

use spice_proto::{ChannelType, Origin, main};

use super::take;
use crate::session::{Carried, Item, Message, Part, Place};

/// Any streams inside of messages. `data`: the channel (main, usbredir or webdav by the remainder of 3), then steps: who
/// sends (bit 0: the client) and how many bytes (the other bits, times 4), the bytes.
///
/// How the bytes of a step are cut into messages makes no difference.
///
/// # Panics
/// When a property does not hold.
pub fn carried(mut data: &[u8]) {
    let channels = [ChannelType::MAIN, ChannelType::USBREDIR, ChannelType::WEBDAV];
    let channel = channels[take::<1>(&mut data) as usize % 3];
    let mut steps = Vec::new();
    while !data.is_empty() {
        let head = take::<1>(&mut data);
        let origin = if head & 1 == 1 { Origin::Client } else { Origin::Server };
        let (bytes, rest) = data.split_at(((head as usize >> 1) * 4).min(data.len()));
        steps.push((origin, bytes));
        data = rest;
    }
    let whole = parts(channel, steps.iter().copied());
    let bytes = steps.iter().flat_map(|(origin, bytes)| bytes.chunks(1).map(move |byte| (*origin, byte)));
    assert_eq!(whole, parts(channel, bytes), "byte by byte");
    for part in &whole {
        assert!(part.is_error() || !part.text.is_empty(), "{part:?}");
        assert!(part.to_json().is_object());
    }
}

fn parts<'b>(channel: ChannelType, steps: impl Iterator<Item = (Origin, &'b [u8])>) -> Vec<Part> {
    let mut carried = Carried::new(channel);
    let parts = steps.filter(|(_, body)| !body.is_empty()).flat_map(|(origin, body)| {
        let kind = match (channel, origin) {
            (ChannelType::MAIN, Origin::Client) => main::ClientMessage::AGENT_DATA,
            (ChannelType::MAIN, Origin::Server) => main::ServerMessage::AGENT_DATA,
            _ => 101, // data
        };
        let parsed = Message::parse(channel, origin, kind, body);
        let place = Place::Own;
        carried.take(&Item {
            channel,
            origin,
            serial: 1,
            kind,
            place,
            offset: 0,
            body_offset: 0,
            body,
            parsed,
        })
    });
    parts.collect()
}
