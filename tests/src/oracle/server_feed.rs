//! The server's screen and its feeds: whatever changes and however slow clients are, each ends with the screen's pixels.

use spice_proto::Limits;
use spice_proto::canvas::{Canvas, Outcome};
use spice_proto::channel::{ClientEnd, Display, ServerEnd};
use spice_proto::common::{Empty, Point, Rect};
use spice_proto::display::{
    Blackness, Brush, CopyBits, DisplayBase, DisplayCapability, DrawCopy, DrawFill, DrawInvers, Head, Image,
    ImageBody, ImageCompression, ImageDescriptor, ImageFlags, ImageType, Init, QMask, Ropd, ServerMessage,
    Surface, SurfaceCreate, SurfaceFlags, SurfaceFmt,
};
use spice_proto::frame::HeaderKind;
use spice_proto::image::{Coding, Format, Pixmap, SharedCaches};
use spice_proto::server::{ClientCaches, Feed, Screen, StreamingVideo};
use spice_proto::wire::CapabilitySet;

use super::take;

/// A script of changes and of what clients do; each step is a byte and what it needs. The feeds' messages go through
/// channel ends into the crate's own canvas, as bytes.
///
/// # Panics
/// When a client cannot carry out a message, or does not end with the screen's pixels.
pub fn server_feed(data: &[u8]) {
    let mut data = data;
    let mut scene = Scene::new(&mut data);
    let mut steps = 0;
    while !data.is_empty() && steps < MOST_STEPS {
        scene.step(&mut data);
        steps += 1;
    }
    scene.end();
}

/// Steps of a script: more give nothing new.
const MOST_STEPS: usize = 400;

struct Scene {
    screen: Screen,
    clients: Vec<Client>,
    now: u64,
}

impl Scene {
    fn new(data: &mut &[u8]) -> Self {
        let mut limits = Limits::default();
        limits.image_pixels = 1 << 16;
        let mut scene = Self { screen: Screen::new(&limits), clients: Vec::new(), now: 0 };
        scene.resize(data);
        scene.join(data);
        scene
    }

    fn resize(&mut self, data: &mut &[u8]) {
        const FORMATS: [SurfaceFmt; 8] = [
            SurfaceFmt::FMT_32_XRGB,
            SurfaceFmt::FMT_32_XRGB,
            SurfaceFmt::FMT_32_XRGB,
            SurfaceFmt::FMT_32_XRGB,
            SurfaceFmt::FMT_32_ARGB,
            SurfaceFmt::FMT_16_555,
            SurfaceFmt::FMT_16_565,
            SurfaceFmt::FMT_32_XRGB,
        ];
        let format = FORMATS[take::<1>(data) as usize % 8];
        let (width, height) = (1 + take::<1>(data), 1 + take::<1>(data) % 128);
        self.screen.resize(width, height, format).expect("a small screen");
    }

    fn join(&mut self, data: &mut &[u8]) {
        if self.clients.len() < 4 {
            self.clients.push(Client::new(&self.screen, data));
        }
    }

    fn step(&mut self, data: &mut &[u8]) {
        let kind = take::<1>(data) % 20;
        let id = u32::from(take::<1>(data) % 8 == 7);
        let Some(surface) = self.screen.surface(id) else {
            if kind < 8 {
                let (width, height, format) = (64, 48, SurfaceFmt::FMT_32_XRGB);
                let flags = SurfaceFlags::empty();
                let create = SurfaceCreate { surface_id: id, width, height, format, flags };
                self.screen.draw(&ServerMessage::SurfaceCreate(create)).expect("a small surface");
            }
            return;
        };
        let (width, height) = (surface.width(), surface.height());
        let box_ = rect(data, width, height);
        match kind {
            0..4 => {
                let pixels = pixels(data, box_, surface);
                self.put(id, box_, &pixels);
            }
            4 | 5 => {
                let from = point(data, width, height);
                self.draw(&ServerMessage::CopyBits(CopyBits::put(id, box_, from)));
            }
            6 | 7 => {
                let mut fill = DrawFill::put(id, box_, Brush::solid(take::<3>(data)));
                let clips = [rect(data, width, height), rect(data, width, height)];
                match take::<1>(data) % 4 {
                    0 => fill.data.rop_descriptor = Ropd::OP_XOR,
                    1 => fill.base.clip = (&clips[..]).into(),
                    _ => {}
                }
                self.draw(&ServerMessage::DrawFill(fill));
            }
            8 => {
                let base = DisplayBase::new(id, box_);
                self.draw(&ServerMessage::DrawInvers(DrawInvers {
                    base,
                    data: Blackness { mask: QMask::NONE },
                }));
            }
            9 => {
                // A drawing that reads another surface.
                let (of, descriptor) = (1 - id, |width, height| ImageDescriptor {
                    id: 0,
                    type_: ImageType::SURFACE,
                    flags: ImageFlags::empty(),
                    width,
                    height,
                });
                if let Some(other) = self.screen.surface(of) {
                    let descriptor = descriptor(other.width(), other.height());
                    let image = Image { descriptor, body: ImageBody::Surface(Surface { surface_id: of }) };
                    self.draw(&ServerMessage::DrawCopy(DrawCopy::put(id, box_, &image)));
                }
            }
            10 => {
                // A part of the screen somewhere else, as a producer without copies shows a move.
                let to = point(data, width, height);
                if let Some(part) = surface.as_view().crop(box_) {
                    let part = part.to_pixmap();
                    let place = Rect::new(to.x, to.y, part.width(), part.height());
                    let seen = place.intersection(Rect::of_size(width, height));
                    let cut = part.as_view().crop(seen.translated(-to.x, -to.y)).expect("inside");
                    self.put(id, seen, &cut.to_pixmap());
                }
            }
            17 => {
                // A film, with something before it now and then.
                let place = Rect { right: box_.left + 128, bottom: box_.top + 110, ..box_ };
                let place = place.intersection(Rect::of_size(width, height));
                let pause = [40, 10, 100, 260][take::<1>(data) as usize % 4];
                for number in 0..take::<1>(data) % 48 {
                    let surface = self.screen.surface(id).expect("it is there");
                    let picture = film(place, number, surface);
                    self.put(id, place, &picture);
                    self.now += pause;
                    if number % 16 == 15 {
                        let fill = DrawFill::put(id, box_, Brush::solid(number));
                        self.draw(&ServerMessage::DrawFill(fill));
                    }
                    let now = self.now;
                    for client in &mut self.clients {
                        client.turn(&mut self.screen, now, 3);
                    }
                }
            }
            11 => match take::<1>(data) % 8 {
                0 => self.resize(data),
                1 => self.screen.remove(1),
                2 => self.draw(&ServerMessage::Reset(Empty)),
                _ => {}
            },
            12 => {
                let head = Head { monitor_id: 0, surface_id: id, width, height, x: 0, y: 0, flags: 0 };
                self.screen.set_heads(&[head]);
            }
            13 => self.join(data),
            16 => {
                // More drawings at once than a feed keeps.
                for _ in 0..take::<1>(data) % 100 {
                    let (box_, from) = (rect(data, width, height), point(data, width, height));
                    if take::<1>(data).is_multiple_of(2) {
                        self.draw(&ServerMessage::CopyBits(CopyBits::put(id, box_, from)));
                    } else {
                        let colour = Brush::solid(take::<1>(data) * 0x01_0305);
                        self.draw(&ServerMessage::DrawFill(DrawFill::put(id, box_, colour)));
                    }
                }
            }
            14 if self.clients.len() > 1 => {
                let index = take::<1>(data) as usize % self.clients.len();
                self.clients.swap_remove(index);
            }
            15 => self.now += u64::from(take::<2>(data) % 1000),
            _ => {
                let count = self.clients.len().max(1);
                let (which, turns) = (take::<1>(data) as usize % count, 1 + take::<1>(data) as usize % 8);
                let now = self.now;
                if let Some(client) = self.clients.get_mut(which) {
                    client.turn(&mut self.screen, now, turns);
                }
            }
        }
    }

    /// Puts pixels, and looks whether they are there.
    fn put(&mut self, id: u32, place: Rect, pixels: &Pixmap) {
        self.screen.put(id, place.top_left(), &pixels.as_view()).expect("inside");
        let there = self.screen.surface(id).expect("it is there").as_view();
        same(&there.crop(place).expect("inside").to_pixmap(), pixels);
    }

    fn draw(&mut self, message: &ServerMessage<'_>) {
        self.screen.draw(message).expect("a drawing");
    }

    /// All clients take everything, and have the screen's pixels.
    fn end(mut self) {
        for client in &mut self.clients {
            for round in 0..10_000 {
                let busy = client.turn(&mut self.screen, self.now, 16);
                assert!(round < 9_999, "a feed comes to its end");
                match client.feed.next_time() {
                    _ if busy => {}
                    Some(time) => self.now = self.now.max(time),
                    None => break,
                }
            }
            client.check(&self.screen);
        }
    }
}

struct Client {
    server: ServerEnd<Display>,
    client: ClientEnd<Display>,
    caches: ClientCaches,
    feed: Feed,
    canvas: Canvas,
    shared: SharedCaches,
    marks: usize,
    /// Pixels of the pixmap cache that was announced.
    cache: u64,
}

impl Client {
    fn new(screen: &Screen, data: &mut &[u8]) -> Self {
        const WISHES: [ImageCompression; 8] = [
            ImageCompression::AUTO_GLZ,
            ImageCompression::AUTO_GLZ,
            ImageCompression::GLZ,
            ImageCompression::AUTO_LZ,
            ImageCompression::LZ,
            ImageCompression::QUIC,
            ImageCompression::LZ4,
            ImageCompression::OFF,
        ];
        let options = take::<1>(data) as u8;
        let size = |bits: u8| [0, 500, 5_000, 1 << 20][usize::from(bits & 3)];
        let init = Init {
            pixmap_cache_id: 1,
            pixmap_cache_size: i64::from(size(options)),
            glz_dictionary_id: 1,
            glz_dictionary_window_size: size(options >> 2),
        };
        let client =
            CapabilitySet::from([DisplayCapability::MONITORS_CONFIG, DisplayCapability::LZ4_COMPRESSION]);
        let window = [1, 2, 20, 0][usize::from(options >> 4 & 3)];
        let mut feed = Feed::new(screen, client).with_window(window);
        let mut coding = Coding::default();
        coding.compression = WISHES[take::<1>(data) as usize % 8];
        coding.jpeg_quality = (options & 0x40 != 0).then_some(80);
        coding.zlib = options & 0x80 != 0;
        coding.lz4 = true;
        feed.set_coding(coding);
        const MODES: [StreamingVideo; 4] =
            [StreamingVideo::Off, StreamingVideo::Filter, StreamingVideo::All, StreamingVideo::All];
        feed.set_streaming_video(MODES[take::<1>(data) as usize % 4]);
        Self {
            server: ServerEnd::new(Display, HeaderKind::Mini, &Limits::server()),
            client: ClientEnd::new(Display, HeaderKind::Mini, &Limits::default()),
            caches: ClientCaches::new(&init, &Limits::server()),
            feed,
            canvas: Canvas::new(&Limits::default()),
            shared: SharedCaches::new(&Limits::default()),
            marks: 0,
            cache: size(options) as u64,
        }
    }

    /// The server sends so many messages, if it may, and then the client takes as many; whether there were any.
    fn turn(&mut self, screen: &mut Screen, now: u64, turns: usize) -> bool {
        let mut busy = false;
        for _ in 0..turns {
            if !self.server.can_send() {
                break;
            }
            let Some(message) = self.feed.next_message(screen, &mut self.caches, now) else { break };
            self.server.send(&message).expect("there is room");
            busy = true;
        }
        self.client.push_bytes(self.server.take_output());
        for _ in 0..turns {
            let Some(received) = self.client.next_message().expect("messages") else { break };
            busy = true;
            let message = received.parse().expect("a display message");
            self.marks += usize::from(matches!(message, ServerMessage::Mark(_)));
            let outcome = self.canvas.apply(&message, &mut self.shared);
            let outcome = outcome.unwrap_or_else(|error| panic!("{error}: {message:?}"));
            assert!(!matches!(outcome, Outcome::Waiting(_)), "{message:?}");
            // A picture has four bytes a pixel at most.
            assert!(self.shared.pixmaps.len_bytes() <= self.cache * 4, "more than the client announced");
        }
        self.server.push_bytes(self.client.take_output());
        while self.server.next_message().expect("answers").is_some() {}
        busy
    }

    fn check(&self, screen: &Screen) {
        let primary = screen.surface(0).expect("a primary surface");
        same(primary, self.canvas.surface(0).expect("a primary surface"));
        assert_eq!(self.canvas.primary(), Some(0));
        assert!(self.marks > 0, "the picture was said to be complete");
        if screen.heads().iter().any(|head| head.surface_id == 1) {
            if let Some(second) = screen.surface(1) {
                same(second, self.canvas.surface(1).expect("a surface that a head shows"));
            }
            assert_eq!(self.canvas.monitors(), screen.heads());
        }
    }
}

/// Colours that are sent are equal.
fn same(screen: &Pixmap, client: &Pixmap) {
    assert_eq!(
        (screen.format(), screen.width(), screen.height()),
        (client.format(), client.width(), client.height())
    );
    let (bytes, mask) = match screen.format() {
        Format::Xrgb8888 => (4, 0x00ff_ffff),
        Format::Xrgb1555 => (2, 0x7fff),
        Format::Rgb565 => (2, u32::MAX),
        _ => (4, u32::MAX),
    };
    let word = |pixel: &[u8]| {
        let mut word = [0; 4];
        word[..bytes].copy_from_slice(pixel);
        u32::from_le_bytes(word) & mask
    };
    for (at, (a, b)) in screen.data().chunks(bytes).zip(client.data().chunks(bytes)).enumerate() {
        let (x, y) = (at % screen.width() as usize, at / screen.width() as usize);
        assert_eq!(word(a), word(b), "at {x}, {y} of {screen:?}");
    }
}

fn rect(data: &mut &[u8], width: u32, height: u32) -> Rect {
    let at = |byte: u32, side: u32| (byte % side) as i32;
    let (left, top) = (at(take::<1>(data), width), at(take::<1>(data), height));
    let size = |byte: u32| 1 + byte % 128;
    let (columns, rows) = (size(take::<1>(data)), size(take::<1>(data)));
    Rect::new(left, top, columns, rows).intersection(Rect::of_size(width, height))
}

fn point(data: &mut &[u8], width: u32, height: u32) -> Point {
    Point::new((take::<1>(data) % width) as i32, (take::<1>(data) % height) as i32)
}

/// A picture of a film.
fn film(place: Rect, number: u32, surface: &Pixmap) -> Pixmap {
    let mut picture = surface.as_view().crop(place).expect("inside").to_pixmap();
    let bytes = (picture.format().bits_per_pixel() / 8) as usize;
    let width = picture.width() as usize;
    for (at, pixel) in picture.data_mut().chunks_exact_mut(bytes).enumerate() {
        let (x, y) = ((at % width) as u32 + number * 3, (at / width) as u32);
        let word = ((x * 2) & 255) << 16 | ((y * 2 + number) & 255) << 8 | ((x + y) & 255);
        pixel.copy_from_slice(&word.to_le_bytes()[..bytes]);
    }
    picture
}

/// New pixels for a rectangle: of one colour, of two, smooth, anything, or what is there with one pixel changed.
fn pixels(data: &mut &[u8], box_: Rect, surface: &Pixmap) -> Pixmap {
    let (kind, seed) = (take::<1>(data) % 5, take::<2>(data));
    let mut part = surface.as_view().crop(box_).expect("inside").to_pixmap();
    let bytes = (part.format().bits_per_pixel() / 8) as usize;
    let (width, mut random) = (part.width() as usize, seed.wrapping_mul(0x9e37_79b9) | 1);
    for (at, pixel) in part.data_mut().chunks_exact_mut(bytes).enumerate() {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        let (x, y) = (at % width, at / width);
        let word = match kind {
            0 => seed.wrapping_mul(0x0101),
            1 => [0x00ff_ffff, seed][usize::from((x ^ y) & 4 == 0)],
            2 => seed.wrapping_add((x as u32 * 3) << 16 | (y as u32 * 2) << 8 | x as u32) & 0x00ff_ffff,
            3 => random,
            _ if at as u32 == seed % (width as u32 * 8) => random,
            _ => continue,
        };
        pixel.copy_from_slice(&word.to_le_bytes()[..bytes]);
    }
    part
}
