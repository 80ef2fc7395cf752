//! What a device looks like: sizes of its BARs, its ROM, its RAM header.

use alloc::vec::Vec;
use core::fmt;

use super::memory::{Memory, MemoryError, Region};
use super::ring::{Ring, RingName};
use super::slots::SlotLayout;
use crate::proto::qxl::{QxlClientMonitorsConfig, QxlMode, QxlModes, QxlRom, QxluRect};
use crate::wire::Encode;

/// What a device is to be. The default is QEMU's: revision 5, 64 MiB of RAM with 16 MiB for the primary surface, 64 MiB
/// of VRAM, 1024 surfaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Config {
    /// PCI revision, 1 to 5 ([`QxlRevision`](super::QxlRevision)).
    pub revision: u8,
    /// Bytes of RAM: a power of two, at most 2 GiB.
    pub ram: u32,
    /// Bytes of VRAM: a power of two, at most 2 GiB.
    pub vram: u32,
    /// Bytes of the RAM for the primary surface: whole pages. The rest is for commands and the RAM header.
    pub surface0: u32,
    /// Number of surfaces, 1 to 1024; their ids are below it.
    pub surfaces: u32,
    /// Most monitors that the guest may have, 1 to 64.
    pub monitors: u16,
}

/// A [`Config`] whose numbers have been checked, and what follows from them
/// ([`docs/spec/qxl.md` sections 1 to 3](crate::spec::qxl#1-identity)).
///
/// ```
/// use spice_proto::qxl::{Config, Layout, Region};
///
/// let layout = Layout::new(Config::default())?;
/// assert_eq!(layout.bar_len(Region::Ram), 64 << 20);
/// assert_eq!(layout.ram_header(), (64 << 20) - 8192);
/// assert!(layout.modes().iter().all(|mode| mode.stride * mode.y_res <= 16 << 20));
/// # Ok::<(), spice_proto::qxl::ConfigError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    config: Config,
}

/// Which number of a [`Config`] cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigError {
    /// [`revision`](Config::revision).
    Revision,
    /// [`ram`](Config::ram): no power of two, or no room for a page of commands and the header.
    Ram,
    /// [`vram`](Config::vram).
    Vram,
    /// [`surface0`](Config::surface0): no whole pages, none at all, or no room beside them.
    Surface0,
    /// [`surfaces`](Config::surfaces).
    Surfaces,
    /// [`monitors`](Config::monitors).
    Monitors,
}

/// Bytes of a page.
const PAGE: u32 = 4096;
/// Bytes of BAR 2: the ROM's structure and 128 modes fit in.
const ROM: u32 = 8192;
/// Bytes of [`QxlRam`](super::QxlRam).
const HEADER: u32 = 5348;
/// Where the modes are in the ROM: behind its structure.
const MODES: u32 = 1160;
/// "QXRO" and "QXRA".
const ROM_MAGIC: u32 = 0x4f52_5851;
const RAM_MAGIC: u32 = 0x4152_5851;
/// The slots that guests have: 1 to 7, as with QEMU.
const SLOTS_START: u8 = 1;
const SLOTS_END: u8 = 7;

/// Sizes of the modes, in pixels.
const SIZES: [(u32, u32); 34] = [
    (640, 480),
    (800, 480),
    (800, 600),
    (832, 624),
    (960, 640),
    (1024, 600),
    (1024, 768),
    (1152, 864),
    (1152, 870),
    (1280, 720),
    (1280, 760),
    (1280, 768),
    (1280, 800),
    (1280, 960),
    (1280, 1024),
    (1360, 768),
    (1366, 768),
    (1400, 1050),
    (1440, 900),
    (1600, 900),
    (1600, 1200),
    (1680, 1050),
    (1920, 1080),
    (1920, 1200),
    (1920, 1440),
    (2000, 2000),
    (2048, 1536),
    (2048, 2048),
    (2560, 1440),
    (2560, 1600),
    (2560, 2048),
    (2800, 2100),
    (3200, 2400),
    (3840, 2160),
];

impl Layout {
    /// Checks a configuration.
    ///
    /// # Errors
    /// Which number cannot be.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        let Config { revision, ram, vram, surface0, surfaces, monitors } = config;
        let least = PAGE.saturating_add(HEADER.next_multiple_of(PAGE));
        for (holds, error) in [
            ((1..=5).contains(&revision), ConfigError::Revision),
            (ram.is_power_of_two() && ram > least, ConfigError::Ram),
            (vram.is_power_of_two() && vram >= PAGE, ConfigError::Vram),
            (surface0 >= PAGE && surface0 % PAGE == 0, ConfigError::Surface0),
            (ram.checked_sub(surface0).is_some_and(|rest| rest >= least), ConfigError::Surface0),
            ((1..=1024).contains(&surfaces), ConfigError::Surfaces),
            ((1..=64).contains(&monitors), ConfigError::Monitors),
        ] {
            if !holds {
                return Err(error);
            }
        }
        Ok(Self { config })
    }

    /// The numbers that it comes from.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Bytes of a BAR: RAM is 0, VRAM 1, ROM 2.
    #[must_use]
    pub fn bar_len(&self, region: Region) -> u32 {
        match region {
            Region::Ram => self.config.ram,
            Region::Vram => self.config.vram,
            Region::Rom => ROM,
        }
    }

    /// Number of I/O ports, BAR 3: 32 from revision 3 on, 16 before.
    #[must_use]
    pub fn ports(&self) -> u8 {
        if self.config.revision < 3 { 16 } else { 32 }
    }

    /// Where the RAM header is in the RAM, bytes.
    #[must_use]
    pub fn ram_header(&self) -> u32 {
        self.config.ram.saturating_sub(HEADER.next_multiple_of(PAGE))
    }

    /// One of the rings.
    #[must_use]
    pub fn ring(&self, name: RingName) -> Ring {
        Ring::new(name, self.ram_header().into())
    }

    /// How guest addresses are cut.
    #[must_use]
    pub fn slots(&self) -> SlotLayout {
        SlotLayout::default()
    }

    /// The modes that the ROM lists: those of QEMU's whose pixels, of 2 or 4 bytes, have room in
    /// [`surface0`](Config::surface0).
    #[must_use]
    pub fn modes(&self) -> Vec<QxlMode> {
        // Each size with 16 and 32 bits, upright and turned by a quarter.
        let forms = [(16, 0), (32, 0), (16, 1), (32, 1)];
        let all = SIZES.iter().flat_map(|size| forms.map(|form| (*size, form)));
        let listed = (0..).zip(all).map(|(id, ((x_res, y_res), (bits, orientation)))| QxlMode {
            id,
            x_res,
            y_res,
            bits,
            stride: x_res.saturating_mul(bits / 8),
            x_mili: millimetres(x_res),
            y_mili: millimetres(y_res),
            orientation,
        });
        listed.filter(|mode| mode.stride.saturating_mul(mode.y_res) <= self.config.surface0).collect()
    }

    /// The bytes of the ROM, without clients.
    #[must_use]
    pub fn rom(&self) -> Vec<u8> {
        let no_head = QxluRect { top: 0, left: 0, bottom: 0, right: 0 };
        let slots = self.slots();
        let structure = QxlRom {
            magic: ROM_MAGIC,
            id: 0,
            update_id: 0,
            compression_level: 0,
            log_level: 1,
            mode: 0,
            modes_offset: MODES,
            num_pages: self.ram_header().saturating_sub(self.config.surface0) / PAGE,
            pages_offset: self.config.surface0,
            draw_area_offset: 0,
            surface0_area_size: self.config.surface0,
            ram_header_offset: self.ram_header(),
            mm_clock: 0,
            n_surfaces: self.config.surfaces,
            flags: 0,
            slots_start: SLOTS_START,
            slots_end: SLOTS_END,
            slot_gen_bits: slots.generation_bits,
            slot_id_bits: slots.id_bits,
            slot_generation: 0,
            client_present: 0,
            client_capabilities: &[0; 58],
            client_monitors_config_crc: 0,
            client_monitors_config: QxlClientMonitorsConfig { count: 0, heads: [no_head; 64] },
        };
        let modes = self.modes();
        let mut bytes = structure.encode_to_vec().unwrap_or_default();
        bytes.extend(QxlModes { modes: modes.as_slice().into() }.encode_to_vec().unwrap_or_default());
        bytes.resize(ROM as usize, 0);
        bytes
    }

    /// Writes what a reset leaves in the memory: the ROM without clients, and of the RAM header the magic number, the
    /// interrupts and the rings. The rest of the RAM stays.
    ///
    /// # Errors
    /// The memory has no room for it.
    pub fn reset(&self, memory: &(impl Memory + ?Sized)) -> Result<(), MemoryError> {
        let header = u64::from(self.ram_header());
        memory.write(Region::Rom, 0, &self.rom())?;
        let [int_pending, int_mask] = [[0; 4]; 2];
        memory.write(Region::Ram, header, &[RAM_MAGIC.to_le_bytes(), int_pending, int_mask].concat())?;
        [RingName::Command, RingName::Cursor, RingName::Release]
            .into_iter()
            .try_for_each(|name| self.ring(name).reset(memory))
    }
}

impl Default for Config {
    fn default() -> Self {
        let [ram, vram, surface0] = [64 << 20, 64 << 20, 16 << 20];
        Self { revision: 5, ram, vram, surface0, surfaces: 1024, monitors: 64 }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Revision => "revision: 1 to 5",
            Self::Ram => "ram: a power of two, with room for commands",
            Self::Vram => "vram: a power of two, a page at least",
            Self::Surface0 => "surface0: whole pages, with room for commands beside them",
            Self::Surfaces => "surfaces: 1 to 1024",
            Self::Monitors => "monitors: 1 to 64",
        })
    }
}

impl core::error::Error for ConfigError {}

/// Pixels on a screen whose pixels are 0.2936875 mm wide: the numbers of QEMU's modes.
fn millimetres(pixels: u32) -> u32 {
    let millimetres = u64::from(pixels).saturating_mul(2_936_875) / 10_000_000;
    u32::try_from(millimetres).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::super::memory::GuestMemory;
    use super::*;
    use crate::wire::Parse;

    /// QEMU 7.2's default card, as `tests/interop/probe-qxl identity` shows it.
    #[test]
    fn the_default_is_the_card_of_qemu() {
        let layout = Layout::new(Config::default()).unwrap();
        let rom = layout.rom();
        assert_eq!((rom.len(), layout.ports(), layout.ram_header()), (8192, 32, 67_100_672));
        let words = rom.chunks_exact(4).map(|word| u32::from_le_bytes(word.try_into().unwrap()));
        let words = words.take(18).collect::<Vec<_>>();
        assert_eq!(
            words[..],
            [
                1_330_796_625,
                0,
                0,
                0,
                1,
                0,
                1160,
                12286,
                16_777_216,
                0,
                16_777_216,
                67_100_672,
                0,
                1024,
                0,
                0,
                134_743_809,
                0
            ]
        );
        let modes = QxlModes::parse(&rom[1160..]).unwrap().modes;
        assert_eq!(modes.len(), 128);
        let numbers = |index| {
            let QxlMode { id, x_res, y_res, bits, stride, x_mili, y_mili, orientation } =
                modes.get(index).unwrap();
            [id, x_res, y_res, bits, stride, x_mili, y_mili, orientation]
        };
        assert_eq!(numbers(0), [0, 640, 480, 16, 1280, 187, 140, 0]);
        assert_eq!(numbers(67), [67, 1366, 768, 32, 5464, 401, 225, 1]);
        assert_eq!(numbers(69), [69, 1400, 1050, 32, 5600, 411, 308, 0]);
        assert_eq!(numbers(103), [103, 2000, 2000, 32, 8000, 587, 587, 1]);
        // 2560 x 2048 pixels of 4 bytes have no room.
        assert_eq!(numbers(121), [122, 2560, 2048, 16, 5120, 751, 601, 1]);
        assert_eq!(numbers(127), [134, 3840, 2160, 16, 7680, 1127, 634, 1]);
    }

    #[test]
    fn a_reset_writes_rom_and_header_only() {
        let layout =
            Layout::new(Config { ram: 1 << 16, vram: 4096, surface0: 4096, ..Config::default() }).unwrap();
        let memory = GuestMemory::from_bytes(vec![7; 1 << 16], vec![7; 4096], vec![7; 8192]);
        layout.reset(&memory).unwrap();
        let at = |offset| memory.load(Region::Ram, u64::from(layout.ram_header()) + offset).unwrap();
        assert_eq!([0, 4, 8].map(at), [0x4152_5851, 0, 0]);
        assert_eq!([4108, 4112, 4116, 4120, 4124].map(at), [32, 0, 1, 0, 0]);
        assert_eq!([5172, 5176, 5180, 5184, 5188].map(at), [8, 0, 1, 0, 0]);
        assert_eq!((at(5256), memory.load(Region::Ram, 0)), (0x0707_0707, Ok(0x0707_0707)));
        let small = GuestMemory::from_bytes(vec![0; 1 << 15], vec![], vec![0; 8192]);
        assert_eq!(layout.reset(&small).unwrap_err().region, Region::Ram);
    }

    #[test]
    fn numbers_that_cannot_be() {
        let good = Config { ram: 1 << 16, vram: 4096, surface0: 4096, ..Config::default() };
        assert!(Layout::new(good).is_ok());
        for (config, error) in [
            (Config { revision: 0, ..good }, ConfigError::Revision),
            (Config { revision: 6, ..good }, ConfigError::Revision),
            (Config { ram: (1 << 16) + 4096, ..good }, ConfigError::Ram),
            (Config { ram: 8192, ..good }, ConfigError::Ram),
            (Config { vram: 0, ..good }, ConfigError::Vram),
            (Config { surface0: 0, ..good }, ConfigError::Surface0),
            (Config { surface0: 4097, ..good }, ConfigError::Surface0),
            (Config { surface0: 1 << 16, ..good }, ConfigError::Surface0),
            (Config { surface0: (1 << 16) - 8192, ..good }, ConfigError::Surface0),
            (Config { surfaces: 0, ..good }, ConfigError::Surfaces),
            (Config { surfaces: 1025, ..good }, ConfigError::Surfaces),
            (Config { monitors: 0, ..good }, ConfigError::Monitors),
            (Config { monitors: 65, ..good }, ConfigError::Monitors),
        ] {
            assert_eq!(Layout::new(config), Err(error), "{config:?}");
        }
        let most = Config { ram: 1 << 31, vram: 1 << 31, surface0: 1 << 30, ..good };
        assert_eq!(Layout::new(most).unwrap().modes().len(), 136);
    }
}
