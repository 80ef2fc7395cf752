//! The guest agent: clipboard, monitors, files and more, between client, server and a program in the guest.
//!
//! ```text
//! message               │ head: protocol, type, opaque, size (20 bytes) │ body │
//! cut into pieces       │ 1 to 2048 bytes          │ 1 to 2048 bytes │ ...     │
//!
//! client ◄──► server    each piece is the body of a message AGENT_DATA of the main channel
//! server ◄──► agent     each piece stands behind a chunk header: port, size (8 bytes)
//! ```
//!
//! * Messages form a stream of bytes without marks between them ([`docs/spec/agent.md` section 1](crate::spec::agent#1-how-agent-messages-travel)). A [`Reassembler`]
//!   puts them together, one for each stream. What clients send follows stricter rules, since servers look at it.
//! * [`Pieces`] cuts a message so that every receiver takes it. Each piece costs a token.
//! * On the agent's port two streams take turns, chunk by chunk: that between client and agent, and that between
//!   server and agent ([`VdiPort`]). [`ChunkReader`] finds the chunks, [`Chunk`] writes them.
//! * An [`AgentEnd`] does all of that for one end of the talk, tokens and announcements included; [`ClipboardState`],
//!   [`FileSender`] and [`FileReceiver`] know what goes on above.
//! * What a body says depends on what both ends announced: [`RawMessage::parse`], and [`Message`] for all messages.
//!
//! ```
//! use spice_proto::agent::{ClipboardRequest, ClipboardType, Message, Pieces, Reassembler};
//! use spice_proto::wire::CapabilitySet;
//! use spice_proto::{Encode, Limits, Origin};
//!
//! // The client asks for text.
//! let request = ClipboardRequest { selection: None, type_: ClipboardType::UTF8_TEXT };
//! let body = request.encode_to_vec()?;
//! let pieces = Pieces::new(Message::CLIPBOARD_REQUEST, &body)?;
//!
//! // The server puts the message together.
//! let mut stream = Reassembler::new(Origin::Client, &Limits::server());
//! for piece in pieces {
//!     // In between it is the body of an AGENT_DATA: `encoder.encode(main::ClientMessage::AGENT_DATA, &piece, ..)`.
//!     stream.push(&piece.encode_to_vec()?);
//! }
//! let message = stream.next_message()?.expect("a whole message");
//! assert_eq!(message.parse(CapabilitySet::EMPTY)?, Message::ClipboardRequest(request));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod chunk;
mod clipboard;
mod end;
mod file_offer;
mod file_receiver;
mod file_sender;
mod file_transfer;
mod piece;
mod reassembler;
mod tokens;

pub use self::{
    chunk::{Chunk, ChunkReader, RawChunk},
    clipboard::{ClipboardEvent, ClipboardState},
    end::{AgentEnd, AgentSendError},
    file_offer::FileOffer,
    file_receiver::{FileReceiver, FileReceiverEvent, FileRefusal},
    file_sender::{FileSender, FileSenderEvent},
    file_transfer::FileXferDetail,
    piece::{Piece, Pieces},
    reassembler::{RawMessage, Reassembler},
};
pub use crate::proto::agent::*;

/// Most bytes of a piece.
pub const PIECE: usize = 2048;

/// Bytes of [`AgentMessageHeader`].
const HEAD: usize = 20;
