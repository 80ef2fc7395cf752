//! Text that the guest and the clients copy. QEMU has an agent for it: `-chardev qemu-vdagent,clipboard=on`.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use spice_proto::agent::{ClipboardSelection, ClipboardType};
use spice_proto::server::Visit;
use tokio::sync::{mpsc, oneshot};
use zbus::fdo;

use crate::qemu::ClipboardProxy;
use crate::shared::{Shared, lock};

/// What QEMU has to be asked or told for a client.
pub enum Task {
    /// The client has copied text.
    Copied(Arc<Mutex<Visit>>, ClipboardSelection),
    /// It has no text any more.
    Released(ClipboardSelection),
    /// It wants what the guest has.
    Wanted(Arc<Mutex<Visit>>, ClipboardSelection),
}

/// The one type of content.
const TEXT: &str = "text/plain;charset=utf-8";

/// How long a client may take for its answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Our end of the clipboard, for QEMU's calls.
pub struct Clipboard(pub Arc<Shared>);

#[zbus::interface(name = "org.qemu.Display1.Clipboard")]
impl Clipboard {
    fn register(&self) {
        self.0.state().serial = 0;
    }

    fn unregister(&self) {}

    fn grab(&self, selection: u32, serial: u32, mimes: Vec<String>) {
        let text = mimes.iter().any(|mime| mime.starts_with("text/plain"));
        self.0.change(|state| {
            if serial >= state.serial
                && let Ok(selection) = u8::try_from(selection)
            {
                state.serial = serial;
                state.owners.remove(&selection);
                let (times, _) = state.copied.get(&selection).copied().unwrap_or_default();
                state.copied.insert(selection, (times + 1, text));
            }
        });
    }

    fn release(&self, selection: u32) {
        self.0.change(|state| {
            let Ok(selection) = u8::try_from(selection) else { return };
            if let Some((times, has)) = state.copied.get_mut(&selection) {
                (*times, *has) = (*times + 1, false);
            }
        });
    }

    /// The guest wants what a client has copied.
    async fn request(&self, selection: u32, mimes: Vec<String>) -> fdo::Result<(String, Vec<u8>)> {
        let nothing = || fdo::Error::Failed("nothing was copied".into());
        let selection = u8::try_from(selection).map_err(|_| nothing())?;
        if !mimes.iter().any(|mime| mime.starts_with("text/plain")) {
            return Err(nothing());
        }
        let owner = self.0.state().owners.get(&selection).cloned().ok_or_else(nothing)?;
        let (answer, answered) = oneshot::channel();
        self.0.state().answers.insert(selection, answer);
        let asked = lock(&owner).request(ClipboardSelection(selection), ClipboardType::UTF8_TEXT);
        asked.map_err(|error| fdo::Error::Failed(error.to_string()))?;
        self.0.changed.notify_waiters();
        let text = tokio::time::timeout(PATIENCE, answered).await;
        Ok((TEXT.into(), text.ok().and_then(Result::ok).ok_or_else(nothing)?))
    }
}

/// Tells and asks QEMU.
pub async fn run(mut tasks: mpsc::Receiver<Task>, shared: Arc<Shared>, qemu: ClipboardProxy<'static>) {
    while let Some(task) = tasks.recv().await {
        let done = match task {
            Task::Copied(visit, selection) => {
                let serial = {
                    let mut state = shared.state();
                    state.owners.insert(selection.0, visit);
                    state.serial += 1;
                    state.serial
                };
                qemu.grab(selection.0.into(), serial, &[TEXT]).await
            }
            Task::Released(selection) => {
                shared.state().owners.remove(&selection.0);
                qemu.release(selection.0.into()).await
            }
            Task::Wanted(visit, selection) => {
                let text = qemu.request(selection.0.into(), &[TEXT]).await;
                let (type_, data) = match &text {
                    Ok((_, data)) => (ClipboardType::UTF8_TEXT, data.as_slice()),
                    Err(_) => (ClipboardType::NONE, &[][..]),
                };
                // A client that has gone needs no answer.
                let _ = lock(&visit).provide(selection, type_, data);
                shared.changed.notify_waiters();
                text.map(drop)
            }
        };
        if let Err(error) = done {
            eprintln!("clipboard: {error}");
        }
    }
}
