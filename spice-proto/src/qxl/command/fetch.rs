//! Copies out of guest memory: structures, runs of bytes, lists of chunks.

use alloc::vec::Vec;

use super::error::{Error, ErrorKind};
use crate::memory;
use crate::qxl::{Guest, QxlDataChunk};
use crate::wire::{GuestAddress, Parse};

/// Guest memory as one command sees it, and how much of it may be taken.
#[derive(Clone, Copy)]
pub(crate) struct Fetcher<'g> {
    pub(super) guest: Guest<'g>,
    /// The group of its addresses.
    pub(super) group: u32,
    /// Bytes of a command and all that belongs to it.
    pub(super) most_bytes: u32,
    pub(super) most_links: u32,
}

impl Fetcher<'_> {
    /// A structure of `N` bytes.
    pub(super) fn bytes<const N: usize>(
        &self,
        at: GuestAddress,
        field: &'static str,
    ) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        match at.is_null() {
            true => Err(Error::new(ErrorKind::Null, at, field)),
            false => match self.guest.read(self.group, at, &mut bytes) {
                Ok(()) => Ok(bytes),
                Err(error) => Err(Error::new(ErrorKind::Address(error), at, field)),
            },
        }
    }

    /// Appends a run of bytes; nothing is allocated before it is known that they are there.
    pub(super) fn append(
        &self,
        at: GuestAddress,
        len: u64,
        out: &mut Vec<u8>,
        field: &'static str,
    ) -> Result<(), Error> {
        let fail = |kind| Error::new(kind, at, field);
        if at.is_null() {
            return Err(fail(ErrorKind::Null));
        }
        self.guest.check(self.group, at, len).map_err(|error| fail(ErrorKind::Address(error)))?;
        let wanted = len.saturating_add(out.len() as u64);
        if wanted > u64::from(self.most_bytes) {
            return Err(fail(ErrorKind::Limit { wanted, allowed: self.most_bytes.into() }));
        }
        let start = out.len();
        // It fits 32 bits.
        let len = len as usize;
        memory::reserve(out, len).map_err(|refused| fail(ErrorKind::OutOfMemory(refused.bytes)))?;
        out.resize(start.saturating_add(len), 0);
        let into = out.get_mut(start..).unwrap_or_default();
        self.guest.read(self.group, at, into).map_err(|error| {
            out.truncate(start);
            fail(ErrorKind::Address(error))
        })
    }

    /// Appends what the chunks of a list hold, beginning with the one whose head is at `first`; gives the number of
    /// bytes.
    ///
    /// `wanted` is how many there have to be, if that is known: the first byte too many ends it, and so lists that go
    /// round in circles. Empty chunks bring nothing but count as links.
    pub(super) fn chunks(
        &self,
        first: GuestAddress,
        wanted: Option<u64>,
        out: &mut Vec<u8>,
        field: &'static str,
    ) -> Result<u64, Error> {
        let (mut at, mut total, mut links) = (first, 0_u64, 0_u32);
        loop {
            let head: [u8; 20] = self.bytes(at, field)?;
            let Ok(head) = QxlDataChunk::parse(&head) else {
                return Err(Error::new(ErrorKind::Null, at, field));
            };
            total = total.saturating_add(head.data_size.into());
            if let Some(stated) = wanted
                && total > stated
            {
                return Err(Error::new(ErrorKind::Size { stated, present: total }, at, field));
            }
            if head.data_size > 0 {
                // Behind the head, so in the same slot or nowhere.
                let data = GuestAddress(at.0.wrapping_add(20));
                self.append(data, head.data_size.into(), out, field)?;
            }
            if head.next_chunk.is_null() {
                break;
            }
            links = links.saturating_add(1);
            if links > self.most_links {
                let kind = ErrorKind::Limit { wanted: links.into(), allowed: self.most_links.into() };
                return Err(Error::new(kind, at, field));
            }
            at = head.next_chunk;
        }
        match wanted {
            Some(stated) if stated != total => {
                Err(Error::new(ErrorKind::Size { stated, present: total }, first, field))
            }
            _ => Ok(total),
        }
    }
}
