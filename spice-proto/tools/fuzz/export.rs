//! Cases for other programs.

use std::fmt::Write;

use spice_proto::Origin;

use super::case::{Case, Message, name};

/// What a case is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Form {
    /// Arrays of C, a message each.
    C,
    /// A list of Python: channel, number, body.
    Python,
    /// A test of Rust that parses each message.
    Rust,
    /// The messages of the last channel behind the handshake, with mini headers, as on the wire.
    Raw,
}

/// The bytes of the export.
pub(crate) fn export(case: &Case, form: Form) -> Vec<u8> {
    match form {
        Form::C => c(case).into_bytes(),
        Form::Python => python(case).into_bytes(),
        Form::Rust => rust(case).into_bytes(),
        Form::Raw => raw(case),
    }
}

fn c(case: &Case) -> String {
    let mut text = String::from("#include <stdint.h>\n\n");
    for (index, message) in case.messages().enumerate() {
        let Message { channel, kind, body, label } = message;
        let bytes: Vec<String> = body.iter().map(|byte| format!("0x{byte:02x}")).collect();
        let _ = writeln!(text, "/* {} {kind} {label} */", name(*channel));
        // An array of C has at least one element.
        let bytes = if bytes.is_empty() { "0".to_owned() } else { bytes.join(", ") };
        let _ = writeln!(text, "static const uint8_t message_{index}[] = {{{bytes}}};");
        let _ = writeln!(text, "static const uint32_t message_{index}_size = {};\n", body.len());
    }
    text
}

fn python(case: &Case) -> String {
    let mut text = String::from("# channel, number, body\nmessages = [\n");
    for Message { channel, kind, body, label } in case.messages() {
        let _ = writeln!(
            text,
            "    ({}, {kind}, bytes.fromhex(\"{}\")),  # {label}",
            channel.0,
            super::case::to_hex(body)
        );
    }
    text + "]\n"
}

fn rust(case: &Case) -> String {
    let message = if case.role == Origin::Client { "ClientMessage" } else { "ServerMessage" };
    let mut text = format!("use spice_proto::{{ChannelType, {message}}};\n\n#[test]\nfn case() {{\n");
    for Message { channel, kind, body, label } in case.messages() {
        let bytes: Vec<String> = body.iter().map(|byte| format!("0x{byte:02x}")).collect();
        if !label.is_empty() {
            let _ = writeln!(text, "    // {label}");
        }
        let _ = writeln!(
            text,
            "    let _ = {message}::parse(ChannelType({}), {kind}, &[{}]);",
            channel.0,
            bytes.join(", ")
        );
    }
    text + "}\n"
}

fn raw(case: &Case) -> Vec<u8> {
    let last = case.messages().last().map(|message| message.channel);
    let mut bytes = Vec::new();
    for Message { channel, kind, body, .. } in case.messages() {
        if Some(*channel) == last {
            bytes.extend(kind.to_le_bytes());
            bytes.extend(u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes());
            bytes.extend(body);
        }
    }
    bytes
}
