//! Live: the tool `spice-serve` before real clients.
//!
//! Each test starts the server and its client itself (see [`live`]). Clients that are not installed are named, and their
//! tests reported as ignored. The packages are in `tests/interop/README.md`; `.ci/run` installs them.

mod card;
mod clients;
#[path = "../../shared/closed.rs"]
mod closed;
#[cfg(feature = "kerberos")]
mod kerberos;
#[path = "../live/mod.rs"]
#[allow(dead_code, unreachable_pub, unused_imports, reason = "shared by the live tests")]
mod live;
mod minimal;
mod opening;
mod ours;
mod page;
mod recorded;
mod sasl;
#[path = "../../../../spice-proto/tools/serve/main.rs"]
#[allow(dead_code, unreachable_pub, reason = "a program of its own")]
mod serve;
mod sources;
mod square;
mod unread;

use std::process::ExitCode;

fn main() -> ExitCode {
    // The server runs in a process of its own, so that it can be stopped: this program once more.
    if let Some(status) = ours::as_program() {
        return status;
    }
    let conclusion = libtest_mimic::run(&live::arguments(), trials());
    if conclusion.num_ignored > 0 {
        println!("skipped for want of a peer: {}", conclusion.num_ignored);
    }
    conclusion.exit_code()
}

fn trials() -> Vec<libtest_mimic::Trial> {
    let modules = [
        clients::trials(),
        minimal::trials(),
        page::trials(),
        square::trials(),
        opening::trials(),
        recorded::trials(),
        sasl::trials(),
        sources::trials(),
        unread::trials(),
        #[cfg(feature = "kerberos")]
        kerberos::trials(),
    ];
    modules.into_iter().flatten().collect()
}
