//! Real clients with a Kerberos ticket at our server.

use libtest_mimic::Trial;

use crate::clients::{REMOTE_VIEWER, Scene, shoot_in, text};
use crate::live::peers::{KERBEROS, OPENSSL, SPICE_GTK};
use crate::live::{Kdc, free_port, once, trial};
use crate::ours;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("spice_gtk_by_kerberos", &[&SPICE_GTK, &KERBEROS], spice_gtk),
        trial("spice_gtk_by_kerberos_with_other_layers", &[&SPICE_GTK, &KERBEROS], other_layers),
        trial("spice_gtk_by_kerberos_and_tls", &[&SPICE_GTK, &KERBEROS, &OPENSSL], by_tls),
        trial("remote_viewer_by_kerberos_sends_input", &[&REMOTE_VIEWER, &KERBEROS], remote_viewer),
        trial("kerberos_without_keys_does_not_start", &[&KERBEROS], without_keys),
    ]
}

fn realm() -> Kdc {
    let kdc = Kdc::start(&[]);
    kdc.ticket("ccache", "user.keytab", &["tester"]);
    kdc
}

fn spice_gtk() {
    let (scene, kdc) = (Scene::new(), realm());
    let ours = scene.serve_in(&kdc.environment("none"), &["--kerberos"]);
    let port = ours.port.to_string();
    for host in ["127.0.0.1", "localhost"] {
        let by = ["--host", host, "--port", &port, "--scancode", "0x1e", "--move", "7,9"];
        scene.shows_the_card_in(&kdc.environment("ccache"), "shoot-with-gi", &by);
        ours.expect(&["sasl: tester@SPICE.TEST by Kerberos", "key down 1e", "key up 9e", "position 7 9"]);
    }
    // Without a ticket the client gives up by itself.
    let picture = scene.path("none.png");
    let output = shoot_in(&kdc.environment("none"), "shoot-with-gi", &["--port", &port, &picture]);
    assert!(!output.status.success() && text(&output).contains("error-auth"), "{}", text(&output));
}

/// spice-gtk demands encryption without TLS, as servers do.
fn other_layers() {
    let (scene, kdc) = (Scene::new(), realm());
    for layer in ["integrity", "none"] {
        let ours = scene.serve_in(&kdc.environment("none"), &["--kerberos", "--sasl-layer", layer]);
        let (port, picture) = (ours.port.to_string(), scene.path("none.png"));
        let output = shoot_in(&kdc.environment("ccache"), "shoot-with-gi", &["--port", &port, &picture]);
        println!("{layer}: {} {}", output.status, text(&output));
        assert!(!output.status.success(), "{layer}: {}", text(&output));
    }
}

/// Over TLS there is no layer.
fn by_tls() {
    let (scene, kdc) = (Scene::new(), realm());
    let (tls, port) = (scene.path("tls"), free_port().to_string());
    once("make-test-tls", &[&tls]);
    let (certificate, key) = (format!("{tls}/server-cert.pem"), format!("{tls}/server-key.pem"));
    let by = ["--kerberos", "--tls-port", &port, "--certificate", &certificate, "--key", &key];
    let ours = scene.serve_in(&kdc.environment("none"), &by);
    let ca = format!("{tls}/ca-cert.pem");
    let by = ["--tls-port", &port, "--ca-file", &ca];
    scene.shows_the_card_in(&kdc.environment("ccache"), "shoot-with-gi", &by);
    ours.expect(&["sasl: tester@SPICE.TEST by Kerberos"]);
}

fn remote_viewer() {
    let (scene, kdc) = (Scene::new(), realm());
    let ours = scene.serve_in(&kdc.environment("none"), &["--kerberos"]);
    let port = ours.port.to_string();
    let by = ["--port", &port, "--type", "ab", "--crop", &scene.crop()];
    scene.shows_the_card_in(&kdc.environment("ccache"), "shoot-with-remote-viewer", &by);
    ours.expect(&["sasl: tester@SPICE.TEST by Kerberos", "keys 1e 9e", "keys 30 b0"]);
}

fn without_keys() {
    let kdc = Kdc::start(&[]);
    let mut environment = kdc.environment("none");
    for (_, value) in environment.iter_mut().filter(|(name, _)| name == "KRB5_KTNAME") {
        *value = format!("FILE:{}", kdc.file("no.keytab"));
    }
    let output = ours::once_in(&environment, &["--kerberos", "--port", "0"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert!(text(&output).contains("KRB5_KTNAME"), "{}", text(&output));
}
