//! SASL frames and tickets.

use spice_proto::link::{
    LinkEncryptedTicket, SaslClientData, SaslFailure, SaslMechList, SaslMechName, SaslResult, SaslServerData,
};
use spice_proto::wire::Wire;
use spice_proto::{Encode, Parse};
use spice_proto_tests::vectors::{self, Vector, to_hex};

#[test]
fn every_sasl_frame_agrees_in_verdict_values_and_bytes() {
    let lines = vectors::lines(|name| name == "sasl.jsonl");
    super::report(&lines, check);
}

/// Decryption needs the ticket feature, which is not there yet; the frame itself is.
#[test]
fn every_ticket_is_a_frame_of_128_bytes() {
    let lines = vectors::lines(|name| name == "ticket.jsonl");
    let mut framed = 0;
    for line in &lines {
        let bytes = line.bytes();
        match LinkEncryptedTicket::parse_with_trailing(&bytes) {
            Ok((ticket, trailing)) => {
                framed += 1;
                assert_eq!(
                    ticket.encode_to_vec().as_deref(),
                    Ok(&bytes[..bytes.len() - trailing.len()]),
                    "{line}"
                );
                assert!(!format!("{ticket:?}").contains(&to_hex(&bytes[..4])), "{line}: shown");
            }
            Err(error) => assert!(bytes.len() < 128 && !line.valid(), "{line}: {error}"),
        }
    }
    println!(
        "{} lines, {framed} of them whole frames; what they decrypt to is not checked here",
        lines.len()
    );
}

fn check(line: &Vector) -> Result<(), String> {
    let bytes = line.bytes();
    let value = &line.json["value"];
    match line.text("kind") {
        "sasl_mechlist" => {
            frame::<SaslMechList<'_>>(line, &bytes, |list| text(&value["mechlist"], list.mechlist.0))
        }
        "sasl_mechname" => {
            frame::<SaslMechName<'_>>(line, &bytes, |name| text(&value["mechname"], name.mechname.0))
        }
        "sasl_client_data" => {
            frame::<SaslClientData<'_>>(line, &bytes, |data| block(&value["data"], data.data))
        }
        "sasl_server_data" => frame::<SaslServerData<'_>>(line, &bytes, |data| {
            block(&value["data"], data.data)?;
            let complete = value["complete"].as_u64() == Some(data.complete.into());
            if complete { Ok(()) } else { Err(format!("complete {}", data.complete)) }
        }),
        "sasl_result" => sasl_result(line, &bytes),
        kind => Err(format!("an unknown kind: {kind}")),
    }
}

fn frame<'a, T: Wire<'a>>(
    line: &Vector,
    bytes: &'a [u8],
    same: impl FnOnce(&T) -> Result<(), String>,
) -> Result<(), String> {
    let parsed = T::parse(bytes);
    // A name is one of those offered, which the description cannot say.
    let comma =
        line.text("kind") == "sasl_mechname" && bytes.get(4..).is_some_and(|name| name.contains(&b','));
    match (parsed, line.valid()) {
        (Err(_), false) => Ok(()),
        (Ok(_), false) if comma => Ok(()),
        (Ok(_), false) => Err("accepted".into()),
        (Err(error), true) => Err(format!("refused: {error}")),
        (Ok(frame), true) => {
            same(&frame)?;
            let written = frame.encode_to_vec().map_err(|error| error.to_string())?;
            if written == bytes { Ok(()) } else { Err(format!("written as {}", to_hex(&written))) }
        }
    }
}

/// A result other than 0 is followed by a text.
fn sasl_result(line: &Vector, bytes: &[u8]) -> Result<(), String> {
    let value = &line.json["value"];
    let (result, rest) = SaslResult::parse_with_trailing(bytes).map_err(|error| error.to_string())?;
    if value["result"].as_u64() != Some(result.result.into()) {
        return Err(format!("result {}", result.result));
    }
    if result.result == 0 {
        return if rest.is_empty() { Ok(()) } else { Err("bytes left".into()) };
    }
    let failure = SaslFailure::parse(rest).map_err(|error| error.to_string())?;
    text(&value["text"], failure.text.until_nul().0)
}

fn text(theirs: &serde_json::Value, ours: &[u8]) -> Result<(), String> {
    let same = theirs.as_str().is_some_and(|text| text.as_bytes() == ours || text == to_hex(ours));
    if same { Ok(()) } else { Err(format!("{theirs}, ours {}", to_hex(ours))) }
}

/// No data is null. Other data ends with a byte that the reader takes for zero; the vectors show what stands before it.
fn block(theirs: &serde_json::Value, ours: &[u8]) -> Result<(), String> {
    match (theirs.as_str(), ours.split_last()) {
        (None, None) => Ok(()),
        (Some(hex), Some((_, data))) if hex == to_hex(data) => Ok(()),
        _ => Err(format!("{theirs}, ours {}", to_hex(ours))),
    }
}
