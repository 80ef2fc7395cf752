//! Real peers, started by the test that needs them and gone with it.
//!
//! * [`trial`] makes a test of a name, the peers that it needs and a function. Without one of the peers it is reported
//!   as ignored, by name, and a line says what is missing. Each test has [`LIMIT`].
//! * [`Script`] runs a script of `tests/interop`, which waits until its peer listens and stops it when its standard
//!   input closes: at the end of the test, when it panics, and when this program is killed.
//! * [`Testserver`] is the server of `tests/interop/testserver.c`, with its commands and its events.
//! * [`Page`] is the viewer of `spice-proto/examples/browser` in a browser.
//! * [`free_port`] and [`Folder`] are for one test alone.
//! * [`program`] and [`script`] are commands of the world that peers live in: this system, or a change root with the
//!   newest ones.

mod folder;
#[cfg(feature = "kerberos")]
mod kdc;
mod page;
mod port;
mod qmp;
mod script;
mod testserver;
mod world;

use std::any::Any;
use std::panic::{self, UnwindSafe};
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};

pub use self::folder::Folder;
#[cfg(feature = "kerberos")]
pub use self::kdc::Kdc;
pub use self::page::{NODE, PAGE, Page};
pub use self::port::{free_display, free_port};
pub use self::qmp::Qmp;
pub use self::script::{Script, once};
pub use self::testserver::Testserver;
pub use self::world::{kept, program, script};

/// How long a test may take.
pub const LIMIT: Duration = Duration::from_secs(60);

/// The arguments of the program. Unless they say otherwise, more tests run at once than there are processors: each mostly
/// waits for its peer.
pub fn arguments() -> Arguments {
    let mut arguments = Arguments::from_args();
    let processors = thread::available_parallelism().map_or(1, usize::from);
    arguments.test_threads.get_or_insert(processors * 3);
    arguments
}

/// Whether peers run in a change root with the newest ones.
pub fn in_change_root() -> bool {
    world::root().is_some()
}

/// Programs that a test needs.
#[derive(Debug)]
pub struct Peer {
    /// What reports call it.
    pub name: &'static str,
    /// The Debian package it comes from.
    pub package: &'static str,
    /// A command that works if it is there.
    pub probe: &'static [&'static str],
}

/// The peers, and the programs that make certificates and accounts for them.
pub mod peers {
    use super::Peer;

    pub static QEMU: Peer =
        Peer { name: "QEMU", package: "qemu-system-x86", probe: &["qemu-system-x86_64", "-version"] };
    pub static XSPICE: Peer = Peer {
        name: "Xspice",
        package: "xserver-xspice",
        probe: &["test", "-e", "/usr/lib/xorg/modules/drivers/spiceqxl_drv.so"],
    };
    pub static SPICE_SERVER: Peer = Peer {
        name: "libspice-server",
        package: "libspice-server-dev gcc pkg-config",
        probe: &["pkg-config", "--exists", "spice-server"],
    };
    pub static X_PROGRAMS: Peer =
        Peer { name: "X programs", package: "x11-apps", probe: &["sh", "-c", "command -v xwd xclock ico"] };
    pub static PYTHON: Peer = Peer { name: "Python", package: "python3", probe: &["python3", "--version"] };
    pub static OPENSSL: Peer = Peer { name: "openssl", package: "openssl", probe: &["openssl", "version"] };
    pub static SASL: Peer = Peer {
        name: "saslpasswd2",
        package: "sasl2-bin libsasl2-modules",
        probe: &["test", "-x", "/usr/sbin/saslpasswd2"],
    };
    #[cfg(feature = "kerberos")]
    pub static KERBEROS: Peer = Peer {
        name: "a Kerberos KDC and libsasl2's GSSAPI",
        package: "krb5-kdc krb5-admin-server krb5-user libsasl2-modules-gssapi-mit",
        probe: &[
            "sh",
            "-c",
            "test -x /usr/sbin/krb5kdc && test -x /usr/sbin/kadmin.local && command -v kinit && ls /usr/lib/*/sasl2/libgssapiv2.so",
        ],
    };
    pub static SPICY: Peer = Peer {
        name: "spicy-screenshot",
        package: "spice-client-gtk",
        probe: &["spicy-screenshot", "--help"],
    };
    pub static SPICE_GTK: Peer = Peer {
        name: "spice-gtk by GObject introspection",
        package: "gir1.2-spiceclientglib-2.0 python3-gi",
        probe: &[
            "/usr/bin/python3",
            "-c",
            "import gi; gi.require_version('SpiceClientGLib', '2.0'); from gi.repository import SpiceClientGLib",
        ],
    };
}

impl Peer {
    /// Whether it is installed.
    pub fn is_there(&self) -> bool {
        let [name, arguments @ ..] = self.probe else { return false };
        let mut probe = program(name);
        probe.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        probe.status().is_ok_and(|status| status.success())
    }
}

/// A test that needs peers.
pub fn trial(
    name: impl Into<String>,
    peers: &[&Peer],
    test: impl FnOnce() + Send + UnwindSafe + 'static,
) -> Trial {
    let name = name.into();
    let missing: Vec<&&Peer> = peers.iter().filter(|peer| !peer.is_there()).collect();
    if missing.is_empty() {
        return Trial::test(name, move || within(LIMIT, test));
    }
    for peer in missing {
        eprintln!("skipped: {name}: {} is missing (Debian package {})", peer.name, peer.package);
    }
    Trial::test(name, || Err("a peer is missing".into())).with_ignored_flag(true)
}

/// Runs the test in a thread of its own and stops waiting for it when its time is over.
fn within(limit: Duration, test: impl FnOnce() + Send + UnwindSafe + 'static) -> Result<(), Failed> {
    let (done, outcome) = mpsc::channel();
    thread::spawn(move || {
        // Nobody listens any more when the time is over.
        let _ = done.send(panic::catch_unwind(test));
    });
    match outcome.recv_timeout(limit) {
        Ok(Ok(())) => Ok(()),
        Ok(Err(panic)) => Err(text(&*panic).into()),
        Err(_) => Err(format!("not done after {limit:?}").into()),
    }
}

fn text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}
