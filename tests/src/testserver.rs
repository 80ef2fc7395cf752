//! libspice-server as `tests/interop/testserver.c` runs it, for comparisons.

use std::io::{self, BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::{env, fs, process, thread};

use spice_proto::common::Rect;
use spice_proto::image::Pixmap;

/// A running server with a screen; dropping it ends it.
#[derive(Debug)]
pub struct Testserver {
    child: Child,
    events: mpsc::Receiver<String>,
    port: u16,
    /// Where pictures are given to it.
    file: PathBuf,
}

impl Testserver {
    /// Starts the program with a screen of this size, and waits until it listens.
    ///
    /// # Errors
    /// Those of starting it; `UnexpectedEof` when it ends at once.
    pub fn start(program: &str, (width, height): (u32, u32), more: &[&str]) -> io::Result<Self> {
        let port = 15_930 + (process::id() % 1000) as u16;
        let mut command = Command::new(program);
        command.args(["--port", &port.to_string(), "--size", &format!("{width}x{height}")]).args(more);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn()?;
        let output = BufReader::new(child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?);
        let (event, events) = mpsc::channel();
        thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| event.send(line)));
        let file = env::temp_dir().join(format!("testserver-{}", process::id()));
        let started = Self { child, events, port, file };
        started.wait("READY")?;
        Ok(started)
    }

    /// Its port on the loopback.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Draws a part of a picture on its screen, and waits until its worker has taken it.
    ///
    /// # Errors
    /// `UnexpectedEof` when it has ended.
    pub fn draw(&mut self, pixels: &Pixmap, rect: Rect) -> io::Result<()> {
        let part = pixels.as_view().crop(rect).ok_or(io::ErrorKind::InvalidInput)?.to_pixmap();
        fs::write(&self.file, part.data())?;
        let (x, y, width, height) = (rect.left, rect.top, rect.width(), rect.height());
        self.say(&format!("picture 0 {x} {y} {width} {height} 8 {}", self.file.display()))?;
        self.wait("picture")
    }

    fn say(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.child.stdin.as_mut().ok_or(io::ErrorKind::BrokenPipe)?, "{line}")
    }

    /// Waits for a line with this word.
    fn wait(&self, word: &str) -> io::Result<()> {
        while !self.events.recv().map_err(|_| io::ErrorKind::UnexpectedEof)?.contains(word) {}
        Ok(())
    }
}

impl Drop for Testserver {
    fn drop(&mut self) {
        // One that has ended already does not hear it.
        let _ = self.say("quit");
        let _ = self.child.wait();
        let _ = fs::remove_file(&self.file);
    }
}
