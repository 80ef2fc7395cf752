//! The example `minimal_server` before real clients.

use libtest_mimic::Trial;

use crate::card::{self, Card};
use crate::clients::{shoot, text};
use crate::live::peers::{SPICE_GTK, SPICY};
use crate::live::{Folder, trial};

#[path = "../../shared/minimal_server.rs"]
mod server;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("minimal_server_and_spicy", &[&SPICY], || shows("shoot-with-spicy")),
        trial("minimal_server_and_spice_gtk", &[&SPICE_GTK], || shows("shoot-with-gi")),
    ]
}

/// A client's picture is that of the server, to the pixel.
fn shows(client: &str) {
    let server = server::MinimalServer::start();
    let folder = Folder::new();
    let picture = folder.file("shot.png");
    let path = picture.to_str().expect("a plain path");
    let output = shoot(client, &["--port", &server.port.to_string(), path]);
    assert!(output.status.success(), "{client}: {}\n{}", output.status, text(&output));
    let shown = card::read(&picture);
    let (width, height) = (server::SIZE, server::SIZE);
    let pixels = (0..height).flat_map(|y| (0..width).flat_map(move |x| server::pixel(x, y))).collect();
    assert_eq!(Card { width, height, pixels }.differing(&shown), 0, "{client}");
}
