//! The scripts of the reference canvas.

use spice_proto::Limits;
use spice_proto::canvas::{Canvas, Outcome};
use spice_proto::display::ServerMessage;
use spice_proto::image::SharedCaches;
use spice_proto_tests::scripts::{self, Cell, Script};

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

#[test]
fn every_form_of_image_is_drawn_as_the_reference_does() {
    let (mut cells, mut scripts, mut failures) = (0, 0, Vec::new());
    for archive in scripts::forms() {
        for script in scripts::all(&archive) {
            assert!(!script.cells.is_empty(), "{}: no cells", script.name);
            cells += script.cells.len();
            scripts += 1;
            let Err(problem) = run(&script) else { continue };
            failures.push(format!("{}: {problem}", script.name));
            let (canvas, _) = draw(&script);
            for expected in &script.surfaces {
                let Some(got) = canvas.surface(expected.id) else { continue };
                let wrong = expected.wrong_pixels(got, script.tolerance);
                let is_wrong = |cell: &&Cell<'_>| {
                    cell.surface == expected.id && wrong.iter().any(|&pixel| cell.has(pixel))
                };
                let names: Vec<_> = script.cells.iter().filter(is_wrong).map(|cell| cell.form).collect();
                if !names.is_empty() {
                    failures.push(format!("    on {:?}: {}", got.format(), names.join(", ")));
                }
            }
        }
    }
    println!("{cells} combinations of operation, form and surface in {scripts} scripts");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(cells > 60_000, "only {cells} combinations");
}

fn run(script: &Script<'_>) -> Result<(), String> {
    let (canvas, problem) = draw(script);
    if let Some(problem) = problem {
        return Err(problem);
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

/// Carries out all messages; says what went wrong first.
fn draw(script: &Script<'_>) -> (Canvas, Option<String>) {
    let limits = Limits::default();
    let mut shared = SharedCaches::new(&limits);
    let mut canvas = Canvas::new(&limits);
    let mut problem = None;
    for (index, (kind, body)) in script.messages.iter().enumerate() {
        let applied = match ServerMessage::parse(*kind, body) {
            Err(error) => Err(error.to_string()),
            Ok(message) => match canvas.apply(&message, &mut shared) {
                Ok(Outcome::Waiting(missing)) => Err(format!("waits: {missing:?}")),
                Ok(Outcome::Done | Outcome::Drawn(_)) => Ok(()),
                Err(error) => Err(error.to_string()),
            },
        };
        if let Err(error) = applied {
            problem.get_or_insert(format!("message {index}: {error}"));
        }
    }
    (canvas, problem)
}
