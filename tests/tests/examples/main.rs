//! The examples, run as people run them. Those that are packages of their own have their tests beside them.

use std::net::TcpStream;

use spice_proto::ChannelType;
use spice_proto::drive::{Error, Password, blocking};
use spice_proto::link::ClientConfig;

mod minimal_server;
mod moving_square;
mod read_a_capture;

/// A client's link to a server without a password.
fn connect(port: u16, channel: ChannelType, session: u32) -> Result<blocking::Established<TcpStream>, Error> {
    let stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    let mut config = ClientConfig::new(channel, 0);
    config.connection_id = session;
    let random = |bytes: &mut [u8]| getrandom::fill(bytes).expect("the system has random bytes");
    blocking::connect(stream, config, &mut Password::new("", random))
}
