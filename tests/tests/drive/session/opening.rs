//! Channels that open, and those that do not.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use spice_proto::channel::Any;
use spice_proto::common::{self, ChannelWait, LinkErr, MouseMode, WaitForChannels};
use spice_proto::drive::{Error, Event, SessionConfig, Verdict, blocking};
use spice_proto::inputs::{self, KeyDown};
use spice_proto::link::ErrorKind;
use spice_proto::main::{self, ChannelId};
use spice_proto::session::{Loss, MouseModes, OpenError, ServerSession};
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, ClientMessage, Encode, Limits, List, ServerMessage, display};

use super::clients::{Client, Dial, wanted, with_each, with_each_of};
use super::server::{CURSOR, DISPLAY, INPUTS, Line, MAIN, SESSION, Server};
use super::{until, until_message, until_opened};
use crate::people::login;

fn to(server: &Server) -> Dial {
    let server = server.clone();
    Arc::new(move |target| server.dial(target.secure))
}

const KEY: ClientMessage<'static> =
    ClientMessage::Inputs(inputs::ClientMessage::KeyDown(KeyDown { code: 0x1e }));

/// Main, the three that are wanted, in this order what each says first; then messages both ways, and the end.
#[test]
fn channels_open_with_what_is_to_be_said_first() {
    with_each(|make| {
        let server = Server::new(|line| match line.channel {
            // The server ends the session when a key has come.
            MAIN => {
                line.open()?;
                line.until(main::ClientMessage::MOUSE_MODE_REQUEST)?;
                line.server.hears(INPUTS, inputs::ClientMessage::KEY_DOWN);
                Ok(())
            }
            DISPLAY => {
                line.open()?;
                line.mark()?;
                line.serve()
            }
            _ => line.ordinary(),
        });
        let mut client = make(to(&server), wanted());
        assert!(matches!(client.send(INPUTS, &KEY), Err(Error::NotOpen(INPUTS))));
        until_opened(&mut *client, &[MAIN]);
        let (mut opened, mut marked) = (0, false);
        until(&mut *client, |event| {
            match event {
                Event::Opened(..) => opened += 1,
                Event::Message(DISPLAY, message) => marked |= message.kind() == display::ServerMessage::MARK,
                Event::Message(..) => {}
                other => panic!("{other:?}"),
            }
            (opened == 3 && marked).then_some(())
        });
        let mut limits = Limits::default();
        // Half of 16 MiB is less than the least.
        limits.glz_window_pixels = 3 << 20;
        let init = display::Init::from(&limits).encode_to_vec().expect("written");
        assert_eq!(server.said(DISPLAY), [(display::ClientMessage::INIT, init)]);
        assert_eq!(client.state().id(), Some(SESSION));
        client.send(INPUTS, &KEY).expect("it is open");
        // Everything that is open is lost with the main channel, and the end is told once and for all.
        loop {
            match client.next().expect("no error") {
                Some(Event::Lost { .. } | Event::Message(..)) => {}
                Some(other) => panic!("{other:?}"),
                None => break,
            }
        }
        assert!(client.next().expect("no error").is_none());
        let main: Vec<u16> = server.said(MAIN).iter().map(|said| said.0).collect();
        assert_eq!(main, [main::ClientMessage::ATTACH_CHANNELS, main::ClientMessage::MOUSE_MODE_REQUEST]);
        assert_eq!(server.said(INPUTS), [(inputs::ClientMessage::KEY_DOWN, 0x1e_u32.to_le_bytes().to_vec())]);
    });
}

#[test]
fn a_mouse_mode_is_asked_for_when_it_becomes_possible() {
    with_each(|make| {
        let modes = MouseModes::new(MouseMode::SERVER, MouseMode::SERVER);
        let session = ServerSession::new(SESSION, vec![], modes);
        let server = Server::with(
            session,
            |_, _| Verdict::Accept(CapabilitySet::EMPTY),
            |line| {
                line.open()?;
                line.until(main::ClientMessage::ATTACH_CHANNELS)?;
                let both = MouseModes::new(MouseMode::SERVER | MouseMode::CLIENT, MouseMode::SERVER);
                let message = line.server.session().set_mouse(both);
                line.send_main(&message)?;
                line.serve()
            },
        );
        let mut client = make(to(&server), SessionConfig::new());
        until_message(&mut *client, MAIN, main::ServerMessage::MOUSE_MODE);
        until_message(&mut *client, MAIN, main::ServerMessage::MOUSE_MODE);
        assert!(client.state().mouse().is_client_mode());
        assert_eq!(server.said(MAIN).len(), 2, "asked once");
    });
}

/// Takes events until a channel is lost, and says how.
fn lost(client: &mut dyn Client) -> (ChannelId, Loss, Option<Error>) {
    until(client, |event| match event {
        Event::Lost { channel, loss, error } => Some((channel, loss, error)),
        _ => None,
    })
}

/// A channel in trouble: the others go on, and it can be opened again.
fn trouble(
    script: impl Fn(&mut Line) -> Result<(), Error> + Send + Sync + Clone + 'static,
    check: impl Fn(Option<&Error>),
) {
    with_each(|make| {
        let (script, count) = (script.clone(), AtomicU32::new(0));
        let server = Server::new(move |line| match line.channel {
            INPUTS if count.fetch_add(1, Ordering::Relaxed) == 0 => script(line),
            _ => line.ordinary(),
        });
        let mut client = make(to(&server), wanted());
        let (channel, loss, error) = lost(&mut *client);
        assert_eq!((channel, loss), (INPUTS, Loss::Side));
        check(error.as_ref());
        assert!(matches!(client.send(INPUTS, &KEY), Err(Error::NotOpen(INPUTS))));
        // The server may not have seen its end yet.
        while server.session().is_linked(INPUTS) {
            thread::sleep(Duration::from_millis(1));
        }
        client.open(INPUTS).expect("it is listed");
        assert!(matches!(client.open(INPUTS), Err(Error::Open(OpenError::Open))));
        until_message(&mut *client, INPUTS, inputs::ServerMessage::INIT);
        client.send(INPUTS, &KEY).expect("it is open");
        let start = std::time::Instant::now();
        while server.said(INPUTS).is_empty() && start.elapsed() < Duration::from_secs(10) {
            client.idle();
        }
        assert_eq!(server.said(INPUTS).len(), 1);
    });
}

#[test]
fn a_channel_that_the_server_closes_is_lost_alone() {
    trouble(|line| line.open(), |error| assert!(error.is_none(), "{error:?}"));
}

#[test]
fn garbage_costs_its_channel_alone() {
    trouble(
        |line| {
            // A body of two gigabytes.
            line.raw(&[101, 0, 255, 255, 255, 127, 1])?;
            line.serve()
        },
        |error| {
            assert!(matches!(error, Some(Error::Message(_))), "{error:?}");
        },
    );
}

#[test]
fn a_channel_that_ends_inside_of_a_message_is_named() {
    trouble(
        |line| line.raw(&[101, 0, 2, 0, 0, 0, 1]),
        |error| {
            let truncated = matches!(error, Some(Error::Message(error)) if error.is_truncated());
            assert!(truncated, "{error:?}");
        },
    );
}

#[test]
fn refusals_are_named_and_a_channel_for_tls_is_asked_for_again() {
    with_each(|make| {
        let usb = ChannelId::new(ChannelType::USBREDIR, 0);
        let listed = vec![DISPLAY, INPUTS, CURSOR, usb];
        let session = ServerSession::new(SESSION, listed, MouseModes::default());
        let server = Server::with(
            session,
            |request, secure| match request.channel {
                ChannelType::CURSOR => Verdict::Ignore,
                ChannelType::USBREDIR => Verdict::Refuse(LinkErr::NEED_SECURED),
                ChannelType::INPUTS if !secure => Verdict::Refuse(LinkErr::NEED_SECURED),
                _ => Verdict::Accept(CapabilitySet::EMPTY),
            },
            Line::ordinary,
        );
        let config = wanted().with_one(ChannelType::USBREDIR, 0, CapabilitySet::EMPTY);
        let mut client = make(to(&server), config);
        let (mut losses, mut opened) = (Vec::new(), Vec::new());
        until(&mut *client, |event| {
            match event {
                Event::Lost { channel, error: Some(Error::Link(error)), .. } => {
                    losses.push((channel, error.kind()));
                }
                Event::Lost { channel, error, .. } => panic!("{channel:?}: {error:?}"),
                Event::Opened(channel, _) => opened.push(channel),
                _ => {}
            }
            (losses.len() + opened.len() == 5).then_some(())
        });
        losses.sort_by_key(|(channel, _)| channel.type_);
        // The second of USBREDIR was with TLS.
        assert_eq!(losses, [(CURSOR, ErrorKind::Closed), (usb, ErrorKind::Refused(LinkErr::NEED_SECURED))]);
        assert!(opened.contains(&INPUTS) && opened.contains(&DISPLAY));
    });
}

#[test]
fn the_end_of_the_main_channel_is_named() {
    with_each_of("guess", |make| {
        let server = Server::new(Line::ordinary);
        let error = make(to(&server), wanted()).next().unwrap_err();
        assert!(matches!(&error, Error::Link(error) if error.is_denied()), "{error}");
    });
    with_each(|make| {
        let dial: Dial = Arc::new(|_| Err(io::ErrorKind::ConnectionRefused.into()));
        let mut client = make(dial, wanted());
        let error = client.next().unwrap_err();
        let refused = |error: &io::Error| error.kind() == io::ErrorKind::ConnectionRefused;
        assert!(matches!(&error, Error::Io(error) if refused(error)), "{error}");
        assert!(client.next().expect("it is over").is_none());

        let server = Server::new(|line| {
            line.open()?;
            line.raw(&[103, 0, 255, 255, 255, 127, 1])?;
            line.serve()
        });
        let mut client = make(to(&server), SessionConfig::new());
        until_message(&mut *client, MAIN, main::ServerMessage::INIT);
        let error = client.next().unwrap_err();
        assert!(matches!(&error, Error::Message(_)), "{error}");
        assert!(client.next().expect("it is over").is_none());
    });
}

/// A channel whose server never answers keeps no other waiting.
#[test]
fn a_silent_channel_holds_up_nothing() {
    with_each(|make| {
        let server = Server::new(Line::ordinary);
        let silent = std::sync::Mutex::new(Vec::new());
        let dial: Dial = {
            let server = server.clone();
            Arc::new(move |target| {
                if target.channel == CURSOR {
                    let (near, far) = std::os::unix::net::UnixStream::pair()?;
                    silent.lock().expect("no panic").push(far);
                    return Ok(near);
                }
                server.dial(target.secure)
            })
        };
        let mut client = make(dial, wanted());
        until_opened(&mut *client, &[MAIN]);
        until_opened(&mut *client, &[DISPLAY, INPUTS]);
    });
}

/// What a channel waits for is a message that has been handled: the caller has asked for the next one.
#[test]
fn a_channel_waits_for_another() {
    with_each(|make| {
        let server = Server::new(|line| match line.channel {
            DISPLAY => {
                line.open()?;
                line.server.hears(INPUTS, inputs::ClientMessage::KEY_DOWN);
                let wait = [ChannelWait { channel_type: CURSOR.type_, channel_id: 0, message_serial: 2 }];
                let wait = WaitForChannels { wait_list: List::from(&wait[..]) };
                line.send(&ServerMessage::Display(display::ServerMessage::WaitForChannels(wait)))?;
                line.mark()?;
                line.serve()
            }
            CURSOR => {
                line.server.hears(INPUTS, inputs::ClientMessage::KEY_DOWN);
                thread::sleep(Duration::from_millis(30));
                for id in 0..2 {
                    thread::sleep(Duration::from_millis(20));
                    let ping = common::Ping { id, timestamp: 1, data: b"" };
                    line.send(&ServerMessage::Cursor(spice_proto::cursor::ServerMessage::Ping(ping)))?;
                }
                line.serve()
            }
            _ => line.ordinary(),
        });
        let mut client = make(to(&server), wanted());
        // A channel that is not open yet is not waited for.
        until_opened(&mut *client, &[MAIN]);
        until_opened(&mut *client, &[DISPLAY, INPUTS, CURSOR]);
        client.send(INPUTS, &KEY).expect("it is open");
        let mut order = Vec::new();
        until(&mut *client, |event| {
            if let Event::Message(channel, message) = event {
                match (channel, message.kind()) {
                    (CURSOR, _) => order.push("cursor"),
                    (DISPLAY, display::ServerMessage::WAIT_FOR_CHANNELS) => order.push("wait"),
                    (DISPLAY, display::ServerMessage::MARK) => order.push("mark"),
                    _ => {}
                }
            }
            order.contains(&"mark").then_some(())
        });
        // Over a stream that stutters the cursor may be first of all.
        assert_eq!(order.iter().filter(|message| **message == "cursor").count(), 2, "{order:?}");
        assert_eq!((order.len(), order.last()), (4, Some(&"mark")), "{order:?}");
    });
}

/// Another thread types while the session waits; what cannot be sent is told.
#[test]
fn other_threads_send_through_a_sender() {
    let server = Server::new(Line::ordinary);
    let dial = {
        let server = server.clone();
        move |target: &spice_proto::drive::Target| server.dial(target.secure)
    };
    let mut session = blocking::Session::new(dial, wanted(), login(crate::people::PASSWORD));
    let sender = session.sender();
    let early = sender.clone();
    assert!(early.send(Any(ChannelType::INPUTS), 0, &KEY).expect("it can be written"));
    let mut not_sent = 0;
    let typing = thread::spawn({
        let server = server.clone();
        move || {
            server.hears(INPUTS, inputs::ClientMessage::MOUSE_MOTION);
            for _ in 0..3 {
                thread::sleep(Duration::from_millis(5));
                assert!(
                    sender
                        .send(
                            spice_proto::channel::Inputs,
                            0,
                            &inputs::ClientMessage::KeyDown(KeyDown { code: 1 })
                        )
                        .expect("written")
                );
            }
            sender
        }
    });
    let mut opened = false;
    while !typing.is_finished() || server.said(INPUTS).len() < 4 {
        match session.next_within(Duration::from_millis(20)) {
            Ok(Some(Event::NotSent { channel: INPUTS, kind: 101, error: Error::NotOpen(_) })) => {
                not_sent += 1
            }
            Ok(Some(Event::Opened(INPUTS, _))) => {
                opened = true;
                let motion =
                    inputs::MouseMotion { dx: 1, dy: 1, buttons_state: inputs::MouseButtonMask::empty() };
                session
                    .send(spice_proto::channel::Inputs, 0, &inputs::ClientMessage::MouseMotion(motion))
                    .expect("open");
            }
            Ok(Some(_)) => {}
            Ok(None) => panic!("the session is open"),
            Err(error) => assert!(error.is_timeout(), "{error}"),
        }
    }
    assert!(opened && not_sent == 1);
    drop(session);
    let sender = typing.join().expect("no panic");
    assert!(
        !sender.send(Any(ChannelType::INPUTS), 0, &KEY).expect("it can be written"),
        "there is no session"
    );
}
