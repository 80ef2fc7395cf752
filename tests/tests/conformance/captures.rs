//! Every captured session: each byte is accounted for, and written again as it came.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::path::Path;

use serde_json::{Value, json};
use spice_proto::frame::{Header, HeaderKind};
use spice_proto::{ChannelType, Limits, Origin};
use spice_proto_tests::capture::{Capture, Connection};
use spice_proto_tests::folders;
use spice_proto_tests::session::{
    Auth, Contents, Item, Message, Place, Session, Track, TrackFrame, message_name,
};
use spice_proto_tests::vectors::to_hex;

#[test]
fn every_message_of_every_session_is_read_counted_and_written_back() {
    let mut totals = Totals::default();
    let mut failures = Vec::new();
    let sessions = folders::sessions();
    for session in &sessions {
        let name = session.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut found = Failures { place: name, list: Vec::new() };
        check_session(session, &mut totals, &mut found);
        failures.extend(found.list);
    }
    println!("{} sessions, {totals}", sessions.len());
    totals.print_limits();
    assert!(totals.messages > 0 && totals.sub_messages > 0 && totals.encrypted_buffers > 0, "{totals}");
    assert!(
        failures.is_empty(),
        "{} mismatches:\n{}",
        failures.len(),
        failures[..failures.len().min(30)].join("\n")
    );
}

/// What was looked at.
#[derive(Default)]
struct Totals {
    connections: u64,
    messages: u64,
    sub_messages: u64,
    bytes: u64,
    encrypted_connections: u64,
    encrypted_buffers: u64,
    /// Messages behind which bytes follow, and these bytes.
    trailing: BTreeMap<String, (u64, u64)>,
    /// The largest body by name of the limit.
    largest: BTreeMap<&'static str, (usize, u32, String)>,
}

/// What is wrong, and where.
struct Failures {
    place: String,
    list: Vec<String>,
}

impl Failures {
    fn check<T: PartialEq + std::fmt::Debug>(&mut self, what: impl Display, ours: T, meta: T) {
        if ours != meta {
            self.add(format_args!("{what}: {ours:?} here, {meta:?} in meta.json"));
        }
    }

    fn add(&mut self, what: impl Display) {
        self.list.push(format!("{}: {what}", self.place));
    }
}

fn check_session(folder: &Path, totals: &mut Totals, failures: &mut Failures) {
    let meta = std::fs::read(folder.join("meta.json")).expect("meta.json is readable");
    let meta: Value = serde_json::from_slice(&meta).expect("meta.json is JSON");
    let names = ["session.pcapng", "session.pcapng.zst", "session.pcap"];
    let capture = names.iter().map(|name| folder.join(name)).find(|path| path.is_file());
    let Some(capture) = capture else { return failures.add("no capture") };
    let capture = match Capture::open(&capture) {
        Ok(capture) => capture,
        Err(error) => return failures.add(error),
    };
    if let Some(error) = &capture.error {
        failures.add(error);
    }
    let expected = list_of(&meta["connections"]);
    let decrypted = list_of(&meta["decrypted"]["connections"]);
    failures.check("connections", capture.connections.len(), expected.len());
    let session = failures.place.clone();
    let mut beside = Vec::new();
    for expected in &expected {
        let index = expected["tcp"]["index"].as_u64().unwrap_or(u64::MAX) as usize;
        failures.place = format!("{session}, connection {index}");
        // What is inside of TLS is noted apart.
        let inside = decrypted.iter().find(|inside| inside["tcp"]["index"] == expected["tcp"]["index"]);
        match capture.connections.get(index) {
            Some(connection) => {
                check_tcp(connection, &expected["tcp"], failures);
                check_connection(connection, inside.unwrap_or(expected), totals, &mut beside, failures);
            }
            None => failures.add("not in the capture"),
        }
    }
    failures.place = session;
    // The descriptors themselves are not in a capture.
    let noted = list_of(&meta["beside"]["messages"]).into_iter().map(|mut noted| {
        noted.as_object_mut().map(|noted| noted.remove("descriptors"));
        noted
    });
    failures.check("beside", beside, noted.collect());
}

fn list_of(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn check_tcp(connection: &Connection, meta: &Value, failures: &mut Failures) {
    failures.check("from_syn", &json!(connection.from_syn), &meta["from_syn"]);
    failures.check("client bytes", &json!(connection.to_server.len()), &meta["client_bytes"]);
    failures.check("server bytes", &json!(connection.to_client.len()), &meta["server_bytes"]);
}

fn check_connection(
    connection: &Connection,
    meta: &Value,
    totals: &mut Totals,
    beside: &mut Vec<Value>,
    failures: &mut Failures,
) {
    totals.connections += 1;
    failures.check("SPICE", connection.spice().is_some(), meta["channel"].is_string());
    let Some((to_server, to_client)) = connection.spice() else { return };
    let session = Session::follow(to_server.bytes(), to_client.bytes());
    check_link(&session, meta, failures);
    for problem in &session.problems {
        failures.add(problem);
    }
    beside.extend(session.server.frames.iter().flat_map(|TrackFrame { frame, .. }| {
        let (kind, body) = (frame.kind(), to_hex(frame.body()));
        frame
            .beside()
            .iter()
            .map(move |beside| json!({"kind": kind, "body": body, "byte": to_hex(&[beside.byte])}))
    }));
    let mut contents = Contents::default();
    for (track, stream, key) in [
        (&session.client, to_server.bytes(), "client_to_server"),
        (&session.server, to_client.bytes(), "server_to_client"),
    ] {
        failures.check(format_args!("leftover {key}"), track.rest, 0);
        check_counts(track, &meta[key], session.channel(), failures);
        check_bytes(track, stream, &session, totals, failures);
        track.items().filter_map(|item| Some(item.parsed.ok()?.0)).for_each(|message| contents.add(&message));
    }
    check_contents(&contents, &meta["contents"], failures);
    check_sub_messages(&session.server, &meta["sub_messages"], failures);
}

fn check_link(session: &Session, meta: &Value, failures: &mut Failures) {
    let link = &session.link;
    failures.check("channel", &json!(link.channel.name()), &meta["channel"]);
    failures.check("channel type", &json!(link.channel.0), &meta["channel_type"]);
    failures.check("channel id", &json!(link.channel_id), &meta["channel_id"]);
    failures.check("connection id", &json!(link.connection_id), &meta["connection_id"]);
    for (side, name) in [(&link.client, "client"), (&link.server, "server")] {
        let Some(side) = side else {
            failures.add(format_args!("no link message of the {name}"));
            continue;
        };
        failures.check(name, &json!(side.version), &meta[format!("{name}_version")]);
        failures.check(name, &json!(side.common), &meta[format!("{name}_common_caps")]);
        failures.check(name, &json!(side.channel), &meta[format!("{name}_channel_caps")]);
    }
    failures.check("link error", &json!(link.reply.map(|error| error.0)), &meta["link_error"]);
    failures.check("result", &json!(link.result.map(|error| error.0)), &meta["auth_result"]);
    let mini = session.header().map(|header| header == HeaderKind::Mini);
    failures.check("mini header", &json!(mini), &meta["mini_header"]);
    let auth = match &link.auth {
        Some(Auth::Ticket { .. }) => "spice ticket",
        Some(Auth::Sasl(_)) => "sasl",
        _ => "none",
    };
    failures.check("authentication", &json!(auth), &meta["auth_mechanism"]);
    let Some(Auth::Sasl(sasl)) = &link.auth else { return };
    let noted = &meta["sasl"];
    failures.check("mechanisms", &json!(sasl.mechanisms), &noted["mechlist"]);
    failures.check("mechanism", &json!(sasl.chosen), &noted["chosen"]);
    failures.check("SASL steps", &json!(sasl.client_steps), &noted["client_steps"]);
    failures.check("SASL result", &json!(sasl.result), &noted["result"]);
    let buffers = |track: &Track| json!(track.layer.map(|layer| layer.buffers));
    failures.check("buffers", &buffers(&session.client), &noted["wrapped_buffers"]["client"]);
    failures.check("buffers", &buffers(&session.server), &noted["wrapped_buffers"]["server"]);
}

/// Frames, count and bytes by message number, against the notes of the folder.
fn check_counts(track: &Track, meta: &Value, channel: ChannelType, failures: &mut Failures) {
    let mut counts = BTreeMap::<String, (u64, u64)>::new();
    for frame in &track.frames {
        let (count, bytes) = counts.entry(frame.frame.kind().to_string()).or_default();
        *count += 1;
        *bytes += frame.frame.bytes().len() as u64;
    }
    let none = serde_json::Map::new();
    let meta = meta.as_object().unwrap_or(&none);
    let kinds: BTreeSet<&String> = counts.keys().chain(meta.keys()).collect();
    for kind in kinds {
        let (count, bytes) = counts.get(kind).copied().unwrap_or_default();
        let name = kind.parse().ok().and_then(|kind| message_name(channel, track.origin, kind));
        let ours = json!({"name": name, "count": count, "payload_bytes": bytes});
        failures.check(format_args!("{:?} message {kind}", track.origin), Some(&ours), meta.get(kind));
    }
}

/// Every byte of the stream belongs to a frame, and frames and messages are written as they came.
fn check_bytes(
    track: &Track,
    stream: &[u8],
    session: &Session,
    totals: &mut Totals,
    failures: &mut Failures,
) {
    if let Some(layer) = track.layer {
        totals.encrypted_connections += u64::from(track.origin == Origin::Server);
        totals.encrypted_buffers += layer.buffers;
        return;
    }
    let mut written = stream[..track.start as usize].to_vec();
    for frame in &track.frames {
        let header = Header {
            serial: Some(frame.frame.serial()),
            kind: frame.frame.kind(),
            size: frame.frame.bytes().len() as u32,
            sub_list: frame.frame.sub_list(),
        };
        header.put(frame.frame.header(), &mut written);
        written.extend_from_slice(frame.frame.bytes());
        written.extend(frame.frame.beside().iter().map(|beside| beside.byte));
        let mut again = Vec::new();
        frame.frame.put(&mut again);
        if again != stream[frame.offset as usize..frame.end() as usize] {
            failures
                .add(format_args!("{:?} frame at byte {} is written otherwise", track.origin, frame.offset));
        }
        totals.measure(session.channel(), frame.frame.bytes().len(), &failures.place);
        for item in track.items_of(frame) {
            check_message(&item, stream, totals, failures);
        }
    }
    if written != stream {
        failures.add(format_args!("the stream of the {:?} is written otherwise", track.origin));
    }
    totals.bytes += track.frames.iter().map(|frame| frame.wire_len()).sum::<u64>();
}

fn check_message(item: &Item<'_>, stream: &[u8], totals: &mut Totals, failures: &mut Failures) {
    match item.place {
        Place::Sub { .. } => totals.sub_messages += 1,
        Place::Own | Place::List => totals.messages += 1,
    }
    let name = item.name().unwrap_or("unknown");
    let place = format!("{:?} {name} at byte {}", item.origin, item.offset);
    let start = item.body_offset as usize;
    if stream.get(start..start + item.body.len()) != Some(item.body) {
        failures.add(format_args!("{place}: the body is not where the item says"));
    }
    let (message, trailing) = match &item.parsed {
        Ok(parsed) => parsed,
        Err(error) => return failures.add(format_args!("{place}: {error}")),
    };
    if !trailing.is_empty() {
        let (count, bytes) = totals.trailing.entry(name.to_owned()).or_default();
        *count += 1;
        *bytes += trailing.len() as u64;
    }
    match message.encode_to_vec() {
        Ok(mut bytes) => {
            bytes.extend_from_slice(trailing);
            if bytes != item.body {
                failures.add(format_args!("{place}: {} bytes are written otherwise", item.body.len()));
            }
        }
        Err(error) => failures.add(format_args!("{place}: {error}")),
    }
    if item.name().is_none() || is_unknown(message) {
        failures.add(format_args!("{place}: number {} is not described", item.kind));
    }
}

fn is_unknown(message: &Message<'_>) -> bool {
    match message {
        Message::Client(message) => message.name().is_none(),
        Message::Server(message) => message.name().is_none(),
    }
}

/// Images, pointer shapes and video by kind.
fn check_contents(contents: &Contents, meta: &Value, failures: &mut Failures) {
    const FORMATS: [&str; 10] =
        ["", "1bit_le", "1bit_be", "4bit_le", "4bit_be", "8bit", "16bit", "24bit", "32bit", "rgba"];
    let none = serde_json::Map::new();
    let noted = meta.as_object().unwrap_or(&none).iter();
    let noted: BTreeMap<String, u64> = noted
        .map(|(kind, count)| {
            let kind = kind.replace("stream codec", "video");
            let format = kind.strip_prefix("image: bitmap format ").and_then(|format| format.parse().ok());
            let format = format.and_then(|format: usize| FORMATS.get(format));
            let kind = format.map_or(kind.clone(), |format| format!("image: bitmap {format}"));
            (kind, count.as_u64().unwrap_or_default())
        })
        .collect();
    let compared = |kind: &str| ["image:", "cursor:", "video:"].iter().any(|what| kind.starts_with(what));
    let ours = contents.counts.iter().filter(|(kind, _)| compared(kind));
    failures.check("contents", ours.map(|(kind, count)| (kind.clone(), *count)).collect(), noted);
}

/// Carriers, lists and sizes of sub-messages.
fn check_sub_messages(server: &Track, meta: &Value, failures: &mut Failures) {
    let mut carriers = BTreeMap::<String, u64>::new();
    let mut lists = BTreeMap::<String, u64>::new();
    let mut sizes = BTreeMap::<String, u64>::new();
    for frame in &server.frames {
        let items = server.items_of(frame);
        let Some((own, subs)) = items.split_last().filter(|(_, subs)| !subs.is_empty()) else { continue };
        let names: Vec<&str> = subs.iter().map(|sub| sub.name().unwrap_or("unknown")).collect();
        *carriers.entry(own.name().unwrap_or("unknown").to_owned()).or_default() += 1;
        *lists.entry(names.join(" + ")).or_default() += 1;
        for (sub, name) in subs.iter().zip(names) {
            let Place::Sub { declared_size, .. } = sub.place else { continue };
            let kind = format!("{name}: declared {declared_size}, real {}", sub.body.len());
            *sizes.entry(kind).or_default() += 1;
        }
    }
    if meta.is_null() && carriers.is_empty() {
        return;
    }
    failures.check("carriers", &json!(carriers), &meta["carried_by"]);
    failures.check("lists", &json!(lists), &meta["lists"]);
    failures.check("sizes", &json!(sizes), &meta["sizes"]);
}

impl Totals {
    fn measure(&mut self, channel: ChannelType, size: usize, place: &str) {
        let limits = Limits::default();
        let (name, limit) = match channel {
            ChannelType::MAIN => ("body_main", limits.body_main),
            ChannelType::DISPLAY => ("body_display", limits.body_display),
            ChannelType::CURSOR => ("body_cursor", limits.body_cursor),
            ChannelType::INPUTS => ("body_inputs", limits.body_inputs),
            ChannelType::PLAYBACK | ChannelType::RECORD => ("body_audio", limits.body_audio),
            _ => ("body_other", limits.body_other),
        };
        let largest = self.largest.entry(name).or_insert_with(|| (0, limit, String::new()));
        if size > largest.0 {
            *largest = (size, limit, place.to_owned());
        }
    }

    fn print_limits(&self) {
        for (name, (size, limit, place)) in &self.largest {
            println!("{name}: at most {size} of {limit} bytes ({place})");
        }
        for (name, (count, bytes)) in &self.trailing {
            println!("trailing bytes: {count} times {name}, {bytes} in all");
        }
    }
}

impl Display for Totals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} connections, {} messages and {} sub-messages in {} bytes of frames; {} connections with a security \
             layer, {} encrypted buffers",
            self.connections,
            self.messages,
            self.sub_messages,
            self.bytes,
            self.encrypted_connections,
            self.encrypted_buffers
        )
    }
}
