//! The command line.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use spice_proto::display::ImageCompression;
use spice_proto::link::Secret;

use super::reception::{Guests, Protect};

/// Shows a picture to SPICE clients, and prints what they type and where they point.
///
/// Without a picture it is a test card. Connect with `remote-viewer spice://localhost:5900`, with spice-html5 (the same
/// port speaks WebSocket), or with any other client. A new client takes the place of the one before.
///
/// Ends with status 1 when a file cannot be read or a port is in use, and with 2 when these arguments make no sense.
#[derive(Debug, Parser)]
#[command(name = "spice-serve", version, max_term_width = 100)]
pub(crate) struct Args {
    /// The picture: a PNG file.
    pub(crate) picture: Option<PathBuf>,

    /// Lets a ball bounce over the picture.
    #[arg(long)]
    pub(crate) demo: bool,

    /// How to code images.
    #[arg(long, value_enum, default_value_t = Compression::Auto)]
    pub(crate) compression: Compression,

    /// Address to listen on; 0.0.0.0 is all of them.
    #[arg(long, default_value = "127.0.0.1", value_name = "ADDRESS")]
    pub(crate) listen: IpAddr,

    /// Port without TLS; 0 takes any that is free.
    #[arg(long, default_value_t = 5900)]
    pub(crate) port: u16,

    /// Port with TLS.
    #[arg(long, value_name = "PORT", requires_all = ["certificate", "key"])]
    pub(crate) tls_port: Option<u16>,

    /// The server's certificate and those up to its authority, PEM.
    #[arg(long, value_name = "FILE", requires = "tls_port")]
    pub(crate) certificate: Option<PathBuf>,

    /// The key of the certificate, PEM.
    #[arg(long, value_name = "FILE", requires = "tls_port")]
    pub(crate) key: Option<PathBuf>,

    /// Path of a unix socket to listen on besides.
    #[arg(long, value_name = "PATH")]
    pub(crate) unix: Option<PathBuf>,

    /// What clients must know. Others on this machine see it in the command line; better in the environment.
    #[arg(long, env = "SPICE_PASSWORD", hide_env_values = true)]
    pub(crate) password: Option<String>,

    /// Lets in this user only, with --password, by SASL: DIGEST-MD5, which encrypts; with TLS also SCRAM and PLAIN.
    #[arg(long, value_name = "NAME", requires = "password")]
    pub(crate) username: Option<String>,

    /// Lets in whoever has a Kerberos ticket for spice/HOST, by SASL. KRB5_KTNAME names the keytab with the server's keys.
    #[cfg(feature = "kerberos")]
    #[arg(long)]
    pub(crate) kerberos: bool,

    /// What SASL protects connections without TLS by. Clients that ask for more are refused.
    #[arg(long, value_enum, value_name = "LAYER", default_value_t = Protect::Encryption)]
    pub(crate) sasl_layer: Protect,

    /// Name of the machine, for the window's title.
    #[arg(long, default_value = "spice-proto")]
    pub(crate) name: String,
}

impl Args {
    /// Whom SASL lets in; None where tickets do.
    pub(crate) fn guests(&self) -> Option<Guests> {
        #[cfg(feature = "kerberos")]
        let kerberos = self.kerberos;
        #[cfg(not(feature = "kerberos"))]
        let kerberos = false;
        let password = self.password.as_deref().unwrap_or_default();
        let user = self.username.clone().map(|name| (name, Secret::from(password)));
        let wanted = kerberos || user.is_some();
        wanted.then_some(Guests { user, kerberos, layer: self.sasl_layer })
    }
}

/// The argument of `--compression`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Compression {
    /// QUIC for photographs and gradients, LZ for the rest.
    Auto,
    /// QUIC.
    Quic,
    /// LZ.
    Lz,
    /// Pixels as they are.
    Off,
}

impl From<Compression> for ImageCompression {
    fn from(compression: Compression) -> Self {
        match compression {
            Compression::Auto => Self::AUTO_LZ,
            Compression::Quic => Self::QUIC,
            Compression::Lz => Self::LZ,
            Compression::Off => Self::OFF,
        }
    }
}
