//! The configuration space of the PCI device: what it is, where its BARs are, and which interrupt it has.

/// Bytes of the space.
pub const LEN: u64 = 256;

/// The sizes of the BARs, in bytes: RAM, VRAM, ROM, ports.
pub const BARS: [u64; 4] = [64 << 20, 64 << 20, 8 << 10, 32];

/// The BAR of the ports; the others are memory.
pub const PORTS: usize = 3;

const FIRST_BAR: usize = 0x10;
const INTERRUPT_LINE: usize = 0x3c;

/// The configuration space (docs/spec/qxl.md section 1).
pub struct Config([u8; LEN as usize]);

impl Config {
    pub fn new() -> Self {
        let mut bytes = [0; LEN as usize];
        bytes[..4].copy_from_slice(&[0x36, 0x1b, 0x00, 0x01]); // vendor, device
        bytes[8..12].copy_from_slice(&[5, 0, 0x80, 3]); // revision; a display controller that is no VGA
        bytes[0x2c..0x30].copy_from_slice(&[0xf4, 0x1a, 0x00, 0x11]); // as QEMU's devices have it
        bytes[FIRST_BAR + 4 * PORTS] = 1; // of ports
        bytes[0x3d] = 1; // interrupt pin A
        Self(bytes)
    }

    /// The interrupt line that the firmware has chosen.
    pub fn interrupt_line(&self) -> u8 {
        self.0[INTERRUPT_LINE]
    }

    /// Where a BAR is in the guest's memory.
    pub fn bar(&self, number: usize) -> u64 {
        let bytes = [0, 1, 2, 3].map(|byte| self.0[FIRST_BAR + 4 * number + byte]);
        u64::from(u32::from_le_bytes(bytes))
    }

    /// Reads bytes; there are none beyond the end.
    pub fn read(&self, offset: u64, data: &mut [u8]) -> Option<()> {
        let bytes = self.0.get(usize::try_from(offset).ok()?..)?.get(..data.len())?;
        data.copy_from_slice(bytes);
        Some(())
    }

    /// Writes bytes; those that are fixed stay as they are.
    pub fn write(&mut self, offset: u64, data: &[u8]) -> Option<()> {
        for (offset, &byte) in (usize::try_from(offset).ok()?..).zip(data) {
            *self.0.get_mut(offset)? = byte & writable(offset) | self.0[offset] & !writable(offset);
        }
        Some(())
    }
}

/// The bits of a byte that the guest can change. Those of a BAR below its size stay 0, which tells the size.
fn writable(offset: usize) -> u8 {
    match offset {
        0x04 => 7,           // command: ports, memory, bus master
        0x05 => 4,           // command: no interrupts
        0x0c | 0x3c => 0xff, // cache line, interrupt line
        FIRST_BAR..0x20 => {
            let size = BARS[(offset - FIRST_BAR) / 4] as u32;
            (!(size - 1)).to_le_bytes()[offset % 4]
        }
        _ => 0,
    }
}
