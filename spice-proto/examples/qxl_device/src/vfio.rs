//! The device as a VMM sees it over vfio-user: regions, interrupts, and what the guest does with them.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use spice_proto::qxl::{QxlIo, Storage};
use vfio_bindings::bindings::vfio::*;
use vfio_user::{
    DmaMapFlags, DmaUnmapFlags, Error, IrqInfo, Server, ServerBackend, ServerRegion, SparseArea,
};
use vm_memory::MmapRegion;

use crate::bar::BarMemory;
use crate::card::Card;
use crate::line::Line;
use crate::pci::{self, BARS, Config, PORTS};

/// The device, its configuration space and its interrupt line.
struct Wired {
    card: Card,
    config: Config,
    line: Line,
}

/// The device, for the VMM's messages and for what comes in between.
#[derive(Clone)]
pub struct Backend(Arc<Mutex<Wired>>);

impl Backend {
    pub fn new(card: Card, line: Line) -> Self {
        Self(Arc::new(Mutex::new(Wired { card, config: Config::new(), line })))
    }

    /// Serves one VMM, until it goes.
    ///
    /// # Errors
    /// The socket cannot be made or used.
    pub fn serve(mut self, path: &Path) -> Result<(), Error> {
        let irqs = (0..VFIO_PCI_NUM_IRQS).map(irq).collect();
        let regions = {
            let memory = &self.wired();
            (0..VFIO_PCI_NUM_REGIONS).map(|index| region(index, memory.card.memory())).collect()
        };
        Server::new(path, true, irqs, regions)?.run(&mut self)
    }

    /// From now on a guest that asks for memory gets it so much later: by then it sleeps, and only an interrupt wakes it.
    pub fn give_back_after(&self, delay: Duration) {
        let backend = self.clone();
        thread::spawn(move || {
            loop {
                thread::sleep(delay);
                let mut wired = backend.wired();
                if wired.card.is_waited_for() {
                    wired.card.give_back();
                    if let Err(error) = wired.update_line() {
                        eprintln!("interrupt: {error}");
                    }
                }
            }
        });
    }

    fn wired(&self) -> MutexGuard<'_, Wired> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wired {
    /// The interrupt line follows what waits for the guest.
    fn update_line(&mut self) -> io::Result<()> {
        self.line.set(self.card.irq(), self.config.interrupt_line())
    }

    fn bar(&self, region: u32) -> Option<&MmapRegion> {
        let memory = self.card.memory();
        [&memory.ram, &memory.vram, &memory.rom].get(region as usize).copied()
    }
}

impl ServerBackend for Backend {
    fn region_read(&mut self, region: u32, offset: u64, data: &mut [u8]) -> io::Result<()> {
        let wired = &*self.wired();
        let read = match wired.bar(region) {
            Some(bar) => bar.read(offset as usize, data),
            None if region == VFIO_PCI_CONFIG_REGION_INDEX => wired.config.read(offset, data),
            // Ports are for writing.
            None => {
                data.fill(0);
                Some(())
            }
        };
        read.ok_or(io::ErrorKind::InvalidInput.into())
    }

    fn region_write(&mut self, region: u32, offset: u64, data: &[u8]) -> io::Result<()> {
        let wired = &mut *self.wired();
        let written = match wired.bar(region) {
            Some(bar) => bar.write(offset as usize, data),
            None if region == VFIO_PCI_CONFIG_REGION_INDEX => wired.config.write(offset, data),
            None => {
                let addresses = [wired.config.bar(0), wired.config.bar(1)];
                wired.card.io_write(offset as u8, data, addresses);
                wired.update_line()?;
                Some(())
            }
        };
        written.ok_or(io::ErrorKind::InvalidInput.into())
    }

    /// The guest's own memory is not needed: all that a driver hands over lies in the BARs.
    fn dma_map(&mut self, _: DmaMapFlags, _: u64, _: u64, _: u64, _: Option<File>) -> io::Result<()> {
        Ok(())
    }

    fn dma_unmap(&mut self, _: DmaUnmapFlags, _: u64, _: u64) -> io::Result<()> {
        Ok(())
    }

    fn reset(&mut self) -> io::Result<()> {
        // A reset by the machine is one by the guest, from wherever it has put its BARs.
        let mut wired = self.wired();
        wired.card.io_write(QxlIo::RESET.0, &[0], [0; 2]);
        wired.update_line()
    }

    fn set_irqs(&mut self, index: u32, flags: u32, _: u32, _: u32, mut fds: Vec<File>) -> io::Result<()> {
        if index != VFIO_PCI_INTX_IRQ_INDEX {
            return Ok(());
        }
        let mut wired = self.wired();
        match flags & VFIO_IRQ_SET_ACTION_TYPE_MASK {
            VFIO_IRQ_SET_ACTION_TRIGGER => wired.line.connect(fds.pop()),
            action => wired.line.mask(action == VFIO_IRQ_SET_ACTION_MASK),
        }
        // What waits is said again.
        wired.update_line()
    }
}

fn irq(index: u32) -> IrqInfo {
    let there = index == VFIO_PCI_INTX_IRQ_INDEX;
    let flags = VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_MASKABLE | VFIO_IRQ_INFO_AUTOMASKED;
    IrqInfo { index, count: there.into(), flags: if there { flags } else { 0 } }
}

fn region(index: u32, memory: &BarMemory) -> ServerRegion {
    let both = VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE;
    let (size, flags, bar) = match index {
        0 => (BARS[0], both, Some(&memory.ram)),
        1 => (BARS[1], both, Some(&memory.vram)),
        2 => (BARS[2], VFIO_REGION_INFO_FLAG_READ, Some(&memory.rom)),
        _ if index as usize == PORTS => (BARS[PORTS], both, None),
        VFIO_PCI_CONFIG_REGION_INDEX => (pci::LEN, both, None),
        _ => (0, 0, None),
    };
    let mapped = if bar.is_some() { VFIO_REGION_INFO_FLAG_MMAP } else { 0 };
    let area = SparseArea { area: vfio_region_sparse_mmap_area { offset: 0, size } };
    ServerRegion {
        region_info: vfio_region_info { index, size, flags: flags | mapped, ..region_info() },
        // The descriptor goes to the VMM beside a list of what can be mapped, which is all of it.
        sparse_areas: bar.map(|_| area).into_iter().collect(),
        mmap_fd: bar.and_then(MmapRegion::file_offset).map(|file| file.file().as_raw_fd()),
    }
}

fn region_info() -> vfio_region_info {
    vfio_region_info { argsz: size_of::<vfio_region_info>() as u32, ..Default::default() }
}
