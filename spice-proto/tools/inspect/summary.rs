//! What a session is made of: the link, and messages by number.

use std::collections::BTreeMap;
use std::io;
use std::io::Write;

use serde_json::Value;
use serde_json::json;
use spice_proto::ChannelType;
use spice_proto::common::LinkErr;
use spice_proto::frame::HeaderKind;

use crate::filter::Filter;
use crate::session::Auth;
use crate::session::Contents;
use crate::session::LinkSide;
use crate::session::Place;
use crate::session::Session;
use crate::session::Track;
use crate::session::capability_names;
use crate::session::origin_name;
use crate::view;
use crate::view::Spice;

/// Messages of one number in one direction.
#[derive(Default)]
struct Count {
    name: String,
    messages: u64,
    bytes: u64,
}

/// By number, apart for messages and sub-messages.
type Counts = BTreeMap<(bool, u16), Count>;

/// Prints what the link says and how many messages there are.
pub(crate) fn text(filter: Filter<'_>, spice: &Spice<'_>, out: &mut impl Write) -> io::Result<()> {
    let session = &spice.session;
    let link = &session.link;
    if let Some(header) = link.assumed {
        writeln!(
            out,
            "  channel {}, without a handshake; assumed {} headers",
            view::channel(session),
            header_words(header)
        )?;
    } else {
        text_of_link(session, out)?;
    }
    let mut contents = Contents::default();
    for track in [&session.client, &session.server] {
        let counts = count(filter, spice, track, &mut contents);
        print_track(track, &counts, out)?;
    }
    if !contents.counts.is_empty() {
        let kinds = contents.counts.iter().map(|(kind, count)| format!("{kind} x {count}"));
        writeln!(out, "  kinds: {}", kinds.collect::<Vec<_>>().join("; "))?;
    }
    Ok(())
}

fn text_of_link(session: &Session, out: &mut impl Write) -> io::Result<()> {
    let link = &session.link;
    writeln!(out, "  channel {}, {}", view::channel(session), joined(link.connection_id))?;
    for (name, side) in [("client", &link.client), ("server", &link.server)] {
        match side {
            Some(side) => writeln!(out, "  {name}  {}", side_words(session.channel(), side))?,
            None => writeln!(out, "  {name}  no link message")?,
        }
    }
    writeln!(out, "  authentication: {}", auth_words(link.auth.as_ref()))?;
    writeln!(out, "  link: {}", link_words(session))
}

fn print_track(track: &Track, counts: &Counts, out: &mut impl Write) -> io::Result<()> {
    let own = counts.iter().filter(|((sub, _), _)| !sub).map(|(_, count)| count);
    let (messages, bytes) =
        own.fold((0, 0), |(messages, bytes), count| (messages + count.messages, bytes + count.bytes));
    let name = origin_name(track.origin);
    match &track.layer {
        Some(layer) => {
            let words = "encrypted by the SASL security layer, not read";
            writeln!(out, "  {name}: {} buffers with {} bytes, {words}", layer.buffers, layer.bytes)?;
        }
        None => writeln!(out, "  {name}: {messages} messages, {bytes} bytes in their bodies")?,
    }
    for ((sub, kind), Count { name, messages, bytes }) in counts {
        let inside = if *sub { "  (sub-messages)" } else { "" };
        writeln!(out, "    {kind:>3} {name:<28} {messages:>7}  {bytes:>10} bytes{inside}")?;
    }
    if track.rest > 0 {
        writeln!(out, "    {} bytes at the end are not part of a message", track.rest)?;
    }
    Ok(())
}

/// What the link says, and the messages by number.
pub(crate) fn json(filter: Filter<'_>, spice: &Spice<'_>) -> Value {
    let session = &spice.session;
    let link = &session.link;
    let side = |side: &Option<LinkSide>| {
        side.as_ref().map(|side| {
            json!({
                "version": side.version,
                "common_capabilities": capability_names(None, &side.common),
                "channel_capabilities": capability_names(Some(session.channel()), &side.channel),
            })
        })
    };
    let mut contents = Contents::default();
    let [client, server] = [&session.client, &session.server].map(|track| {
        let counts = count(filter, spice, track, &mut contents);
        let entries = counts.iter().map(|((sub, kind), count)| {
            json!({
                "number": kind,
                "name": count.name,
                "count": count.messages,
                "body_bytes": count.bytes,
                "sub_messages": sub,
            })
        });
        json!({
            "messages": entries.collect::<Vec<_>>(),
            "encrypted_buffers": track.layer.map(|layer| layer.buffers),
            "rest_bytes": track.rest,
        })
    });
    json!({
        "channel": view::channel_name(session),
        "channel_id": link.channel_id,
        "connection_id": link.connection_id,
        "client": side(&link.client),
        "server": side(&link.server),
        "link_error": link.reply.map(|error| error.0),
        "authentication": auth_words(link.auth.as_ref()),
        "link_result": link.result.map(|error| error.0),
        "header": session.header().map(header_words),
        "assumed": link.assumed.is_some(),
        "encrypted": link.auth.as_ref().is_some_and(Auth::is_layered),
        "client_to_server": client,
        "server_to_client": server,
        "kinds": contents.counts,
    })
}

/// Counts the messages that are asked for.
fn count(filter: Filter<'_>, spice: &Spice<'_>, track: &Track, contents: &mut Contents) -> Counts {
    let mut counts = Counts::new();
    if !filter.origin(track.origin) {
        return counts;
    }
    // Looking up times takes a while, and they are rarely asked for.
    let inside = |end| !filter.leaves_out_by_time() || filter.time(spice.mark(track.origin, end));
    let frames = track.frames.iter().filter(|frame| inside(frame.end()));
    let items = frames.flat_map(|frame| track.items_of(frame));
    for item in items.filter(|item| item.place != Place::List) {
        let name = view::item_name(&item);
        if !filter.names([name.as_str()]) {
            continue;
        }
        let is_sub = matches!(item.place, Place::Sub { .. });
        let count = counts.entry((is_sub, item.kind)).or_insert_with(|| Count { name, ..Count::default() });
        count.messages += 1;
        count.bytes += item.body.len() as u64;
        if let Ok((message, _)) = &item.parsed {
            contents.add(message);
        }
    }
    counts
}

fn joined(connection_id: u32) -> String {
    match connection_id {
        0 => "opens a session".to_owned(),
        id => format!("belongs to session {id}"),
    }
}

fn side_words(channel: ChannelType, side: &LinkSide) -> String {
    let [major, minor] = side.version;
    let names = |channel, numbers: &[u32]| match capability_names(channel, numbers) {
        names if names.is_empty() => "none".to_owned(),
        names => names.join(" "),
    };
    let (common, own) = (names(None, &side.common), names(Some(channel), &side.channel));
    format!("version {major}.{minor}; common capabilities: {common}; of the channel: {own}")
}

fn auth_words(auth: Option<&Auth>) -> String {
    let sasl = match auth {
        None => return "none seen".to_owned(),
        Some(Auth::Ticket { selected: true }) => return "ticket".to_owned(),
        Some(Auth::Ticket { selected: false }) => return "ticket, without a choice".to_owned(),
        Some(Auth::Other(mechanism)) => return format!("mechanism {}, which is not known", mechanism.0),
        Some(Auth::Sasl(sasl)) => sasl,
    };
    let chosen = sasl.chosen.as_deref().unwrap_or("without a choice");
    let outcome = match sasl.result {
        None => "ended without a result".to_owned(),
        Some(0) if sasl.layer => {
            format!("accepted; everything after it is encrypted by its security layer: {}", sasl.key_words())
        }
        Some(0) => "accepted".to_owned(),
        Some(result) => format!("refused ({result})"),
    };
    format!("SASL {chosen} of {:?}, {outcome}", sasl.mechanisms.trim_matches(','))
}

fn link_words(session: &Session) -> String {
    let link = &session.link;
    let header = session.header().map_or("", header_words);
    let layered = link.auth.as_ref().is_some_and(Auth::is_layered);
    match (link.reply, link.result) {
        (None, _) => "no reply of the server".to_owned(),
        (Some(LinkErr::OK), Some(LinkErr::OK)) => format!("up, {header} headers"),
        (Some(LinkErr::OK), None) if layered => "the result is encrypted".to_owned(),
        (Some(LinkErr::OK), None) => "ended before the result".to_owned(),
        (Some(LinkErr::OK), Some(error)) => format!("refused: {error:?}"),
        (Some(error), _) => format!("refused in the reply: {error:?}"),
    }
}

fn header_words(header: HeaderKind) -> &'static str {
    match header {
        HeaderKind::Mini => "mini",
        HeaderKind::Full => "full",
    }
}
