//! The host that the crate brings.

use std::os::unix::net::UnixStream;
use std::thread;

use spice_proto::ChannelType;
use spice_proto::common::LinkErr;
use spice_proto::drive::{Error, TicketHost, blocking as drive};
use spice_proto::link::{ErrorKind, ServerConfig};
use spice_proto::main::ChannelId;

use super::people::{KEY, PASSWORD, config, login, random};

const SESSION: u32 = 7;

/// What client and server make of a link to a host with a display.
fn link(
    channel: ChannelType,
    connection_id: u32,
    password: &str,
    host: impl FnOnce(TicketHost<fn(&mut [u8])>) -> TicketHost<fn(&mut [u8])>,
) -> (Result<(), Error>, Result<(), Error>) {
    let (near, far) = UnixStream::pair().expect("the system has sockets");
    let mut host =
        host(TicketHost::new(KEY.clone(), random, SESSION, &[ChannelId::new(ChannelType::DISPLAY, 0)]));
    let server = thread::spawn(move || drive::accept(far, ServerConfig::default(), &mut host).map(|_| ()));
    let mut config = config(channel);
    config.connection_id = connection_id;
    let client = drive::connect(near, config, &mut login(password)).map(|_| ());
    (client, server.join().expect("no panic"))
}

/// What a client is refused for.
fn refused((client, server): (Result<(), Error>, Result<(), Error>)) -> ErrorKind {
    assert!(server.is_err());
    match client.expect_err("refused") {
        Error::Link(error) => error.kind(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn everybody_may_come_in_where_no_password_is_set() {
    for (channel, connection) in [(ChannelType::MAIN, 0), (ChannelType::DISPLAY, SESSION)] {
        for password in ["", PASSWORD] {
            let (client, server) = link(channel, connection, password, |host| host);
            assert!(client.is_ok() && server.is_ok(), "{client:?} {server:?}");
        }
    }
}

#[test]
fn a_password_is_asked_for() {
    let (client, server) = link(ChannelType::MAIN, 0, PASSWORD, |host| host.with_password(PASSWORD));
    assert!(client.is_ok() && server.is_ok(), "{client:?} {server:?}");
    let wrong = link(ChannelType::MAIN, 0, "wrong", |host| host.with_password(PASSWORD));
    assert_eq!(refused(wrong), ErrorKind::Denied(LinkErr::PERMISSION_DENIED));
    let none = link(ChannelType::MAIN, 0, "", |host| host.with_password(""));
    assert_eq!(refused(none), ErrorKind::Denied(LinkErr::PERMISSION_DENIED), "an empty one lets nobody in");
}

#[test]
fn other_sessions_and_channels_are_refused() {
    let other = link(ChannelType::DISPLAY, SESSION + 1, PASSWORD, |host| host);
    assert_eq!(refused(other), ErrorKind::Denied(LinkErr::BAD_CONNECTION_ID));
    let missing = link(ChannelType::INPUTS, SESSION, PASSWORD, |host| host);
    assert_eq!(refused(missing), ErrorKind::Closed);
}
