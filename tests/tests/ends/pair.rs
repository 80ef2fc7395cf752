//! Two ends joined in memory.

use spice_proto::channel::{ClientEnd, Display, Inputs, Main, Progress, SendError, ServerEnd};
use spice_proto::common::{ChannelWait, Empty, Pong, WaitForChannels};
use spice_proto::frame::{HeaderKind, SubMessageList};
use spice_proto::main::ChannelId;
use spice_proto::wire::Vectored;
use spice_proto::{ChannelType, Limits, common, display, inputs, main};

const HEADERS: [HeaderKind; 2] = [HeaderKind::Mini, HeaderKind::Full];

const INIT: display::Init = display::Init {
    pixmap_cache_id: 1,
    pixmap_cache_size: 1 << 20,
    glz_dictionary_id: 1,
    glz_dictionary_window_size: 1 << 20,
};

/// Everything a short talk on a display channel gives, when what goes from one end to the other is cut every `cut`
/// bytes: numbers of the messages at both ends, and the round trip.
fn talk(header: HeaderKind, cut: usize) -> (Vec<u16>, Vec<u16>, Option<u64>) {
    let mut client = ClientEnd::new(Display, header, &Limits::default());
    let mut server = ServerEnd::new(Display, header, &Limits::server());
    let (mut at_client, mut at_server, mut round_trip) = (Vec::new(), Vec::new(), None);
    client.send(&display::ClientMessage::Init(INIT)).unwrap();
    server.set_ack(2).unwrap();
    server.ping(1_000, &[7; 50]).unwrap();
    let mut before = SubMessageList::new();
    before.push(display::ServerMessage::INVAL_ALL_PALETTES, &Empty).unwrap();
    before.push(display::ServerMessage::STREAM_DESTROY_ALL, &Empty).unwrap();
    server.send_with(&display::ServerMessage::Mark(Empty), &before).unwrap();
    for now in 2_000.. {
        let (up, down) = (client.take_output(), server.take_output());
        if up.is_empty() && down.is_empty() {
            break;
        }
        for piece in down.chunks(cut) {
            client.push(piece);
            while let Some(message) = client.next_message().unwrap() {
                message.parse().unwrap();
                at_client.push(message.kind());
            }
        }
        for piece in up.chunks(cut) {
            server.push(piece);
            while let Some(message) = server.next_message().unwrap() {
                if let display::ClientMessage::Pong(pong) = message.parse().unwrap() {
                    round_trip = server.round_trip(&pong, now);
                    assert_eq!(server.round_trip(&pong, now), None, "answered once");
                }
                at_server.push(message.kind());
            }
        }
    }
    client.finish().unwrap();
    server.finish().unwrap();
    (at_client, at_server, round_trip)
}

#[test]
fn how_bytes_are_cut_makes_no_difference() {
    for header in HEADERS {
        let whole = talk(header, usize::MAX);
        let from_server: &[u16] = match header {
            HeaderKind::Mini => &[3, 4, 108, 126, 8, 102],
            HeaderKind::Full => &[3, 4, 108, 126, 102],
        };
        assert_eq!(whole.0, from_server, "{header:?}");
        // INIT, ACK_SYNC, PONG; then ACKs for PING and LIST, or for PING and MARK.
        assert_eq!(whole.1, [101, 1, 3, 2], "{header:?}");
        assert_eq!(whole.2, Some(1_001));
        for cut in 1..200 {
            assert_eq!(talk(header, cut), whole, "{header:?}, pieces of {cut} bytes");
        }
    }
}

/// A server that sends as much as it may to a client that answers each time.
#[test]
fn a_window_is_kept_for_ten_thousand_messages() {
    for window in [1, 7, 20] {
        let mut client = ClientEnd::new(Inputs, HeaderKind::Mini, &Limits::default());
        let mut server = ServerEnd::new(Inputs, HeaderKind::Mini, &Limits::server());
        server.set_ack(window).unwrap();
        let (mut sent, mut handled, mut full, mut acks) = (0_u64, 0, 0, 0);
        while handled < 10_001 {
            while sent < 10_000 && server.can_send() {
                server.send(&inputs::ServerMessage::MouseMotionAck(Empty)).unwrap();
                sent += 1;
            }
            if !server.can_send() {
                full += 1;
                assert_eq!(server.room(), Some(0));
                assert_eq!(server.ping(0, b""), Err(SendError::WindowFull));
            }
            // What is on the way never passes two windows.
            assert!(sent - handled.max(1) < 2 * u64::from(window) + 1, "{sent} sent, {handled} handled");
            client.push_bytes(server.take_output());
            while client.next_message().unwrap().is_some() {
                handled += 1;
            }
            server.push_bytes(client.take_output());
            while let Some(message) = server.next_message().unwrap() {
                acks += u64::from(message.kind() == inputs::ClientMessage::ACK);
            }
        }
        assert_eq!((sent, handled, acks), (10_000, 10_001, 10_000 / u64::from(window)));
        assert!(full >= 10_000 / (2 * u64::from(window)) - 1, "full {full} times");
    }
}

#[test]
fn a_client_that_answers_nothing_gets_two_windows() {
    let mut server = ServerEnd::new(Main, HeaderKind::Full, &Limits::server());
    server.set_ack(20).unwrap();
    let sent = (0..100).filter(|_| server.ping(0, b"").is_ok()).count();
    assert_eq!(sent, 40, "docs/spec/messages.md");
}

#[test]
fn messages_are_held_back_while_a_channel_waits() {
    let mut client = ClientEnd::new(Display, HeaderKind::Mini, &Limits::default());
    let mut server = ServerEnd::new(Display, HeaderKind::Mini, &Limits::server());
    let other = ChannelId::new(ChannelType::DISPLAY, 1);
    let entry = ChannelWait { channel_type: other.type_, channel_id: other.id, message_serial: 9 };
    let entries = [entry];
    let wait = WaitForChannels { wait_list: (&entries).into() };
    let mut before = SubMessageList::new();
    before.push(display::ServerMessage::WAIT_FOR_CHANNELS, &wait).unwrap();
    before.push(display::ServerMessage::INVAL_ALL_PALETTES, &Empty).unwrap();
    server.send_with(&display::ServerMessage::Mark(Empty), &before).unwrap();
    client.push_bytes(server.take_output());
    let mut progress = Progress::new();
    progress.note(other, 8);
    assert_eq!(client.next_message().unwrap().unwrap().kind(), display::ServerMessage::WAIT_FOR_CHANNELS);
    for _ in 0..3 {
        assert_eq!(client.next_message().unwrap(), None);
        assert!(!client.resume(&progress));
    }
    assert_eq!(client.waiting().unwrap().conditions().iter().collect::<Vec<_>>(), [entry]);
    assert_eq!(client.handled(), 0);
    progress.close(other);
    assert!(client.resume(&progress), "a channel that is not open fulfils nothing ever");
    let kinds: Vec<u16> = std::iter::from_fn(|| client.next_message().unwrap()).map(|m| m.kind()).collect();
    assert_eq!((kinds, client.handled()), (vec![108, 8, 102], 2));
}

#[test]
fn unknown_and_broken_messages_come_out() {
    let mut client = ClientEnd::new(Inputs, HeaderKind::Mini, &Limits::default());
    // Unknown; PING and SET_ACK that are too short; a LIST with an entry that leads out; INIT.
    client.push(&[0xe7, 3, 2, 0, 0, 0, 1, 2]);
    client.push(&[4, 0, 3, 0, 0, 0, 1, 2, 3, 3, 0, 0, 0, 0, 0]);
    client.push(&[8, 0, 6, 0, 0, 0, 1, 0, 0xff, 0, 0, 0]);
    client.push(&[101, 0, 2, 0, 0, 0, 0, 0]);
    let unknown = client.next_message().unwrap().unwrap();
    let body = &[1, 2][..];
    assert_eq!(unknown.parse(), Ok(inputs::ServerMessage::Unknown { kind: 999, body }));
    assert!(client.next_message().unwrap().unwrap().parse().unwrap_err().is_truncated());
    assert!(client.next_message().unwrap().unwrap().parse().unwrap_err().is_truncated());
    assert!(!client.has_output(), "what does not parse is not answered");
    let error = client.next_message().unwrap_err();
    assert_eq!(error.offset(), 8 + 15 + 6 + 2, "{error}");
    assert_eq!(client.next_message().unwrap().unwrap().kind(), 8, "the message with the bad list");
    assert_eq!(client.next_message().unwrap().unwrap().kind(), 101);
    assert_eq!(client.next_message().unwrap(), None);
}

#[test]
fn a_body_beyond_the_limit_ends_the_stream() {
    let mut server = ServerEnd::new(Inputs, HeaderKind::Mini, &Limits::server());
    server.push(&[101, 0, 1, 8, 0, 0]);
    let error = server.next_message().unwrap_err();
    assert!(error.is_limit());
    assert_eq!((server.next_message(), server.finish()), (Err(error), Err(error)));
}

#[test]
fn nothing_follows_the_flush_mark() {
    let mut client = ClientEnd::new(Main, HeaderKind::Mini, &Limits::default());
    client.flush_mark().unwrap();
    assert_eq!(client.flush_mark(), Err(SendError::Flushed));
    assert_eq!(client.send(&main::ClientMessage::AttachChannels(Empty)), Err(SendError::Flushed));
    let mut server = ServerEnd::new(Main, HeaderKind::Mini, &Limits::server());
    server.ping(0, b"").unwrap();
    client.push_bytes(server.take_output());
    assert!(client.next_message().unwrap().is_some());
    assert_eq!(client.take_output(), [4, 0, 0, 0, 0, 0][..]);
}

#[test]
fn an_output_that_nobody_takes_stops_the_end() {
    let mut client = ClientEnd::new(Main, HeaderKind::Mini, &Limits::default());
    let mut server = ServerEnd::new(Main, HeaderKind::Mini, &Limits::server());
    let mut handled = 0;
    let error = loop {
        server.ping(handled, b"").unwrap();
        client.push_bytes(server.take_output());
        match client.next_message() {
            Ok(message) => handled += u64::from(message.is_some()),
            Err(error) => break error,
        }
        assert!(handled < 1 << 20, "no end");
    };
    assert!(error.is_limit(), "{error}");
    assert_eq!(client.take_output().len() as u64, 18 * handled);
    assert!(client.next_message().unwrap().is_some(), "nothing is lost");
}

#[test]
fn bytes_are_not_shown() {
    let mut client = ClientEnd::new(Main, HeaderKind::Mini, &Limits::default());
    let data = common::Data { data: b"secret" };
    client.send(&main::ClientMessage::AgentData(data)).unwrap();
    let mut server = ServerEnd::new(Main, HeaderKind::Mini, &Limits::server());
    server.push(&client.take_output()[..10]);
    client.send(&main::ClientMessage::AgentData(data)).unwrap();
    let shown = format!("{client:?} {server:?}");
    assert!(shown.contains("12 bytes") && !shown.contains("secret"), "{shown}");
}

#[test]
fn a_pong_to_no_ping_has_no_time() {
    let mut server = ServerEnd::new(Main, HeaderKind::Mini, &Limits::server());
    for now in 0..20 {
        server.ping(now, b"").unwrap();
    }
    assert_eq!(server.round_trip(&Pong { id: 20, timestamp: 18 }, 100), None, "another time");
    assert_eq!(server.round_trip(&Pong { id: 20, timestamp: 19 }, 100), Some(81));
    assert_eq!(server.round_trip(&Pong { id: 1, timestamp: 0 }, 100), None, "forgotten");
}

#[test]
fn big_runs_of_bytes_are_referred_to() {
    let mut client = ClientEnd::new(Main, HeaderKind::Mini, &Limits::default());
    let mut server = ServerEnd::new(Main, HeaderKind::Mini, &Limits::server());
    let data = vec![7; 2000];
    server.ping(1, b"").unwrap();
    let mut out = Vectored::new();
    let message = main::ServerMessage::AgentData(common::Data { data: &data });
    assert_eq!(server.send_vectored(&message, &mut out), Ok(2));
    assert!(!server.has_output(), "what was in the output goes first");
    assert!(out.slices().any(|slice| slice.as_ptr() == data.as_ptr()));
    out.slices().for_each(|slice| client.push(slice));
    assert_eq!(client.next_message().unwrap().unwrap().kind(), 4);
    assert_eq!(client.next_message().unwrap().unwrap().parse(), Ok(message));
}
