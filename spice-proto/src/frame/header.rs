//! The two heads of a message.

use bytes::BufMut;

use super::{FullHeader, MiniHeader};
use crate::common::CommonCapability;
use crate::wire::CapabilitySet;

/// Which head stands before every message of a connection, in both directions ([`docs/spec/link.md` section 8](crate::spec::link#8-message-headers)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HeaderKind {
    /// 6 bytes: message number and size. Serials are implied, and there are no sub-message lists but in message LIST.
    Mini,
    /// 18 bytes: serial, message number, size, and the place of a sub-message list.
    Full,
}

impl HeaderKind {
    /// The head of a connection: [`Mini`](Self::Mini) if and only if both ends announced the common capability
    /// MINI_HEADER.
    ///
    /// ```
    /// use spice_proto::common::CommonCapability;
    /// use spice_proto::{frame::HeaderKind, wire::CapabilitySet};
    ///
    /// let mini = CapabilitySet::EMPTY.with(CommonCapability::MINI_HEADER);
    /// assert_eq!(HeaderKind::agreed(mini, mini), HeaderKind::Mini);
    /// assert_eq!(HeaderKind::agreed(mini, CapabilitySet::EMPTY), HeaderKind::Full);
    /// ```
    #[must_use]
    pub fn agreed(client: CapabilitySet, server: CapabilitySet) -> Self {
        match client.intersection(server).contains(CommonCapability::MINI_HEADER) {
            true => Self::Mini,
            false => Self::Full,
        }
    }

    /// Bytes of the head: 6 or 18.
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Self::Mini => 6,
            Self::Full => 18,
        }
    }
}

/// A head, as far as it says something: the part of a frame that is known before the body has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Header {
    /// Number of the message; the mini head does not carry it.
    pub serial: Option<u64>,
    /// Message number.
    pub kind: u16,
    /// Bytes of the body. Nothing is checked yet.
    pub size: u32,
    /// Where in the body a sub-message list starts; 0 is none.
    pub sub_list: u32,
}

impl Header {
    /// Reads the head at the start of `bytes`; `None` while there are too few.
    #[inline]
    #[must_use]
    pub fn parse(kind: HeaderKind, bytes: &[u8]) -> Option<Self> {
        match kind {
            HeaderKind::Mini => {
                let MiniHeader { type_, size } = MiniHeader::from_wire(bytes.first_chunk()?);
                Some(Self { serial: None, kind: type_, size, sub_list: 0 })
            }
            HeaderKind::Full => {
                let FullHeader { serial, type_, size, sub_list } =
                    FullHeader::from_wire(bytes.first_chunk()?);
                Some(Self { serial: Some(serial), kind: type_, size, sub_list })
            }
        }
    }

    /// Writes the head, with serial 0 where none is given. The mini head has no place for serial and list.
    ///
    /// # Panics
    /// As [`BufMut::put_slice`], when the buffer has less than [`HeaderKind::size`] bytes of room.
    #[inline]
    pub fn put(&self, kind: HeaderKind, buffer: &mut impl BufMut) {
        let block = self.to_block();
        buffer.put_slice(trim(&block, kind));
    }

    /// The bytes of the full head; the mini head is the part that [`trim`] leaves.
    #[inline]
    pub(super) fn to_block(self) -> [u8; 18] {
        let Self { serial, kind, size, sub_list } = self;
        let mut block = [0; 18];
        FullHeader { serial: serial.unwrap_or(0), type_: kind, size, sub_list }.to_wire(&mut block);
        block
    }
}

/// The mini head is the middle of the full one: message number and size.
#[inline]
pub(super) fn trim(block: &[u8; 18], kind: HeaderKind) -> &[u8] {
    match kind {
        HeaderKind::Mini => block.get(8..14).unwrap_or_default(),
        HeaderKind::Full => block,
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    const FULL: [u8; 18] = [
        2, 0, 0, 0, 0, 0, 0, 0, // serial
        0x2f, 1, // type
        0, 0, 1, 0, // size
        5, 0, 0, 0, // sub_list
    ];

    #[test]
    fn full_header_carries_serial_and_list() {
        let header = Header::parse(HeaderKind::Full, &FULL).unwrap();
        assert_eq!(header, Header { serial: Some(2), kind: 303, size: 65_536, sub_list: 5 });
        let mut written = Vec::new();
        header.put(HeaderKind::Full, &mut written);
        assert_eq!(written, FULL);
        assert_eq!(Header::parse(HeaderKind::Full, &FULL[..17]), None);
    }

    #[test]
    fn mini_header_is_the_middle_of_the_full_one() {
        let header = Header::parse(HeaderKind::Mini, &FULL[8..]).unwrap();
        assert_eq!(header, Header { serial: None, kind: 303, size: 65_536, sub_list: 0 });
        let mut written = Vec::new();
        header.put(HeaderKind::Mini, &mut written);
        assert_eq!(written, FULL[8..14]);
        assert_eq!(Header::parse(HeaderKind::Mini, &FULL[..5]), None);
    }
}
