//! The command line.

use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Parser, ValueEnum};
use spice_proto::display::ImageCompression;
use spice_proto::image::Format;
use spice_proto::link::Secret;

use super::sasl_host::{Guests, Protect};

/// Shows pictures to any number of SPICE clients, and prints what they type and where they point.
///
/// Connect with `remote-viewer spice://localhost:5900`, with spice-html5 (the same port speaks WebSocket), or with any other
/// client. What one client copies, the others can paste. The test card takes the size of a client's window, where the client asks
/// for that.
///
/// Ends with status 1 when a file cannot be read or a port is in use, and with 2 when these arguments make no sense.
#[derive(Debug, Parser)]
#[command(name = "spice-serve", version, max_term_width = 100)]
pub(crate) struct Args {
    /// What to show; without it a test card.
    ///
    /// A PNG or JPEG file, a folder of them, a file with many of them one after the other (MJPEG): these are shown one by one,
    /// again and again. With --size a file of raw pixels that another program writes, such as shared memory in /dev/shm.
    pub(crate) picture: Option<PathBuf>,

    /// Pictures a second, of folders and films.
    #[arg(long, value_name = "NUMBER", default_value_t = 25.0, value_parser = parse_rate)]
    pub(crate) rate: f32,

    /// The file has raw pixels, so many in a row and so many rows.
    #[arg(long, value_name = "WIDTHxHEIGHT", requires = "picture")]
    pub(crate) size: Option<Size>,

    /// What the bytes of a raw pixel are, in the order in which they lie.
    #[arg(long, value_enum, requires = "size", default_value_t = Pixels::Bgrx)]
    pub(crate) format: Pixels,

    /// Bytes from one row of raw pixels to the next; without it there are no gaps.
    #[arg(long, value_name = "BYTES", requires = "size")]
    pub(crate) stride: Option<u32>,

    /// Lets a ball bounce over a single picture.
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

    /// Seconds after which a client is dropped that does not read.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) patience: u64,

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

fn parse_rate(text: &str) -> Result<f32, String> {
    let rate = text.parse().ok().filter(|rate| (0.01..=1000.0).contains(rate));
    rate.ok_or_else(|| "a number from 0.01 to 1000".into())
}

/// The argument of `--size`: pixels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl FromStr for Size {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let side = |text: &str| text.parse().ok().filter(|side| (1..=16_384).contains(side));
        let sides = text.split_once('x').and_then(|(width, height)| Some((side(width)?, side(height)?)));
        let (width, height) = sides.ok_or("such as 1024x768, each at most 16384")?;
        Ok(Self { width, height })
    }
}

/// The argument of `--format`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Pixels {
    /// Blue, green, red, and one without meaning.
    Bgrx,
    /// Blue, green, red.
    Bgr,
    /// Two bytes, little-endian: 5 bits of red, 6 of green, 5 of blue.
    Rgb565,
    /// Two bytes, little-endian: 5 bits of red, 5 of green, 5 of blue.
    Rgb555,
}

impl From<Pixels> for Format {
    fn from(pixels: Pixels) -> Self {
        match pixels {
            Pixels::Bgrx => Self::Xrgb8888,
            Pixels::Bgr => Self::Rgb888,
            Pixels::Rgb565 => Self::Rgb565,
            Pixels::Rgb555 => Self::Xrgb1555,
        }
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
