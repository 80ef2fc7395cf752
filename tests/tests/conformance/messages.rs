//! Every message vector: verdict, values, and the bytes that the reference writes.

use spice_proto::{ChannelType, ClientMessage, Encode, Error, ServerMessage};
use spice_proto_derive::model::{Message, Model};
use spice_proto_tests::value::same_struct;
use spice_proto_tests::vectors::{self, Vector};

#[test]
fn every_line_agrees_in_verdict_values_and_bytes() {
    let model = spice_proto_tests::model();
    let lines = vectors::lines(|name| name.starts_with(|first: char| first.is_ascii_digit()));
    let failures: Vec<String> = lines
        .iter()
        .filter_map(|line| {
            check(&model, line).err().map(|error| format!("{line}: {}{error}", line.text("message")))
        })
        .collect();
    let canonical = lines.iter().filter(|line| line.text("layout") == "canonical").count();
    println!("{} lines, {canonical} of them canonical, {} disagree", lines.len(), failures.len());
    assert!(
        failures.is_empty(),
        "{} of {}:\n{}",
        failures.len(),
        lines.len(),
        failures[..failures.len().min(20)].join("\n")
    );
}

fn check(model: &Model, line: &Vector) -> Result<(), String> {
    let channel = u8::try_from(line.number("channel_id")).map_err(|error| error.to_string())?;
    let kind = u16::try_from(line.number("id")).map_err(|error| error.to_string())?;
    let message = declared(model, channel, line.text("direction"), kind).ok_or(": not described")?;
    if message.name != line.text("message") {
        return Err(format!(": ours is called {}", message.name));
    }
    let bytes = line.bytes();
    let parsed = match line.text("direction") {
        "server" => parse(ServerMessage::parse(ChannelType(channel), kind, &bytes), line)?,
        _ => parse(ClientMessage::parse(ChannelType(channel), kind, &bytes), line)?,
    };
    let Some((value, written)) = parsed else { return Ok(()) };
    same_struct(model, message.body, &line.json["value"], &value)?;
    match written {
        Ok(written) if line.text("layout") != "canonical" || written == bytes => Ok(()),
        Ok(written) => Err(format!(": written as {written:02x?}")),
        Err(error) if line.text("layout") == "canonical" => Err(format!(": not written: {error}")),
        // Damaged on purpose: a required array without elements can be read, not written.
        Err(_) => Ok(()),
    }
}

type Read = (serde_json::Value, Result<Vec<u8>, spice_proto::EncodeError>);

fn parse<'a, T: Encode<'a> + serde::Serialize>(
    parsed: Result<T, Error>,
    line: &Vector,
) -> Result<Option<Read>, String> {
    match (parsed, line.valid()) {
        (Ok(message), true) => {
            let value = serde_json::to_value(&message).map_err(|error| error.to_string())?;
            Ok(Some((value, message.encode_to_vec())))
        }
        (Err(_), false) => Ok(None),
        (Ok(_), false) => Err(": accepted".into()),
        (Err(error), true) => Err(format!(": refused: {error}")),
    }
}

fn declared<'m>(model: &'m Model, channel: u8, direction: &str, kind: u16) -> Option<&'m Message> {
    let channels = &model.protocol.as_ref()?.channels;
    let channel = &model[channels.iter().find(|entry| entry.number == u32::from(channel))?.channel];
    let messages = if direction == "server" { &channel.server } else { &channel.client };
    messages.iter().find(|message| message.number == u32::from(kind))
}
