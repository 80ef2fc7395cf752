//! The vectors of the reference as cases.

use std::io::{self, Write};

use serde_json::Value;

use super::description::Target;
use super::sets::{Case, Set};
use crate::vectors::{self, Vector, from_hex};

/// Writes every message that the reference was asked about.
///
/// # Errors
/// When a line cannot be written.
pub fn messages<W: Write>(set: &mut Set<'_, W>) -> io::Result<()> {
    for line in vectors::lines(|name| name.starts_with(|first: char| first.is_ascii_digit())) {
        let number = u32::try_from(line.number("id")).map_err(io::Error::other)?;
        let target =
            Target::Message { module: line.text("channel"), direction: line.text("direction"), number };
        case(set, &line, target, &[], &line.bytes())?;
    }
    for line in vectors::lines(|name| name == "gl_scanout.jsonl") {
        let number = u32::try_from(line.number("message")).map_err(io::Error::other)?;
        let target = Target::Message { module: "display", direction: "server", number };
        case(set, &line, target, &[], &from_hex(line.text("body")))?;
    }
    Ok(())
}

/// Writes what surrounds messages: link, tickets, SASL, heads, sub-messages, agent.
///
/// # Errors
/// When a line cannot be written.
pub fn around<W: Write>(set: &mut Set<'_, W>) -> io::Result<()> {
    let files =
        ["link.jsonl", "ticket.jsonl", "sasl.jsonl", "framing.jsonl", "agent.jsonl", "agent_chunks.jsonl"];
    for line in vectors::lines(|name| files.contains(&name)) {
        let bytes = line.bytes();
        let mut structure =
            |module, name, bytes: &[u8]| case(set, &line, Target::Struct { module, name }, &[], bytes);
        match line.text("kind") {
            "link_mess" => headed(&bytes, 16, |head, rest| {
                structure("link", "LinkHeader", head)?;
                rest.map_or(Ok(()), |rest| structure("link", "LinkMess", rest))
            })?,
            "link_reply" => headed(&bytes, 16, |head, rest| {
                structure("link", "LinkHeader", head)?;
                rest.map_or(Ok(()), |rest| structure("link", "LinkReply", rest))
            })?,
            "ticket" => structure("link", "LinkEncryptedTicket", &bytes)?,
            "sasl_mechlist" => structure("link", "SaslMechList", &bytes)?,
            "sasl_mechname" => structure("link", "SaslMechName", &bytes)?,
            "sasl_client_data" => structure("link", "SaslClientData", &bytes)?,
            "sasl_server_data" => structure("link", "SaslServerData", &bytes)?,
            "sasl_result" => headed(&bytes, 4, |head, rest| {
                structure("link", "SaslResult", head)?;
                rest.map_or(Ok(()), |rest| structure("link", "SaslFailure", rest))
            })?,
            "full_header" => structure("frame", "FullHeader", &bytes)?,
            "mini_header" => structure("frame", "MiniHeader", &bytes)?,
            "list_body" => set.sub_messages(&name(&line), 0, &bytes)?,
            "sub_list_body" => {
                let at = u32::try_from(line.number("sub_list")).map_err(io::Error::other)?;
                set.sub_messages(&name(&line), at, &bytes)?;
            }
            "agent" => agent(set, &line, &bytes)?,
            "vdi_chunks" => structure("agent", "VDIChunkHeader", &bytes)?,
            kind => return Err(io::Error::other(format!("{line}: unknown kind {kind}"))),
        }
    }
    Ok(())
}

/// The head of an agent message, and the message.
fn agent<W: Write>(set: &mut Set<'_, W>, line: &Vector, bytes: &[u8]) -> io::Result<()> {
    headed(bytes, 20, |head, rest| {
        let target = Target::Struct { module: "agent", name: "AgentMessageHeader" };
        case(set, line, target, &[], head)?;
        let Some((rest, number)) = rest.zip(head.get(4..8).and_then(|number| number.try_into().ok())) else {
            return Ok(());
        };
        let target =
            Target::Message { module: "agent", direction: "both", number: u32::from_le_bytes(number) };
        let capabilities = line.json["caps"].as_array().into_iter().flatten().filter_map(Value::as_u64);
        let capabilities: Vec<u32> = capabilities.filter_map(|number| u32::try_from(number).ok()).collect();
        case(set, line, target, &capabilities, rest)
    })
}

/// The head and what follows it; a head that is cut alone.
fn headed(
    bytes: &[u8],
    len: usize,
    then: impl FnOnce(&[u8], Option<&[u8]>) -> io::Result<()>,
) -> io::Result<()> {
    match bytes.split_at_checked(len) {
        Some((head, rest)) => then(head, Some(rest)),
        None => then(bytes, None),
    }
}

fn case<W: Write>(
    set: &mut Set<'_, W>,
    line: &Vector,
    target: Target<'_>,
    capabilities: &[u32],
    body: &[u8],
) -> io::Result<()> {
    set.case(&Case { name: name(line), target, capabilities: capabilities.to_vec(), body })
}

/// File and line.
fn name(line: &Vector) -> String {
    let file = line.file.file_name().unwrap_or_default().to_string_lossy();
    format!("{file}:{}", line.line)
}
