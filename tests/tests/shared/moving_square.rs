//! The example `moving_square`, run as a program of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A running server; stopped in the end.
pub(crate) struct MovingSquare {
    child: Child,
    /// Where it listens.
    pub(crate) port: u16,
    said: Arc<Mutex<Vec<String>>>,
}

impl MovingSquare {
    /// Starts it on a free port, and waits until it listens.
    pub(crate) fn start() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_moving_square"));
        let mut child = command.arg("127.0.0.1:0").stdout(Stdio::piped()).spawn().expect("it can be run");
        let mut out = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut line = String::new();
        out.read_line(&mut line).expect("it says where it listens");
        let port = line.trim().rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        let port = port.unwrap_or_else(|| panic!("no port in {line:?}"));
        let said = Arc::new(Mutex::new(Vec::new()));
        let heard = said.clone();
        std::thread::spawn(move || {
            out.lines().map_while(Result::ok).for_each(|line| heard.lock().unwrap().push(line));
        });
        Self { child, port, said }
    }

    /// Waits until it has said all of this, for ten seconds.
    pub(crate) fn expect(&self, wanted: &[&str]) {
        for _ in 0..1000 {
            let said = self.said.lock().unwrap();
            if wanted.iter().all(|wanted| said.iter().any(|line| line.starts_with(wanted))) {
                return;
            }
            drop(said);
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("{wanted:?} were to come, {:?} came", self.said.lock().unwrap());
    }
}

impl Drop for MovingSquare {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether a picture, red, green and blue, has the square on black and nothing else.
pub(crate) fn is_square(pixels: &[u8]) -> bool {
    let (pixels, _) = pixels.as_chunks::<3>();
    let lit = pixels.iter().enumerate().filter(|(_, pixel)| **pixel != [0; 3]);
    let lit: Vec<_> = lit.map(|(at, pixel)| (at % 480, at / 480, pixel)).collect();
    let Some((left, top, _)) = lit.first().copied() else { return false };
    let inside = |(x, y, pixel): &(usize, usize, &[u8; 3])| {
        **pixel == [200; 3] && (left..left + 64).contains(x) && (top..top + 64).contains(y)
    };
    pixels.len() == 480 * 480 && top == 200 && lit.len() == 64 * 64 && lit.iter().all(inside)
}
