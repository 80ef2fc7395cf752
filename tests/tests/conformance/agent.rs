//! Agent messages and how they travel.

use serde_json::{Map, Value, json};
use spice_proto::agent::{
    AgentMessageHeader, Chunk, ChunkReader, FileXferDetail, Message, Pieces, RawMessage, Reassembler, VdiPort,
};
use spice_proto::wire::CapabilitySet;
use spice_proto::{Encode, Limits, Origin, Parse};
use spice_proto_derive::model::{Model, Type};
use spice_proto_tests::value::same_struct;
use spice_proto_tests::vectors::{self, Vector, to_hex};

use super::report;

#[test]
fn every_agent_message_agrees_in_verdict_values_and_bytes() {
    let model = spice_proto_tests::model();
    let lines = vectors::lines(|name| name == "agent.jsonl");
    report(&lines, |line| message(&model, line));
}

#[test]
fn every_chunk_agrees_and_comes_out_however_it_comes_in() {
    let lines = vectors::lines(|name| name == "agent_chunks.jsonl");
    report(&lines, chunks);
}

fn message(model: &Model, line: &Vector) -> Result<(), String> {
    let bytes = line.bytes();
    let caps = line.json["caps"].as_array().into_iter().flatten().filter_map(Value::as_u64);
    let caps = caps.fold(CapabilitySet::EMPTY, |set, cap| set.with(cap as u32));
    let theirs = &line.json["value"];
    let mut stream = Reassembler::new(Origin::Server, &Limits::default());
    stream.push(&bytes);
    let raw = match stream.next_message() {
        Ok(Some(raw)) => raw,
        Ok(None) => return Err("not a whole message".into()),
        Err(_) if !line.valid() => return Ok(()),
        Err(error) => return Err(format!("refused: {error}")),
    };
    let parsed = match raw.parse(caps) {
        // The reference refuses what it does not know; here it is kept and named unknown.
        Ok(Message::Unknown { .. }) if !line.valid() && line.text("message") == "invalid" => return Ok(()),
        Ok(parsed) if line.valid() => parsed,
        Err(_) if !line.valid() => return Ok(()),
        Ok(_) => return Err("accepted".into()),
        Err(error) => return Err(format!("refused: {error}")),
    };
    head(theirs, &raw)?;
    let header = AgentMessageHeader::parse(&bytes).map_err(|error| error.to_string())?;
    let ours = [header.protocol.into(), header.type_.into(), header.opaque.into(), header.size.into()];
    for (name, ours) in ["protocol", "type", "opaque", "size"].into_iter().zip::<[Value; 4]>(ours) {
        same(name, &theirs[name], &ours)?;
    }
    body(model, line, theirs, &parsed)?;
    let written = parsed.encode_to_vec().map_err(|error| format!("not written: {error}"))?;
    let pieces =
        Pieces::with_opaque(raw.kind(), raw.opaque(), &written).map_err(|error| error.to_string())?;
    let mut again = Vec::new();
    for piece in pieces {
        piece.encode(&mut again).map_err(|error| error.to_string())?;
    }
    same("written", &to_hex(&bytes).into(), &to_hex(&again).into())
}

/// What the reassembler says of the head.
fn head(theirs: &Value, raw: &RawMessage) -> Result<(), String> {
    same("type", &theirs["type"], &raw.kind().into())?;
    same("opaque", &theirs["opaque"], &raw.opaque().into())?;
    same("size", &theirs["size"], &raw.body().len().into())
}

/// The fields of the body, brought into the form of the description: the reference has no structure around a
/// selection, names the parts of a detail, and leaves out what is not there.
fn body(model: &Model, line: &Vector, theirs: &Value, parsed: &Message<'_>) -> Result<(), String> {
    let channel = model.channels.iter().find(|channel| channel.name == "AgentChannel").expect("described");
    let kind = line.number("type");
    let described = channel.both.iter().find(|message| u64::from(message.number) == kind);
    let described = described.ok_or("not described")?;
    same("name", &line.text("message").into(), &described.name.to_uppercase().into())?;
    let mut theirs = theirs["body"].as_object().cloned().ok_or("no fields")?;
    let mut ours = serde_json::to_value(parsed).map_err(|error| error.to_string())?;
    if let Message::FileXferStatus(status) = parsed {
        let detail = match status.detail() {
            FileXferDetail::Error(detail) => {
                vec![("error_type", detail.error_type.0.into()), ("error_code", detail.error_code.into())]
            }
            FileXferDetail::Space(detail) => vec![("disk_free_space", detail.disk_free_space.into())],
            _ => Vec::new(),
        };
        if theirs.len() != 2 + detail.len() {
            return Err(format!("detail: {theirs:?}, ours {detail:?}"));
        }
        for (name, ours) in detail {
            same(name, &theirs.remove(name).unwrap_or_default(), &ours)?;
        }
        theirs.insert("detail".into(), to_hex(status.detail).into());
    }
    // The reference does not name the length of an address.
    for entry in theirs.get_mut("display_info").and_then(Value::as_array_mut).into_iter().flatten() {
        let mut fields = entry.as_object().cloned().ok_or("no structure")?;
        let address = fields.remove("device_address").ok_or("no address")?;
        let digits = address.as_str().ok_or("no digits")?.len();
        fields.insert("device_address_len".into(), (digits / 2).into());
        fields.insert("device_address".into(), address);
        *entry = fields.into();
    }
    let mut ordered = Map::new();
    for field in &model[described.body].fields {
        let name = field.name.as_str();
        let value = theirs.remove(name);
        let value = match (&field.condition, &field.ty, value) {
            (Some(_), ty, None) => {
                same(name, &Value::Null, &ours[name])?;
                // Stands for both.
                let none = if matches!(ty, Type::Struct(_)) { json!({ "selection": 0 }) } else { json!(0) };
                ours[name] = none.clone();
                none
            }
            (Some(_), Type::Struct(_), Some(selection)) => json!({ "selection": selection }),
            (_, Type::Switch(switch), None) => switch
                .arms
                .iter()
                .find_map(|arm| Some(json!({ &arm.field.name: theirs.remove(&arm.field.name)? })))
                .unwrap_or_default(),
            (.., value) => value.unwrap_or_default(),
        };
        ordered.insert(name.into(), value);
    }
    if !theirs.is_empty() {
        return Err(format!("ours has no {theirs:?}"));
    }
    same_struct(model, described.body, &ordered.into(), &ours)
}

/// What a stream of chunks carries: chunk sizes and the bytes of each port.
fn read<'p>(
    pieces: impl IntoIterator<Item = &'p [u8]>,
) -> Result<Vec<(VdiPort, RawMessage)>, spice_proto::Error> {
    let mut reader = ChunkReader::new();
    let mut streams = [VdiPort::CLIENT, VdiPort::SERVER]
        .map(|port| (port, Reassembler::new(Origin::Server, &Limits::default())));
    let mut messages = Vec::new();
    for piece in pieces {
        reader.push(piece);
        while let Some(chunk) = reader.next_chunk()? {
            assert!(chunk.data.len() <= 2048);
            for (port, stream) in &mut streams {
                if *port == chunk.port {
                    stream.push_bytes(&chunk.data);
                    while let Some(message) = stream.next_message()? {
                        messages.push((*port, message));
                    }
                }
            }
        }
    }
    reader.finish()?;
    streams.iter().try_for_each(|(_, stream)| stream.finish())?;
    Ok(messages)
}

fn write(port: VdiPort, message: &RawMessage) -> Result<Vec<u8>, String> {
    let pieces = Pieces::with_opaque(message.kind(), message.opaque(), message.body());
    let mut bytes = Vec::new();
    for piece in pieces.map_err(|error| error.to_string())? {
        Chunk { port, piece }.encode(&mut bytes).map_err(|error| error.to_string())?;
    }
    Ok(bytes)
}

fn chunks(line: &Vector) -> Result<(), String> {
    let bytes = line.bytes();
    let whole = read([&bytes[..]]);
    for cut in 0..=bytes.len() {
        let parts = read([&bytes[..cut], &bytes[cut..]]);
        if parts != whole {
            return Err(format!("cut at {cut}: {parts:?}, in one {whole:?}"));
        }
    }
    let messages = match whole {
        Ok(messages) if line.valid() => messages,
        Err(_) if !line.valid() => return Ok(()),
        other => return Err(format!("{other:?}")),
    };
    let [(port, message)] = &messages[..] else { return Err(format!("{} messages", messages.len())) };
    let theirs = &line.json["value"];
    same("port", &theirs["port"], &port.0.into())?;
    let mut carried = Vec::new();
    let pieces = Pieces::with_opaque(message.kind(), message.opaque(), message.body());
    for piece in pieces.map_err(|error| error.to_string())? {
        piece.encode(&mut carried).map_err(|error| error.to_string())?;
    }
    same("message", &theirs["message"], &to_hex(&carried).into())?;
    same("written", &to_hex(&bytes).into(), &to_hex(&write(*port, message)?).into())
}

/// The vectors of both ports, chunk by chunk in turn.
#[test]
fn two_ports_take_turns() {
    let lines = vectors::lines(|name| name == "agent_chunks.jsonl");
    let of = |port: u64| {
        let lines = lines.iter().filter(move |line| line.json["value"]["port"] == port);
        let chunks: Vec<Vec<u8>> = lines.flat_map(|line| split(&line.bytes())).collect();
        let messages = read([&chunks.concat()[..]]).expect("right");
        (chunks, messages)
    };
    let ((client, from_client), (server, from_server)) = (of(1), of(2));
    let most = client.len().max(server.len());
    let mixed: Vec<u8> = (0..most)
        .flat_map(|at| [client.get(at), server.get(at)].into_iter().flatten().flatten().copied())
        .collect();
    let messages = read(mixed.chunks(1000)).expect("right");
    let of = |port| messages.iter().filter(move |(of, _)| *of == port).cloned().collect::<Vec<_>>();
    println!("{} messages of the client, {} of the server", from_client.len(), from_server.len());
    assert!(!from_client.is_empty() && !from_server.is_empty());
    assert_eq!((of(VdiPort::CLIENT), of(VdiPort::SERVER)), (from_client, from_server));
}

/// The chunks of a line.
fn split(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut chunks = Vec::new();
    while let Some(size) = bytes.get(4..8) {
        let len = 8 + u32::from_le_bytes(size.try_into().expect("four bytes")) as usize;
        chunks.push(bytes[..len].to_vec());
        bytes = &bytes[len..];
    }
    chunks
}

fn same(name: &str, theirs: &Value, ours: &Value) -> Result<(), String> {
    if theirs == ours { Ok(()) } else { Err(format!("{name}: {theirs}, ours {ours}")) }
}
