//! What Rust says of bytes, as JSON.

use serde::Serialize;
use serde_json::{Map, Value, json};
use spice_proto::wire::arbitrary::{Generate, Source};
use spice_proto::wire::{CapabilitySet, Reader, Wire};
use spice_proto::{Encode, EncodeError, Error};

use crate::vectors::to_hex;

/// The members of a line that say what came out: `value`, `trailing` and `written` or `write_error`, or `error`; for
/// messages `message` as well.
pub type Verdict = Map<String, Value>;

/// The bytes of a made-up value.
pub type Made = Result<Vec<u8>, MakeError>;

/// Why there is no made-up value.
#[derive(Debug)]
pub enum MakeError {
    /// The random bytes cannot give one.
    Source(::arbitrary::Error),
    /// It cannot be written.
    Write(EncodeError),
}

/// What is to be parsed.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The module.
    pub module: &'a str,
    /// The structure, or the direction of a message.
    pub name: &'a str,
    /// What decides about layouts.
    pub capabilities: CapabilitySet,
    /// The bytes.
    pub body: &'a [u8],
}

/// Parses a structure.
pub(super) fn structure<'a, T: Wire<'a> + Serialize>(ask: &Ask<'a>) -> Verdict {
    let mut reader = Reader::with_capabilities(ask.body, ask.capabilities);
    match T::read_message(&mut reader) {
        Ok(value) => accepted(&value, reader.trailing(), ask.body),
        Err(failed) => refused(&reader.error(failed)),
    }
}

/// What came of a message, and its name in the description.
pub(super) fn message<'a, T: Encode<'a> + Serialize>(
    parsed: Result<(T, &'a [u8]), Error>,
    name: Option<&str>,
    body: &[u8],
) -> Verdict {
    let mut verdict = match parsed {
        Ok((value, trailing)) => accepted(&value, trailing, body),
        Err(error) => refused(&error),
    };
    verdict.insert("message".to_owned(), json!(name));
    verdict
}

/// Makes up a structure.
pub(super) fn made<'a, T: Generate<'a> + Encode<'a>>(source: &mut Source<'_, 'a>) -> Made {
    written(T::generate(source))
}

/// The bytes of what was made up.
pub(super) fn written<'a, T: Encode<'a>>(made: ::arbitrary::Result<T>) -> Made {
    made.map_err(MakeError::Source)?.encode_to_vec().map_err(MakeError::Write)
}

fn accepted<'a>(value: &(impl Encode<'a> + Serialize), trailing: &[u8], body: &[u8]) -> Verdict {
    let mut verdict = Verdict::new();
    let shown = serde_json::to_value(value).expect("generated values have names for keys");
    verdict.insert("value".to_owned(), safe(shown));
    verdict.insert("trailing".to_owned(), trailing.len().into());
    match value.encode_to_vec() {
        Ok(bytes) if bytes == body => verdict.insert("written".to_owned(), "same".into()),
        Ok(bytes) => verdict.insert("written".to_owned(), to_hex(&bytes).into()),
        Err(error) => verdict.insert(
            "write_error".to_owned(),
            json!({ "kind": format!("{:?}", error.kind()), "path": error.path().to_string() }),
        ),
    };
    verdict
}

/// An error as members of a line.
pub(super) fn refused(error: &Error) -> Verdict {
    let mut verdict = Verdict::new();
    verdict.insert(
        "error".to_owned(),
        json!({
            "kind": format!("{:?}", error.kind()),
            "offset": error.offset(),
            "path": error.path().to_string(),
            "needed": number(error.needed()),
            "present": error.present(),
            "text": error.to_string(),
        }),
    );
    verdict
}

/// The largest whole number below which a float of 64 bits has all.
const SAFE: u64 = 1 << 53;

/// The value with numbers that a float of 64 bits cannot hold as decimal digits in strings.
fn safe(value: Value) -> Value {
    match value {
        Value::Number(ref number) => match (number.as_u64(), number.as_i64()) {
            (Some(big), _) if big >= SAFE => big.to_string().into(),
            (_, Some(big)) if big.unsigned_abs() >= SAFE => big.to_string().into(),
            _ => value,
        },
        Value::Array(items) => items.into_iter().map(safe).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, field)| (name, safe(field))).collect(),
        other => other,
    }
}

/// A number as lines have it.
pub(super) fn number(value: u64) -> Value {
    safe(value.into())
}
