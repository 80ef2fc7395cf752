//! One summary a connection, as text and as JSON Lines.

use std::io;
use std::io::Write;
use std::path::Path;

use serde_json::Value;
use serde_json::json;

use crate::capture::ByteStream;
use crate::capture::Capture;
use crate::capture::Connection;
use crate::capture::PacketCounts;
use crate::capture::Roles;
use crate::capture::Transport;
use crate::filter::Filter;
use crate::session::Auth;
use crate::summary;
use crate::view::TLS_NOT_READ;
use crate::view::View;
use crate::view::seconds_after;

/// Prints a summary of each connection.
pub(crate) fn text(
    filter: Filter<'_>,
    path: &Path,
    capture: &Capture,
    views: &[View<'_>],
    out: &mut impl Write,
) -> io::Result<()> {
    let PacketCounts { packets, tcp, .. } = capture.counts;
    let connections = match capture.connections.len() {
        1 => "1 connection".to_owned(),
        several => format!("{several} connections"),
    };
    if capture.connections.iter().any(|connection| connection.opened.packet == 0) {
        writeln!(out, "{}: decrypted streams", path.display())?;
    } else {
        writeln!(out, "{}: {packets} packets, {tcp} of TCP, {connections}", path.display())?;
    }
    for words in skipped(&capture.counts) {
        writeln!(out, "  not read: {words}")?;
    }
    let start = capture.start();
    for view in views {
        let View { connection, spice } = view;
        let Connection { index, client, server, opened, last, .. } = connection;
        if opened.packet == 0 {
            writeln!(out, "connection {index}  {}", contents(view))?;
        } else {
            writeln!(out, "connection {index}  {client} -> {server}  {}", contents(view))?;
        }
        if let (Some(start), Some(first), Some(last)) = (start, opened.time, last.time) {
            let (from, to) = (seconds_after(start, first), seconds_after(start, last));
            writeln!(
                out,
                "  packets {} to {}, {from:.3} s to {to:.3} s",
                opened.packet, connection.last.packet
            )?;
        }
        if !connection.from_syn {
            writeln!(
                out,
                "  the capture starts in the middle of this connection{}",
                guess(connection.roles)
            )?;
        }
        for (name, tcp, spice) in directions(connection) {
            let inner = spice.filter(|spice| !std::ptr::eq(*spice, tcp));
            let inner = inner.map(|spice| format!(", {} of SPICE inside", spice.len())).unwrap_or_default();
            writeln!(out, "  {name}  {} bytes{inner}, {}", tcp.len(), end(tcp))?;
        }
        if let Some(spice) = spice {
            summary::text(filter, spice, out)?;
        }
    }
    Ok(())
}

/// Prints one JSON object a connection.
pub(crate) fn json(
    filter: Filter<'_>,
    path: &Path,
    views: &[View<'_>],
    out: &mut impl Write,
) -> io::Result<()> {
    for View { connection, spice } in views {
        let [to_server, to_client] = directions(connection).map(|(_, tcp, spice)| stream_json(tcp, spice));
        let line = json!({
            "capture": path.display().to_string(),
            "connection": connection.index,
            "client": connection.client.to_string(),
            "server": connection.server.to_string(),
            "from_syn": connection.from_syn,
            "transport": connection.transport.to_string(),
            "decrypted": connection.decrypted.is_some(),
            "spice": spice.as_ref().map(|spice| summary::json(filter, spice)),
            "first_packet": connection.opened.packet,
            "last_packet": connection.last.packet,
            "first_time": connection.opened.time.map(|time| time.as_secs_f64()),
            "last_time": connection.last.time.map(|time| time.as_secs_f64()),
            "to_server": to_server,
            "to_client": to_client,
        });
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// Words about each stream that ends early, with connection, direction and byte offset.
pub(crate) fn problems(filter: Filter<'_>, views: &[View<'_>]) -> Vec<String> {
    let mut problems = Vec::new();
    for view in views {
        problems.extend(view.problems(filter));
        let connection = view.connection;
        for (name, tcp, spice) in directions(connection) {
            let stream = spice.unwrap_or(tcp);
            if let Some(problem) = stream.problem() {
                problems.push(format!("connection {}, {}: {problem}", connection.index, name.trim_end()));
            }
        }
    }
    problems
}

/// What a connection carries, in words.
fn contents(View { connection, spice }: &View<'_>) -> &'static str {
    let auth = spice.as_ref().and_then(|spice| spice.session.link.auth.as_ref());
    match (connection.transport, &connection.decrypted, spice.is_some()) {
        (Transport::Plain, _, _) if auth.is_some_and(Auth::is_layered) => {
            "SPICE, from the SASL exchange on encrypted"
        }
        (Transport::Plain, Some(_), _) => "SPICE, from the SASL exchange on encrypted, and unwrapped",
        (Transport::Plain, None, _) => "SPICE in clear",
        (Transport::WebSocket, _, true) => "SPICE in a WebSocket",
        (Transport::WebSocket, _, false) => "WebSocket without SPICE",
        (Transport::Tls, None, _) => TLS_NOT_READ,
        (Transport::Tls, Some(_), true) if connection.websocket.is_some() => {
            "TLS, SPICE in a WebSocket read from the decrypted streams"
        }
        (Transport::Tls, Some(_), true) => "TLS, SPICE read from the decrypted streams",
        (Transport::Tls, Some(_), false) => "TLS, no SPICE in the decrypted streams",
        (Transport::Unknown, _, true) => "SPICE, as assumed",
        (Transport::Unknown, _, _) if connection.to_server.is_empty() && connection.to_client.is_empty() => {
            "no bytes"
        }
        (Transport::Unknown, _, _) => "not recognised",
    }
}

type Direction<'a> = (&'static str, &'a ByteStream, Option<&'a ByteStream>);

/// The name of each direction, what TCP carried, and the SPICE bytes.
fn directions(connection: &Connection) -> [Direction<'_>; 2] {
    let (to_server, to_client) = connection.spice().unzip();
    [
        ("client to server", &connection.to_server, to_server),
        ("server to client", &connection.to_client, to_client),
    ]
}

fn end(stream: &ByteStream) -> &'static str {
    match (stream.problem().is_some(), stream.fin, stream.rst) {
        (true, _, _) => "then bytes are missing",
        (_, true, true) => "closed, then reset",
        (_, true, false) => "closed",
        (_, false, true) => "reset",
        (_, false, false) => "not closed",
    }
}

fn guess(roles: Roles) -> &'static str {
    match roles {
        Roles::Guess => "; which end is the client is a guess",
        _ => "",
    }
}

/// Packets that are not read, in words.
pub(crate) fn skipped(counts: &PacketCounts) -> Vec<String> {
    let kinds = [
        (counts.fragments, "pieces of IP datagrams"),
        (counts.damaged, "packets with damaged headers"),
        (counts.lost, "packets that the capturing program lost"),
    ];
    let kinds =
        kinds.into_iter().filter(|(count, _)| *count > 0).map(|(count, kind)| format!("{count} {kind}"));
    let link = counts.unknown_link_types.iter();
    let link = link.map(|(kind, count)| format!("{count} packets of link type {kind}"));
    let blocks = counts.unknown_blocks.iter();
    let blocks = blocks.map(|(kind, count)| format!("{count} blocks of the unknown type {kind:#x}"));
    kinds.chain(link).chain(blocks).collect()
}

fn stream_json(tcp: &ByteStream, spice: Option<&ByteStream>) -> Value {
    json!({
        "tcp_bytes": tcp.len(),
        "spice_bytes": spice.map(ByteStream::len),
        "fin": tcp.fin,
        "rst": tcp.rst,
        "problem": spice.unwrap_or(tcp).problem().map(|problem| problem.to_string()),
        "problem_offset": spice.unwrap_or(tcp).problem().map(|problem| problem.offset),
    })
}
