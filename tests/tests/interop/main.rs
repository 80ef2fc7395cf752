//! Live: the tools, and the machines in them, against real servers and real clients.
//!
//! Each test starts its peers itself (see [`live`]). Peers that are not installed are named, and their tests reported as
//! ignored. The packages are in `tests/interop/README.md`; `.ci/run` installs them.

mod agent_tokens;
mod c_codecs;
#[path = "../shared/closed.rs"]
mod closed;
mod codec_cases;
mod compare;
mod connecting;
mod dial;
mod digest_md5;
mod drivers;
mod fake;
mod guest;
#[cfg(feature = "kerberos")]
mod kerberos;
#[allow(unreachable_pub, reason = "shared by the live tests")]
mod live;
#[path = "../shared/machine.rs"]
mod machine;
mod migration;
mod page;
mod page_codecs;
#[path = "../drive/people.rs"]
#[allow(dead_code, reason = "shared with the tests of the drivers")]
mod people;
mod program;
#[path = "../../../spice-proto/tools/proxy/main.rs"]
#[allow(dead_code, unreachable_pub, unused_imports, reason = "a program of its own")]
mod proxy;
mod proxy_between;
mod qemu;
mod qxl_commands;
mod relay;
#[path = "../../../spice-proto/tools/screenshot/main.rs"]
#[allow(dead_code, unreachable_pub, unused_imports, reason = "a program of its own")]
mod screenshot;
mod server_agent;
mod server_drawing;
mod server_inputs;
mod server_scanouts;
mod sessions;
mod side_channels;
#[path = "../shared/unix_socket.rs"]
mod socket;
mod unread;
mod xspice;

use std::process::ExitCode;

fn main() -> ExitCode {
    // Some tests run the client in a process of its own: this program once more.
    #[cfg(feature = "kerberos")]
    if let Some(status) = kerberos::as_program() {
        return status;
    }
    if let Some(status) = program::as_program() {
        return status;
    }
    let modules = [
        agent_tokens::trials(),
        connecting::trials(),
        digest_md5::trials(),
        drivers::trials(),
        guest::trials(),
        #[cfg(feature = "kerberos")]
        kerberos::trials(),
        migration::trials(),
        c_codecs::trials(),
        page::trials(),
        page_codecs::trials(),
        proxy_between::trials(),
        qemu::trials(),
        qxl_commands::trials(),
        server_agent::trials(),
        server_drawing::trials(),
        server_inputs::trials(),
        side_channels::trials(),
        server_scanouts::trials(),
        sessions::trials(),
        unread::trials(),
        xspice::trials(),
    ];
    let conclusion = libtest_mimic::run(&live::arguments(), modules.into_iter().flatten().collect());
    if conclusion.num_ignored > 0 {
        println!("skipped for want of a peer: {}", conclusion.num_ignored);
    }
    conclusion.exit_code()
}
