//! One connection of a client and the one to the server: bytes and descriptors pass both ways, a tap looks at them.

use std::io;
use std::net::Shutdown;
use std::sync::{Arc, Mutex};
use std::thread;

use spice_proto::Origin;

use super::socket::{Received, Socket};
use super::tap::{Log, Tap};

/// Two sockets and what is known of the bytes between them.
pub(crate) struct Passage {
    client: Socket,
    server: Socket,
    tap: Mutex<Tap>,
}

impl Passage {
    pub(crate) fn new(number: usize, client: Socket, server: Socket, log: Arc<Log>) -> Self {
        let addresses = [client.peer_address(), server.peer_address()];
        Passage { client, server, tap: Mutex::new(Tap::new(number, log, addresses)) }
    }

    /// Returns when both directions have ended.
    pub(crate) fn run(&self) {
        thread::scope(|scope| {
            scope.spawn(|| self.direction(Origin::Client, &self.client, &self.server));
            self.direction(Origin::Server, &self.server, &self.client);
        });
        self.with_tap(Tap::end);
    }

    /// Hands on what comes until `from` ends, then ends `to`.
    fn direction(&self, origin: Origin, from: &Socket, to: &Socket) {
        let mut buffer = vec![0; 64 << 10];
        let end = loop {
            match from.receive(&mut buffer) {
                Ok(Received { count: 0, .. }) => break Shutdown::Write,
                Ok(Received { count, descriptors, lost }) => {
                    let bytes = &buffer[..count];
                    // Logged before it is handed on, so that an answer never stands before its question.
                    self.with_tap(|tap| {
                        tap.look(origin, bytes, descriptors.len());
                        if lost {
                            tap.lost();
                        }
                        if !descriptors.is_empty() && !to.takes_descriptors() {
                            tap.cannot_go(descriptors.len());
                        }
                    });
                    if let Err(error) = to.send(bytes, &descriptors) {
                        if !descriptors.is_empty() {
                            self.with_tap(|tap| tap.stuck(descriptors.len(), &error));
                        }
                        break Shutdown::Both;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break Shutdown::Both,
            }
        };
        self.with_tap(|tap| tap.ended(origin, end == Shutdown::Both));
        to.shutdown(end);
        if end == Shutdown::Both {
            from.shutdown(end);
        }
    }

    fn with_tap(&self, look: impl FnOnce(&mut Tap)) {
        // A tap that panicked in the other direction is not looked at again; bytes still pass.
        if let Ok(mut tap) = self.tap.lock() {
            look(&mut tap);
        }
    }
}
