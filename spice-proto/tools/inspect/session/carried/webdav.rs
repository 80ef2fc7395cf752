//! The HTTP connections inside of the webdav channel (`docs/spec/agent.md` section 6).

use std::collections::BTreeMap;

use spice_proto::Origin;

use super::Part;
use super::http::Http;

/// Both streams. The guest asks (server to client), the client answers.
#[derive(Debug, Default)]
pub(super) struct Webdav {
    answers: Direction,
    questions: Direction,
}

#[derive(Debug, Default)]
struct Direction {
    /// The piece that is coming in, header included.
    piece: Vec<u8>,
    /// By number of the connection.
    connections: BTreeMap<i64, Http>,
}

impl Webdav {
    /// Takes bytes of the stream; gives the pieces that are complete with them.
    pub(super) fn push(&mut self, origin: Origin, mut bytes: &[u8]) -> Vec<Part> {
        let mut parts = Vec::new();
        loop {
            let direction = match origin {
                Origin::Client => &mut self.answers,
                Origin::Server => &mut self.questions,
            };
            let wanted = direction.wanted();
            let count = wanted.saturating_sub(direction.piece.len()).min(bytes.len());
            let (taken, rest) = bytes.split_at(count);
            direction.piece.extend_from_slice(taken);
            bytes = rest;
            if direction.piece.len() < direction.wanted() {
                if bytes.is_empty() {
                    return parts;
                }
                continue;
            }
            let piece = std::mem::take(&mut direction.piece);
            parts.extend(self.piece(origin, &piece));
        }
    }

    /// A whole piece.
    fn piece(&mut self, origin: Origin, piece: &[u8]) -> Option<Part> {
        let (head, data) = piece.split_at_checked(HEAD)?;
        let client = i64::from_le_bytes(*head.first_chunk()?);
        let mut part = Part::new("webdav", data.len() as u64);
        part.field("client", client);
        part.text = format!("client {client}");
        if data.is_empty() {
            self.answers.connections.remove(&client);
            self.questions.connections.remove(&client);
            part.text += ", closed";
            return Some(part);
        }
        let lines = match origin {
            Origin::Server => self.questions.connections.entry(client).or_default().push(data),
            Origin::Client => {
                let head = self.questions.connections.get(&client).is_some_and(Http::last_was_head);
                let answers = self.answers.connections.entry(client).or_default();
                answers.expect_no_body(head);
                answers.push(data)
            }
        };
        for line in &lines {
            part.text += if line.starts { ": " } else { "; " };
            part.text += &line.text.escape_debug().to_string();
        }
        part.field("http", lines.into_iter().map(|line| line.text).collect::<Vec<_>>());
        Some(part)
    }
}

impl Direction {
    /// Bytes of the present piece, as far as is known.
    fn wanted(&self) -> usize {
        let size = self.piece.get(8..).and_then(|rest| rest.first_chunk());
        HEAD + size.map_or(0, |size| usize::from(u16::from_le_bytes(*size)))
    }
}

/// Number of the connection (8 bytes) and size of the data (2).
const HEAD: usize = 10;
