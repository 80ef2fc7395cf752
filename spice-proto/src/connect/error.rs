//! What is wrong with a URI, a file, a value, or the answer of a proxy.

use core::fmt;

/// Why a text is no URI of a SPICE session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UriError {
    pub(super) kind: UriErrorKind,
    pub(super) offset: usize,
}

/// The kinds of [`UriError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UriErrorKind {
    /// It does not start with `spice://`, `spice+tls://`, `spice+unix://` (proxies: has another scheme than `http`).
    Scheme,
    /// There is no host.
    NoHost,
    /// There is neither `port` nor `tls-port`.
    NoPort,
    /// There is no path behind `spice+unix://`.
    NoPath,
    /// What stands in brackets is no IPv6 address, or there is no closing bracket, or something behind it.
    Address,
    /// Control characters or, in the address of a proxy, a character that has no place there.
    Character,
    /// A port is no number from 1 to 65535.
    Port,
    /// `%` is not followed by two hexadecimal digits.
    Escape,
    /// What the escapes stand for is not UTF-8. Only passwords may be.
    Utf8,
    /// Something in the query is not `key=value`.
    Query,
    /// A key stands twice, or once as a key and once in the address.
    Twice,
    /// `spice+tls://` has its port in the address; `port` and `tls-port` have no place in its query.
    PortOfTls,
}

impl UriError {
    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> UriErrorKind {
        self.kind
    }

    /// Where, in bytes from the start of the text.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }
}

/// Why a text is no connection file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileError {
    pub(super) kind: FileErrorKind,
    pub(super) key: Option<&'static str>,
    pub(super) line: usize,
}

/// The kinds of [`FileError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileErrorKind {
    /// Not UTF-8.
    Utf8,
    /// A line is neither a group, nor `key=value`, nor a comment, nor empty.
    Line,
    /// A key stands before the first group.
    NoGroup,
    /// A group has no name, or one with a bracket or a control character.
    GroupName,
    /// A key has a bracket that is not `[locale]` at its end.
    KeyName,
    /// In a list, a backslash is not followed by `s`, `n`, `t`, `r`, a backslash or a semicolon.
    Escape,
    /// A zero byte. The line ends before it.
    Zero,
    /// Not a number from -2147483648 to 2147483647. Switches are numbers too: 0 is off, all others are on.
    Number,
    /// Neither a number from 1 to 65535, nor 0 or -1 for none.
    Port,
    /// Not the address of an HTTP proxy.
    Proxy(UriErrorKind),
    /// There is no group `[virt-viewer]`.
    NoVirtViewer,
    /// The group `[virt-viewer]` has no `type`.
    NoType,
}

impl FileError {
    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> FileErrorKind {
        self.kind
    }

    /// Which key has the wrong value, when it is the value of a known one.
    #[must_use]
    pub fn key(&self) -> Option<&'static str> {
        self.key
    }

    /// Which line, counted from 1. For something that is missing: the last one.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }
}

/// Why a value cannot be written: it would be read as something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Unwritable {
    pub(super) field: &'static str,
    pub(super) why: &'static str,
}

impl Unwritable {
    pub(super) fn new(field: &'static str, why: &'static str) -> Self {
        Self { field, why }
    }

    /// The field or key.
    #[must_use]
    pub fn field(&self) -> &'static str {
        self.field
    }
}

/// Why a proxy does not let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TunnelError {
    /// The answer is none of HTTP/1.0 or 1.1.
    NotHttp,
    /// The proxy wants a user name and a password, or others (status 407).
    AuthenticationRequired,
    /// The proxy refuses, with this status.
    Refused(u16),
    /// The answer's head is longer than this many bytes.
    TooLong(usize),
}

impl fmt::Display for UriError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, at byte {}", self.kind, self.offset)
    }
}

impl fmt::Display for UriErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scheme => "the scheme is not allowed here",
            Self::NoHost => "the host is missing",
            Self::NoPort => "neither port nor tls-port is there",
            Self::NoPath => "the path of the socket is missing",
            Self::Address => "no IPv6 address in brackets",
            Self::Character => "a character that is not allowed",
            Self::Port => "the port is no number from 1 to 65535",
            Self::Escape => "% without two hexadecimal digits",
            Self::Utf8 => "not UTF-8",
            Self::Query => "no key=value",
            Self::Twice => "given twice",
            Self::PortOfTls => "spice+tls:// takes no port in the query",
        })
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.key {
            Some(key) => write!(f, "line {}: {key}: {}", self.line, self.kind),
            None => write!(f, "line {}: {}", self.line, self.kind),
        }
    }
}

impl fmt::Display for FileErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf8 => "not UTF-8",
            Self::Line => "neither [group] nor key=value nor # comment",
            Self::NoGroup => "a key before the first [group]",
            Self::GroupName => "no name of a group",
            Self::KeyName => "no name of a key",
            Self::Escape => "a backslash that is not \\s, \\n, \\t, \\r, \\\\ or \\;",
            Self::Zero => "a zero byte, which ends the line",
            Self::Number => "not a number",
            Self::Port => "not a port",
            Self::Proxy(kind) => return write!(f, "not the address of an HTTP proxy: {kind}"),
            Self::NoVirtViewer => "the group [virt-viewer] is missing",
            Self::NoType => "the key type is missing in [virt-viewer]",
        })
    }
}

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.why)
    }
}

impl fmt::Display for TunnelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotHttp => f.write_str("the proxy does not speak HTTP"),
            Self::AuthenticationRequired => f.write_str("the proxy wants a user name and a password"),
            Self::Refused(status) => write!(f, "the proxy refuses with status {status}"),
            Self::TooLong(most) => write!(f, "the proxy answers with more than {most} bytes"),
        }
    }
}

impl core::error::Error for UriError {}
impl core::error::Error for UriErrorKind {}
impl core::error::Error for FileError {}
impl core::error::Error for Unwritable {}
impl core::error::Error for TunnelError {}
