//! The device: its ports, interrupts, and what it remembers.

mod action;
mod clients;
mod ports;
mod refusal;
mod state;
#[cfg(test)]
mod tests;

use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec::Vec;

use super::layout::Layout;
use super::memory::{Memory, MemoryError, Region};
use super::release::Releases;
use super::ring::{Ring, RingName};
use super::slots::Slots;
use crate::proto::qxl::{QxlCommand, QxlCommandExt, QxlCommandFlags, QxlHead, QxlInterrupt};
use crate::wire::{GuestAddress, Parse};

pub use self::action::{Action, Mode, Primary, Token, Work};
pub use self::refusal::{Reason, Refusal};
pub use self::state::LoadError;

/// The QXL device without PCI, threads and clocks ([`docs/spec/qxl.md` section 5](crate::spec::qxl#5-io-commands)).
///
/// Give it every write to its ports ([`io_write`](Self::io_write)) and the places of its BARs
/// ([`map`](Self::map)); do what [`next_action`](Self::next_action) says until it says nothing; take commands with
/// [`next_command`](Self::next_command) and give each back with [`release`](Self::release) once. The memory is an
/// argument of every call: the device keeps nothing of it.
///
/// Whatever the guest writes has a named outcome ([`Action::Refused`]). What QEMU calls a bug of the guest stops the
/// device: it raises ERROR, reads no more commands and takes only RESET, LOG and UPDATE_IRQ, until it is reset.
///
/// ```
/// use spice_proto::qxl::{Action, Config, Device, GuestMemory, Layout, QxlIo, Reason, Region};
///
/// let layout = Layout::new(Config::default())?;
/// let bytes = |region| vec![0; layout.bar_len(region) as usize];
/// let memory = GuestMemory::from_bytes(bytes(Region::Ram), bytes(Region::Vram), bytes(Region::Rom));
/// let mut device = Device::new(layout, &memory)?;
/// device.map(Region::Ram, Some(0xc000_0000));
///
/// // MEMSLOT_DEL of a slot that cannot be.
/// device.io_write(&memory, QxlIo::MEMSLOT_DEL.0, &[99]);
/// let Some(Action::Refused(refusal)) = device.next_action() else { panic!() };
/// assert_eq!((refusal.reason, refusal.value), (Reason::SlotNumber, 99));
/// assert_eq!(device.bug(), Some(&refusal));
/// device.io_write(&memory, QxlIo::RESET.0, &[0]);
/// assert_eq!(device.bug(), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Device {
    layout: Layout,
    /// Where RAM and VRAM are in the guest's physical memory.
    ram: Option<u64>,
    vram: Option<u64>,
    slots: Slots,
    mode: Mode,
    primary: Option<Primary>,
    /// Where the commands are that made the surfaces, by number.
    surfaces: BTreeMap<u32, GuestAddress>,
    cursor: Option<GuestAddress>,
    monitors: Vec<QxlHead>,
    most_monitors: u16,
    running: Option<Running>,
    next_token: u32,
    releases: Releases,
    bug: Option<Refusal>,
    refusals: [u32; Reason::COUNT],
    clients: Option<[u8; CAPABILITIES]>,
    line: bool,
    /// Commands that may be read before the caller is asked to come again.
    credit: u32,
    actions: VecDeque<Action>,
}

/// An asynchronous command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Running {
    token: Token,
    work: Work,
}

/// The group of the guest's slots.
const GROUP: u32 = 1;
/// Bytes for capabilities of clients in the ROM.
const CAPABILITIES: usize = 58;
/// Commands for each wake-up: both rings full.
const CREDIT: u32 = 64;
/// Actions that wait to be taken, beyond which those that only inform are left out.
const MOST_ACTIONS: usize = 256;

// Where fields are in the RAM header.
const INT_PENDING: u64 = 4;
const INT_MASK: u64 = 8;
const LOG_BUF: u64 = 12;
const UPDATE_AREA: u64 = 5256;
const UPDATE_SURFACE: u64 = 5272;
const MEM_SLOT: u64 = 5276;
const CREATE_SURFACE: u64 = 5292;
const MONITORS_CONFIG: u64 = 5340;

impl Device {
    /// A device after power-on: ROM and RAM header are written, the screen is VGA's.
    ///
    /// # Errors
    /// The memory is smaller than the layout says.
    pub fn new(layout: Layout, memory: &(impl Memory + ?Sized)) -> Result<Self, MemoryError> {
        for region in [Region::Ram, Region::Vram, Region::Rom] {
            let len = u64::from(layout.bar_len(region));
            if memory.len(region) < len {
                return Err(MemoryError { region, offset: 0, len });
            }
        }
        layout.reset(memory)?;
        Ok(Self::blank(layout))
    }

    /// A device that remembers nothing.
    fn blank(layout: Layout) -> Self {
        Self {
            layout,
            ram: None,
            vram: None,
            slots: Slots::default(),
            mode: Mode::Vga,
            primary: None,
            surfaces: BTreeMap::new(),
            cursor: None,
            monitors: Vec::new(),
            most_monitors: 0,
            running: None,
            next_token: 0,
            releases: Releases::default(),
            bug: None,
            refusals: [0; Reason::COUNT],
            clients: None,
            line: false,
            credit: CREDIT,
            actions: VecDeque::new(),
        }
    }

    /// Says where the guest has mapped RAM or VRAM in its physical memory. The ROM's place does not matter.
    pub fn map(&mut self, region: Region, address: Option<u64>) {
        match region {
            Region::Ram => self.ram = address,
            Region::Vram => self.vram = address,
            Region::Rom => {}
        }
    }

    /// Takes what is to be done next, in order.
    pub fn next_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    /// Takes the next command of a ring; `None` when there is none. It is to be given back with
    /// [`release`](Self::release), refused or not.
    ///
    /// Nothing comes in VGA mode and after a bug of the guest. A guest that goes on writing gets no more than 64
    /// commands read for each [`Action::Wake`], and then another such action.
    pub fn next_command(&mut self, memory: &(impl Memory + ?Sized), ring: RingName) -> Option<QxlCommandExt> {
        if self.bug.is_some() || self.mode == Mode::Vga || ring == RingName::Release {
            return None;
        }
        if self.credit == 0 {
            self.credit = CREDIT;
            self.act(Action::Wake);
            return None;
        }
        let mut item = [0; 16];
        let popped = self.layout.ring(ring).pop(memory, &mut item).and_then(|popped| match popped {
            // Another look behind the request to be told.
            None if !self.layout.ring(ring).wait_for_item(memory)? => {
                self.layout.ring(ring).pop(memory, &mut item)
            }
            popped => Ok(popped),
        });
        match popped {
            Ok(None) => None,
            Ok(Some(tell)) => {
                self.credit = self.credit.saturating_sub(1);
                if tell {
                    let cursor = ring == RingName::Cursor;
                    self.interrupt(memory, if cursor { QxlInterrupt::CURSOR } else { QxlInterrupt::DISPLAY });
                }
                let cmd = QxlCommand::parse(&item).ok()?;
                Some(QxlCommandExt { cmd, group_id: GROUP, flags: self.command_flags() })
            }
            Err(error) => {
                self.refuse(memory, Refusal { reason: Reason::Ring, port: None, value: error.value() });
                None
            }
        }
    }

    /// Gives a command back to the guest and interrupts it, unless it went into a list that waits for room in the ring.
    pub fn release(&mut self, memory: &(impl Memory + ?Sized), group: u32, address: GuestAddress) {
        let ring = self.release_ring();
        match self.releases.release(memory, &self.slots, &ring, group, address) {
            Ok(true) => self.interrupt(memory, QxlInterrupt::DISPLAY),
            Ok(false) => {}
            Err(_) => self.refuse(memory, Refusal { reason: Reason::Release, port: None, value: address.0 }),
        }
    }

    /// Puts released commands that wait into the release ring, if it has room now. The guest makes room without a word:
    /// call this now and then while [`Releases::is_waiting`] says so ([`releases`](Self::releases)). Every write to a
    /// port does the same.
    pub fn poll(&mut self, memory: &(impl Memory + ?Sized)) {
        let ring = self.release_ring();
        match self.releases.flush(memory, &ring) {
            Ok(true) => self.interrupt(memory, QxlInterrupt::DISPLAY),
            Ok(false) => {}
            Err(_) => self.refuse(memory, Refusal { reason: Reason::Release, port: None, value: 0 }),
        }
    }

    /// The asynchronous work of this token is done, or failed: the guest is interrupted. Nothing happens when the guest
    /// has reset the device since.
    pub fn complete(&mut self, memory: &(impl Memory + ?Sized), token: Token) {
        if self.running.is_some_and(|running| running.token == token) {
            self.running = None;
            self.interrupt(memory, QxlInterrupt::IO_CMD);
        }
    }

    /// A surface was made by the command at `address`, or destroyed (`None`). Ports ask which surfaces there are, and
    /// a saved state has the addresses, so that they can be made again. Numbers beyond the device's are left out.
    pub fn set_surface(&mut self, surface: u32, address: Option<GuestAddress>) {
        match address {
            Some(address) if (1..self.layout.config().surfaces).contains(&surface) => {
                self.surfaces.insert(surface, address);
            }
            _ => _ = self.surfaces.remove(&surface),
        }
    }

    /// The pointer has the shape of the command at `address`, or none: part of a saved state.
    pub fn set_cursor(&mut self, address: Option<GuestAddress>) {
        self.cursor = address;
    }

    /// The addresses of the commands that made the surfaces, by number; the primary surface is not among them.
    #[must_use]
    pub fn surfaces(&self) -> &BTreeMap<u32, GuestAddress> {
        &self.surfaces
    }

    /// The address of the command that gave the pointer its shape. It may be stale after a load: then it is
    /// no error, the pointer has no shape.
    #[must_use]
    pub fn cursor(&self) -> Option<GuestAddress> {
        self.cursor
    }

    /// The memory slots; the guest's are in group 1.
    #[must_use]
    pub fn slots(&self) -> &Slots {
        &self.slots
    }

    /// What the screen shows.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The primary surface.
    #[must_use]
    pub fn primary(&self) -> Option<&Primary> {
        self.primary.as_ref()
    }

    /// The monitors that the guest has set last, and the most that it says it can have.
    #[must_use]
    pub fn monitors(&self) -> (&[QxlHead], u16) {
        (&self.monitors, self.most_monitors)
    }

    /// What the guest did to stop the device.
    #[must_use]
    pub fn bug(&self) -> Option<&Refusal> {
        self.bug.as_ref()
    }

    /// How often something was refused for this reason since the device is there.
    #[must_use]
    pub fn refusals(&self, reason: Reason) -> u32 {
        self.refusals.get(usize::from(reason as u8)).copied().unwrap_or(0)
    }

    /// Released commands on their way.
    #[must_use]
    pub fn releases(&self) -> &Releases {
        &self.releases
    }

    /// Whether the interrupt line is up.
    #[must_use]
    pub fn irq(&self) -> bool {
        self.line
    }

    /// What the device looks like.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The text that the driver has written, up to its zero byte: at most 4096 bytes.
    #[must_use]
    pub fn log(&self, memory: &(impl Memory + ?Sized)) -> Vec<u8> {
        let mut text = alloc::vec![0; 4096];
        if memory.read(Region::Ram, self.header(LOG_BUF), &mut text).is_err() {
            return Vec::new();
        }
        let len = text.iter().position(|&byte| byte == 0).unwrap_or(text.len());
        text.truncate(len);
        text
    }

    /// The guest has written to a port of the VGA. Up to revision 4 this leads back to VGA mode; later only RESET does.
    pub fn vga_written(&mut self) {
        if self.layout.config().revision < 5 && self.mode != Mode::Vga {
            if self.primary.take().is_some() {
                self.act(Action::Do(Work::DestroyPrimary, None));
            }
            self.mode = Mode::Vga;
        }
    }

    /// Sets interrupt bits in the RAM header and the line by them.
    fn interrupt(&mut self, memory: &(impl Memory + ?Sized), bits: QxlInterrupt) {
        let field = self.header(INT_PENDING);
        let set = memory
            .load(Region::Ram, field)
            .and_then(|pending| memory.store(Region::Ram, field, pending | bits.bits()));
        if set.is_err() {
            self.count(Reason::Memory);
        }
        self.update_irq(memory);
    }

    fn update_irq(&mut self, memory: &(impl Memory + ?Sized)) {
        let load = |field| memory.load(Region::Ram, self.header(field)).unwrap_or(0);
        let line = load(INT_PENDING) & load(INT_MASK) != 0;
        if line != self.line {
            self.line = line;
            self.act(Action::Irq(line));
        }
    }

    /// Counts and tells what the guest did, and stops the device if it is a bug.
    fn refuse(&mut self, memory: &(impl Memory + ?Sized), refusal: Refusal) {
        self.count(refusal.reason);
        self.act(Action::Refused(refusal));
        if refusal.reason.is_bug() && self.bug.is_none() {
            self.bug = Some(refusal);
            self.interrupt(memory, QxlInterrupt::ERROR);
        }
    }

    fn count(&mut self, reason: Reason) {
        if let Some(count) = self.refusals.get_mut(usize::from(reason as u8)) {
            *count = count.saturating_add(1);
        }
    }

    fn act(&mut self, action: Action) {
        let droppable = matches!(action, Action::Refused(_) | Action::Wake | Action::Free | Action::Log);
        if !(droppable && self.actions.len() >= MOST_ACTIONS) {
            self.actions.push_back(action);
        }
    }

    /// How the driver's commands are to be read.
    fn command_flags(&self) -> QxlCommandFlags {
        match (self.mode, self.primary) {
            (Mode::Compat, Some(Primary { commands_16bpp: true, .. })) => {
                QxlCommandFlags::COMPAT | QxlCommandFlags::COMPAT_16BPP
            }
            (Mode::Compat, _) => QxlCommandFlags::COMPAT,
            _ => QxlCommandFlags::empty(),
        }
    }

    /// Where a field of the RAM header is in the RAM.
    fn header(&self, field: u64) -> u64 {
        field.saturating_add(self.layout.ram_header().into())
    }

    fn release_ring(&self) -> Ring {
        self.layout.ring(RingName::Release)
    }
}
