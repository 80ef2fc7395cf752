//! What the guest is told of clients, in the ROM.

use alloc::vec::Vec;

use super::super::memory::{Memory, MemoryError, Region};
use super::{CAPABILITIES, Device, INT_MASK, Reason};
use crate::proto::qxl::{QxlClientMonitorsConfig, QxlInterrupt, QxluRect};
use crate::wire::Encode;

// Where fields are in the ROM.
const CLIENT_PRESENT: u64 = 69;
const MONITORS_CRC: u64 = 128;

impl Device {
    /// Clients came or went, or the screen is another one's. `capabilities` are the display capabilities that every
    /// client has, bit n in byte n/8; `None`: nobody is there. From revision 4 on the guest is interrupted.
    pub fn set_clients(&mut self, memory: &(impl Memory + ?Sized), capabilities: Option<[u8; CAPABILITIES]>) {
        self.clients = capabilities;
        self.show_clients(memory);
    }

    /// Writes the clients into the ROM.
    pub(super) fn show_clients(&mut self, memory: &(impl Memory + ?Sized)) {
        if self.layout.config().revision < 4 {
            return;
        }
        let present = u8::from(self.clients.is_some());
        let capabilities = self.clients.unwrap_or([0; CAPABILITIES]);
        let written = memory
            .write(Region::Rom, CLIENT_PRESENT, &[present])
            .and_then(|()| memory.write(Region::Rom, CLIENT_PRESENT.saturating_add(1), &capabilities));
        if written.is_err() {
            self.count(Reason::Memory);
        }
        self.interrupt(memory, QxlInterrupt::CLIENT);
    }

    /// A client wants these monitors, 64 at most: puts them into the ROM with their checksum and interrupts the guest.
    ///
    /// `false`: the driver does not know such interrupts, and nothing was done; the wish is one for the guest's agent
    /// then. A driver that has masked all or no interrupts did not choose them: some of Windows write all bits and
    /// cannot do it.
    ///
    /// # Errors
    /// The ROM has no room.
    pub fn set_client_monitors(
        &mut self,
        memory: &(impl Memory + ?Sized),
        monitors: &[QxluRect],
    ) -> Result<bool, MemoryError> {
        let mask = memory.load(Region::Ram, self.header(INT_MASK))?;
        let wanted = QxlInterrupt::from_bits_retain(mask).contains(QxlInterrupt::CLIENT_MONITORS_CONFIG);
        if self.layout.config().revision < 4 || !wanted || mask == u32::MAX {
            return Ok(false);
        }
        let mut heads = [QxluRect { top: 0, left: 0, bottom: 0, right: 0 }; 64];
        heads.iter_mut().zip(monitors).for_each(|(head, monitor)| *head = *monitor);
        let count = u16::try_from(monitors.len().min(heads.len())).unwrap_or(0);
        let config = QxlClientMonitorsConfig { count, heads }.encode_to_vec().unwrap_or_default();
        let bytes: Vec<u8> = crc32(&config).to_le_bytes().into_iter().chain(config).collect();
        memory.write(Region::Rom, MONITORS_CRC, &bytes)?;
        self.interrupt(memory, QxlInterrupt::CLIENT_MONITORS_CONFIG);
        Ok(true)
    }
}

/// CRC-32 with the reflected polynomial 0xedb88320, as of zip.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for &byte in bytes {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 };
        }
    }
    !crc
}

#[test]
fn the_checksum_is_that_of_zip() {
    assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
}
