//! A QXL device for VMMs that speak vfio-user, whose picture SPICE clients see.
//!
//!     qxl-device-example SOCKET [ADDRESS [QTEST CONTROLLER]]
//!
//! SOCKET is the path of the socket for the VMM, ADDRESS where clients come, 127.0.0.1:5900 if nothing is said. The README
//! has the command of QEMU, and says what QTEST is for.

mod bar;
mod card;
mod display;
mod line;
mod pci;
mod vfio;

use std::env;
use std::error::Error;
use std::net::TcpListener;
use std::path::Path;
use std::thread;

use spice_proto::qxl::{Config, Layout};

use crate::card::Card;
use crate::display::Display;
use crate::line::Line;
use crate::vfio::Backend;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (socket, address, line) = match arguments[..] {
        [socket] => (socket, "127.0.0.1:5900", Line::vfio()),
        [socket, address] => (socket, address, Line::vfio()),
        [socket, address, qtest, controller] => {
            (socket, address, Line::qtest(qtest.into(), controller.into()))
        }
        _ => return Err("usage: qxl-device-example SOCKET [ADDRESS [QTEST CONTROLLER]]".into()),
    };
    let layout = Layout::new(Config::default())?;
    let display = Display::new(layout.config().surfaces);
    let listener = TcpListener::bind(address)?;
    println!("clients at {}, the VMM at {socket}", listener.local_addr()?);
    let server = display.clone();
    thread::spawn(move || {
        if let Err(error) = server.serve(&listener) {
            eprintln!("clients: {error}");
        }
    });
    let card = Card::new(layout, bar::allocate()?, display)?;
    Ok(Backend::new(card, line).serve(Path::new(socket))?)
}
