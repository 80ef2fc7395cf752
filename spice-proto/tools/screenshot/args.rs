//! The command line.

use std::env;
use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::PathBuf;

use clap::Parser;
use spice_proto::connect::{ConnectionFile, Proxy, Uri};
use spice_proto::link::Secret;

use super::common::credentials::Credentials;
use super::common::dial::Dialer;
use super::common::say;
use super::common::tls::Trust;

/// Takes a picture of a SPICE server's display.
///
/// SERVER is spice://HOST:PORT, spice://HOST?port=PORT&tls-port=PORT, spice+tls://HOST:PORT,
/// spice+unix:///PATH, or a connection file (.vv) as virt-manager, Proxmox and oVirt make them.
///
/// The picture is what a client's window shows: the first head of the display. Further heads go to PICTURE-head-N.png.
///
/// The picture is taken when nothing was drawn for a while. Text of --type is typed before, on
/// an American keyboard.
///
/// Only the main channel and the display are needed: what happens to others is said, and the
/// picture comes. A session that moves to another server meanwhile is followed. Of video it
/// decodes MJPEG, with its losses, when it is built with the feature jpeg.
#[derive(Debug, Parser)]
#[command(name = "spice-screenshot", version, verbatim_doc_comment, after_help = EXIT_CODES)]
pub(crate) struct Args {
    /// URI or connection file.
    #[arg(value_name = "SERVER")]
    server: String,

    /// The PNG file to write.
    #[arg(value_name = "PICTURE")]
    pub(crate) picture: PathBuf,

    /// Password, for the ticket or for SASL.
    #[arg(long, env = "SPICE_PASSWORD", hide_env_values = true)]
    password: Option<String>,

    /// User name; SASL is used where the server has it (DIGEST-MD5, with TLS also SCRAM and PLAIN). Kerberos, where it
    /// is built in, needs none: it takes the ticket of kinit.
    #[arg(long, value_name = "NAME")]
    username: Option<String>,

    /// Certificates of the authorities for TLS, in PEM.
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,

    /// Subject that the server's certificate must have, as "O=Example,CN=host"; in place of the host name.
    #[arg(long, value_name = "SUBJECT")]
    host_subject: Option<String>,

    /// HTTP proxy to go through, as http://HOST:PORT. Without it, and without one in the connection file, that of the
    /// environment variable SPICE_PROXY.
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,

    /// Connect by WebSocket.
    #[arg(long)]
    websocket: bool,

    /// Which display.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) display: u8,

    /// Type this text before the picture is taken; \n is the return key.
    #[arg(long = "type", value_name = "TEXT")]
    pub(crate) text: Option<String>,

    /// The picture is quiet when nothing was drawn for so many milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 250)]
    pub(crate) quiet: u64,

    /// Do not wait longer than this many seconds for a quiet picture: take it as it is. Without
    /// one that is exit code 1. A server that the session moves to has as long again.
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    pub(crate) wait: u64,
}

const EXIT_CODES: &str = "\
Exit codes: 0 the picture is written; 1 the server could not be reached, refused, or sent no
picture, or the file could not be written; 2 wrong arguments, or a file is missing or cannot be
read; 3 a part of the picture is a video in a codec that is not decoded here: what was drawn
besides is written, if there was any; 4 the session has moved to another server (a migration)
that could not be reached or refused.";

impl Args {
    /// Where to go, and as whom.
    pub(crate) fn target(&self) -> Result<(Dialer, Credentials), Box<dyn Error>> {
        let file = match self.server.contains("://") {
            true => None,
            false => {
                let bytes = fs::read(&self.server).map_err(|error| self.no_file(&error))?;
                let read = ConnectionFile::parse_lenient(&bytes);
                let (file, problems) = read.map_err(|error| format!("{}: {error}", self.server))?;
                for problem in problems {
                    say::err(format_args!("spice-screenshot: {}: {problem}; passed over", self.server));
                }
                Some(file)
            }
        };
        let uri = match &file {
            // The address is not shown: it may have a password in it.
            None => Uri::parse(&self.server).map_err(|error| format!("SERVER: {error}"))?,
            Some(file) => file.uri().map_err(|error| format!("{}: {error}", self.server))?,
        };
        let mut credentials = Credentials::default();
        if let Uri::Network(server) = &uri {
            credentials.username = server.username.clone();
            credentials.password = server.password.clone().unwrap_or_default();
        }
        if let Some(password) = file.as_ref().and_then(|file| file.password.clone()) {
            credentials.password = password;
        }
        if let Some(password) = &self.password {
            credentials.password = Secret::from(password.as_str());
        }
        credentials.username = self.username.clone().or(credentials.username);
        let proxy = match &self.proxy {
            Some(proxy) => Some(Proxy::parse(proxy).map_err(|error| format!("--proxy: {error}"))?),
            None => match file.as_ref().and_then(|file| file.proxy.clone()) {
                None => proxy_of_environment(env::var_os("SPICE_PROXY"))?,
                proxy => proxy,
            },
        };
        let subject = self.host_subject.as_deref();
        let subject = subject.or_else(|| file.as_ref().and_then(|file| file.host_subject.as_deref()));
        let ciphers = file.as_ref().and_then(|file| file.tls_ciphers.as_deref());
        let trust = match (&self.ca_file, file.as_ref().and_then(|file| file.ca.as_deref())) {
            (Some(path), _) => Some(Trust::from_file(path, subject, ciphers)?),
            (None, Some(pem)) => match Trust::new(pem.as_bytes(), subject, ciphers) {
                Ok(trust) => Some(trust),
                // As remote-viewer: who can do without TLS does.
                Err(error) if self.host_subject.is_none() && has_plain(&uri) => {
                    eprintln!("spice-screenshot: {}: {error}; there is no TLS then", self.server);
                    None
                }
                Err(error) => return Err(format!("{}: {error}", self.server).into()),
            },
            (None, None) => None,
        };
        let secure_channels = file.map(|file| file.secure_channels).unwrap_or_default();
        Ok((Dialer { uri, proxy, trust, secure_channels, websocket: self.websocket }, credentials))
    }

    /// There is no such file. It is not named where it may be an address without its scheme, with a password in it.
    fn no_file(&self, error: &io::Error) -> String {
        match self.server.contains(['@', '?', ';']) || self.server.starts_with("spice") {
            true => {
                format!("SERVER: {error}, and addresses start with spice://, spice+tls:// or spice+unix://")
            }
            false => format!("{}: {error}", self.server),
        }
    }
}

/// Whether the server can be reached without TLS.
fn has_plain(uri: &Uri) -> bool {
    !matches!(uri, Uri::Network(server) if server.port.is_none())
}

/// The proxy that all clients of SPICE find in their environment.
fn proxy_of_environment(value: Option<OsString>) -> Result<Option<Proxy>, Box<dyn Error>> {
    let Some(proxy) = value.filter(|proxy| !proxy.is_empty()) else { return Ok(None) };
    let proxy = proxy.to_str().ok_or("SPICE_PROXY: not UTF-8")?;
    Ok(Some(Proxy::parse(proxy).map_err(|error| format!("SPICE_PROXY: {error}"))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(arguments: &[&str]) -> String {
        let arguments = ["spice-screenshot"].iter().chain(arguments).chain(&["none.png"]);
        let args = Args::try_parse_from(arguments).expect("they can be parsed");
        args.target().map(|_| ()).expect_err("there is an error").to_string()
    }

    #[test]
    fn no_secret_is_in_an_error() {
        for server in [
            "user:geheim@127.0.0.1:5900",
            "spice:user:geheim@h",
            "h:5900?password=geheim",
            "h;password=geheim",
            "spcie://user:geheim@h:1",
            "spice://user:geheim@h:x",
            "spice://h:1?password=geheim&password=geheim",
        ] {
            let error = error(&[server]);
            assert!(error.starts_with("SERVER: ") && !error.contains("geheim"), "{server}: {error}");
        }
        for proxy in ["http://u:geheim@h:x", "socks://u:geheim@h", "u:geheim@", "http://u:geheim@h/path"] {
            let errors = [
                error(&["spice://h:1", "--proxy", proxy]),
                proxy_of_environment(Some(proxy.into())).expect_err("no proxy").to_string(),
            ];
            for (error, of) in errors.iter().zip(["--proxy: ", "SPICE_PROXY: "]) {
                assert!(error.starts_with(of) && !error.contains("geheim"), "{proxy}: {error}");
            }
        }
        assert!(error(&["missing.vv"]).starts_with("missing.vv: "));
    }

    #[test]
    fn the_environment_names_a_proxy() {
        assert!(proxy_of_environment(None).expect("none is fine").is_none());
        assert!(proxy_of_environment(Some("".into())).expect("as good as none").is_none());
        let proxy = proxy_of_environment(Some("http://h:8080".into())).expect("a proxy").expect("one");
        assert_eq!((&*proxy.host, proxy.port()), ("h", 8080));
    }
}
