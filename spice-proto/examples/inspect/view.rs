//! Connections with the sessions in them, as far as the command line asks for them.

use std::time::Duration;

use crate::args::Args;
use crate::capture::ByteStream;
use crate::capture::Capture;
use crate::capture::Connection;
use crate::capture::Mark;
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
    /// The connections that are asked for.
    pub(crate) fn all(args: &Args, capture: &'a Capture) -> Vec<View<'a>> {
        let connections = capture.connections.iter();
        let views = connections.filter(|connection| args.wants_connection(connection.index)).map(View::new);
        views.filter(|view| args.channel.is_empty() || view.is_on(args)).collect()
    }

    fn new(connection: &'a Connection) -> Self {
        let spice = connection.spice().map(|(to_server, to_client)| {
            let session = Session::follow(to_server.bytes(), to_client.bytes());
            Spice { session, to_server, to_client }
        });
        View { connection, spice }
    }

    fn is_on(&self, args: &Args) -> bool {
        self.spice.as_ref().is_some_and(|spice| {
            let link = &spice.session.link;
            args.wants_channel(&channel_name(&spice.session), link.channel_id)
        })
    }

    /// Where bytes that could not be read are, and why; message by message, then what ends a direction.
    pub(crate) fn problems(&self, args: &Args) -> Vec<String> {
        let Some(spice) = &self.spice else { return Vec::new() };
        let session = &spice.session;
        let items = session.client.items().chain(session.server.items());
        let messages = items.filter(|item| args.wants_message(&item_name(item))).filter_map(|item| {
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
