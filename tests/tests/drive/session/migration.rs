//! Sessions that move to another server, and those that do not.

use std::io;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use spice_proto::common::{Empty, LinkErr};
use spice_proto::drive::{Error, Event, Verdict};
use spice_proto::inputs::{self, KeyDown};
use spice_proto::main::{self, ClientMessage, MainCapability};
use spice_proto::session::{Loss, MigrationKind, MouseModes, ServerSession};
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, common, display};

use super::clients::{Client, Dial, wanted, with_each};
use super::server::{CURSOR, DISPLAY, INPUTS, Line, MAIN, Migrate, SESSION, Server, to_here};
use super::{until, until_message, until_opened};

/// Dials the source, and where it moves to.
fn between(source: &Server, destination: Option<&Server>) -> Dial {
    let (source, destination) = (source.clone(), destination.cloned());
    Arc::new(move |target| match (&target.destination, &destination) {
        (None, _) => source.dial(target.secure),
        (Some(place), Some(destination)) => {
            assert_eq!((place.host().to_str(), place.port()), (Ok("elsewhere"), Some(5901)));
            destination.dial(target.secure)
        }
        (Some(_), None) => Err(io::ErrorKind::HostUnreachable.into()),
    })
}

/// A source whose main channel does something when all is open.
fn source(main: impl Fn(&mut Line) -> Result<(), Error> + Send + Sync + 'static) -> Server {
    Server::new(move |line| match line.channel {
        MAIN => {
            line.open()?;
            line.until(ClientMessage::ATTACH_CHANNELS)?;
            line.server.hears(DISPLAY, display::ClientMessage::INIT);
            line.server.hears(INPUTS, inputs::ClientMessage::KEY_DOWN);
            main(line)
        }
        _ => line.ordinary(),
    })
}

const BOTH: [MainCapability; 2] = [MainCapability::SEMI_SEAMLESS_MIGRATE, MainCapability::SEAMLESS_MIGRATE];

/// Tells the client to link itself to the destination.
fn begin(line: &mut Line, version: Option<u32>) -> Result<(), Error> {
    let (_, message) = line.server.session().begin_migration(to_here(), BOTH.into(), version);
    line.send_main(&message.expect("the client can follow"))
}

fn press(client: &mut dyn Client, code: u32) {
    let key = inputs::ClientMessage::KeyDown(KeyDown { code });
    client.send(INPUTS, &spice_proto::ClientMessage::Inputs(key)).expect("it is open");
}

fn open_all(client: &mut dyn Client) {
    until_opened(client, &[MAIN]);
    until_opened(client, &[DISPLAY, INPUTS, CURSOR]);
    press(client, 1);
}

fn moved(client: &mut dyn Client, kind: MigrationKind) {
    until(client, |event| match event {
        Event::Moved(how, place) => {
            assert_eq!((how, place.host().to_str()), (kind, Ok("elsewhere")));
            Some(())
        }
        Event::Lost { channel, error, .. } => panic!("{channel:?}: {error:?}"),
        Event::NotMoved { channel, error, .. } => panic!("{channel:?}: {error:?}"),
        _ => None,
    });
}

/// Runs the session until a server has heard something.
fn until_heard(client: &mut dyn Client, server: &Server, channel: main::ChannelId, kind: u16) {
    let start = Instant::now();
    while !server.said(channel).iter().any(|said| said.0 == kind) {
        assert!(start.elapsed() < Duration::from_secs(20), "{channel:?} says no {kind}");
        client.idle();
    }
}

fn kinds(server: &Server, channel: main::ChannelId) -> Vec<u16> {
    server.said(channel).iter().map(|said| said.0).collect()
}

/// The keys of a list of messages.
fn keys(server: &Server) -> Vec<u32> {
    let said = server.said(INPUTS);
    let keys = said.iter().filter(|said| said.0 == inputs::ClientMessage::KEY_DOWN);
    keys.map(|(_, body)| u32::from_le_bytes(body[..4].try_into().expect("four bytes"))).collect()
}

#[test]
fn seamless_every_channel_takes_its_state_along() {
    with_each(|make| {
        let destination = Server::incoming(Some(1), |line| match line.channel {
            MAIN => line.serve(),
            DISPLAY => {
                line.until(common::ClientMessage::MIGRATE_DATA)?;
                line.mark()?;
                line.serve()
            }
            _ => line.serve(),
        });
        let server = source(|line| {
            begin(line, Some(1))?;
            line.until(ClientMessage::MIGRATE_CONNECTED_SEAMLESS)?;
            line.server.order(Migrate::Seamless);
            line.serve()
        });
        let mut client = make(between(&server, Some(&destination)), wanted());
        open_all(&mut *client);
        let (mut code, mut moved, mut marked) = (1, false, false);
        until(&mut *client, |event| {
            match event {
                Event::Moved(kind, _) => {
                    assert_eq!(kind, MigrationKind::Seamless);
                    moved = true;
                }
                Event::Message(DISPLAY, message) => marked |= message.kind() == display::ServerMessage::MARK,
                Event::Message(..) => {}
                other => panic!("{other:?}"),
            }
            (moved && marked).then_some(())
        });
        for _ in 0..5 {
            code += 1;
            press(&mut *client, code);
        }
        let start = Instant::now();
        while keys(&server).len() + keys(&destination).len() < 6 && start.elapsed() < Duration::from_secs(10)
        {
            client.idle();
        }
        let all = [keys(&server), keys(&destination)].concat();
        assert_eq!(all, [1, 2, 3, 4, 5, 6]);
        for channel in [MAIN, DISPLAY, INPUTS] {
            let state = (common::ClientMessage::MIGRATE_DATA, vec![channel.type_; 3]);
            let said = destination.said(channel);
            let said: Vec<_> =
                said.iter().filter(|said| said.0 != ClientMessage::MIGRATE_DST_DO_SEAMLESS).collect();
            assert_eq!(said[0], &state, "its state comes first: {channel:?}");
            assert_eq!(kinds(&server, channel).last(), Some(&common::ClientMessage::MIGRATE_FLUSH_MARK));
        }
        assert!(destination.said(CURSOR).is_empty() && !client.state().is_migrating());
    });
}

/// Keys that are pressed between the flush mark and the move wait for the destination.
#[test]
fn what_is_sent_while_a_channel_moves_arrives_at_the_destination() {
    with_each(|make| {
        let destination = Server::incoming(Some(1), Line::serve);
        let server = source(|line| {
            begin(line, Some(1))?;
            line.until(ClientMessage::MIGRATE_CONNECTED_SEAMLESS)?;
            line.server.order(Migrate::Seamless);
            line.serve()
        });
        let mut client = make(between(&server, Some(&destination)), wanted());
        open_all(&mut *client);
        until_message(&mut *client, INPUTS, common::ServerMessage::MIGRATE);
        press(&mut *client, 2);
        moved(&mut *client, MigrationKind::Seamless);
        until_heard(&mut *client, &destination, INPUTS, inputs::ClientMessage::KEY_DOWN);
        assert_eq!((keys(&server), keys(&destination)), (vec![1], vec![2]));
        assert_eq!(
            kinds(&destination, INPUTS),
            [common::ClientMessage::MIGRATE_DATA, inputs::ClientMessage::KEY_DOWN]
        );
    });
}

/// With a source that cannot be seamless, and with a destination that cannot.
#[test]
fn semi_seamless_everything_begins_anew() {
    for version in [None, Some(1)] {
        with_each(|make| {
            let destination = Server::incoming(None, |line| match line.channel {
                MAIN => line.serve(),
                _ => line.ordinary(),
            });
            let server = source(move |line| {
                begin(line, version)?;
                line.until(ClientMessage::MIGRATE_CONNECTED)?;
                let end = line.server.session().end_migration().expect("it is linked there");
                // The other channels may close before the client has read it.
                line.server.order(Migrate::Seamless);
                thread::sleep(Duration::from_millis(20));
                line.send_main(&end)?;
                // Whatever the client does then.
                thread::sleep(Duration::from_millis(50));
                Ok(())
            });
            let mut client = make(between(&server, Some(&destination)), wanted());
            open_all(&mut *client);
            moved(&mut *client, MigrationKind::SemiSeamless);
            press(&mut *client, 2);
            until_message(&mut *client, MAIN, main::ServerMessage::INIT);
            until_message(&mut *client, DISPLAY, display::ServerMessage::SURFACE_CREATE);
            until_heard(&mut *client, &destination, INPUTS, inputs::ClientMessage::KEY_DOWN);
            assert_eq!(keys(&destination), [2]);
            let main = kinds(&destination, MAIN);
            assert_eq!(main.last(), Some(&ClientMessage::MIGRATE_END), "{main:?}");
            assert!(!main.contains(&ClientMessage::ATTACH_CHANNELS));
            assert_eq!(kinds(&destination, DISPLAY), [display::ClientMessage::INIT]);
        });
    }
}

#[test]
fn switch_host_starts_a_session_of_its_own() {
    with_each(|make| {
        let destination = Server::new(Line::ordinary);
        let server = source(|line| {
            line.send_main(&ServerSession::switch_host(to_here()))?;
            Ok(())
        });
        let mut client = make(between(&server, Some(&destination)), wanted());
        open_all(&mut *client);
        // The source may close the others first.
        until(&mut *client, |event| {
            matches!(event, Event::Moved(MigrationKind::SwitchHost, _)).then_some(())
        });
        until_opened(&mut *client, &[MAIN]);
        until_opened(&mut *client, &[DISPLAY, INPUTS, CURSOR]);
        until_heard(&mut *client, &destination, DISPLAY, display::ClientMessage::INIT);
        assert_eq!(kinds(&destination, MAIN)[0], ClientMessage::ATTACH_CHANNELS);
    });
}

/// The source hears of it, and sends the client there when the guest has moved.
#[test]
fn a_destination_that_cannot_be_reached_is_told() {
    with_each(|make| {
        let server = source(|line| {
            begin(line, Some(1))?;
            line.until(ClientMessage::MIGRATE_CONNECT_ERROR)?;
            line.serve()
        });
        let mut client = make(between(&server, None), wanted());
        open_all(&mut *client);
        until(&mut *client, |event| match event {
            Event::NotMoved { channel, error: Some(Error::Io(error)), .. } => {
                assert_eq!((channel, error.kind()), (MAIN, io::ErrorKind::HostUnreachable));
                Some(())
            }
            Event::Lost { channel, error, .. } => panic!("{channel:?}: {error:?}"),
            _ => None,
        });
        until_heard(&mut *client, &server, MAIN, ClientMessage::MIGRATE_CONNECT_ERROR);
        press(&mut *client, 2);
        let start = Instant::now();
        while keys(&server).len() < 2 && start.elapsed() < Duration::from_secs(10) {
            client.idle();
        }
        assert_eq!(keys(&server), [1, 2], "the session goes on");
    });
}

/// The display is refused there: the session stays. A cursor that is refused does not matter.
#[test]
fn a_channel_that_is_refused_at_the_destination() {
    for (refused, stays) in [(ChannelType::DISPLAY, true), (ChannelType::CURSOR, false)] {
        with_each(|make| {
            let session =
                ServerSession::incoming(SESSION, vec![DISPLAY, INPUTS, CURSOR], MouseModes::default(), None);
            let destination = Server::with(
                session,
                move |request, _| match request.channel == refused {
                    true => Verdict::Refuse(LinkErr::NEED_UNSECURED),
                    false => Verdict::Accept(CapabilitySet::EMPTY),
                },
                |line| match line.channel {
                    MAIN => line.serve(),
                    _ => line.ordinary(),
                },
            );
            let server = source(move |line| {
                begin(line, None)?;
                let wanted = match stays {
                    true => ClientMessage::MIGRATE_CONNECT_ERROR,
                    false => ClientMessage::MIGRATE_CONNECTED,
                };
                line.until(wanted)?;
                if let Some(end) = { line.server.session().end_migration() } {
                    line.send_main(&end)?;
                }
                line.serve()
            });
            let mut client = make(between(&server, Some(&destination)), wanted());
            open_all(&mut *client);
            let mut lost = Vec::new();
            let stayed = until(&mut *client, |event| match event {
                Event::NotMoved { channel, .. } => {
                    assert_eq!(channel, DISPLAY);
                    Some(true)
                }
                Event::Moved(kind, _) => {
                    assert_eq!(kind, MigrationKind::SemiSeamless);
                    Some(false)
                }
                Event::Lost { channel, loss, .. } => {
                    lost.push((channel, loss));
                    None
                }
                _ => None,
            });
            assert_eq!(stayed, stays);
            let expected: &[_] = if stays { &[] } else { &[(CURSOR, Loss::Side)] };
            assert_eq!(lost, expected);
            let place = if stays { &server } else { &destination };
            press(&mut *client, 2);
            let start = Instant::now();
            while keys(place).last() != Some(&2) && start.elapsed() < Duration::from_secs(10) {
                client.idle();
            }
            assert_eq!(keys(place).last(), Some(&2));
        });
    }
}

#[test]
fn a_migration_that_is_given_up_leaves_the_session_where_it_is() {
    with_each(|make| {
        let destination = Server::incoming(None, Line::serve);
        let server = source(|line| {
            begin(line, None)?;
            line.until(ClientMessage::MIGRATE_CONNECTED)?;
            let cancel = line.server.session().cancel_migration().expect("the client knows of it");
            line.send_main(&cancel)?;
            // And once more, to the end.
            begin(line, None)?;
            line.send_main(&main::ServerMessage::MigrateCancel(Empty))?;
            line.serve()
        });
        let mut client = make(between(&server, Some(&destination)), wanted());
        open_all(&mut *client);
        until_message(&mut *client, MAIN, main::ServerMessage::MIGRATE_CANCEL);
        until_message(&mut *client, MAIN, main::ServerMessage::MIGRATE_CANCEL);
        assert!(!client.state().is_migrating());
        press(&mut *client, 2);
        let start = Instant::now();
        while keys(&server).len() < 2 && start.elapsed() < Duration::from_secs(10) {
            client.idle();
        }
        assert_eq!(keys(&server), [1, 2]);
    });
}
