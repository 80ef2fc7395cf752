//! GL scanouts of libspice-server 0.16.0: values, bytes, and what went beside the stream.

use bytes::Buf;
use serde_json::{Value, json};
use spice_proto::channel::{ClientEnd, Display, ServerEnd};
use spice_proto::display::ServerMessage;
use spice_proto::frame::HeaderKind;
use spice_proto::{Encode, Limits};
use spice_proto_tests::vectors::{self, Vector, from_hex, to_hex};

use super::report;

#[test]
fn every_scanout_agrees_in_values_bytes_and_descriptors() {
    let lines = vectors::lines(|name| name == "gl_scanout.jsonl");
    report(&lines, |line| {
        let body = from_hex(line.text("body"));
        let kind = u16::try_from(line.number("message")).map_err(|error| error.to_string())?;
        let message = ServerMessage::parse(kind, &body).map_err(|error| error.to_string())?;
        same(&line.json["name"], &json!(message.name()))?;
        values(line, &message)?;
        let written = message.encode_to_vec().map_err(|error| error.to_string())?;
        same(&line.json["body"], &to_hex(&written).into())?;
        [HeaderKind::Mini, HeaderKind::Full].into_iter().try_for_each(|header| beside(line, header, &message))
    });
}

fn values(line: &Vector, message: &ServerMessage<'_>) -> Result<(), String> {
    let mut ours = match message {
        ServerMessage::GlScanoutUnix(scanout) => json!({
            "width": scanout.width, "height": scanout.height, "stride": scanout.stride,
            "drm_fourcc_format": scanout.drm_fourcc_format, "flags": scanout.flags.bits(),
        }),
        ServerMessage::GlScanout2Unix(scanout) => json!({
            "width": scanout.width, "height": scanout.height,
            "drm_fourcc_format": scanout.drm_fourcc_format, "flags": scanout.flags.bits(),
            "num_planes": scanout.planes.len(), "modifier": format!("{:#018x}", scanout.modifier),
            "planes": scanout.planes.iter()
                .map(|plane| json!({"offset": plane.offset, "stride": plane.stride})).collect::<Vec<_>>(),
        }),
        ServerMessage::GlDraw(draw) => json!({"x": draw.x, "y": draw.y, "w": draw.w, "h": draw.h}),
        _ => return Err("not a message of scanouts".into()),
    };
    // The format again, in letters.
    if let Some(fourcc) = line.json["value"].get("fourcc") {
        ours["fourcc"] = fourcc.clone();
    }
    same(&line.json["value"], &ours)
}

/// Our server sends what the real one sent, and our client reads it, with as many descriptors.
fn beside(line: &Vector, header: HeaderKind, message: &ServerMessage<'_>) -> Result<(), String> {
    let count = line.json["fds"]["count"].as_u64().unwrap_or(0) as u32;
    let mut server = ServerEnd::new(Display, header, &Limits::server());
    let sent = if count > 0 { server.send_with_descriptors(message, count) } else { server.send(message) };
    sent.map_err(|error| error.to_string())?;
    let mut client = ClientEnd::new(Display, header, &Limits::default());
    let (mut writes, mut received) = (Vec::new(), None);
    while server.has_output() {
        let descriptors = server.output_descriptors();
        let bytes = server.output().chunk().to_vec();
        server.output().advance(bytes.len());
        writes.push((to_hex(&bytes), descriptors));
        client.push(&bytes);
        client.push_descriptors(descriptors);
        received = received.or(client.next_message().map_err(|error| error.to_string())?);
    }
    let (first, rest) = writes.split_first().ok_or("nothing was written")?;
    same(&json!(true), &json!(first.0.ends_with(line.text("body")) && first.1 == 0))?;
    let noted: Vec<(String, u32)> = line
        .json
        .get("beside")
        .and_then(Value::as_str)
        .map(|byte| (byte.into(), count))
        .into_iter()
        .collect();
    same(&json!(noted), &json!(rest))?;
    let received = received.ok_or("no message arrived")?;
    same(&json!(count), &json!(received.descriptors()))?;
    same(&line.json["body"], &to_hex(received.body()).into())
}

fn same(theirs: &Value, ours: &Value) -> Result<(), String> {
    if theirs == ours { Ok(()) } else { Err(format!("{theirs}, ours {ours}")) }
}
