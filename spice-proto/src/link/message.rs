//! The link messages of both ends, with their capability words.

use core::fmt;

use bytes::BufMut;

use super::{Answer, ErrorKind, LinkHeader, LinkMess, LinkReply, MAGIC, VERSION_MAJOR, VERSION_MINOR};
use crate::ChannelType;
use crate::common::LinkErr;
use crate::wire::{CapabilitySet, Encode, EncodeError, Limits, List, Parse, Reader};

/// What a client sends first: link header, LinkMess, capability words ([`docs/spec/link.md` section 2](crate::spec::link#2-link-header-and-messages)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientLink<'a> {
    /// The fixed part.
    pub mess: LinkMess,
    /// Words of [`CommonCapability`](crate::common::CommonCapability).
    pub common_caps: List<'a, u32>,
    /// Words of the channel's own capabilities.
    pub channel_caps: List<'a, u32>,
}

/// What a server answers: link header, LinkReply, capability words ([`docs/spec/link.md` section 2](crate::spec::link#2-link-header-and-messages)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerLink<'a> {
    /// The fixed part. Where its error is not OK everything else is 0.
    pub reply: LinkReply<'a>,
    /// Words of [`CommonCapability`](crate::common::CommonCapability).
    pub common_caps: List<'a, u32>,
    /// Words of the channel's own capabilities.
    pub channel_caps: List<'a, u32>,
}

/// Why bytes are no link message, or not yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkError {
    /// So far nothing is wrong; at least this many bytes more are needed.
    Incomplete {
        /// Bytes.
        needed: usize,
    },
    /// The bytes are wrong. A server gives the answer and closes, as the reference server does.
    Refused {
        /// What a server says before it closes.
        answer: Answer,
        /// What is wrong.
        kind: ErrorKind,
        /// Where, in bytes from the start of the link header.
        offset: usize,
    },
}

/// Bytes of the link header.
const HEADER: usize = 16;
/// Bytes of LinkMess.
const MESS: usize = 18;
/// Bytes of LinkReply.
const REPLY: usize = 178;

impl<'a> ClientLink<'a> {
    /// A link message to be sent. `connection_id` is 0 for a new session, else the session's id from MAIN INIT.
    #[must_use]
    pub fn new(
        connection_id: u32,
        channel: ChannelType,
        channel_id: u8,
        common_caps: &'a [u32],
        channel_caps: &'a [u32],
    ) -> Self {
        let mess = LinkMess {
            connection_id,
            channel_type: channel.0,
            channel_id,
            num_common_caps: count(common_caps),
            num_channel_caps: count(channel_caps),
            caps_offset: MESS as u32,
        };
        Self { mess, common_caps: common_caps.into(), channel_caps: channel_caps.into() }
    }

    /// Reads a client's link message from the start of a stream, with the checks of the reference server in its
    /// order, and hands out the bytes that follow. Whether the channel exists is for the caller to say; the reference
    /// server closes in silence when it does not.
    ///
    /// # Errors
    /// [`LinkError::Incomplete`] while bytes are missing, and what the server answers to wrong ones.
    pub fn parse(bytes: &'a [u8], limits: &Limits) -> Result<(Self, &'a [u8]), LinkError> {
        let (body, rest) = body(bytes, MESS, limits)?;
        let invalid = |kind, at: usize| refused(LinkErr::INVALID_DATA, kind, HEADER + at);
        // The fixed part is there, so that only its ranges can be wrong: those of the counts.
        let mess = LinkMess::parse(body)
            .map_err(|error| invalid(ErrorKind::CapabilityCount, error.offset() as usize))?;
        let counts = [mess.num_common_caps, mess.num_channel_caps];
        for (index, count) in counts.into_iter().enumerate() {
            if count > limits.capability_words {
                return Err(invalid(ErrorKind::CapabilityCount, 6 + 4 * index));
            }
        }
        let (common_caps, channel_caps) = capability_words(body, counts, mess.caps_offset, MESS)
            .ok_or(invalid(ErrorKind::CapabilityPlace, 14))?;
        Ok((Self { mess, common_caps, channel_caps }, rest))
    }

    /// The channel that the client wants.
    #[must_use]
    pub fn channel(&self) -> ChannelType {
        ChannelType(self.mess.channel_type)
    }

    /// The common capabilities.
    #[must_use]
    pub fn common(&self) -> CapabilitySet {
        CapabilitySet::from_words(self.common_caps)
    }

    /// Writes link header, LinkMess and words. The counts and the place of the words are those of the lists.
    ///
    /// # Errors
    /// As [`Encode::encode`].
    pub fn encode<B: BufMut>(&self, buffer: &mut B) -> Result<(), EncodeError> {
        let mess = LinkMess {
            num_common_caps: self.common_caps.len() as u32,
            num_channel_caps: self.channel_caps.len() as u32,
            caps_offset: MESS as u32,
            ..self.mess
        };
        encode(&mess, MESS, self.common_caps, self.channel_caps, buffer)
    }
}

impl<'a> ServerLink<'a> {
    /// An accepting answer. `pub_key` is the RSA key for the ticket as SubjectPublicKeyInfo in DER, all zero for SASL.
    #[must_use]
    pub fn new(pub_key: &'a [u8; 162], common_caps: &'a [u32], channel_caps: &'a [u32]) -> Self {
        let reply = LinkReply {
            error: LinkErr::OK,
            pub_key,
            num_common_caps: count(common_caps),
            num_channel_caps: count(channel_caps),
            caps_offset: REPLY as u32,
        };
        Self { reply, common_caps: common_caps.into(), channel_caps: channel_caps.into() }
    }

    /// A refusing answer: nothing but the error.
    #[must_use]
    pub fn refusal(error: LinkErr) -> Self {
        let reply =
            LinkReply { error, pub_key: &[0; 162], num_common_caps: 0, num_channel_caps: 0, caps_offset: 0 };
        Self { reply, common_caps: List::EMPTY, channel_caps: List::EMPTY }
    }

    /// Reads a server's link message from the start of a stream, with the checks of a careful client, and hands out
    /// the bytes that follow. A reply with an error is read too; nothing else of it is looked at.
    ///
    /// # Errors
    /// [`LinkError::Incomplete`] while bytes are missing, [`LinkError::Refused`] with no answer for wrong ones.
    pub fn parse(bytes: &'a [u8], limits: &Limits) -> Result<(Self, &'a [u8]), LinkError> {
        let silent = |error| match error {
            LinkError::Refused { kind, offset, .. } => {
                LinkError::Refused { answer: Answer::Silence, kind, offset }
            }
            incomplete @ LinkError::Incomplete { .. } => incomplete,
        };
        let (body, rest) = body(bytes, REPLY, limits).map_err(silent)?;
        let wrong =
            |kind, at: usize| LinkError::Refused { answer: Answer::Silence, kind, offset: HEADER + at };
        let size = ErrorKind::Size { size: body.len() as u32 };
        let Some(block) = body.first_chunk() else { return Err(wrong(size, 0)) };
        let reply = LinkReply::from_wire(block);
        if reply.error != LinkErr::OK {
            return Ok((Self { reply, common_caps: List::EMPTY, channel_caps: List::EMPTY }, rest));
        }
        let counts = [reply.num_common_caps, reply.num_channel_caps];
        for (index, count) in counts.into_iter().enumerate() {
            if count > limits.capability_words {
                return Err(wrong(ErrorKind::CapabilityCount, 166 + 4 * index));
            }
        }
        let (common_caps, channel_caps) = capability_words(body, counts, reply.caps_offset, REPLY)
            .ok_or(wrong(ErrorKind::CapabilityPlace, 174))?;
        Ok((Self { reply, common_caps, channel_caps }, rest))
    }

    /// The common capabilities.
    #[must_use]
    pub fn common(&self) -> CapabilitySet {
        CapabilitySet::from_words(self.common_caps)
    }

    /// Writes link header, LinkReply and words. The counts and the place of the words are those of the lists, or 0
    /// with an error.
    ///
    /// # Errors
    /// As [`Encode::encode`].
    pub fn encode<B: BufMut>(&self, buffer: &mut B) -> Result<(), EncodeError> {
        if self.reply.error != LinkErr::OK {
            let refusal = Self::refusal(self.reply.error);
            return encode(&refusal.reply, REPLY, List::EMPTY, List::EMPTY, buffer);
        }
        let reply = LinkReply {
            num_common_caps: self.common_caps.len() as u32,
            num_channel_caps: self.channel_caps.len() as u32,
            caps_offset: REPLY as u32,
            ..self.reply
        };
        encode(&reply, REPLY, self.common_caps, self.channel_caps, buffer)
    }
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Incomplete { needed } => write!(f, "{needed} more bytes needed"),
            Self::Refused { kind, offset, .. } => write!(f, "link: {kind}, at byte {offset}"),
        }
    }
}

impl core::error::Error for LinkError {}

/// The part behind the link header, and what follows it. Each thing is checked as soon as its bytes are there.
fn body<'a>(bytes: &'a [u8], fixed: usize, limits: &Limits) -> Result<(&'a [u8], &'a [u8]), LinkError> {
    let incomplete = |needed: usize| LinkError::Incomplete { needed: needed.saturating_sub(bytes.len()) };
    let Some(magic) = bytes.first_chunk() else { return Err(incomplete(HEADER)) };
    if u32::from_le_bytes(*magic) != MAGIC {
        return Err(refused(LinkErr::INVALID_MAGIC, ErrorKind::Magic, 0));
    }
    let Some((block, rest)) = bytes.split_first_chunk::<HEADER>() else { return Err(incomplete(HEADER)) };
    // The magic is right, so that nothing else can be wrong.
    let LinkHeader { major_version, size, .. } =
        LinkHeader::parse(block).map_err(|_| refused(LinkErr::INVALID_MAGIC, ErrorKind::Magic, 0))?;
    match major_version {
        VERSION_MAJOR => {}
        0 => {
            let kind = ErrorKind::Version { major: 0 };
            return Err(LinkError::Refused { answer: Answer::Silence, kind, offset: 4 });
        }
        major => return Err(refused(LinkErr::VERSION_MISMATCH, ErrorKind::Version { major }, 4)),
    }
    if (size as usize) < fixed || size > limits.link_message {
        return Err(refused(LinkErr::INVALID_DATA, ErrorKind::Size { size }, 12));
    }
    rest.split_at_checked(size as usize).ok_or(incomplete(HEADER + size as usize))
}

/// The words, when they lie behind the fixed part and inside the body. Without words their place is not looked at.
fn capability_words(
    body: &[u8],
    counts: [u32; 2],
    offset: u32,
    fixed: usize,
) -> Option<(List<'_, u32>, List<'_, u32>)> {
    if counts == [0, 0] {
        return Some((List::EMPTY, List::EMPTY));
    }
    let start = usize::try_from(offset).ok().filter(|start| *start >= fixed)?;
    let mut reader = Reader::new(body.get(start..)?);
    let [common, channel] = counts.map(|count| reader.list(u64::from(count)).ok());
    Some((common?, channel?))
}

fn encode<'a, T: Encode<'a>, B: BufMut>(
    fixed: &T,
    fixed_len: usize,
    common: List<'a, u32>,
    channel: List<'a, u32>,
    buffer: &mut B,
) -> Result<(), EncodeError> {
    let words = common.wire_len().saturating_add(channel.wire_len());
    let size = fixed_len.saturating_add(words);
    let header = LinkHeader {
        magic: MAGIC,
        major_version: VERSION_MAJOR,
        minor_version: VERSION_MINOR,
        size: u32::try_from(size).unwrap_or(u32::MAX),
    };
    crate::wire::room(HEADER.saturating_add(size), buffer)?;
    header.encode(buffer)?;
    fixed.encode(buffer)?;
    common.iter().chain(channel.iter()).for_each(|word| buffer.put_u32_le(word));
    Ok(())
}

fn refused(error: LinkErr, kind: ErrorKind, offset: usize) -> LinkError {
    LinkError::Refused { answer: Answer::Reply(error), kind, offset }
}

fn count(words: &[u32]) -> u32 {
    u32::try_from(words.len()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn a_refusal_has_the_size_of_a_reply_without_words() {
        let mut out = Vec::new();
        ServerLink::refusal(LinkErr::NEED_SECURED).encode(&mut out).unwrap();
        assert_eq!(out.len(), 16 + 178);
        let (read, rest) = ServerLink::parse(&out, &Limits::default()).unwrap();
        assert_eq!((read.reply.error, rest), (LinkErr::NEED_SECURED, &[][..]));
    }

    #[test]
    fn a_wrong_magic_is_refused_with_its_fourth_byte() {
        assert_eq!(
            ClientLink::parse(b"GET", &Limits::server()),
            Err(LinkError::Incomplete { needed: HEADER - 3 })
        );
        let error = ClientLink::parse(b"GET ", &Limits::server()).unwrap_err();
        assert!(matches!(error, LinkError::Refused { answer: Answer::Reply(LinkErr::INVALID_MAGIC), .. }));
    }
}
