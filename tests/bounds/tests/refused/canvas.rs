//! The canvas, on the scripts of the reference.

use spice_proto::Limits;
use spice_proto::canvas::Canvas;
use spice_proto::display::{ImageBody, ServerMessage};
use spice_proto::image::{Pixmap, SharedCaches};
use spice_proto_tests::scripts::{self, Script};
use spice_proto_tests::session::drawing;

use bounds::{Use, refusing};

#[test]
fn a_drawing_without_memory_changes_nothing() {
    let (mut refused, mut count) = (0, 0);
    for archive in scripts::open() {
        for script in scripts::all(&archive) {
            count += 1;
            let mut granted = 0;
            while once(&script, granted, true) {
                granted += 1;
            }
            refused += granted;
        }
    }
    println!("{count} scripts, {refused} allocations");
    assert!(refused > 1000, "{refused}");
}

#[test]
fn every_form_of_image_is_drawn_or_refused() {
    let (mut refused, mut count) = (0, 0);
    for archive in scripts::forms() {
        for script in scripts::all(&archive) {
            count += 1;
            // Thousands of messages each, most of them warm: by steps.
            let mut granted = 0;
            while once(&script, granted, false) {
                granted = granted * 2 + 1;
                refused += 1;
            }
        }
    }
    println!("{count} scripts, {refused} allocations");
}

/// Carries out a script with one allocation refused; whether there was one. `compares` whether pixels stay as they
/// were.
fn once(script: &Script<'_>, granted: u64, compares: bool) -> bool {
    let limits = Limits::default();
    let (mut canvas, mut shared) = (Canvas::new(&limits), SharedCaches::new(&limits));
    let mut left = granted;
    let mut messages =
        script.messages.iter().filter_map(|(kind, body)| ServerMessage::parse(*kind, body).ok());
    for message in messages.by_ref() {
        let before = if compares { all(&canvas) } else { Vec::new() };
        // As many as the messages before have left.
        let mut error = None;
        if has_library(&message) {
            let _ = canvas.apply(&message, &mut shared);
            continue;
        }
        let ((), used) = refusing(left, || error = canvas.apply(&message, &mut shared).err());
        match used {
            Use::Granted(used) => left -= used,
            Use::Refused(_) => {
                let error = error.unwrap_or_else(|| panic!("{}: nobody noticed", script.name));
                assert!(error.to_string().contains("no memory for"), "{}: {error}", script.name);
                assert!(!compares || all(&canvas) == before, "{}: {error}, and pixels changed", script.name);
                // The rest may lack what the message would have brought; it harms nothing.
                for message in messages {
                    let _ = canvas.apply(&message, &mut shared);
                }
                return true;
            }
        }
    }
    false
}

/// Whether libraries of others decode something of a message: they take their memory without asking.
fn has_library(message: &ServerMessage<'_>) -> bool {
    let (_, images) = drawing(message).unwrap_or_default();
    images.iter().any(|(_, image)| {
        matches!(image.body, ImageBody::Jpeg(_) | ImageBody::JpegAlpha(_) | ImageBody::ZlibGlz(_))
    })
}

fn all(canvas: &Canvas) -> Vec<(u32, Pixmap)> {
    canvas.surfaces().map(|(id, pixels)| (id, pixels.clone())).collect()
}
