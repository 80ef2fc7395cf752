//! The pointer of a capture: its shape, and where it is at any time.
//!
//! A server that moves the pointer says so on the cursor channel. In the client's mouse mode the client draws the
//! pointer where it last said that it is, on the inputs channel (`docs/spec/messages.md`, "Channel 4: cursor"); then
//! the server gives the shape alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use spice_proto::ClientMessage;
use spice_proto::Limits;
use spice_proto::Origin;
use spice_proto::ServerMessage;
use spice_proto::canvas::cursor::Cursor;
use spice_proto::canvas::cursor::Shape;
use spice_proto::common::MouseMode;
use spice_proto::image::Format;
use spice_proto::image::Pixmap;
use spice_proto::inputs;
use spice_proto::main;

use super::Message;
use super::Session;
use super::TrackFrame;

/// The pointers of all sessions of a capture.
#[derive(Debug)]
pub struct Pointers<'a> {
    limits: Limits,
    /// Order in the capture, session, whose frame, the frame.
    events: Vec<(u64, &'a Session, Origin, &'a TrackFrame)>,
    sorted: bool,
    next: usize,
    /// By session and number of the cursor channel.
    cursors: BTreeMap<(u32, u8), Cursor>,
    /// Where the client has moved it, by session and number of the display.
    places: BTreeMap<(u32, u8), (i64, i64)>,
    client_mode: BTreeMap<u32, bool>,
    /// The session whose main channel has spoken last.
    main: u32,
}

/// A pointer that is to be seen.
#[derive(Debug, Clone)]
pub struct Pointer {
    /// What it looks like.
    pub shape: Arc<Shape>,
    /// Where its hot spot is, in pixels of the surface.
    pub at: (i64, i64),
}

impl<'a> Pointers<'a> {
    /// No channel yet.
    pub fn new(limits: Limits) -> Self {
        Pointers {
            limits,
            events: Vec::new(),
            sorted: true,
            next: 0,
            cursors: BTreeMap::new(),
            places: BTreeMap::new(),
            client_mode: BTreeMap::new(),
            main: 0,
        }
    }

    /// Adds a connection; channels that have nothing to do with the pointer are passed over. `order` gives the number
    /// of the packet that brought the byte before an offset, None for what is to be left out.
    pub fn add(&mut self, session: &'a Session, order: impl Fn(Origin, u64) -> Option<u64>) {
        use spice_proto::ChannelType as C;
        let tracks = match session.channel() {
            C::CURSOR | C::MAIN => &session.server,
            C::INPUTS => &session.client,
            _ => return,
        };
        let origin = tracks.origin;
        let events = tracks.frames.iter();
        self.events
            .extend(events.filter_map(|frame| Some((order(origin, frame.end())?, session, origin, frame))));
        self.sorted = false;
    }

    /// Takes everything that came before this packet or with it.
    pub fn advance(&mut self, order: u64) {
        if !std::mem::replace(&mut self.sorted, true) {
            self.events.sort_by_key(|(order, ..)| *order);
        }
        while let Some(&(at, session, origin, frame)) = self.events.get(self.next) {
            if at > order {
                return;
            }
            self.next += 1;
            for item in session.track(origin).items_of(frame) {
                if let Ok((message, _)) = &item.parsed {
                    self.take(session, message);
                }
            }
        }
    }

    fn take(&mut self, session: &Session, message: &Message<'_>) {
        let (id, channel) = (session.link.connection_id, session.link.channel_id);
        match message {
            Message::Server(ServerMessage::Cursor(message)) => {
                let limits = &self.limits;
                let cursor = self.cursors.entry((id, channel)).or_insert_with(|| Cursor::new(limits));
                // A shape that cannot be had leaves the one before, as in a client.
                let _ = cursor.apply(message);
            }
            Message::Server(ServerMessage::Main(main::ServerMessage::Init(init))) => {
                self.main = init.session_id;
                let client = init.current_mouse_mode == u32::from(MouseMode::CLIENT.bits());
                self.client_mode.insert(self.main, client);
            }
            Message::Server(ServerMessage::Main(main::ServerMessage::MouseMode(mode))) => {
                self.client_mode.insert(self.main, mode.current_mode == MouseMode::CLIENT);
            }
            Message::Client(ClientMessage::Inputs(inputs::ClientMessage::MousePosition(to))) => {
                self.places.insert((id, to.display_id), (to.x.into(), to.y.into()));
            }
            _ => {}
        }
    }

    /// The pointer over a display channel of a session; None where none is to be seen.
    pub fn pointer(&self, session: u32, display: u8) -> Option<Pointer> {
        let cursor = self.cursors.get(&(session, display))?;
        let shape = cursor.shape().filter(|_| cursor.is_visible())?;
        let client = self.client_mode.get(&session).copied().unwrap_or(false);
        let moved = self.places.get(&(session, display)).filter(|_| client);
        let shown = (i64::from(cursor.position().x), i64::from(cursor.position().y));
        Some(Pointer { shape: Arc::clone(shape), at: moved.copied().unwrap_or(shown) })
    }
}

impl Pointer {
    /// The pointer in another place.
    pub fn moved_by(&self, x: i64, y: i64) -> Pointer {
        Pointer { shape: Arc::clone(&self.shape), at: (self.at.0 + x, self.at.1 + y) }
    }

    /// A copy of the picture with the pointer over it. Colours that the pointer inverts are inverted.
    pub fn over(&self, picture: &Pixmap) -> Pixmap {
        let mut result = match picture.format() {
            Format::Argb8888 => picture.clone(),
            _ => picture.convert(Format::Xrgb8888),
        };
        let (pixels, inversion) = (self.shape.pixels(), self.shape.inversion());
        let (hot_x, hot_y) = self.shape.hot_spot();
        let (left, top) = (self.at.0 - i64::from(hot_x), self.at.1 - i64::from(hot_y));
        let (width, height) = (i64::from(result.width()), i64::from(result.height()));
        let target = result.data_mut().as_chunks_mut::<4>().0;
        for y in 0..pixels.height() {
            let to_y = top + i64::from(y);
            let inverted = inversion.map_or(&[][..], |inversion| inversion.row(y)).as_chunks::<4>().0;
            for (x, &[b, g, r, a]) in (0_i64..).zip(pixels.row(y).as_chunks::<4>().0) {
                let to_x = left + x;
                if !(0..width).contains(&to_x) || !(0..height).contains(&to_y) {
                    continue;
                }
                let Some(place) = target.get_mut((to_y * width + to_x) as usize) else { continue };
                match inverted.get(x as usize) {
                    Some(&[xb, xg, xr, _]) if (xb, xg, xr) != (0, 0, 0) => {
                        place[0] ^= xb;
                        place[1] ^= xg;
                        place[2] ^= xr;
                    }
                    _ => {
                        for (place, colour) in place.iter_mut().zip([b, g, r, a]) {
                            let below = u32::from(*place) * u32::from(255 - a);
                            *place = colour.saturating_add(((below + 127) / 255) as u8);
                        }
                    }
                }
            }
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use spice_proto::common::CursorType;
    use spice_proto::cursor::CursorHeader;

    use super::*;

    #[test]
    fn a_pointer_covers_blends_inverts_and_is_cut_off() {
        let shape = |type_, width, data: &[u8]| {
            let header = CursorHeader { unique: 0, type_, width, height: 1, hot_spot_x: 1, hot_spot_y: 0 };
            Arc::new(Shape::new(&header, data, &Limits::default()).unwrap())
        };
        let grey = Pixmap::from_data(Format::Xrgb8888, 2, 1, vec![100; 8]).unwrap();
        // Opaque, half, nothing; the first one lies left of the picture.
        let alpha = shape(CursorType::ALPHA, 3, &[9, 9, 9, 255, 50, 0, 0, 128, 0, 0, 0, 0]);
        let drawn = Pointer { shape: alpha, at: (0, 0) }.over(&grey);
        assert_eq!(drawn.data()[..3], [100, 50, 50]);
        assert_eq!(drawn.data()[4..7], [100, 100, 100]);
        let drawn = Pointer { shape: shape(CursorType::MONO, 1, &[0x80, 0x80]), at: (1, 0) }.over(&grey);
        assert_eq!(drawn.data()[4..7], [155, 155, 155]);
    }
}
