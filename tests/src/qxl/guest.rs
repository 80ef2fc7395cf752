//! A guest: memory, surfaces that come and go, commands.

use std::cell::Cell;
use std::collections::HashMap;

use bumpalo::Bump;
use spice_proto::display::SurfaceFmt;
use spice_proto::image::Format;
use spice_proto::qxl::driver::{Driver, Error};
use spice_proto::qxl::{
    GuestMemory, Memory, QxlCommandExt, QxlSurface, QxlSurfaceCreate, QxlSurfaceFlags, QxlSurfaceType,
    Region, Slot, SlotLayout, Slots,
};
use spice_proto::wire::GuestAddress;

use super::{Drawings, Surface, pointers};

/// A guest with 2 MiB for commands in slot 1, in RAM, and 2 MiB for surfaces in slot 2, in VRAM; both of group 1.
#[derive(Debug)]
pub struct Guest {
    /// Its memory.
    pub memory: GuestMemory<Vec<Cell<u8>>>,
    /// Its slots.
    pub slots: Slots,
    drawings: Drawings,
    commands: Driver,
    pixels: Driver,
    /// The primary first.
    surfaces: Vec<(Surface, QxlSurface)>,
    /// Where the pixels of a surface are, by the id of the command that made it.
    places: HashMap<u64, GuestAddress>,
    next_surface: u32,
}

impl Guest {
    /// Length of each of its two memories, bytes.
    pub const MEMORY_LEN: usize = 2 << 20;
    /// Group of its slots.
    pub const GROUP: u32 = 1;
    /// Generations of slots 1 and 2.
    pub const GENERATIONS: [u32; 2] = [3, 200];
    /// Surfaces have numbers below this.
    pub const SURFACES: u32 = 64;

    /// A guest with a primary surface of this format, whose drawings have effects or not; the same seed gives the same commands, if they are released at the
    /// same times.
    ///
    /// # Panics
    /// For formats that it does not draw on.
    #[must_use]
    pub fn new(seed: u64, format: SurfaceFmt, effects: bool) -> Self {
        let memory =
            GuestMemory::from_bytes(vec![0; Self::MEMORY_LEN], vec![0; Self::MEMORY_LEN], Vec::new());
        let mut slots = Slots::new(SlotLayout::default()).expect("the bits fit");
        for (region, id, generation) in [(Region::Ram, 1, 0), (Region::Vram, 2, 1)] {
            let generation = Self::GENERATIONS[generation];
            let slot = Slot { region, offset: 0, len: Self::MEMORY_LEN as u64, first: 0, generation };
            slots.set(Self::GROUP, id, slot).expect("there are eight");
        }
        let driver = |slot| Driver::new(&slots, Self::GROUP, slot).expect("it was just made");
        let (commands, pixels) = (driver(1), driver(2));
        let mut guest = Self {
            memory,
            drawings: Drawings::new(seed, effects),
            commands,
            pixels,
            surfaces: Vec::new(),
            places: HashMap::new(),
            next_surface: 1,
            slots,
        };
        let primary = guest.surface(0, 320, 240, format).expect("there is room");
        guest.surfaces.push(primary);
        guest
    }

    /// What the primary surface is made with.
    #[must_use]
    pub fn primary(&self) -> QxlSurfaceCreate {
        let QxlSurface { format, width, height, stride, data } = self.surfaces[0].1;
        QxlSurfaceCreate {
            width,
            height,
            stride,
            format,
            position: 0,
            mouse_mode: 1,
            flags: QxlSurfaceFlags::empty(),
            type_: QxlSurfaceType::PRIMARY,
            mem: data,
        }
    }

    /// The surfaces that are there after the commands so far.
    #[must_use]
    pub fn surfaces(&self) -> Vec<(Surface, QxlSurface)> {
        self.surfaces.clone()
    }

    /// The next command: most often a drawing.
    ///
    /// # Errors
    /// There is no memory left. Let something be released.
    pub fn next_command(&mut self) -> Result<QxlCommandExt, Error> {
        let random = self.drawings.random();
        match random.below(100) {
            0 | 1 if self.surfaces.len() < 9 => self.create_surface(),
            2 if self.surfaces.len() > 4 => {
                let place = 1 + random.below(self.surfaces.len() - 1);
                let surface = self.surfaces[place].0;
                let command = self.commands.destroy_surface(&self.memory, surface.id)?;
                self.surfaces.remove(place);
                Ok(command)
            }
            3 => {
                let (surface, _) = self.surfaces[random.below(self.surfaces.len())];
                let area = spice_proto::common::Rect::of_size(surface.width, surface.height);
                self.commands.update(&self.memory, surface.id, area, 1)
            }
            4 => self.commands.message(&self.memory, "a line for the log"),
            5..8 => {
                let random = self.drawings.random();
                let shape = pointers::shape(random);
                let message = pointers::message(random, &shape);
                let piece_len = if random.below(2) == 0 { None } else { Some(1 + random.below(300)) };
                self.commands.cursor(&self.memory, &message, piece_len)
            }
            _ => {
                let surfaces: Vec<Surface> = self.surfaces.iter().map(|(surface, _)| *surface).collect();
                let arena = Bump::new();
                let drawing = self.drawings.next(&surfaces, &arena);
                self.commands.draw(&self.memory, &drawing)
            }
        }
    }

    /// A command was released.
    ///
    /// # Errors
    /// [`Error::NotTaken`].
    pub fn release(&mut self, id: u64) -> Result<(), Error> {
        if let Some(place) = self.places.remove(&id) {
            self.pixels.release(place.0)?;
        }
        self.commands.release(id)
    }

    fn create_surface(&mut self) -> Result<QxlCommandExt, Error> {
        let random = self.drawings.random();
        let id = self.next_surface;
        let size = |random: &mut crate::random::Random| 20 + random.below(130) as u32;
        let (width, height) = (size(random), size(random));
        let formats = [
            SurfaceFmt::FMT_32_XRGB,
            SurfaceFmt::FMT_32_XRGB,
            SurfaceFmt::FMT_32_ARGB,
            SurfaceFmt::FMT_16_555,
            SurfaceFmt::FMT_16_565,
            SurfaceFmt::FMT_8_A,
            SurfaceFmt::FMT_1_A,
        ];
        let format = formats[random.below(formats.len())];
        let flags = match random.below(2) {
            0 => QxlSurfaceFlags::KEEP_DATA,
            _ => QxlSurfaceFlags::empty(),
        };
        let surface = self.surface(id, width, height, format)?;
        let command = self.commands.create_surface(&self.memory, id, surface.1, flags);
        let command = command.or_else(|error| self.pixels.release(surface.1.data.0).and(Err(error)))?;
        self.places.insert(command.cmd.data.0, surface.1.data);
        self.surfaces.push(surface);
        self.drawings.created(id);
        // Numbers come again long after the end of the surface that had them.
        self.next_surface = loop {
            let next = self.next_surface % (Self::SURFACES - 1) + 1;
            if self.surfaces.iter().all(|(surface, _)| surface.id != next) {
                break next;
            }
            self.next_surface = next;
        };
        Ok(command)
    }

    /// Memory for a surface, with noise in it.
    fn surface(
        &mut self,
        id: u32,
        width: u32,
        height: u32,
        format: SurfaceFmt,
    ) -> Result<(Surface, QxlSurface), Error> {
        let row = Format::of_surface(format).expect("a known format").row_len_bytes(width) as usize;
        let random = self.drawings.random();
        let stride = row.next_multiple_of(4) + 4 * random.below(2);
        let noise = random.bytes(stride * height as usize);
        let is_bottom_up = id != 0 && random.below(3) == 0;
        let data = self.pixels.take(noise.len() as u64)?;
        let place = self.slots.resolve(Self::GROUP, data, noise.len() as u64)?;
        self.memory.write(place.region, place.offset, &noise).expect("the slot is in the memory");
        let stride = if is_bottom_up { -(stride as i32) } else { stride as i32 };
        Ok((Surface { id, width, height, format }, QxlSurface { format, width, height, stride, data }))
    }
}
