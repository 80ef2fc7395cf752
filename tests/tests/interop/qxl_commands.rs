//! Our driver side and our renderer against libspice-server: commands that a guest draws at random are executed by both, out
//! of the same bytes, and the surfaces are the same afterwards.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;

use libtest_mimic::Trial;
use spice_proto::Limits;
use spice_proto::common::Rect;
use spice_proto::display::SurfaceFmt;
use spice_proto::qxl::render::Renderer;
use spice_proto::qxl::{self, Memory, QxlCmdType, QxlSurface, Region, RingName};
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

/// 11,000 commands.
pub(crate) fn trials() -> Vec<Trial> {
    let long = |seed, format| Plan { seed, format, effects: false, batch: 20, batches: 170 };
    let plans = [
        ("on_32_xrgb", long(1, SurfaceFmt::FMT_32_XRGB)),
        ("on_16_555", long(2, SurfaceFmt::FMT_16_555)),
        ("on_32_xrgb_again", long(3, SurfaceFmt::FMT_32_XRGB)),
        ("with_effects", Plan { effects: true, batch: 5, batches: 160, ..long(4, SurfaceFmt::FMT_16_555) }),
    ];
    let trials = plans.map(|(name, plan)| {
        trial(format!("qxl_commands::{name}"), &[&SPICE_SERVER], move || {
            let mut run = Run::start(plan);
            (0..plan.batches).for_each(|number| run.batch(number, plan.batch));
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
}

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
        let log = Vec::new();
        Self { guest, renderer, server, folder, ram, vram, log }
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
            self.log.push(format!("{step:?}"));
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
        let (pixel, stride) = (bytes_per_pixel(surface.format), place.stride.unsigned_abs() as usize);
        let offset = self.offset(place);
        let (mut ours, mut theirs) = (vec![0; stride * height], vec![0; stride * height]);
        self.guest.memory.read(Region::Vram, offset, &mut ours).expect("it is inside");
        self.vram.read_exact_at(&mut theirs, offset).expect("it is inside");
        let mut differing = Vec::new();
        for (row, (ours, theirs)) in ours.chunks(stride).zip(theirs.chunks(stride)).enumerate() {
            let pairs = ours.chunks(pixel).zip(theirs.chunks(pixel)).take(width).enumerate();
            for (x, (our, their)) in pairs.filter(|(_, (our, their))| !same(surface.format, our, their)) {
                let y = if place.stride < 0 { height - 1 - row } else { row };
                differing.push((x, y, our.to_vec(), their.to_vec()));
            }
        }
        if let Some((x, y, our, their)) = differing.first() {
            panic!(
                "batch {number}, {surface:?}: {} pixels differ, the first at {x}, {y}: {our:x?} in place of {their:x?}\n{}",
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

/// What the fourth byte of 32_xRGB and bit 15 of 16_555 are, which are no colours, the reference leaves open.
fn same(format: SurfaceFmt, ours: &[u8], theirs: &[u8]) -> bool {
    let counts: [u8; 4] = match format {
        SurfaceFmt::FMT_32_XRGB => [0xff, 0xff, 0xff, 0],
        SurfaceFmt::FMT_16_555 => [0xff, 0x7f, 0, 0],
        _ => [0xff; 4],
    };
    ours.iter().zip(theirs).zip(counts).all(|((our, their), counts)| (our ^ their) & counts == 0)
}

fn bytes_per_pixel(format: SurfaceFmt) -> usize {
    if matches!(format, SurfaceFmt::FMT_16_555 | SurfaceFmt::FMT_16_565) { 2 } else { 4 }
}
