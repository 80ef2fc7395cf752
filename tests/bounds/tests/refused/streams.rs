//! What waits for the rest of it: frames, handshakes, agent messages, security layers, shapes of the pointer.

use bytes::BufMut;
use spice_proto::agent::{self, ChunkReader, Reassembler};
use spice_proto::canvas::cursor::Cursor;
use spice_proto::common::{CursorType, Point16};
use spice_proto::cursor::{self, CursorFlags, CursorHeader};
use spice_proto::frame::{self, HeaderKind};
use spice_proto::link::{
    Auth, Client, ClientConfig, Layer, LayerErrorKind, Protection, Server, ServerConfig, ServerEvent,
};
use spice_proto::{ChannelType, Encode, Limits, Origin};

use super::{Ended, each_refused};

/// Bytes that no buffer of a head holds.
const LONG: usize = 100_000;

#[test]
fn frames_say_that_memory_is_missing() {
    let mut stream = Vec::new();
    stream.extend_from_slice(&[101, 0]);
    stream.extend_from_slice(&(LONG as u32).to_le_bytes());
    stream.resize(6 + LONG, 7);
    let decoder =
        || frame::Decoder::new(Origin::Server, ChannelType::DISPLAY, HeaderKind::Mini, &Limits::default());
    let pushed = each_refused("push", || {
        let mut decoder = decoder();
        stream.chunks(3000).for_each(|piece| decoder.push(piece));
        Ended::from(decoder.next_frame())
    });
    let read = each_refused("buffer_mut", || {
        let mut decoder = decoder();
        for piece in stream.chunks(3000) {
            let room = decoder.buffer_mut();
            // What is behind the room is the reader's: it stops there.
            let len = piece.len().min(room.chunk_mut().len());
            room.put_slice(&piece[..len]);
        }
        Ended::from(decoder.next_frame())
    });
    println!("{pushed} and {read} allocations");
    assert!(pushed > 5 && read > 3);
}

#[test]
fn handshakes_say_that_memory_is_missing() {
    let mut limits = Limits::server();
    limits.link_message = 64 << 10;
    // A link message of many words, and the first bytes of messages behind it.
    let words = vec![0_u32; 500];
    let mut hello = Vec::new();
    let link = spice_proto::link::ClientLink::new(0, ChannelType::MAIN, 0, &words, &words);
    link.encode(&mut hello).expect("a message");
    let server = each_refused("server", || {
        let mut config = ServerConfig::default();
        (config.auth, config.limits) = (Auth::Ticket, limits.clone());
        let mut server = Server::new(config);
        hello.chunks(700).for_each(|piece| server.push(piece));
        Ended::from(server.next_event())
    });
    let reply = spice_proto::link::ServerLink::new(&[0x30; 162], &words, &words);
    let mut hello = Vec::new();
    reply.encode(&mut hello).expect("a message");
    let client = each_refused("client", || {
        let mut config = ClientConfig::new(ChannelType::MAIN, 0);
        config.limits = limits.clone();
        let mut client = Client::new(config).expect("a choice");
        hello.chunks(700).for_each(|piece| client.push(piece));
        Ended::from(client.next_event())
    });
    println!("{server} and {client} allocations");
    assert!(server > 2 && client > 2);
}

#[test]
fn what_follows_a_handshake_says_that_memory_is_missing() {
    let mut hello = Vec::new();
    spice_proto::link::ClientLink::new(0, ChannelType::MAIN, 0, &[], &[])
        .encode(&mut hello)
        .expect("a message");
    hello.extend_from_slice(&[0; 128]);
    hello.resize(hello.len() + LONG, 9);
    let count = each_refused("leftover", || {
        let mut config = ServerConfig::default();
        config.limits = Limits::server();
        let mut server = Server::new(config);
        server.push(&hello);
        loop {
            match server.next_event() {
                Ok(Some(ServerEvent::Request(_))) => {
                    let key = spice_proto::link::PublicKey([0; 162]);
                    server.accept(spice_proto::wire::CapabilitySet::EMPTY, &key).expect("asked for");
                }
                Ok(Some(ServerEvent::Ticket(_))) => server.pass_ticket().expect("asked for"),
                Ok(Some(ServerEvent::Authenticated(_))) => server.admit().expect("asked for"),
                Ok(Some(ServerEvent::Linked(linked))) => {
                    assert_eq!(linked.leftover.len(), LONG);
                    return Ended::Well;
                }
                Ok(other) => panic!("{other:?}"),
                Err(error) => return Ended::Badly(error.to_string()),
            }
        }
    });
    assert_eq!(count, 2, "what came, and what is handed out");
}

#[test]
fn agent_messages_say_that_memory_is_missing() {
    let mut message = [&[1, 0, 0, 0, 4, 0, 0, 0][..], &[0; 8], &(LONG as u32).to_le_bytes()].concat();
    message.resize(20 + LONG, 5);
    let pieces = each_refused("pieces", || {
        let mut stream = Reassembler::new(Origin::Server, &Limits::default());
        message.chunks(2048).for_each(|piece| stream.push(piece));
        Ended::from(stream.next_message())
    });
    let short = [&message[..16], &2000_u32.to_le_bytes(), &message[20..2020]].concat();
    let whole = each_refused("a message in a piece", || {
        let mut stream = Reassembler::new(Origin::Server, &Limits::default());
        stream.push(&short);
        Ended::from(stream.next_message())
    });
    let port = [&[1, 0, 0, 0][..], &2048_u32.to_le_bytes(), &[0; 2048]].concat();
    let chunks = each_refused("chunks", || {
        let mut reader = ChunkReader::new();
        port.chunks(600).for_each(|piece| reader.push(piece));
        Ended::from(reader.next_chunk())
    });
    let text = vec![b'x'; LONG];
    let clipboard = agent::Message::Clipboard(agent::Clipboard {
        selection: None,
        type_: agent::ClipboardType::UTF8_TEXT,
        data: &text,
    });
    let written = each_refused("encode_to_vec", || Ended::from(clipboard.encode_to_vec()));
    println!("{pieces}, {whole}, {chunks} and {written} allocations");
    assert!(pieces > 5 && whole > 0 && chunks > 1);
    assert_eq!(written, 1);
}

#[test]
fn security_layers_say_that_memory_is_missing() {
    #[derive(Debug)]
    struct Plain;
    impl Protection for Plain {
        fn max_plain(&self) -> usize {
            LONG
        }
        fn wrap(&mut self, plain: &[u8], out: &mut Vec<u8>) -> Result<(), LayerErrorKind> {
            out.extend_from_slice(plain);
            Ok(())
        }
        fn unwrap(&mut self, buffer: &[u8], out: &mut Vec<u8>) -> Result<(), LayerErrorKind> {
            self.wrap(buffer, out)
        }
    }
    let mut wire = (LONG as u32).to_be_bytes().to_vec();
    wire.resize(4 + LONG, 3);
    let count = each_refused("layer", || {
        let mut layer = Layer::new(Plain, 1 << 20);
        wire.chunks(4000).for_each(|piece| layer.push(piece));
        Ended::from(layer.next_plain())
    });
    assert!(count > 3, "{count}");
}

#[test]
fn a_pointer_without_memory_stays_as_it_was() {
    let data = vec![0xff; 64 * 64 * 4 + 64 * 8];
    let set = cursor::ServerMessage::Set(cursor::Set {
        position: Point16 { x: 1, y: 1 },
        visible: 1,
        cursor: cursor::Cursor {
            flags: CursorFlags::CACHE_ME,
            header: Some(CursorHeader {
                unique: 7,
                type_: CursorType::COLOR32,
                width: 64,
                height: 64,
                hot_spot_x: 0,
                hot_spot_y: 0,
            }),
            data: &data,
        },
    });
    let count = each_refused("cursor", || {
        let mut cursor = Cursor::new(&Limits::default());
        let ended = Ended::from(cursor.apply(&set));
        assert!(matches!(ended, Ended::Well) || (cursor.shape().is_none() && cursor.cached() == 0));
        ended
    });
    assert_eq!(count, 2, "the picture, and what it inverts");
}
