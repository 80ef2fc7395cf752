//! The pointer of every captured session, and shapes laid out by hand.

use std::collections::BTreeMap;
use std::sync::Arc;

use spice_proto::canvas::ErrorKind;
use spice_proto::canvas::cursor::{Changes, Cursor};
use spice_proto::common::{CursorType, Empty, Point16};
use spice_proto::cursor::{self, CursorFlags, CursorHeader, InvalOne, Move, ServerMessage, Set};
use spice_proto::{ChannelType, Limits};
use spice_proto_tests::capture::Capture;
use spice_proto_tests::folders;
use spice_proto_tests::oracle::cursor::cursor_follows;
use spice_proto_tests::session::{Message, Session};

#[test]
fn every_message_of_every_captured_pointer_is_carried_out() {
    let (limits, mut kinds, mut messages) = (Limits::default(), BTreeMap::<String, u64>::new(), 0);
    for folder in folders::sessions() {
        let names = ["session.pcapng", "session.pcapng.zst", "session.pcap"];
        let path = names.iter().map(|name| folder.join(name)).find(|path| path.is_file()).expect("a capture");
        let capture = Capture::open(&path).expect("a readable capture");
        for connection in &capture.connections {
            let Some((to_server, to_client)) = connection.spice() else { continue };
            let session = Session::follow(to_server.bytes(), to_client.bytes());
            if session.channel() != ChannelType::CURSOR {
                continue;
            }
            let mut cursor = Cursor::new(&limits);
            for item in session.server.items() {
                let (parsed, _) = item.parsed.expect("a message");
                let Message::Server(spice_proto::ServerMessage::Cursor(message)) = parsed else { continue };
                assert!(cursor_follows(&mut cursor, &message, &limits), "{}: {message:?}", path.display());
                messages += 1;
                if let ServerMessage::Init(cursor::Init { cursor, .. })
                | ServerMessage::Set(Set { cursor, .. }) = message
                {
                    let kind = cursor.header.map_or("none".into(), |header| format!("{:?}", header.type_));
                    let cached = cursor.flags.contains(CursorFlags::FROM_CACHE);
                    *kinds.entry(if cached { "from cache".into() } else { kind }).or_default() += 1;
                }
            }
        }
    }
    println!("{messages} messages; shapes: {kinds:?}");
    assert_eq!(kinds.len(), 9, "seven types, none, and from the cache: {kinds:?}");
}

fn header(unique: u64, type_: CursorType, width: u16, height: u16) -> CursorHeader {
    CursorHeader { unique, type_, width, height, hot_spot_x: 0, hot_spot_y: 0 }
}

fn set<'a>(flags: CursorFlags, header: CursorHeader, data: &'a [u8]) -> ServerMessage<'a> {
    let cursor = cursor::Cursor { flags, header: Some(header), data };
    ServerMessage::Set(Set { position: Point16 { x: 3, y: -4 }, visible: 1, cursor })
}

fn words(cursor: &Cursor) -> (Vec<u32>, Option<Vec<u32>>) {
    let words = |data: &[u8]| {
        data.chunks_exact(4).map(|word| u32::from_le_bytes(word.try_into().unwrap())).collect::<Vec<u32>>()
    };
    let shape = cursor.shape().expect("a shape");
    (words(shape.pixels().data()), shape.inversion().map(|inversion| words(inversion.data())))
}

/// The shape that these bytes make.
fn shown(type_: CursorType, width: u16, height: u16, data: &[u8]) -> (Vec<u32>, Option<Vec<u32>>) {
    let mut cursor = Cursor::new(&Limits::default());
    cursor.apply(&set(CursorFlags::empty(), header(0, type_, width, height), data)).expect("a shape");
    words(&cursor)
}

const BLACK: u32 = 0xff00_0000;
const WHITE: u32 = 0xffff_ffff;

#[test]
fn mono_has_four_kinds_of_pixels_and_rows_of_whole_bytes() {
    // 9 columns, so that rows have two bytes. Row 0: black, white, screen, inverted, then screen; row 1: all black.
    let and = [0b0011_1111, 0x80, 0x00, 0x00];
    let xor = [0b0101_0000, 0x00, 0x00, 0x00];
    let (pixels, inversion) = shown(CursorType::MONO, 9, 2, &[and, xor].concat());
    // The inverted pixel is at column 3, row 0: white in the chequer.
    assert_eq!(pixels[..9], [BLACK, WHITE, 0, WHITE, 0, 0, 0, 0, 0]);
    assert_eq!(pixels[9..], [BLACK; 9]);
    let mut expected = [0; 18];
    expected[3] = 0x00ff_ffff;
    assert_eq!(inversion.as_deref(), Some(&expected[..]));
}

#[test]
fn inverted_pixels_are_chequered() {
    let (pixels, _) = shown(CursorType::MONO, 3, 2, &[0xff; 4]);
    assert_eq!(pixels, [BLACK, WHITE, BLACK, WHITE, BLACK, WHITE]);
}

#[test]
fn a_shape_that_inverts_nothing_has_no_inversion() {
    assert_eq!(shown(CursorType::MONO, 2, 1, &[0xff, 0]), (vec![0, 0], None));
}

#[test]
fn colours_come_from_palettes_words_and_bytes() {
    let mut four = vec![0x21, 0x30];
    four.extend((0..16_u32).flat_map(|entry| (0xab00_0000 | (entry * 0x0011_1111)).to_le_bytes()));
    four.push(0b0010_0000);
    // The third pixel has a colour and the screen stays: it is combined with the screen.
    let (pixels, inversion) = shown(CursorType::COLOR4, 3, 1, &four);
    assert_eq!(pixels, [0xff22_2222, 0xff11_1111, BLACK]);
    assert_eq!(inversion, Some(vec![0, 0, 0x0033_3333]));

    let mut eight = vec![255, 0];
    eight.extend((0..256_u32).flat_map(|entry| (entry << 16 | 7).to_le_bytes()));
    eight.push(0);
    assert_eq!(shown(CursorType::COLOR8, 2, 1, &eight), (vec![0xffff_0007, 0xff00_0007], None));

    // 0rrrrrgggggbbbbb: 31, 16, 1; bit 15 means nothing.
    let sixteen = [0b0000_0001, 0b1111_1110, 0];
    assert_eq!(shown(CursorType::COLOR16, 1, 1, &sixteen), (vec![0xffff_8408], None));
    assert_eq!(shown(CursorType::COLOR24, 1, 2, &[1, 2, 3, 4, 5, 6, 0, 0]).0, [0xff03_0201, 0xff06_0504]);
    assert_eq!(shown(CursorType::COLOR32, 2, 1, &[1, 2, 3, 9, 0, 0, 0, 9, 0b0100_0000]).0, [0xff03_0201, 0]);
    assert_eq!(shown(CursorType::ALPHA, 1, 1, &[1, 2, 3, 4]), (vec![0x0403_0201], None));
}

#[test]
fn shapes_stay_in_the_cache_until_they_are_dropped() {
    let mut cursor = Cursor::new(&Limits::default());
    let one = [1, 1, 1, 255];
    for unique in [7, 8] {
        cursor.apply(&set(CursorFlags::CACHE_ME, header(unique, CursorType::ALPHA, 1, 1), &one)).unwrap();
    }
    let first = Arc::clone(cursor.shape().unwrap());
    cursor.apply(&set(CursorFlags::empty(), header(9, CursorType::ALPHA, 1, 1), &[2, 2, 2, 2])).unwrap();
    let again = set(CursorFlags::FROM_CACHE, header(8, CursorType::MONO, 9, 9), &[]);
    assert_eq!(cursor.apply(&again), Ok(Changes::SHAPE | Changes::POSITION | Changes::VISIBILITY));
    assert!(Arc::ptr_eq(&first, cursor.shape().unwrap()));

    cursor.apply(&ServerMessage::InvalOne(InvalOne { id: 8 })).unwrap();
    let error = cursor.apply(&again).unwrap_err();
    assert_eq!((error.kind(), cursor.cached()), (ErrorKind::NotCached(8), 1));
    assert_eq!(error.to_string(), "set.cursor.header.unique: 8 is not in the cache");
    // What is shown stays, whatever the cache does.
    cursor.apply(&ServerMessage::InvalAll(Empty {})).unwrap();
    assert!(Arc::ptr_eq(&first, cursor.shape().unwrap()));
    assert_eq!(cursor.cached(), 0);
}

#[test]
fn the_oldest_shapes_leave_a_full_cache() {
    let mut limits = Limits::default();
    (limits.cursor_cache, limits.cursor_cache_bytes) = (3, 20);
    let mut cursor = Cursor::new(&limits);
    let mut insert = |unique, pixels: u16| {
        let (header, data) = (header(unique, CursorType::ALPHA, pixels, 1), vec![9; 4 * usize::from(pixels)]);
        cursor.apply(&set(CursorFlags::CACHE_ME, header, &data)).unwrap();
        let cached = |&unique: &u64| {
            let again = set(CursorFlags::FROM_CACHE, header, &[]);
            let ServerMessage::Set(mut again) = again else { unreachable!() };
            again.cursor.header.as_mut().unwrap().unique = unique;
            cursor.clone().apply(&ServerMessage::Set(again)).is_ok()
        };
        (1..9).filter(cached).collect::<Vec<u64>>()
    };
    insert(1, 1);
    insert(2, 1);
    assert_eq!(insert(3, 1), [1, 2, 3]);
    assert_eq!(insert(4, 1), [2, 3, 4], "three shapes at most");
    assert_eq!(insert(2, 1), [2, 3, 4], "the same key replaces");
    assert_eq!(insert(5, 4), [2, 5], "20 bytes at most");
    assert!(insert(6, 6).is_empty(), "larger than the cache");
}

#[test]
fn moving_shows_and_hiding_hides() {
    let mut cursor = Cursor::new(&Limits::default());
    let to = ServerMessage::Move(Move { position: Point16 { x: -1, y: 2 } });
    assert_eq!(cursor.apply(&to), Ok(Changes::POSITION | Changes::VISIBILITY));
    assert_eq!(cursor.apply(&to), Ok(Changes::POSITION));
    assert!(cursor.is_visible() && cursor.position() == Point16 { x: -1, y: 2 });
    assert_eq!(cursor.apply(&ServerMessage::Hide(Empty {})), Ok(Changes::VISIBILITY));
    assert!(!cursor.is_visible());
    assert_eq!(cursor.apply(&ServerMessage::Reset(Empty {})), Ok(Changes::SHAPE | Changes::VISIBILITY));
}

#[test]
fn bad_shapes_change_nothing() {
    let mut cursor = Cursor::new(&Limits::default());
    let good = CursorHeader { hot_spot_x: 9, hot_spot_y: 1, ..header(1, CursorType::MONO, 2, 3) };
    cursor.apply(&set(CursorFlags::CACHE_ME, good, &[0; 6])).unwrap();
    assert_eq!(cursor.shape().unwrap().hot_spot(), (1, 1), "inside of the shape");
    for (header, field, kind) in [
        (header(2, CursorType::MONO, 2, 3), "cursor.data", ErrorKind::Truncated { needed: 6, present: 5 }),
        (header(2, CursorType(7), 1, 1), "cursor.header.type", ErrorKind::Value(7)),
        (
            header(2, CursorType::MONO, 1, 1025),
            "cursor.header.height",
            ErrorKind::Limit { wanted: 1025, allowed: 1024 },
        ),
    ] {
        let ServerMessage::Set(mut bad) = set(CursorFlags::CACHE_ME, header, &[0; 5]) else { unreachable!() };
        bad.position = Point16 { x: 100, y: 100 };
        let error = cursor.apply(&ServerMessage::Set(bad)).unwrap_err();
        assert_eq!((error.field(), error.kind()), (field, kind));
        assert_eq!(cursor.position(), Point16 { x: 3, y: -4 });
        assert_eq!((cursor.shape().unwrap().pixels().height(), cursor.cached()), (3, 1));
    }
}
