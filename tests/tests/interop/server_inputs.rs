//! Our client against libspice-server: keys and pointer arrive as they were sent.

use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use serde_json::{Value, json};
use spice_proto::channel::Inputs;
use spice_proto::common::{Data, MouseMode};
use spice_proto::inputs::{
    ClientMessage, InputsCapability, KeyDown, KeyUp, MouseButton, MouseButtonMask, MouseMotion,
    MousePosition, MousePress, MouseRelease,
};
use spice_proto::main::{self, MouseModeRequest};

use crate::dial::dialer;
use crate::live::peers::SPICE_SERVER;
use crate::live::{Testserver, free_port, trial};
use crate::screenshot::common::client::Connection;
use crate::screenshot::common::credentials::Credentials;
use crate::screenshot::common::session::Session;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("testserver::keys_arrive", &[&SPICE_SERVER], keys),
        trial("testserver::motion_arrives", &[&SPICE_SERVER], motion),
        trial("testserver::positions_arrive", &[&SPICE_SERVER], positions),
    ]
}

/// Sends messages, and gives the events of these names that the server then has.
fn events(
    server: &mut Testserver,
    inputs: &mut Connection<Inputs>,
    messages: &[ClientMessage<'_>],
    names: &[&str],
    count: usize,
) -> Vec<Value> {
    messages.iter().for_each(|message| inputs.send(message).expect("the server reads"));
    let wanted = |event: &Value| names.iter().any(|name| event["event"] == *name);
    (0..count).map(|_| server.wait_for(&format!("{count} of {names:?}"), wanted)).collect()
}

fn open(session: &Session<'_>) -> Connection<Inputs> {
    let inputs =
        session.open(Inputs, 0, [InputsCapability::KEY_SCANCODE].into()).expect("there is an inputs channel");
    assert!(inputs.linked.peer.channel.contains(InputsCapability::KEY_SCANCODE));
    inputs
}

fn keys() {
    let port = free_port().to_string();
    let mut server = Testserver::start(&["--port", &port]);
    let (dialer, credentials) = (dialer(&port), Credentials::default());
    let session = Session::start(&dialer, &credentials).expect("the server lets us in");
    let mut inputs = open(&session);
    let messages = [
        ClientMessage::KeyDown(KeyDown { code: 0x1e }),
        ClientMessage::KeyUp(KeyUp { code: 0x9e }),
        // Two bytes: the right control key.
        ClientMessage::KeyDown(KeyDown { code: 0x1de0 }),
        ClientMessage::KeyUp(KeyUp { code: 0x9de0 }),
        ClientMessage::KeyScancode(Data { data: &[0x30, 0xb0, 0xe0, 0x48, 0xe0, 0xc8] }),
    ];
    let events = events(&mut server, &mut inputs, &messages, &["scancode"], 12);
    let codes: Vec<i64> = events.iter().filter_map(|event| event["value"].as_i64()).collect();
    assert_eq!(codes, [0x1e, 0x9e, 0xe0, 0x1d, 0xe0, 0x9d, 0x30, 0xb0, 0xe0, 0x48, 0xe0, 0xc8]);
}

fn motion() {
    let port = free_port().to_string();
    let mut server = Testserver::start(&["--port", &port]);
    let (dialer, credentials) = (dialer(&port), Credentials::default());
    let session = Session::start(&dialer, &credentials).expect("the server lets us in");
    assert_eq!(session.init.current_mouse_mode, u32::from(MouseMode::SERVER.bits()));
    let mut inputs = open(&session);
    let none = MouseButtonMask::empty();
    let left = MouseButtonMask::LEFT;
    let messages = [
        ClientMessage::MouseMotion(MouseMotion { dx: 5, dy: -3, buttons_state: none }),
        ClientMessage::MousePress(MousePress { button: MouseButton::LEFT, buttons_state: left }),
        ClientMessage::MouseMotion(MouseMotion { dx: -1000, dy: 1000, buttons_state: left }),
        ClientMessage::MouseRelease(MouseRelease { button: MouseButton::LEFT, buttons_state: none }),
        ClientMessage::MousePress(MousePress { button: MouseButton::UP, buttons_state: none }),
        ClientMessage::MouseRelease(MouseRelease { button: MouseButton::UP, buttons_state: none }),
    ];
    let events = events(&mut server, &mut inputs, &messages, &["motion", "buttons"], 6);
    let motion = |dx: i32, dy: i32, dz: i32, buttons: u32| json!({"event": "motion", "dx": dx, "dy": dy, "dz": dz, "buttons": buttons});
    let buttons = |buttons: u32| json!({"event": "buttons", "buttons": buttons});
    // The server tells a press as a motion, since it might be one of the wheel.
    let expected = [
        motion(5, -3, 0, 0),
        motion(0, 0, 0, 1),
        motion(-1000, 1000, 0, 1),
        buttons(0),
        motion(0, 0, -1, 0),
        buttons(0),
    ];
    assert_eq!(events, expected);
}

fn positions() {
    let port = free_port().to_string();
    let mut server = Testserver::start(&["--port", &port, "--tablet"]);
    let (dialer, credentials) = (dialer(&port), Credentials::default());
    let mut session = Session::start(&dialer, &credentials).expect("the server lets us in");
    let client = MouseMode::CLIENT;
    session
        .main
        .send(&main::ClientMessage::MouseModeRequest(MouseModeRequest { mode: client }))
        .expect("it reads");
    let start = Instant::now();
    loop {
        assert!(start.elapsed() < Duration::from_secs(10), "the mouse mode does not change");
        let Some(received) = session.main.receive().expect("the server goes on") else { continue };
        match received.parse().expect("a good message") {
            main::ServerMessage::MouseMode(mode) if mode.current_mode == client => break,
            _ => {}
        }
    }
    let mut inputs = open(&session);
    let (none, right) = (MouseButtonMask::empty(), MouseButtonMask::RIGHT);
    let at = |x, y, buttons_state| {
        ClientMessage::MousePosition(MousePosition { x, y, buttons_state, display_id: 0 })
    };
    let messages = [
        at(10, 20, none),
        at(639, 479, none),
        ClientMessage::MousePress(MousePress { button: MouseButton::RIGHT, buttons_state: right }),
        at(0, 0, right),
        ClientMessage::MouseRelease(MouseRelease { button: MouseButton::RIGHT, buttons_state: none }),
        ClientMessage::MousePress(MousePress { button: MouseButton::DOWN, buttons_state: none }),
    ];
    let events = events(&mut server, &mut inputs, &messages, &["position", "tablet-buttons", "wheel"], 6);
    let position =
        |x: u32, y: u32, buttons: u32| json!({"event": "position", "x": x, "y": y, "buttons": buttons});
    let buttons = |buttons: u32| json!({"event": "tablet-buttons", "buttons": buttons});
    let wheel = |dz: i32, buttons: u32| json!({"event": "wheel", "dz": dz, "buttons": buttons});
    // A press is told as a turn of the wheel, since it might be one; the right button is bit 1 at a tablet.
    let expected =
        [position(10, 20, 0), position(639, 479, 0), wheel(0, 2), position(0, 0, 2), buttons(0), wheel(1, 0)];
    assert_eq!(events, expected);
}
