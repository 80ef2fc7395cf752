//! Recordings: from text to events.

use super::arena::Arena;
use super::error::{Error, ErrorKind};
use super::event::{Event, EventBody, WorkerMessage};
use super::memory::{EventMemory, GROUP, NOWHERE, fit};
use super::text::{Binary, Text};
use super::walk::{self, Int, Place, Walk};
use crate::Limits;
use crate::qxl::{QxlCmdType, QxlCommand, QxlCommandExt, QxlCommandFlags, QxlSurfaceCreate, Slots};
use crate::wire::{GuestAddress, Parse};

/// Reads the events of a recording, one after the other.
///
/// It keeps no bytes of the recording: the caller has them, and gives as many as there are. What an event holds is
/// laid out in memory that the next event uses again. After an error that is not
/// [`is_truncated`](Error::is_truncated) the place of the next event is not known, and the same error comes again.
#[derive(Debug)]
pub struct Reader {
    arena: Arena,
    limits: Limits,
    /// Bytes of the recording that were taken.
    offset: u64,
    events: u64,
    slots: Slots,
    failed: Option<Error>,
}

impl Reader {
    /// At the beginning of a recording. Of the limits, [`qxl_object_bytes`](Limits::qxl_object_bytes) counts, for
    /// data that is compressed.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            arena: Arena::default(),
            limits: limits.clone(),
            offset: 0,
            events: 0,
            slots: Slots::default(),
            failed: None,
        }
    }

    /// Takes the next event from the front of `input`; `None` when nothing follows but white space.
    ///
    /// A recording may end inside of an event, or its rest has yet to come: then the error
    /// [`is_truncated`](Error::is_truncated), `input` is as it was, and the call works again with more bytes behind
    /// it. The last event of a recording is whole when a byte of white space follows it.
    ///
    /// # Errors
    /// What does not follow the format, and where.
    pub fn next<'r>(&'r mut self, input: &mut &[u8]) -> Result<Option<Event<'r>>, Error> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let mut text = Text::new(input, self.offset);
        match self.event(&mut text) {
            Ok(found) => {
                self.offset = self.offset.saturating_add(text.taken() as u64);
                *input = input.get(text.taken()..).unwrap_or_default();
                let Some((counter, time, body)) = found else { return Ok(None) };
                self.events = self.events.saturating_add(1);
                let memory = EventMemory(self.arena.bytes());
                fit(&mut self.slots, memory.0.len() as u64);
                Ok(Some(Event::new(counter, time, body, memory, &self.slots)))
            }
            Err(error) => {
                let error = error.in_event(self.events);
                self.failed = Some(error).filter(|error| !error.is_truncated());
                Err(error)
            }
        }
    }

    /// Bytes of the recording that were taken so far.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    fn event(&mut self, text: &mut Text<'_>) -> Result<Option<(u32, u64, EventBody)>, Error> {
        if self.offset == 0 {
            text.word(MAGIC)?;
            let version = text.number("version")?;
            if version != 1 {
                return Err(text.error("version", ErrorKind::Range(version)));
            }
        }
        if text.is_at_end() {
            return Ok(None);
        }
        text.word("event")?;
        let (counter, what) = (text.number("event")?, text.number("event")?);
        let (kind, time) = (text.number("event")?, text.number("event")?);
        let fits =
            |value: i128| u32::try_from(value).map_err(|_| text.error("event", ErrorKind::Range(value)));
        let (counter, kind) = (fits(counter)?, fits(kind)?);
        let time = u64::try_from(time).map_err(|_| text.error("event", ErrorKind::Range(time)))?;
        self.arena.clear();
        let mut filler = Filler { text, arena: &mut self.arena, limits: &self.limits };
        let body = match what {
            0 => {
                let kind = QxlCmdType(kind);
                let at = filler.arena.extend(walk::command_len(kind));
                walk::command(&mut filler, kind, at)?;
                let cmd = QxlCommand { data: GuestAddress(at.0), type_: kind };
                EventBody::Command(QxlCommandExt { cmd, group_id: GROUP, flags: QxlCommandFlags::empty() })
            }
            1 => match WorkerMessage(kind) {
                message if message.creates_primary() => {
                    let at = filler.arena.extend(walk::PRIMARY_LEN);
                    walk::primary(&mut filler, at)?;
                    EventBody::Primary(message, filler.primary(at)?)
                }
                message => EventBody::Message(message),
            },
            other => return Err(text.error("event", ErrorKind::Range(other))),
        };
        Ok(Some((counter, time, body)))
    }
}

/// Puts what stands in the text into structures.
struct Filler<'f, 'i> {
    text: &'f mut Text<'i>,
    arena: &'f mut Arena,
    limits: &'f Limits,
}

impl Walk for Filler<'_, '_> {
    type Error = Error;

    fn line(&mut self, words: &[&'static str], at: Place, fields: &[Int]) -> Result<u64, Error> {
        for word in words {
            self.text.word(word)?;
        }
        let element = words.last().copied().unwrap_or("primary surface");
        let (mut place, mut first) = (at, None);
        for &int in fields {
            let number = self.text.number(element)?;
            let value = in_field(number, int);
            let value = value.ok_or_else(|| self.text.error(element, ErrorKind::Range(number)))?;
            self.arena.set(place, int, value);
            first = first.or(Some(value));
            place = place + int.bytes();
        }
        Ok(first.unwrap_or_default())
    }

    fn present(&mut self, key: &'static str, _: Place) -> Result<bool, Error> {
        self.text.word(key)?;
        match self.text.number(key)? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(self.text.error(key, ErrorKind::Range(other))),
        }
    }

    fn structure(&mut self, at: Place, len: u64) -> Result<Place, Error> {
        let place = self.arena.extend(len);
        self.arena.set(at, Int::U64, place.0);
        Ok(place)
    }

    fn more(&mut self, len: u64) -> Result<(), Error> {
        self.arena.extend(len);
        Ok(())
    }

    fn binary(&mut self, key: &'static str, at: Place, _: u64) -> Result<(), Error> {
        let binary = self.text.binary(key)?;
        let place = self.arena.extend(0);
        let size = self.append(key, &binary)?;
        self.arena.set(at, Int::U64, if size == 0 { 0 } else { place.0 });
        Ok(())
    }

    fn chunks(&mut self, key: &'static str, at: Place) -> Result<u64, Error> {
        self.text.word("data_chunks")?;
        let (mut more, stated) = (self.text.count("data_chunks")?, self.text.count("data_chunks")?);
        let (mut chunk, mut present) = (at, 0_u64);
        loop {
            let binary = self.text.binary(key)?;
            let size = self.append(key, &binary)?;
            self.arena.set(chunk, Int::U32, size);
            present = present.saturating_add(size);
            if more == 0 {
                break;
            }
            more = more.saturating_sub(1);
            let next = self.arena.extend(20);
            self.arena.set(chunk + 12, Int::U64, next.0);
            self.arena.set(next + 4, Int::U64, chunk.0);
            chunk = next;
        }
        if stated != present {
            return Err(self.text.error(key, ErrorKind::Total { stated, present }));
        }
        Ok(present)
    }

    fn text(&mut self, key: &'static str, _: Place) -> Result<(), Error> {
        let binary = self.text.binary(key)?;
        self.append(key, &binary)?;
        self.arena.extend(1);
        Ok(())
    }

    fn lacking(&mut self, at: Place, int: Int, value: u64) {
        self.arena.set(at, int, value);
    }

    fn unknown(&self, element: &'static str, number: u64) -> Error {
        self.text.error(element, ErrorKind::Unknown(number))
    }
}

impl Filler<'_, '_> {
    /// The structure of a primary surface. Memory that could not be read is nowhere.
    fn primary(&self, at: Place) -> Result<QxlSurfaceCreate, Error> {
        let bytes = usize::try_from(at.0).ok().and_then(|at| self.arena.bytes().get(at..));
        let create = QxlSurfaceCreate::parse(bytes.unwrap_or_default());
        let mut create = create.map_err(|_| self.text.error("primary surface", ErrorKind::Number))?;
        if create.mem.is_null() {
            create.mem = NOWHERE;
        }
        Ok(create)
    }

    /// Puts binary data at the end of the memory; gives its size.
    fn append(&mut self, key: &'static str, binary: &Binary<'_>) -> Result<u64, Error> {
        let fail = |kind| self.text.error(key, kind);
        // Sizes of chunks have 32 bits.
        let allowed = if binary.compression == 0 { u32::MAX } else { self.limits.qxl_object_bytes };
        if binary.size > u64::from(allowed) {
            return Err(fail(ErrorKind::Limit { wanted: binary.size, allowed: allowed.into() }));
        }
        let out = self.arena.end();
        if binary.compression == 0 {
            out.extend_from_slice(binary.bytes);
        } else {
            inflate(binary, out).map_err(fail)?;
        }
        Ok(binary.size)
    }
}

#[cfg(feature = "zlib")]
fn inflate(binary: &Binary<'_>, out: &mut alloc::vec::Vec<u8>) -> Result<(), ErrorKind> {
    let size = usize::try_from(binary.size).map_err(|_| ErrorKind::Zlib)?;
    let data = miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(binary.bytes, size);
    let data = data.ok().filter(|data| data.len() == size).ok_or(ErrorKind::Zlib)?;
    out.extend_from_slice(&data);
    Ok(())
}

#[cfg(not(feature = "zlib"))]
fn inflate(binary: &Binary<'_>, _: &mut alloc::vec::Vec<u8>) -> Result<(), ErrorKind> {
    Err(ErrorKind::Compression(binary.compression))
}

/// A number as the bits of a field: signed and unsigned ones are taken alike, since writers print both as signed.
fn in_field(number: i128, int: Int) -> Option<u64> {
    let bits = int.bytes().saturating_mul(8);
    let end = 1_i128.checked_shl(u32::try_from(bits).ok()?)?;
    let value = if number < 0 { number.checked_add(end).filter(|value| *value >= end / 2)? } else { number };
    u64::try_from(value).ok().filter(|_| value < end)
}

/// The first word.
const MAGIC: &str = "SPICE_REPLAY";
