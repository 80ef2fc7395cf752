//! Commands of QXL guests, and a server's screen.

use bounds::{Use, refusing};
use spice_proto::Limits;
use spice_proto::canvas::Canvas;
use spice_proto::common::Point;
use spice_proto::display::SurfaceFmt;
use spice_proto::image::{Format, Pixmap};
use spice_proto::qxl::render::Renderer;
use spice_proto::qxl::{
    Guest, GuestMemory, Memory, QxlCmdType, QxlCommand, QxlCommandExt, QxlCommandFlags, QxlSurfaceCreate,
    QxlSurfaceFlags, QxlSurfaceType, Region, RingName, Slot, Slots,
};
use spice_proto::server::Screen;
use spice_proto::wire::GuestAddress;
use spice_proto_tests::oracle::qxl::{FIRST, SLOT};
use spice_proto_tests::seeds;

#[test]
fn a_guests_command_without_memory_draws_nothing() {
    let (mut refused, mut commands, mut failures) = (0, 0, 0);
    for seed in seeds::of("qxl_commands") {
        let [options, count, rest @ ..] = &seed[..] else { continue };
        let (list, memory) = rest.split_at((usize::from(*count) * 4).min(rest.len()));
        if *options != 0 {
            continue; // the same commands again
        }
        let mut granted = 0;
        loop {
            let mut at_rest = Playing::new(memory);
            let mut left = granted;
            let mut was_refused = false;
            for command in list.as_chunks::<4>().0 {
                commands += 1;
                let before = at_rest.pixels();
                let (ended, used) = refusing(left, || at_rest.play(*command));
                match used {
                    Use::Granted(used) => left -= used,
                    Use::Refused(_) => {
                        was_refused = true;
                        let text = ended.expect_err("memory was missing");
                        // Shapes of the pointer say it in another way.
                        assert!(text.contains("no memory for") || text.contains("OutOfMemory"), "{text}");
                        assert!(before == at_rest.pixels(), "{text}, and pixels changed");
                        failures += 1;
                        break;
                    }
                }
            }
            if !was_refused {
                break;
            }
            granted += 1;
            refused += 1;
        }
    }
    println!("{commands} commands, {refused} allocations, {failures} errors");
    assert!(refused > 15, "{refused}");
}

#[test]
fn a_screen_says_that_memory_is_missing() {
    let picture = Pixmap::new(Format::Rgb565, 320, 200, &Limits::default()).expect("a small picture");
    let mut screen = Screen::new(&Limits::default());
    let (error, used) = refusing(0, || screen.resize(320, 200, SurfaceFmt::FMT_32_XRGB));
    assert!(matches!(used, Use::Refused(_)));
    assert!(error.is_err_and(|error| error.to_string().contains("no memory for")));
    screen.resize(320, 200, SurfaceFmt::FMT_32_XRGB).expect("memory is back");
    let put = || screen.put(0, Point { x: 0, y: 0 }, &picture.as_view());
    let (error, used) = refusing(0, put);
    assert!(matches!(used, Use::Refused(_)));
    assert!(error.is_err_and(|error| error.to_string().contains("no memory for")));
}

/// A guest and what draws its commands.
struct Playing {
    memory: Box<dyn Memory>,
    slots: Slots,
    renderer: Renderer,
}

impl Playing {
    fn new(memory: &[u8]) -> Self {
        let (group, id, generation) = SLOT;
        let len = memory.len() as u64;
        let memory = Box::new(GuestMemory::from_bytes(memory.to_vec(), vec![0; 64 * 48 * 4], Vec::new()));
        let mut slots = Slots::default();
        slots
            .set(group, id, Slot { region: Region::Ram, offset: 0, len, first: FIRST, generation })
            .expect("a slot");
        let vram =
            Slot { region: Region::Vram, offset: 0, len: 64 * 48 * 4, first: 0x800_0000, generation: 1 };
        slots.set(group, 2, vram).expect("a slot");
        let mut renderer = Renderer::new(&Limits::default(), 16);
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
        let guest = Guest { memory: &*memory, slots: &slots };
        renderer.create_primary(guest, group, &create).expect("a primary surface");
        Self { memory, slots, renderer }
    }

    /// A command as the seeds have it: its type and flags, and where it lies.
    fn play(&mut self, [head, place @ ..]: [u8; 4]) -> Result<(), String> {
        let ([low, middle, high], (group, id, generation)) = (place, SLOT);
        let offset = FIRST + u64::from(u32::from_le_bytes([low, middle, high, 0]));
        let data = GuestAddress(u64::from(id) << 56 | u64::from(generation) << 48 | offset);
        let head = u32::from(head);
        let cmd = QxlCommand { data, type_: QxlCmdType(head & 7) };
        let flags = QxlCommandFlags::from_bits_truncate(head >> 3 & 3);
        let command = QxlCommandExt { cmd, group_id: group, flags };
        let ring = if head & 0x20 == 0 { RingName::Command } else { RingName::Cursor };
        let guest = Guest { memory: &*self.memory, slots: &self.slots };
        self.renderer.execute(guest, ring, &command).map(drop).map_err(|error| error.to_string())
    }

    fn pixels(&self) -> Vec<(u32, Pixmap)> {
        let canvas: &Canvas = self.renderer.canvas();
        canvas.surfaces().map(|(id, pixels)| (id, pixels.clone())).collect()
    }
}
