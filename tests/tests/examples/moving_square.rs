//! `moving_square` and clients of the library. Real clients are among the live tests.

use std::collections::BTreeSet;

use spice_proto::canvas::Canvas;
use spice_proto::channel::{Display, Inputs, Main};
use spice_proto::common::Empty;
use spice_proto::image::SharedCaches;
use spice_proto::inputs::{self, KeyDown};
use spice_proto::{ChannelType, Limits, display, main};

#[path = "../shared/moving_square.rs"]
mod server;

use super::connect;
use server::MovingSquare;

/// A client that looks until the square has been at three places.
fn look(port: u16) -> Result<u32, Box<dyn std::error::Error>> {
    let limits = Limits::default();
    let mut main = connect(port, ChannelType::MAIN, 0)?.client(Main, &limits);
    let first = main.next()?.expect("open");
    let main::ServerMessage::Init(init) = first.parse()? else { panic!("{first:?}") };
    let session = init.session_id;
    main.send(&main::ClientMessage::AttachChannels(Empty))?;
    let mut keys = connect(port, ChannelType::INPUTS, session)?.client(Inputs, &limits);
    keys.send(&inputs::ClientMessage::KeyDown(KeyDown { code: 0x1e }))?;
    keys.flush()?;
    let mut display = connect(port, ChannelType::DISPLAY, session)?.client(Display, &limits);
    display.send(&display::ClientMessage::Init(display::Init::from(&limits)))?;
    let (mut canvas, mut caches) = (Canvas::new(&limits), SharedCaches::new(&limits));
    let mut places = BTreeSet::new();
    while places.len() < 3 {
        let message = display.next()?.expect("open");
        canvas.apply(&message.parse()?, &mut caches)?;
        let Some(picture) = canvas.surface(0) else { continue };
        let pixels: Vec<_> = picture.data().chunks_exact(4).flat_map(|p| [p[2], p[1], p[0]]).collect();
        if server::is_square(&pixels) {
            places.insert(pixels.iter().position(|value| *value != 0));
        }
    }
    Ok(session)
}

#[test]
fn two_clients_see_the_square_move() {
    let server = MovingSquare::start();
    let clients = [(); 2].map(|()| {
        let port = server.port;
        std::thread::spawn(move || look(port).map_err(|error| error.to_string()))
    });
    let sessions = clients.map(|client| client.join().expect("it ends").expect("it sees"));
    assert_ne!(sessions[0], sessions[1], "each has a session of its own");
    server.expect(&["key 1e", "Left"]);
}

#[test]
fn a_channel_of_another_session_is_refused() {
    let server = MovingSquare::start();
    let refused = connect(server.port, ChannelType::DISPLAY, 77).expect_err("there is no session 77");
    assert!(refused.to_string().contains("BAD_CONNECTION_ID"), "{refused}");
}
