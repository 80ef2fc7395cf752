//! Sessions laid by hand, and damage to them.

use spice_proto::common::LinkErr;
use spice_proto::frame::HeaderKind;

use super::*;

const AUTH_SELECTION: u32 = 1;
const SASL: u32 = 1 << 2;
const MINI: u32 = 1 << 3;

/// A link message of the client for the inputs channel.
fn hello(caps: u32) -> Vec<u8> {
    let mut bytes = b"REDQ\x02\0\0\0\x02\0\0\0\x16\0\0\0".to_vec();
    bytes.extend([7, 0, 0, 0, 3, 1]); // connection_id, inputs, channel_id
    bytes.extend([1, 0, 0, 0, 0, 0, 0, 0, 18, 0, 0, 0]); // counts, caps_offset
    bytes.extend(caps.to_le_bytes());
    bytes
}

/// A link reply.
fn reply(error: u32, caps: u32) -> Vec<u8> {
    let mut bytes = b"REDQ\x02\0\0\0\x02\0\0\0\xb6\0\0\0".to_vec();
    bytes.extend(error.to_le_bytes());
    bytes.extend([0; 162]);
    bytes.extend([1, 0, 0, 0, 0, 0, 0, 0, 178, 0, 0, 0]);
    bytes.extend(caps.to_le_bytes());
    bytes
}

/// Both streams up to an accepted ticket with mini headers.
fn ticket(result: u32) -> [Vec<u8>; 2] {
    let mut client = hello(AUTH_SELECTION | MINI);
    client.extend([1, 0, 0, 0]);
    client.extend([0xaa; 128]);
    let mut server = reply(0, AUTH_SELECTION | MINI);
    server.extend(result.to_le_bytes());
    [client, server]
}

/// Inputs INIT, a message with an unknown number, and INIT with a byte too few.
const MESSAGES: [u8; 22] =
    [101, 0, 2, 0, 0, 0, 1, 0, /* next */ 0xe7, 3, 1, 0, 0, 0, 9, /* next */ 101, 0, 1, 0, 0, 0, 1];

#[test]
fn a_message_that_does_not_parse_is_an_item_and_unknown_ones_are_kept() {
    let [client, mut server] = ticket(0);
    let start = server.len() as u64;
    server.extend(MESSAGES);
    server.extend(MESSAGES);
    let session = Session::follow(&client, &server);
    assert_eq!(session.problems, []);
    assert_eq!((session.link.channel_id, session.link.connection_id), (1, 7));
    assert_eq!(session.header(), Some(HeaderKind::Mini));
    let items: Vec<_> = session.server.items().collect();
    let read: Vec<bool> = items.iter().map(|item| item.parsed.is_ok()).collect();
    assert_eq!(read, [true, true, false, true, true, false]);
    assert_eq!(items.iter().map(|item| item.kind).collect::<Vec<_>>(), [101, 999, 101, 101, 999, 101]);
    assert_eq!((items[2].offset, items[2].body_offset), (start + 15, start + 21));
    assert_eq!((items[0].name(), items[1].name()), (Some("init"), None));
}

#[test]
fn an_end_inside_of_a_frame_leaves_counted_bytes() {
    let [client, mut server] = ticket(0);
    server.extend(&MESSAGES[..20]);
    let session = Session::follow(&client, &server);
    assert_eq!((session.server.frames.len(), session.server.rest), (2, 5));
    let [problem] = &session.problems[..] else { panic!("{:?}", session.problems) };
    assert_eq!((problem.origin, problem.offset), (Origin::Server, server.len() as u64 - 5));
}

#[test]
fn every_cut_is_accounted_for() {
    let [client, mut server] = ticket(0);
    server.extend(MESSAGES);
    for cut in 0..server.len() {
        let session = Session::follow(&client, &server[..cut]);
        let frames: u64 = session.server.frames.iter().map(TrackFrame::wire_len).sum();
        assert_eq!(session.server.start + frames + session.server.rest, cut as u64, "cut at {cut}");
    }
    for cut in 0..client.len() {
        let session = Session::follow(&client[..cut], &server);
        let frames: u64 = session.client.frames.iter().map(TrackFrame::wire_len).sum();
        assert_eq!(session.client.start + frames + session.client.rest, cut as u64, "cut at {cut}");
    }
}

/// A scanout on a unix socket, with the byte beside it, and the next message.
#[test]
fn the_byte_beside_a_scanout_belongs_to_its_frame() {
    let [mut client, mut server] = ticket(0);
    client[20] = 2; // the display channel
    server.extend([0x40, 1, 20, 0, 0, 0]);
    server.extend([0; 20]);
    server.push(0x40);
    server.extend([102, 0, 0, 0, 0, 0]);
    for (cut, frames, problems) in [(0, 2, 0), (6, 1, 0), (7, 1, 0), (8, 0, 1)] {
        let session = Session::follow(&client, &server[..server.len() - cut]);
        assert_eq!((session.server.frames.len(), session.problems.len()), (frames, problems), "{cut}");
        let end = session.server.frames.last().map_or(session.server.start, TrackFrame::end);
        assert_eq!(end + session.server.rest, (server.len() - cut) as u64);
    }
}

#[test]
fn a_refused_ticket_is_no_problem() {
    let [client, server] = ticket(7);
    let session = Session::follow(&client, &server);
    assert_eq!(session.link.result, Some(LinkErr::PERMISSION_DENIED));
    assert_eq!(session.problems, []);
}

#[test]
fn a_refused_mechanism_is_answered_by_a_link_reply() {
    let mut client = hello(AUTH_SELECTION | MINI);
    client.extend([99, 0, 0, 0]);
    let mut server = reply(0, AUTH_SELECTION | MINI);
    server.extend(reply(3, 0));
    let session = Session::follow(&client, &server);
    assert_eq!(session.link.result, Some(LinkErr::INVALID_DATA));
    assert_eq!((session.problems, session.server.rest), (Vec::new(), 0));
}

/// A SASL exchange of one step with result 0.
fn sasl() -> [Vec<u8>; 2] {
    let caps = AUTH_SELECTION | SASL | MINI;
    let mut client = hello(caps);
    client.extend([2, 0, 0, 0]);
    client.extend(b"\x01\0\0\0A\x03\0\0\0xy\0");
    let mut server = reply(0, caps);
    server.extend(b"\x03\0\0\0,A,\0\0\0\0\x01\0\0\0\0");
    [client, server]
}

#[test]
fn buffers_of_a_security_layer_are_counted_and_not_read() {
    let [mut client, mut server] = sasl();
    client.extend(b"\0\0\0\x02??\0\0\0\x01?");
    server.extend(b"\0\0\0\x03???\0\0\0\x05??");
    let session = Session::follow(&client, &server);
    assert_eq!(session.client.layer, Some(Layer { buffers: 2, bytes: 3 }));
    assert_eq!(session.server.layer, Some(Layer { buffers: 1, bytes: 3 }));
    assert_eq!(session.server.rest, 6);
    assert_eq!(session.problems.len(), 1);
    assert_eq!(session.problems[0].kind, ProblemKind::Buffer(9, 6));
}

#[test]
fn without_a_security_layer_the_link_result_follows() {
    let [client, mut server] = sasl();
    server.extend([0; 4]);
    server.extend(MESSAGES);
    let session = Session::follow(&client, &server);
    assert_eq!(session.link.result, Some(LinkErr::OK));
    assert_eq!(session.server.frames.len(), 3);
}
