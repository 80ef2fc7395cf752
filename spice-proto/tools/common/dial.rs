//! From an address to a stream that speaks SPICE: socket, proxy, TLS, WebSocket.

use std::borrow::Cow;
use std::io::{self, Read, Write};
use std::net::{IpAddr, TcpStream, ToSocketAddrs};
use std::num::NonZeroU16;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use spice_proto::ChannelType;
use spice_proto::connect::{NetworkUri, Proxy, Tunnel, Uri};
use spice_proto::session::Destination;

use super::stream::BoxStream;
use super::tls::{self, Trust};
use super::websocket;

/// How to reach a server. Every channel is a connection of its own.
#[derive(Clone, Debug)]
pub struct Dialer {
    pub uri: Uri,
    /// An HTTP proxy on the way.
    pub proxy: Option<Proxy>,
    /// What the server's certificate is checked by; without it there is no TLS.
    pub trust: Option<Trust>,
    /// Channels that use TLS even where there is a port without, by name; "all" for each.
    pub secure_channels: Vec<String>,
    /// SPICE inside of a WebSocket.
    pub websocket: bool,
}

/// How long a connection, and each answer during its set-up, may take.
pub const PATIENCE: Duration = Duration::from_secs(10);

impl Dialer {
    /// Opens a connection for a channel.
    pub fn connect(&self, channel: ChannelType) -> io::Result<BoxStream> {
        let secure = self.secure_channels.iter().any(|name| name == "all" || Some(&**name) == channel.name());
        match &self.uri {
            Uri::Network(server) => match (server.port, server.tls_port) {
                (Some(port), _) if !secure => self.plain(server, port),
                (_, Some(_)) => self.connect_secure(),
                (_, None) => Err(io::Error::other("the channel has to be secure, but no TLS port is known")),
            },
            Uri::Unix(path) => {
                let socket = UnixStream::connect(path)?;
                socket.set_read_timeout(Some(PATIENCE))?;
                self.over(Box::new(socket), "localhost", 80, false)
            }
            _ => Err(io::Error::other("the address is of an unknown kind")),
        }
    }

    /// Opens a connection by TLS, for a channel that the server refused without.
    pub fn connect_secure(&self) -> io::Result<BoxStream> {
        let Uri::Network(server @ NetworkUri { tls_port: Some(port), .. }) = &self.uri else {
            return Err(io::Error::other("no TLS port is known"));
        };
        let trust = self.trust.as_ref().ok_or_else(tls::no_trust)?;
        let stream = trust.connect(self.tcp(server, *port)?, &ascii(&server.host)?)?;
        self.over(stream, &server.host, port.get(), true)
    }

    /// The same way to where a session moves (`docs/spec/messages.md`, "Migration"). A subject that the message names
    /// takes the place of the one that was asked for here.
    pub fn towards(&self, destination: &Destination) -> io::Result<Self> {
        let wrong = |_| io::Error::new(io::ErrorKind::InvalidData, "the destination is no name of a host");
        let host = destination.host().to_str().map_err(wrong)?.to_owned();
        let port = |port: Option<u16>| port.and_then(NonZeroU16::new);
        let (port, tls_port) = (port(destination.port()), port(destination.tls_port()));
        if host.is_empty() || port.or(tls_port).is_none() {
            let text = "the destination of the migration has no host or no port";
            return Err(io::Error::new(io::ErrorKind::InvalidData, text));
        }
        let (username, password, other) = (None, None, Default::default());
        let uri = Uri::Network(NetworkUri { host, port, tls_port, username, password, other });
        let subject = destination.cert_subject().and_then(|subject| subject.to_str().ok());
        let subject = subject.filter(|subject| !subject.is_empty());
        let trust = self.trust.as_ref().map(|trust| trust.for_subject(subject)).transpose()?;
        Ok(Self { uri, trust, ..self.clone() })
    }

    /// True when the server may be asked again by TLS.
    pub fn has_secure(&self) -> bool {
        matches!(&self.uri, Uri::Network(server) if server.tls_port.is_some()) && self.trust.is_some()
    }

    /// Where it leads, for messages to people: without user and password, nor a host that is no name or address. Such
    /// ones are tickets, as Proxmox has them for its proxy.
    pub fn shown(&self) -> String {
        let Uri::Network(server) = &self.uri else { return self.uri.to_string() };
        if !is_name(&server.host) {
            return "the server".into();
        }
        let mut shown = NetworkUri::new(server.host.as_str());
        (shown.port, shown.tls_port) = (server.port, server.tls_port);
        Uri::Network(shown).to_string()
    }

    fn plain(&self, server: &NetworkUri, port: NonZeroU16) -> io::Result<BoxStream> {
        self.over(self.tcp(server, port)?, &server.host, port.get(), false)
    }

    fn over(&self, stream: BoxStream, host: &str, port: u16, secure: bool) -> io::Result<BoxStream> {
        match self.websocket {
            true => websocket::connect(stream, &websocket::authority(&ascii(host)?, port, secure)?),
            false => Ok(stream),
        }
    }

    fn tcp(&self, server: &NetworkUri, port: NonZeroU16) -> io::Result<BoxStream> {
        let host = ascii(&server.host)?;
        let Some(proxy) = &self.proxy else { return Ok(Box::new(tcp(&host, port.get())?)) };
        let mut stream = tcp(&ascii(&proxy.host)?, proxy.port())?;
        let mut tunnel = Tunnel::new(&host, port, proxy.credentials()).map_err(io::Error::other)?;
        stream.write_all(tunnel.request())?;
        // One byte at a time: what follows the answer belongs to the server.
        let mut byte = [0];
        while !tunnel.is_open() {
            stream.read_exact(&mut byte)?;
            tunnel.handle_input(&byte).map_err(io::Error::other)?;
        }
        Ok(Box::new(stream))
    }
}

/// A host as resolvers, proxies and certificates know it: names that are not ASCII in their form of ASCII, as spice-gtk asks
/// for them. All else stays as it is: addresses, with zones, and tickets.
fn ascii(host: &str) -> io::Result<Cow<'_, str>> {
    if host.is_ascii() {
        return Ok(host.into());
    }
    let wrong = |_| io::Error::new(io::ErrorKind::InvalidInput, "the host is no name of a server");
    idna::domain_to_ascii(host).map(Cow::Owned).map_err(wrong)
}

/// Whether a host is a name or an address; other texts are tickets.
pub fn is_name(host: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '_');
    let number = host.split('%').next().unwrap_or_default();
    host.chars().all(plain) || number.parse::<IpAddr>().is_ok()
}

/// Tries the addresses of a name one after the other. Errors do not name it: it may be a ticket.
fn tcp(host: &str, port: u16) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
    for address in (host, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(PATIENCE))?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}
