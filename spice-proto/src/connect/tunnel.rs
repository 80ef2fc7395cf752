//! HTTP CONNECT: the step before TLS and link when there is a proxy.

use core::num::NonZeroU16;

use alloc::vec::Vec;

use super::uri::is_ipv6;
use super::{TunnelError, Unwritable, text};
use crate::link::Secret;

/// Asks an HTTP proxy for a connection to a server ([`docs/spec/connect.md` section 3](crate::spec::connect#3-proxies)).
///
/// Send [`request`](Self::request), give what comes to [`handle_input`](Self::handle_input) until
/// [`is_open`](Self::is_open), then go on with TLS or the link on the same connection. Each channel of a session has
/// a tunnel of its own.
#[derive(Clone, Debug)]
pub struct Tunnel {
    request: Secret,
    /// The status line as far as it is there; later lines are not kept.
    line: Vec<u8>,
    /// Bytes of the answer so far.
    read: usize,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// In the status line.
    Status,
    /// In a later line, which has this many bytes so far besides carriage returns.
    Line(usize),
    /// The empty line was there.
    Open,
    Failed(TunnelError),
}

impl Tunnel {
    /// Most bytes of the head of an answer.
    pub const MOST: usize = 16 << 10;

    /// A request for a connection to `host`, an IPv6 address without brackets or a name: Proxmox has names with
    /// colons in them. `credentials` are user name and password, for the Basic scheme.
    ///
    /// # Errors
    /// [`Unwritable`] when the host is empty or has a space or a control character, or the user name has a colon.
    pub fn new(host: &str, port: NonZeroU16, credentials: Option<(&str, &[u8])>) -> Result<Self, Unwritable> {
        if host.is_empty() || host.contains(|c: char| c.is_control() || c.is_whitespace()) {
            return Err(Unwritable::new("host", "is empty, or has a space or a control character"));
        }
        if credentials.is_some_and(|(user, _)| user.contains(|c: char| c == ':' || c.is_control())) {
            return Err(Unwritable::new("username", "has a colon or a control character"));
        }
        let [open, close] = if is_ipv6(host) { ["[", "]"] } else { ["", ""] };
        let request = text::collect(|out| {
            write!(out, "CONNECT {open}{host}{close}:{port} HTTP/1.0\r\n")?;
            write!(out, "Host: {open}{host}{close}:{port}\r\nProxy-Connection: keep-alive\r\n")?;
            if let Some((user, password)) = credentials {
                out.write_str("Proxy-Authorization: Basic ")?;
                base64(user.bytes().chain([b':']).chain(password.iter().copied()), out)?;
                out.write_str("\r\n")?;
            }
            out.write_str("\r\n")
        });
        let request = request.map_err(|core::fmt::Error| Unwritable::new("request", "no text"))?;
        Ok(Self {
            request: Secret::from(request.as_bytes()),
            line: Vec::new(),
            read: 0,
            state: State::Status,
        })
    }

    /// What to send to the proxy, once. It may hold a password.
    #[must_use]
    pub fn request(&self) -> &[u8] {
        self.request.as_bytes()
    }

    /// Takes bytes from the proxy, and says how many of them belonged to its answer. Those that follow come from the
    /// server. After the answer nothing is taken.
    ///
    /// # Errors
    /// [`TunnelError`] when the proxy does not let through; it stays.
    pub fn handle_input(&mut self, bytes: &[u8]) -> Result<usize, TunnelError> {
        let mut taken = 0_usize;
        for &byte in bytes {
            match self.state {
                State::Open => break,
                State::Failed(error) => return Err(error),
                State::Status | State::Line(_) => {}
            }
            taken = taken.saturating_add(1);
            self.read = self.read.saturating_add(1);
            self.state = match self.state {
                _ if self.read > Self::MOST => State::Failed(TunnelError::TooLong(Self::MOST)),
                State::Status if byte == b'\n' => match accept(&self.line) {
                    Ok(()) => State::Line(0),
                    Err(error) => State::Failed(error),
                },
                State::Status => {
                    self.line.push(byte);
                    if agrees(&self.line) { State::Status } else { State::Failed(TunnelError::NotHttp) }
                }
                State::Line(0) if byte == b'\n' => State::Open,
                State::Line(_) if byte == b'\n' => State::Line(0),
                State::Line(len) if byte == b'\r' => State::Line(len),
                State::Line(len) => State::Line(len.saturating_add(1)),
                state => state,
            };
        }
        match self.state {
            State::Failed(error) => Err(error),
            _ => Ok(taken),
        }
    }

    /// Whether the way to the server is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.state == State::Open
    }
}

/// Whether an answer starts like this.
fn agrees(line: &[u8]) -> bool {
    const START: &[u8] = b"HTTP/1.";
    line.iter().zip(START).all(|(one, other)| one == other)
}

/// Reads the status line: `HTTP/1.x`, spaces, three digits, and anything behind a space.
fn accept(line: &[u8]) -> Result<(), TunnelError> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let rest = match line.strip_prefix(b"HTTP/1.") {
        Some([b'0' | b'1', b' ', rest @ ..]) => rest.trim_ascii_start(),
        _ => return Err(TunnelError::NotHttp),
    };
    let status = match rest {
        [first, second, third] | [first, second, third, b' ', ..] => [*first, *second, *third],
        _ => return Err(TunnelError::NotHttp),
    };
    if !status.iter().all(u8::is_ascii_digit) {
        return Err(TunnelError::NotHttp);
    }
    let number = core::str::from_utf8(&status).ok().and_then(|status| status.parse().ok());
    match number.ok_or(TunnelError::NotHttp)? {
        200..=299 => Ok(()),
        407 => Err(TunnelError::AuthenticationRequired),
        status => Err(TunnelError::Refused(status)),
    }
}

/// Writes Base64 (RFC 4648 section 4).
fn base64(bytes: impl Iterator<Item = u8>, out: &mut dyn core::fmt::Write) -> core::fmt::Result {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = bytes;
    loop {
        let group = [bytes.next(), bytes.next(), bytes.next()];
        let Some(len) = group.iter().position(Option::is_none).or(Some(3)).filter(|len| *len > 0) else {
            return Ok(());
        };
        let number = group.iter().fold(0_u32, |number, byte| number << 8 | u32::from(byte.unwrap_or(0)));
        for place in 0..4_usize {
            let shift = 18_usize.saturating_sub(place.saturating_mul(6));
            let digit = DIGITS.get((number >> shift & 63) as usize).copied().unwrap_or(b'=');
            out.write_char(if place > len { '=' } else { char::from(digit) })?;
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use super::*;

    #[test]
    fn base64_agrees_with_the_vectors_of_rfc_4648() {
        let vectors = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("foobar", "Zm9vYmFy"),
        ];
        for (plain, encoded) in vectors {
            let mut out = String::new();
            base64(plain.bytes(), &mut out).unwrap();
            assert_eq!(out, encoded);
        }
    }
}
