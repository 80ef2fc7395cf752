//! The images of the display channels of a capture, decoded as a client would.
//!
//! Channels of a session share a pixmap cache and a GLZ window, so their messages are taken in the order of the capture.
//! An image may need one that another channel brings later: its channel waits until then.
//!
//! ```text
//! connection 2  display:0  ──frame──frame──(waits for 7)┄┄┄┄┄┄frame──frame
//! connection 5  display:1  ─────────frame───────────frame: 7──frame
//! ```
//!
//! After a seamless migration the channels of the new server go on with the caches of the old one; a channel that begins
//! with INIT on a server not seen before begins with empty ones (`docs/spec/lz-glz.md` §3.6).

use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;
use std::time::Instant;

use spice_proto::ChannelType;
use spice_proto::ClientMessage;
use spice_proto::Limits;
use spice_proto::ServerMessage;
use spice_proto::display;
use spice_proto::display::Image;
use spice_proto::image::Decoded;
use spice_proto::image::Decoder;
use spice_proto::image::Error;
use spice_proto::image::Format;
use spice_proto::image::Missing;
use spice_proto::image::SharedCaches;
use spice_proto::image::View;

use super::Item;
use super::Message;
use super::Role;
use super::Session;
use super::TrackFrame;
use super::drawing;

/// The display channels of a capture.
#[derive(Debug, Default)]
pub struct Pictures<'a> {
    limits: Limits,
    channels: Vec<Channel<'a>>,
    groups: Vec<Group>,
    /// Order in the capture, channel, frame.
    frames: Vec<(u64, usize, &'a TrackFrame)>,
}

/// An image and what became of it.
#[derive(Debug)]
pub struct Shown<'v> {
    /// The connection's number.
    pub connection: usize,
    /// Where the message's head starts in the stream of the server.
    pub offset: u64,
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

/// A channel that waits at the end of the capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stuck {
    /// The connection's number.
    pub connection: usize,
    /// Where the waiting message's head starts in the stream of the server.
    pub offset: u64,
    /// What it waits for.
    pub missing: Missing,
}

/// What the channels of a session on one server, or on both sides of a seamless migration, share.
#[derive(Debug)]
struct Group {
    session: u32,
    server: SocketAddr,
    shared: SharedCaches,
    /// By number of the channel.
    displays: BTreeMap<u8, Display>,
}

#[derive(Debug)]
struct Display {
    decoder: Decoder,
    surfaces: BTreeMap<u32, Format>,
}

#[derive(Debug)]
struct Channel<'a> {
    connection: usize,
    id: u8,
    group: usize,
    session: &'a Session,
    queue: VecDeque<&'a TrackFrame>,
    /// Messages of the first frame in the queue, and images of the first one of those, that are done.
    messages_done: usize,
    images_done: usize,
    waits: u32,
}

impl<'a> Pictures<'a> {
    /// No channel yet; what decoding is bound by.
    pub fn new(limits: Limits) -> Self {
        Pictures { limits, ..Self::default() }
    }

    /// Adds a connection, in the order of the capture; other channels than display are passed over.
    ///
    /// `order` gives the number of the packet that brought the byte before this offset in the server's stream.
    pub fn add(
        &mut self,
        connection: usize,
        server: SocketAddr,
        session: &'a Session,
        order: impl Fn(u64) -> u64,
    ) {
        if session.channel() != ChannelType::DISPLAY {
            return;
        }
        let id = session.link.channel_id;
        let group = self.group(server, session);
        let limits = &self.limits;
        let display = || Display { decoder: Decoder::new(limits), surfaces: BTreeMap::new() };
        self.groups[group].displays.entry(id).or_insert_with(display);
        let index = self.channels.len();
        self.channels.push(Channel {
            connection,
            id,
            group,
            session,
            queue: VecDeque::new(),
            messages_done: 0,
            images_done: 0,
            waits: 0,
        });
        self.frames.extend(session.server.frames.iter().map(|frame| (order(frame.end()), index, frame)));
    }

    /// Decodes every image and gives it to `each`; then says which channels wait for ever.
    ///
    /// `progress` is told how many of how many frames have been taken.
    pub fn decode(
        mut self,
        mut each: impl FnMut(&Shown<'_>),
        mut progress: impl FnMut(usize, usize),
    ) -> Vec<Stuck> {
        let mut frames = std::mem::take(&mut self.frames);
        frames.sort_by_key(|&(order, channel, _)| (order, channel));
        let total = frames.len();
        let mut stuck = vec![None; self.channels.len()];
        let mut buffer = Vec::new();
        for (n, (_, channel, frame)) in frames.into_iter().enumerate() {
            self.channels[channel].queue.push_back(frame);
            // What one channel brings may let others go on, and these again others.
            let mut next = Some(channel);
            while let Some(channel) = next.take() {
                let before = self.channels[channel].queue.len();
                stuck[channel] = self.advance(channel, &mut buffer, &mut each);
                if self.channels[channel].queue.len() < before {
                    let group = self.channels[channel].group;
                    next = (0..stuck.len()).find(|&other| {
                        stuck[other].is_some_and(|stuck: Stuck| self.has(group, stuck.missing))
                            && self.channels[other].group == group
                    });
                }
            }
            progress(n + 1, total);
        }
        stuck.into_iter().flatten().collect()
    }

    /// The caches of a connection.
    fn group(&mut self, server: SocketAddr, session: &Session) -> usize {
        let id = session.link.connection_id;
        let migrated = session.client.items().any(|item| {
            matches!(
                item.parsed,
                Ok((Message::Client(ClientMessage::Display(display::ClientMessage::MigrateData(_))), _))
            )
        });
        let found =
            self.groups.iter().rposition(|group| group.session == id && (migrated || group.server == server));
        if let Some(found) = found {
            self.groups[found].server = server;
            return found;
        }
        let shared = SharedCaches::new(&self.limits);
        self.groups.push(Group { session: id, server, shared, displays: BTreeMap::new() });
        self.groups.len() - 1
    }

    fn has(&self, group: usize, missing: Missing) -> bool {
        let shared = &self.groups[group].shared;
        match missing {
            Missing::Pixmap(id) => shared.pixmaps.get(id).is_some(),
            Missing::Lossless(id) => shared.pixmaps.lossless(id).is_some(),
            Missing::Glz(id) => shared.glz.get(id).is_some() || id < shared.glz.next_id(),
        }
    }

    /// Takes frames of a channel until one waits or none is left.
    fn advance(
        &mut self,
        channel: usize,
        buffer: &mut Vec<u8>,
        each: &mut impl FnMut(&Shown<'_>),
    ) -> Option<Stuck> {
        let channel = &mut self.channels[channel];
        let group = &mut self.groups[channel.group];
        let display = group.displays.get_mut(&channel.id)?;
        while let Some(&frame) = channel.queue.front() {
            let items = channel.session.server.items_of(frame);
            for item in items.iter().skip(channel.messages_done) {
                if let Some(missing) = message(display, &mut group.shared, channel, item, buffer, each) {
                    return Some(Stuck { connection: channel.connection, offset: item.offset, missing });
                }
                channel.messages_done += 1;
                channel.images_done = 0;
                channel.waits = 0;
            }
            channel.queue.pop_front();
            channel.messages_done = 0;
        }
        None
    }
}

/// Decodes the images of one message; says what it waits for.
fn message(
    display: &mut Display,
    shared: &mut SharedCaches,
    state: &mut Channel<'_>,
    item: &Item<'_>,
    buffer: &mut Vec<u8>,
    each: &mut impl FnMut(&Shown<'_>),
) -> Option<Missing> {
    let Ok((Message::Server(ServerMessage::Display(message)), _)) = &item.parsed else { return None };
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
            Ok(Decoded::Waiting(missing)) => {
                state.waits += 1;
                return Some(missing);
            }
            Ok(Decoded::Picture(decoded)) => {
                picture = decoded;
                Ok(Seen::Pixels(picture.view()))
            }
            Ok(Decoded::Surface(id)) => Ok(Seen::Surface(id)),
            Err(error) => Err(error),
        };
        // What was shown before the message waited is not shown again.
        if index >= state.images_done {
            state.images_done = index + 1;
            let (connection, offset, waits) = (state.connection, item.offset, state.waits);
            each(&Shown { connection, offset, index, role: *role, image, seen, time, waits });
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
