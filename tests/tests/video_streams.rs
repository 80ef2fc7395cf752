//! When a server's feed begins a video stream, clips and ends it, and that the client has exact pixels then.

use spice_proto::canvas::{self, Canvas, Outcome};
use spice_proto::common::{Point, Rect, VideoCodecType};
use spice_proto::display::{
    Brush, ClientMessage, DisplayCapability, DrawFill, Init, PreferredVideoCodecType, ServerMessage,
    StreamReport, SurfaceFmt,
};
use spice_proto::image::{Format, Pixmap, SharedCaches};
use spice_proto::server::{ClientCaches, Feed, Screen, StreamingVideo, VideoEncoder, VideoPicture};
use spice_proto::wire::CapabilitySet;
use spice_proto::{Encode, Limits};

const FILM: Rect = Rect { top: 40, left: 60, bottom: 240, right: 380 };

/// A screen, one client, and what was sent.
struct World {
    screen: Screen,
    feed: Feed,
    caches: ClientCaches,
    canvas: Canvas,
    shared: SharedCaches,
    now: u64,
    number: u32,
    said: Vec<String>,
}

impl World {
    fn new(mode: StreamingVideo, client: CapabilitySet) -> Self {
        let limits = Limits::default();
        let mut screen = Screen::new(&limits);
        screen.resize(480, 300, SurfaceFmt::FMT_32_XRGB).expect("a screen");
        let init = Init {
            pixmap_cache_id: 1,
            pixmap_cache_size: 0,
            glz_dictionary_id: 1,
            glz_dictionary_window_size: 1 << 20,
        };
        let mut feed = Feed::new(&screen, client);
        feed.set_streaming_video(mode);
        let mut world = Self {
            screen,
            feed,
            caches: ClientCaches::new(&init, &limits),
            canvas: Canvas::new(&limits),
            shared: SharedCaches::new(&limits),
            now: 5_000,
            number: 0,
            said: Vec::new(),
        };
        world.take();
        world.said.clear();
        world
    }

    /// The client takes everything that there is.
    fn take(&mut self) {
        while let Some(message) = self.feed.next_message(&mut self.screen, &mut self.caches, self.now) {
            let body = message.encode_to_vec().expect("it can be written");
            let message = ServerMessage::parse(message.kind(), &body).expect("it can be read");
            self.said.push(match &message {
                ServerMessage::StreamCreate(create) => {
                    assert_eq!((create.dest, create.stream_width, create.src_height), (FILM, 320, 200));
                    format!("create {:?}", create.codec_type)
                }
                ServerMessage::StreamActivateReport(_) => "report".into(),
                ServerMessage::StreamData(data) => {
                    assert_eq!(data.base.multi_media_time, self.now as u32);
                    "frame".into()
                }
                ServerMessage::StreamClip(clip) => {
                    let rects = clip.clip.rects.as_ref().expect("rectangles").rects.iter();
                    format!("clip {}", rects.map(|rect| rect.width() * rect.height()).sum::<u32>())
                }
                ServerMessage::StreamDestroy(_) => "destroy".into(),
                ServerMessage::DrawCopy(draw) if draw.base.box_ == FILM => "picture".into(),
                other => format!("{other:?}").split('(').next().expect("a name").into(),
            });
            let outcome = self.canvas.apply(&message, &mut self.shared).expect("it can be drawn");
            assert!(!matches!(outcome, Outcome::Waiting(_)));
        }
    }

    /// So many pictures of a film, 40 ms apart. Gives what was sent in short: repetitions are counted.
    fn film(&mut self, pictures: u32) -> String {
        for _ in 0..pictures {
            let picture = self.picture(|x, y, n| {
                let grain = ((x * 7) ^ (y * 13) ^ (n * 5)) & 3;
                ((x + n) & 255) << 16 | ((y + grain) & 255) << 8 | (((x + y) / 2 + grain) & 255)
            });
            self.show(&picture);
        }
        self.short()
    }

    fn text(&mut self, pictures: u32) -> String {
        for _ in 0..pictures {
            let picture =
                self.picture(
                    |x, y, n| if ((x / 3 * 31) ^ (y / 3 * 17) ^ (n * 77)) & 3 == 0 { 0 } else { 0x00ff_ffff },
                );
            self.show(&picture);
        }
        self.short()
    }

    fn picture(&mut self, colour: impl Fn(u32, u32, u32) -> u32) -> Pixmap {
        self.number += 1;
        let limits = Limits::default();
        let mut picture = Pixmap::new(Format::Xrgb8888, FILM.width(), FILM.height(), &limits).expect("small");
        for (at, pixel) in (0..).zip(picture.data_mut().as_chunks_mut::<4>().0) {
            *pixel = colour(at % FILM.width(), at / FILM.width(), self.number).to_le_bytes();
        }
        picture
    }

    fn show(&mut self, picture: &Pixmap) {
        self.now += 40;
        self.screen.put(0, FILM.top_left(), &picture.as_view()).expect("inside");
        self.take();
    }

    fn fill(&mut self, place: Rect) {
        let fill = DrawFill::put(0, place, Brush::solid(0x0012_3456));
        self.screen.draw(&ServerMessage::DrawFill(fill)).expect("inside");
        self.take();
    }

    /// Nothing changes for so long, and the client asks when it is told to.
    fn wait(&mut self, ms: u64) -> String {
        let end = self.now + ms;
        while let Some(time) = self.feed.next_time().filter(|time| *time <= end) {
            self.now = self.now.max(time);
            self.take();
        }
        self.now = end;
        self.short()
    }

    fn short(&mut self) -> String {
        let mut parts: Vec<(String, u32)> = Vec::new();
        for said in self.said.drain(..) {
            match parts.last_mut() {
                Some((last, count)) if *last == said => *count += 1,
                _ => parts.push((said, 1)),
            }
        }
        parts.iter().map(|(what, count)| format!("{what} {count}, ")).collect()
    }

    /// How many pixels of a rectangle the client has wrong.
    fn wrong(&self, place: Rect) -> usize {
        self.compare(place, |a, b| u64::from(a[..3] != b[..3])) as usize
    }

    /// How wrong they are.
    fn error(&self, place: Rect) -> u64 {
        self.compare(place, |a, b| (0..3).map(|at| u64::from(a[at].abs_diff(b[at]))).sum())
    }

    fn compare(&self, place: Rect, wrong: impl Fn(&[u8], &[u8]) -> u64) -> u64 {
        let part = |pixels: Option<&Pixmap>| {
            let view = pixels.expect("a surface").as_view();
            view.crop(place).expect("inside").to_pixmap()
        };
        let (server, client) = (part(self.screen.surface(0)), part(self.canvas.surface(0)));
        let pairs = server.data().chunks(4).zip(client.data().chunks(4));
        pairs.map(|(a, b)| wrong(a, b)).sum()
    }
}

fn everything() -> CapabilitySet {
    canvas::capabilities(&[]).with(DisplayCapability::STREAM_REPORT)
}

#[test]
fn a_film_becomes_a_stream_and_ends_exactly() {
    let mut world = World::new(StreamingVideo::Filter, everything());
    assert_eq!(world.film(11), "picture 11, ");
    assert_eq!(world.film(20), "create MJPEG 1, report 1, frame 20, ");
    assert!(world.wrong(FILM) > 0, "frames are lossy");
    assert_eq!(world.wait(999), "");
    assert_eq!(world.wait(1), "destroy 1, picture 1, ");
    assert_eq!(world.wrong(FILM), 0);
    assert_eq!(world.feed.next_time(), None);
}

#[test]
fn a_short_stream_has_to_be_longer_the_next_time() {
    let mut world = World::new(StreamingVideo::Filter, everything());
    world.film(20);
    world.wait(1000);
    assert_eq!(world.film(23), "picture 23, ");
    assert_eq!(world.film(1), "create MJPEG 1, report 1, frame 1, ");
}

#[test]
fn modes_say_what_may_be_a_stream() {
    let pictures = |mode, text: bool| {
        let mut world = World::new(mode, everything());
        if text { world.text(20) } else { world.film(20) }
    };
    assert_eq!(pictures(StreamingVideo::Off, false), "picture 20, ");
    assert_eq!(pictures(StreamingVideo::Filter, true), "picture 20, ");
    let stream = "picture 11, create MJPEG 1, report 1, frame 9, ";
    assert_eq!(pictures(StreamingVideo::All, true), stream);
    assert_eq!(pictures(StreamingVideo::All, false), stream);
}

#[test]
fn what_is_drawn_over_a_stream_is_cut_out_and_exact() {
    let mut world = World::new(StreamingVideo::Filter, everything());
    world.film(20);
    world.said.clear();
    let window = Rect::new(100, 100, 100, 50);
    world.fill(window);
    assert_eq!(world.short(), format!("clip {} 1, DrawFill 1, ", 320 * 200 - 100 * 50));
    assert_eq!(world.wrong(window), 0);
    // The film covers it: after three pictures it is a part of the stream again.
    let said = world.film(2);
    assert!(said.contains("frame 1") && !said.contains("clip") && !said.contains("picture"), "{said}");
    assert_eq!(world.wrong(window), 0);
    assert_eq!(world.film(1), format!("clip {} 1, frame 1, ", 320 * 200));
    assert!(world.wrong(window) > 0);
}

#[test]
fn a_stream_of_which_little_is_seen_ends() {
    let mut world = World::new(StreamingVideo::Filter, everything());
    world.film(20);
    world.said.clear();
    world.fill(Rect { bottom: 141, ..FILM });
    assert!(world.short().starts_with("destroy 1, "));
    assert_eq!(world.wrong(FILM), 0);
}

#[test]
fn pixels_that_move_out_of_a_stream_are_sent_exactly() {
    let mut world = World::new(StreamingVideo::Filter, everything());
    world.film(20);
    world.said.clear();
    let target = Rect::new(400, 100, 60, 60);
    world.screen.copy(0, target, Point::new(100, 100)).expect("inside");
    world.take();
    assert_eq!(world.wrong(target), 0);
    assert!(!world.short().contains("CopyBits"));
}

#[test]
fn a_stream_ends_before_its_surface() {
    let mut world = World::new(StreamingVideo::Filter, everything());
    world.film(20);
    world.said.clear();
    world.screen.resize(500, 320, SurfaceFmt::FMT_32_XRGB).expect("a screen");
    world.take();
    assert!(world.short().starts_with("destroy 1, SurfaceDestroy 1, SurfaceCreate 1, "));
}

#[test]
fn late_frames_lower_the_quality_and_what_cannot_be_decoded_is_not_tried_again() {
    let mut world = World::new(StreamingVideo::Filter, everything());
    world.film(20);
    let report = |num_frames, num_drops| {
        ClientMessage::StreamReport(StreamReport {
            stream_id: 1,
            unique_id: 1,
            start_frame_mm_time: 0,
            end_frame_mm_time: 0,
            num_frames,
            num_drops,
            last_frame_delay: 10,
            audio_delay: u32::MAX,
        })
    };
    let len = |world: &mut World| {
        world.film(1);
        world.error(FILM)
    };
    let good = len(&mut world);
    for _ in 0..8 {
        world.feed.handle(&report(10, 5));
    }
    let poor = len(&mut world);
    assert!(poor > good + good / 10, "wrong by {good} with the best quality, {poor} with the worst");
    world.feed.handle(&report(0, u32::MAX));
    world.take();
    assert!(world.short().starts_with("destroy 1, picture 1, "));
    assert_eq!(world.film(100), "picture 100, ");
}

/// Says that it codes, and names the codec in each frame.
#[derive(Debug)]
struct Marks;

impl VideoEncoder for Marks {
    fn codecs(&self) -> &[VideoCodecType] {
        &[VideoCodecType::VP8, VideoCodecType::H264, VideoCodecType::VP9]
    }

    fn encode(&mut self, picture: &VideoPicture<'_>, out: &mut Vec<u8>) -> bool {
        assert_eq!((picture.view.width(), picture.view.height()), (320, 200));
        out.push(picture.codec.0);
        picture.codec != VideoCodecType::H264
    }
}

#[test]
fn the_codec_is_what_both_know_and_the_client_prefers() {
    use VideoCodecType as C;
    let codec = |client: &[C], preferred: &[C]| {
        let mut world = World::new(StreamingVideo::Filter, canvas::capabilities(client));
        world.feed.set_video_encoder(Box::new(Marks));
        let count = preferred.len() as u8;
        let message = PreferredVideoCodecType { codecs: preferred.into() };
        assert_eq!(usize::from(count), preferred.len());
        world.feed.handle(&ClientMessage::PreferredVideoCodecType(message));
        world.film(11);
        world.said.clear();
        world.film(1)
    };
    assert_eq!(codec(&[], &[C::VP8]), "create MJPEG 1, frame 1, ", "a client without MULTI_CODEC");
    assert_eq!(codec(&[C::VP9, C::VP8], &[]), "create VP8 1, frame 1, ");
    assert_eq!(codec(&[C::VP9, C::VP8], &[C::H265, C::VP9]), "create VP9 1, frame 1, ");
    assert_eq!(codec(&[C::VP9, C::VP8], &[C::MJPEG]), "create MJPEG 1, frame 1, ");
    assert_eq!(codec(&[C::H264], &[C::H264]), "create MJPEG 1, frame 1, ", "the encoder gives nothing");
    let only = CapabilitySet::from([DisplayCapability::MULTI_CODEC, DisplayCapability::CODEC_H265]);
    let mut world = World::new(StreamingVideo::Filter, only);
    world.feed.set_video_encoder(Box::new(Marks));
    assert_eq!(world.film(20), "picture 20, ", "none in common");
}
