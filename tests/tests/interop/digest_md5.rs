//! Our client against QEMU without TLS: DIGEST-MD5, and its security layer around everything else.

use std::net::TcpStream;
use std::ops::RangeInclusive;
use std::time::Duration;

use libtest_mimic::Trial;
use spice_proto::channel::{ClientEnd, Main};
use spice_proto::link::digest_md5::{self, MAXBUF, Qop};
use spice_proto::link::{Auth, Client, ClientConfig, ClientEvent, Protection as _};
use spice_proto::main::{ClientMessage, ServerMessage};
use spice_proto::{ChannelType, Limits, common};
use std::io::{Read, Write};

use crate::dial;
use crate::live::peers::{QEMU, SASL, SPICE_GTK};
use crate::live::{Folder, free_port, once, script, trial};
use crate::qemu::Qemu;
use crate::screenshot::common::client::Connection;
use crate::screenshot::common::credentials::{Credentials, random};
use crate::screenshot::common::layer::Layered;
use crate::screenshot::common::stream::BoxStream;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("digest_md5::qemu_without_tls", &[&QEMU, &SASL], without_tls),
        trial("digest_md5::not_by_unix_socket", &[&QEMU, &SASL, &SPICE_GTK], unix_socket),
        trial("digest_md5::names_that_are_not_ascii", &[&QEMU, &SASL], not_ascii),
        trial("digest_md5::every_cipher_that_works", &[&QEMU, &SASL], every_cipher),
    ]
}

/// A folder for QEMU's `--sasl-dir`.
fn accounts(arguments: &[&str]) -> Folder {
    let folder = Folder::new();
    let path = folder.path().to_str().expect("a plain path");
    once("sasl-setup", &[arguments, &["--mech", "DIGEST-MD5", path]].concat());
    folder
}

fn without_tls() {
    let accounts = accounts(&[]);
    let port = free_port().to_string();
    let folder = accounts.path().to_str().expect("a plain path");
    let qemu = Qemu::start(&["--port", &port, "--sasl-dir", folder]);
    let uri = format!("spice://tester@127.0.0.1:{port}");
    qemu.shows(&[&uri, "--password", "sasl-secret"]);
    qemu.shows(&[&uri, "--password", "sasl-secret", "--websocket"]);
    qemu.refuses(&[&uri, "--password", "sasl-guess"]);
    qemu.refuses(&[&uri]);
    qemu.refuses(&[&format!("spice://stranger@127.0.0.1:{port}"), "--password", "sasl-secret"]);
    // What is said where SASL cannot go on.
    let said = |username: Option<&str>, password: &str| {
        let credentials = Credentials { username: username.map(Into::into), password: password.into() };
        let dialer = dial::dialer(&port);
        let opened = Connection::open(&dialer, &credentials, 0, Main, 0, [0_u32; 0].into());
        opened.err().expect("it is refused").to_string()
    };
    let nobody = said(None, "sasl-secret");
    assert!(nobody.contains("a user name is needed"), "{nobody}");
    let wrong = said(Some("tester"), "sasl-guess");
    assert!(wrong.contains("wrong password, or no such user"), "{wrong}");
}

/// QEMU cannot set SASL up on a unix socket: it closes, to spice-gtk as well.
fn unix_socket() {
    let accounts = accounts(&[]);
    let socket = accounts.file("spice.sock");
    let socket = socket.to_str().expect("a plain path");
    let folder = accounts.path().to_str().expect("a plain path");
    let qemu = Qemu::start(&["--unix", socket, "--sasl-dir", folder]);
    qemu.refuses(&[&format!("spice+unix://{socket}"), "--username", "tester", "--password", "sasl-secret"]);
    let picture = accounts.file("none.png");
    let by = ["--unix", socket, "--username", "tester", "--password", "sasl-secret"];
    let theirs = script("shoot-with-gi").args(by).arg(&picture).output().expect("the script can be run");
    assert!(!theirs.status.success() && !picture.exists(), "{}", String::from_utf8_lossy(&theirs.stdout));
}

/// Some that ISO 8859-1 has, and some that it does not have.
fn not_ascii() {
    for (user, password) in
        [("jörg", "pässwörd"), ("tester", "пароль"), ("любовь", "secret"), ("jörg", "пароль")]
    {
        let accounts = accounts(&["--user", user, "--password", password]);
        let port = free_port().to_string();
        let qemu =
            Qemu::start(&["--port", &port, "--sasl-dir", accounts.path().to_str().expect("a plain path")]);
        let uri = format!("spice://127.0.0.1:{port}");
        qemu.shows(&[&uri, "--username", user, "--password", password]);
        qemu.refuses(&[&uri, "--username", user, "--password", "secre"]);
    }
}

/// QEMU offers "3des" besides, but with OpenSSL 3 its SASL library cannot start it, and refuses whoever takes it.
fn every_cipher() {
    let accounts = accounts(&[]);
    let port = free_port().to_string();
    let _qemu =
        Qemu::start(&["--port", &port, "--sasl-dir", accounts.path().to_str().expect("a plain path")]);
    for bits in [56..=56, 128..=128] {
        let (qop, channels) = main_channel(&port, bits.clone());
        assert_eq!(qop.bits(), *bits.start());
        assert!(channels >= 2, "{qop:?}: {channels} channels");
    }
}

/// Opens the main channel with a layer of this strength, asks for the channels, and counts them.
fn main_channel(port: &str, bits: RangeInclusive<u32>) -> (Qop, usize) {
    let socket = TcpStream::connect(format!("127.0.0.1:{port}")).expect("QEMU listens");
    socket.set_read_timeout(Some(Duration::from_secs(20))).expect("a socket");
    let mut stream: BoxStream = Box::new(socket);
    let mut mechanism =
        digest_md5::Client::new("tester", &"sasl-secret".into(), "127.0.0.1", random).strength(bits);
    let mut config = ClientConfig::new(ChannelType::MAIN, 0);
    config.auth = Auth::Sasl;
    let mut client = Client::new(config).expect("a client");
    let mut buffer = [0; 4096];
    let mut qop = None;
    let linked = loop {
        let event = client.next_event().expect("it goes well");
        stream.write_all(client.take_output().as_bytes()).expect("QEMU reads");
        match event {
            Some(ClientEvent::Sasl) => client.sasl(&mut mechanism).expect("asked for"),
            Some(ClientEvent::SecurityLayer(wrapped)) => {
                let protection = mechanism.protection().expect("a layer");
                assert_eq!(protection.max_plain(), 8192 - 28, "QEMU takes 8192 bytes at once");
                qop = Some(protection.qop());
                stream = Box::new(Layered::new(stream, Box::new(protection), MAXBUF, &wrapped));
            }
            Some(ClientEvent::Linked(linked)) => break linked,
            Some(event) => panic!("{event:?}"),
            None => {
                let count = stream.read(&mut buffer).expect("QEMU answers");
                assert_ne!(count, 0, "QEMU closes");
                client.push(&buffer[..count]);
            }
        }
    };
    let mut end = ClientEnd::new(Main, linked.header, &Limits::default());
    end.push_bytes(linked.leftover);
    loop {
        while let Some(message) = end.next_message().expect("a good message") {
            match message.parse().expect("a good message") {
                ServerMessage::Init(_) => {
                    end.send(&ClientMessage::AttachChannels(common::Empty)).expect("it fits");
                }
                ServerMessage::ChannelsList(list) => {
                    return (qop.expect("a layer"), list.channels.iter().count());
                }
                _ => {}
            }
        }
        stream.write_all(&end.take_output()).expect("QEMU reads");
        let count = stream.read(&mut buffer).expect("QEMU answers");
        assert_ne!(count, 0, "QEMU closes");
        end.push(&buffer[..count]);
    }
}
