//! Packets of the usbredir protocol: their headers, and what the hello says (`docs/spec/agent.md` section 6.1).

use spice_proto::Origin;

use super::Part;

/// The streams of one redirected device.
#[derive(Debug, Default)]
pub(super) struct Usbredir {
    client: Direction,
    server: Direction,
    /// Only one of them is there.
    pub(super) one_end: bool,
}

#[derive(Debug, Default)]
struct Direction {
    /// The header of the next packet, and all of a hello, as far as it has come.
    start: Vec<u8>,
    /// Bytes of the present packet's body that are still to come.
    skip: u64,
    /// Capabilities, once the hello is there.
    hello: Option<Vec<u8>>,
    /// It makes no sense any more.
    lost: bool,
}

impl Usbredir {
    /// Takes bytes of the stream; gives the packets whose header is complete with them.
    pub(super) fn push(&mut self, origin: Origin, mut bytes: &[u8]) -> Vec<Part> {
        let mut parts = Vec::new();
        let (from, to) = match origin {
            Origin::Client => (&mut self.client, &self.server),
            Origin::Server => (&mut self.server, &self.client),
        };
        while !bytes.is_empty() && !from.lost {
            if from.skip > 0 {
                let count = usize::try_from(from.skip).unwrap_or(usize::MAX).min(bytes.len());
                from.skip -= count as u64;
                bytes = &bytes[count..];
                continue;
            }
            let long = has_long_ids(from) && (self.one_end || has_long_ids(to));
            let header = if long { LONG } else { SHORT };
            take(&mut from.start, header, &mut bytes);
            if from.start.len() < header {
                continue;
            }
            parts.extend(from.packet(header, &mut bytes));
        }
        parts
    }
}

impl Direction {
    /// A packet whose header is there.
    fn packet(&mut self, header: usize, bytes: &mut &[u8]) -> Option<Part> {
        let word = |at: usize| {
            let bytes = self.start.get(at..).and_then(|rest| rest.first_chunk());
            bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes))
        };
        let (kind, size) = (word(0), word(4));
        let id = u64::from(word(8)) | if header == LONG { u64::from(word(12)) << 32 } else { 0 };
        let mut part = Part::new("usbredir", size.into());
        (part.number, part.name) = (Some(kind), name(kind));
        part.text = format!("id {id:#x}");
        part.field("id", id);
        if self.hello.is_some() {
            self.skip = size.into();
            self.start.clear();
            return Some(part);
        }
        if kind != HELLO || !(VERSION_LEN..=HELLO_MOST).contains(&(size as usize)) {
            self.lost = true;
            return Some(Part::error("usbredir", "the stream does not start with a hello, it is not read"));
        }
        take(&mut self.start, header + size as usize, bytes);
        let body = self.start.get(header..).filter(|body| body.len() == size as usize)?;
        let (version, capabilities) = body.split_at(VERSION_LEN);
        let version = version.split(|&byte| byte == 0).next().unwrap_or_default();
        let version = String::from_utf8_lossy(version).into_owned();
        let words = capabilities.as_chunks::<4>().0.iter().map(|word| u32::from_le_bytes(*word));
        let words: Vec<u32> = words.collect();
        let hex: Vec<_> = words.iter().map(|word| format!("{word:#x}")).collect();
        part.text += &format!(", version {version:?}, capabilities {}", hex.join(" "));
        part.field("version", version);
        part.field("capabilities", words);
        self.hello = Some(capabilities.to_vec());
        self.start.clear();
        Some(part)
    }
}

/// Moves bytes until `target` has `len`.
fn take(target: &mut Vec<u8>, len: usize, bytes: &mut &[u8]) {
    let count = len.saturating_sub(target.len()).min(bytes.len());
    let (taken, rest) = bytes.split_at(count);
    target.extend_from_slice(taken);
    *bytes = rest;
}

/// Capability 5: packets that follow the hellos have ids of 64 bits.
fn has_long_ids(end: &Direction) -> bool {
    end.hello.as_deref().and_then(<[u8]>::first).is_some_and(|byte| byte & 1 << 5 != 0)
}

/// Headers with an id of 32 and of 64 bits.
const SHORT: usize = 12;
const LONG: usize = 16;
const HELLO: u32 = 0;
/// Text at the start of a hello.
const VERSION_LEN: usize = 64;
/// More than any hello has.
const HELLO_MOST: usize = 1024;

/// What is known of the types is what was seen: the first packet says who sends it.
const HELLO_NAME: &str = "hello";

fn name(kind: u32) -> Option<&'static str> {
    (kind == HELLO).then_some(HELLO_NAME)
}

pub(super) fn names() -> impl Iterator<Item = &'static str> {
    std::iter::once(HELLO_NAME)
}
