//! Where a migration leads.

use alloc::vec::Vec;
use core::fmt;

use crate::main::{DstInfo, MigrateSwitchHost};
use crate::wire::Text;

/// The server that a session moves to. Owns its strings; closing zero bytes are left out.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Destination {
    port: u16,
    tls_port: u16,
    host: Vec<u8>,
    cert_subject: Vec<u8>,
}

impl Destination {
    /// A destination; port 0 is none.
    #[must_use]
    pub fn new(host: &str, port: u16, tls_port: u16, cert_subject: &str) -> Self {
        let [host, cert_subject] = [host, cert_subject].map(|text| text.as_bytes().to_vec());
        Self { port, tls_port, host, cert_subject }
    }

    /// The port without TLS, if there is one.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        port(self.port)
    }

    /// The port with TLS, if there is one.
    #[must_use]
    pub fn tls_port(&self) -> Option<u16> {
        port(self.tls_port)
    }

    /// Name or address of the host.
    #[must_use]
    pub fn host(&self) -> Text<'_> {
        Text(&self.host)
    }

    /// The subject that the host's certificate must have, in place of the host's name; `None` when nothing is said
    /// ([`docs/spec/link.md` section 9](crate::spec::link#9-transports)).
    #[must_use]
    pub fn cert_subject(&self) -> Option<Text<'_>> {
        (!self.cert_subject.is_empty()).then_some(Text(&self.cert_subject))
    }
}

/// QEMU says 65535, minus one, for a port that it does not have; others say 0.
fn port(port: u16) -> Option<u16> {
    Some(port).filter(|port| ![0, u16::MAX].contains(port))
}

fn owned(text: Text<'_>) -> Vec<u8> {
    text.until_nul().as_bytes().to_vec()
}

impl From<&DstInfo<'_>> for Destination {
    fn from(info: &DstInfo<'_>) -> Self {
        let subject = info.cert_subject_data.map(owned).unwrap_or_default();
        Self { port: info.port, tls_port: info.sport, host: owned(info.host_data), cert_subject: subject }
    }
}

impl From<&MigrateSwitchHost<'_>> for Destination {
    fn from(info: &MigrateSwitchHost<'_>) -> Self {
        let [host, subject] =
            [info.host_data, info.cert_subject_data].map(|text| text.map(owned).unwrap_or_default());
        Self { port: info.port, tls_port: info.sport, host, cert_subject: subject }
    }
}

impl fmt::Debug for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Destination")
            .field("host", &self.host())
            .field("port", &self.port())
            .field("tls_port", &self.tls_port())
            .field("cert_subject", &self.cert_subject())
            .finish()
    }
}
