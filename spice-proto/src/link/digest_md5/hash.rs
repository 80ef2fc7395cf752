//! The hash function.

use md5::{Digest, Md5};
use zeroize::Zeroizing;

/// MD5 of all parts one after the other.
pub(super) fn hash(parts: &[&[u8]]) -> Zeroizing<[u8; 16]> {
    let mut md5 = Md5::new();
    parts.iter().for_each(|part| md5.update(part));
    Zeroizing::new(md5.finalize().into())
}
