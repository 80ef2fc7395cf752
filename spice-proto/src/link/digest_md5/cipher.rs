//! The ciphers of the layer, each with its place in the stream.

use alloc::boxed::Box;

use cbc::cipher::{BlockDecryptMut, BlockEncryptMut, KeyIvInit, StreamCipher};
use des::{Des, TdesEde2};
use rc4::consts::U16;
use rc4::{KeyInit, Rc4};

/// A cipher of "auth-conf".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cipher {
    /// "rc4-40": RC4 with a key of 40 bits.
    Rc4Bits40,
    /// "des": DES in CBC, 55 bits by SASL's count.
    Des,
    /// "rc4-56": RC4 with a key of 56 bits.
    Rc4Bits56,
    /// "3des": triple DES with two keys in CBC, 112 bits.
    TripleDes,
    /// "rc4": RC4 with a key of 128 bits.
    Rc4,
}

/// The weakest first.
pub(super) const ALL: [Cipher; 5] =
    [Cipher::Rc4Bits40, Cipher::Des, Cipher::Rc4Bits56, Cipher::TripleDes, Cipher::Rc4];

impl Cipher {
    /// The name in a challenge.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rc4Bits40 => "rc4-40",
            Self::Des => "des",
            Self::Rc4Bits56 => "rc4-56",
            Self::TripleDes => "3des",
            Self::Rc4 => "rc4",
        }
    }

    /// Bits of the key, as the reference's SASL library counts them.
    #[must_use]
    pub fn bits(self) -> u32 {
        match self {
            Self::Rc4Bits40 => 40,
            Self::Des => 55,
            Self::Rc4Bits56 => 56,
            Self::TripleDes => 112,
            Self::Rc4 => 128,
        }
    }

    pub(super) fn from_name(name: &[u8]) -> Option<Self> {
        ALL.into_iter().find(|cipher| cipher.name().as_bytes() == name)
    }

    /// Bytes of the session key that the cipher's key is made from.
    pub(super) fn key_bytes(self) -> usize {
        match self {
            Self::Rc4Bits40 => 5,
            Self::Rc4Bits56 => 7,
            Self::Des | Self::TripleDes | Self::Rc4 => 16,
        }
    }

    /// Plain bytes and padding come in blocks of this size; 1 is no padding at all.
    pub(super) fn block(self) -> usize {
        match self {
            Self::Des | Self::TripleDes => 8,
            Self::Rc4Bits40 | Self::Rc4Bits56 | Self::Rc4 => 1,
        }
    }

    pub(super) fn encryptor(self, key: &[u8; 16]) -> Encryptor {
        match self {
            Self::Des => Encryptor::Des(cbc::Encryptor::new(&des_key(halves(key).0).into(), &iv(key).into())),
            Self::TripleDes => {
                Encryptor::TripleDes(Box::new(cbc::Encryptor::new(&triple_key(key).into(), &iv(key).into())))
            }
            _ => Encryptor::Stream(self.stream(key)),
        }
    }

    pub(super) fn decryptor(self, key: &[u8; 16]) -> Decryptor {
        match self {
            Self::Des => Decryptor::Des(cbc::Decryptor::new(&des_key(halves(key).0).into(), &iv(key).into())),
            Self::TripleDes => {
                Decryptor::TripleDes(Box::new(cbc::Decryptor::new(&triple_key(key).into(), &iv(key).into())))
            }
            _ => Decryptor::Stream(self.stream(key)),
        }
    }

    /// The key of RC4 is the whole hash, however few bytes it was made from.
    fn stream(self, key: &[u8; 16]) -> Stream {
        Stream(Box::new(Rc4::new(&(*key).into())))
    }
}

/// Encrypts what one end sends.
pub(super) enum Encryptor {
    Stream(Stream),
    Des(cbc::Encryptor<Des>),
    TripleDes(Box<cbc::Encryptor<TdesEde2>>),
}

/// Decrypts what the other end sends.
pub(super) enum Decryptor {
    Stream(Stream),
    Des(cbc::Decryptor<Des>),
    TripleDes(Box<cbc::Decryptor<TdesEde2>>),
}

pub(super) struct Stream(Box<Rc4<U16>>);

impl Encryptor {
    /// `data` is whole blocks.
    pub(super) fn encrypt(&mut self, data: &mut [u8]) {
        match self {
            Self::Stream(stream) => stream.0.apply_keystream(data),
            Self::Des(cbc) => {
                data.as_chunks_mut()
                    .0
                    .iter_mut()
                    .for_each(|block: &mut [u8; 8]| cbc.encrypt_block_mut(block.into()));
            }
            Self::TripleDes(cbc) => {
                data.as_chunks_mut()
                    .0
                    .iter_mut()
                    .for_each(|block: &mut [u8; 8]| cbc.encrypt_block_mut(block.into()));
            }
        }
    }
}

impl Decryptor {
    /// `data` is whole blocks.
    pub(super) fn decrypt(&mut self, data: &mut [u8]) {
        match self {
            Self::Stream(stream) => stream.0.apply_keystream(data),
            Self::Des(cbc) => {
                data.as_chunks_mut()
                    .0
                    .iter_mut()
                    .for_each(|block: &mut [u8; 8]| cbc.decrypt_block_mut(block.into()));
            }
            Self::TripleDes(cbc) => {
                data.as_chunks_mut()
                    .0
                    .iter_mut()
                    .for_each(|block: &mut [u8; 8]| cbc.decrypt_block_mut(block.into()));
            }
        }
    }
}

/// The first 7 bytes, and the next 7.
fn halves(key: &[u8; 16]) -> ([u8; 7], [u8; 7]) {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, _, _] = *key;
    ([a, b, c, d, e, f, g], [h, i, j, k, l, m, n])
}

/// 56 bits with room for a parity bit behind each 7; DES does not look at that.
fn des_key(bits: [u8; 7]) -> [u8; 8] {
    let bits = bits.into_iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(byte));
    core::array::from_fn(|index| (bits >> (49_usize.saturating_sub(index.saturating_mul(7))) << 1) as u8)
}

fn triple_key(key: &[u8; 16]) -> [u8; 16] {
    let (first, second) = halves(key);
    let (first, second) = (des_key(first), des_key(second));
    core::array::from_fn(|index| first.iter().chain(&second).nth(index).copied().unwrap_or_default())
}

/// The last 8 bytes of the hash.
fn iv(key: &[u8; 16]) -> [u8; 8] {
    let (_, last) = key.split_last_chunk().unwrap_or((&[], &[0; 8]));
    *last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_bits_a_byte() {
        assert_eq!(des_key([0xff; 7]), [0xfe; 8]);
        assert_eq!(des_key([0x80, 0, 0, 0, 0, 0, 0x01]), [0x80, 0, 0, 0, 0, 0, 0, 0x02]);
        assert_eq!(des_key([0x01, 0, 0, 0, 0, 0, 0]), [0, 0x80, 0, 0, 0, 0, 0, 0]);
    }
}
