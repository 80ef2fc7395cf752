//! Real clients log in at our server by SASL, and everything behind it goes through the security layer.

use libtest_mimic::Trial;

use crate::clients::{REMOTE_VIEWER, Scene, shoot, text};
use crate::live::peers::{OPENSSL, SPICE_GTK};
use crate::live::{free_port, once, trial};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("spice_gtk_by_digest_md5", &[&SPICE_GTK], spice_gtk),
        trial("spice_gtk_by_digest_md5_with_other_layers", &[&SPICE_GTK], other_layers),
        trial("spice_gtk_by_sasl_and_tls", &[&SPICE_GTK, &OPENSSL], by_tls),
        trial("remote_viewer_by_digest_md5_sends_input", &[&REMOTE_VIEWER], remote_viewer),
    ]
}

fn spice_gtk() {
    let scene = Scene::new();
    let ours = scene.serve(&["--username", "tester", "--password", "open sesame"]);
    let port = ours.port.to_string();
    let input = ["--scancode", "0x1e", "--move", "7,9", "--button", "1"];
    let by = ["--port", &port, "--username", "tester", "--password", "open sesame"];
    scene.shows_the_card("shoot-with-gi", &[&by[..], &input].concat());
    ours.expect(&["sasl: tester by DIGEST-MD5", "key down 1e", "key up 9e", "position 7 9", "press LEFT"]);
    for wrong in [["tester", "open barley"], ["stranger", "open sesame"]] {
        let [user, password] = wrong;
        let picture = scene.path("none.png");
        let by = ["--port", &port, "--username", user, "--password", password, &picture];
        let output = shoot("shoot-with-gi", &by);
        assert!(!output.status.success() && text(&output).contains("error-auth"), "{}", text(&output));
    }
    ours.expect(&["sasl: DIGEST-MD5: wrong password", "sasl: DIGEST-MD5: no such user"]);
}

/// spice-gtk demands encryption without TLS, as servers do.
fn other_layers() {
    let scene = Scene::new();
    for layer in ["integrity", "none"] {
        let ours = scene.serve(&["--username", "tester", "--password", "open sesame", "--sasl-layer", layer]);
        let (port, picture) = (ours.port.to_string(), scene.path("none.png"));
        let by = ["--port", &port, "--username", "tester", "--password", "open sesame", &picture];
        let output = shoot("shoot-with-gi", &by);
        println!("{layer}: {} {}", output.status, text(&output));
        assert!(!output.status.success(), "{layer}: {}", text(&output));
    }
}

/// Over TLS there is no layer.
fn by_tls() {
    let scene = Scene::new();
    let tls = scene.path("tls");
    once("make-test-tls", &[&tls]);
    let (port, certificate, key) =
        (free_port().to_string(), format!("{tls}/server-cert.pem"), format!("{tls}/server-key.pem"));
    let account = ["--username", "tester", "--password", "open sesame"];
    let _ours = scene.serve(
        &[&account[..], &["--tls-port", &port, "--certificate", &certificate, "--key", &key]].concat(),
    );
    let ca = format!("{tls}/ca-cert.pem");
    scene.shows_the_card("shoot-with-gi", &[&account[..], &["--tls-port", &port, "--ca-file", &ca]].concat());
}

fn remote_viewer() {
    let scene = Scene::new();
    let ours = scene.serve(&["--username", "tester", "--password", "open sesame"]);
    let arguments = [
        ["--port", &ours.port.to_string()],
        ["--password", "open sesame"],
        ["--vv-line", "username=tester"],
        ["--type", "ab"],
        ["--crop", &scene.crop()],
    ];
    scene.shows_the_card("shoot-with-remote-viewer", arguments.as_flattened());
    ours.expect(&["keys 1e 9e", "keys 30 b0"]);
}
