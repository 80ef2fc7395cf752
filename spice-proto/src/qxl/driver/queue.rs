//! Commands on their way to the device, and back.

use super::{Driver, Error, encoded};
use crate::qxl::{Memory, QxlCmdType, QxlCommandExt, QxlIo, Ring, RingName};

/// The guest's end of the rings: commands go to the device, their memory comes back.
///
/// Nothing waits in here. [`submit`](Self::submit) says which port is to be written, or what to wait for before it is
/// called again; a guest hears of that by an interrupt, and one that has none calls again after some time.
///
/// ```
/// use spice_proto::qxl::driver::{Driver, Queue, Submit};
/// use spice_proto::qxl::{Action, Config, Device, GuestMemory, Layout, QxlIo, Region, RingName};
///
/// # use spice_proto::qxl::{Memory, QxlSurfaceCreate, QxlSurfaceFlags, QxlSurfaceType};
/// # use spice_proto::{Encode, display::SurfaceFmt, wire::GuestAddress};
/// let layout = Layout::new(Config::default())?;
/// let bytes = |region| vec![0; layout.bar_len(region) as usize];
/// let memory = GuestMemory::from_bytes(bytes(Region::Ram), bytes(Region::Vram), bytes(Region::Rom));
/// let mut device = Device::new(layout, &memory)?;
/// # device.map(Region::Ram, Some(0));
/// # let header = u64::from(layout.ram_header());
/// # memory.store(Region::Ram, header + 5276, 16 << 20)?;
/// # memory.store(Region::Ram, header + 5284, 32 << 20)?;
/// # device.io_write(&memory, QxlIo::MEMSLOT_ADD.0, &[1]);
/// # memory.store(Region::Ram, header + 5276, 0)?;
/// # memory.store(Region::Ram, header + 5284, 16 << 20)?;
/// # device.io_write(&memory, QxlIo::MEMSLOT_ADD.0, &[2]);
/// # let primary = QxlSurfaceCreate {
/// #     width: 64, height: 64, stride: 256, format: SurfaceFmt::FMT_32_XRGB, position: 0, mouse_mode: 0,
/// #     flags: QxlSurfaceFlags::empty(), type_: QxlSurfaceType::PRIMARY, mem: GuestAddress(2 << 56),
/// # };
/// # memory.write(Region::Ram, header + 5292, &primary.encode_to_vec()?)?;
/// # device.io_write(&memory, QxlIo::CREATE_PRIMARY.0, &[0]);
/// // The guest has set up slot 1 of group 1 for its commands, and a mode.
/// let driver = Driver::new(device.slots(), 1, 1).ok_or("no such slot")?;
/// let mut queue = Queue::new(driver, layout.ram_header().into());
/// let free = queue.driver().free_bytes();
/// match queue.submit(&memory, |driver| driver.message(&memory, "hello"))? {
///     Submit::Queued(Some(port)) => device.io_write(&memory, port.0, &[0]),
///     Submit::Queued(None) => {}                            // the device is awake
///     Submit::NoMemory => device.io_write(&memory, QxlIo::NOTIFY_OOM.0, &[0]), // again when the interrupt DISPLAY comes
///     Submit::Full(_) => {}                                 // again when the interrupt DISPLAY or CURSOR comes
/// }
///
/// // The device's end.
/// while let Some(action) = device.next_action() {
///     if action == Action::Wake {
///         while let Some(command) = device.next_command(&memory, RingName::Command) {
///             device.release(&memory, command.group_id, command.cmd.data);
///         }
///     }
/// }
///
/// assert_eq!(queue.collect(&memory, |_id| {})?, 1);
/// assert_eq!(queue.driver().free_bytes(), free);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Queue {
    driver: Driver,
    /// Where the RAM header is in the RAM.
    header: u64,
    /// Commands that the device has.
    in_flight: usize,
}

/// What became of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Submit {
    /// It is in its ring. The device sleeps if there is a port: write to that.
    Queued(Option<QxlIo>),
    /// This ring is full, and nothing has changed. The device interrupts (CURSOR for the cursor ring, else DISPLAY) when
    /// it has taken something out: submit again then.
    Full(RingName),
    /// There is no memory, and nothing has changed. Write to NOTIFY_OOM; the device interrupts (DISPLAY) when it has given
    /// something back: submit again then. Commands that have made surfaces come back when the surfaces are gone, not
    /// before.
    NoMemory,
}

impl Queue {
    /// The rings of a RAM header that is at byte `header` of the RAM, for the commands of a driver.
    #[must_use]
    pub fn new(driver: Driver, header: u64) -> Self {
        Self { driver, header, in_flight: 0 }
    }

    /// Has a command written and puts it into the ring that it belongs to. Where memory is short, what has come back is
    /// freed, and the command is tried again.
    ///
    /// # Errors
    /// Those of `build`. [`Error::OutOfMemory`] only when the device has nothing that it could give back.
    /// [`Error::Ring`] and [`Error::NotTaken`]: the device has done something wrong. The command is not queued.
    pub fn submit(
        &mut self,
        memory: &impl Memory,
        mut build: impl FnMut(&mut Driver) -> Result<QxlCommandExt, Error>,
    ) -> Result<Submit, Error> {
        let command = match build(&mut self.driver) {
            Err(Error::OutOfMemory { .. }) => {
                self.collect(memory, |_| {})?;
                match build(&mut self.driver) {
                    Err(Error::OutOfMemory { .. }) if self.in_flight > 0 => return Ok(Submit::NoMemory),
                    built => built?,
                }
            }
            built => built?,
        };
        let (name, port) = match command.cmd.type_ {
            QxlCmdType::CURSOR => (RingName::Cursor, QxlIo::NOTIFY_CURSOR),
            _ => (RingName::Command, QxlIo::NOTIFY_CMD),
        };
        let pushed = self.push(memory, name, &encoded(&command.cmd)?);
        if let Ok(Some(tell)) = pushed {
            self.in_flight = self.in_flight.saturating_add(1);
            return Ok(Submit::Queued(tell.then_some(port)));
        }
        self.driver.release(command.cmd.data.0)?;
        pushed.map(|_| Submit::Full(name))
    }

    /// Frees everything that the device has given back, and asks to be told of the next. `each` gets the ids of the
    /// commands. Gives their number.
    ///
    /// # Errors
    /// The device has done something wrong: [`Error::Ring`], [`Error::NotTaken`], [`Error::Address`]. What came before is
    /// free.
    pub fn collect(&mut self, memory: &impl Memory, mut each: impl FnMut(u64)) -> Result<usize, Error> {
        let (ring, mut count) = (self.ring(RingName::Release), 0_usize);
        // It ends: each head is a command at least, and there are only so many.
        loop {
            let mut head = [0; 8];
            if ring.pop(memory, &mut head)?.is_none() {
                if ring.wait_for_item(memory)? {
                    return Ok(count);
                }
                continue;
            }
            let head = u64::from_le_bytes(head);
            if head == 0 {
                return Err(Error::NotTaken(0));
            }
            self.driver.free_chain(memory, head, |id| {
                count = count.saturating_add(1);
                self.in_flight = self.in_flight.saturating_sub(1);
                each(id);
            })?;
        }
    }

    /// Commands that the device has.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// What writes the commands.
    #[must_use]
    pub fn driver(&self) -> &Driver {
        &self.driver
    }

    /// The same, to [take](Driver::take) memory that is no command's.
    pub fn driver_mut(&mut self) -> &mut Driver {
        &mut self.driver
    }

    /// Pushes an item, or asks to be told of room for it.
    fn push(&self, memory: &impl Memory, name: RingName, item: &[u8]) -> Result<Option<bool>, Error> {
        let ring = self.ring(name);
        match ring.push(memory, item)? {
            None if !ring.wait_for_room(memory)? => Ok(ring.push(memory, item)?),
            pushed => Ok(pushed),
        }
    }

    fn ring(&self, name: RingName) -> Ring {
        Ring::new(name, self.header)
    }
}
