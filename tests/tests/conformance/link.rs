//! Link frames: what a server answers to every client's link message, what a client makes of a reply.

use serde_json::Value;
use spice_proto::link::{Answer, ClientLink, LinkError, ServerLink};
use spice_proto::{Limits, List};
use spice_proto_tests::vectors::{self, Vector, to_hex};

#[test]
fn every_link_line_agrees_in_verdict_values_and_bytes() {
    let lines = vectors::lines(|name| name == "link.jsonl");
    super::report(&lines, check);
}

fn check(line: &Vector) -> Result<(), String> {
    match line.text("kind") {
        "link_mess" => link_mess(line),
        "link_reply" => link_reply(line),
        kind => Err(format!("an unknown kind: {kind}")),
    }
}

/// `expect` is "ok", the error of the reply, "silent" or "wait".
fn link_mess(line: &Vector) -> Result<(), String> {
    let bytes = line.bytes();
    let parsed = ClientLink::parse(&bytes, &Limits::server());
    let said = match &parsed {
        // The server of the vectors has channels of every kind but those it does not know.
        Ok((link, _)) if link.channel().name().is_none() => Value::from("silent"),
        Ok(_) => "ok".into(),
        Err(LinkError::Incomplete { .. }) => "wait".into(),
        Err(LinkError::Refused { answer: Answer::Silence, .. }) => "silent".into(),
        Err(LinkError::Refused { answer: Answer::Reply(error), .. }) => error.0.into(),
        Err(refused) => return Err(format!("not an answer to a first message: {refused:?}")),
    };
    if said != line.json["expect"] {
        return Err(format!("expected {}, ours {said}: {parsed:?}", line.json["expect"]));
    }
    let Some(value) = line.json.get("value").filter(|_| said == "ok") else { return Ok(()) };
    let (link, rest) = parsed.map_err(|error| error.to_string())?;
    let numbers = [
        ("connection_id", u64::from(link.mess.connection_id)),
        ("channel_type", u64::from(link.mess.channel_type)),
        ("channel_id", u64::from(link.mess.channel_id)),
        ("caps_offset", u64::from(link.mess.caps_offset)),
    ];
    for (name, ours) in numbers {
        if value[name].as_u64() != Some(ours) {
            return Err(format!("{name}: {}, ours {ours}", value[name]));
        }
    }
    same_words(&value["common_caps"], link.common_caps)?;
    same_words(&value["channel_caps"], link.channel_caps)?;
    // Canonical: words right behind the fixed part, nothing behind them, minor version 2.
    let words = 4 * (link.common_caps.len() + link.channel_caps.len());
    if link.mess.caps_offset == 18 && bytes.len() == 16 + 18 + words && bytes[8..12] == [2, 0, 0, 0] {
        let mut written = Vec::new();
        link.encode(&mut written).map_err(|error| error.to_string())?;
        if written != bytes {
            return Err(format!("written as {}", to_hex(&written)));
        }
    }
    if rest.is_empty() { Ok(()) } else { Err("bytes left".into()) }
}

fn link_reply(line: &Vector) -> Result<(), String> {
    let bytes = line.bytes();
    match (ServerLink::parse(&bytes, &Limits::default()), line.valid()) {
        (Err(_), false) => Ok(()),
        (Err(error), true) => Err(format!("refused: {error}")),
        (Ok(_), false) => Err("accepted".into()),
        (Ok((link, _)), true) => {
            let value = &line.json["value"];
            if value["error"].as_u64() != Some(u64::from(link.reply.error.0)) {
                return Err(format!("error: {}, ours {:?}", value["error"], link.reply.error));
            }
            if value["pub_key"].as_str() != Some(&to_hex(link.reply.pub_key)) {
                return Err("another key".into());
            }
            same_words(&value["common_caps"], link.common_caps)?;
            same_words(&value["channel_caps"], link.channel_caps)?;
            let words = 4 * (link.common_caps.len() + link.channel_caps.len());
            let offset = if link.reply.error.0 == 0 { 178 } else { 0 };
            if link.reply.caps_offset == offset && bytes.len() == 16 + 178 + words {
                let mut written = Vec::new();
                link.encode(&mut written).map_err(|error| error.to_string())?;
                if written != bytes {
                    return Err(format!("written as {}", to_hex(&written)));
                }
            }
            Ok(())
        }
    }
}

fn same_words(theirs: &Value, ours: List<'_, u32>) -> Result<(), String> {
    let ours: Vec<u64> = ours.iter().map(u64::from).collect();
    let theirs: Vec<u64> = theirs.as_array().into_iter().flatten().filter_map(|word| word.as_u64()).collect();
    if theirs == ours { Ok(()) } else { Err(format!("words {theirs:x?}, ours {ours:x?}")) }
}
