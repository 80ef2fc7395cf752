//! Our client and spice-gtk in a Kerberos realm of the test, at QEMU.
//!
//! What a program needs of Kerberos stands in its environment, so the client runs in a process of its own.

use std::env;
use std::ops::RangeInclusive;
use std::path::Path;
use std::process::{Command, ExitCode, Output, Stdio};

use libtest_mimic::Trial;
use spice_proto::link::{
    Auth, ClientMechanism, Layer, LayerErrorKind, Mechanisms, Secret, SecurityLayer, ServerMechanism,
};

use crate::compare;
use crate::fake::{Answer, Fake, Line};
use crate::live::peers::{KERBEROS, OPENSSL, QEMU, SPICE_GTK};
use crate::live::{Folder, Kdc, Qmp, free_port, once, script, trial};
use crate::qemu::Qemu;
use crate::screenshot;
use crate::screenshot::common::credentials::Credentials;
use crate::screenshot::common::kerberos::{Level, MAXBUF, Service, TicketHolder};
use crate::screenshot::common::login::Login;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("kerberos::ours_and_spice_gtk_at_qemu", &[&QEMU, &KERBEROS, &SPICE_GTK], at_qemu),
        trial("kerberos::by_tls_without_a_layer", &[&QEMU, &KERBEROS, &SPICE_GTK, &OPENSSL], by_tls),
        trial("kerberos::before_a_password", &[&QEMU, &KERBEROS], before_a_password),
        trial("kerberos::a_ticket_where_there_are_both", &[&KERBEROS], both_ways_in),
        trial("kerberos::tickets_of_proxmox_stay_here", &[], odd_host),
        trial("kerberos::errors_say_what_to_do", &[&QEMU, &KERBEROS], errors),
        trial("kerberos::every_level_between_our_ends", &[&KERBEROS], levels),
        trial("kerberos::a_server_that_lacks_the_key", &[&QEMU, &KERBEROS, &SPICE_GTK], wrong_key),
    ]
}

/// Set where this program is to be the client, or both ends at once.
const ROLE: &str = "SPICE_PROTO_INTEROP_KERBEROS";

/// Runs the client in place of the tests, when that is what this program was started for.
pub(crate) fn as_program() -> Option<ExitCode> {
    let role = env::var_os(ROLE)?;
    if role == "both" {
        both_ends();
        return Some(ExitCode::SUCCESS);
    }
    Some(screenshot::run(env::args_os()))
}

/// Our client with the tickets of a cache.
fn ours(kdc: &Kdc, cache: &str, arguments: &[&str]) -> Output {
    run("client", kdc, cache, arguments)
}

fn run(role: &str, kdc: &Kdc, cache: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(env::current_exe().expect("this program has a path"));
    command.env(ROLE, role).envs(kdc.environment(cache)).args(arguments);
    command.stdin(Stdio::null()).output().expect("this program can be run")
}

/// spice-gtk with the tickets of a cache.
fn spice_gtk(kdc: &Kdc, cache: &str, arguments: &[&str]) -> Output {
    let mut command = script("shoot-with-gi");
    command.envs(kdc.environment(cache)).args(arguments);
    command.stdin(Stdio::null()).output().expect("the script can be run")
}

fn text(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned()).concat()
}

fn start_qemu(kdc: &Kdc, arguments: &[&str]) -> Qemu {
    let sasl = kdc.file("sasl");
    Qemu::start_in(&kdc.environment("none"), &[arguments, &["--sasl-dir", &sasl]].concat())
}

/// Both show what QEMU itself says.
fn both_show(qemu: &Qemu, kdc: &Kdc, ours_by: &[&str], theirs_by: &[&str]) {
    for (name, by) in [("ours", ours_by), ("spice-gtk", theirs_by)] {
        let picture = qemu.folder.file("shot.png");
        let path = picture.to_str().expect("a plain path");
        let arguments = [by, &[path]].concat();
        let output = if name == "ours" {
            ours(kdc, "ccache", &arguments)
        } else {
            spice_gtk(kdc, "ccache", &arguments)
        };
        assert!(output.status.success(), "{name}: {}", text(&output));
        let shown = compare::read_png(Path::new(path));
        compare::same(name, &shown, &Qmp::connect(qemu.script.word("qmp")).screen(&qemu.folder));
        std::fs::remove_file(&picture).expect("it was there");
    }
}

/// Names and addresses are taken as they are written: each is a service of its own.
fn at_qemu() {
    let kdc = Kdc::start(&[]);
    kdc.ticket("ccache", "user.keytab", &["tester"]);
    let port = free_port().to_string();
    let qemu = start_qemu(&kdc, &["--port", &port]);
    for host in ["127.0.0.1", "localhost"] {
        both_show(&qemu, &kdc, &[&format!("spice://{host}:{port}")], &["--host", host, "--port", &port]);
    }
    // Typing goes through the layer as well.
    let typed = qemu.folder.file("typed.png");
    let before = Qmp::connect(qemu.script.word("qmp")).screen(&qemu.folder);
    let arguments =
        [&format!("spice://127.0.0.1:{port}"), "--type", "Hello", typed.to_str().expect("a plain path")];
    let output = ours(&kdc, "ccache", &arguments);
    assert!(output.status.success(), "{}", text(&output));
    assert_eq!(compare::changed_cells(&before, &compare::read_png(&typed)).len(), 5);
}

fn by_tls() {
    let kdc = Kdc::start(&[]);
    kdc.ticket("ccache", "user.keytab", &["tester"]);
    let (tls, port, tls_port) = (kdc.file("tls"), free_port().to_string(), free_port().to_string());
    once("make-test-tls", &[&tls]);
    let qemu = start_qemu(&kdc, &["--port", &port, "--tls-port", &tls_port, "--tls-dir", &tls]);
    let ca = format!("{tls}/ca-cert.pem");
    both_show(
        &qemu,
        &kdc,
        &[&format!("spice+tls://127.0.0.1:{tls_port}"), "--ca-file", &ca],
        &["--tls-port", &tls_port, "--ca-file", &ca],
    );
}

/// A server that has both: with a ticket no name is needed; without one the password goes.
fn before_a_password() {
    let kdc = Kdc::start(&["--mech", "GSSAPI DIGEST-MD5"]);
    once("sasl-setup", &["--mech", "GSSAPI DIGEST-MD5", &kdc.file("sasl")]);
    kdc.ticket("ccache", "user.keytab", &["tester"]);
    let port = free_port().to_string();
    let qemu = start_qemu(&kdc, &["--port", &port]);
    let (uri, picture) = (format!("spice://127.0.0.1:{port}"), qemu.folder.file("shot.png"));
    let picture = picture.to_str().expect("a plain path");
    for (cache, arguments, goes) in [
        ("ccache", &[][..], true),
        ("none", &["--username", "tester", "--password", "sasl-secret"], true),
        ("none", &["--username", "tester", "--password", "sasl-guess"], false),
        ("none", &[], false),
    ] {
        let output = ours(&kdc, cache, &[&[&*uri][..], arguments, &[picture]].concat());
        assert_eq!(output.status.success(), goes, "{cache} {arguments:?}: {}", text(&output));
    }
}

/// A server offers SASL and tickets; nobody has a ticket of Kerberos, but there is a password.
fn both_ways_in() {
    let kdc = Kdc::start(&[]);
    let fake = Fake::start_with(Auth::Either, |_| Answer::Open, Line::ordinary);
    let folder = Folder::new();
    let picture = folder.file("shot.png");
    let picture = picture.to_str().expect("a plain path");
    let output = ours(&kdc, "none", &[&fake.uri(), "--password", "x", picture]);
    assert!(output.status.success(), "{}", text(&output));
    let output = ours(&kdc, "none", &[&fake.uri(), picture]);
    assert!(text(&output).contains("there is no ticket"), "{}", text(&output));
}

/// A host that is no name goes to no KDC and into no error.
fn odd_host() {
    let credentials = Credentials::default();
    let mut login = Login::new(&credentials, "pvespiceproxy:6aaf:100:pve1::0ce0", true);
    assert!(login.start(Mechanisms::new(b",GSSAPI,")).is_err());
    let reason = login.reason().expect("a reason");
    assert!(reason.contains("needs the name of the server's host") && !reason.contains("6aaf"), "{reason}");
}

fn errors() {
    let mut kdc = Kdc::start(&["--service", "127.0.0.1"]);
    let port = free_port().to_string();
    let qemu = start_qemu(&kdc, &["--port", &port]);
    let picture = qemu.folder.file("none.png");
    let fails = |kdc: &Kdc, cache: &str, host: &str, wanted: &[&str]| {
        let uri = format!("spice://{host}:{port}");
        let output = ours(kdc, cache, &[&uri, picture.to_str().expect("a plain path")]);
        let said = text(&output);
        assert_eq!(output.status.code(), Some(1), "{cache}: {said}");
        for wanted in wanted {
            assert!(said.contains(wanted), "{cache} at {host}: {wanted:?} is missing in {said}");
        }
        println!("{cache} at {host}: {said}");
    };
    fails(&kdc, "none", "127.0.0.1", &["GSSAPI", "Kerberos: there is no ticket", "kinit"]);
    kdc.ticket("old", "user.keytab", &["-l", "10h", "tester"]);
    kdc.age("old");
    kdc.ticket("stranger", "stranger.keytab", &["tester@OTHER.TEST"]);
    kdc.ticket("good", "user.keytab", &["tester"]);
    fails(&kdc, "stranger", "127.0.0.1", &["the ticket's realm has no such service", "klist"]);
    fails(&kdc, "good", "localhost", &["the ticket's realm has no such service", "keytab"]);
    fails(&kdc, "old", "127.0.0.1", &["the ticket has expired", "kinit"]);
    kdc.stop();
    fails(&kdc, "good", "127.0.0.1", &["no KDC answers", "krb5.conf"]);
    assert!(!picture.exists());
}

/// The server has the keys of another service: it closes without a word, to spice-gtk as well.
fn wrong_key() {
    let kdc = Kdc::start(&[]);
    let other = Kdc::start(&[]);
    kdc.ticket("ccache", "user.keytab", &["tester"]);
    let port = free_port().to_string();
    let sasl = other.file("sasl");
    let mut environment = kdc.environment("none");
    environment.retain(|(name, _)| name != "KRB5_KTNAME");
    let qemu = Qemu::start_in(&environment, &["--port", &port, "--sasl-dir", &sasl]);
    let picture = qemu.folder.file("none.png");
    let picture = picture.to_str().expect("a plain path");
    let output = ours(&kdc, "ccache", &[&format!("spice://127.0.0.1:{port}"), picture]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).contains("the server refuses the ticket"), "{}", text(&output));
    let theirs = spice_gtk(&kdc, "ccache", &["--port", &port, picture]);
    assert!(!theirs.status.success() && text(&theirs).contains("error-auth"), "{}", text(&theirs));
}

/// No SPICE peer of today offers a layer without encryption, or none without TLS; our two ends can.
fn levels() {
    let kdc = Kdc::start(&[]);
    kdc.ticket("ccache", "user.keytab", &["tester"]);
    let output = run("both", &kdc, "ccache", &[]);
    assert!(output.status.success() && text(&output).contains("all levels"), "{}", text(&output));
}

/// Both ends in one process, with the environment of the realm.
fn both_ends() {
    for level in [Level::None, Level::Integrity, Level::Confidentiality] {
        let (mut client, mut server) = agree(level..=level, level..=level).expect("the same level");
        assert_eq!(server.user(), Some("tester@SPICE.TEST"));
        let layers = [client.security_layer(), server.security_layer()];
        if level == Level::None {
            assert_eq!(layers, [SecurityLayer::None; 2]);
            assert!(client.protection().is_none() && server.protection().is_none());
            continue;
        }
        assert_eq!(layers, [SecurityLayer::Active; 2]);
        let [mut client, mut server] =
            [client.protection(), server.protection()].map(|end| Layer::new(end.expect("a layer"), MAXBUF));
        // Both ways, more than one buffer takes.
        let plain: Vec<u8> = (0..200_000_u32).map(|number| number as u8).collect();
        for turn in 0..2 {
            let (writer, reader) =
                if turn == 0 { (&mut client, &mut server) } else { (&mut server, &mut client) };
            let mut wire = Vec::new();
            writer.wrap(&plain, &mut wire).expect("it can be wrapped");
            let readable = wire.windows(64).any(|window| window == &plain[..64]);
            assert_eq!(readable, level == Level::Integrity);
            reader.push(&wire);
            let mut read = Vec::new();
            while let Some(bytes) = reader.next_plain().expect("a good buffer") {
                read.extend(bytes);
            }
            assert!(read == plain);
        }
        // A buffer is lost; another is changed.
        let mut wires = [Vec::new(), Vec::new()];
        wires.iter_mut().for_each(|wire| client.wrap(b"0123", wire).expect("it can be wrapped"));
        server.push(&wires[1]);
        let lost = server.next_plain().expect_err("one is missing").kind();
        assert!(matches!(lost, LayerErrorKind::Sequence { .. }), "{lost:?}");
        let mut wire = Vec::new();
        server.wrap(b"0123", &mut wire).expect("it can be wrapped");
        *wire.last_mut().expect("some bytes") ^= 1;
        client.push(&wire);
        assert_eq!(client.next_plain().expect_err("it was changed").kind(), LayerErrorKind::Check);
    }
    // The strongest that both have; or none.
    let (client, server) =
        agree(Level::None..=Level::Confidentiality, Level::None..=Level::Integrity).expect("some");
    assert_eq!([client.security_layer(), server.security_layer()], [SecurityLayer::Active; 2]);
    let error = agree(Level::Confidentiality..=Level::Confidentiality, Level::None..=Level::Integrity);
    assert!(error.err().expect("none").contains("no security layer that is strong enough"));
    println!("all levels");
}

/// The exchange; why the client gives up.
fn agree(
    wanted: RangeInclusive<Level>,
    offered: RangeInclusive<Level>,
) -> Result<(TicketHolder, Service), String> {
    let (mut client, mut server) = (TicketHolder::new("localhost", wanted), Service::new(offered));
    let start = client.start(Mechanisms::new(b"GSSAPI")).expect("a ticket");
    let mut challenge =
        server.start(&start.mechanism, start.data.as_ref().map(Secret::as_bytes)).expect("a good ticket");
    loop {
        let answer = client.step(challenge.data.as_ref().map(Secret::as_bytes), challenge.complete);
        let answer = answer.map_err(|_| client.error().expect("it knows why").to_string())?;
        if challenge.complete {
            return Ok((client, server));
        }
        challenge = server.step(answer.as_ref().map(Secret::as_bytes)).expect("a good answer");
    }
}
