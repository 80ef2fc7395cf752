//! The example `moving_square`, which stands on `server::Visit`, before real clients.

use libtest_mimic::Trial;

use crate::card;
use crate::clients::{shoot, text};
use crate::live::peers::{SPICE_GTK, SPICY};
use crate::live::{Folder, trial};

#[path = "../../shared/moving_square.rs"]
mod server;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("moving_square_and_spicy", &[&SPICY], || {
            shows("shoot-with-spicy", &[]);
        }),
        trial("moving_square_and_spice_gtk", &[&SPICE_GTK], || {
            // spice-gtk asks for mouse mode CLIENT by itself.
            let input = ["--scancode", "30", "--move", "9,7", "--button", "1"];
            let server = shows("shoot-with-gi", &input);
            server.expect(&[
                "MouseMode(MouseMode(CLIENT))",
                "key 1e",
                "Position { x: 9, y: 7",
                "ButtonDown(LEFT)",
                "ButtonUp(LEFT)",
            ]);
        }),
    ]
}

/// A client's picture is a square on black. A picture that was taken between two messages of a step is taken again.
fn shows(client: &str, arguments: &[&str]) -> server::MovingSquare {
    let server = server::MovingSquare::start();
    let folder = Folder::new();
    let picture = folder.file("shot.png");
    let path = picture.to_str().expect("a plain path");
    for _ in 0..5 {
        let output = shoot(client, &[&["--port", &server.port.to_string()], arguments, &[path]].concat());
        assert!(output.status.success(), "{client}: {}\n{}", output.status, text(&output));
        if server::is_square(&card::read(&picture).pixels) {
            return server;
        }
    }
    panic!("{client}: no picture of five is a square on black");
}
