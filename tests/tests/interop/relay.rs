//! A recorder between two ends: it hands bytes on and keeps them.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What one connection carried: from the one that connected, and from the one that was connected to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Recording {
    pub(crate) to_server: Vec<u8>,
    pub(crate) to_client: Vec<u8>,
}

/// Listens on a port; every connection goes on to another port.
pub(crate) struct Relay(Arc<Mutex<Vec<Recording>>>);

impl Relay {
    pub(crate) fn start(listen: u16, to: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", listen)).expect("the port is free");
        let recordings = Arc::new(Mutex::new(Vec::new()));
        let relay = Relay(recordings.clone());
        // It ends with the program.
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Ok(server) = TcpStream::connect(("127.0.0.1", to)) else { continue };
                let number = {
                    let mut recordings = recordings.lock().expect("no thread panics with it");
                    recordings.push(Recording::default());
                    recordings.len() - 1
                };
                let both = [
                    (client.try_clone(), server.try_clone(), true),
                    (server.try_clone(), client.try_clone(), false),
                ];
                for (from, to, to_server) in both {
                    let (from, to) = (from.expect("a socket"), to.expect("a socket"));
                    let recordings = recordings.clone();
                    thread::spawn(move || {
                        pass(from, to, |bytes| {
                            let mut recordings = recordings.lock().expect("no thread panics with it");
                            let recording = &mut recordings[number];
                            let kept =
                                if to_server { &mut recording.to_server } else { &mut recording.to_client };
                            kept.extend_from_slice(bytes);
                        });
                    });
                }
            }
        });
        relay
    }

    pub(crate) fn recordings(&self) -> Vec<Recording> {
        self.0.lock().expect("no thread panics with it").clone()
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, mut keep: impl FnMut(&[u8])) {
    let mut buffer = vec![0; 32 << 10];
    loop {
        match from.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(count) => {
                keep(&buffer[..count]);
                if to.write_all(&buffer[..count]).is_err() {
                    break;
                }
            }
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
