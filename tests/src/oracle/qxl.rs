//! Commands of QXL guests, and recordings of them.

use spice_proto::Limits;
use spice_proto::canvas::Canvas;
use spice_proto::common::Rect;
use spice_proto::display::{ServerMessage, SurfaceFmt};
use spice_proto::qxl::command::{Command, Reader};
use spice_proto::qxl::recording::{self, WorkerMessage};
use spice_proto::qxl::render::{Renderer, Step};
use spice_proto::qxl::{
    Guest, GuestMemory, QxlCmdType, QxlCommand, QxlCommandExt, QxlCommandFlags, QxlSurfaceCreate,
    QxlSurfaceFlags, QxlSurfaceType, Region, RingName, Slot, Slots,
};
use spice_proto::wire::{Encode, GuestAddress};

use super::restless::Restless;
use super::take;

/// Where the memory of a guest begins, in the offsets of its slot. As in the vectors.
pub const FIRST: u64 = 0x10_0000;
/// Group, slot and generation of that memory.
pub const SLOT: (u32, u32, u32) = (1, 1, 3);

/// Commands in a guest's memory: options (bit 0: the memory changes between two looks at it), number of commands; of
/// each its type (bits 0 to 2), COMPAT (3), COMPAT_16BPP (4) and ring (5), and where it lies (3 bytes); the memory.
///
/// Whatever comes, errors change nothing, messages say what they said when they are written and read again, guest
/// memory gets the pixels, and a recording of it all ends in the same surfaces.
///
/// # Panics
/// When that is not so.
pub fn qxl_commands(mut data: &[u8]) {
    let options = take::<1>(&mut data);
    let count = take::<1>(&mut data).min(24);
    let commands: Vec<_> = (0..count).map(|_| command(&mut data)).collect();
    let primary_memory = vec![0; 64 * 48 * 4];
    let len = data.len() as u64;
    let memory = Restless::new(
        GuestMemory::from_bytes(data.to_vec(), primary_memory, Vec::new()),
        u64::from(options) << 32 | len | 1,
        options & 1 != 0,
    );
    let mut slots = Slots::default();
    let (group, id, generation) = SLOT;
    let ram = Slot { region: Region::Ram, offset: 0, len, first: FIRST, generation };
    let vram = Slot { region: Region::Vram, offset: 0, len: 64 * 48 * 4, first: 0x800_0000, generation: 1 };
    slots.set(group, id, ram).expect("a slot");
    slots.set(group, 2, vram).expect("a slot");
    let guest = Guest { memory: &memory, slots: &slots };
    let create = QxlSurfaceCreate {
        width: 64,
        height: 48,
        stride: 256,
        format: SurfaceFmt::FMT_32_XRGB,
        position: 0,
        mouse_mode: 1,
        flags: QxlSurfaceFlags::empty(),
        type_: QxlSurfaceType::PRIMARY,
        mem: GuestAddress(0x0201_0000_0800_0000),
    };
    let limits = limits();
    let mut renderer = Renderer::new(&limits, 16);
    renderer.create_primary(guest, group, &create).expect("a primary surface");
    let mut recorder = Recorder::new();
    recorder.start(guest, group, &create);
    for (ring, command) in &commands {
        if options & 2 != 0 {
            // What a reader makes of it alone.
            reads(guest, *ring, command, renderer.canvas(), &limits);
        }
        recorder.look(guest, command);
        let before = pixels(renderer.canvas());
        let accepted = match renderer.execute(guest, *ring, command) {
            Ok(step) => {
                is_right(&step);
                true
            }
            Err(error) => {
                assert!(!error.to_string().is_empty());
                false
            }
        };
        if accepted {
            recorder.keep();
        } else {
            assert!(before == pixels(renderer.canvas()), "an error changed something");
        }
    }
    let ids: Vec<u32> = renderer.canvas().surfaces().map(|(id, _)| id).collect();
    for id in ids {
        brings(guest, &mut renderer, id, memory.changes);
    }
    if !memory.changes {
        recorder.plays(&renderer, &limits);
    }
}

/// A recording: a number to cut by, and the file.
///
/// # Panics
/// When it is read otherwise in pieces, or when what is written of it is not read as the same.
pub fn qxl_recording(mut data: &[u8]) {
    let cut = take::<2>(&mut data) as usize + 1;
    let limits = limits();
    let mut reader = recording::Reader::new(&limits);
    let mut pieces = recording::Reader::new(&limits);
    let mut writer = recording::Writer::new(&Limits::default());
    let mut renderer = Renderer::new(&limits, 64);
    let (mut input, mut taken, mut arrived) = (data, 0, 0);
    let mut written = Some(Vec::new());
    loop {
        let whole = reader.next(&mut input);
        // The other one is given a few bytes more each time.
        let piece = loop {
            let mut part = &data[taken..arrived];
            let before = part.len();
            let result = pieces.next(&mut part).map(|event| event.map(|event| format!("{:?}", event.body())));
            let took = before - part.len();
            match result {
                Err(error) if error.is_truncated() && arrived < data.len() => {
                    assert_eq!(took, 0);
                    arrived = (arrived + cut).min(data.len());
                }
                Ok(None) if arrived < data.len() => {
                    taken += took;
                    arrived = (arrived + cut).min(data.len());
                }
                other => {
                    taken += took;
                    break other;
                }
            }
        };
        match whole {
            Ok(Some(event)) => {
                assert_eq!(piece, Ok(Some(format!("{:?}", event.body()))));
                if let Some(out) = &mut written
                    && writer.event(&event, out).is_err()
                {
                    // What the text says of sizes need not fit its data.
                    written = None;
                }
                if let Err(error) = event.play(&mut renderer) {
                    assert!(!error.to_string().is_empty());
                }
            }
            Ok(None) => {
                assert_eq!(piece, Ok(None));
                break;
            }
            Err(error) => {
                assert!(error.offset() <= data.len() as u64 && !error.to_string().is_empty());
                let other = piece.expect_err("the same error");
                assert_eq!((error.event(), error.kind()), (other.event(), other.kind()));
                break;
            }
        }
    }
    if let Some(written) = written.filter(|written| !written.is_empty()) {
        let (mut input, mut again) = (written.as_slice(), Vec::new());
        let mut reader = recording::Reader::new(&Limits::default());
        let mut writer = recording::Writer::new(&Limits::default());
        while let Some(event) = reader.next(&mut input).expect("what was written can be read") {
            writer.event(&event, &mut again).expect("what was read can be written");
        }
        assert!(again == written, "written twice, it differs");
    }
}

fn command(data: &mut &[u8]) -> (RingName, QxlCommandExt) {
    let kind = take::<1>(data);
    let (slot, generation) = (u64::from(SLOT.1), u64::from(SLOT.2));
    let at = slot << 56 | generation << 48 | (FIRST + u64::from(take::<3>(data)));
    let cmd = QxlCommand { data: GuestAddress(at), type_: QxlCmdType(kind & 7) };
    let flags = QxlCommandFlags::from_bits_truncate(kind >> 3 & 3);
    let ring = if kind & 0x20 == 0 { RingName::Command } else { RingName::Cursor };
    (ring, QxlCommandExt { cmd, group_id: SLOT.0, flags })
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.image_pixels = 1 << 14;
    limits.surface_pixels = 1 << 15;
    limits.surfaces = 16;
    limits.qxl_object_bytes = 1 << 17;
    limits.qxl_chunk_links = 64;
    limits
}

fn reads(guest: Guest<'_>, ring: RingName, command: &QxlCommandExt, canvas: &Canvas, limits: &Limits) {
    let mut reader = Reader::new(limits, 16);
    if let Ok(Command::Draw(drawable)) = reader.read(guest, ring, command, canvas)
        && let Some(message) = drawable.message
    {
        says_the_same(&message);
    }
}

/// A message is the same when it was written and read again.
fn says_the_same(message: &ServerMessage<'_>) {
    let bytes = message.encode_to_vec().expect("it can be written");
    let again = ServerMessage::parse(message.kind(), &bytes).expect("it can be read");
    assert_eq!(*message, again);
}

fn is_right(step: &Step<'_>) {
    match step {
        Step::Drawn(drawable, damage) => {
            if let Some(message) = &drawable.message {
                says_the_same(message);
            }
            if let Some(damage) = damage {
                assert_eq!(damage.surface_id(), drawable.surface_id);
                assert!(damage.rects().iter().all(|rect| drawable.bbox.contains_rect(*rect)));
            }
        }
        Step::Pointer(message, _) => {
            message.encode_to_vec().expect("it can be written");
        }
        _ => {}
    }
}

type Pixels = Vec<(u32, Vec<u8>)>;

fn pixels(canvas: &Canvas) -> Pixels {
    canvas.surfaces().map(|(id, surface)| (id, surface.data().to_vec())).collect()
}

/// Guest memory gets what a surface shows.
fn brings(guest: Guest<'_>, renderer: &mut Renderer, id: u32, changes: bool) {
    let everything = Rect::of_size(1 << 20, 1 << 20);
    let Ok(rects) = renderer.update_area(guest, id, everything) else {
        return;
    };
    let _ = rects.len();
    assert!(renderer.update_area(guest, id, everything).expect("it went before").is_empty());
    let (shape, group) = renderer.place(id).map(|(shape, group)| (*shape, group)).expect("a place");
    let surface = renderer.canvas().surface(id).expect("a surface");
    // Surfaces of a guest may lie over each other, and over its commands: then the last one has its pixels there.
    let others = renderer.canvas().surfaces().filter(|(other, _)| *other > id).count();
    if changes || others > 0 {
        return;
    }
    for y in 0..surface.height() {
        let row = if shape.stride() < 0 { surface.height() - 1 - y } else { y };
        let at = shape.data().0 + u64::from(row) * u64::from(shape.stride().unsigned_abs());
        let mut bytes = vec![0; surface.stride()];
        let place = guest.slots.resolve(group, GuestAddress(at), bytes.len() as u64).expect("it was there");
        place.read(guest.memory, 0, &mut bytes).expect("it was there");
        // Contents that were kept and never drawn on may have bits behind the last pixel.
        let bits = surface.width() as usize * surface.format().bits_per_pixel() as usize;
        assert_eq!(bytes[..bits / 8], surface.row(y)[..bits / 8], "surface {id} row {y}");
    }
}

/// A recording beside a renderer.
struct Recorder {
    writer: recording::Writer,
    /// As it is if the next command is refused.
    spare: recording::Writer,
    file: Vec<u8>,
    /// Where the event begins that has not been accepted yet.
    start: usize,
    /// Everything that was executed could be recorded.
    complete: bool,
    fits: bool,
}

impl Recorder {
    fn new() -> Self {
        let writer = recording::Writer::new(&Limits::default());
        Self { spare: writer.clone(), writer, file: Vec::new(), start: 0, complete: true, fits: true }
    }

    fn start(&mut self, guest: Guest<'_>, group: u32, create: &QxlSurfaceCreate) {
        let event = (WorkerMessage::CREATE_PRIMARY, create);
        self.writer.primary(guest, group, event, 0, &mut self.file).expect("it can be recorded");
        self.spare = self.writer.clone();
        self.start = self.file.len();
    }

    fn look(&mut self, guest: Guest<'_>, command: &QxlCommandExt) {
        self.file.truncate(self.start);
        self.writer = self.spare.clone();
        self.fits = self.writer.command(guest, command, 0, &mut self.file).is_ok();
        assert!(self.fits || self.file.len() == self.start, "an error left something");
    }

    fn keep(&mut self) {
        // Fields that are not used are followed by a recorder, as by the reference's, but not by a reader.
        self.complete &= self.fits;
        self.spare = self.writer.clone();
        self.start = self.file.len();
    }

    fn plays(mut self, expected: &Renderer, limits: &Limits) {
        if !self.complete {
            return;
        }
        self.file.truncate(self.start);
        let mut input = self.file.as_slice();
        let mut reader = recording::Reader::new(&Limits::default());
        let mut renderer = Renderer::new(limits, 16);
        while let Some(event) = reader.next(&mut input).expect("what was recorded can be read") {
            event.play(&mut renderer).expect("what was executed can be played");
        }
        assert!(pixels(expected.canvas()) == pixels(renderer.canvas()), "the recording ends otherwise");
        let pointer = |renderer: &Renderer| {
            let cursor = renderer.cursor();
            (cursor.shape().cloned(), cursor.position(), cursor.is_visible(), cursor.trail())
        };
        assert_eq!(pointer(expected), pointer(&renderer));
    }
}
