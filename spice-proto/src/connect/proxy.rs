//! The address of an HTTP proxy.

use core::fmt;
use core::num::NonZeroU16;

use alloc::borrow::ToOwned;
use alloc::string::String;

use super::text::Part;
use super::uri::{is_ipv6, split_address};
use super::{Unwritable, UriError, UriErrorKind};
use crate::link::Secret;

/// An HTTP proxy: the key `proxy` of connection files ([`docs/spec/connect.md` section 3](crate::spec::connect#3-proxies)).
///
/// ```
/// use spice_proto::connect::Proxy;
///
/// let proxy = Proxy::parse("http://pve1.example.org:3128")?;
/// assert_eq!((proxy.host.as_str(), proxy.port()), ("pve1.example.org", 3128));
/// # Ok::<(), spice_proto::connect::UriError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    /// Name or address; IPv6 addresses without brackets. Not empty.
    pub host: String,
    /// The port as it was given, see [`port`](Self::port).
    pub given_port: Option<NonZeroU16>,
    /// User name, as it is sent.
    pub username: Option<String>,
    /// Password, as it is sent.
    pub password: Option<Secret>,
}

impl Proxy {
    /// The port that is meant where none is given.
    pub const DEFAULT_PORT: u16 = 3128;

    /// Reads `[http://][user[:password]@]host[:port][/]`. User name and password are taken as they stand, since
    /// spice-gtk sends them so: there are no escapes.
    ///
    /// # Errors
    /// [`UriError`] with the byte where it went wrong.
    pub fn parse(text: &str) -> Result<Self, UriError> {
        let all = Part { text, at: 0 };
        let rest = match text.split_once("://") {
            Some(("http", _)) => all.skip(7),
            Some(_) => return Err(UriError { kind: UriErrorKind::Scheme, offset: 0 }),
            None => all,
        };
        let rest = Part { text: rest.text.strip_suffix('/').unwrap_or(rest.text), at: rest.at };
        if let Some((front, _)) = rest.split_once(&['/', '?', '#', ' ']) {
            let offset = front.skip(front.text.len()).at;
            return Err(UriError { kind: UriErrorKind::Character, offset });
        }
        if rest.text.contains(char::is_control) {
            return Err(UriError { kind: UriErrorKind::Character, offset: rest.at });
        }
        let (user, address) = match rest.split_once(&['@']) {
            Some((user, address)) => (Some(user.text), address),
            None => (None, rest),
        };
        let (host, given_port) = split_address(address, false)?;
        if host.is_empty() {
            return Err(UriError { kind: UriErrorKind::NoHost, offset: address.at });
        }
        if host.contains(['[', ']', '@']) {
            return Err(UriError { kind: UriErrorKind::Character, offset: address.at });
        }
        let (username, password) = match user.map(|user| user.split_once(':').ok_or(user)) {
            None => (None, None),
            Some(Ok((username, password))) => (Some(username.to_owned()), Some(Secret::from(password))),
            Some(Err(username)) => (Some(username.to_owned()), None),
        };
        Ok(Self { host, given_port, username, password })
    }

    /// The port to connect to.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.given_port.map_or(Self::DEFAULT_PORT, u16::from)
    }

    /// User name and password, when both are there; without a password nothing is sent.
    #[must_use]
    pub fn credentials(&self) -> Option<(&str, &[u8])> {
        Some((self.username.as_deref()?, self.password.as_ref().map(Secret::as_bytes)?))
    }

    /// Writes it with the password.
    pub(super) fn put(&self, out: &mut dyn fmt::Write) -> fmt::Result {
        out.write_str("http://")?;
        if let Some(username) = &self.username {
            out.write_str(username)?;
            if let Some(password) = &self.password {
                // Checked before.
                write!(out, ":{}", core::str::from_utf8(password.as_bytes()).unwrap_or_default())?;
            }
            out.write_char('@')?;
        }
        self.put_address(out)
    }

    pub(super) fn check(&self) -> Result<(), Unwritable> {
        let bad = |text: &str| text.contains(['/', '?', '#', ' ', '@']) || text.contains(char::is_control);
        let password = self.password.as_ref().map(|password| core::str::from_utf8(password.as_bytes()));
        let wrong = |why| Err(Unwritable::new("proxy", why));
        match (&self.username, password) {
            (None, Some(_)) => return wrong("a password without a user name"),
            (_, Some(Err(_))) => return wrong("the password is not UTF-8"),
            (_, Some(Ok(password))) if bad(password) => return wrong("a character in the password"),
            (Some(name), _) if bad(name) || name.contains(':') => {
                return wrong("a character in the user name");
            }
            _ => {}
        }
        let name = !is_ipv6(&self.host);
        if self.host.is_empty() || bad(&self.host) || name && self.host.contains([':', '[', ']']) {
            return wrong("no host");
        }
        Ok(())
    }

    fn put_address(&self, out: &mut dyn fmt::Write) -> fmt::Result {
        if is_ipv6(&self.host) {
            super::uri::put_host(&self.host, out)?;
        } else {
            out.write_str(&self.host)?;
        }
        self.given_port.map_or(Ok(()), |port| write!(out, ":{port}"))
    }
}

impl fmt::Display for Proxy {
    /// The address without user name and password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("http://")?;
        self.put_address(f)
    }
}
