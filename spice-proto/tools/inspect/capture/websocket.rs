//! SPICE inside a WebSocket: the upgrade, then frames whose payloads form the byte stream.
//!
//! Frame bounds carry no meaning for SPICE (`docs/spec/link.md` section 9): payloads of binary, text and continuation
//! frames are strung together, control frames are counted and left out.

use super::stream::ByteStream;
use super::stream::StreamProblemKind;

/// How many frames of each kind one side sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FrameCounts {
    /// Frames that continue a message begun by a binary or text frame.
    pub continuation: u64,
    /// Text frames.
    pub text: u64,
    /// Binary frames.
    pub binary: u64,
    /// Close frames.
    pub close: u64,
    /// Ping frames.
    pub ping: u64,
    /// Pong frames.
    pub pong: u64,
}

/// True when the client asks for a WebSocket, and the server grants it or its answer is not in the capture.
pub(super) fn is_handshake(client: &[u8], server: &[u8]) -> bool {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    let asked = client.starts_with(b"GET ") && request.parse(client).is_ok() && asks_upgrade(request.headers);
    if !asked {
        return false;
    }
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    response.parse(server).is_ok() && response.code.is_none_or(|code| code == SWITCHING_PROTOCOLS)
}

fn asks_upgrade(headers: &[httparse::Header<'_>]) -> bool {
    headers.iter().any(|header| {
        header.name.eq_ignore_ascii_case("upgrade") && header.value.eq_ignore_ascii_case(b"websocket")
    })
}

/// The bytes inside the frames that one side sent after its part of the upgrade.
///
/// The result ends at the first broken frame, with a problem that names it, or where `tcp` ends.
pub(super) fn unwrap(tcp: &ByteStream) -> (ByteStream, FrameCounts) {
    let mut inner = ByteStream::inside(tcp);
    let mut counts = FrameCounts::default();
    let result = walk(tcp, &mut inner, &mut counts);
    let gap = tcp.problem().map(|problem| problem.kind);
    let websocket = |problem, at| StreamProblemKind::WebSocket { problem, tcp_offset: at as u64 };
    let kind = match (result, gap) {
        (Err(Broken::Bad(problem, at)), _) => Some(websocket(problem, at)),
        // Bytes that are missing from the capture explain why a frame is cut short.
        (_, Some(gap)) => Some(gap),
        (Err(Broken::Cut(problem, at)), None) => Some(websocket(problem, at)),
        (Ok(()), None) => None,
    };
    if let Some(kind) = kind {
        inner.set_problem(kind);
    }
    (inner, counts)
}

/// What ended the walk over the frames early, and where in the TCP stream.
enum Broken {
    Bad(&'static str, usize),
    Cut(&'static str, usize),
}

fn walk(tcp: &ByteStream, inner: &mut ByteStream, counts: &mut FrameCounts) -> Result<(), Broken> {
    let bytes = tcp.bytes();
    if bytes.is_empty() {
        return Ok(());
    }
    let mut at = head_len(bytes).ok_or(Broken::Cut("the stream ends inside the upgrade", 0))?;
    let mut inside_message = false;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let frame = frame_header(rest).map_err(|problem| Broken::Bad(problem, at))?;
        let frame = frame.ok_or(Broken::Cut("the stream ends inside a frame", at))?;
        frame.check(&mut inside_message).map_err(|problem| Broken::Bad(problem, at))?;
        counts.add(frame.opcode);
        let start = at + frame.header_len;
        let end =
            usize::try_from(frame.len).ok().and_then(|len| start.checked_add(len)).unwrap_or(usize::MAX);
        if frame.opcode < CONTROL {
            tcp.for_each_piece(start, end.min(bytes.len()), |from, masked, mark| {
                let mask = frame.mask.iter().cycle().skip((from - start) % 4);
                let clear: Vec<u8> = masked.iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect();
                inner.push(&clear, mark);
            });
        }
        if end > bytes.len() {
            return Err(Broken::Cut("the stream ends inside a frame", at));
        }
        at = end;
    }
    Ok(())
}

impl FrameCounts {
    fn add(&mut self, opcode: u8) {
        match opcode {
            CONTINUATION => self.continuation += 1,
            TEXT => self.text += 1,
            BINARY => self.binary += 1,
            CLOSE => self.close += 1,
            PING => self.ping += 1,
            PONG => self.pong += 1,
            _ => {}
        }
    }
}

/// The header of one frame (RFC 6455 section 5.2).
struct Frame {
    last: bool,
    reserved: u8,
    opcode: u8,
    /// Zero when the payload is not masked.
    mask: [u8; 4],
    len: u64,
    header_len: usize,
}

impl Frame {
    fn check(&self, inside_message: &mut bool) -> Result<(), &'static str> {
        if self.reserved != 0 {
            return Err("a frame with a reserved bit set (compressed, or no WebSocket frame)");
        }
        match self.opcode {
            CONTINUATION if !*inside_message => return Err("a continuation frame without a start"),
            TEXT | BINARY if *inside_message => return Err("a new message inside a split one"),
            CONTINUATION | TEXT | BINARY => *inside_message = !self.last,
            CLOSE | PING | PONG if !self.last => return Err("a control frame in pieces"),
            CLOSE | PING | PONG if self.len > 125 => return Err("a control frame above 125 bytes"),
            CLOSE | PING | PONG => {}
            _ => return Err("a frame of an unknown kind"),
        }
        Ok(())
    }
}

/// Reads a frame's header; None when `bytes` ends inside it.
fn frame_header(bytes: &[u8]) -> Result<Option<Frame>, &'static str> {
    let [first, second, rest @ ..] = bytes else { return Ok(None) };
    let (len, len_size) = match second & 0x7f {
        126 => (rest.first_chunk().map(|len| u64::from(u16::from_be_bytes(*len))), 2),
        127 => (rest.first_chunk().map(|len| u64::from_be_bytes(*len)), 8),
        short => (Some(u64::from(short)), 0),
    };
    let Some(len) = len else { return Ok(None) };
    if len >> 63 != 0 {
        return Err("a frame with an impossible length");
    }
    let masked = second & 0x80 != 0;
    let mask = if masked { rest.get(len_size..).and_then(|rest| rest.first_chunk()) } else { Some(&[0; 4]) };
    let Some(&mask) = mask else { return Ok(None) };
    Ok(Some(Frame {
        last: first & 0x80 != 0,
        reserved: first & 0x70,
        opcode: first & 0x0f,
        mask,
        len,
        header_len: 2 + len_size + if masked { 4 } else { 0 },
    }))
}

/// Length of a request or an answer with its empty line; None when the end is not there.
fn head_len(bytes: &[u8]) -> Option<usize> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    Some(end + 4)
}

const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const BINARY: u8 = 2;
/// Kinds from here on are control frames.
const CONTROL: u8 = 8;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

const SWITCHING_PROTOCOLS: u16 = 101;

/// Requests with more header lines are not taken for a WebSocket's.
const MAX_HEADERS: usize = 64;
