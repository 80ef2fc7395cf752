//! Every channel of every captured session through our ends.

use std::collections::BTreeMap;

use serde_json::Value;
use spice_proto::channel::{Any, ClientEnd, SendError, ServerEnd};
use spice_proto::frame::{Decoder, SubMessageList};
use spice_proto::{Limits, Origin, ServerMessage, common};
use spice_proto_tests::random::Random;
use spice_proto_tests::session::{Item, Place};

use super::recorded::{self, Recorded};

/// Numbers of what a client's end sends by itself.
const ANSWERS: [u16; 3] =
    [common::ClientMessage::ACK_SYNC, common::ClientMessage::ACK, common::ClientMessage::PONG];

/// Number and body of a message.
type Raw = (u16, Vec<u8>);

#[test]
fn our_client_reads_what_servers_sent_and_answers_as_the_real_client() {
    let mut totals = Totals::default();
    let mut failures = Vec::new();
    for (name, connections) in recorded::sessions() {
        totals.sessions += 1;
        for connection in &connections {
            if let Err(error) = client(connection, &mut totals) {
                failures.push(format!("{name}, {}: {error}", connection.name));
            }
        }
    }
    totals.report(&failures);
    assert!(totals.answers > 1_000 && totals.waits > 0, "{} answers, {} waits", totals.answers, totals.waits);
}

#[test]
fn our_server_reads_what_clients_sent() {
    let mut totals = Totals::default();
    let mut failures = Vec::new();
    for (name, connections) in recorded::sessions() {
        totals.sessions += 1;
        for connection in &connections {
            if let Err(error) = server(connection, &mut totals) {
                failures.push(format!("{name}, {}: {error}", connection.name));
            }
        }
    }
    totals.report(&failures);
    assert!(totals.full > 10, "windows were full {} times", totals.full);
}

#[derive(Default)]
struct Totals {
    sessions: u64,
    connections: u64,
    messages: u64,
    answers: u64,
    waits: u64,
    full: u64,
}

impl Totals {
    fn report(&self, failures: &[String]) {
        println!(
            "{} sessions, {} connections, {} messages, {} answers, {} waits",
            self.sessions, self.connections, self.messages, self.answers, self.waits
        );
        assert!(failures.is_empty(), "{} mismatches:\n{}", failures.len(), failures.join("\n"));
        assert!(self.sessions >= 57 && self.messages > 5_000, "too little data");
    }
}

/// Pieces of a stream, cut anywhere.
fn pieces<'b>(bytes: &'b [u8], random: &mut Random) -> Vec<&'b [u8]> {
    let (mut rest, mut pieces) = (bytes, Vec::new());
    while !rest.is_empty() {
        let most = [40, 70_000][random.below(2)];
        let (piece, behind) = rest.split_at(rest.len().min(1 + random.below(most)));
        pieces.push(piece);
        rest = behind;
    }
    pieces
}

/// Where messages differ from those that the tests' own reading found.
fn compare(found: &[(Raw, bool)], items: impl Iterator<Item = (Raw, bool)>) -> Result<(), String> {
    let items: Vec<_> = items.collect();
    if found == items {
        return Ok(());
    }
    let at = found.iter().zip(&items).position(|(ours, theirs)| ours != theirs);
    Err(format!("{} messages, {} read by the tests, different at {at:?}", found.len(), items.len()))
}

fn raw(item: &Item<'_>) -> (Raw, bool) {
    ((item.kind, item.body.to_vec()), item.place != Place::Own)
}

/// Messages by number against `meta.json`.
fn check_counts(found: &[(Raw, bool)], meta: &Value) -> Result<(), String> {
    let mut counts = BTreeMap::<String, u64>::new();
    for ((kind, _), _) in found.iter().filter(|(_, sub)| !sub) {
        *counts.entry(kind.to_string()).or_default() += 1;
    }
    let noted = meta.as_object().into_iter().flatten();
    let noted: BTreeMap<_, _> =
        noted.map(|(kind, noted)| (kind.clone(), noted["count"].as_u64().unwrap_or(0))).collect();
    if counts == noted { Ok(()) } else { Err(format!("counts {counts:?}, noted {noted:?}")) }
}

fn client(connection: &Recorded, totals: &mut Totals) -> Result<(), String> {
    let channel = connection.channel();
    let mut random = Random::new(connection.index as u64);
    let mut end = ClientEnd::new(Any(channel), connection.header, &Limits::default());
    let (mut found, mut output) = (Vec::new(), Vec::new());
    for piece in pieces(connection.bytes(Origin::Server), &mut random) {
        end.push(piece);
        loop {
            let message = end.next_message().map_err(|error| error.to_string())?;
            output.extend(end.take_output());
            let Some(message) = message else {
                if end.waiting().is_none() {
                    break;
                }
                totals.waits += 1;
                end.resume_anyway();
                continue;
            };
            message.parse().map_err(|error| format!("message {}: {error}", message.kind()))?;
            found.push(((message.kind(), message.body().to_vec()), message.is_sub_message()));
        }
    }
    end.finish().map_err(|error| error.to_string())?;
    totals.connections += 1;
    totals.messages += found.len() as u64;
    compare(&found, connection.track(Origin::Server).items().map(|item| raw(&item)))?;
    check_counts(&found, &connection.meta["server_to_client"])?;
    let ours = answers(connection, &output);
    let theirs: Vec<Raw> = connection.track(Origin::Client).items().map(|item| raw(&item).0).collect();
    let theirs: Vec<Raw> = theirs.into_iter().filter(|(kind, _)| ANSWERS.contains(kind)).collect();
    totals.answers += ours.len() as u64;
    let at = (0..ours.len().max(theirs.len())).find(|&at| ours.get(at) != theirs.get(at));
    let Some(at) = at else { return Ok(()) };
    let near =
        |list: &[Raw]| format!("{:?}", list.iter().skip(at.saturating_sub(1)).take(4).collect::<Vec<_>>());
    Err(format!(
        "{} answers, the client gave {}; at {at}: {} here, {} there",
        ours.len(),
        theirs.len(),
        near(&ours),
        near(&theirs)
    ))
}

/// What an end sent by itself.
fn answers(connection: &Recorded, output: &[u8]) -> Vec<Raw> {
    let mut decoder =
        Decoder::new(Origin::Client, connection.channel(), connection.header, &Limits::default());
    decoder.push(output);
    let frames = std::iter::from_fn(|| decoder.next_frame().expect("frames of ours"));
    frames.map(|frame| (frame.kind(), frame.body().to_vec())).collect()
}

/// Takes what a server's end has.
fn take(end: &mut ServerEnd<Any>, found: &mut Vec<(Raw, bool)>) -> Result<(), String> {
    while let Some(message) = end.next_message().map_err(|error| error.to_string())? {
        message.parse().map_err(|error| format!("message {}: {error}", message.kind()))?;
        found.push(((message.kind(), message.body().to_vec()), message.is_sub_message()));
    }
    Ok(())
}

/// The server's end reads the client's messages and sends the server's again, in the order of the capture: the same
/// bytes come out, and the window that the real server kept is kept here.
fn server(connection: &Recorded, totals: &mut Totals) -> Result<(), String> {
    let channel = connection.channel();
    let mut end = ServerEnd::new(Any(channel), connection.header, &Limits::server());
    let (mut found, mut written) = (Vec::new(), Vec::new());
    let mut from_client = connection.bytes(Origin::Client);
    for (_, origin, at) in connection.in_order() {
        let track = connection.track(origin);
        let frame = &track.frames[at];
        if origin == Origin::Client {
            let len = frame.wire_len() as usize;
            let (bytes, rest) = from_client.split_at(if connection.ordered { len } else { 0 });
            from_client = rest;
            end.push(bytes);
            take(&mut end, &mut found)?;
            continue;
        }
        let items = track.items_of(frame);
        let (own, subs) = items.split_last().ok_or("no message")?;
        let mut before = SubMessageList::new();
        if frame.frame.sub_list() != 0 {
            for sub in subs {
                let Place::Sub { declared_size, .. } = sub.place else { return Err("a bad list".into()) };
                before
                    .push_declared(sub.kind, declared_size, &common::Data { data: sub.body })
                    .map_err(|error| error.to_string())?;
            }
        }
        // Bytes that a message does not use are sent too.
        let parsed = ServerMessage::parse_with_trailing(channel, own.kind, own.body);
        let message = match parsed {
            Ok((message, [])) => message,
            _ => ServerMessage::Unknown { channel, kind: own.kind, body: own.body },
        };
        end.set_next_serial(frame.frame.serial());
        while !connection.ordered && !end.can_send() && !from_client.is_empty() {
            let (bytes, rest) = from_client.split_at(1);
            from_client = rest;
            end.push(bytes);
            take(&mut end, &mut found)?;
        }
        match end.send_with(&message, &before) {
            Ok(_) => {}
            Err(SendError::WindowFull) => return Err(format!("the window is full at message {at}")),
            Err(error) => return Err(error.to_string()),
        }
        totals.full += u64::from(!end.can_send());
        written.extend(end.take_output());
    }
    end.push(from_client);
    take(&mut end, &mut found)?;
    totals.connections += 1;
    totals.messages += found.len() as u64;
    compare(&found, connection.track(Origin::Client).items().map(|item| raw(&item)))?;
    check_counts(&found, &connection.meta["client_to_server"])?;
    if written != connection.bytes(Origin::Server) {
        return Err("other bytes are written".into());
    }
    Ok(())
}
