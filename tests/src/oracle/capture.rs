//! Capture files.

use std::io::{Cursor, Read};

use crate::capture::{Capture, CaptureError};

/// Any bytes as a capture file, plain or compressed. How they come in makes no difference.
///
/// # Panics
/// When a property does not hold.
pub fn capture_file(data: &[u8]) {
    let whole = Capture::read(Cursor::new(data), "whole");
    let pieces = Capture::read(Pieces(Cursor::new(data)), "whole");
    assert_eq!(show(&whole), show(&pieces), "in pieces");
}

/// Everything that can be had.
fn show(capture: &Result<Capture, CaptureError>) -> String {
    let capture = match capture {
        Ok(capture) => capture,
        Err(error) => return error.to_string(),
    };
    let end = capture.error.as_ref().map(ToString::to_string);
    let mut text = format!("{end:?} {:?} {:?}", capture.counts, capture.start());
    for connection in &capture.connections {
        let marks = [&connection.to_server, &connection.to_client].map(|stream| {
            let inside = stream.marks().iter().all(|mark| mark.offset < stream.len());
            assert!(inside, "a mark behind the end of {} bytes", stream.len());
            assert!(stream.mark_at(stream.len()).is_none());
            format!("{:?}", stream.problem().map(ToString::to_string))
        });
        text += &format!("{connection:?} {marks:?} {:?}", connection.spice());
    }
    text
}

/// Gives three bytes at a time.
struct Pieces<R>(R);

impl<R: Read> Read for Pieces<R> {
    fn read(&mut self, target: &mut [u8]) -> std::io::Result<usize> {
        let len = target.len().min(3);
        self.0.read(&mut target[..len])
    }
}
