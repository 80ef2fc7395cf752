//! What commands of QXL guests cost, by kind: of this crate's renderer and of libspice-server.
//!
//! ```sh
//! cargo run --release -p spice-proto-tests --example qxl_speed -- TESTSERVER [ROUNDS [KIND]]
//! ```
//!
//! TESTSERVER is the program of `tests/interop/testserver.c`. Both execute the same lists out of the same guest memory, in
//! turns, without a client, and bring the whole surface into memory afterwards. No effect lets a command be left out. Time is
//! that of the thread that does it, in the kernel's count; medians over the rounds, with the least and the greatest.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Lines, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use spice_proto::Limits;
use spice_proto::common::{Point, Point16, PointFix, Rect};
use spice_proto::display::{self, *};
use spice_proto::image::quic;
use spice_proto::qxl::driver::{Drawing, Driver};
use spice_proto::qxl::render::Renderer;
use spice_proto::qxl::{
    Guest, GuestMemory, Memory, QxlCommandExt, QxlSurface, QxlSurfaceCreate, QxlSurfaceFlags, QxlSurfaceType,
    Region, RingName, Slot, SlotLayout, Slots,
};
use spice_proto::wire::{Encode, List, Pointer};
use spice_proto_tests::random::Random;

/// Of the primary surface, pixels.
const WIDTH: u32 = 1024;
const HEIGHT: u32 = 768;
/// Of what is drawn, pixels.
const SIDE: u32 = 64;
/// Commands of a list.
const COMMANDS: usize = 400;
/// Bytes of each memory.
const MEMORY: usize = 32 << 20;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let program = arguments.next().expect("the path of testserver");
    let rounds: usize = arguments.next().map_or(9, |rounds| rounds.parse().expect("a number of rounds"));
    let only = arguments.next();
    println!("| {COMMANDS} commands | microseconds each | of libspice-server | ratio |");
    println!("|---|---|---|---|");
    for kind in KINDS.iter().filter(|kind| only.as_deref().is_none_or(|only| only == kind.name)) {
        let mut bench = Bench::new(kind);
        let mut other = Other::start(&program, &bench);
        let mut times: Vec<(f64, f64)> = Vec::new();
        for round in 0..=rounds {
            let pair = (bench.run(), other.run(&bench));
            // The first one warms up.
            if round > 0 {
                times.push(pair);
            }
        }
        let [ours, theirs] = [|pair: &(f64, f64)| pair.0, |pair: &(f64, f64)| pair.1];
        let ratio = |pair: &(f64, f64)| pair.0 / pair.1;
        let shown = |of: &dyn Fn(&(f64, f64)) -> f64| {
            let mut list: Vec<f64> = times.iter().map(of).collect();
            list.sort_by(f64::total_cmp);
            let (least, middle, most) = (list[0], list[list.len() / 2], list[list.len() - 1]);
            format!("{middle:.2} ({least:.2} to {most:.2})")
        };
        println!("| {} | {} | {} | {} |", kind.name, shown(&ours), shown(&theirs), shown(&ratio));
    }
}

/// A guest's memory with a list of commands, and what executes it here.
struct Bench {
    memory: GuestMemory<Vec<std::cell::Cell<u8>>>,
    slots: Slots,
    primary: QxlSurfaceCreate,
    /// Makes surface 1.
    create: QxlCommandExt,
    commands: Vec<QxlCommandExt>,
    renderer: Renderer,
    folder: PathBuf,
}

impl Bench {
    fn new(kind: &Kind) -> Self {
        let memory = GuestMemory::from_bytes(vec![0; MEMORY], vec![0; MEMORY], Vec::new());
        let mut slots = Slots::new(SlotLayout::default()).expect("the bits fit");
        for (region, id) in [(Region::Ram, 1), (Region::Vram, 2)] {
            let slot = Slot { region, offset: 0, len: MEMORY as u64, first: 0, generation: 0 };
            slots.set(GROUP, id, slot).expect("there are eight");
        }
        let mut driver = Driver::new(&slots, GROUP, 1).expect("it was just made");
        let mut pixels = Driver::new(&slots, GROUP, 2).expect("it was just made");
        let mut place = |width: u32, height: u32| QxlSurface {
            format: SurfaceFmt::FMT_32_XRGB,
            width,
            height,
            stride: width as i32 * 4,
            data: pixels.take(u64::from(width * height * 4)).expect("there is room"),
        };
        let (first, second) = (place(WIDTH, HEIGHT), place(256, 256));
        let primary = QxlSurfaceCreate {
            width: first.width,
            height: first.height,
            stride: first.stride,
            format: first.format,
            position: 0,
            mouse_mode: 1,
            flags: QxlSurfaceFlags::empty(),
            type_: QxlSurfaceType::PRIMARY,
            mem: first.data,
        };
        let noise = Random::new(7).bytes(256 * 256 * 4);
        let offset = slots.resolve(GROUP, second.data, 1).expect("it was taken").offset;
        memory.write(Region::Vram, offset, &noise).expect("it is inside");
        let create = driver.create_surface(&memory, 1, second, QxlSurfaceFlags::KEEP_DATA);
        let mut random = Random::new(1);
        let mut commands = Vec::new();
        for _ in 0..COMMANDS {
            let (x, y) = (random.below((WIDTH - SIDE) as usize), random.below((HEIGHT - SIDE) as usize));
            let base = DisplayBase::new(0, Rect::new(x as i32, y as i32, SIDE, SIDE));
            (kind.make)(&mut random, base, &mut |message| {
                let mut drawing = Drawing::new(message);
                drawing.piece_len = kind.piece_len;
                commands.push(driver.draw(&memory, &drawing).expect("there is room"));
            });
        }
        let mut renderer = Renderer::new(&Limits::default(), 64);
        let guest = Guest { memory: &memory, slots: &slots };
        renderer.create_primary(guest, GROUP, &primary).expect("it is valid");
        let create = create.expect("there is room");
        renderer.execute(guest, RingName::Command, &create).expect("it is valid");
        let folder = std::env::temp_dir().join(format!("qxl-speed-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        Self { memory, slots, primary, create, commands, renderer, folder }
    }

    /// Microseconds a command.
    fn run(&mut self) -> f64 {
        let guest = Guest { memory: &self.memory, slots: &self.slots };
        let start = now(Path::new("/proc/thread-self/schedstat"));
        for command in &self.commands {
            self.renderer.execute(guest, RingName::Command, command).expect("it is valid");
        }
        self.renderer.update_area(guest, 0, Rect::of_size(WIDTH, HEIGHT)).expect("it is there");
        let spent = now(Path::new("/proc/thread-self/schedstat")) - start;
        spent as f64 / 1e3 / COMMANDS as f64
    }

    fn write(&self, name: &str, region: Region) -> PathBuf {
        let mut bytes = vec![0; MEMORY];
        self.memory.read(region, 0, &mut bytes).expect("all of it");
        let path = self.folder.join(name);
        fs::write(&path, bytes).expect("there is room");
        path
    }
}

/// libspice-server.
struct Other {
    child: Child,
    events: Lines<BufReader<ChildStdout>>,
    list: PathBuf,
    vram: PathBuf,
}

impl Other {
    fn start(program: &str, bench: &Bench) -> Self {
        let socket = bench.folder.join("socket");
        let mut command = Command::new(program);
        command.arg("--unix").arg(socket).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("testserver");
        let events = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let list = |name: &str, commands: &[QxlCommandExt]| {
            let mut bytes = Vec::new();
            commands.iter().for_each(|command| command.encode(&mut bytes).expect("an entry of a ring"));
            let path = bench.folder.join(name);
            fs::write(&path, bytes).expect("there is room");
            path
        };
        let (first, all) = (list("create", &[bench.create]), list("commands", &bench.commands));
        let (ram, vram) = (bench.write("ram", Region::Ram), bench.write("vram", Region::Vram));
        let mut other = Self { child, events, list: all, vram };
        other.say(&format!("memory {} 1 0", ram.display()), "memory");
        other.say(&format!("memory {} 2 0", other.vram.display()), "memory");
        let QxlSurfaceCreate { width, height, stride, format, mem, .. } = bench.primary;
        other.say(&format!("primary {width} {height} {stride} {} {} 0", format.0, mem.0), "primary");
        other.say(&format!("commands {} 0 {width} {height}", first.display()), "commands");
        other
    }

    /// Microseconds a command; checks that the picture is ours.
    fn run(&mut self, bench: &Bench) -> f64 {
        let start = self.time();
        self.say(&format!("commands {} 0 {WIDTH} {HEIGHT}", self.list.display()), "commands");
        let spent = self.time() - start;
        self.say("released", "released");
        let offset = bench.slots.resolve(GROUP, bench.primary.mem, 1).expect("it is there").offset;
        let len = (WIDTH * HEIGHT * 4) as usize;
        let (mut ours, mut theirs) = (vec![0; len], vec![0; len]);
        bench.memory.read(Region::Vram, offset, &mut ours).expect("it is inside");
        let file = File::open(&self.vram).expect("it is there");
        file.read_exact_at(&mut theirs, offset).expect("it is inside");
        let same = ours.chunks(4).zip(theirs.chunks(4)).all(|(a, b)| a[..3] == b[..3]);
        assert!(same, "the pictures differ");
        spent as f64 / 1e3 / COMMANDS as f64
    }

    /// Gives a command and waits until it is done.
    fn say(&mut self, line: &str, name: &str) {
        writeln!(self.child.stdin.as_mut().expect("it is piped"), "{line}").expect("it reads");
        let done = format!("\"command\":\"{name}\"");
        loop {
            let event = self.events.next().expect("an event").expect("text");
            if event.contains(&done) {
                assert!(event.contains("\"done\""), "{line}: {event}");
                return;
            }
        }
    }

    /// Processor time of its worker, nanoseconds.
    fn time(&self) -> u64 {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("its threads");
        let tasks = tasks.flatten().map(|task| task.path());
        let workers = tasks
            .filter(|task| fs::read_to_string(task.join("comm")).is_ok_and(|name| name.starts_with("SPICE")));
        workers.map(|task| now(&task.join("schedstat"))).sum()
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        drop(self.child.wait());
        drop(self.list.parent().map(fs::remove_dir_all));
    }
}

/// Processor time of a thread, nanoseconds.
fn now(path: &Path) -> u64 {
    // The kernel counts when a thread stops.
    std::thread::sleep(Duration::from_micros(1));
    let line = fs::read_to_string(path).expect("Linux says it");
    line.split(' ').next().and_then(|number| number.parse().ok()).expect("a number")
}

/// A kind of command.
struct Kind {
    name: &'static str,
    piece_len: Option<usize>,
    /// Makes one and gives it away.
    make: Make,
}

/// What takes a drawing.
type Give<'g> = dyn FnMut(&ServerMessage<'_>) + 'g;

/// What makes one and gives it away.
type Make = fn(&mut Random, DisplayBase<'static>, &mut Give<'_>);

const fn kind(name: &'static str, make: Make) -> Kind {
    Kind { name, piece_len: None, make }
}

use ServerMessage as M;

const KINDS: &[Kind] = &[
    kind("fill", |random, base, give| {
        let brush = Brush::solid(random.number() as u32);
        let data = Fill { brush, rop_descriptor: Ropd::OP_PUT, mask: QMask::NONE };
        give(&M::DrawFill(DrawFill { base, data }));
    }),
    kind("fill, XOR", |random, base, give| {
        let brush = Brush::solid(random.number() as u32);
        let data = Fill { brush, rop_descriptor: Ropd::OP_XOR, mask: QMask::NONE };
        give(&M::DrawFill(DrawFill { base, data }));
    }),
    kind("fill, pattern of 16x16", |random, base, give| {
        let bytes = random.bytes(16 * 16 * 4);
        let image = bitmap(&bytes, BitmapFmt::FMT_32BIT, 16);
        let pattern = Pattern { pat: Pointer::from(&image), pos: Point { x: 3, y: 5 } };
        let brush = Brush { type_: BrushType::PATTERN, body: BrushBody::Pattern(pattern) };
        let data = Fill { brush, rop_descriptor: Ropd::OP_PUT, mask: QMask::NONE };
        give(&M::DrawFill(DrawFill { base, data }));
    }),
    kind("fill, mask", |random, base, give| {
        let bytes = random.bytes((SIDE * SIDE / 8) as usize);
        let image = bitmap(&bytes, BitmapFmt::FMT_1BIT_BE, SIDE);
        let mask = QMask { bitmap: Some(Pointer::from(&image)), ..QMask::NONE };
        let brush = Brush::solid(random.number() as u32);
        let data = Fill { brush, rop_descriptor: Ropd::OP_PUT, mask };
        give(&M::DrawFill(DrawFill { base, data }));
    }),
    kind("copy, bitmap", |random, base, give| copy(&noise(random, BitmapFmt::FMT_32BIT), base, give)),
    Kind {
        name: "copy, bitmap in chunks of 4 KiB",
        piece_len: Some(4096),
        make: |random, base, give| copy(&noise(random, BitmapFmt::FMT_32BIT), base, give),
    },
    kind("copy, 24-bit bitmap", |random, base, give| {
        let bytes = random.bytes((SIDE * SIDE * 3) as usize);
        give(&M::DrawCopy(DrawCopy { base, data: Copy::put(&bitmap(&bytes, BitmapFmt::FMT_24BIT, SIDE)) }));
    }),
    kind("copy, QUIC", |random, base, give| {
        // A slope with some noise, as photographs are.
        let mut pixels = Vec::new();
        for at in 0..SIDE * SIDE {
            let (x, y) = ((at % SIDE) as u8, (at / SIDE) as u8);
            pixels.extend([2 * x + random.below(4) as u8, x + y, 3 * y + random.below(4) as u8, 0]);
        }
        let mut stream = Vec::new();
        let stride = SIDE as isize * 4;
        quic::encode(quic::ImageType::Rgb32, SIDE, SIDE, &pixels, stride, &mut stream)
            .expect("a small picture");
        let image = Image {
            descriptor: descriptor(ImageType::QUIC, SIDE),
            body: ImageBody::Quic(BinaryData { data: &stream }),
        };
        give(&M::DrawCopy(DrawCopy { base, data: Copy::put(&image) }));
    }),
    kind("copy, surface", |_, base, give| {
        give(&M::DrawCopy(DrawCopy {
            base,
            data: Copy { src_area: Rect::of_size(SIDE, SIDE), ..Copy::put(&surface()) },
        }));
    }),
    kind("copy, bitmap, half the size", |random, base, give| {
        let bytes = random.bytes((32 * 32 * 4) as usize);
        let image = bitmap(&bytes, BitmapFmt::FMT_32BIT, 32);
        let data = Copy { scale_mode: ImageScaleMode::INTERPOLATE, ..Copy::put(&image) };
        give(&M::DrawCopy(DrawCopy { base, data }));
    }),
    kind("copy bits", |random, base, give| {
        let src_pos = Point { x: random.below(800) as i32, y: random.below(600) as i32 };
        give(&M::CopyBits(CopyBits { base, src_pos }));
    }),
    kind("opaque, AND", |random, base, give| {
        let bytes = random.bytes((SIDE * SIDE * 4) as usize);
        let image = bitmap(&bytes, BitmapFmt::FMT_32BIT, SIDE);
        let (src_bitmap, src_area) = (Some(Pointer::from(&image)), Rect::of_size(SIDE, SIDE));
        let (brush, scale_mode) = (Brush::solid(0x00ff_ff00), ImageScaleMode::NEAREST);
        let data = Opaque {
            src_bitmap,
            src_area,
            brush,
            rop_descriptor: Ropd::OP_AND,
            scale_mode,
            mask: QMask::NONE,
        };
        give(&M::DrawOpaque(DrawOpaque { base, data }));
    }),
    kind("rop3", |random, base, give| {
        let bytes = random.bytes((SIDE * SIDE * 4) as usize);
        let image = bitmap(&bytes, BitmapFmt::FMT_32BIT, SIDE);
        let (src_bitmap, src_area) = (Some(Pointer::from(&image)), Rect::of_size(SIDE, SIDE));
        let (brush, scale_mode) = (Brush::solid(0x00ff_ff00), ImageScaleMode::NEAREST);
        let data = Rop3 { src_bitmap, src_area, brush, rop3: 0xb8, scale_mode, mask: QMask::NONE };
        give(&M::DrawRop3(DrawRop3 { base, data }));
    }),
    kind("transparent", |random, base, give| {
        let bytes = random.bytes((SIDE * SIDE * 4) as usize);
        let image = bitmap(&bytes, BitmapFmt::FMT_32BIT, SIDE);
        let (src_bitmap, src_area) = (Some(Pointer::from(&image)), Rect::of_size(SIDE, SIDE));
        let data = Transparent { src_bitmap, src_area, src_color: 0, true_color: 0 };
        give(&M::DrawTransparent(DrawTransparent { base, data }));
    }),
    kind("alpha blend", |random, base, give| {
        let bytes = random.bytes((SIDE * SIDE * 4) as usize);
        let image = bitmap(&bytes, BitmapFmt::FMT_32BIT, SIDE);
        let (src_bitmap, src_area) = (Some(Pointer::from(&image)), Rect::of_size(SIDE, SIDE));
        let data = AlphaBlend { alpha_flags: AlphaFlags::empty(), alpha: 77, src_bitmap, src_area };
        give(&M::DrawAlphaBlend(DrawAlphaBlend { base, data }));
    }),
    kind("composite, OVER", |random, base, give| {
        let mut bytes = random.bytes((SIDE * SIDE * 4) as usize);
        for pixel in bytes.chunks_exact_mut(4) {
            let alpha = u16::from(pixel[3]);
            pixel[..3].iter_mut().for_each(|channel| *channel = (u16::from(*channel) * alpha / 255) as u8);
        }
        let image = bitmap(&bytes, BitmapFmt::RGBA, SIDE);
        let origin = Point16 { x: 0, y: 0 };
        let data = Composite {
            flags: CompositeFlags::from_bits_retain(3),
            src_bitmap: Some(Pointer::from(&image)),
            mask_bitmap: None,
            src_transform: None,
            mask_transform: None,
            src_origin: origin,
            mask_origin: origin,
        };
        give(&M::DrawComposite(DrawComposite { base, data }));
    }),
    kind("text, 20 glyphs of 4 bits", |random, base, give| {
        let bytes: Vec<Vec<u8>> = (0..20).map(|_| random.bytes(4 * 12)).collect();
        let glyphs: Vec<RasterGlyphA4<'_>> = (0..20_i32)
            .map(|number| RasterGlyphA4 {
                render_pos: Point {
                    x: base.box_.left + number % 8 * 8,
                    y: base.box_.top + number / 8 * 14 + 12,
                },
                glyph_origin: Point { x: 0, y: -12 },
                width: 8,
                height: 12,
                data: &bytes[number as usize],
            })
            .collect();
        let glyphs = StringGlyphs::RasterA4(List::from(&*glyphs));
        text(StringFlags::RASTER_A4, glyphs, base, give);
    }),
    kind("text, 20 glyphs of 1 bit", |random, base, give| {
        let bytes: Vec<Vec<u8>> = (0..20).map(|_| random.bytes(12)).collect();
        let glyphs: Vec<RasterGlyphA1<'_>> = (0..20_i32)
            .map(|number| RasterGlyphA1 {
                render_pos: Point {
                    x: base.box_.left + number % 8 * 8,
                    y: base.box_.top + number / 8 * 14 + 12,
                },
                glyph_origin: Point { x: 0, y: -12 },
                width: 8,
                height: 12,
                data: &bytes[number as usize],
            })
            .collect();
        let glyphs = StringGlyphs::RasterA1(List::from(&*glyphs));
        text(StringFlags::RASTER_A1, glyphs, base, give);
    }),
    kind("stroke, 8 lines", |random, base, give| {
        let Rect { left, top, .. } = base.box_;
        let points: Vec<PointFix> = (0..9)
            .map(|_| PointFix {
                x: (left + random.below(SIDE as usize) as i32) * 16,
                y: (top + random.below(SIDE as usize) as i32) * 16,
            })
            .collect();
        let flags = PathFlags::BEGIN | PathFlags::END;
        let segments = [PathSegment { flags, points: List::from(&*points) }];
        let path = display::Path { segments: List::from(&segments[..]) };
        let attr = LineAttr { flags: LineFlags::empty(), style_nseg: None, style: None };
        let brush = Brush::solid(random.number() as u32);
        let (fore_mode, back_mode) = (Ropd::OP_PUT, Ropd::OP_PUT);
        let data = Stroke { path: Pointer::from(&path), attr, brush, fore_mode, back_mode };
        give(&M::DrawStroke(DrawStroke { base, data }));
    }),
    kind("blackness", |_, base, give| {
        give(&M::DrawBlackness(DrawBlackness { base, data: Blackness { mask: QMask::NONE } }));
    }),
    kind("invers", |_, base, give| {
        give(&M::DrawInvers(DrawInvers { base, data: Blackness { mask: QMask::NONE } }));
    }),
];

fn noise(random: &mut Random, format: BitmapFmt) -> (Vec<u8>, BitmapFmt) {
    (random.bytes((SIDE * SIDE * 4) as usize), format)
}

fn copy((bytes, format): &(Vec<u8>, BitmapFmt), base: DisplayBase<'static>, give: &mut Give<'_>) {
    give(&M::DrawCopy(DrawCopy { base, data: Copy::put(&bitmap(bytes, *format, SIDE)) }));
}

fn text(flags: StringFlags, glyphs: StringGlyphs<'_>, base: DisplayBase<'static>, give: &mut Give<'_>) {
    let string = display::String { length: 20, flags, glyphs };
    let data = Text {
        str: Pointer::from(&string),
        back_area: Rect::of_size(0, 0),
        fore_brush: Brush::solid(0x00ff_8040),
        back_brush: Brush::solid(0),
        fore_mode: Ropd::OP_PUT,
        back_mode: Ropd::OP_PUT,
    };
    give(&M::DrawText(DrawText { base, data }));
}

fn bitmap(data: &[u8], format: BitmapFmt, side: u32) -> Image<'_> {
    let body = ImageBody::Bitmap(BitmapData {
        format,
        flags: BitmapFlags::TOP_DOWN,
        x: side,
        y: side,
        stride: data.len() as u32 / side,
        pal: BitmapDataPal::Palette(None),
        data,
    });
    Image { descriptor: descriptor(ImageType::BITMAP, side), body }
}

fn surface() -> Image<'static> {
    let body = ImageBody::Surface(display::Surface { surface_id: 1 });
    Image { descriptor: descriptor(ImageType::SURFACE, 256), body }
}

fn descriptor(type_: ImageType, side: u32) -> ImageDescriptor {
    ImageDescriptor { id: 1 << 32, type_, flags: ImageFlags::empty(), width: side, height: side }
}

/// Of memory slots.
const GROUP: u32 = 1;
