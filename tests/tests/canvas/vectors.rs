//! The scripts of the reference canvas.

use spice_proto::Limits;
use spice_proto::canvas::{Canvas, Outcome};
use spice_proto::display::ServerMessage;
use spice_proto::image::SharedCaches;
use spice_proto_tests::scripts::{self, Script};

#[test]
fn every_script_ends_in_the_pixels_of_the_reference() {
    let mut failures = Vec::new();
    for archive in scripts::open() {
        let scripts = scripts::all(&archive);
        let before = failures.len();
        for script in &scripts {
            if let Err(problem) = run(script) {
                failures.push(format!("{}: {problem}", script.name));
            }
        }
        let right = scripts.len() - (failures.len() - before);
        let exact = scripts.iter().filter(|script| script.tolerance == 0).count();
        println!("{}: {right} of {} scripts, {exact} of all exactly", archive.path.display(), scripts.len());
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

fn run(script: &Script<'_>) -> Result<(), String> {
    let limits = Limits::default();
    let mut shared = SharedCaches::new(&limits);
    let mut canvas = Canvas::new(&limits);
    for (index, (kind, body)) in script.messages.iter().enumerate() {
        let message =
            ServerMessage::parse(*kind, body).map_err(|error| format!("message {index}: {error}"))?;
        match canvas.apply(&message, &mut shared) {
            Ok(Outcome::Waiting(missing)) => return Err(format!("message {index} waits: {missing:?}")),
            Ok(Outcome::Done | Outcome::Drawn(_)) => {}
            Err(error) => return Err(format!("message {index}: {error}")),
        }
    }
    assert_eq!(canvas.surfaces().count(), script.surfaces.len(), "{}: surfaces", script.name);
    for expected in &script.surfaces {
        let got = canvas.surface(expected.id).ok_or(format!("no surface {}", expected.id))?;
        if let Some(problem) = expected.compare(got, script.tolerance) {
            return Err(format!("surface {}: {problem}", expected.id));
        }
    }
    Ok(())
}
