//! The link handshake: link messages, authentication, link result.

use spice_proto::ChannelType;
use spice_proto::Limits;
use spice_proto::Origin;
use spice_proto::Parse;
use spice_proto::common::CommonCapability;
use spice_proto::common::LinkErr;
use spice_proto::frame::HeaderKind;
use spice_proto::link::AuthMechanism;
use spice_proto::link::LinkHeader;
use spice_proto::link::LinkMess;
use spice_proto::link::LinkReply;

use super::LinkSide;
use super::Problem;
use super::ProblemKind;

/// What both ends said before the first message. What was not reached is None.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Link {
    /// Type of the channel; 0 when the client did not say.
    pub channel: ChannelType,
    /// Which channel of that type.
    pub channel_id: u8,
    /// The session that the client wants to join; 0 for a new one.
    pub connection_id: u32,
    /// What the client can do.
    pub client: Option<LinkSide>,
    /// What the server can do.
    pub server: Option<LinkSide>,
    /// What the server's reply says.
    pub reply: Option<LinkErr>,
    /// How the client authenticates.
    pub auth: Option<Auth>,
    /// The link result.
    pub result: Option<LinkErr>,
    /// There is no handshake: channel and head were said by the reader.
    pub assumed: Option<HeaderKind>,
}

/// How a client authenticates. The ticket itself is never kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Auth {
    /// An encrypted ticket.
    Ticket {
        /// The client named the mechanism first (capability AUTH_SELECTION of both ends).
        selected: bool,
    },
    /// SASL.
    Sasl(Sasl),
    /// Another mechanism, which the server refuses.
    Other(AuthMechanism),
}

/// A SASL exchange, without what could be secret.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sasl {
    /// What the server offers, as it came: ",A,B,".
    pub mechanisms: String,
    /// What the client chose.
    pub chosen: Option<String>,
    /// Data blocks of the client, the first included.
    pub client_steps: u64,
    /// The result; 0 is accepted. None when the server closed without one.
    pub result: Option<u32>,
    /// A security layer is active: everything after the result is encrypted.
    pub layer: bool,
}

impl Link {
    /// The head before every message; None when one link message is missing.
    pub fn header(&self) -> Option<HeaderKind> {
        let both =
            |capability| Some(self.client.as_ref()?.has(capability) && self.server.as_ref()?.has(capability));
        both(CommonCapability::MINI_HEADER).map(|mini| if mini { HeaderKind::Mini } else { HeaderKind::Full })
    }
}

impl Auth {
    /// True when a SASL security layer encrypts everything after the exchange.
    pub fn is_layered(&self) -> bool {
        matches!(self, Auth::Sasl(Sasl { layer: true, .. }))
    }
}

impl Sasl {
    /// What it takes to read what the security layer has encrypted.
    pub fn key_words(&self) -> &'static str {
        match self.chosen.as_deref() {
            Some("DIGEST-MD5") => {
                "the password reads it (--sasl-password, with cargo's --features digest-md5)"
            }
            Some("GSSAPI") => "Kerberos, read with the session's key only, which is not in a capture",
            _ => "not read",
        }
    }
}

/// A walk through both streams.
#[derive(Debug)]
pub(super) struct Handshake<'a> {
    pub(super) link: Link,
    pub(super) client: Cursor<'a>,
    pub(super) server: Cursor<'a>,
}

/// Magic word of link messages.
const MAGIC: &[u8; 4] = b"REDQ";
/// Largest buffer behind a security layer; the words that could stand in its place are far above.
const LAYER_BUFFER: u32 = 1 << 20;

impl<'a> Handshake<'a> {
    pub(super) fn new(to_server: &'a [u8], to_client: &'a [u8]) -> Self {
        Handshake {
            link: Link::default(),
            client: Cursor { origin: Origin::Client, bytes: to_server, at: 0 },
            server: Cursor { origin: Origin::Server, bytes: to_client, at: 0 },
        }
    }

    /// Goes as far as the bytes lead. An end between two steps is no problem: the link then lacks what follows.
    pub(super) fn walk(&mut self) -> Result<(), Problem> {
        self.client_message()?;
        self.server_message()?;
        if self.link.reply != Some(LinkErr::OK) || self.link.client.is_none() {
            return Ok(());
        }
        self.authentication()?;
        if self.link.auth.as_ref().is_some_and(Auth::is_layered) || self.server.is_at_end() {
            return Ok(());
        }
        if self.server.starts_with(MAGIC) {
            return self.refusal();
        }
        self.link.result = Some(LinkErr(self.server.word("link result")?));
        Ok(())
    }

    fn client_message(&mut self) -> Result<(), Problem> {
        let Some((version, message)) = self.client.link_message(18)? else { return Ok(()) };
        let at = self.client.at;
        let wrong = |what| self.client.problem_at(at, ProblemKind::Wrong(what));
        let mess = LinkMess::parse(message).map_err(|_| wrong("link message is too short"))?;
        self.link.channel = ChannelType(mess.channel_type);
        self.link.channel_id = mess.channel_id;
        self.link.connection_id = mess.connection_id;
        let counts = [mess.num_common_caps, mess.num_channel_caps];
        let side = LinkSide::new(version, message, counts, mess.caps_offset, 18);
        self.link.client = Some(side.ok_or_else(|| wrong("capabilities lead out of the link message"))?);
        Ok(())
    }

    fn server_message(&mut self) -> Result<(), Problem> {
        let Some((version, message)) = self.server.link_message(178)? else { return Ok(()) };
        let at = self.server.at;
        let wrong = |what| self.server.problem_at(at, ProblemKind::Wrong(what));
        let reply = LinkReply::parse(message).map_err(|_| wrong("link reply is too short"))?;
        self.link.reply = Some(reply.error);
        let counts = [reply.num_common_caps, reply.num_channel_caps];
        let side = LinkSide::new(version, message, counts, reply.caps_offset, 178);
        self.link.server = Some(side.ok_or_else(|| wrong("capabilities lead out of the link reply"))?);
        Ok(())
    }

    fn authentication(&mut self) -> Result<(), Problem> {
        if self.client.is_at_end() {
            return Ok(());
        }
        let sides = [&self.link.client, &self.link.server];
        let selected = sides.into_iter().all(|side| {
            side.as_ref().is_some_and(|side| side.has(CommonCapability::PROTOCOL_AUTH_SELECTION))
        });
        let mechanism = match selected {
            true => AuthMechanism(self.client.word("authentication mechanism")?),
            false => AuthMechanism::SPICE,
        };
        match mechanism {
            AuthMechanism::SPICE => {
                self.link.auth = Some(Auth::Ticket { selected });
                if !self.client.is_at_end() {
                    self.client.take(128, "ticket")?;
                }
                Ok(())
            }
            AuthMechanism::SASL => {
                let mut sasl = Sasl::default();
                let walked = self.sasl(&mut sasl);
                self.link.auth = Some(Auth::Sasl(sasl));
                walked
            }
            other => {
                self.link.auth = Some(Auth::Other(other));
                Ok(())
            }
        }
    }

    /// Follows the exchange; leaves where an end has no more bytes.
    fn sasl(&mut self, sasl: &mut Sasl) -> Result<(), Problem> {
        let limits = Limits::default();
        let Some(list) = self.server.block(limits.sasl_mechanisms, "list of SASL mechanisms")? else {
            return Ok(());
        };
        sasl.mechanisms = String::from_utf8_lossy(list).into_owned();
        let Some(chosen) = self.client.block(100, "name of the SASL mechanism")? else { return Ok(()) };
        sasl.chosen = Some(String::from_utf8_lossy(chosen).into_owned());
        loop {
            if self.client.block(limits.sasl_data, "SASL data")?.is_none() {
                return Ok(());
            }
            sasl.client_steps += 1;
            if self.server.starts_with(MAGIC) {
                return self.refusal();
            }
            if self.server.block(limits.sasl_data, "SASL data")?.is_none() {
                return Ok(());
            }
            if self.server.take(1, "SASL data")? != [0] {
                break;
            }
        }
        if self.server.is_at_end() {
            return Ok(());
        }
        let result = self.server.word("SASL result")?;
        sasl.result = Some(result);
        if result != 0 {
            self.server.block(limits.sasl_data, "SASL failure text")?;
            return Ok(());
        }
        // A link result is a small little-endian number, and so a very large one read as a length.
        sasl.layer =
            self.server.peek().is_some_and(|word| (1..=LAYER_BUFFER).contains(&u32::from_be_bytes(word)));
        Ok(())
    }

    /// A whole link reply in place of what was expected: the mechanism is refused.
    fn refusal(&mut self) -> Result<(), Problem> {
        if let Some((_, message)) = self.server.link_message(178)?
            && let Ok(reply) = LinkReply::parse(message)
        {
            self.link.result = Some(reply.error);
        }
        Ok(())
    }
}

/// How far one stream is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    origin: Origin,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    /// The whole stream.
    pub(super) fn all(&self) -> &'a [u8] {
        self.bytes
    }

    /// Bytes read.
    pub(super) fn place(&self) -> usize {
        self.at
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn is_at_end(&self) -> bool {
        self.rest().is_empty()
    }

    fn starts_with(&self, start: &[u8]) -> bool {
        self.rest().starts_with(start)
    }

    fn peek(&self) -> Option<[u8; 4]> {
        self.rest().first_chunk().copied()
    }

    fn problem_at(&self, at: usize, kind: ProblemKind) -> Problem {
        Problem { origin: self.origin, offset: at as u64, kind }
    }

    fn take(&mut self, count: usize, step: &'static str) -> Result<&'a [u8], Problem> {
        let taken = self.rest().get(..count);
        let taken = taken.ok_or_else(|| self.problem_at(self.at, ProblemKind::Ends(step)))?;
        self.at += count;
        Ok(taken)
    }

    fn word(&mut self, step: &'static str) -> Result<u32, Problem> {
        let start = self.at;
        let bytes = self.take(4, step)?.first_chunk().copied();
        bytes.map(u32::from_le_bytes).ok_or_else(|| self.problem_at(start, ProblemKind::Ends(step)))
    }

    /// A length and that many bytes; None at the end of the stream.
    fn block(&mut self, limit: u32, step: &'static str) -> Result<Option<&'a [u8]>, Problem> {
        if self.is_at_end() {
            return Ok(None);
        }
        let start = self.at;
        let len = self.word(step)?;
        if len > limit {
            self.at = start;
            return Err(self.problem_at(start, ProblemKind::Wrong("SASL block is too large")));
        }
        self.take(len as usize, step).map(Some)
    }

    /// Versions and body of a link message; None at the end of the stream.
    #[allow(clippy::type_complexity, reason = "versions and body, used twice")]
    fn link_message(&mut self, least: u32) -> Result<Option<([u32; 2], &'a [u8])>, Problem> {
        if self.is_at_end() {
            return Ok(None);
        }
        let start = self.at;
        let header = self.take(16, "link header")?;
        let header = LinkHeader::parse(header)
            .map_err(|_| self.problem_at(start, ProblemKind::Wrong("no link message")))?;
        if header.size < least || header.size > Limits::default().link_message {
            return Err(self.problem_at(start, ProblemKind::Wrong("size of the link message is not allowed")));
        }
        let body = self.take(header.size as usize, "link message")?;
        Ok(Some(([header.major_version, header.minor_version], body)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reads_a_layer_is_said() {
        let words = |chosen: &str| Sasl { chosen: Some(chosen.into()), ..Sasl::default() }.key_words();
        assert!(words("DIGEST-MD5").contains("--sasl-password"));
        assert!(words("GSSAPI").contains("Kerberos"));
        assert_eq!(words("X-OTHER"), "not read");
    }
}
