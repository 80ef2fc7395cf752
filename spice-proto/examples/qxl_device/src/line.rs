//! The interrupt line, two ways.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::thread;

/// Who hears of interrupts.
pub enum Line {
    /// The VMM: what vfio-user has for INTx.
    Vfio {
        /// Where to tell it.
        event: Option<File>,
        /// The VMM was told, and has not asked to be told again.
        masked: bool,
    },
    /// QEMU's interrupt controller, by QEMU's test protocol.
    ///
    /// QEMU takes away the BARs that it has mapped when INTx is raised, to see from the guest's next access that the
    /// interrupt was handled. `vfio-user-pci` of QEMU 11.1 never brings them back: from then on each access of the guest
    /// is a message to this process, 47 us each as measured, 37 s for two screens of 1024 x 768. With this they stay.
    Qtest {
        /// The connection, once there was something to say: QEMU starts after this process.
        socket: Option<UnixStream>,
        /// The test socket.
        path: PathBuf,
        /// The interrupt controller in QEMU's object tree.
        controller: String,
        /// What it was told last.
        level: bool,
    },
}

impl Line {
    /// A line that the VMM hears of, once it has asked to.
    pub fn vfio() -> Self {
        Self::Vfio { event: None, masked: false }
    }

    /// A line that QEMU hears of at its test socket.
    pub fn qtest(path: PathBuf, controller: String) -> Self {
        Self::Qtest { socket: None, path, controller, level: false }
    }

    /// The VMM wants to be told, or not any more.
    pub fn connect(&mut self, new: Option<File>) {
        if let Self::Vfio { event, masked } = self {
            (*event, *masked) = (new, false);
        }
    }

    /// The VMM wants no news for now, or wants them again.
    pub fn mask(&mut self, on: bool) {
        if let Self::Vfio { masked, .. } = self {
            *masked = on;
        }
    }

    /// What the level is now. `number` is the interrupt line of the configuration space.
    pub fn set(&mut self, on: bool, number: u8) -> io::Result<()> {
        match self {
            Self::Vfio { event: Some(event), masked } if on && !*masked => {
                *masked = true;
                event.write_all(&1_u64.to_ne_bytes())
            }
            Self::Qtest { socket, path, controller, level } if *level != on => {
                *level = on;
                let socket = match socket {
                    Some(socket) => socket,
                    None => socket.insert(connect(path)?),
                };
                writeln!(socket, "set_irq_in {controller} unnamed-gpio-in {number} {}", u8::from(on))
            }
            _ => Ok(()),
        }
    }
}

/// Connects to a test socket. An answer comes when QEMU has time, and it has none while it waits for this process: so
/// answers are read, but not waited for.
fn connect(path: &Path) -> io::Result<UnixStream> {
    let socket = UnixStream::connect(path)?;
    let mut answers = socket.try_clone()?;
    thread::spawn(move || io::copy(&mut answers, &mut io::sink()));
    Ok(socket)
}
