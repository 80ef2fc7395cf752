//! Recordings: from what happens to text.

use alloc::vec::Vec;
use core::fmt::Write as _;

use super::event::{Event, EventBody, WorkerMessage};
use super::memory::GROUP;
use super::walk::{self, Int, Place, Walk};
use crate::Limits;
use crate::qxl::command::{Error, ErrorKind};
use crate::qxl::{Guest, QxlCommandExt, QxlCommandFlags, QxlDataChunk, QxlSurfaceCreate};
use crate::wire::{GuestAddress, Parse};

/// Writes a recording: events one after the other, numbered from 0. Each call appends to `out`, or nothing on an
/// error.
///
/// As a recorder it stands beside a [`Renderer`](crate::qxl::render::Renderer): it is given what the renderer is
/// given, before that executes it. Like the reference's it follows the guest's pointers by itself. A guest that
/// changes its memory between the two gets a recording that differs from what was executed; a command that cannot be
/// read gives an error here as there.
#[derive(Clone, Debug)]
pub struct Writer {
    events: u32,
    most_bytes: u32,
    most_links: u32,
}

impl Writer {
    /// The beginning of a recording. Of the limits, those of QXL count.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self { events: 0, most_bytes: limits.qxl_object_bytes, most_links: limits.qxl_chunk_links }
    }

    /// A command was taken from a ring at this time, in nanoseconds.
    ///
    /// # Errors
    /// The guest did wrong; [`ErrorKind::Compat`] for a command in the layout of QXL 1, which recordings do not mark.
    pub fn command(
        &mut self,
        guest: Guest<'_>,
        command: &QxlCommandExt,
        time: u64,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let (kind, at) = (command.cmd.type_, command.cmd.data);
        if command.flags.intersects(QxlCommandFlags::COMPAT | QxlCommandFlags::COMPAT_16BPP) {
            return Err(Error::new(ErrorKind::Compat, at, "flags"));
        }
        self.append((guest, command.group_id), (0, kind.0, time), out, |printer| {
            walk::command(printer, kind, Place(at.0))
        })
    }

    /// A primary surface was created at this time, by one of the two messages that do so. Memory that is not there is
    /// recorded as such.
    ///
    /// # Errors
    /// More bytes than the limit allows.
    pub fn primary(
        &mut self,
        guest: Guest<'_>,
        group: u32,
        (message, create): (WorkerMessage, &QxlSurfaceCreate),
        time: u64,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        self.append((guest, group), (1, message.0, time), out, |printer| {
            let QxlSurfaceCreate { width, height, stride, format, .. } = *create;
            let [width, rows, format] = [width, height, format.0].map(u32::cast_signed);
            print(printer.out, format_args!("{width} {rows} {stride} {format}\n"));
            let rest = [create.position, create.mouse_mode, create.flags.bits(), create.type_.0];
            let [position, mouse_mode, flags, kind] = rest.map(u32::cast_signed);
            print(printer.out, format_args!("{position} {mouse_mode} {flags} {kind}\n"));
            let len = u64::from(stride.unsigned_abs()).saturating_mul(height.into());
            printer.contents(Place(create.mem.0), len)
        })
    }

    /// The worker was told something else at this time.
    pub fn message(&mut self, message: WorkerMessage, time: u64, out: &mut Vec<u8>) {
        self.head((1, message.0, time), out);
        self.events = self.events.wrapping_add(1);
    }

    /// An event of another recording.
    ///
    /// # Errors
    /// More bytes than the limits allow. Otherwise what was read can be written.
    pub fn event(&mut self, event: &Event<'_>, out: &mut Vec<u8>) -> Result<(), Error> {
        let (guest, time) = (event.guest(), event.time());
        match event.body() {
            EventBody::Command(command) => self.command(guest, command, time, out),
            EventBody::Primary(message, create) => self.primary(guest, GROUP, (*message, create), time, out),
            EventBody::Message(message) => {
                self.message(*message, time, out);
                Ok(())
            }
        }
    }

    fn append(
        &mut self,
        (guest, group): (Guest<'_>, u32),
        head: (u32, u32, u64),
        out: &mut Vec<u8>,
        body: impl FnOnce(&mut Printer<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let start = out.len();
        self.head(head, out);
        let Self { most_bytes, most_links, .. } = *self;
        match body(&mut Printer { guest, group, out, start, most_bytes, most_links }) {
            Ok(()) => {
                self.events = self.events.wrapping_add(1);
                Ok(())
            }
            Err(error) => {
                out.truncate(start);
                Err(error.within("recording"))
            }
        }
    }

    fn head(&self, (what, kind, time): (u32, u32, u64), out: &mut Vec<u8>) {
        if self.events == 0 {
            out.extend_from_slice(b"SPICE_REPLAY 1\n");
        }
        print(out, format_args!("event {} {what} {kind} {time}\n", self.events));
    }
}

/// Prints what structures hold.
struct Printer<'p> {
    guest: Guest<'p>,
    group: u32,
    out: &'p mut Vec<u8>,
    /// Where the event begins.
    start: usize,
    most_bytes: u32,
    most_links: u32,
}

impl Walk for Printer<'_> {
    type Error = Error;

    fn line(&mut self, words: &[&'static str], at: Place, fields: &[Int]) -> Result<u64, Error> {
        let element = words.last().copied().unwrap_or("primary surface");
        let (mut place, mut first, mut gap) = (at, None, "");
        for word in words {
            print(self.out, format_args!("{gap}{word}"));
            gap = " ";
        }
        for &int in fields {
            let value = self.field(place, int, element)?;
            match int {
                // As C prints them with %d.
                Int::U32 | Int::I32 => print(self.out, format_args!("{gap}{}", (value as u32).cast_signed())),
                Int::I16 => print(self.out, format_args!("{gap}{}", (value as u16).cast_signed())),
                Int::U8 | Int::U16 | Int::U64 => print(self.out, format_args!("{gap}{value}")),
            }
            gap = " ";
            first = first.or(Some(value));
            place = place + int.bytes();
        }
        print(self.out, format_args!("\n"));
        Ok(first.unwrap_or_default())
    }

    fn present(&mut self, key: &'static str, at: Place) -> Result<bool, Error> {
        let is_there = self.field(at, Int::U64, key)? != 0;
        print(self.out, format_args!("{key} {}\n", u8::from(is_there)));
        Ok(is_there)
    }

    fn structure(&mut self, at: Place, _: u64) -> Result<Place, Error> {
        match self.field(at, Int::U64, "")? {
            0 => Err(Error::new(ErrorKind::Null, GuestAddress(at.0), "")),
            place => Ok(Place(place)),
        }
    }

    fn more(&mut self, _: u64) -> Result<(), Error> {
        Ok(())
    }

    fn binary(&mut self, key: &'static str, at: Place, len: u64) -> Result<(), Error> {
        let place = Place(self.field(at, Int::U64, key)?);
        match key {
            "data" => self.contents(place, len),
            _ => self.bytes(key, place, if place == Place(0) { 0 } else { len }),
        }
    }

    fn chunks(&mut self, key: &'static str, at: Place) -> Result<u64, Error> {
        let (mut links, mut total, mut place) = (0_u32, 0_u64, at);
        loop {
            let chunk = self.chunk(key, place)?;
            total = total.saturating_add(chunk.data_size.into());
            self.admit(key, place, total)?;
            if chunk.next_chunk.is_null() {
                break;
            }
            links = links.saturating_add(1);
            if links > self.most_links {
                let kind = ErrorKind::Limit { wanted: links.into(), allowed: self.most_links.into() };
                return Err(Error::new(kind, GuestAddress(place.0), key));
            }
            place = Place(chunk.next_chunk.0);
        }
        print(self.out, format_args!("data_chunks {links} {total}\n"));
        place = at;
        // A guest that changes its list now is bounded by the same number of links.
        for _ in 0..=links {
            let chunk = self.chunk(key, place)?;
            self.bytes(key, place + 20, chunk.data_size.into())?;
            place = Place(chunk.next_chunk.0);
        }
        Ok(total)
    }

    fn text(&mut self, key: &'static str, at: Place) -> Result<(), Error> {
        let mut text = Vec::new();
        let mut byte = [0];
        loop {
            let place = GuestAddress((at + text.len() as u64).0);
            self.guest
                .read(self.group, place, &mut byte)
                .map_err(|error| Error::new(ErrorKind::Address(error), place, key))?;
            match byte {
                [0] => break,
                _ if text.len() == LONGEST_MESSAGE => {
                    return Err(Error::new(ErrorKind::Unterminated, place, key));
                }
                [byte] => text.push(byte),
            }
        }
        print(self.out, format_args!("binary 0 {key} {}:", text.len()));
        self.out.extend_from_slice(&text);
        print(self.out, format_args!("\n"));
        Ok(())
    }

    fn lacking(&mut self, _: Place, _: Int, _: u64) {}

    fn unknown(&self, element: &'static str, number: u64) -> Error {
        let kind = match (element, u8::try_from(number)) {
            ("type", Ok(number)) => ErrorKind::DrawType(number),
            ("descriptor.type", Ok(number)) => ErrorKind::ImageType(number),
            // Numbers of commands have 32 bits.
            _ => ErrorKind::CommandType(number as u32),
        };
        Error::new(kind, GuestAddress::NULL, element)
    }
}

impl Printer<'_> {
    /// The pixels of a surface; none if they cannot be read.
    fn contents(&mut self, place: Place, len: u64) -> Result<(), Error> {
        let before = self.out.len();
        match self.bytes("data", place, if place == Place(0) { 0 } else { len }) {
            Err(error) if matches!(error.kind(), ErrorKind::Address(_)) => {
                self.out.truncate(before);
                self.bytes("data", place, 0)
            }
            other => other,
        }
    }

    fn field(&self, at: Place, int: Int, element: &'static str) -> Result<u64, Error> {
        let mut bytes = [0; 8];
        let field = bytes.get_mut(..int.bytes() as usize).unwrap_or_default();
        let place = GuestAddress(at.0);
        self.guest
            .read(self.group, place, field)
            .map_err(|error| Error::new(ErrorKind::Address(error), place, element))?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn chunk(&self, key: &'static str, at: Place) -> Result<QxlDataChunk, Error> {
        let mut bytes = [0; 20];
        let place = GuestAddress(at.0);
        self.guest
            .read(self.group, place, &mut bytes)
            .map_err(|error| Error::new(ErrorKind::Address(error), place, key))?;
        QxlDataChunk::parse(&bytes).map_err(|error| Error::new(ErrorKind::Message(error.kind()), place, key))
    }

    fn bytes(&mut self, key: &'static str, at: Place, len: u64) -> Result<(), Error> {
        let place = GuestAddress(at.0);
        if len > 0 {
            self.guest
                .check(self.group, place, len)
                .map_err(|error| Error::new(ErrorKind::Address(error), place, key))?;
        }
        self.admit(key, at, len)?;
        print(self.out, format_args!("binary 0 {key} {len}:"));
        let start = self.out.len();
        // It was admitted by a limit of 32 bits.
        self.out.resize(start.saturating_add(len as usize), 0);
        let into = self.out.get_mut(start..).unwrap_or_default();
        if !into.is_empty() {
            self.guest
                .read(self.group, place, into)
                .map_err(|error| Error::new(ErrorKind::Address(error), place, key))?;
        }
        print(self.out, format_args!("\n"));
        Ok(())
    }

    /// Whether the event may have so many bytes more.
    fn admit(&self, key: &'static str, at: Place, len: u64) -> Result<(), Error> {
        let wanted = len.saturating_add(self.out.len().saturating_sub(self.start) as u64);
        let allowed = u64::from(self.most_bytes);
        if wanted > allowed {
            return Err(Error::new(ErrorKind::Limit { wanted, allowed }, GuestAddress(at.0), key));
        }
        Ok(())
    }
}

fn print(out: &mut Vec<u8>, text: core::fmt::Arguments<'_>) {
    struct Sink<'s>(&'s mut Vec<u8>);
    impl core::fmt::Write for Sink<'_> {
        fn write_str(&mut self, text: &str) -> core::fmt::Result {
            self.0.extend_from_slice(text.as_bytes());
            Ok(())
        }
    }
    // Vectors take everything.
    _ = Sink(out).write_fmt(text);
}

/// Bytes of a text at most.
const LONGEST_MESSAGE: usize = 100_000;
