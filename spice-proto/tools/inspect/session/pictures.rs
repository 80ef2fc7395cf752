//! The images of the display channels of a capture, decoded as a client would.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;
use std::time::Instant;

use spice_proto::Limits;
use spice_proto::display;
use spice_proto::display::Image;
use spice_proto::image::Decoded;
use spice_proto::image::Decoder;
use spice_proto::image::Error;
use spice_proto::image::Format;
use spice_proto::image::Missing;
use spice_proto::image::SharedCaches;
use spice_proto::image::View;

use super::Replay;
use super::Role;
use super::Session;
use super::Step;
use super::Stuck;
use super::drawing;

/// The display channels of a capture.
#[derive(Debug)]
pub struct Pictures<'a>(Replay<'a, Display>);

/// An image and what became of it.
#[derive(Debug)]
pub struct Shown<'v> {
    /// The connection's number.
    pub connection: usize,
    /// Where the message's head starts in the stream of the server.
    pub offset: u64,
    /// Where its frame ends there.
    pub end: u64,
    /// Which image of the message, from 0.
    pub index: usize,
    /// What the image is for.
    pub role: Role,
    /// The image as it came.
    pub image: &'v Image<'v>,
    /// Its pixels, or why there are none.
    pub seen: Result<Seen<'v>, Error>,
    /// How long decoding took.
    pub time: Duration,
    /// How often the image had to wait for another channel.
    pub waits: u32,
}

/// What an image shows.
#[derive(Debug)]
pub enum Seen<'v> {
    /// Pixels.
    Pixels(View<'v>),
    /// Another surface.
    Surface(u32),
}

#[derive(Debug)]
struct Display {
    decoder: Decoder,
    surfaces: BTreeMap<u32, Format>,
    /// Images of the present message that have been shown.
    done: usize,
}

impl<'a> Pictures<'a> {
    /// No channel yet; what decoding is bound by.
    pub fn new(limits: Limits) -> Self {
        Pictures(Replay::new(limits))
    }

    /// Adds a connection, see [`Replay::add`].
    pub fn add(
        &mut self,
        connection: usize,
        server: SocketAddr,
        session: &'a Session,
        order: impl Fn(u64) -> u64,
    ) {
        let display =
            |limits: &Limits| Display { decoder: Decoder::new(limits), surfaces: BTreeMap::new(), done: 0 };
        self.0.add(connection, server, session, order, display);
    }

    /// Decodes every image and gives it to `each`; then says which channels wait for ever.
    ///
    /// `progress` is told how many of how many frames have been taken.
    pub fn decode(self, mut each: impl FnMut(&Shown<'_>), progress: impl FnMut(usize, usize)) -> Vec<Stuck> {
        let mut buffer = Vec::new();
        self.0.run(|step| message(step, &mut buffer, &mut each), progress).stuck
    }
}

/// Decodes the images of one message; says what it waits for.
fn message(
    step: Step<'_, Display>,
    buffer: &mut Vec<u8>,
    each: &mut impl FnMut(&Shown<'_>),
) -> Option<Missing> {
    let Step { connection, item, message, end, waits, display, shared, .. } = step;
    if waits == 0 {
        display.done = 0;
    }
    display.see(message, shared);
    let (surface, images) = drawing(message)?;
    let target = display.surfaces.get(&surface).copied().unwrap_or(Format::Xrgb8888);
    display.decoder.start_message();
    for (index, (role, image)) in images.iter().enumerate() {
        let start = Instant::now();
        let decoded = match role {
            Role::Mask => display.decoder.decode_mask(image, shared, buffer),
            _ => display.decoder.decode(image, target, shared, buffer),
        };
        let time = start.elapsed();
        let picture;
        let seen = match decoded {
            Ok(Decoded::Waiting(missing)) => return Some(missing),
            Ok(Decoded::Picture(decoded)) => {
                picture = decoded;
                Ok(Seen::Pixels(picture.view()))
            }
            Ok(Decoded::Surface(id)) => Ok(Seen::Surface(id)),
            Err(error) => Err(error),
        };
        // What was shown before the message waited is not shown again.
        if index >= display.done {
            display.done = index + 1;
            let offset = item.offset;
            each(&Shown { connection, offset, end, index, role: *role, image, seen, time, waits });
        }
    }
    None
}

impl Display {
    /// Takes note of surfaces and of what is to be forgotten.
    fn see(&mut self, message: &display::ServerMessage<'_>, shared: &mut SharedCaches) {
        match message {
            display::ServerMessage::SurfaceCreate(surface) => {
                let format = Format::of_surface(surface.format);
                self.surfaces.extend(format.map(|format| (surface.surface_id, format)));
            }
            display::ServerMessage::SurfaceDestroy(surface) => {
                self.surfaces.remove(&surface.surface_id);
            }
            display::ServerMessage::Mode(mode) if mode.bits == 16 => {
                self.surfaces.insert(0, Format::Xrgb1555);
            }
            message => {
                self.decoder.invalidate(message, shared);
            }
        }
    }
}
