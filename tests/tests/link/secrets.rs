//! A password never shows: not in `Debug`, not in errors, not in what a log of every step would have.

use spice_proto::common::LinkErr;
use spice_proto::connect::{ConnectionFile, Uri};
use spice_proto::drive::{Password, TicketHost};
use spice_proto::link::digest_md5;
use spice_proto::link::{Auth, ClientMechanism, Mechanisms, Secret, ServerMechanism};

use super::pair::{Cut, Decision, Scene, take_shown};
use super::sasl::{Account, User};
use super::scenes::scene;
use super::{random, secret, test_key};

/// It stands nowhere else.
const MARKER: &str = "Pr0beeZ-marker-of-a-password";

/// The marker in the forms that outputs have bytes in.
fn forms() -> Vec<String> {
    let bytes = MARKER.as_bytes();
    let list = format!("{bytes:?}");
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    // The middle of its base64, wherever it starts in a group of three.
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let base64 = |bytes: &[u8]| -> String {
        bytes
            .chunks_exact(3)
            .flat_map(|group| {
                let bits = group.iter().fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
                [18, 12, 6, 0].map(|shift| char::from(digits[bits >> shift & 63]))
            })
            .collect()
    };
    let mut forms = vec![MARKER.to_owned(), list.trim_matches(['[', ']']).to_owned(), hex];
    forms.extend((0..3).map(|skip| base64(&bytes[skip..])[..24].to_owned()));
    forms
}

fn shows_nothing(what: &str, shown: &str) {
    assert!(!shown.is_empty(), "{what} shows nothing at all");
    for form in forms() {
        assert!(!shown.contains(&form), "{what} shows the password as {form}:\n{shown}");
    }
}

#[test]
fn the_search_finds_every_form() {
    let bytes = [b"a", MARKER.as_bytes()].concat();
    for shown in [format!("{MARKER}!"), format!("{bytes:?}"), format!("{bytes:02x?}").replace([',', ' '], "")]
    {
        assert!(forms().iter().any(|form| shown.contains(form)), "{shown}");
    }
}

#[test]
fn handshakes_show_no_password() {
    type Ends = (fn() -> Box<dyn ClientMechanism>, fn() -> Box<dyn ServerMechanism>);
    fn account(password: &str, offered: &str) -> Box<dyn ServerMechanism> {
        let mut account = Account::new("tester", password, [7; 16], 16, true).expect("an account");
        account.offer(offered);
        Box::new(account)
    }
    fn user() -> Box<dyn ClientMechanism> {
        Box::new(User::new("tester", MARKER, true).expect("a user"))
    }
    let sasl: [Ends; 3] = [
        (user, || account(MARKER, "PLAIN")),
        (user, || account("another", "PLAIN")),
        (user, || account(MARKER, "SCRAM-SHA-256")),
    ];
    let ticket = |wanted: &str, admission| Scene {
        password: secret(MARKER),
        secret: Some(secret(wanted)),
        admission,
        ..scene()
    };
    let mut scenes = vec![
        ticket(MARKER, Decision::Yes),
        ticket("another", Decision::Yes),
        ticket(MARKER, Decision::No(LinkErr::ERROR)),
    ];
    for (client_sasl, server_sasl) in sasl {
        let mut scene = Scene { client_sasl, server_sasl, ..scene() };
        (scene.client.auth, scene.server.auth) = (Auth::Either, Auth::Sasl);
        scenes.push(scene);
    }
    let mut linked = 0;
    for scene in scenes {
        for cut in [Cut::Nowhere, Cut::Everywhere] {
            let outcome = scene.run(cut);
            linked += usize::from(outcome.server.is_ok());
            for error in [&outcome.client, &outcome.server].into_iter().filter_map(|end| end.as_ref().err()) {
                shows_nothing("an error", &format!("{error} {error:?}"));
            }
            shows_nothing("a handshake", &take_shown());
        }
    }
    assert_eq!(linked, 6, "the right password three times, in two ways");
}

#[test]
fn digest_md5_shows_no_password() {
    let mut client = digest_md5::Client::new("tester", &secret(MARKER), "host", random());
    let mut server = digest_md5::Server::new("realm", |_: &str| Some(secret(MARKER)), random());
    let mut shown = format!("{client:?} {server:?}");
    let start = client.start(Mechanisms::new(b"DIGEST-MD5")).expect("a mechanism");
    let mut challenge =
        server.start("DIGEST-MD5", start.data.as_ref().map(Secret::as_bytes)).expect("a challenge");
    loop {
        shown += &format!("{client:?} {server:?} {challenge:?}");
        let data = challenge.data.as_ref().map(Secret::as_bytes);
        let response = client.step(data, challenge.complete).expect("a response");
        if challenge.complete {
            break;
        }
        challenge = server.step(response.as_ref().map(Secret::as_bytes)).expect("right");
        shown += &format!("{response:?}");
    }
    shows_nothing("digest-md5", &shown);
}

#[test]
fn what_takes_passwords_shows_none() {
    let file = format!("[virt-viewer]\ntype=spice\nhost=here\nport=1\npassword={MARKER}\n");
    let parsed = ConnectionFile::parse(file.as_bytes()).expect("a file");
    assert_eq!(parsed.password.as_ref().map(|password| password.as_bytes()), Some(MARKER.as_bytes()));
    shows_nothing("a connection file", &format!("{parsed:?} {parsed:#?}"));
    // What cannot be read is named without its value.
    for wrong in [
        format!("[virt-viewer]\ntype=spice\npassword={MARKER}\\q\n"),
        format!("[virt-viewer]\ntype=spice\npassword={MARKER}\0\n"),
        format!("[virt-viewer]\ntype=spice\nport={MARKER}\n"),
        format!("[virt-viewer]\n{MARKER}\n"),
        format!("[{MARKER}\n"),
    ] {
        // An escape that is none stays in the text.
        match ConnectionFile::parse(wrong.as_bytes()) {
            Ok(file) => shows_nothing("a connection file", &format!("{file:?}")),
            Err(error) => shows_nothing("the error of a connection file", &format!("{error} {error:?}")),
        }
        if let Ok((file, errors)) = ConnectionFile::parse_lenient(wrong.as_bytes()) {
            shows_nothing("a file read leniently", &format!("{file:?} {errors:?}"));
        }
    }
    let uri = format!("spice://here:5900?password={MARKER}");
    match Uri::parse(&uri) {
        Ok(uri) => shows_nothing("a URI", &format!("{uri:?}")),
        Err(error) => shows_nothing("the error of a URI", &format!("{error} {error:?}")),
    }
    fn fill(bytes: &mut [u8]) {
        bytes.fill(4);
    }
    let fill: fn(&mut [u8]) = fill;
    shows_nothing("a login", &format!("{:?}", Password::new(MARKER, fill)));
    let host = TicketHost::new(test_key(), fill, 1, &[]).with_password(MARKER);
    shows_nothing("a host", &format!("{host:?}"));
}
