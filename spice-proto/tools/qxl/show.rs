//! What is in a recording, event by event.

use std::path::Path;

use spice_proto::Limits;
use spice_proto::common::Rect;
use spice_proto::qxl::recording::{Event, EventBody};
use spice_proto::qxl::render::{Renderer, Step};

use super::{Failure, file, say};

/// Lists all events.
pub(crate) fn show(path: &Path, fields: bool) -> Result<(), Failure> {
    let mut renderer = Renderer::new(&Limits::default(), MOST_SURFACES);
    let mut start = None;
    file::events(path, |event| {
        let time = event.time().saturating_sub(*start.get_or_insert(event.time()));
        let (what, outcome) = (name(event), outcome(event, &mut renderer, fields));
        let outcome = outcome.unwrap_or_else(|error| format!("refused: {error}"));
        let seconds = time as f64 / 1e9;
        say::out(format_args!("{:6} {seconds:11.6} {what} {outcome}", event.counter()));
        Ok(true)
    })
}

/// Lists the commands that are refused, and says how many there are.
pub(crate) fn check(path: &Path) -> Result<(), Failure> {
    let mut renderer = Renderer::new(&Limits::default(), MOST_SURFACES);
    let (mut events, mut refused) = (0_u64, 0_u64);
    let read = file::events(path, |event| {
        events += 1;
        if let Err(error) = event.play(&mut renderer) {
            refused += 1;
            say::out(format_args!("event {}: {error}", event.counter()));
        }
        Ok(true)
    });
    say::out(format_args!("{events} events, {refused} refused"));
    if refused > 0 { Err(Failure::Recording) } else { read }
}

fn name(event: &Event<'_>) -> String {
    match event.body() {
        EventBody::Command(command) => format!("{:?}", command.cmd.type_),
        EventBody::Primary(message, _) | EventBody::Message(message) => format!("{message:?}"),
        _ => "?".to_owned(),
    }
}

/// Executes an event, and says what came of it.
fn outcome(event: &Event<'_>, renderer: &mut Renderer, fields: bool) -> Result<String, String> {
    let Some(step) = event.play(renderer).map_err(|error| error.to_string())? else {
        return Ok(String::new());
    };
    Ok(describe(&step, fields))
}

/// What came of a command.
pub(crate) fn describe(step: &Step<'_>, fields: bool) -> String {
    match step {
        Step::Drawn(drawable, damage) => {
            let name = drawable.message.as_ref().and_then(|message| message.name()).unwrap_or("nothing");
            let bounds =
                damage.as_ref().map_or_else(|| "no pixels".to_owned(), |damage| area(damage.bounds()));
            let line = format!("{name} on {}: {bounds}, {:?}", drawable.surface_id, drawable.effect);
            match &drawable.message {
                Some(message) if fields => format!("{line}\n{message:#?}"),
                _ => line,
            }
        }
        Step::SurfaceCreated { message, has_contents } => {
            let contents = if *has_contents { ", with contents" } else { "" };
            let (id, width, height) = (message.surface_id, message.width, message.height);
            format!("creates {id}: {width}x{height} {:?}{contents}", message.format)
        }
        Step::SurfacesDestroyed(gone) => {
            let ids: Vec<String> = gone.iter().map(|gone| gone.surface_id.to_string()).collect();
            format!("destroys {}", ids.join(", "))
        }
        Step::Pointer(message, _) if fields => {
            format!("{}\n{message:#?}", message.name().unwrap_or_default())
        }
        Step::Pointer(message, _) => message.name().unwrap_or_default().to_owned(),
        Step::Message(text) => format!("{:?}", String::from_utf8_lossy(text)),
        _ => String::new(),
    }
}

fn area(rect: Rect) -> String {
    format!("{}x{}+{}+{}", rect.width(), rect.height(), rect.left, rect.top)
}

/// As many as a server allows.
pub(crate) const MOST_SURFACES: u32 = 1024;
