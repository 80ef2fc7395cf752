//! The command line.

use std::env;
use std::path::PathBuf;

use crate::qemu::Address;

/// What `--help` says.
const HELP: &str = "\
Serves the display of a QEMU that runs with -display dbus to SPICE clients.

Usage: qemu-dbus-example [OPTIONS]

  --listen ADDRESS     where clients connect to [127.0.0.1:5900]
  --tls ADDRESS        the same with TLS; needs --certificate and --key
  --certificate FILE   the server's certificate and those up to its authority, PEM
  --key FILE           the key of the certificate, PEM
  --bus ADDRESS        the bus that QEMU is on; without it the session's
  --qmp PATH           QEMU's QMP socket, for -display dbus,p2p=yes: no bus is needed
  --console NUMBER     which of QEMU's consoles is shown [0]

The environment variable SPICE_PASSWORD is what clients have to know; without it everybody may come in.
Ends with status 1 when QEMU or a port cannot be had, and with 2 when these arguments make no sense.";

/// The arguments.
pub struct Args {
    pub listen: String,
    pub tls: Option<(String, PathBuf, PathBuf)>,
    pub qemu: Address,
    pub console: u32,
    pub password: Option<String>,
}

impl Args {
    /// Those of this program.
    ///
    /// # Errors
    /// What is to be printed, and the status to end with.
    pub fn parse() -> Result<Self, (String, u8)> {
        let wrong = |what: String| (format!("{what}; --help lists what there is"), 2);
        let (mut listen, mut tls, mut certificate, mut key) = ("127.0.0.1:5900".to_owned(), None, None, None);
        let (mut qemu, mut console) = (Address::Session, 0);
        let mut words = env::args().skip(1);
        while let Some(word) = words.next() {
            if matches!(&*word, "-h" | "--help") {
                return Err((HELP.into(), 0));
            }
            let value = words.next().ok_or_else(|| wrong(format!("{word}: no value")))?;
            match &*word {
                "--listen" => listen = value,
                "--tls" => tls = Some(value),
                "--certificate" => certificate = Some(value.into()),
                "--key" => key = Some(value.into()),
                "--bus" => qemu = Address::Bus(value),
                "--qmp" => qemu = Address::Qmp(value),
                "--console" => console = value.parse().map_err(|_| wrong(format!("{value}: no number")))?,
                _ => return Err(wrong(format!("{word}: unknown"))),
            }
        }
        let tls = match (tls, certificate, key) {
            (None, None, None) => None,
            (Some(address), Some(certificate), Some(key)) => Some((address, certificate, key)),
            _ => return Err(wrong("--tls, --certificate and --key belong together".into())),
        };
        let password = env::var("SPICE_PASSWORD").ok();
        Ok(Self { listen, tls, qemu, console, password })
    }
}
