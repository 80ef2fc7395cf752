//! What one client's display channel is told.

use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::caches::ClientCaches;
use super::change::{Change, Effect};
use super::choice;
use super::message::Message;
use super::screen::Screen;
use super::video::{StreamingVideo, Streams, Turn, VideoEncoder};
use crate::canvas::Region;
use crate::common::{Empty, Rect, SetAck};
use crate::display::{
    Brush, ClientMessage, DisplayCapability, DrawCopy, DrawFill, Image, ImageBody, ImageCompression,
    ImageDescriptor, ImageFlags, ImageType, InvalList, MonitorsConfig, ResourceId, ResourceType,
    ServerMessage, SurfaceCreate, SurfaceDestroy, SurfaceFlags, SurfaceFmt,
};
use crate::image::{Coding, Format};
use crate::wire::{CapabilitySet, Parse};

/// One client's display channel: what it has been told of a screen, and what is next.
///
/// Ask for messages with [`next_message`](Self::next_message) while the client can take some; between them the screen may
/// change. Dropping the feed ends it.
#[derive(Debug)]
pub struct Feed {
    /// Counts the feed at its screen.
    _token: Arc<()>,
    channel: u8,
    client: CapabilitySet,
    coding: Coding,
    window: u32,
    opened: bool,
    /// The first change that was not looked at.
    seen: u64,
    /// Version of the heads that the client has.
    heads: Option<u64>,
    surfaces: Vec<Sent>,
    /// Drawings to be sent before any pixels.
    pending: VecDeque<(u32, Arc<Change>)>,
    /// Drawings that were sent since the last pixels.
    drawn: usize,
    /// Bytes that one picture is to have at most.
    largest: Option<u64>,
    /// Bytes and pixels of the last pictures, the older the less.
    coded: (u64, u64),
    /// Parts to be sent as pixels; the last is the next.
    plan: Vec<(u32, Rect)>,
    queue: VecDeque<Message>,
    current: Option<Message>,
    /// When something was last sent with loss, in milliseconds.
    lossy_at: u64,
    /// Exact pixels are to replace lossy ones.
    exact: bool,
    gone: Vec<u64>,
    videos: Streams,
}

/// A surface that the client has.
#[derive(Debug)]
struct Sent {
    id: u32,
    generation: u64,
    first: First,
    /// Where the client's pixels will differ from the screen when all pending drawings have been carried out.
    damage: Region,
    /// Where they were coded with loss.
    lossy: Region,
}

/// How far the first picture of a surface is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum First {
    New,
    /// It goes out with the plan; then comes MARK.
    Planned,
    Shown,
}

/// Drawings that a feed keeps for a client that is slower than they come. More of them become pixels.
pub const PENDING: usize = 64;

/// Milliseconds without change after which lossy pixels are replaced by exact ones: videos and games change more often,
/// and a person begins to look at details later.
const QUIET_MS: u64 = 500;

impl Feed {
    /// A feed for a client that announced these capabilities for its display channel. It begins with everything that
    /// the client needs to know.
    #[must_use]
    pub fn new(screen: &Screen, client: CapabilitySet) -> Self {
        let coding = Coding { lz4: client.contains(DisplayCapability::LZ4_COMPRESSION), ..Coding::default() };
        Self {
            _token: screen.history().token(),
            channel: 0,
            client,
            coding,
            window: 20,
            opened: false,
            seen: screen.history().log().end(),
            heads: None,
            surfaces: Vec::new(),
            pending: VecDeque::new(),
            drawn: 0,
            largest: None,
            coded: (1, 1),
            plan: Vec::new(),
            queue: VecDeque::new(),
            current: None,
            lossy_at: 0,
            exact: false,
            gone: Vec::new(),
            videos: Streams::default(),
        }
    }

    /// The same for a session's display channel of this number; 0 if nothing is said.
    #[must_use]
    pub fn with_channel(self, channel: u8) -> Self {
        Self { channel, ..self }
    }

    /// The same with this window of acknowledgement in SET_ACK; 20 if nothing is said, and 0 for none at all.
    #[must_use]
    pub fn with_window(self, window: u32) -> Self {
        Self { window, ..self }
    }

    /// Which places may become video streams from now on; none if nothing is said. A screen and its feeds are to be asked
    /// for messages at the pace of the pictures then: what changes between two questions is one picture.
    pub fn set_streaming_video(&mut self, mode: StreamingVideo) {
        self.videos.mode = mode;
    }

    /// What codes frames of streams in codecs other than MJPEG by feature `jpeg`.
    pub fn set_video_encoder(&mut self, encoder: alloc::boxed::Box<dyn VideoEncoder>) {
        self.videos.encoder = Some(encoder);
    }

    /// Pictures of more than a row have so many bytes from now on, as far as one can tell by those before; `None` is no limit.
    pub(super) fn set_largest_picture(&mut self, bytes: Option<u64>) {
        self.largest = bytes;
    }

    /// Pixels of the next picture.
    fn largest_pixels(&self) -> u32 {
        let (bytes, pixels) = self.coded;
        let fit = |largest: u64| largest.saturating_mul(pixels).checked_div(bytes);
        let fit = self.largest.and_then(fit).unwrap_or(u64::MAX);
        u32::try_from(fit).unwrap_or(u32::MAX).min(choice::LARGEST_PICTURE)
    }

    /// How pictures are coded from now on. A quality of JPEG lets photographs be lossy at first; when the screen is quiet
    /// they are sent again, exactly.
    pub fn set_coding(&mut self, coding: Coding) {
        self.coding = coding;
    }

    /// How pictures are coded.
    #[must_use]
    pub fn coding(&self) -> &Coding {
        &self.coding
    }

    /// Takes a message of the client: PREFERRED_COMPRESSION, PREFERRED_VIDEO_CODEC_TYPE and STREAM_REPORT count, other
    /// messages are not a feed's business.
    pub fn handle(&mut self, message: &ClientMessage<'_>) {
        match message {
            ClientMessage::PreferredCompression(preferred) => {
                let wish = preferred.image_compression;
                let lz4 = self.client.contains(DisplayCapability::LZ4_COMPRESSION);
                if (ImageCompression::OFF.0..=ImageCompression::LZ.0).contains(&wish.0)
                    || wish == ImageCompression::LZ4 && lz4
                {
                    self.coding.compression = wish;
                }
            }
            ClientMessage::PreferredVideoCodecType(preferred) => self.videos.prefer(preferred.codecs.iter()),
            ClientMessage::StreamReport(report) => self.videos.report(report),
            _ => {}
        }
    }

    /// The next message for the client, or `None` when it knows everything. `now` is a time in milliseconds that never
    /// goes back; frames of video carry it as their `multi_media_time`, so it is to be the clock of the main channel's INIT.
    ///
    /// A message that was given has to be sent: the following ones count on it.
    pub fn next_message<'f>(
        &'f mut self,
        screen: &mut Screen,
        caches: &mut ClientCaches,
        now: u64,
    ) -> Option<ServerMessage<'f>> {
        if self.queue.is_empty() {
            self.advance(screen, caches, now);
        }
        self.current = self.queue.pop_front();
        let Message { kind, body } = self.current.as_ref()?;
        // INVARIANT: it was encoded from a message.
        ServerMessage::parse(*kind, body).ok()
    }

    /// When there will be something to send even if nothing changes, in milliseconds; `None` if never.
    #[must_use]
    pub fn next_time(&self) -> Option<u64> {
        let lossy = self.surfaces.iter().any(|sent| !sent.lossy.is_empty());
        let exact = lossy.then(|| self.lossy_at.saturating_add(QUIET_MS));
        exact.into_iter().chain(self.videos.next_time()).min()
    }

    /// Puts the next message into the queue, if there is one.
    fn advance(&mut self, screen: &mut Screen, caches: &mut ClientCaches, now: u64) {
        if !core::mem::replace(&mut self.opened, true) {
            if self.window > 0 {
                self.push(&ServerMessage::SetAck(SetAck { generation: 1, window: self.window }));
            }
            self.push(&ServerMessage::InvalAllPalettes(Empty));
        }
        self.end_videos(screen, now);
        self.follow_surfaces(screen);
        self.follow_changes(screen, now);
        self.end_videos(screen, now);
        if self.drawn >= PENDING && self.surfaces.iter().any(|sent| !sent.damage.is_empty()) {
            self.collapse();
        }
        while self.queue.is_empty() {
            if let Some((_, change)) = self.pending.pop_front() {
                self.drawn = self.drawn.saturating_add(1);
                if let Some(drawing) = &change.drawing {
                    self.queue.push_back(Message { kind: drawing.kind, body: drawing.body.clone() });
                }
                continue;
            }
            if self.send_video(screen, now) {
                self.drawn = 0;
                continue;
            }
            if let Some((id, rect)) = self.plan.pop() {
                self.drawn = 0;
                let (rect, rest) = choice::cut(rect, self.largest_pixels());
                if !rest.is_empty() {
                    self.plan.push((id, rest));
                }
                self.send_part(screen, caches, id, rect, now);
                continue;
            }
            self.mark(screen);
            if !self.queue.is_empty() || !self.make_plan(now) {
                return;
            }
        }
    }

    /// Streams that are over: their places are sent as pixels.
    fn end_videos(&mut self, screen: &Screen, now: u64) {
        while let Turn::Ended(id, area) = self.videos.end(screen, &mut self.queue, now) {
            if let Some(sent) = self.surfaces.iter_mut().find(|sent| sent.id == id) {
                sent.damage.add(area);
                choice::coarsen(&mut sent.damage);
            }
        }
    }

    /// Puts the next message of a stream into the queue. Not before the client has a picture.
    fn send_video(&mut self, screen: &mut Screen, now: u64) -> bool {
        if self.surfaces.iter().any(|sent| sent.first != First::Shown) {
            return false;
        }
        let turn = self.videos.next(screen, &self.client, &mut self.queue, now);
        if let Turn::Began(id, area) = turn
            && let Some(sent) = self.surfaces.iter_mut().find(|sent| sent.id == id)
        {
            sent.damage.subtract(area);
            sent.lossy.subtract(area);
        }
        turn != Turn::Nothing
    }

    /// Surfaces that came and went.
    fn follow_surfaces(&mut self, screen: &Screen) {
        let gone = |sent: &Sent| !screen.shown().any(|shown| shown == (sent.id, sent.generation));
        while let Some(at) = self.surfaces.iter().position(gone) {
            let sent = self.surfaces.swap_remove(at);
            self.pending.retain(|(id, _)| *id != sent.id);
            self.plan.retain(|(id, _)| *id != sent.id);
            self.push(&ServerMessage::SurfaceDestroy(SurfaceDestroy { surface_id: sent.id }));
        }
        for (id, generation) in screen.shown() {
            let Some(pixels) = screen.surface(id) else { continue };
            let Some(format) = surface_format(pixels.format()) else { continue };
            if self.surfaces.iter().any(|sent| sent.id == id) {
                continue;
            }
            let (width, height) = (pixels.width(), pixels.height());
            let (flags, first) = if screen.is_primary(id) {
                (SurfaceFlags::PRIMARY, First::New)
            } else {
                (SurfaceFlags::empty(), First::Shown)
            };
            let create = SurfaceCreate { surface_id: id, width, height, format, flags };
            self.push(&ServerMessage::SurfaceCreate(create));
            let damage = Region::from(Rect::of_size(width, height));
            self.surfaces.push(Sent { id, generation, first, damage, lossy: Region::new() });
        }
    }

    /// Changes since the last time.
    fn follow_changes(&mut self, screen: &Screen, now: u64) {
        let from = core::mem::replace(&mut self.seen, screen.history().log().end());
        let Some(changes) = screen.history().log().since(from) else {
            // Too much has happened: everything is sent.
            self.pending.clear();
            for sent in &mut self.surfaces {
                if let Some(pixels) = screen.surface(sent.id) {
                    sent.damage.add(Rect::of_size(pixels.width(), pixels.height()));
                }
            }
            return;
        };
        for change in changes {
            self.take(change, screen, now);
        }
    }

    /// One change: it becomes damage or a pending drawing.
    fn take(&mut self, change: &Arc<Change>, screen: &Screen, now: u64) {
        let Some(sent) = self.surfaces.iter_mut().find(|sent| sent.generation == change.generation) else {
            return;
        };
        let id = sent.id;
        let region = &change.region;
        self.exact = false;
        if let Some(rest) = self.videos.take(id, change, screen, now) {
            sent.damage.add_region(&rest);
            sent.lossy.subtract_region(region);
            choice::coarsen(&mut sent.damage);
            choice::coarsen(&mut sent.lossy);
            uncover(&mut self.pending, change);
            return;
        }
        let keep = match change.drawing.as_ref().map(|drawing| drawing.effect) {
            None => {
                sent.damage.add_region(region);
                sent.lossy.subtract_region(region);
                uncover(&mut self.pending, change);
                false
            }
            Some(Effect::Covers) => {
                sent.damage.subtract_region(region);
                sent.lossy.subtract_region(region);
                uncover(&mut self.pending, change);
                true
            }
            Some(Effect::Mixes) => true,
            Some(Effect::Moves { dx, dy }) => sent.moves(region, dx, dy),
        };
        choice::coarsen(&mut sent.damage);
        choice::coarsen(&mut sent.lossy);
        if keep {
            self.pending.push_back((id, Arc::clone(change)));
            if self.pending.len() > PENDING {
                self.collapse();
            }
        }
    }

    /// Turns pending drawings into pixels.
    fn collapse(&mut self) {
        self.drawn = 0;
        for (id, change) in self.pending.drain(..) {
            if let Some(sent) = self.surfaces.iter_mut().find(|sent| sent.id == id) {
                sent.damage.add_region(&change.region);
                choice::coarsen(&mut sent.damage);
            }
        }
    }

    /// Heads, and MARK when the first picture is complete.
    fn mark(&mut self, screen: &Screen) {
        let planned = self.surfaces.iter_mut().find(|sent| sent.first == First::Planned);
        let complete = planned.map(|sent| sent.first = First::Shown).is_some();
        let waits = self.surfaces.iter().any(|sent| sent.first == First::New);
        if !waits && self.heads != Some(screen.history().heads_version()) {
            self.heads = Some(screen.history().heads_version());
            let heads = screen.heads();
            if !heads.is_empty() && self.client.contains(DisplayCapability::MONITORS_CONFIG) {
                let max_allowed = u16::try_from(heads.len()).unwrap_or(u16::MAX);
                self.push(&ServerMessage::MonitorsConfig(MonitorsConfig {
                    max_allowed,
                    heads: heads.into(),
                }));
            }
        }
        if complete {
            self.push(&ServerMessage::Mark(Empty));
        }
    }

    /// Decides what is sent as pixels next; false if there is nothing.
    fn make_plan(&mut self, now: u64) -> bool {
        let damaged = self.surfaces.iter().any(|sent| !sent.damage.is_empty());
        if !damaged && now >= self.lossy_at.saturating_add(QUIET_MS) {
            for sent in &mut self.surfaces {
                self.exact |= !sent.lossy.is_empty();
                sent.damage.add_region(&sent.lossy);
                sent.lossy.clear();
            }
        }
        let mut pieces = Vec::new();
        let mut new = false;
        for sent in &mut self.surfaces {
            new |= sent.first == First::New;
            if sent.first == First::New {
                sent.first = First::Planned;
            }
            pieces.clear();
            choice::pieces(&sent.damage, &mut pieces);
            self.plan.extend(pieces.iter().map(|piece| (sent.id, *piece)));
        }
        new || !self.plan.is_empty()
    }

    /// Sends a part of a surface as it is now, if the client does not have it.
    fn send_part(
        &mut self,
        screen: &mut Screen,
        caches: &mut ClientCaches,
        id: u32,
        rect: Rect,
        now: u64,
    ) -> Option<()> {
        let sent = self.surfaces.iter_mut().find(|sent| sent.id == id)?;
        if !sent.damage.intersects(rect) {
            return None;
        }
        sent.damage.subtract(rect);
        choice::coarsen(&mut sent.damage);
        let feeds = screen.feeds();
        let (view, content, shelf) = screen.part(id, rect)?;
        if let Some(colour) = choice::colour(&view) {
            sent.lossy.subtract(rect);
            self.push(&ServerMessage::DrawFill(DrawFill::put(id, rect, Brush::solid(colour))));
            return None;
        }
        let known = caches.find(self.channel, content);
        let usable = known.filter(|(_, lossy)| !lossy || !self.exact);
        let (coded, flags, picture_id);
        let image = if let Some((known, lossy)) = usable {
            sent.keep_lossy(rect, lossy);
            self.lossy_at = if lossy { now } else { self.lossy_at };
            let (width, height) = (view.width(), view.height());
            let (type_, flags) = (ImageType::FROM_CACHE, ImageFlags::empty());
            let descriptor = ImageDescriptor { id: known, type_, flags, width, height };
            Image { descriptor, body: ImageBody::Absent }
        } else {
            let replaces = known.is_some();
            let jpeg_quality = self.coding.jpeg_quality.filter(|_| !self.exact && !replaces);
            let coding = Coding { jpeg_quality, ..self.coding };
            let glz = caches.glz.as_mut().filter(|_| feeds <= choice::GLZ_FEEDS);
            coded = match glz {
                Some(glz) => shelf.code(content, view, &coding, Some(glz))?,
                None => shelf.coded(content, view, &coding)?,
            };
            sent.keep_lossy(rect, coded.lossy);
            self.lossy_at = if coded.lossy { now } else { self.lossy_at };
            let (bytes, pixels) = self.coded;
            self.coded = (
                (bytes / 2).saturating_add(coded.image.len() as u64),
                (pixels / 2).saturating_add(content.len_pixels()),
            );
            (flags, picture_id) = match known {
                Some((known, _)) => {
                    caches.replace(self.channel, content);
                    (ImageFlags::CACHE_REPLACE_ME, known)
                }
                None if content.len_pixels() < choice::SMALLEST_CACHED => (ImageFlags::empty(), 0),
                None => match caches.enter(self.channel, content, coded.lossy, &mut self.gone) {
                    Some(new) => (ImageFlags::CACHE_ME, new),
                    None => (ImageFlags::empty(), 0),
                },
            };
            let mut image = Image::parse(&coded.image).ok()?;
            (image.descriptor.id, image.descriptor.flags) = (picture_id, image.descriptor.flags | flags);
            image
        };
        let draw = Message::of(&ServerMessage::DrawCopy(DrawCopy::put(id, rect, &image)));
        self.forget();
        self.queue.extend(draw);
        None
    }

    /// INVAL_LIST for pictures that had to make room.
    fn forget(&mut self) {
        for ids in self.gone.chunks(usize::from(u16::MAX)) {
            let resources: Vec<ResourceId> =
                ids.iter().map(|&id| ResourceId { type_: ResourceType::PIXMAP, id }).collect();
            let list = InvalList { resources: resources.as_slice().into() };
            self.queue.extend(Message::of(&ServerMessage::InvalList(list)));
        }
        self.gone.clear();
    }

    fn push(&mut self, what: &ServerMessage<'_>) {
        self.queue.extend(Message::of(what));
    }
}

impl Sent {
    /// Pixels move: damage moves with them. False when most of what comes would be wrong, so that the move is not to be
    /// sent.
    fn moves(&mut self, region: &Region, dx: i32, dy: i32) -> bool {
        let carried = |of: &Region| {
            let mut carried = of.clone();
            carried.translate(dx, dy);
            carried.intersect_region(region);
            carried
        };
        let (damage, lossy) = (carried(&self.damage), carried(&self.lossy));
        if damage.len_pixels() > region.len_pixels() / 2 {
            self.damage.add_region(region);
            return false;
        }
        self.damage.subtract_region(region);
        self.damage.add_region(&damage);
        self.lossy.subtract_region(region);
        self.lossy.add_region(&lossy);
        true
    }

    fn keep_lossy(&mut self, rect: Rect, lossy: bool) {
        if lossy {
            self.lossy.add(rect);
            choice::coarsen(&mut self.lossy);
        } else {
            self.lossy.subtract(rect);
        }
    }
}

/// Takes out the pending drawings of which nothing is seen after this change, and that no later one reads.
fn uncover(pending: &mut VecDeque<(u32, Arc<Change>)>, change: &Change) {
    let covers = |rect: Rect| change.region.rects().iter().any(|cover| cover.contains_rect(rect));
    let mut at = pending.len();
    while let Some(index) = at.checked_sub(1) {
        at = index;
        let Some((_, old)) = pending.get(index) else { break };
        let bounds = old.region.bounds();
        let is_read = pending.iter().skip(at.saturating_add(1)).any(|(_, later)| {
            later.generation == old.generation && later.reads().is_some_and(|read| read.intersects(bounds))
        });
        if old.generation == change.generation && covers(bounds) && !is_read {
            pending.remove(index);
        }
    }
}

/// The format of a surface, for those that clients see.
fn surface_format(format: Format) -> Option<SurfaceFmt> {
    Some(match format {
        Format::Xrgb1555 => SurfaceFmt::FMT_16_555,
        Format::Rgb565 => SurfaceFmt::FMT_16_565,
        Format::Xrgb8888 => SurfaceFmt::FMT_32_XRGB,
        Format::Argb8888 => SurfaceFmt::FMT_32_ARGB,
        _ => return None,
    })
}
