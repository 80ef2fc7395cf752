//! Over blocking streams.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use spice_proto::channel::{Inputs, Main};
use spice_proto::common::LinkErr;
use spice_proto::drive::{Error, blocking as drive};
use spice_proto::inputs::{ClientMessage, KeyDown};
use spice_proto::link::{ErrorKind, ServerConfig};
use spice_proto::{ChannelType, Limits, main};
use spice_proto_tests::random::Random;

use super::people::{Door, PASSWORD, config, login, short};

/// Reads and writes a few bytes at a time, and is interrupted now and then.
struct Stutter {
    stream: UnixStream,
    random: Random,
}

impl Stutter {
    fn turn(&mut self) -> io::Result<usize> {
        match self.random.below(4) {
            0 => Err(io::ErrorKind::Interrupted.into()),
            _ => Ok(short(&mut self.random)),
        }
    }
}

impl Read for Stutter {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.turn()?.min(buffer.len());
        self.stream.read(&mut buffer[..count])
    }
}

impl Write for Stutter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.turn()?.min(bytes.len());
        self.stream.write(&bytes[..count])
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

fn pair() -> (UnixStream, UnixStream) {
    UnixStream::pair().expect("the system has sockets")
}

#[test]
fn messages_go_both_ways_over_a_stream_that_stutters() {
    let (near, far) = pair();
    let server = thread::spawn(|| {
        let far = Stutter { stream: far, random: Random::new(1) };
        let link = drive::accept(far, ServerConfig::default(), &mut Door).expect("a server");
        let mut server = link.server(Inputs, &Limits::server());
        server.end().ping(1, &[7; 1000]).expect("it can be sent");
        let (mut codes, mut pongs) = (Vec::new(), 0);
        while let Some(message) = server.next().expect("messages") {
            match message.parse().expect("known") {
                ClientMessage::KeyDown(key) => codes.push(key.code),
                ClientMessage::Pong(_) => pongs += 1,
                other => panic!("{other:?}"),
            }
        }
        (codes, pongs)
    });
    let near = Stutter { stream: near, random: Random::new(2) };
    let link = drive::connect(near, config(ChannelType::INPUTS), &mut login(PASSWORD)).expect("a client");
    let mut client = link.client(Inputs, &Limits::default());
    assert!(client.next().expect("a message").is_some(), "the ping");
    for code in 0..100 {
        client.send(&ClientMessage::KeyDown(KeyDown { code })).expect("it can be sent");
    }
    client.flush().expect("it is written");
    drop(client);
    assert_eq!(server.join().expect("no panic"), ((0..100).collect::<Vec<_>>(), 1));
}

#[test]
fn halves_are_for_two_threads() {
    let (near, far) = pair();
    let server = thread::spawn(|| {
        let second = far.try_clone().expect("a second handle");
        let link = drive::accept(far, ServerConfig::default(), &mut Door).expect("a server");
        let (mut reader, writer) = link.server(Main, &Limits::server()).split(second);
        let pings = thread::spawn(move || {
            for count in 0..500 {
                writer.with_end(|end| end.ping(count, &[1; 3000])).expect("it can be sent");
                writer.flush().expect("it is written");
            }
        });
        let (mut pongs, mut data) = (0, 0);
        while pongs < 500 || data < 500 {
            match reader.next().expect("a message").expect("open").parse().expect("known") {
                main::ClientMessage::Pong(_) => pongs += 1,
                main::ClientMessage::AgentData(_) => data += 1,
                other => panic!("{other:?}"),
            }
        }
        pings.join().expect("no panic");
    });
    let second = near.try_clone().expect("a second handle");
    let link = drive::connect(near, config(ChannelType::MAIN), &mut login(PASSWORD)).expect("a client");
    let (mut reader, writer) = link.client(Main, &Limits::default()).split(second);
    let more = writer.clone();
    let writes = thread::spawn(move || {
        for count in 0..500_u16 {
            let data = count.to_le_bytes();
            let data = spice_proto::common::Data { data: &data };
            more.send(&main::ClientMessage::AgentData(data)).expect("it can be sent");
            more.flush().expect("it is written");
        }
    });
    let mut pings = 0;
    while pings < 500 {
        reader.next().expect("a message").expect("open");
        pings += 1;
    }
    writes.join().expect("no panic");
    writer.flush().expect("the last answers");
    server.join().expect("no panic");
}

#[test]
fn a_silent_peer_costs_the_time_that_the_stream_has() {
    let (near, far) = pair();
    near.set_read_timeout(Some(Duration::from_millis(20))).expect("a socket");
    let error = drive::connect(near, config(ChannelType::MAIN), &mut login("")).unwrap_err();
    assert!(matches!(&error, Error::Link(error) if error.kind() == ErrorKind::Expired), "{error}");
    drop(far);

    // A connection goes on behind a time-out.
    let (near, far) = pair();
    let server = thread::spawn(|| drive::accept(far, ServerConfig::default(), &mut Door).expect("a server"));
    let link = drive::connect(near, config(ChannelType::MAIN), &mut login(PASSWORD)).expect("a client");
    let mut server = server.join().expect("no panic").server(Main, &Limits::server());
    link.stream().set_read_timeout(Some(Duration::from_millis(20))).expect("a socket");
    let mut client = link.client(Main, &Limits::default());
    assert!(client.next().unwrap_err().is_timeout());
    server.end().ping(1, b"").expect("it can be sent");
    server.flush().expect("it is written");
    assert!(client.next().expect("a message").is_some());
    drop(client);
    assert!(server.next().expect("the end").is_none());
}

#[test]
fn a_wrong_password_and_a_missing_channel_are_named() {
    for (channel, password, at_client) in [
        (ChannelType::MAIN, "guess", ErrorKind::Denied(LinkErr::PERMISSION_DENIED)),
        (ChannelType::TUNNEL, PASSWORD, ErrorKind::Closed),
        (ChannelType::SMARTCARD, PASSWORD, ErrorKind::Refused(LinkErr::NEED_SECURED)),
    ] {
        let (near, far) = pair();
        let server = thread::spawn(|| drive::accept(far, ServerConfig::default(), &mut Door).is_err());
        let error = drive::connect(near, config(channel), &mut login(password)).unwrap_err();
        assert!(matches!(&error, Error::Link(error) if error.kind() == at_client), "{channel:?}: {error}");
        assert!(server.join().expect("no panic"));
    }
}

#[test]
fn a_password_that_cannot_be_used_is_named() {
    let (near, far) = pair();
    let server = thread::spawn(|| drive::accept(far, ServerConfig::default(), &mut Door).is_err());
    let error = drive::connect(near, config(ChannelType::MAIN), &mut login(&"x".repeat(61))).unwrap_err();
    assert!(matches!(error, Error::Call(_)), "{error}");
    assert!(server.join().expect("no panic"));
}
