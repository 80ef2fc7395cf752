//! The reference canvas: drawing messages to pixels, exactly as [`docs/spec/canvas.md`](crate::spec::canvas) says.
//!
//! A [`Canvas`] holds the surfaces of one display channel. [`apply`](Canvas::apply) executes a message and says which
//! pixels changed; [`surface`](Canvas::surface) shows them. What several display channels of a session share, decoded
//! pictures that later messages refer to, is in [`SharedCaches`].
//!
//! ```
//! use spice_proto::Limits;
//! use spice_proto::canvas::{Canvas, Outcome};
//! use spice_proto::common::{Point, Rect};
//! use spice_proto::display::{
//!     Brush, BrushBody, BrushType, Clip, ClipType, DisplayBase, DrawFill, Fill, MaskFlags, QMask, Ropd,
//!     ServerMessage, SurfaceCreate, SurfaceFlags, SurfaceFmt,
//! };
//! use spice_proto::image::SharedCaches;
//!
//! let limits = Limits::default();
//! let mut shared = SharedCaches::new(&limits);
//! let mut canvas = Canvas::new(&limits);
//!
//! // These come from a server: `ServerMessage::parse(frame.kind, &frame.body)?`.
//! let create = ServerMessage::SurfaceCreate(SurfaceCreate {
//!     surface_id: 0,
//!     width: 640,
//!     height: 480,
//!     format: SurfaceFmt::FMT_32_XRGB,
//!     flags: SurfaceFlags::PRIMARY,
//! });
//! let box_ = Rect { top: 10, left: 600, bottom: 20, right: 700 };
//! let fill = ServerMessage::DrawFill(DrawFill {
//!     base: DisplayBase { surface_id: 0, box_, clip: Clip { type_: ClipType::NONE, rects: None } },
//!     data: Fill {
//!         brush: Brush { type_: BrushType::SOLID, body: BrushBody::Color(0x00ff_8000) },
//!         rop_descriptor: Ropd::OP_PUT,
//!         mask: QMask { flags: MaskFlags::empty(), pos: Point { x: 0, y: 0 }, bitmap: None },
//!     },
//! });
//!
//! canvas.apply(&create, &mut shared)?;
//! match canvas.apply(&fill, &mut shared)? {
//!     Outcome::Drawn(damage) => assert_eq!(damage.rects(), [Rect { right: 640, ..box_ }]),
//!     Outcome::Done | Outcome::Waiting(_) => unreachable!(),
//! }
//! let screen = canvas.surface(0).unwrap();
//! assert_eq!(screen.row(10)[4 * 600..][..4], [0x00, 0x80, 0xff, 0x00]);
//! # Ok::<(), spice_proto::canvas::Error>(())
//! ```
//!
//! # How a message is drawn
//!
//! ```text
//! message ► operation ► DrawContext: surface, region, sources of images, memory
//!              │
//!              ├─► Paint   fill an area with a brush
//!              ├─► Blit    copy, blend or combine an image, in its own size or scaled
//!              └─► TextRenderer, StrokeRenderer, Compositor, each with memory of its own
//! ```
//!
//! All of them end in loops over one row of pixels (`rows`, `rop`, `rop3`, `blend`). What is not drawn says why: it is an
//! error, or waits.
//!
//! # Messages that wait
//!
//! An image may refer to one that another display channel of the session brings ([`Outcome::Waiting`]). Then nothing has
//! been drawn. Keep the frame, apply no other message to this canvas, and apply the same one again after other channels
//! have made progress. At the end of a session nothing can come any more, and a message that still waits is an error of
//! the server.
//!
//! # Costs
//!
//! Pixels of raw bitmaps are drawn from the message, those of caches and surfaces from where they are: one pass. Coded
//! images are decoded into memory that is used again. Once warm, a message allocates only what has to last: surfaces,
//! and pictures for the caches. Time is linear in the bytes of the message and the pixels that it draws or decodes.
#![warn(clippy::arithmetic_side_effects)] // on top of the lints of the crate: coordinates come from peers

mod blend;
mod blit;
mod capabilities;
mod composite;
mod context;
pub mod cursor;
mod error;
mod heads;
mod mask;
mod operation;
mod paint;
mod region;
mod rop;
mod rop3;
mod rows;
mod scale;
mod sources;
mod stream;
mod stroke;
mod surfaces;
mod text;

use alloc::boxed::Box;
use alloc::vec::Vec;

pub use capabilities::capabilities;
pub use error::{Error, ErrorKind};
pub use heads::Shown;
pub use region::Region;
pub use stream::{StreamInfo, VideoDecoder, VideoFrame};

use crate::Limits;
use crate::common::{Rect, VideoCodecType};
use crate::display::{DisplayBase, Head, ServerMessage, SurfaceCreate, SurfaceFlags, SurfaceFmt};
use crate::image::{Decoder, Missing, Pixmap, SharedCaches};

use blit::Scratch;
use context::{Buffers, DrawContext};
use error::NotDrawn;
use operation::{Operation, Renderers};
use sources::Sources;
use stream::{Frame, Streams};
use surfaces::{Surfaces, whole};

/// The surfaces of one display channel, and everything needed to draw on them.
#[derive(Debug)]
pub struct Canvas {
    limits: Limits,
    caches: bool,
    surfaces: Surfaces,
    streams: Streams,
    monitors: Vec<Head>,
    decoder: Decoder,
    region: Region,
    buffers: Buffers,
    renderers: Renderers,
    scratch: Scratch,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome<'c> {
    /// No pixel changed: the message was executed and was no drawing, or is none of the canvas's business.
    Done,
    /// Pixels may have changed inside of these rectangles, and nowhere else.
    Drawn(Damage<'c>),
    /// Nothing has been drawn: something is missing that another display channel brings. See the module's text.
    Waiting(Missing),
}

/// Where pixels may have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damage<'c> {
    surface_id: u32,
    rects: &'c [Rect],
    bounds: Rect,
}

impl<'c> Damage<'c> {
    /// The surface.
    #[must_use]
    pub fn surface_id(&self) -> u32 {
        self.surface_id
    }

    /// Rectangles inside the surface, from the top. They do not overlap. A mask makes many small ones.
    #[must_use]
    pub fn rects(&self) -> &'c [Rect] {
        self.rects
    }

    /// The smallest rectangle around all of them.
    #[must_use]
    pub fn bounds(&self) -> Rect {
        self.bounds
    }

    /// The same pixels as a region of its own.
    #[must_use]
    pub fn to_region(&self) -> Region {
        Region::of_bands(self.rects)
    }
}

impl Canvas {
    /// A canvas without surfaces. Of the limits, those of surfaces, pictures and palettes count.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            limits: limits.clone(),
            caches: true,
            surfaces: Surfaces::default(),
            streams: Streams::default(),
            monitors: Vec::new(),
            decoder: Decoder::new(limits),
            region: Region::default(),
            buffers: Buffers::default(),
            renderers: Renderers::default(),
            scratch: Scratch::default(),
        }
    }

    /// The same, for the server's side: images are drawn and not kept, whatever they ask of clients. A server has its images
    /// whole, and nothing would tell this canvas to forget them.
    #[must_use]
    pub fn of_server(limits: &Limits) -> Self {
        Self { caches: false, ..Self::new(limits) }
    }

    /// Executes a message.
    ///
    /// Sub-messages ([`docs/spec/link.md` §8](crate::spec::link#8-message-headers)) are messages of their own. What belongs to the channel rather than the
    /// canvas is ignored: acknowledgement, waiting for channels, migration, stream reports, scanouts.
    ///
    /// # Errors
    /// The message names what does not exist or does not fit together. Surfaces are as they were before it, and the next
    /// message works. Pictures of the message that were decoded before the error was found stay in the caches.
    pub fn apply(
        &mut self,
        message: &ServerMessage<'_>,
        shared: &mut SharedCaches,
    ) -> Result<Outcome<'_>, Error> {
        self.decoder.start_message();
        let drawn = match self.execute(message, shared) {
            Ok(drawn) => drawn,
            Err(NotDrawn::Waiting(missing)) => return Ok(Outcome::Waiting(missing)),
            Err(NotDrawn::Error(error)) => return Err(error.within(message.name().unwrap_or_default())),
        };
        let Some(surface_id) = drawn.filter(|_| !self.region.is_empty()) else { return Ok(Outcome::Done) };
        let (rects, bounds) = (self.region.rects(), self.region.bounds());
        Ok(Outcome::Drawn(Damage { surface_id, rects, bounds }))
    }

    /// Lets frames of streams in other codecs than MJPEG be decoded; without a decoder they are passed over. MJPEG is
    /// decoded by the canvas if the feature `jpeg` is on.
    pub fn set_video_decoder(&mut self, decoder: Option<Box<dyn VideoDecoder>>) {
        self.streams.set_decoder(decoder);
    }

    /// The streams that are open, by number.
    pub fn streams(&self) -> impl Iterator<Item = StreamInfo> {
        self.streams.open()
    }

    /// How many frames of streams were not shown because nothing decodes their codec, since the beginning: codecs by
    /// number, each with at least one. A decoder of the caller that gives no picture is not counted.
    pub fn undecoded(&self) -> impl Iterator<Item = (VideoCodecType, u64)> {
        self.streams.undecoded()
    }

    /// The pixels of a surface.
    #[must_use]
    pub fn surface(&self, surface_id: u32) -> Option<&Pixmap> {
        self.surfaces.get(surface_id)
    }

    /// The same, to be changed.
    pub(crate) fn surface_mut(&mut self, surface_id: u32) -> Option<&mut Pixmap> {
        self.surfaces.split(surface_id).map(|(pixels, _)| pixels)
    }

    /// All surfaces with their numbers, which rise.
    pub fn surfaces(&self) -> impl Iterator<Item = (u32, &Pixmap)> {
        self.surfaces.iter()
    }

    /// Number of the primary surface, the screen.
    #[must_use]
    pub fn primary(&self) -> Option<u32> {
        self.surfaces.primary()
    }

    /// Executes a message; `self.region` of the surface that it gives has changed.
    fn execute(
        &mut self,
        message: &ServerMessage<'_>,
        shared: &mut SharedCaches,
    ) -> Result<Option<u32>, NotDrawn> {
        use ServerMessage as M;
        let (base, draw): (_, Operation<'_>) = match message {
            M::SurfaceCreate(create) => return self.create(create).map(Some),
            M::SurfaceDestroy(destroy) => {
                if self.surfaces.primary() == Some(destroy.surface_id) {
                    self.monitors.clear();
                }
                self.surfaces.destroy(destroy.surface_id);
                return Ok(None);
            }
            M::Mode(mode) => {
                let format = match mode.bits {
                    16 => SurfaceFmt::FMT_16_555,
                    32 => SurfaceFmt::FMT_32_XRGB,
                    bits => return Err(NotDrawn::new("bits", ErrorKind::Value(bits.into()))),
                };
                let (width, height) = (mode.x_res, mode.y_res);
                let flags = SurfaceFlags::PRIMARY;
                return self.create(&SurfaceCreate { surface_id: 0, width, height, format, flags }).map(Some);
            }
            M::Reset(_) => {
                // Other surfaces, cached pictures, streams and monitors stay.
                self.decoder.clear();
                return Ok(self.surfaces.blacken_primary().map(|(id, pixels)| {
                    self.region.set_rect(whole(pixels));
                    id
                }));
            }
            M::MonitorsConfig(config) => {
                self.set_monitors(config)?;
                return Ok(None);
            }
            M::StreamCreate(create) => {
                self.streams.create(create, &self.surfaces, &self.limits)?;
                return Ok(None);
            }
            M::StreamClip(clip) => {
                self.streams.clip(clip.id, &clip.clip)?;
                return Ok(None);
            }
            M::StreamDestroy(destroy) => {
                self.streams.destroy(destroy.id);
                return Ok(None);
            }
            M::StreamDestroyAll(_) => {
                self.streams.clear();
                return Ok(None);
            }
            M::StreamData(stream) => {
                let (stream_id, multi_media_time) = (stream.base.id, stream.base.multi_media_time);
                return self.show(&Frame { stream_id, multi_media_time, sized: None, data: stream.data });
            }
            M::StreamDataSized(stream) => {
                let (stream_id, multi_media_time) = (stream.base.id, stream.base.multi_media_time);
                let sized = Some((stream.width, stream.height, stream.dest));
                return self.show(&Frame { stream_id, multi_media_time, sized, data: stream.data });
            }
            M::CopyBits(copy) => (&copy.base, Operation::CopyBits(copy.src_pos)),
            M::DrawFill(draw) => (&draw.base, Operation::Fill(&draw.data)),
            M::DrawOpaque(draw) => (&draw.base, Operation::Opaque(&draw.data)),
            M::DrawCopy(draw) => (&draw.base, Operation::Copy(&draw.data)),
            M::DrawBlend(draw) => (&draw.base, Operation::Copy(&draw.data)),
            M::DrawBlackness(draw) => (&draw.base, Operation::Constant(&draw.data.mask, rop::Rop::CLEAR)),
            M::DrawWhiteness(draw) => (&draw.base, Operation::Constant(&draw.data.mask, rop::Rop::SET)),
            M::DrawInvers(draw) => (&draw.base, Operation::Constant(&draw.data.mask, rop::Rop::INVERT)),
            M::DrawRop3(draw) => (&draw.base, Operation::Rop3(&draw.data)),
            M::DrawTransparent(draw) => (&draw.base, Operation::Transparent(&draw.data)),
            M::DrawAlphaBlend(draw) => (&draw.base, Operation::AlphaBlend(&draw.data)),
            M::DrawStroke(draw) => (&draw.base, Operation::Stroke(&draw.data)),
            M::DrawText(draw) => (&draw.base, Operation::Text(&draw.data)),
            M::DrawComposite(draw) => (&draw.base, Operation::Composite(&draw.data)),
            other => {
                self.decoder.invalidate(other, shared);
                return Ok(None);
            }
        };
        self.draw(base, &draw, shared)?;
        Ok(Some(base.surface_id))
    }

    fn show(&mut self, frame: &Frame<'_>) -> Result<Option<u32>, NotDrawn> {
        let Self { streams, surfaces, region, scratch, limits, .. } = self;
        streams.show(frame, surfaces, region, scratch, limits)
    }

    fn create(&mut self, create: &SurfaceCreate) -> Result<u32, NotDrawn> {
        let is_primary = create.flags.contains(SurfaceFlags::PRIMARY);
        let is_another = heads::is_another_screen(&self.surfaces, create, is_primary);
        self.surfaces.create(create, &self.limits)?;
        if is_another {
            self.monitors.clear();
        }
        if let Some(pixels) = self.surfaces.get(create.surface_id) {
            self.region.set_rect(whole(pixels));
        }
        Ok(create.surface_id)
    }

    fn draw(
        &mut self,
        base: &DisplayBase<'_>,
        operation: &Operation<'_>,
        shared: &mut SharedCaches,
    ) -> Result<(), NotDrawn> {
        let Self { surfaces, decoder, region, buffers, renderers, scratch, caches, .. } = self;
        let unknown = NotDrawn::new("base.surface_id", ErrorKind::UnknownSurface(base.surface_id));
        let (target, others) = surfaces.split(base.surface_id).ok_or(unknown)?;
        region.set(region::intersection(base.box_, whole(target)), &base.clip)?;
        let format = target.format();
        let target_id = base.surface_id;
        let sources = Sources { decoder, shared, others, caches: *caches, target: target_id, format };
        let context = DrawContext { target, box_: base.box_, sources, region, buffers, scratch };
        context.draw(operation, renderers)
    }
}
