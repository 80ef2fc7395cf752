//! Where a session is and how to get there: URIs, connection files, HTTP proxies ([`docs/spec/connect.md`](crate::spec::connect)).
//!
//! ```text
//! spice://host:5900  ──► Uri ──────────────┐
//! console.vv ──► ConnectionFile::parse ────┴─► Uri ──► (Proxy ──► Tunnel) ──► (TLS) ──► link
//! ```
//!
//! [`Uri`] is an address with user name and password, in the three schemes `spice`, `spice+tls` and `spice+unix`.
//! [`ConnectionFile`] is what Proxmox, oVirt and virt-manager hand to a viewer; it keeps keys that it does not know.
//! [`Tunnel`] asks an HTTP proxy for the way to the server, before TLS and link.
//!
//! Each of them is read and written, and reads what it wrote as the same. Where clients differ from the texts about
//! them, spice-gtk 0.42 and remote-viewer 11 were asked. Passwords are [`Secret`](crate::link::Secret)s: they do not
//! show in `Debug`, nor in `Display`, and are wiped; texts with passwords are wiped too.
//!
//! ```
//! use spice_proto::connect::{ConnectionFile, Tunnel, Uri};
//!
//! let file = ConnectionFile::parse(b"[virt-viewer]\ntype=spice\nhost=vm7\ntls-port=61000\nproxy=http://pve:3128\n")?;
//! let Uri::Network(server) = file.uri()? else { panic!("a socket has no proxy") };
//! let port = server.tls_port.expect("the file has one");
//! let mut tunnel = Tunnel::new(&server.host, port, file.proxy.as_ref().and_then(|proxy| proxy.credentials()))?;
//!
//! // Send the request to the proxy, and give its answer to the tunnel.
//! assert!(tunnel.request().starts_with(b"CONNECT vm7:61000 HTTP/1.0\r\n"));
//! let answer = b"HTTP/1.0 200 OK\r\n\r\n";
//! assert_eq!(tunnel.handle_input(answer)?, answer.len());
//! assert!(tunnel.is_open());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![warn(clippy::arithmetic_side_effects)]

mod error;
mod file;
mod key_file;
mod percent;
mod proxy;
mod text;
mod tunnel;
mod uri;
mod value;

pub use self::error::{FileError, FileErrorKind, TunnelError, Unwritable, UriError, UriErrorKind};
pub use self::file::{ConnectionFile, Ovirt};
pub use self::proxy::Proxy;
pub use self::tunnel::Tunnel;
pub use self::uri::{NetworkUri, Uri};
pub use self::value::SessionType;
