//! Numbers that nobody else uses.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Mutex;

/// A TCP port of loopback that is free, and that no other test of this program gets.
pub fn free_port() -> u16 {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    loop {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let port = listener.local_addr().expect("it is bound").port();
        if GIVEN.lock().expect("no test panics here").insert(port) {
            return port;
        }
    }
}

/// The number of an X display that is free, and that no other test of this program gets.
pub fn free_display() -> u16 {
    static NEXT: Mutex<u16> = Mutex::new(0);
    let mut next = NEXT.lock().expect("no test panics here");
    if *next == 0 {
        // Two programs that run at the same time start at different places.
        *next = 100 + (std::process::id() % 400) as u16 * 16;
    }
    loop {
        *next += 1;
        let used = |path: String| Path::new(&path).exists();
        if !used(format!("/tmp/.X{next}-lock")) && !used(format!("/tmp/.X11-unix/X{next}")) {
            return *next;
        }
    }
}
