//! Servers of loopback.

use spice_proto::connect::Uri;

use crate::screenshot::common::dial::Dialer;

/// Where a server without TLS is.
pub(crate) fn dialer(port: &str) -> Dialer {
    let uri = Uri::parse(&format!("spice://127.0.0.1:{port}")).expect("a good address");
    Dialer { uri, proxy: None, trust: None, secure_channels: Vec::new(), websocket: false }
}
