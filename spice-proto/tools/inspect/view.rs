//! Connections with the sessions in them, as far as the command line asks for them.

use std::time::Duration;

use crate::assume::Assume;
use crate::capture::ByteStream;
use crate::capture::Capture;
use crate::capture::Connection;
use crate::capture::Mark;
use crate::capture::Roles;
use crate::capture::Transport;
use crate::filter::Filter;
use crate::session::Auth;
use crate::session::Item;
use crate::session::Place;
use crate::session::Session;
use crate::session::origin_name;
use spice_proto::Origin;

/// A connection and what is in it.
pub(crate) struct View<'a> {
    /// The connection.
    pub(crate) connection: &'a Connection,
    /// What its SPICE bytes say, if it has any that can be read.
    pub(crate) spice: Option<Spice<'a>>,
}

/// The SPICE bytes of a connection, and what they say.
pub(crate) struct Spice<'a> {
    pub(crate) session: Session,
    to_server: &'a ByteStream,
    to_client: &'a ByteStream,
}

impl<'a> View<'a> {
    /// All connections of a capture.
    pub(crate) fn all(assume: Option<Assume>, capture: &'a Capture) -> Vec<View<'a>> {
        capture.connections.iter().map(|connection| View::new(assume, connection)).collect()
    }

    fn new(assume: Option<Assume>, connection: &'a Connection) -> Self {
        let known = connection.spice().map(|(to_server, to_client)| {
            let session = Session::follow(to_server.bytes(), to_client.bytes());
            Spice { session, to_server, to_client }
        });
        let spice = known.or_else(|| Spice::assume(assume?, connection));
        View { connection, spice }
    }

    /// True if the connection is asked for.
    pub(crate) fn is_asked(&self, filter: Filter<'_>) -> bool {
        let channel = self.channel();
        // What is no channel is shown unless one is asked for.
        let (name, id) = channel.as_ref().map_or(("", 0), |(name, id)| (name.as_str(), *id));
        filter.connection(self.connection.index) && filter.channel(name, id)
    }

    /// Name and number of the channel.
    pub(crate) fn channel(&self) -> Option<(String, u8)> {
        let session = &self.spice.as_ref()?.session;
        Some((channel_name(session), session.link.channel_id))
    }

    /// True for a connection with bytes that are neither SPICE nor anything that SPICE could be in: perhaps a channel
    /// without its handshake.
    pub(crate) fn lacks_handshake(&self) -> bool {
        let has_bytes = !self.connection.to_server.is_empty() || !self.connection.to_client.is_empty();
        self.spice.is_none() && self.connection.transport == Transport::Unknown && has_bytes
    }

    /// What is encrypted, and cannot be shown therefore.
    pub(crate) fn encrypted(&self) -> Option<String> {
        let Some(spice) = &self.spice else {
            let tls = self.connection.transport == Transport::Tls;
            return tls.then(|| TLS_NOT_READ.to_owned());
        };
        match (&spice.session.client.layer, &spice.session.server.layer, &spice.session.link.auth) {
            (None, None, _) => None,
            (.., Some(Auth::Sasl(sasl))) => {
                Some(format!("encrypted by the SASL security layer: {}", sasl.key_words()))
            }
            _ => Some("encrypted by a security layer".to_owned()),
        }
    }

    /// Where bytes that could not be read are, and why; message by message, then what ends a direction.
    pub(crate) fn problems(&self, filter: Filter<'_>) -> Vec<String> {
        let Some(spice) = &self.spice else { return Vec::new() };
        let session = &spice.session;
        let tracks =
            [&session.client, &session.server].into_iter().filter(|track| filter.origin(track.origin));
        let frames = tracks.flat_map(|track| track.frames.iter().map(move |frame| (track, frame)));
        let frames = frames.filter(|(track, frame)| filter.time(spice.mark(track.origin, frame.end())));
        let items = frames.flat_map(|(track, frame)| track.items_of(frame));
        let messages = items.filter(|item| filter.names([item_name(item).as_str()])).filter_map(|item| {
            let error = item.parsed.as_ref().err()?;
            let (direction, start) = (origin_name(item.origin), item.body_offset);
            // Most errors start with the name of the message.
            let (name, error) = (item_name(&item), error.to_string());
            let name = if error.starts_with(&name) { String::new() } else { name + ": " };
            Some(format!(
                "{direction}: {name}{error} of the body, which starts at byte {start} of the stream"
            ))
        });
        // Where the capture lacks bytes, that is the reason, and is told by itself.
        let lacks = |origin| spice.stream(origin).problem().is_some();
        let ends = session.problems.iter().filter(|problem| !lacks(problem.origin)).map(ToString::to_string);
        let all = messages.chain(ends);
        all.map(|problem| format!("connection {}, {}, {problem}", self.connection.index, channel(session)))
            .collect()
    }
}

impl<'a> Spice<'a> {
    /// Takes the bytes of a connection for what was said. Where it is a guess which end is the client, the guess under
    /// which more of them makes sense.
    fn assume(assume: Assume, connection: &'a Connection) -> Option<Self> {
        let (to_server, to_client) = connection.innermost()?;
        let Assume { channel, id, header, .. } = assume;
        let follow = |to_server: &ByteStream, to_client: &ByteStream| {
            Session::assume(channel, id, header, to_server.bytes(), to_client.bytes())
        };
        let as_told = Spice { session: follow(to_server, to_client), to_server, to_client };
        if connection.roles != Roles::Guess || as_told.session.nonsense() == 0 {
            return Some(as_told);
        }
        let session = follow(to_client, to_server);
        let turned = session.nonsense() < as_told.session.nonsense();
        Some(if turned { Spice { session, to_server: to_client, to_client: to_server } } else { as_told })
    }

    /// The bytes that `origin` sent.
    pub(crate) fn stream(&self, origin: Origin) -> &'a ByteStream {
        match origin {
            Origin::Client => self.to_server,
            Origin::Server => self.to_client,
        }
    }

    /// The packet that brought the last byte before `end`.
    pub(crate) fn mark(&self, origin: Origin, end: u64) -> Option<Mark> {
        self.stream(origin).mark_at(end.checked_sub(1)?).copied()
    }
}

/// "display:0".
pub(crate) fn channel(session: &Session) -> String {
    format!("{}:{}", channel_name(session), session.link.channel_id)
}

/// "display", or "channel 77" where there is no name.
pub(crate) fn channel_name(session: &Session) -> String {
    let channel = session.channel();
    channel.name().map_or_else(|| format!("channel {}", channel.0), str::to_owned)
}

/// "draw_copy", or "message 999" where there is no name.
pub(crate) fn item_name(item: &Item<'_>) -> String {
    let name = item.name().map_or_else(|| format!("message {}", item.kind), str::to_owned);
    match item.place {
        Place::List => format!("sub-messages of {name}"),
        Place::Own | Place::Sub { .. } => name,
    }
}

/// "client_to_server" or "server_to_client".
pub(crate) fn direction_key(origin: Origin) -> &'static str {
    match origin {
        Origin::Client => "client_to_server",
        Origin::Server => "server_to_client",
    }
}

/// Seconds since the first packet of the capture.
pub(crate) fn seconds_after(start: Duration, time: Duration) -> f64 {
    time.as_secs_f64() - start.as_secs_f64()
}

/// Of a connection of TLS. Key logs are not read: tshark does that.
pub(crate) const TLS_NOT_READ: &str = "TLS: encrypted, key logs are not read; decrypted streams, as tshark writes them \
    with the key log, are read from decrypted/ beside the capture";
