//! A QXL device for VMMs that speak vfio-user, whose picture SPICE clients see.
//!
//!     qxl-device-example SOCKET [ADDRESS [QTEST CONTROLLER]]
//!
//! With `QXL_HOLD=MILLISECONDS` in the environment commands are given back only when the guest has no memory left, and
//! so much later: the longest wait of drivers, to be tried out.
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
use std::time::Duration;

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
    let hold = env::var("QXL_HOLD").ok().map(|text| text.parse()).transpose()?;
    let backend = Backend::new(Card::new(layout, bar::allocate()?, display, hold.is_some())?, line);
    if let Some(hold) = hold {
        backend.give_back_after(Duration::from_millis(hold));
    }
    Ok(backend.serve(Path::new(socket))?)
}
