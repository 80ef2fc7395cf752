//! A recording of a QXL device before a real client: `spice-qxl serve`.

use libtest_mimic::Trial;

use crate::card;
use crate::clients::{shoot, text};
use crate::live::peers::{SPICE_GTK, SPICY};
use crate::live::{Folder, trial};

#[path = "../../shared/shown_recording.rs"]
mod server;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("recording_and_spicy", &[&SPICY], || shows("shoot-with-spicy")),
        trial("recording_and_spice_gtk", &[&SPICE_GTK], || shows("shoot-with-gi")),
    ]
}

/// A client has the recording's last picture, with a password.
fn shows(client: &str) {
    let password = ["--password", "open sesame"];
    let server = server::ShownRecording::start("surfaces", &[&["--speed", "20"][..], &password].concat());
    let folder = Folder::new();
    let (expected, picture) = (folder.file("expected.png"), folder.file("shot.png"));
    std::fs::write(&expected, &server.png).expect("there is room");
    let path = picture.to_str().expect("a plain path");
    let output = shoot(client, &[&["--port", &server.port.to_string()][..], &password, &[path]].concat());
    assert!(output.status.success(), "{client}: {}\n{}", output.status, text(&output));
    assert_eq!(card::read(&expected).differing(&card::read(&picture)), 0, "{client}: {}", text(&output));
}
