//! The drivers of the library against QEMU: main and display, blocking and with tokio.

use std::net::TcpStream;

use libtest_mimic::Trial;
use spice_proto::channel::{Display, Main};
use spice_proto::common::{Empty, LinkErr};
use spice_proto::drive::{Error, Password, blocking, tokio as asynchronous};
use spice_proto::link::ClientConfig;
use spice_proto::{ChannelType, Limits, display, main};

use crate::live::peers::QEMU;
use crate::live::{Script, free_port, trial};
use crate::screenshot::common::credentials::random;

pub(crate) fn trials() -> Vec<Trial> {
    vec![trial("drivers::qemu", &[&QEMU], qemu)]
}

fn qemu() {
    let port = free_port();
    let _qemu = Script::start("start-qemu", &["--port", &port.to_string(), "--password", "open sesame"]);
    blocking_client(port);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().expect("a runtime");
    runtime.block_on(tokio_client(port));
}

fn config(channel: ChannelType, session: u32) -> ClientConfig {
    let mut config = ClientConfig::new(channel, 0);
    config.connection_id = session;
    config
}

fn login(password: &str) -> Password<fn(&mut [u8])> {
    Password::new(password, random)
}

const INIT: display::ClientMessage<'static> = display::ClientMessage::Init(display::Init {
    pixmap_cache_id: 1,
    pixmap_cache_size: 1 << 20,
    glz_dictionary_id: 1,
    glz_dictionary_window_size: 1 << 20,
});

fn blocking_client(port: u16) {
    let dial = || TcpStream::connect(("127.0.0.1", port)).expect("QEMU listens");
    let refused = blocking::connect(dial(), config(ChannelType::MAIN, 0), &mut login("guess")).unwrap_err();
    assert!(matches!(&refused, Error::Link(error) if error.is_denied()), "{refused}");
    assert!(refused.to_string().contains(LinkErr::PERMISSION_DENIED.name().unwrap_or("?")), "{refused}");

    let link = blocking::connect(dial(), config(ChannelType::MAIN, 0), &mut login("open sesame"));
    let mut main = link.expect("a session").client(Main, &Limits::default());
    let (mut session, mut channels) = (0, Vec::new());
    while channels.is_empty() {
        let message = main.next().expect("a message").expect("open");
        match message.parse().expect("known") {
            main::ServerMessage::Init(init) => {
                session = init.session_id;
                main.send(&main::ClientMessage::AttachChannels(Empty)).expect("it can be sent");
            }
            main::ServerMessage::ChannelsList(list) => {
                channels = list.channels.iter().map(|channel| ChannelType(channel.type_)).collect();
            }
            _ => {}
        }
    }
    assert!(channels.contains(&ChannelType::DISPLAY), "{channels:?}");

    let link = blocking::connect(dial(), config(ChannelType::DISPLAY, session), &mut login("open sesame"));
    let mut display = link.expect("a channel").client(Display, &Limits::default());
    display.send(&INIT).expect("it can be sent");
    loop {
        let message = display.next().expect("a message").expect("open");
        if let display::ServerMessage::DrawCopy(_) = message.parse().expect("known") {
            break;
        }
    }
}

async fn tokio_client(port: u16) {
    let dial = || async { tokio::net::TcpStream::connect(("127.0.0.1", port)).await.expect("QEMU listens") };
    let link =
        asynchronous::connect(dial().await, config(ChannelType::MAIN, 0), &mut login("open sesame")).await;
    let (mut reader, mut writer) = link.expect("a session").client(Main, &Limits::default()).split();
    let session = loop {
        let message = reader.next().await.expect("a message").expect("open");
        if let main::ServerMessage::Init(init) = message.parse().expect("known") {
            break init.session_id;
        }
    };
    writer.send(&main::ClientMessage::AttachChannels(Empty)).expect("it can be sent");
    writer.flush().await.expect("it is written");

    let mut login = login("open sesame");
    let link = asynchronous::connect(dial().await, config(ChannelType::DISPLAY, session), &mut login).await;
    let mut display = link.expect("a channel").client(Display, &Limits::default());
    display.send(&INIT).expect("it can be sent");
    let (mut listed, mut drawn) = (false, false);
    while !listed || !drawn {
        // Whichever comes first; the other future is dropped, and nothing of it is lost.
        tokio::select! {
            message = reader.next() => {
                let message = message.expect("a message").expect("open");
                listed |= matches!(message.parse(), Ok(main::ServerMessage::ChannelsList(_)));
            }
            message = display.next() => {
                let message = message.expect("a message").expect("open");
                drawn |= matches!(message.parse(), Ok(display::ServerMessage::DrawCopy(_)));
            }
        }
    }
}
