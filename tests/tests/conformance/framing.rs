//! Heads and sub-message lists: verdict, values, and the same bytes when written.

use serde_json::Value;
use spice_proto::common::Data;
use spice_proto::frame::{Decoder, Encoder, Header, HeaderKind, SubMessageList, SubMessages};
use spice_proto::{ChannelType, Error, Frame, Limits, Origin};
use spice_proto_tests::vectors::{self, Vector, from_hex, to_hex};

use super::report;

#[test]
fn every_head_and_list_agrees_in_verdict_values_and_bytes() {
    let lines = vectors::lines(|name| name == "framing.jsonl");
    for kind in ["full_header", "mini_header", "list_body", "sub_list_body"] {
        println!("{kind}: {} cases", lines.iter().filter(|line| line.text("kind") == kind).count());
    }
    report(&lines, |line| match line.text("kind") {
        "full_header" => head(line, HeaderKind::Full),
        "mini_header" => head(line, HeaderKind::Mini),
        "list_body" => list(line, 8, 0),
        "sub_list_body" => sub_list(line),
        kind => Err(format!("{kind} is unknown")),
    });
}

fn head(line: &Vector, kind: HeaderKind) -> Result<(), String> {
    let bytes = line.bytes();
    let Some(header) = Header::parse(kind, &bytes) else {
        return if line.valid() { Err("refused".into()) } else { Ok(()) };
    };
    if !line.valid() {
        return Err("accepted".into());
    }
    let mut ours = serde_json::json!({ "type": header.kind, "size": header.size });
    if kind == HeaderKind::Full {
        ours["serial"] = header.serial.into();
        ours["sub_list"] = header.sub_list.into();
    }
    same(&line.json["value"], &ours)?;
    let mut written = Vec::new();
    header.put(kind, &mut written);
    same(&to_hex(&bytes).into(), &to_hex(&written).into())
}

fn sub_list(line: &Vector) -> Result<(), String> {
    let list_at = u32::try_from(line.number("sub_list")).map_err(|error| error.to_string())?;
    if list_at == 0 {
        // Such a message has no list, whatever its body looks like.
        let frame = frame(101, 0, &line.bytes())?;
        let none = frame.sub_messages().map_err(|error| error.to_string())?.len() == 0;
        return if none && !line.valid() { Ok(()) } else { Err("a list was found".into()) };
    }
    list(line, 101, list_at)
}

/// Both through a frame and directly; written again, the same messages come out.
fn list(line: &Vector, kind: u16, list_at: u32) -> Result<(), String> {
    let bytes = line.bytes();
    let frame = frame(kind, list_at, &bytes)?;
    let (messages, direct) = match (frame.sub_messages(), SubMessages::parse(&bytes, list_at)) {
        (Ok(messages), Ok(direct)) if line.valid() => (messages, direct),
        (Err(one), Err(other)) if !line.valid() && one == other => return Ok(()),
        (one, other) => return Err(format!("{one:?}, without a frame {other:?}")),
    };
    same(&line.json["value"]["messages"], &shown(messages.clone()))?;
    same(&line.json["value"]["messages"], &shown(direct))?;
    if let Some(before) = line.json["value"].get("body_before") {
        same(before, &to_hex(frame.body()).into())?;
    }
    // The reference lays messages out the other way round, so that the bytes differ and the values do not.
    let mut before = SubMessageList::new();
    for message in messages {
        let body = Data { data: message.body };
        before
            .push_declared(message.kind, message.declared_size, &body)
            .map_err(|error| error.to_string())?;
    }
    let own = line.json["value"].get("body_before").and_then(Value::as_str).map(from_hex).unwrap_or_default();
    let mut wire = Vec::new();
    let own = Data { data: &own };
    Encoder::new(HeaderKind::Full)
        .encode_with(101, &own, &before, &mut wire)
        .map_err(|error| error.to_string())?;
    let again = decode(&wire).map_err(|error| error.to_string())?;
    let messages = again.sub_messages().map_err(|error| error.to_string())?;
    same(&line.json["value"]["messages"], &shown(messages))
}

fn frame(kind: u16, sub_list: u32, body: &[u8]) -> Result<Frame, String> {
    let mut wire = Vec::new();
    let header = Header { serial: Some(1), kind, size: body.len() as u32, sub_list };
    header.put(HeaderKind::Full, &mut wire);
    wire.extend(body);
    let frame = decode(&wire).map_err(|error| error.to_string())?;
    let mut written = Vec::new();
    frame.put(&mut written);
    same(&to_hex(&wire).into(), &to_hex(&written).into())?;
    Ok(frame)
}

fn decode(wire: &[u8]) -> Result<Frame, Error> {
    let mut decoder = Decoder::new(Origin::Server, ChannelType::MAIN, HeaderKind::Full, &Limits::default());
    decoder.push(wire);
    let frame = decoder.next_frame()?;
    decoder.finish()?;
    Ok(frame.expect("nothing is missing"))
}

fn shown(messages: SubMessages<'_>) -> Value {
    messages
        .map(|message| serde_json::json!({ "type": message.kind, "data": to_hex(message.body) }))
        .collect()
}

fn same(theirs: &Value, ours: &Value) -> Result<(), String> {
    if theirs == ours { Ok(()) } else { Err(format!("{theirs}, ours {ours}")) }
}
