//! The device: the crate's model of the registers. What it asks for is done by what is shown.

use std::collections::BTreeMap;
use std::error::Error;

use spice_proto::display::Head;
use spice_proto::qxl::render::Step;
use spice_proto::qxl::{Action, Device, Guest, Layout, QxlCommandExt, QxlHead, Region, RingName, Work};
use spice_proto::wire::GuestAddress;

use crate::bar::BarMemory;
use crate::display::Display;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The group of slots that guests use.
const GUEST: u32 = 1;

pub struct Card {
    device: Device,
    memory: BarMemory,
    /// The commands that have made surfaces: they are given back when the surface is gone (docs/spec/qxl.md section 3).
    creates: BTreeMap<u32, GuestAddress>,
    display: Display,
    /// Executed commands that are kept from the guest, where that is wanted.
    held: Option<Vec<GuestAddress>>,
    /// The guest has said that it has no memory left, and was not given any since.
    is_asked: bool,
}

impl Card {
    /// `holds`: executed commands are kept until the guest asks for them.
    pub fn new(layout: Layout, memory: BarMemory, display: Display, holds: bool) -> Result<Self> {
        let device = Device::new(layout, &memory)?;
        let held = holds.then(Vec::new);
        Ok(Self { device, memory, creates: BTreeMap::new(), display, held, is_asked: false })
    }

    pub fn memory(&self) -> &BarMemory {
        &self.memory
    }

    /// Whether the guest is interrupted.
    pub fn irq(&self) -> bool {
        self.device.irq()
    }

    /// The guest writes to ports; `ram` and `vram` are where it has put those BARs.
    pub fn io_write(&mut self, port: u8, bytes: &[u8], [ram, vram]: [u64; 2]) {
        self.device.map(Region::Ram, Some(ram));
        self.device.map(Region::Vram, Some(vram));
        self.device.io_write(&self.memory, port, bytes);
        while let Some(action) = self.device.next_action() {
            match action {
                Action::Wake => self.read_commands(),
                Action::Do(work, token) => {
                    if let Err(error) = self.work(work) {
                        eprintln!("{work:?}: {error}");
                    }
                    if let Some(token) = token {
                        self.device.complete(&self.memory, token);
                    }
                }
                Action::Log => {
                    eprintln!("guest: {}", String::from_utf8_lossy(&self.device.log(&self.memory)))
                }
                Action::Refused(refusal) => eprintln!("refused: {refusal:?}"),
                Action::Free => self.is_asked = true,
                // The line is looked at after each write.
                _ => {}
            }
        }
    }

    /// Executes what is in the rings, and gives commands back at once: drivers wait for that, and some ask only once.
    fn read_commands(&mut self) {
        for ring in [RingName::Command, RingName::Cursor] {
            while let Some(command) = self.device.next_command(&self.memory, ring) {
                self.execute(ring, &command);
            }
        }
    }

    fn execute(&mut self, ring: RingName, command: &QxlCommandExt) {
        let address = command.cmd.data;
        let mut done = vec![address];
        let guest = Guest { memory: &self.memory, slots: self.device.slots() };
        match self.display.shown().execute(guest, ring, command) {
            Ok(Step::SurfaceCreated { message, .. }) => {
                self.device.set_surface(message.surface_id, Some(address));
                self.creates.insert(message.surface_id, address);
                done.clear();
            }
            Ok(Step::SurfacesDestroyed(gone)) => {
                for gone in gone {
                    self.device.set_surface(gone.surface_id, None);
                    done.extend(self.creates.remove(&gone.surface_id));
                }
            }
            Ok(_) => {}
            Err(error) => eprintln!("{error}"),
        }
        done.into_iter().for_each(|command| self.release(command));
    }

    fn work(&mut self, work: Work) -> Result<()> {
        let guest = Guest { memory: &self.memory, slots: self.device.slots() };
        let mut shown = self.display.shown();
        match work {
            Work::Render { surface, area } => _ = shown.renderer.update_area(guest, surface, area)?,
            Work::CreatePrimary => {
                let primary = self.device.primary().ok_or("no primary surface")?;
                shown.renderer.create_primary(guest, GUEST, &primary.surface)?;
            }
            Work::DestroyPrimary => _ = shown.renderer.destroy_surface(0),
            Work::DestroySurface(surface) => {
                shown.renderer.destroy_surface(surface);
                drop(shown);
                self.creates.remove(&surface).into_iter().for_each(|create| self.release(create));
            }
            Work::DestroyAllSurfaces => {
                shown.renderer.destroy_surfaces();
                drop(shown);
                std::mem::take(&mut self.creates).into_values().for_each(|create| self.release(create));
            }
            Work::Monitors => {
                let (heads, _) = self.device.monitors();
                let heads: Vec<Head> =
                    heads.iter().filter(|head| head.width > 0 && head.height > 0).map(head).collect();
                shown.renderer.screen_mut().set_heads(&heads);
            }
            Work::Reset => {
                shown.renderer.destroy_surfaces();
                shown.no_pointer();
                drop(shown);
                self.creates.clear();
                self.held.iter_mut().for_each(Vec::clear);
            }
            // Guest memory gets pixels when it asks for them; a suspended guest loses off-screen surfaces here.
            _ => {}
        }
        Ok(())
    }

    fn release(&mut self, command: GuestAddress) {
        match &mut self.held {
            Some(held) => held.push(command),
            None => self.device.release(&self.memory, GUEST, command),
        }
    }

    /// Whether the guest waits for memory, and there are commands to be given back.
    pub fn is_waited_for(&self) -> bool {
        self.is_asked && self.held.as_ref().is_some_and(|held| !held.is_empty())
    }

    /// Gives all commands back that are held.
    pub fn give_back(&mut self) {
        self.is_asked = false;
        let held = self.held.as_mut().map(std::mem::take).unwrap_or_default();
        eprintln!("out of memory: the guest gets {} commands back", held.len());
        held.into_iter().for_each(|command| self.device.release(&self.memory, GUEST, command));
    }
}

fn head(head: &QxlHead) -> Head {
    let QxlHead { id, surface_id, width, height, x, y, .. } = *head;
    Head { monitor_id: id, surface_id, width, height, x, y, flags: 0 }
}
