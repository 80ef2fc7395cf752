//! Every message, as a line of text or of JSON, in the order of the capture.

use std::collections::BTreeMap;
use std::io;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use serde_json::json;
use spice_proto::Origin;

use crate::capture::Mark;
use crate::filter::Filter;
use crate::session::Carried;
use crate::session::Item;
use crate::session::Part;
use crate::session::Place;
use crate::session::TrackFrame;
use crate::session::origin_name;
use crate::view;
use crate::view::Spice;
use crate::view::View;

/// Prints the messages of all connections together; gives what could not be read in what they carry.
pub(crate) fn print(asked: Asked<'_>, views: &[View<'_>], out: &mut impl Write) -> io::Result<Vec<String>> {
    let Asked { filter, json, path, start } = asked;
    let mut carried = BTreeMap::new();
    let mut problems = Vec::new();
    for (index, spice, origin, frame, mark) in in_order(views) {
        let carried = carried.entry(index).or_insert_with(|| {
            let channel = spice.session.channel();
            let has = |origin| !spice.session.track(origin).frames.is_empty();
            if has(Origin::Client) && has(Origin::Server) {
                Carried::new(channel)
            } else {
                Carried::of_one_end(channel)
            }
        });
        let inside = filter.origin(origin) && filter.time(mark);
        for item in spice.session.track(origin).items_of(frame) {
            // Also where nothing is shown: pieces come before and after.
            let parts = carried.take(&item);
            let name = view::item_name(&item);
            let names = parts.iter().filter_map(|part| part.name).chain([name.as_str()]);
            if !inside || !filter.names(names) {
                continue;
            }
            let channel = view::channel(&spice.session);
            for part in parts.iter().filter(|part| part.is_error()) {
                let (direction, text) = (origin_name(origin), part.text.trim_start_matches("ERROR: "));
                let (protocol, at) = (part.protocol, item.offset);
                problems.push(format!(
                    "connection {index}, {channel}, {direction}: {protocol}: {text}, in the message at byte {at} of the stream"
                ));
            }
            if json {
                writeln!(out, "{}", object(path, index, spice, frame, &item, mark, &parts))?;
                continue;
            }
            let time = match (start, mark.and_then(|mark| mark.time)) {
                (Some(start), Some(time)) => format!("{:11.6}", view::seconds_after(start, time)),
                _ => format!("{:>11}", "-"),
            };
            let line = line(spice, frame, &item);
            writeln!(out, "{time}  {index:>2}  {line}")?;
            for part in &parts {
                writeln!(out, "{time}  {index:>2}  {channel:<12} {}  {}", arrow(origin), part_line(part))?;
            }
        }
    }
    Ok(problems)
}

/// What is to be printed, and of which capture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) filter: Filter<'a>,
    /// As JSON Lines.
    pub(crate) json: bool,
    pub(crate) path: &'a Path,
    /// When the capture starts.
    pub(crate) start: Option<Duration>,
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
    let direction = arrow(item.origin);
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

/// "(agent) 4 clipboard, 28 bytes: Clipboard { .. }".
fn part_line(part: &Part) -> String {
    let number = part.number.map(|number| format!(" {number:>3}")).unwrap_or_default();
    let name = match (part.name, part.number) {
        (Some(name), _) => format!(" {name}"),
        (None, Some(_)) => " unknown".to_owned(),
        (None, None) => String::new(),
    };
    format!("({}){number}{name}, {} bytes: {}", part.protocol, part.size, fields(&part.text))
}

fn arrow(origin: Origin) -> &'static str {
    match origin {
        Origin::Client => "C>S",
        Origin::Server => "S>C",
    }
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
    parts: &[Part],
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
    if !parts.is_empty() {
        object["carries"] = parts.iter().map(Part::to_json).collect();
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
    let digit = |half: u8| char::from_digit(half.into(), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
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
