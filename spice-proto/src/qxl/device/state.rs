//! A device as bytes.

use alloc::vec::Vec;
use core::fmt;

use super::super::layout::Layout;
use super::super::memory::{Memory, Region};
use super::super::release::{Releases, Waiting};
use super::super::slots::Slot;
use super::{Device, GROUP, Mode, Primary, Reason, Refusal, Work};
use crate::common::Rect;
use crate::proto::qxl::{QxlHead, QxlSurfaceCreate};
use crate::wire::{Encode, GuestAddress, Parse};

/// Why bytes are no state of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoadError {
    /// They end too early.
    Truncated,
    /// More bytes follow than belong to it.
    Trailing,
    /// They are of another version.
    Version(u32),
    /// A value is none that a device can have; which.
    Value(&'static str),
}

const VERSION: u32 = 1;

impl Device {
    /// The state as bytes, for [`load`](Self::load). With it belong the bytes of the three regions; what the guest has
    /// mapped where is PCI's.
    ///
    /// Take all actions, finish and release all commands before. Asynchronous work that runs may stay: it begins anew.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put32(&mut out, VERSION);
        out.push(match self.mode {
            Mode::Vga => 0,
            Mode::Undefined => 1,
            Mode::Native => 2,
            Mode::Compat => 3,
        });
        let slots = (0..self.slots.layout().slots.into()).filter_map(|id| self.slots.slot(GROUP, id));
        for Slot { region, offset, len, first, generation } in slots {
            out.push(match region {
                Region::Ram => 0,
                Region::Vram => 1,
                Region::Rom => 2,
            });
            [*offset, *len, *first].into_iter().for_each(|number| put64(&mut out, number));
            put32(&mut out, *generation);
        }
        put_option(&mut out, self.primary, |out, primary| {
            out.push(primary.commands_16bpp.into());
            out.extend(primary.surface.encode_to_vec().unwrap_or_default());
        });
        put32(&mut out, u32::try_from(self.surfaces.len()).unwrap_or(0));
        for (&surface, &address) in &self.surfaces {
            put32(&mut out, surface);
            put64(&mut out, address.0);
        }
        put_option(&mut out, self.cursor, |out, address| put64(out, address.0));
        put32(&mut out, u32::try_from(self.monitors.len()).unwrap_or(0));
        self.monitors.iter().for_each(|head| out.extend(head.encode_to_vec().unwrap_or_default()));
        put32(&mut out, self.most_monitors.into());
        put_option(&mut out, self.running, |out, running| put_work(out, running.work));
        put_option(&mut out, self.releases.waiting(), |out, Waiting { head, group, last }| {
            put64(out, head);
            put32(out, group);
            put64(out, last.0);
        });
        put_option(&mut out, self.bug, |out, Refusal { reason, port, value }| {
            out.push(reason as u8);
            put_option(out, port, |out, port| out.push(port));
            put64(out, value);
        });
        self.refusals.iter().for_each(|&count| put32(&mut out, count));
        put_option(&mut out, self.clients, |out, capabilities| out.extend(capabilities));
        out
    }

    /// A device with a saved state. `memory` has the bytes that it had then; its ROM and RAM header stay as they are.
    /// [`map`](Self::map) it before anything else is done with it.
    ///
    /// The first actions set the interrupt line, make the primary surface, and do again what was running. Addresses in
    /// the state may lead nowhere: they are looked at when they are used.
    ///
    /// # Errors
    /// Why the bytes are no such state.
    pub fn load(layout: Layout, memory: &(impl Memory + ?Sized), bytes: &[u8]) -> Result<Self, LoadError> {
        let mut from = Bytes(bytes);
        match from.u32()? {
            VERSION => {}
            other => return Err(LoadError::Version(other)),
        }
        let mut device = Self::blank(layout);
        device.mode = match from.u8()? {
            0 => Mode::Vga,
            1 => Mode::Undefined,
            2 => Mode::Native,
            3 => Mode::Compat,
            _ => return Err(LoadError::Value("mode")),
        };
        for id in 0..device.slots.layout().slots.into() {
            let region = match from.u8()? {
                0 => Region::Ram,
                1 => Region::Vram,
                _ => return Err(LoadError::Value("slot")),
            };
            let slot = Slot {
                region,
                offset: from.u64()?,
                len: from.u64()?,
                first: from.u64()?,
                generation: from.u32()?,
            };
            let end = slot.offset.checked_add(slot.len);
            if end.is_none_or(|end| end > layout.bar_len(region).into()) {
                return Err(LoadError::Value("slot"));
            }
            device.slots.set(GROUP, id, slot).map_err(|_| LoadError::Value("slot"))?;
        }
        if from.option()? {
            let commands_16bpp = from.option()?;
            let surface = QxlSurfaceCreate::parse(from.take(40)?).map_err(|_| LoadError::Value("primary"))?;
            device.load_primary(Primary { surface, commands_16bpp })?;
        }
        for _ in 0..from.u32()? {
            let (surface, address) = (from.u32()?, from.u64()?);
            if !(1..layout.config().surfaces).contains(&surface) {
                return Err(LoadError::Value("surface"));
            }
            device.surfaces.insert(surface, GuestAddress(address));
        }
        device.cursor = from.option()?.then(|| from.u64().map(GuestAddress)).transpose()?;
        let count = from.u32()?;
        if count > layout.config().monitors.into() {
            return Err(LoadError::Value("monitors"));
        }
        for _ in 0..count {
            device.monitors.push(QxlHead::parse(from.take(28)?).map_err(|_| LoadError::Value("monitors"))?);
        }
        device.most_monitors = u16::try_from(from.u32()?).map_err(|_| LoadError::Value("monitors"))?;
        let running = from.option()?.then(|| from.work()).transpose()?;
        if from.option()? {
            let waiting = Waiting { head: from.u64()?, group: from.u32()?, last: GuestAddress(from.u64()?) };
            device.releases = Releases::from_waiting(Some(waiting));
        }
        if from.option()? {
            let reason = Reason::ALL.get(usize::from(from.u8()?)).copied().filter(|reason| reason.is_bug());
            let reason = reason.ok_or(LoadError::Value("bug"))?;
            let port = from.option()?.then(|| from.u8()).transpose()?;
            device.bug = Some(Refusal { reason, port, value: from.u64()? });
        }
        for count in &mut device.refusals {
            *count = from.u32()?;
        }
        if from.option()? {
            device.clients = from.take(58)?.try_into().ok();
        }
        if !from.0.is_empty() {
            return Err(LoadError::Trailing);
        }
        device.resume(memory, running);
        Ok(device)
    }
}

fn put32(out: &mut Vec<u8>, value: u32) {
    out.extend(value.to_le_bytes());
}

fn put64(out: &mut Vec<u8>, value: u64) {
    out.extend(value.to_le_bytes());
}

fn put_option<T>(out: &mut Vec<u8>, value: Option<T>, put: impl FnOnce(&mut Vec<u8>, T)) {
    out.push(value.is_some().into());
    if let Some(value) = value {
        put(out, value);
    }
}

fn put_work(out: &mut Vec<u8>, work: Work) {
    match work {
        Work::Render { surface, area } => {
            out.push(0);
            put32(out, surface);
            out.extend(area.encode_to_vec().unwrap_or_default());
        }
        Work::FlushSurfaces => out.push(1),
        Work::DestroySurface(surface) => {
            out.push(2);
            put32(out, surface);
        }
        Work::DestroyAllSurfaces => out.push(3),
        Work::CreatePrimary => out.push(4),
        Work::DestroyPrimary => out.push(5),
        Work::Monitors => out.push(6),
        Work::Reset => out.push(7),
    }
}

/// What is left to be read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, len: usize) -> Result<&'a [u8], LoadError> {
        let (taken, left) = self.0.split_at_checked(len).ok_or(LoadError::Truncated)?;
        self.0 = left;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], LoadError> {
        self.take(N)?.try_into().map_err(|_| LoadError::Truncated)
    }

    fn u8(&mut self) -> Result<u8, LoadError> {
        self.array().map(u8::from_le_bytes)
    }

    fn u32(&mut self) -> Result<u32, LoadError> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Result<u64, LoadError> {
        self.array().map(u64::from_le_bytes)
    }

    fn work(&mut self) -> Result<Work, LoadError> {
        const WRONG: LoadError = LoadError::Value("work");
        Ok(match self.u8()? {
            0 => Work::Render { surface: self.u32()?, area: Rect::parse(self.take(16)?).map_err(|_| WRONG)? },
            1 => Work::FlushSurfaces,
            2 => Work::DestroySurface(self.u32()?),
            3 => Work::DestroyAllSurfaces,
            4 => Work::CreatePrimary,
            5 => Work::DestroyPrimary,
            6 => Work::Monitors,
            7 => Work::Reset,
            _ => return Err(WRONG),
        })
    }

    fn option(&mut self) -> Result<bool, LoadError> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(LoadError::Value("presence")),
        }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => f.write_str("the state ends too early"),
            Self::Trailing => f.write_str("bytes follow the state"),
            Self::Version(version) => write!(f, "version {version} of the state is not known"),
            Self::Value(what) => write!(f, "{what}: no such value"),
        }
    }
}

impl core::error::Error for LoadError {}
