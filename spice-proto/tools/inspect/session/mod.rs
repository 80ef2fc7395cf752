//! From the two byte streams of a connection to link handshake and messages.
//!
//! [`Session::follow`] takes what each end sent, walks through the handshake (`docs/spec/link.md` sections 1 to 7), and
//! cuts the rest into frames. The handshake is in [`Session::link`]; each [`Track`] has the frames of one direction
//! with their places in the stream, and [`Track::items`] parses the messages in them, sub-messages included.
//!
//! ```text
//!            ┌─ link header, LinkMess ─┬─ mechanism, ticket or SASL ─┬─ frames ─────────┐
//! client     │                         │                             │                  │
//! server     │                         │                             │                  │
//!            └─ link header, LinkReply ┴─ SASL, link result ─────────┴─ frames ─────────┘
//!              handshake.rs, side.rs     handshake.rs                  track.rs, item.rs
//! ```
//!
//! Three rules hold:
//!
//! * Nothing is dropped in silence: [`Track::rest`] counts the bytes that are not part of anything, and
//!   [`Session::problems`] says why.
//! * A message that does not parse is an item with its error; the messages after it are still there.
//! * Behind a SASL security layer all bytes are encrypted: they are counted ([`Layer`]), not read.

mod assume;
mod carried;
mod contents;
mod handshake;
mod images;
mod item;
mod pictures;
mod pointer;
mod replay;
mod screens;
mod side;
#[cfg(test)]
mod tests;
mod track;

use std::fmt;

use spice_proto::ChannelType;
use spice_proto::Origin;
use spice_proto::frame::HeaderKind;

pub use self::carried::Carried;
pub use self::carried::Part;
pub use self::contents::Contents;
pub use self::handshake::Auth;
pub use self::handshake::Link;
pub use self::handshake::Sasl;
pub use self::images::Role;
pub use self::images::drawing;
pub use self::item::Item;
pub use self::item::Message;
pub use self::item::Place;
pub use self::item::message_name;
pub use self::pictures::Pictures;
pub use self::pictures::Seen;
pub use self::pictures::Shown;
pub use self::pointer::Pointer;
pub use self::pointer::Pointers;
pub use self::replay::Finished;
pub use self::replay::Replay;
pub use self::replay::Step;
pub use self::replay::Stuck;
pub use self::screens::Applied;
pub use self::screens::Screens;
pub use self::side::LinkSide;
pub use self::side::capability_names;
pub use self::track::Layer;
pub use self::track::Track;
pub use self::track::TrackFrame;

use self::handshake::Handshake;

/// A SPICE connection as far as its bytes tell.
#[derive(Debug)]
pub struct Session {
    /// What both ends said before the first message.
    pub link: Link,
    /// What the client sent.
    pub client: Track,
    /// What the server sent.
    pub server: Track,
    /// Why bytes could not be read, at most one for each direction and for the handshake.
    pub problems: Vec<Problem>,
}

/// Bytes that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Whose bytes.
    pub origin: Origin,
    /// Where in the SPICE bytes of that direction, from its first byte.
    pub offset: u64,
    /// What is wrong there.
    pub kind: ProblemKind,
}

/// Why bytes could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProblemKind {
    /// The stream ends in the middle of this step of the handshake.
    Ends(&'static str),
    /// A part of the handshake has a value that it must not have.
    Wrong(&'static str),
    /// This many bytes follow although the handshake has failed or is not complete.
    Follow(u64),
    /// A frame that is cut off or too large; the error has its own place in the stream.
    Frame(spice_proto::Error),
    /// An encrypted buffer that is cut off: bytes wanted, bytes there.
    Buffer(u64, u64),
}

impl Session {
    /// Reads what both ends sent, from the first byte of the connection.
    pub fn follow(to_server: &[u8], to_client: &[u8]) -> Session {
        let mut handshake = Handshake::new(to_server, to_client);
        let problem = handshake.walk().err();
        let complete = problem.is_none() && handshake.link.result == Some(spice_proto::common::LinkErr::OK);
        let Handshake { link, client, server } = handshake;
        let tracks = [(Origin::Client, client), (Origin::Server, server)];
        let mut problems = Vec::from_iter(problem);
        let [client, server] = tracks.map(|(origin, cursor)| {
            let layered = link.auth.as_ref().is_some_and(Auth::is_layered);
            let track = match link.header() {
                _ if layered => Track::encrypted(origin, cursor.all(), cursor.place()),
                Some(header) if complete => {
                    Track::frames(origin, link.channel, header, cursor.all(), cursor.place())
                }
                _ => Track::unread(origin, cursor.all(), cursor.place()),
            };
            // The reason is known already.
            let told = problems.first().is_some_and(|problem| problem.origin == origin);
            problems.extend(track.problem.clone().filter(|_| !told));
            track
        });
        Session { link, client, server, problems }
    }

    /// The direction of what `origin` sent.
    pub fn track(&self, origin: Origin) -> &Track {
        match origin {
            Origin::Client => &self.client,
            Origin::Server => &self.server,
        }
    }

    /// Type of the channel.
    pub fn channel(&self) -> ChannelType {
        self.link.channel
    }

    /// The head before every message; None when the handshake does not get so far.
    pub fn header(&self) -> Option<HeaderKind> {
        self.link.assumed.or_else(|| self.link.header())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = origin_name(self.origin);
        match &self.kind {
            ProblemKind::Ends(step) => write!(f, "{from}: the bytes end inside of the {step}")?,
            ProblemKind::Wrong(what) => write!(f, "{from}: {what}")?,
            ProblemKind::Follow(count) => write!(f, "{from}: {count} bytes follow a link that is not up")?,
            ProblemKind::Frame(error) => return write!(f, "{from}: frame: {error} of the stream"),
            ProblemKind::Buffer(wanted, left) => {
                write!(f, "{from}: encrypted buffer: {wanted} bytes wanted, {left} left")?;
            }
        }
        write!(f, ", at byte {} of the stream", self.offset)
    }
}

/// The direction in words: "client to server" or "server to client".
pub fn origin_name(origin: Origin) -> &'static str {
    match origin {
        Origin::Client => "client to server",
        Origin::Server => "server to client",
    }
}
