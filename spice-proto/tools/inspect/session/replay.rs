//! The display channels of a capture, message by message, as a client would have taken them.
//!
//! Channels of a session share a pixmap cache and a GLZ window, so their messages are taken in the order of the capture.
//! A message may need a picture that another channel brings later: its channel waits until then.
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

use spice_proto::ChannelType;
use spice_proto::ClientMessage;
use spice_proto::Limits;
use spice_proto::ServerMessage;
use spice_proto::display;
use spice_proto::image::Missing;
use spice_proto::image::SharedCaches;

use super::Item;
use super::Message;
use super::Session;
use super::TrackFrame;

/// The display channels of a capture. `D` is what each of them has of its own.
#[derive(Debug)]
pub struct Replay<'a, D> {
    limits: Limits,
    channels: Vec<Channel<'a>>,
    groups: Vec<Group<D>>,
    /// Order in the capture, channel, frame.
    frames: Vec<(u64, usize, &'a TrackFrame)>,
}

/// A message to be taken.
#[derive(Debug)]
pub struct Step<'s, D> {
    /// The connection's number.
    pub connection: usize,
    /// Number of the display channel.
    pub channel: u8,
    /// The message with its place in the stream of the server.
    pub item: &'s Item<'s>,
    /// The message.
    pub message: &'s display::ServerMessage<'s>,
    /// Where its frame ends in the stream of the server.
    pub end: u64,
    /// How often it has waited.
    pub waits: u32,
    /// What the channel has of its own.
    pub display: &'s mut D,
    /// What it shares.
    pub shared: &'s mut SharedCaches,
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

/// The end of a capture.
#[derive(Debug)]
pub struct Finished<D> {
    /// What the channels of each session had, by number of the channel; sessions in the order of the capture.
    pub sessions: Vec<BTreeMap<u8, D>>,
    /// Channels that wait for ever.
    pub stuck: Vec<Stuck>,
}

/// What the channels of a session on one server, or on both sides of a seamless migration, share.
#[derive(Debug)]
struct Group<D> {
    session: u32,
    server: SocketAddr,
    shared: SharedCaches,
    /// By number of the channel.
    displays: BTreeMap<u8, D>,
}

#[derive(Debug)]
struct Channel<'a> {
    connection: usize,
    id: u8,
    group: usize,
    session: &'a Session,
    queue: VecDeque<&'a TrackFrame>,
    /// Messages of the first frame in the queue that are done.
    messages_done: usize,
    waits: u32,
}

impl<'a, D> Replay<'a, D> {
    /// No channel yet; what decoding is bound by.
    pub fn new(limits: Limits) -> Self {
        Replay { limits, channels: Vec::new(), groups: Vec::new(), frames: Vec::new() }
    }

    /// Adds a connection, in the order of the capture; other channels than display are passed over.
    ///
    /// `order` gives the number of the packet that brought the byte before this offset in the server's stream; `display`
    /// makes what a channel has of its own, and is called unless an earlier connection was of the same channel.
    pub fn add(
        &mut self,
        connection: usize,
        server: SocketAddr,
        session: &'a Session,
        order: impl Fn(u64) -> u64,
        display: impl FnOnce(&Limits) -> D,
    ) {
        if session.channel() != ChannelType::DISPLAY {
            return;
        }
        let id = session.link.channel_id;
        let group = self.group(server, session);
        let limits = &self.limits;
        self.groups[group].displays.entry(id).or_insert_with(|| display(limits));
        let index = self.channels.len();
        self.channels.push(Channel {
            connection,
            id,
            group,
            session,
            queue: VecDeque::new(),
            messages_done: 0,
            waits: 0,
        });
        self.frames.extend(session.server.frames.iter().map(|frame| (order(frame.end()), index, frame)));
    }

    /// Gives every message to `take`, which says what it waits for; a message that waits is given again.
    ///
    /// `progress` is told how many of how many frames have been taken.
    pub fn run(
        mut self,
        mut take: impl FnMut(Step<'_, D>) -> Option<Missing>,
        mut progress: impl FnMut(usize, usize),
    ) -> Finished<D> {
        let mut frames = std::mem::take(&mut self.frames);
        frames.sort_by_key(|&(order, channel, _)| (order, channel));
        let total = frames.len();
        let mut stuck = vec![None; self.channels.len()];
        for (n, (_, channel, frame)) in frames.into_iter().enumerate() {
            self.channels[channel].queue.push_back(frame);
            // What one channel brings may let others go on, and these again others.
            let mut next = Some(channel);
            while let Some(channel) = next.take() {
                let before = self.channels[channel].queue.len();
                stuck[channel] = self.advance(channel, &mut take);
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
        let sessions = self.groups.into_iter().map(|group| group.displays).collect();
        Finished { sessions, stuck: stuck.into_iter().flatten().collect() }
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
        take: &mut impl FnMut(Step<'_, D>) -> Option<Missing>,
    ) -> Option<Stuck> {
        let channel = &mut self.channels[channel];
        let Group { shared, displays, .. } = &mut self.groups[channel.group];
        let display = displays.get_mut(&channel.id)?;
        let (connection, id) = (channel.connection, channel.id);
        while let Some(&frame) = channel.queue.front() {
            let items = channel.session.server.items_of(frame);
            for item in items.iter().skip(channel.messages_done) {
                if let Ok((Message::Server(ServerMessage::Display(message)), _)) = &item.parsed {
                    let (end, waits) = (frame.end(), channel.waits);
                    let step = Step { connection, channel: id, item, message, end, waits, display, shared };
                    if let Some(missing) = take(step) {
                        channel.waits += 1;
                        return Some(Stuck { connection, offset: item.offset, missing });
                    }
                }
                channel.messages_done += 1;
                channel.waits = 0;
            }
            channel.queue.pop_front();
            channel.messages_done = 0;
        }
        None
    }
}
