//! What of a handshake is not for a recording: the client's SASL data, which are the password where the mechanism is PLAIN.
//!
//! Tickets stay: nobody but the server can decrypt them.

use std::borrow::Cow;

use spice_proto::link::AuthMechanism;

/// What SASL data become, byte for byte, so that the recording can be read all the same.
pub(crate) const BLANK: u8 = b'*';

/// Follows what a client sends, cut anywhere, until somebody knows that it is linked.
#[derive(Debug)]
pub(crate) struct Blank {
    part: Part,
    /// Bytes that the part still has.
    left: u64,
    /// The last four bytes.
    word: [u8; 4],
}

/// The parts of a client's handshake ([`docs/spec/link.md`] sections 1 and 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Header,
    Message,
    Mechanism,
    NameLength,
    Name,
    DataLength,
    Data,
    /// Nothing to be blanked.
    Rest,
}

impl Blank {
    pub(crate) fn new() -> Self {
        Blank { part: Part::Header, left: 16, word: [0; 4] }
    }

    /// The bytes as they may be recorded.
    pub(crate) fn apply<'b>(&mut self, bytes: &'b [u8]) -> Cow<'b, [u8]> {
        if self.part == Part::Rest {
            return Cow::Borrowed(bytes);
        }
        Cow::Owned(bytes.iter().map(|byte| self.step(*byte)).collect())
    }

    fn step(&mut self, byte: u8) -> u8 {
        let shown = if self.part == Part::Data { BLANK } else { byte };
        self.word.rotate_left(1);
        self.word[3] = byte;
        self.left = self.left.saturating_sub(1);
        // A part may have no bytes at all; each loop comes to one of those that have.
        while self.left == 0 && self.part != Part::Rest {
            let word = u32::from_le_bytes(self.word);
            (self.part, self.left) = match self.part {
                Part::Header => (Part::Message, word.into()),
                Part::Message => (Part::Mechanism, 4),
                Part::Mechanism if word == AuthMechanism::SASL.0 => (Part::NameLength, 4),
                Part::Mechanism | Part::Rest => (Part::Rest, 0),
                Part::NameLength => (Part::Name, word.into()),
                Part::Name | Part::Data => (Part::DataLength, 4),
                Part::DataLength => (Part::Data, word.into()),
            };
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Header and message of 3 bytes, then SASL with a name, data, no data, data.
    fn handshake() -> Vec<u8> {
        let data = |data: &[u8]| [&(data.len() as u32).to_le_bytes(), data].concat();
        let sasl = [&AuthMechanism::SASL.0.to_le_bytes()[..], &data(b"PLAIN")].concat();
        let header = [&b"REDQ\x02\0\0\0\x02\0\0\0"[..], &data(b"abc")].concat();
        [header, sasl, data(b"\0user\0secret\0"), data(b""), data(b"more")].concat()
    }

    #[test]
    fn sasl_data_are_blanked_and_nothing_else_however_they_are_cut() {
        let whole = handshake();
        let expected: Vec<u8> = String::from_utf8_lossy(&whole)
            .replace("\0user\0secret\0", "*************")
            .replace("more", "****")
            .into_bytes();
        for cut in 0..=whole.len() {
            let (front, back) = whole.split_at(cut);
            let mut blank = Blank::new();
            let shown = [blank.apply(front).into_owned(), blank.apply(back).into_owned()].concat();
            assert!(shown == expected, "{cut}: {shown:?}");
        }
    }

    #[test]
    fn tickets_pass() {
        let ticket = [&handshake()[..19], &AuthMechanism::SPICE.0.to_le_bytes(), &[0x5a; 128]].concat();
        assert!(Blank::new().apply(&ticket) == ticket);
        // Without a choice there is no number of a mechanism.
        let ticket = [&handshake()[..19], &[0xa5; 128]].concat();
        assert!(Blank::new().apply(&ticket) == ticket);
    }
}
