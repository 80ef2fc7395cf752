//! Every message, as a line of text or of JSON, in the order of the capture.

use std::io;
use std::io::Write;
use std::path::Path;

use serde_json::Value;
use serde_json::json;
use spice_proto::Origin;

use crate::args::Args;
use crate::capture::Mark;
use crate::session::Item;
use crate::session::Place;
use crate::session::TrackFrame;
use crate::view;
use crate::view::Spice;
use crate::view::View;

/// Prints the messages of all connections together.
pub(crate) fn print(args: &Args, path: &Path, views: &[View<'_>], out: &mut impl Write) -> io::Result<()> {
    let start = views.iter().filter_map(|view| view.connection.opened.time).min();
    for (index, spice, origin, frame, mark) in in_order(views) {
        for item in spice.session.track(origin).items_of(frame) {
            if !args.wants_message(&view::item_name(&item)) {
                continue;
            }
            if args.json {
                writeln!(out, "{}", object(path, index, spice, frame, &item, mark))?;
                continue;
            }
            match (start, mark.and_then(|mark| mark.time)) {
                (Some(start), Some(time)) => write!(out, "{:11.6}", view::seconds_after(start, time))?,
                _ => write!(out, "{:>11}", "-")?,
            }
            writeln!(out, "  {index:>2}  {}", line(spice, frame, &item))?;
        }
    }
    Ok(())
}

type Placed<'v> = (usize, &'v Spice<'v>, Origin, &'v TrackFrame, Option<Mark>);

/// All frames by the packets that completed them.
fn in_order<'v>(views: &'v [View<'v>]) -> Vec<Placed<'v>> {
    let mut frames = Vec::new();
    for view in views {
        let Some(spice) = &view.spice else { continue };
        for track in [&spice.session.client, &spice.session.server] {
            frames.extend(track.frames.iter().map(|frame| {
                let mark = spice.mark(track.origin, frame.end());
                (view.connection.index, spice, track.origin, frame, mark)
            }));
        }
    }
    // The sort is stable: frames of one stream stay in their order.
    frames.sort_by_key(|(.., mark)| mark.map(|mark| mark.packet));
    frames
}

/// "display:0  S>C  304 draw_copy, 1234 bytes: DrawCopy { .. }".
fn line(spice: &Spice<'_>, frame: &TrackFrame, item: &Item<'_>) -> String {
    let direction = match item.origin {
        Origin::Client => "C>S",
        Origin::Server => "S>C",
    };
    let inside = match item.place {
        Place::Sub { .. } => "  (sub-message)",
        Place::Own | Place::List => "",
    };
    let name = view::item_name(item);
    let channel = view::channel(&spice.session);
    let mut line =
        format!("{channel:<12} {direction}{inside} {:>3} {name}, {} bytes", item.kind, item.body.len());
    if item.place == Place::Own && !frame.frame.beside().is_empty() {
        line.push_str(&format!(", and {} beside it", frame.frame.beside().len()));
    }
    match &item.parsed {
        Ok((message, trailing)) => {
            if !trailing.is_empty() {
                line.push_str(&format!(", {} of them unused", trailing.len()));
            }
            line.push_str(": ");
            line.push_str(fields(&format!("{message:?}")));
        }
        Err(error) => line.push_str(&format!(": ERROR: {error}")),
    }
    line
}

/// The value in "DrawCopy(DrawCopy { .. })": the name stands before it already.
fn fields(debug: &str) -> &str {
    match debug.split_once('(') {
        Some((name, rest)) if name.chars().all(char::is_alphanumeric) => {
            rest.strip_suffix(')').unwrap_or(debug)
        }
        _ => debug,
    }
}

/// The message with every field.
fn object(
    path: &Path,
    index: usize,
    spice: &Spice<'_>,
    frame: &TrackFrame,
    item: &Item<'_>,
    mark: Option<Mark>,
) -> Value {
    let link = &spice.session.link;
    let mut object = json!({
        "capture": path.display().to_string(),
        "connection": index,
        "direction": view::direction_key(item.origin),
        "packet": mark.map(|mark| mark.packet),
        "time": mark.and_then(|mark| mark.time).map(|time| time.as_secs_f64()),
        "channel": view::channel_name(&spice.session),
        "channel_id": link.channel_id,
        "name": item.name(),
        "number": item.kind,
        "serial": item.serial,
        "offset": item.offset,
        "size": item.body.len(),
    });
    if let Place::Sub { index, declared_size } = item.place {
        object["sub_message"] = json!({"index": index, "declared_size": declared_size});
    }
    if item.place == Place::Own && !frame.frame.beside().is_empty() {
        let bytes: Vec<u8> = frame.frame.beside().iter().map(|beside| beside.byte).collect();
        object["beside"] = json!(hex(&bytes));
    }
    match &item.parsed {
        Ok((message, trailing)) => {
            object["trailing"] = json!(hex(trailing));
            object["value"] = message.to_json();
        }
        Err(error) => {
            object["error"] = json!({
                "text": error.to_string(),
                "kind": format!("{:?}", error.kind()),
                "path": error.path().to_string(),
                "offset": item.body_offset.saturating_add(error.offset()),
            });
            object["body"] = json!(hex(item.body));
        }
    }
    object
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_message_is_not_repeated() {
        assert_eq!(fields("Ping(Ping { id: 1 })"), "Ping { id: 1 }");
        assert_eq!(fields("Unknown { body: Run(2) }"), "Unknown { body: Run(2) }");
    }
}
