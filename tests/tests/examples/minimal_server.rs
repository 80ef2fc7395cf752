//! `minimal_server` and a client of the library. Real clients are among the live tests.

use spice_proto::canvas::Canvas;
use spice_proto::channel::{Display, Main};
use spice_proto::common::Empty;
use spice_proto::image::SharedCaches;
use spice_proto::{ChannelType, Limits, display, main};

#[path = "../shared/minimal_server.rs"]
mod server;

use super::connect;
use server::MinimalServer;

#[test]
fn a_client_learns_of_the_display_and_draws_the_picture() -> Result<(), Box<dyn std::error::Error>> {
    let server = MinimalServer::start();
    let limits = Limits::default();
    let mut main = connect(server.port, ChannelType::MAIN, 0)?.client(Main, &limits);
    let (mut session, mut channels) = (0, Vec::new());
    while channels.is_empty() {
        match main.next()?.expect("open").parse()? {
            main::ServerMessage::Init(init) => {
                session = init.session_id;
                main.send(&main::ClientMessage::AttachChannels(Empty))?;
            }
            main::ServerMessage::ChannelsList(list) => {
                channels.extend(list.channels.iter().map(|channel| (channel.type_, channel.id)));
            }
            _ => {}
        }
    }
    assert_eq!(channels, [(ChannelType::DISPLAY.0, 0)]);

    let mut display = connect(server.port, ChannelType::DISPLAY, session)?.client(Display, &limits);
    display.send(&display::ClientMessage::Init(display::Init::from(&limits)))?;
    let (mut canvas, mut caches) = (Canvas::new(&limits), SharedCaches::new(&limits));
    loop {
        let message = display.next()?.expect("open");
        let message = message.parse()?;
        canvas.apply(&message, &mut caches)?;
        if let display::ServerMessage::Mark(_) = message {
            break;
        }
    }
    let picture = canvas.surface(0).expect("the primary surface");
    assert_eq!((picture.width(), picture.height()), (server::SIZE, server::SIZE));
    let rows = picture.data().chunks_exact(4 * server::SIZE as usize);
    for (y, row) in (0..).zip(rows) {
        for (x, shown) in (0..).zip(row.chunks_exact(4)) {
            let [red, green, blue] = server::pixel(x, y);
            assert_eq!(shown[..3], [blue, green, red], "at {x}, {y}");
        }
    }
    Ok(())
}

#[test]
fn a_channel_of_another_session_is_refused() {
    let server = MinimalServer::start();
    let refused = connect(server.port, ChannelType::DISPLAY, 77).expect_err("there is no session 77");
    assert!(refused.to_string().contains("BAD_CONNECTION_ID"), "{refused}");
}
