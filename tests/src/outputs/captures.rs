//! Recorded sessions as cases.

use std::io::{self, Write};

use spice_proto::Origin;

use super::description::{Description, Target};
use super::sets::{Case, Frames, Set};
use crate::capture::Capture;
use crate::folders;
use crate::session::{Place, Session};

/// Frames of a direction of a connection that go into one line, and most bytes of them.
const FRAMES: usize = 12;
const FRAME_BYTES: usize = 4096;

/// Writes every message of every session, each once; none of more than `most` bytes. Says how many were too large.
///
/// # Errors
/// When a line cannot be written, or a capture not read.
pub fn messages<W: Write>(set: &mut Set<'_, W>, description: &Description, most: usize) -> io::Result<()> {
    set.without_repeats();
    let mut large = 0_u64;
    each(|name, session| {
        let tracks = [&session.client, &session.server];
        for item in tracks.into_iter().flat_map(|track| track.items()) {
            let Some(module) = module(description, item.channel.0) else { continue };
            if item.place == Place::List {
                continue;
            }
            if item.body.len() > most {
                large += 1;
                continue;
            }
            let target =
                Target::Message { module, direction: direction(item.origin), number: item.kind.into() };
            let name = format!("{name} {}", item.offset);
            set.case(&Case { name, target, capabilities: Vec::new(), body: item.body })?;
        }
        Ok(())
    })?;
    println!("{large} messages of sessions have more than {most} bytes and were left out");
    Ok(())
}

/// Writes the first frames of both directions of every connection, as a stream.
///
/// # Errors
/// When a line cannot be written, or a capture not read.
pub fn frames<W: Write>(set: &mut Set<'_, W>) -> io::Result<()> {
    set.without_repeats();
    each(|name, session| {
        let Some(header) = session.header() else { return Ok(()) };
        for track in [&session.client, &session.server] {
            let mut bytes = Vec::new();
            for frame in track.frames.iter().take(FRAMES) {
                // What stands beside the stream is no part of a frame.
                let before = bytes.len();
                frame.frame.put(&mut bytes);
                if bytes.len() > FRAME_BYTES || !frame.frame.beside().is_empty() {
                    bytes.truncate(before);
                    break;
                }
            }
            let case = Frames { header, limit: 1 << 20, bytes: &bytes };
            set.frames(&format!("{name} {}", direction(track.origin)), &case)?;
        }
        Ok(())
    })
}

/// Goes through all connections that can be read.
fn each(mut then: impl FnMut(&str, &Session) -> io::Result<()>) -> io::Result<()> {
    for folder in folders::sessions() {
        let capture = Capture::open(folders::capture_file(&folder)).map_err(io::Error::other)?;
        for (index, connection) in capture.connections.iter().enumerate() {
            let Some((to_server, to_client)) = connection.spice() else { continue };
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            then(&format!("{name} {index}"), &Session::follow(to_server.bytes(), to_client.bytes()))?;
        }
    }
    Ok(())
}

/// The module of a channel of the protocol.
fn module(description: &Description, channel: u8) -> Option<&str> {
    let protocol = description.model.protocol.as_ref()?;
    let channel = protocol.channels.iter().find(|entry| entry.number == u32::from(channel))?;
    Some(&description.model[description.model[channel.channel].module].name)
}

fn direction(origin: Origin) -> &'static str {
    match origin {
        Origin::Client => "client",
        Origin::Server => "server",
    }
}
