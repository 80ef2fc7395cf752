//! Our driver side and our renderer against libspice-server: commands that a guest draws at random are executed by both, out
//! of the same bytes, and the surfaces are the same afterwards.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;

use libtest_mimic::Trial;
use spice_proto::Limits;
use spice_proto::common::Rect;
use spice_proto::display::{ServerMessage, SurfaceFmt};
use spice_proto::qxl::render::{Renderer, Step};
use spice_proto::qxl::{self, Memory, QxlCmdType, QxlCommandFlags, QxlSurface, Region, RingName};
use spice_proto::wire::Encode;
use spice_proto_tests::qxl::{Guest, Surface};

use crate::live::peers::SPICE_SERVER;
use crate::live::{Folder, Testserver, free_port, trial};

/// What a guest does.
#[derive(Clone, Copy)]
struct Plan {
    seed: u64,
    /// Of the primary surface.
    format: SurfaceFmt,
    effects: bool,
    /// Commands between two comparisons. All that wait are executed there.
    batch: usize,
    batches: usize,
}

/// 21,200 commands.
pub(crate) fn trials() -> Vec<Trial> {
    let long = |seed, format| Plan { seed, format, effects: false, batch: 20, batches: 170 };
    let plans = [
        ("on_32_xrgb", long(1, SurfaceFmt::FMT_32_XRGB)),
        ("on_16_555", long(2, SurfaceFmt::FMT_16_555)),
        ("on_32_xrgb_again", long(3, SurfaceFmt::FMT_32_XRGB)),
        ("on_16_565", long(5, SurfaceFmt::FMT_16_565)),
        ("on_16_565_again", long(14, SurfaceFmt::FMT_16_565)),
        ("on_32_xrgb_once_more", long(12, SurfaceFmt::FMT_32_XRGB)),
        ("with_effects", Plan { effects: true, batch: 5, batches: 160, ..long(4, SurfaceFmt::FMT_16_555) }),
    ];
    let trials = plans.map(|(name, plan)| {
        trial(format!("qxl_commands::{name}"), &[&SPICE_SERVER], move || {
            let mut run = Run::start(plan);
            (0..plan.batches).for_each(|number| run.batch(number, plan.batch));
            let missing: Vec<_> = KINDS.iter().filter(|kind| !run.counts.contains_key(**kind)).collect();
            println!("seed {}: {:?}", plan.seed, run.counts);
            assert!(plan.effects || missing.is_empty(), "{missing:?}");
        })
    });
    trials.into()
}

struct Run {
    guest: Guest,
    renderer: Renderer,
    server: Testserver,
    folder: Folder,
    ram: File,
    vram: File,
    /// The commands since the last comparison, for reports.
    log: Vec<String>,
    /// How many of which kind there were.
    counts: BTreeMap<&'static str, u32>,
}

/// What a long run has to have.
const KINDS: [&str; 40] = [
    "draw_fill",
    "draw_opaque",
    "draw_copy",
    "draw_blend",
    "copy_bits",
    "draw_blackness",
    "draw_whiteness",
    "draw_invers",
    "draw_rop3",
    "draw_stroke",
    "draw_text",
    "draw_transparent",
    "draw_alpha_blend",
    "draw_composite",
    "on 1_A",
    "on 8_A",
    "on 16_555",
    "on 16_565",
    "on 32_xRGB",
    "on 32_ARGB",
    "compat",
    "self_bitmap",
    "self_bitmap of alpha_blend",
    "source is a surface",
    "pattern is a surface",
    "mask is a surface",
    "DEST_HAS_ALPHA",
    "SRC_SURFACE_HAS_ALPHA",
    "surface created",
    "surface with contents",
    "surfaces destroyed",
    "update",
    "message",
    "set",
    "move",
    "hide",
    "trail",
    "shape ALPHA",
    "shape MONO",
    "shape COLOR4",
];

impl Run {
    fn start(plan: Plan) -> Self {
        let guest = Guest::new(plan.seed, plan.format, plan.effects);
        let (folder, port) = (Folder::new(), free_port().to_string());
        let file = |name: &str| {
            let file = OpenOptions::new().read(true).write(true).create_new(true).open(folder.file(name));
            let file = file.expect("the folder is new");
            file.set_len(Guest::MEMORY_LEN as u64).expect("there is room");
            file
        };
        let (ram, vram) = (file("ram"), file("vram"));
        let mut server = Testserver::start(&["--port", &port]);
        for (slot, name) in [(1, "ram"), (2, "vram")] {
            let generation = Guest::GENERATIONS[slot - 1];
            server.run(&format!("memory {} {slot} {generation}", folder.file(name).display()));
        }
        let primary = guest.primary();
        let (width, height, stride) = (primary.width, primary.height, primary.stride);
        let (format, data) = (primary.format.0, primary.mem.0);
        server.run(&format!("primary {width} {height} {stride} {format} {data} 0"));
        let mut renderer = Renderer::new(&Limits::default(), Guest::SURFACES);
        let memory = qxl::Guest { memory: &guest.memory, slots: &guest.slots };
        renderer.create_primary(memory, Guest::GROUP, &primary).expect("it is valid");
        let (log, counts) = (Vec::new(), BTreeMap::new());
        Self { guest, renderer, server, folder, ram, vram, log, counts }
    }

    /// Some commands, executed by both; then their surfaces are compared.
    fn batch(&mut self, number: usize, len: usize) {
        let mut commands = Vec::new();
        self.log.clear();
        for _ in 0..len {
            let command = self.guest.next_command().expect("there is room for so many");
            command.encode(&mut commands).expect("it is an entry of a ring");
            if command.cmd.type_ == QxlCmdType::SURFACE {
                self.share_surfaces();
            }
            let ring =
                if command.cmd.type_ == QxlCmdType::CURSOR { RingName::Cursor } else { RingName::Command };
            let memory = qxl::Guest { memory: &self.guest.memory, slots: &self.guest.slots };
            let step = self.renderer.execute(memory, ring, &command);
            let step = step.unwrap_or_else(|error| panic!("batch {number}: {error}"));
            let text = format!("{step:?}");
            let mut kinds = kinds(&step, &text);
            kinds.extend(command.flags.contains(QxlCommandFlags::COMPAT).then_some("compat"));
            if let Step::Drawn(drawable, _) = &step {
                let surface =
                    self.guest.surfaces().into_iter().find(|(surface, _)| surface.id == drawable.surface_id);
                kinds.extend(surface.map(|(surface, _)| on(surface.format)));
            }
            kinds.into_iter().for_each(|kind| *self.counts.entry(kind).or_default() += 1);
            self.log.push(text);
        }
        self.share(Region::Ram, 0, Guest::MEMORY_LEN);
        let list = self.folder.file("commands");
        std::fs::write(&list, commands).expect("the folder is there");
        let (primary, _) = self.guest.surfaces()[0];
        let (width, height) = (primary.width, primary.height);
        self.server.run(&format!("commands {} 0 {width} {height}", list.display()));
        for (surface, place) in self.guest.surfaces() {
            let Surface { id, width, height, .. } = surface;
            self.server.run(&format!("update {id} {width} {height}"));
            let memory = qxl::Guest { memory: &self.guest.memory, slots: &self.guest.slots };
            let area = Rect::of_size(width, height);
            self.renderer.update_area(memory, id, area).expect("the surface is there");
            self.compare(number, surface, place);
        }
        self.release();
    }

    fn compare(&self, number: usize, surface: Surface, place: QxlSurface) {
        let (width, height) = (surface.width as usize, surface.height as usize);
        let stride = place.stride.unsigned_abs() as usize;
        let offset = self.offset(place);
        let (mut ours, mut theirs) = (vec![0; stride * height], vec![0; stride * height]);
        self.guest.memory.read(Region::Vram, offset, &mut ours).expect("it is inside");
        self.vram.read_exact_at(&mut theirs, offset).expect("it is inside");
        let mut differing = Vec::new();
        for (row, (ours, theirs)) in ours.chunks(stride).zip(theirs.chunks(stride)).enumerate() {
            let y = if place.stride < 0 { height - 1 - row } else { row };
            let pixels = |row| pixels(surface.format, row).take(width);
            let pairs = pixels(ours).zip(pixels(theirs)).enumerate();
            differing.extend(pairs.filter(|(_, (our, their))| our != their).map(|(x, pair)| (x, y, pair)));
        }
        if let Some((x, y, (our, their))) = differing.first() {
            panic!(
                "batch {number}, {surface:?}: {} pixels differ, the first at {x}, {y}: {our:x} in place of {their:x}\n{}",
                differing.len(),
                self.log.join("\n"),
            );
        }
    }

    /// Lets the guest have what the server has released.
    fn release(&mut self) {
        self.server.command("released");
        let event = self.server.wait_for("what was released", |event| event["event"] == "released");
        let ids = event["ids"].as_array().expect("a list");
        for id in ids {
            self.guest.release(id.as_u64().expect("a number")).expect("it was taken");
        }
    }

    /// Hands the pixels of the newest surface over.
    fn share_surfaces(&self) {
        if let Some((surface, place)) = self.guest.surfaces().last() {
            let len = place.stride.unsigned_abs() as usize * surface.height as usize;
            self.share(Region::Vram, self.offset(*place), len);
        }
    }

    fn share(&self, region: Region, offset: u64, len: usize) {
        let mut bytes = vec![0; len];
        self.guest.memory.read(region, offset, &mut bytes).expect("it is inside");
        let file = if region == Region::Ram { &self.ram } else { &self.vram };
        file.write_all_at(&bytes, offset).expect("the file is as long as the memory");
    }

    fn offset(&self, place: QxlSurface) -> u64 {
        self.guest.slots.resolve(Guest::GROUP, place.data, 1).expect("it was taken").offset
    }
}

/// The pixels of a row, without what is no colour and what the reference leaves open: the fourth byte of 32_xRGB and bit 15 of 16_555.
fn pixels(format: SurfaceFmt, row: &[u8]) -> Box<dyn Iterator<Item = u32> + '_> {
    let (len, counts) = match format {
        SurfaceFmt::FMT_1_A => {
            return Box::new(row.iter().flat_map(|byte| (0..8).map(move |bit| u32::from(byte >> bit & 1))));
        }
        SurfaceFmt::FMT_8_A => (1, 0xff),
        SurfaceFmt::FMT_16_555 => (2, 0x7fff),
        SurfaceFmt::FMT_16_565 => (2, 0xffff),
        SurfaceFmt::FMT_32_XRGB => (4, 0x00ff_ffff),
        _ => (4, u32::MAX),
    };
    let number = |pixel: &[u8]| pixel.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte));
    Box::new(row.chunks_exact(len).map(move |pixel| number(pixel) & counts))
}

/// What kinds a command is of, all of them.
fn kinds(step: &Step<'_>, text: &str) -> Vec<&'static str> {
    // Behind these words, the first type is that of the image.
    let is_surface = |at: &str| {
        let image = text.split_once(at).and_then(|(_, image)| image.split_once("type: "));
        image.is_some_and(|(_, kind)| kind.starts_with("SURFACE"))
    };
    let mut kinds = Vec::new();
    match step {
        Step::Drawn(drawable, _) => {
            kinds.extend(drawable.message.as_ref().and_then(|message| message.name()));
            let is_blend = matches!(drawable.message, Some(ServerMessage::DrawAlphaBlend(_)));
            kinds.extend(drawable.self_bitmap.map(|_| "self_bitmap"));
            kinds.extend(drawable.self_bitmap.filter(|_| is_blend).map(|_| "self_bitmap of alpha_blend"));
            for (at, kind) in [
                ("src_bitmap: Some(", "source is a surface"),
                ("Pattern(Pattern { pat: ", "pattern is a surface"),
                (" bitmap: Some(", "mask is a surface"),
            ] {
                kinds.extend(is_surface(at).then_some(kind));
            }
            let flags = ["DEST_HAS_ALPHA", "SRC_SURFACE_HAS_ALPHA"];
            kinds.extend(flags.into_iter().filter(|flag| text.contains(flag)));
        }
        Step::SurfaceCreated { has_contents, .. } => {
            kinds.push("surface created");
            kinds.extend(has_contents.then_some("surface with contents"));
        }
        Step::SurfacesDestroyed(_) => kinds.push("surfaces destroyed"),
        Step::Updated { .. } => kinds.push("update"),
        Step::Message(_) => kinds.push("message"),
        Step::Pointer(message, _) => {
            kinds.extend(message.name());
            let shapes = [("ALPHA", "shape ALPHA"), ("MONO", "shape MONO"), ("COLOR4", "shape COLOR4")];
            let shapes = shapes.into_iter().filter(|(name, _)| text.contains(&format!("type: {name},")));
            kinds.extend(shapes.map(|(_, kind)| kind));
        }
        _ => {}
    }
    kinds
}

fn on(format: SurfaceFmt) -> &'static str {
    match format {
        SurfaceFmt::FMT_1_A => "on 1_A",
        SurfaceFmt::FMT_8_A => "on 8_A",
        SurfaceFmt::FMT_16_555 => "on 16_555",
        SurfaceFmt::FMT_16_565 => "on 16_565",
        SurfaceFmt::FMT_32_XRGB => "on 32_xRGB",
        _ => "on 32_ARGB",
    }
}
