//! The server's pointer and its feeds: however slow clients are, each ends with the pointer as it is.

use spice_proto::Limits;
use spice_proto::canvas::cursor::{Cursor, Shape};
use spice_proto::channel::{ClientEnd, Cursor as CursorChannel, ServerEnd};
use spice_proto::common::{CursorType, Point16};
use spice_proto::cursor::{CursorHeader, ServerMessage, Trail};
use spice_proto::frame::HeaderKind;
use spice_proto::server::{Pointer, PointerFeed};

use super::take;

/// A script: whether clients move the pointer by themselves, then steps of the pointer and of two clients.
///
/// # Panics
/// When a client cannot carry out a message, or does not end with the pointer as it is.
pub fn pointer_feed(data: &[u8]) {
    let mut data = data;
    let client_mode = take::<1>(&mut data).is_multiple_of(4);
    let mut pointer = Pointer::new();
    let mut shape: Option<(CursorHeader, Vec<u8>)> = None;
    let mut clients = [20, 1].map(|window| Client::new(window, client_mode));
    while !data.is_empty() {
        match take::<1>(&mut data) % 8 {
            0 | 1 => {
                shape = Some(made(&mut data));
                pointer.set_shape(shape.as_ref().map(|(header, data)| (*header, &data[..])));
            }
            2 => pointer.move_to(Point16 { x: take::<1>(&mut data) as i16, y: 5 }),
            3 => pointer.set_visible(take::<1>(&mut data).is_multiple_of(2)),
            4 if data.len().is_multiple_of(5) => {
                shape = None;
                pointer.set_shape(None);
            }
            5 => {
                let (length, frequency) = (take::<1>(&mut data) as u16 % 3, 4);
                pointer.set_trail(Trail { length, frequency });
            }
            which => {
                _ = clients[usize::from(which % 2 == 0)].turn(&pointer, take::<1>(&mut data) as usize % 4)
            }
        }
    }
    for mut client in clients {
        while client.turn(&pointer, 4) {}
        let wanted = shape
            .as_ref()
            .map(|(header, data)| Shape::new(header, data, &Limits::default()).expect("a shape that fits"));
        assert_eq!(client.cursor.shape().map(|shape| (**shape).clone()), wanted);
        assert!(client.cursor.cached() <= 256);
        assert_eq!(client.cursor.is_visible(), pointer.is_visible());
        assert_eq!(client.cursor.trail(), pointer.trail());
        // A client that moves the pointer by itself knows better.
        if client.cursor.is_visible() && !client_mode {
            assert_eq!(client.cursor.position(), pointer.position());
        }
    }
}

struct Client {
    server: ServerEnd<CursorChannel>,
    client: ClientEnd<CursorChannel>,
    feed: PointerFeed,
    cursor: Cursor,
}

impl Client {
    fn new(window: u32, client_mode: bool) -> Self {
        let mut feed = PointerFeed::new().with_window(window);
        feed.set_client_mode(client_mode);
        Self {
            server: ServerEnd::new(CursorChannel, HeaderKind::Mini, &Limits::server()),
            client: ClientEnd::new(CursorChannel, HeaderKind::Mini, &Limits::default()),
            feed,
            cursor: Cursor::new(&Limits::default()),
        }
    }

    /// The server sends so many messages, if it may, and then the client takes as many; whether there were any.
    fn turn(&mut self, pointer: &Pointer, turns: usize) -> bool {
        let mut busy = false;
        for _ in 0..turns {
            if !self.server.can_send() {
                break;
            }
            let Some(message) = self.feed.next_message(pointer) else { break };
            self.server.send(&message).expect("there is room");
            busy = true;
        }
        self.client.push_bytes(self.server.take_output());
        for _ in 0..turns {
            let Some(received) = self.client.next_message().expect("messages") else { break };
            let message: ServerMessage<'_> = received.parse().expect("a cursor message");
            self.cursor.apply(&message).unwrap_or_else(|error| panic!("{error}: {message:?}"));
            busy = true;
        }
        self.server.push_bytes(self.client.take_output());
        while self.server.next_message().expect("answers").is_some() {}
        busy
    }
}

/// A shape of any type; the same bytes make the same shape, and there are not many.
fn made(data: &mut &[u8]) -> (CursorHeader, Vec<u8>) {
    let type_ = CursorType(take::<1>(data) as u8 % 7);
    let (width, seed) = (1 + take::<1>(data) as u16 % 9, take::<1>(data) as u8);
    let unique = take::<1>(data).into();
    // The largest shape of this size is one of eight bits, with its palette.
    let bytes = (0..1024 + 9 * 9 * 4 + 18).map(|at: usize| (at as u8).wrapping_mul(seed)).collect();
    (CursorHeader { unique, type_, width, height: width, hot_spot_x: 0, hot_spot_y: width - 1 }, bytes)
}
