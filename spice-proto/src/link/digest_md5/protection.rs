//! Buffers with a checksum, and encrypted ones.
//!
//! ```text
//! auth-int    plain | checksum 10 | type 2 (1) | number 4                  big endian
//! auth-conf   encrypted (plain | padding | checksum 10) | type 2 (1) | number 4
//! ```

use core::fmt;

use alloc::vec::Vec;

use hmac::{Hmac, Mac};
use md5::Md5;

use super::Qop;
use super::cipher::{Decryptor, Encryptor};
use super::hash::hash;
use crate::link::{LayerErrorKind, Origin, Protection as Wraps, Secret};

/// One end's part of the layer, for a [`Layer`](crate::link::Layer). The limit of that is what this end has announced:
/// [`MAXBUF`](super::MAXBUF) with the mechanisms here.
pub struct Protection {
    qop: Qop,
    /// The longest buffer that the other end takes.
    peer: u32,
    sending: Direction<Encryptor>,
    receiving: Direction<Decryptor>,
    /// Bytes that plain text and padding are a multiple of.
    block: usize,
}

/// One direction: its key for checksums, its cipher, and how many buffers there were.
struct Direction<C> {
    key: Secret,
    cipher: Option<C>,
    number: u32,
}

/// Bytes of the checksum, and of type and number behind it.
const CHECK: usize = 10;
const TAIL: usize = 2 + 4;
const TYPE: u16 = 1;

impl Protection {
    pub(super) fn new(session: &[u8], qop: Qop, end: Origin, peer: u32) -> Option<Self> {
        const SIGN: [&[u8]; 2] = [
            b"Digest session key to client-to-server signing key magic constant",
            b"Digest session key to server-to-client signing key magic constant",
        ];
        const SEAL: [&[u8]; 2] = [
            b"Digest H(A1) to client-to-server sealing key magic constant",
            b"Digest H(A1) to server-to-client sealing key magic constant",
        ];
        let (cipher, block) = match qop {
            Qop::Auth => return None,
            Qop::AuthInt => (None, 1),
            Qop::AuthConf(cipher) => (Some(cipher), cipher.block()),
        };
        let order = |[client, server]: [&'static [u8]; 2]| match end {
            Origin::Client => [client, server],
            Origin::Server => [server, client],
        };
        let [sign, check] = order(SIGN).map(|text| Secret::from(&hash(&[session, text])[..]));
        let seal = |text: &[u8], bytes: usize| hash(&[session.get(..bytes).unwrap_or(session), text]);
        let [sealing, opening] = order(SEAL);
        let encryptor = cipher.map(|cipher| cipher.encryptor(&seal(sealing, cipher.key_bytes())));
        let decryptor = cipher.map(|cipher| cipher.decryptor(&seal(opening, cipher.key_bytes())));
        let sending = Direction { key: sign, cipher: encryptor, number: 0 };
        let receiving = Direction { key: check, cipher: decryptor, number: 0 };
        Some(Self { qop, peer, sending, receiving, block })
    }

    /// What was agreed on.
    #[must_use]
    pub fn qop(&self) -> Qop {
        self.qop
    }
}

impl Wraps for Protection {
    /// The reference's SASL library counts the length and all that may be added, so the same is done here.
    fn max_plain(&self) -> usize {
        (self.peer as usize).saturating_sub(4 + 8 + CHECK + TAIL)
    }

    fn wrap(&mut self, plain: &[u8], out: &mut Vec<u8>) -> Result<(), LayerErrorKind> {
        let start = out.len();
        let check = self.sending.check(plain);
        out.extend_from_slice(plain);
        if self.block > 1 {
            // 1 to a block's bytes, each of which says how many.
            let over = plain.len().wrapping_add(CHECK).checked_rem(self.block).unwrap_or_default();
            let padding = self.block.saturating_sub(over);
            out.extend(core::iter::repeat_n(padding as u8, padding));
        }
        out.extend_from_slice(&check);
        if let (Some(cipher), Some(data)) = (&mut self.sending.cipher, out.get_mut(start..)) {
            cipher.encrypt(data);
        }
        out.extend_from_slice(&TYPE.to_be_bytes());
        out.extend_from_slice(&self.sending.number.to_be_bytes());
        self.sending.number = self.sending.number.wrapping_add(1);
        Ok(())
    }

    fn unwrap(&mut self, buffer: &[u8], out: &mut Vec<u8>) -> Result<(), LayerErrorKind> {
        let length = LayerErrorKind::Length { len: buffer.len() };
        let (rest, number) = buffer.split_last_chunk().ok_or(length)?;
        let (data, kind) = rest.split_last_chunk().ok_or(length)?;
        if data.len() < CHECK || !data.len().is_multiple_of(self.block) {
            return Err(length);
        }
        let (kind, found) = (u16::from_be_bytes(*kind), u32::from_be_bytes(*number));
        if kind != TYPE {
            return Err(LayerErrorKind::Type(kind));
        }
        let expected = self.receiving.number;
        if found != expected {
            return Err(LayerErrorKind::Sequence { found, expected });
        }
        let mut data = data.to_vec();
        if let Some(cipher) = &mut self.receiving.cipher {
            cipher.decrypt(&mut data);
        }
        let (padded, check) = data.split_last_chunk::<CHECK>().ok_or(length)?;
        let plain = self.without_padding(padded);
        // The checksum is made in any case: a wrong padding takes as long as a wrong checksum.
        let same =
            Secret::from(&self.receiving.check(plain.unwrap_or(padded))[..]) == Secret::from(&check[..]);
        let plain = plain.filter(|_| same).ok_or(LayerErrorKind::Check)?;
        out.extend_from_slice(plain);
        self.receiving.number = expected.wrapping_add(1);
        Ok(())
    }
}

impl Protection {
    fn without_padding<'d>(&self, padded: &'d [u8]) -> Option<&'d [u8]> {
        if self.block == 1 {
            return Some(padded);
        }
        let padding = usize::from(*padded.last()?);
        let (plain, rest) = padded.split_at_checked(padded.len().checked_sub(padding)?)?;
        let good =
            (1..=self.block).contains(&padding) && rest.iter().all(|byte| usize::from(*byte) == padding);
        good.then_some(plain)
    }
}

impl<C> Direction<C> {
    /// The checksum of the buffer that is due.
    fn check(&self, plain: &[u8]) -> [u8; CHECK] {
        // Keys of any length are fine, so there always is one.
        let mac = Hmac::<Md5>::new_from_slice(self.key.as_bytes());
        let mac = mac.map(|mac| mac.chain_update(self.number.to_be_bytes()).chain_update(plain));
        let mac: [u8; 16] = mac.map(|mac| mac.finalize().into_bytes().into()).unwrap_or_default();
        core::array::from_fn(|index| mac.get(index).copied().unwrap_or_default())
    }
}

impl fmt::Debug for Protection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Protection({:?})", self.qop)
    }
}
