//! What holds for every layout: messages of all kinds and plain structures.

use std::fmt;
use std::fmt::Write as _;

use bytes::Buf;
use serde::Serialize;
use serde_json::Value;
use spice_proto::wire::{EncodeErrorKind, Vectored};
use spice_proto::{Encode, Error};

use super::{complete, meter};
use crate::vectors::to_hex;

/// A layout: how bytes become a value.
pub(super) trait Format {
    /// What they become.
    type Value<'a>: Encode<'a> + PartialEq + fmt::Debug + Serialize;

    /// Reads a whole body; the second part is what it does not use.
    fn parse<'a>(&self, body: &'a [u8]) -> Result<(Self::Value<'a>, &'a [u8]), Error>;
}

/// Most places at which an encoded value is cut.
const CUTS: usize = 64;

/// Most pointers of one message, those of their targets included, and one for the message itself: each could lead to
/// the same bytes, and each target is written once.
const COPIES: usize = 8;

/// What holds for any bytes: parsing ends in good time; an error lies inside of the bytes; what is accepted can be
/// looked at and obeys [`value`].
pub(super) fn any_bytes<F: Format>(format: &F, body: &[u8]) {
    let (found, trailing) = match meter::parse(body.len(), || format.parse(body)) {
        Ok(parsed) => parsed,
        Err(error) => return refusal(error, body),
    };
    assert!(body.ends_with(trailing), "trailing bytes {} are no end of {}", to_hex(trailing), to_hex(body));
    shown(&found);
    let used = &body[..body.len() - trailing.len()];
    if let Ok((again, _)) = format.parse(used) {
        assert!(again == found, "{found:?} without its trailing bytes is {again:?}");
    }
    match written(&found) {
        Ok(bytes) => {
            let most = COPIES * (body.len() + 64);
            assert!(bytes.len() <= most, "{} bytes became {}: {found:?}", body.len(), bytes.len());
            value(format, body, &bytes);
        }
        // A target without bytes reads through any place and has none to be written to.
        // What null asks for may fit only with bytes that the message does not use, which are not written.
        Err(EncodeErrorKind::EmptyTarget | EncodeErrorKind::TooLarge | EncodeErrorKind::NullArray) => {}
        Err(kind) => panic!("accepted, but refused for writing: {kind:?}: {found:?}"),
    }
}

/// What holds for a value and the bytes that it is written as: reading them gives the value again, nothing is left,
/// and writing that gives the same bytes. Cut anywhere they are refused, or they give a smaller value.
///
/// `original` is where the value was read from.
fn value<F: Format>(format: &F, original: &[u8], bytes: &[u8]) {
    let Ok((found, _)) = format.parse(original) else {
        panic!("refused the second time: {}", to_hex(original))
    };
    reads_as(format, &found, bytes);
    cuts(format, &found, bytes);
}

/// The bytes of a made-up value; these can always be written.
pub(super) fn made_up<'a, V: Encode<'a> + fmt::Debug + Serialize>(found: &V) -> Vec<u8> {
    shown(found);
    written(found).unwrap_or_else(|kind| panic!("made up, but refused for writing: {kind:?}: {found:?}"))
}

/// Reading the bytes gives the value, nothing is left, and writing that gives the same bytes.
pub(super) fn reads_as<'a, F: Format>(format: &F, found: &F::Value<'a>, bytes: &'a [u8]) {
    let (again, trailing) = match format.parse(bytes) {
        Ok(parsed) => parsed,
        // A null array that counts more than the message has bytes is written, but not read: known.rs of the
        // properties.
        Err(error) if error.present() == bytes.len() as u64 && error.needed() > error.present() => return,
        Err(error) => panic!("{found:?} is written as {}, refused: {error}", to_hex(bytes)),
    };
    assert!(same(found, &again), "{found:?} is written as {}, which reads as {again:?}", to_hex(bytes));
    assert!(trailing.is_empty(), "{found:?} is written as {}, with too many bytes", to_hex(bytes));
    match again.encode_to_vec() {
        Ok(twice) => {
            assert!(twice == bytes, "{found:?}: {} the first time, {}", to_hex(bytes), to_hex(&twice))
        }
        Err(error) => panic!("{found:?} is written once but not twice: {error}"),
    }
}

/// Whether two values are the same. A target without bytes counts as null: it is written as null.
fn same<V: PartialEq + Serialize>(one: &V, other: &V) -> bool {
    fn empty_is_null(value: Value) -> Value {
        match value {
            Value::Array(items) if items.is_empty() => Value::Null,
            Value::Array(items) => items.into_iter().map(empty_is_null).collect(),
            Value::Object(fields) => {
                fields.into_iter().map(|(name, field)| (name, empty_is_null(field))).collect()
            }
            Value::String(text) if text.is_empty() => Value::Null,
            value => value,
        }
    }
    let plain = |value: &V| serde_json::to_value(value).map(empty_is_null).ok();
    one == other || plain(one) == plain(other)
}

/// Cuts the bytes of a written value; when there are many, at some places only.
fn cuts<F: Format>(format: &F, found: &F::Value<'_>, bytes: &[u8]) {
    for end in (0..bytes.len()).rev().step_by(bytes.len() / CUTS + 1) {
        let part = &bytes[..end];
        match format.parse(part) {
            Err(error) => refusal(error, part),
            Ok((less, _)) => {
                shown(&less);
                if let Ok(len) = less.encoded_len() {
                    assert!(len <= end, "{end} bytes of {found:?} read as {less:?}, written as {len} bytes");
                }
            }
        }
    }
}

/// An error lies inside of the bytes and can be shown.
fn refusal(error: Error, body: &[u8]) {
    assert!(error.offset() <= body.len() as u64, "{error}, of {} bytes", body.len());
    assert!(!error.to_string().is_empty() && !format!("{error:?} {:?}", error.path()).is_empty());
}

/// The value can be shown and serialized, and every list has the elements that it announces.
fn shown<V: fmt::Debug + Serialize>(found: &V) {
    let _ = write!(Nowhere, "{found:?} {found:#?}");
    if let Err(error) = serde_json::to_writer(std::io::sink(), found) {
        panic!("{found:?} is not serialized: {error}");
    }
    complete::check(found);
}

/// The bytes of a value, written in every way there is.
fn written<'a, V: Encode<'a> + fmt::Debug>(found: &V) -> Result<Vec<u8>, EncodeErrorKind> {
    let mut vectored = Vectored::new();
    let bytes = match (found.encoded_len(), found.encode_to_vec()) {
        (Ok(len), Ok(bytes)) => {
            assert_eq!(len, bytes.len(), "the length of {found:?} is not that of its bytes");
            bytes
        }
        (Err(len), Err(error)) => {
            assert_eq!(len, error, "two reasons for one value");
            let mut buffer = Vec::new();
            assert_eq!(found.encode(&mut buffer), Err(error));
            assert_eq!(found.encode_vectored(&mut vectored), Err(error));
            assert!(buffer.is_empty() && !vectored.has_remaining(), "something was written of {found:?}");
            assert!(!error.to_string().is_empty() && !format!("{error:?} {:?}", error.path()).is_empty());
            return Err(error.kind());
        }
        (len, bytes) => panic!("{found:?}: length {len:?}, bytes {bytes:?}"),
    };
    if let Err(error) = found.encode_vectored(&mut vectored) {
        panic!("{found:?} is written, but not in slices: {error}");
    }
    slices(found, vectored, &bytes);
    exact_room(found, &bytes);
    Ok(bytes)
}

/// The slices together are the bytes, of two messages in one list too, and however they are consumed.
fn slices<'a, V: Encode<'a> + fmt::Debug>(found: &V, mut vectored: Vectored<'a>, bytes: &[u8]) {
    let put_together = |vectored: &Vectored<'_>| vectored.slices().collect::<Vec<_>>().concat();
    let once = put_together(&vectored);
    assert!(once == bytes, "{found:?}: {} in one, {} in slices", to_hex(bytes), to_hex(&once));
    assert_eq!(found.encode_vectored(&mut vectored), Ok(()), "not a second time: {found:?}");
    let twice = bytes.repeat(2);
    assert_eq!(vectored.remaining(), twice.len(), "{vectored:?} of {found:?}");
    for part in twice.chunks(twice.len() / 5 + 1) {
        let mut read = vec![0; part.len()];
        vectored.copy_to_slice(&mut read);
        assert!(read == part, "{found:?}: {} in one, {} in slices", to_hex(part), to_hex(&read));
        assert_eq!(put_together(&vectored).len(), vectored.remaining(), "{vectored:?} of {found:?}");
    }
}

/// A buffer of just the length is enough; in one with a byte less nothing is written.
fn exact_room<'a, V: Encode<'a> + fmt::Debug>(found: &V, bytes: &[u8]) {
    const UNTOUCHED: u8 = 0xa5;
    let mut room = vec![UNTOUCHED; bytes.len()];
    if let Err(error) = found.encode(&mut &mut room[..]) {
        panic!("{found:?} does not fit its own length: {error}");
    }
    assert!(room == bytes, "{found:?}: {} in one, {} in a slice", to_hex(bytes), to_hex(&room));
    let Some((_, room)) = room.split_first_mut() else { return };
    room.fill(UNTOUCHED);
    match found.encode(&mut &mut *room) {
        Err(error) => assert_eq!(error.kind(), EncodeErrorKind::NoRoom, "{found:?}: {error}"),
        Ok(()) => panic!("{found:?} fits {} bytes of {}", room.len(), bytes.len()),
    }
    assert!(room.iter().all(|&byte| byte == UNTOUCHED), "{found:?} was written in part");
}

/// Takes text and forgets it.
struct Nowhere;

impl fmt::Write for Nowhere {
    fn write_str(&mut self, _: &str) -> fmt::Result {
        Ok(())
    }
}
