//! What each port does.

use super::super::memory::{Memory, Region};
use super::super::slots::Slot;
use super::{
    Action, CREATE_SURFACE, Device, GROUP, LoadError, MEM_SLOT, MONITORS_CONFIG, Mode, Primary, Reason,
    Refusal, Running, Token, UPDATE_AREA, UPDATE_SURFACE, Work,
};
use crate::common::Rect;
use crate::display::SurfaceFmt;
use crate::proto::qxl::{
    QxlHead, QxlInterrupt, QxlIo, QxlMemSlot, QxlSurfaceCreate, QxlSurfaceFlags, QxlSurfaceType,
};
use crate::wire::{GuestAddress, Parse};

/// A reason and the number that is wrong.
type Wrong = (Reason, u64);

impl Device {
    /// The guest has written `bytes` at `port`, the offset in the I/O BAR. A write of several bytes is one write for
    /// each of them, to one port after another, as with QEMU.
    ///
    /// [`next_action`](Self::next_action) says what is to be done.
    pub fn io_write(&mut self, memory: &(impl Memory + ?Sized), port: u8, bytes: &[u8]) {
        for (port, &value) in (port..=u8::MAX).zip(bytes) {
            self.write_port(memory, port, value);
        }
        self.poll(memory);
    }

    fn write_port(&mut self, memory: &(impl Memory + ?Sized), port: u8, value: u8) {
        let io = QxlIo(port);
        let asynchronous = is_asynchronous(io);
        let refuse = |(reason, value)| Refusal { reason, port: Some(port), value };
        let done = match self.closed(io) {
            Some(wrong) => Err(wrong),
            None => self.execute(memory, io, value),
        };
        let ended = match done {
            Ok(Some(work)) => {
                let token = asynchronous.then(|| self.run(work));
                self.act(Action::Do(work, token));
                false
            }
            Ok(None) => true,
            Err(wrong) => {
                self.refuse(memory, refuse(wrong));
                // One that runs has its own end to come.
                !matches!(wrong.0, Reason::Busy | Reason::Stopped | Reason::Port)
            }
        };
        if ended && asynchronous {
            self.interrupt(memory, QxlInterrupt::IO_CMD);
        }
    }

    /// Why a port does nothing now.
    fn closed(&self, io: QxlIo) -> Option<Wrong> {
        if io.0 >= self.layout.ports() || io.0 > QxlIo::MONITORS_CONFIG_ASYNC.0 {
            return Some((Reason::Port, io.0.into()));
        }
        if self.bug.is_some() && !matches!(io, QxlIo::RESET | QxlIo::LOG | QxlIo::UPDATE_IRQ) {
            return Some((Reason::Stopped, io.0.into()));
        }
        let revision = self.layout.config().revision;
        if io == QxlIo::MONITORS_CONFIG_ASYNC && revision < 4 {
            return Some((Reason::Revision, revision.into()));
        }
        if is_asynchronous(io) && self.running.is_some() {
            return Some((Reason::Busy, io.0.into()));
        }
        let always = matches!(
            io,
            QxlIo::UPDATE_IRQ
                | QxlIo::RESET
                | QxlIo::SET_MODE
                | QxlIo::LOG
                | QxlIo::MEMSLOT_ADD
                | QxlIo::MEMSLOT_ADD_ASYNC
                | QxlIo::MEMSLOT_DEL
                | QxlIo::CREATE_PRIMARY
                | QxlIo::CREATE_PRIMARY_ASYNC
        );
        (self.mode == Mode::Vga && !always).then_some((Reason::Vga, io.0.into()))
    }

    /// Does what a port says. What is left is work for the caller.
    fn execute(
        &mut self,
        memory: &(impl Memory + ?Sized),
        io: QxlIo,
        value: u8,
    ) -> Result<Option<Work>, Wrong> {
        match io {
            QxlIo::NOTIFY_CMD | QxlIo::NOTIFY_CURSOR => self.act(Action::Wake),
            QxlIo::UPDATE_AREA | QxlIo::UPDATE_AREA_ASYNC => return self.update_area(memory).map(Some),
            QxlIo::UPDATE_IRQ => self.update_irq(memory),
            // What waits is pushed behind every write.
            QxlIo::NOTIFY_OOM => self.act(Action::Free),
            QxlIo::RESET => {
                self.reset(memory);
                return Ok(Some(Work::Reset));
            }
            QxlIo::SET_MODE => return self.set_mode(memory, value).map(Some),
            QxlIo::LOG => self.act(Action::Log),
            QxlIo::MEMSLOT_ADD | QxlIo::MEMSLOT_ADD_ASYNC => self.add_slot(memory, value)?,
            QxlIo::MEMSLOT_DEL => {
                self.slots.slot(GROUP, value.into()).ok_or((Reason::SlotNumber, value.into()))?;
                self.slots.remove(GROUP, value.into());
            }
            QxlIo::CREATE_PRIMARY | QxlIo::CREATE_PRIMARY_ASYNC => {
                let surface = parsed(&self.argument::<40>(memory, CREATE_SURFACE)?)?;
                self.create_primary(Primary { surface, commands_16bpp: false })?;
                self.mode = Mode::Native;
                return Ok(Some(Work::CreatePrimary));
            }
            QxlIo::DESTROY_PRIMARY | QxlIo::DESTROY_PRIMARY_ASYNC => return self.destroy_primary().map(Some),
            QxlIo::DESTROY_SURFACE_WAIT | QxlIo::DESTROY_SURFACE_ASYNC if value == 0 => {
                return self.destroy_primary().map(Some);
            }
            QxlIo::DESTROY_SURFACE_WAIT | QxlIo::DESTROY_SURFACE_ASYNC => {
                self.surfaces.remove(&value.into()).ok_or((Reason::NoSurface, value.into()))?;
                return Ok(Some(Work::DestroySurface(value.into())));
            }
            QxlIo::DESTROY_ALL_SURFACES | QxlIo::DESTROY_ALL_SURFACES_ASYNC => {
                self.surfaces.clear();
                self.primary = None;
                self.mode = Mode::Undefined;
                return Ok(Some(Work::DestroyAllSurfaces));
            }
            QxlIo::FLUSH_SURFACES_ASYNC => return Ok(Some(Work::FlushSurfaces)),
            QxlIo::FLUSH_RELEASE => self.interrupt(memory, QxlInterrupt::DISPLAY),
            QxlIo::MONITORS_CONFIG_ASYNC => return self.read_monitors(memory).map(Some),
            // ATTACH_PRIMARY and DETACH_PRIMARY do nothing in QEMU either.
            _ => {}
        }
        Ok(None)
    }

    /// Everything as after power-on, but for clients and counters.
    fn reset(&mut self, memory: &(impl Memory + ?Sized)) {
        let Self { ram, vram, refusals, clients, line, next_token, .. } = *self;
        let actions = core::mem::take(&mut self.actions);
        *self = Self { ram, vram, refusals, clients, line, next_token, actions, ..Self::blank(self.layout) };
        if self.layout.reset(memory).is_err() {
            self.count(Reason::Memory);
        }
        self.show_clients(memory);
    }

    fn update_area(&mut self, memory: &(impl Memory + ?Sized)) -> Result<Work, Wrong> {
        let area = parsed::<Rect>(&self.argument::<16>(memory, UPDATE_AREA)?)?;
        let surface = u32::from_le_bytes(self.argument(memory, UPDATE_SURFACE)?);
        if surface >= self.layout.config().surfaces {
            return Err((Reason::SurfaceNumber, surface.into()));
        }
        if area.is_empty() || area.left < 0 || area.top < 0 {
            return Err((Reason::Area, surface.into()));
        }
        let there = if surface == 0 { self.primary.is_some() } else { self.surfaces.contains_key(&surface) };
        there.then_some(Work::Render { surface, area }).ok_or((Reason::NoSurface, surface.into()))
    }

    fn set_mode(&mut self, memory: &(impl Memory + ?Sized), index: u8) -> Result<Work, Wrong> {
        let modes = self.layout.modes();
        let mode = modes.get(usize::from(index)).ok_or((Reason::Mode, index.into()))?;
        self.reset(memory);
        self.act(Action::Do(Work::Reset, None));
        // Slot 0 is the whole RAM, and its addresses are the guest's physical ones.
        let first = self.ram.ok_or((Reason::SlotRange, 0))?;
        let len = u64::from(self.layout.bar_len(Region::Ram));
        let slot = Slot { region: Region::Ram, offset: 0, len, first, generation: 0 };
        self.slots.set(GROUP, 0, slot).map_err(|_| (Reason::SlotRange, first))?;
        let row = i32::try_from(mode.x_res.saturating_mul(4)).unwrap_or(i32::MAX);
        let surface = QxlSurfaceCreate {
            width: mode.x_res,
            height: mode.y_res,
            // The bottom row comes first in memory, and pixels have 32 bits in every mode.
            stride: row.wrapping_neg(),
            format: SurfaceFmt::FMT_32_XRGB,
            position: 0,
            mouse_mode: 0,
            flags: QxlSurfaceFlags::empty(),
            type_: QxlSurfaceType::PRIMARY,
            mem: GuestAddress(first),
        };
        self.create_primary(Primary { surface, commands_16bpp: mode.bits == 16 })?;
        self.mode = Mode::Compat;
        if memory.store(Region::Rom, 20, index.into()).is_err() {
            self.count(Reason::Memory);
        }
        Ok(Work::CreatePrimary)
    }

    fn add_slot(&mut self, memory: &(impl Memory + ?Sized), number: u8) -> Result<(), Wrong> {
        let slot = self.slots.slot(GROUP, number.into()).ok_or((Reason::SlotNumber, number.into()))?;
        if slot.len != 0 {
            return Err((Reason::SlotActive, number.into()));
        }
        let QxlMemSlot { mem_start, mem_end } = parsed(&self.argument::<16>(memory, MEM_SLOT)?)?;
        let len = mem_end.checked_sub(mem_start).ok_or((Reason::SlotOrder, mem_start))?;
        let found =
            [(Region::Ram, self.ram), (Region::Vram, self.vram)].into_iter().find_map(|(region, bar)| {
                let offset = mem_start.checked_sub(bar?)?;
                let end = offset.checked_add(len)?;
                (end <= self.layout.bar_len(region).into()).then_some((region, offset))
            });
        let (region, offset) = found.ok_or((Reason::SlotRange, mem_start))?;
        let slot = Slot { region, offset, len, first: 0, generation: 0 };
        self.slots.set(GROUP, number.into(), slot).map_err(|_| (Reason::SlotRange, mem_start))
    }

    /// Notes that asynchronous work begins.
    fn run(&mut self, work: Work) -> Token {
        let token = Token(self.next_token);
        self.next_token = self.next_token.wrapping_add(1);
        self.running = Some(Running { token, work });
        token
    }

    /// Takes a primary surface from a saved state. Its slot may have gone.
    pub(super) fn load_primary(&mut self, primary: Primary) -> Result<(), LoadError> {
        check_shape(&primary, self.layout.config().surface0).map_err(|_| LoadError::Value("primary"))?;
        self.primary = Some(primary);
        Ok(())
    }

    /// The first actions after a load; `running` is asynchronous work that is to be done again.
    pub(super) fn resume(&mut self, memory: &(impl Memory + ?Sized), running: Option<Work>) {
        if self.primary.is_some() && running != Some(Work::CreatePrimary) {
            self.act(Action::Do(Work::CreatePrimary, None));
        }
        if !self.monitors.is_empty() {
            self.act(Action::Do(Work::Monitors, None));
        }
        self.act(Action::Wake);
        self.update_irq(memory);
        if let Some(work) = running {
            let token = self.run(work);
            self.act(Action::Do(work, Some(token)));
        }
    }

    /// Checks a primary surface and remembers it.
    fn create_primary(&mut self, primary: Primary) -> Result<(), Wrong> {
        if self.primary.is_some() {
            return Err((Reason::PrimaryExists, 0));
        }
        let (mem, len) = (primary.surface.mem, primary.len_bytes());
        check_shape(&primary, self.layout.config().surface0)?;
        self.slots.resolve(GROUP, mem, len).map_err(|_| (Reason::PrimaryAddress, mem.0))?;
        self.primary = Some(primary);
        Ok(())
    }

    fn destroy_primary(&mut self) -> Result<Work, Wrong> {
        self.primary.take().ok_or((Reason::NoPrimary, 0))?;
        self.mode = Mode::Undefined;
        Ok(Work::DestroyPrimary)
    }

    fn read_monitors(&mut self, memory: &(impl Memory + ?Sized)) -> Result<Work, Wrong> {
        const HEAD: u64 = 28;
        let address = u64::from_le_bytes(self.argument(memory, MONITORS_CONFIG)?);
        let missing = (Reason::MonitorsAddress, address);
        let mut start = [0; 4];
        let place = self.slots.read(memory, GROUP, GuestAddress(address), &mut start).map_err(|_| missing)?;
        let [a, b, c, d] = start;
        let (count, most) = (u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]));
        if count == 0 || count > most {
            return Err((Reason::Monitors, count.into()));
        }
        place.after(4, HEAD.saturating_mul(count.into())).map_err(|_| missing)?;
        let limit = self.layout.config().monitors;
        let mut heads = alloc::vec::Vec::with_capacity(count.min(limit).into());
        for index in 0..u64::from(count.min(limit)) {
            let mut bytes = [0; HEAD as usize];
            place
                .read(memory, HEAD.saturating_mul(index).saturating_add(4), &mut bytes)
                .map_err(|_| missing)?;
            heads.extend(QxlHead::parse(&bytes));
        }
        self.monitors = heads;
        self.most_monitors = most.min(limit);
        Ok(Work::Monitors)
    }

    /// Copies an argument from the RAM header, once.
    fn argument<const N: usize>(
        &self,
        memory: &(impl Memory + ?Sized),
        field: u64,
    ) -> Result<[u8; N], Wrong> {
        let mut bytes = [0; N];
        memory.read(Region::Ram, self.header(field), &mut bytes).map_err(|_| (Reason::Memory, field))?;
        Ok(bytes)
    }
}

/// An argument as its structure, which takes any bytes of its size.
fn parsed<'a, T: Parse<'a>>(bytes: &'a [u8]) -> Result<T, Wrong> {
    T::parse(bytes).map_err(|_| (Reason::Memory, bytes.len() as u64))
}

/// Whether IO_CMD tells the end.
fn is_asynchronous(io: QxlIo) -> bool {
    (QxlIo::UPDATE_AREA_ASYNC.0..=QxlIo::MONITORS_CONFIG_ASYNC.0).contains(&io.0)
        && io != QxlIo::FLUSH_RELEASE
}

/// Whether there can be such a primary surface in so many bytes.
fn check_shape(primary: &Primary, most: u32) -> Result<(), Wrong> {
    let QxlSurfaceCreate { width, height, stride, format, .. } = primary.surface;
    let len = primary.len_bytes();
    if len > most.into() {
        return Err((Reason::PrimarySize, len));
    }
    let bits = match format {
        SurfaceFmt::FMT_1_A => 1,
        SurfaceFmt::FMT_8_A => 8,
        SurfaceFmt::FMT_16_555 | SurfaceFmt::FMT_16_565 => 16,
        SurfaceFmt::FMT_32_XRGB | SurfaceFmt::FMT_32_ARGB => 32,
        _ => return Err((Reason::PrimaryShape, format.0.into())),
    };
    let row = u64::from(width).saturating_mul(bits).div_ceil(8);
    if width == 0 || height == 0 || stride == i32::MIN || row > stride.unsigned_abs().into() {
        return Err((Reason::PrimaryShape, row));
    }
    Ok(())
}
