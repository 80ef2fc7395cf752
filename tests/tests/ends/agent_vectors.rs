//! The vectors of agent messages and of the agent's port through an end.

use spice_proto::agent::{AgentEnd, ChunkReader, Message, RawMessage};
use spice_proto::main::{AgentTokens, ClientMessage, ServerMessage};
use spice_proto::wire::CapabilitySet;
use spice_proto::{Encode, Limits};
use spice_proto_tests::vectors::{self, Vector};

/// A client's end with everything announced that layouts depend on.
fn client(capabilities: &[u32]) -> AgentEnd {
    let set = capabilities.iter().fold(CapabilitySet::EMPTY, |set, number| set.with(*number));
    let mut end = AgentEnd::client(set, &Limits::default());
    end.handle_server(&ServerMessage::AgentConnectedTokens(AgentTokens { num_tokens: u32::MAX }));
    let words = spice_proto::link::words(capabilities.iter().copied());
    let announce = spice_proto::agent::AnnounceCapabilities { request: 0, caps: words[..].into() };
    let body = announce.encode_to_vec().expect("written");
    let pieces = spice_proto::agent::Pieces::new(Message::ANNOUNCE_CAPABILITIES, &body).expect("short");
    pieces.for_each(|piece| end.push(&piece.encode_to_vec().expect("written")));
    assert!(end.next_message().expect("an announcement").is_some());
    assert_eq!(end.both(), set);
    drop(sent(&mut end));
    end
}

/// The bytes that an end has for AGENT_DATA, all pieces together.
fn sent(end: &mut AgentEnd) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Some(message) = end.next_client_message() {
        if let ClientMessage::AgentData(data) = message {
            assert!(data.data.len() <= 2048);
            bytes.extend(data.data);
        }
    }
    bytes
}

#[test]
fn every_message_vector_goes_through_an_end_both_ways() {
    let lines = vectors::lines(|name| name == "agent.jsonl");
    let (mut valid, mut written) = (0, 0);
    for line in &lines {
        let caps = line.json["caps"].as_array().into_iter().flatten().filter_map(|cap| cap.as_u64());
        let mut caps: Vec<u32> = caps.map(|cap| cap as u32).collect();
        // What the receiver has to take besides.
        caps.extend([0, 4, 5, 10, 11, 15]);
        let mut end = client(&caps);
        let bytes = line.bytes();
        bytes.chunks(700).for_each(|piece| end.push(piece));
        let parsed = end.next_message().map(|raw| raw.map(|raw| check(&mut end, &raw)));
        if !line.valid() {
            assert!(!matches!(parsed, Ok(Some(Some(_)))), "{}", line.bytes().len());
            continue;
        }
        valid += 1;
        let again = parsed.expect("right").expect("whole").expect("parsed");
        if let Some(again) = again {
            assert_eq!(vectors::to_hex(&again), vectors::to_hex(&bytes));
            written += 1;
        }
    }
    println!("{} vectors, {valid} valid, {written} sent again as they came", lines.len());
    assert!(valid > 100 && written > 100, "{valid} valid, {written} sent again");
}

/// Parses a message and sends it again: `None` when it does not parse or is unknown; `Some(None)` when its head would
/// be another one.
fn check(end: &mut AgentEnd, raw: &RawMessage) -> Option<Option<Vec<u8>>> {
    drop(sent(end));
    let both = end.both();
    let message = raw.parse(both).ok().filter(|message| !matches!(message, Message::Unknown { .. }))?;
    // An announcement changes what the end may send.
    if matches!(message, Message::AnnounceCapabilities(_)) || raw.opaque() != 0 {
        return Some(None);
    }
    let (_, trailing) = Message::parse_with_trailing(raw.kind(), raw.body(), both).ok()?;
    end.send(&message).expect("sent");
    let again = sent(end);
    Some(Some(again).filter(|_| trailing.is_empty()))
}

#[test]
fn every_chunk_vector_goes_through_an_end() {
    let lines = vectors::lines(|name| name == "agent_chunks.jsonl");
    let lines: Vec<&Vector> = lines.iter().filter(|line| line.valid()).collect();
    for line in &lines {
        let (mut reader, mut end) = (ChunkReader::new(), client(&[]));
        reader.push(&line.bytes());
        while let Some(chunk) = reader.next_chunk().expect("chunks") {
            end.push(&chunk.data);
        }
        let raw = end.next_message().expect("right").expect("whole");
        let theirs = vectors::from_hex(line.json["value"]["message"].as_str().expect("a message"));
        assert_eq!(raw.body(), &theirs[20..]);
        assert_eq!(end.next_message(), Ok(None));
    }
    println!("{} vectors of chunks", lines.len());
    assert!(!lines.is_empty());
}
