//! What messages carry: agent messages, usbredir packets, pieces of webdav's HTTP connections.
//!
//! The bodies of some messages are pieces of a stream with its own framing (`docs/spec/agent.md`). [`Carried`] puts the
//! pieces of both directions together and tells with each message what became complete with it.
//!
//! ```text
//! main      agent_data ──── agent_data ──┐            usbredir  data ─┬─ data     webdav  data ─┬─ data
//!           head, body of an agent message, in pieces           packets │                 pieces │ of HTTP connections
//! agent.rs                     └► clipboard_grab      usbredir.rs     └► hello    webdav.rs    └► PROPFIND / HTTP/1.1
//! ```

mod agent;
mod http;
mod usbredir;
mod webdav;

use spice_proto::ChannelType;
use spice_proto::Limits;
use spice_proto::Origin;
use spice_proto::Parse;
use spice_proto::main;
use spice_proto::spicevmc::CompressedData;
use spice_proto::spicevmc::CompressedDataSize;
use spice_proto::spicevmc::DataCompressionType;

use super::Item;
use super::Place;

/// Follows what the messages of one connection carry.
#[derive(Debug)]
pub struct Carried(Kind);

#[derive(Debug)]
enum Kind {
    Agent(Box<agent::Agent>),
    Usbredir(usbredir::Usbredir),
    Webdav(webdav::Webdav),
    Nothing,
}

/// Something that a message carries, complete.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// "agent", "usbredir" or "webdav".
    pub protocol: &'static str,
    /// Its name, where that protocol has names.
    pub name: Option<&'static str>,
    /// Its number, where that protocol has numbers.
    pub number: Option<u32>,
    /// Bytes of its body.
    pub size: u64,
    /// What stands behind that in a line.
    pub text: String,
    /// The same by key.
    pub fields: serde_json::Map<String, serde_json::Value>,
}

impl Carried {
    /// For a channel of this type.
    pub fn new(channel: ChannelType) -> Self {
        Carried(match channel {
            ChannelType::MAIN => Kind::Agent(Box::new(agent::Agent::new())),
            ChannelType::USBREDIR => Kind::Usbredir(usbredir::Usbredir::default()),
            ChannelType::WEBDAV => Kind::Webdav(webdav::Webdav::default()),
            _ => Kind::Nothing,
        })
    }

    /// The same where the capture has nothing of the other end: what both can do is then what this one can, since almost
    /// every peer has the capabilities that shape messages.
    pub fn of_one_end(channel: ChannelType) -> Self {
        let mut carried = Carried::new(channel);
        match &mut carried.0 {
            Kind::Agent(agent) => agent.one_end = true,
            Kind::Usbredir(usbredir) => usbredir.one_end = true,
            Kind::Webdav(_) | Kind::Nothing => {}
        }
        carried
    }

    /// What became complete with this message. Messages of both ends are given in the order of the capture.
    pub fn take(&mut self, item: &Item<'_>) -> Vec<Part> {
        if item.place == Place::List || item.parsed.is_err() {
            return Vec::new();
        }
        match &mut self.0 {
            Kind::Agent(agent) => match (item.origin, item.kind) {
                (Origin::Client, main::ClientMessage::AGENT_DATA)
                | (Origin::Server, main::ServerMessage::AGENT_DATA) => agent.push(item.origin, item.body),
                (Origin::Server, main::ServerMessage::AGENT_DISCONNECTED) => {
                    agent.reset();
                    Vec::new()
                }
                _ => Vec::new(),
            },
            Kind::Usbredir(usbredir) => {
                device_data("usbredir", item, |bytes| usbredir.push(item.origin, bytes))
            }
            Kind::Webdav(webdav) => device_data("webdav", item, |bytes| webdav.push(item.origin, bytes)),
            Kind::Nothing => Vec::new(),
        }
    }

    /// All names that parts can have.
    pub fn names() -> impl Iterator<Item = &'static str> {
        agent::names().chain(usbredir::names())
    }
}

impl Part {
    fn new(protocol: &'static str, size: u64) -> Self {
        let fields = serde_json::Map::new();
        Part { protocol, name: None, number: None, size, text: String::new(), fields }
    }

    /// What could not be read, and why.
    fn error(protocol: &'static str, error: impl std::fmt::Display) -> Self {
        let mut part = Part::new(protocol, 0);
        part.text = format!("ERROR: {error}");
        part.fields.insert("error".to_owned(), error.to_string().into());
        part
    }

    fn field(&mut self, key: &str, value: impl Into<serde_json::Value>) {
        self.fields.insert(key.to_owned(), value.into());
    }

    /// True when it tells of bytes that could not be read.
    pub fn is_error(&self) -> bool {
        self.fields.contains_key("error")
    }

    /// As a JSON object.
    pub fn to_json(&self) -> serde_json::Value {
        let mut object = serde_json::json!({
            "protocol": self.protocol,
            "name": self.name,
            "number": self.number,
            "size": self.size,
        });
        if let Some(object) = object.as_object_mut() {
            object.extend(self.fields.clone());
        }
        object
    }
}

/// Gives the bytes of the stream in a message to `take`, decompressed.
fn device_data(protocol: &'static str, item: &Item<'_>, take: impl FnOnce(&[u8]) -> Vec<Part>) -> Vec<Part> {
    match item.kind {
        DATA => take(item.body),
        COMPRESSED_DATA => match decompress(item.body) {
            Ok(bytes) => take(&bytes),
            Err(error) => vec![Part::error(protocol, error)],
        },
        _ => Vec::new(),
    }
}

fn decompress(body: &[u8]) -> Result<Vec<u8>, String> {
    let data = CompressedData::parse(body).map_err(|error| error.to_string())?;
    let size = match (data.type_, data.size) {
        (DataCompressionType::LZ4, CompressedDataSize::UncompressedSize(size)) => size,
        (other, _) => return Err(format!("compressed data of type {}", other.0)),
    };
    // A byte of LZ4 stands for 255 at the most.
    let most = (data.compressed_data.len() as u64)
        .saturating_mul(255)
        .min(Limits::default().uncompressed_data.into());
    if u64::from(size) > most {
        return Err(format!("{size} bytes cannot be in {} of LZ4", data.compressed_data.len()));
    }
    let bytes = lz4_flex::block::decompress(data.compressed_data, size as usize);
    let bytes = bytes.map_err(|error| format!("lz4: {error}"))?;
    if bytes.len() == size as usize {
        Ok(bytes)
    } else {
        Err(format!("lz4: {} bytes, not {size}", bytes.len()))
    }
}

/// Numbers of the messages of all channels that carry a stream, in both directions (`docs/spec/messages.md`).
const DATA: u16 = 101;
const COMPRESSED_DATA: u16 = 102;
