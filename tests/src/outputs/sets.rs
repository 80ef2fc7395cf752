//! Files of lines, each with bytes and what Rust says of them.

use std::collections::HashSet;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};

use serde_json::{Map, Value, json};
use spice_proto::common::{Data, ServerMessage};
use spice_proto::frame::{Decoder, Encoder, Frame, HeaderKind, SubMessage, SubMessageList, SubMessages};
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, Error, Limits, Origin};

use super::description::{Description, Target};
use super::verdict;
use crate::vectors::to_hex;

/// Bytes and what they are taken for.
#[derive(Clone, Debug)]
pub struct Case<'a> {
    /// Where they come from, for people.
    pub name: String,
    /// What they are taken for.
    pub target: Target<'a>,
    /// The capabilities of both peers, where a layout depends on them.
    pub capabilities: Vec<u32>,
    /// The bytes.
    pub body: &'a [u8],
}

/// Bytes of one direction of a connection, behind its handshake.
#[derive(Clone, Copy, Debug)]
pub struct Frames<'a> {
    /// The head of each.
    pub header: HeaderKind,
    /// Most bytes of a body.
    pub limit: u32,
    /// The bytes.
    pub bytes: &'a [u8],
}

/// Writes lines.
#[derive(Debug)]
pub struct Set<'d, W: Write> {
    description: &'d Description,
    out: W,
    /// What is left out when it comes again; `None` where every case is written.
    seen: Option<HashSet<u64>>,
    counts: Counts,
}

/// How many lines there are of which kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Lines with a value.
    pub accepted: u64,
    /// Lines with an error.
    pub refused: u64,
    /// Lines whose value is written as the same bytes.
    pub same: u64,
    /// Cases that were there already.
    pub repeated: u64,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { accepted, refused, same, repeated } = self;
        write!(f, "{accepted} accepted, {same} of them written as the same bytes; {refused} refused")?;
        if *repeated > 0 {
            write!(f, "; {repeated} repeated and left out")?;
        }
        Ok(())
    }
}

impl<'d, W: Write> Set<'d, W> {
    /// Lines of one description.
    pub fn new(description: &'d Description, out: W) -> Self {
        Self { description, out, seen: None, counts: Counts::default() }
    }

    /// From here on, cases that are the same but for their name are written once.
    pub fn without_repeats(&mut self) {
        self.seen.get_or_insert_default();
    }

    /// Writes a case with its verdict.
    ///
    /// # Errors
    /// When the line cannot be written.
    ///
    /// # Panics
    /// When the description has no such target.
    pub fn case(&mut self, case: &Case<'_>) -> io::Result<()> {
        if let Some(seen) = &mut self.seen {
            let mut hasher = DefaultHasher::new();
            (case.target, &case.capabilities, case.body).hash(&mut hasher);
            if !seen.insert(hasher.finish()) {
                self.counts.repeated += 1;
                return Ok(());
            }
        }
        let set = case.capabilities.iter().fold(CapabilitySet::EMPTY, |set, &number| set.with(number));
        let verdict = self.description.parse(case.target, set, case.body);
        let verdict = verdict.unwrap_or_else(|| panic!("{}: no {:?}", case.name, case.target));
        let mut line = Map::new();
        line.insert("name".to_owned(), case.name.as_str().into());
        match case.target {
            Target::Struct { module, name } => {
                line.insert("module".to_owned(), module.into());
                line.insert("struct".to_owned(), name.into());
            }
            Target::Message { module, direction, number } => {
                line.insert("module".to_owned(), module.into());
                line.insert("direction".to_owned(), direction.into());
                line.insert("number".to_owned(), number.into());
            }
        }
        if !case.capabilities.is_empty() {
            line.insert("capabilities".to_owned(), case.capabilities.as_slice().into());
        }
        self.line(line, case.body, verdict)
    }

    /// Writes the body of a frame with the sub-messages in it: `list_at` is where its list starts.
    ///
    /// # Errors
    /// When the line cannot be written.
    pub fn sub_messages(&mut self, name: &str, list_at: u32, body: &[u8]) -> io::Result<()> {
        let verdict = inside(SubMessages::parse(body, list_at));
        let mut line = Map::new();
        line.insert("name".to_owned(), name.into());
        line.insert("sub_messages".to_owned(), list_at.into());
        self.line(line, body, verdict)
    }

    /// Writes a stream and the frames in it.
    ///
    /// # Errors
    /// When the line cannot be written.
    pub fn frames(&mut self, name: &str, case: &Frames<'_>) -> io::Result<()> {
        let mut limits = Limits::default();
        limits.body_main = case.limit;
        // On the main channel nothing stands beside the stream.
        let mut decoder = Decoder::new(Origin::Server, ChannelType::MAIN, case.header, &limits);
        decoder.push(case.bytes);
        let mut frames = Vec::new();
        let error = loop {
            match decoder.next_frame() {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break None,
                Err(error) => break Some(error),
            }
        };
        let mut verdict = error.as_ref().map(verdict::refused).unwrap_or_default();
        verdict.insert("value".to_owned(), frames.iter().map(shown).collect());
        if error.is_none() {
            verdict.insert("rest".to_owned(), decoder.remaining().len().into());
        }
        let own = |frame: &Frame| Value::Object(inside(frame.sub_messages()));
        verdict.insert("inside".to_owned(), frames.iter().map(own).collect());
        if let (Some(mini), Some(full)) = (anew(&frames, HeaderKind::Mini), anew(&frames, HeaderKind::Full)) {
            verdict.insert("anew".to_owned(), json!({ "mini": to_hex(&mini), "full": to_hex(&full) }));
        }
        let header = match case.header {
            HeaderKind::Mini => "mini",
            HeaderKind::Full => "full",
        };
        let mut line = Map::new();
        line.insert("name".to_owned(), name.into());
        line.insert("frames".to_owned(), header.into());
        line.insert("limit".to_owned(), case.limit.into());
        self.line(line, case.bytes, verdict)
    }

    /// Writes what is still in memory; says what was written.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> io::Result<Counts> {
        self.out.flush()?;
        Ok(self.counts)
    }

    fn line(
        &mut self,
        mut line: Map<String, Value>,
        body: &[u8],
        verdict: Map<String, Value>,
    ) -> io::Result<()> {
        let refused = verdict.contains_key("error");
        self.counts.refused += u64::from(refused);
        self.counts.accepted += u64::from(!refused);
        self.counts.same += u64::from(verdict.get("written").is_some_and(|written| written == "same"));
        line.insert("hex".to_owned(), to_hex(body).into());
        line.extend(verdict);
        serde_json::to_writer(&mut self.out, &line)?;
        self.out.write_all(b"\n")
    }
}

/// A frame as lines have it.
fn shown(frame: &Frame) -> Value {
    json!({
        "kind": frame.kind(),
        "serial": verdict::number(frame.serial()),
        "sub_list": frame.sub_list(),
        "body": to_hex(frame.bytes()),
    })
}

/// The messages inside of a frame.
fn inside(found: Result<SubMessages<'_>, Error>) -> Map<String, Value> {
    let shown = |message: SubMessage<'_>| {
        json!({
            "kind": message.kind,
            "declared_size": message.declared_size,
            "offset": message.offset,
            "body": to_hex(message.body),
        })
    };
    match found {
        Ok(messages) => Map::from_iter([("value".to_owned(), messages.map(shown).collect())]),
        Err(error) => verdict::refused(&error),
    }
}

/// Frames written anew, with the messages inside of each before it, those of a LIST before the next one; `None` where one of
/// them is refused. Messages of a LIST at the end are not written.
fn anew(frames: &[Frame], header: HeaderKind) -> Option<Vec<u8>> {
    let mut encoder = Encoder::new(header);
    let mut out = Vec::new();
    let mut before = SubMessageList::new();
    for frame in frames {
        for message in frame.sub_messages().ok()? {
            before.push(message.kind, &Data { data: message.body }).ok()?;
        }
        if frame.kind() != ServerMessage::LIST {
            let body = Data { data: frame.body() };
            encoder.encode_with(frame.kind(), &body, &before, &mut out).ok()?;
            before = SubMessageList::new();
        }
    }
    Some(out)
}
