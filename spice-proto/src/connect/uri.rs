//! `spice://`, `spice+tls://` and `spice+unix://`.

use core::fmt;
use core::net::Ipv6Addr;
use core::num::NonZeroU16;

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;

use zeroize::Zeroizing;

use super::percent;
use super::text::{self, Part};
use super::{Unwritable, UriError, UriErrorKind};
use crate::link::Secret;

/// Where a session is: what stands on the command line of a viewer ([`docs/spec/connect.md` section 1](crate::spec::connect#1-uris)).
///
/// `Display` shows it without the password; [`to_text`](Self::to_text) writes all of it.
///
/// ```
/// use spice_proto::connect::Uri;
///
/// let uri = Uri::parse("spice://[fe80::7%eth0]?port=5900&tls-port=5901&password=open%20sesame")?;
/// let Uri::Network(server) = &uri else { panic!("a socket") };
/// assert_eq!((server.host.as_str(), server.tls_port.map(u16::from)), ("fe80::7%eth0", Some(5901)));
/// assert_eq!(server.password, Some("open sesame".into()));
/// assert_eq!(uri.to_string(), "spice://[fe80::7%eth0]?port=5900&tls-port=5901");
/// # Ok::<(), spice_proto::connect::UriError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Uri {
    /// A host and its ports.
    Network(NetworkUri),
    /// The path of a unix socket: `spice+unix:///run/vm.sock`. It is written as it is, without escapes.
    Unix(String),
}

/// A host, its ports, and what else a URI says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkUri {
    /// Name or address; IPv6 addresses without brackets. Not empty.
    pub host: String,
    /// Port of connections without TLS. One of the two ports is there.
    pub port: Option<NonZeroU16>,
    /// Port of connections with TLS.
    pub tls_port: Option<NonZeroU16>,
    /// User name for SASL, what stands before `@`.
    pub username: Option<String>,
    /// Password, for the ticket or for SASL.
    pub password: Option<Secret>,
    /// Keys of the query besides `port`, `tls-port` and `password`. spice-gtk refuses URIs with such keys.
    pub other: BTreeMap<String, String>,
}

impl Uri {
    /// Reads a URI.
    ///
    /// # Errors
    /// [`UriError`] for anything that spice-gtk could not connect to either, with the byte where it went wrong.
    pub fn parse(text: &str) -> Result<Self, UriError> {
        let all = Part { text, at: 0 };
        let wrong = UriError { kind: UriErrorKind::Scheme, offset: 0 };
        let (scheme, _) = text.split_once("://").ok_or(wrong)?;
        let rest = all.skip(scheme.len().saturating_add(3));
        match scheme.to_ascii_lowercase().as_str() {
            "spice" => NetworkUri::parse(rest, false).map(Self::Network),
            "spice+tls" => NetworkUri::parse(rest, true).map(Self::Network),
            "spice+unix" if rest.text.is_empty() => {
                Err(UriError { kind: UriErrorKind::NoPath, offset: rest.at })
            }
            "spice+unix" => Ok(Self::Unix(rest.text.to_owned())),
            _ => Err(wrong),
        }
    }

    /// The whole URI, password included, in the form that spice-gtk writes. It is wiped when dropped.
    ///
    /// # Errors
    /// [`Unwritable`] where [`parse`](Self::parse) would refuse it: no host, no port, no path, a key of the query
    /// that is empty or stands for a field of its own.
    pub fn to_text(&self) -> Result<Zeroizing<String>, Unwritable> {
        self.check()?;
        text::collect(|out| self.put(true, out)).map_err(|fmt::Error| Unwritable::new("uri", "no text"))
    }

    fn check(&self) -> Result<(), Unwritable> {
        let wrong = |field, why| Err(Unwritable::new(field, why));
        match self {
            Self::Unix(path) if path.is_empty() => wrong("path", "is empty"),
            Self::Unix(_) => Ok(()),
            Self::Network(uri) if uri.host.is_empty() => wrong("host", "is empty"),
            Self::Network(uri) if uri.host.contains(char::is_control) => {
                wrong("host", "has a control character")
            }
            Self::Network(uri) if uri.port.or(uri.tls_port).is_none() => wrong("port", "is missing"),
            Self::Network(uri)
                if uri.other.keys().any(|key| key.is_empty() || OWN.contains(&key.as_str())) =>
            {
                wrong("other", "has an empty key, or that of a field")
            }
            Self::Network(_) => Ok(()),
        }
    }

    fn put(&self, with_password: bool, out: &mut dyn fmt::Write) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(out, "spice+unix://{path}"),
            Self::Network(uri) => uri.put(with_password, out),
        }
    }
}

/// Keys of the query that have a field.
const OWN: [&str; 3] = ["port", "tls-port", "password"];

impl NetworkUri {
    /// A host; set a port before use.
    #[must_use]
    pub fn new(host: impl Into<String>) -> Self {
        Self {
            host: host.into(),
            port: None,
            tls_port: None,
            username: None,
            password: None,
            other: BTreeMap::new(),
        }
    }

    /// Reads what follows the scheme: `[user@]host[:port][/path][?key=value[&key=value...]]`. A path means nothing.
    fn parse(rest: Part<'_>, tls: bool) -> Result<Self, UriError> {
        let wrong = |kind, part: Part<'_>| UriError { kind, offset: part.at };
        let (front, query) = match rest.split_once(&['?', ';']) {
            Some((front, query)) => (front, Some(query)),
            None => (rest, None),
        };
        let authority = front.split_once(&['/']).map_or(front, |(authority, _)| authority);
        let (user, address) = match authority.split_once(&['@']) {
            Some((user, address)) => (Some(user), address),
            None => (None, authority),
        };
        let (host, port) = split_address(address, true)?;
        if host.is_empty() {
            return Err(wrong(UriErrorKind::NoHost, address));
        }
        let mut uri = Self::new(host);
        uri.username = user.map(percent::decode_text).transpose()?;
        *if tls { &mut uri.tls_port } else { &mut uri.port } = port;

        let mut rest = query;
        while let Some(query) = rest {
            let pair = query.split_once(&['&', ';']).map_or(query, |(pair, _)| pair);
            rest = query.split_once(&['&', ';']).map(|(_, rest)| rest);
            if pair.text.is_empty() {
                continue;
            }
            let (key, value) = pair.split_once(&['=']).ok_or(wrong(UriErrorKind::Query, pair))?;
            let twice = match key.text {
                "port" | "tls-port" if tls => return Err(wrong(UriErrorKind::PortOfTls, key)),
                "port" => uri.port.replace(decoded_port(value)?).is_some(),
                "tls-port" => uri.tls_port.replace(decoded_port(value)?).is_some(),
                "password" => uri.password.replace(Secret::from(&percent::decode(value)?[..])).is_some(),
                "" => return Err(wrong(UriErrorKind::Query, key)),
                _ => {
                    let name = percent::decode_text(key)?;
                    // An escape could spell a key that has a field; clients do not look through escapes here.
                    if OWN.contains(&name.as_str()) {
                        return Err(wrong(UriErrorKind::Query, key));
                    }
                    uri.other.insert(name, percent::decode_text(value)?).is_some()
                }
            };
            if twice {
                return Err(wrong(UriErrorKind::Twice, key));
            }
        }
        if uri.port.or(uri.tls_port).is_none() {
            return Err(wrong(UriErrorKind::NoPort, authority));
        }
        Ok(uri)
    }

    fn put(&self, with_password: bool, out: &mut dyn fmt::Write) -> fmt::Result {
        let only_tls = self.port.is_none() && self.tls_port.is_some();
        out.write_str(if only_tls { "spice+tls://" } else { "spice://" })?;
        if let Some(username) = &self.username {
            percent::encode(username.as_bytes(), out)?;
            out.write_char('@')?;
        }
        put_host(&self.host, out)?;
        let mut separator = '?';
        let mut key = |name: &[u8], out: &mut dyn fmt::Write| {
            out.write_char(separator)?;
            separator = '&';
            percent::encode(name, out)?;
            out.write_char('=')
        };
        match (self.port, self.tls_port) {
            (Some(port), Some(tls_port)) => {
                key(b"port", out)?;
                write!(out, "{port}")?;
                key(b"tls-port", out)?;
                write!(out, "{tls_port}")?;
            }
            (port, tls_port) => {
                if let Some(port) = port.or(tls_port) {
                    write!(out, ":{port}")?;
                }
            }
        }
        if let Some(password) = self.password.as_ref().filter(|_| with_password) {
            key(b"password", out)?;
            percent::encode(password.as_bytes(), out)?;
        }
        for (name, value) in &self.other {
            key(name.as_bytes(), out)?;
            percent::encode(value.as_bytes(), out)?;
        }
        Ok(())
    }
}

impl fmt::Display for Uri {
    /// The URI without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.put(false, f)
    }
}

/// Host and port out of `host[:port]` or `[address][:port]`. Escapes are read in names, where `escapes` says so.
pub(super) fn split_address(
    address: Part<'_>,
    escapes: bool,
) -> Result<(String, Option<NonZeroU16>), UriError> {
    let wrong = |kind| UriError { kind, offset: address.at };
    let (host, port) =
        if let Some((_, rest)) = address.split_once(&['[']).filter(|(name, _)| name.text.is_empty()) {
            let (inside, behind) = rest.split_once(&[']']).ok_or(wrong(UriErrorKind::Address))?;
            let (number, zone) = match inside.text.split_once('%') {
                Some((number, zone)) => (number, Some(zone.strip_prefix("25").unwrap_or(zone))),
                None => (inside.text, None),
            };
            let host = match zone {
                Some(zone) => [number, "%", zone].concat(),
                None => number.to_owned(),
            };
            if !is_ipv6(&host) || host.contains(char::is_control) {
                return Err(wrong(UriErrorKind::Address));
            }
            match behind.text.strip_prefix(':') {
                Some(_) => (host, Some(behind.skip(1))),
                None if behind.text.is_empty() => (host, None),
                None => return Err(wrong(UriErrorKind::Address)),
            }
        } else {
            let (name, port) = match address.split_once(&[':']) {
                Some((name, port)) => (name, Some(port)),
                None => (address, None),
            };
            let host = if escapes { percent::decode_text(name)? } else { name.text.to_owned() };
            if host.contains(char::is_control) {
                return Err(wrong(UriErrorKind::Character));
            }
            (host, port)
        };
    Ok((host, port.map(self::port).transpose()?))
}

/// Writes a host: IPv6 addresses in brackets, anything else with escapes.
pub(super) fn put_host(host: &str, out: &mut dyn fmt::Write) -> fmt::Result {
    if !is_ipv6(host) {
        return percent::encode(host.as_bytes(), out);
    }
    match host.split_once("%") {
        // Clients want the zone as it is; behind an escaped % it is read too, so that one that starts so is escaped.
        Some((number, zone)) if zone.starts_with("25") => write!(out, "[{number}%25{zone}]"),
        _ => write!(out, "[{host}]"),
    }
}

/// Whether a host is an IPv6 address, with or without a zone.
pub(super) fn is_ipv6(host: &str) -> bool {
    let (number, zone) = host.split_once('%').unwrap_or((host, "zone"));
    let zone_fits = !zone.is_empty() && !zone.contains([']', '/', '?', ';', '@']);
    zone_fits && number.parse::<Ipv6Addr>().is_ok()
}

fn port(part: Part<'_>) -> Result<NonZeroU16, UriError> {
    // Only digits: a sign or a space would be read by some and not by others.
    let digits = part.text.bytes().all(|byte| byte.is_ascii_digit());
    let number = part.text.parse().ok().filter(|_| digits);
    number.ok_or(UriError { kind: UriErrorKind::Port, offset: part.at })
}

fn decoded_port(part: Part<'_>) -> Result<NonZeroU16, UriError> {
    port(Part { text: &percent::decode_text(part)?, at: part.at })
}
