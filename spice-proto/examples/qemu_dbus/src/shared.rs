//! What QEMU's listeners, and the tasks of all clients share.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use spice_proto::Limits;
use spice_proto::server::{Pointer, Screen, Visit};
use tokio::sync::{Notify, mpsc, oneshot};

use crate::input::Input;
use crate::{clipboard, qemu};

/// The machine, as its clients see it.
pub struct Shared {
    start: Instant,
    state: Mutex<State>,
    /// Something has changed, or a visit has something to send.
    pub changed: Notify,
    pub input: mpsc::Sender<Input>,
    pub clipboard: mpsc::Sender<clipboard::Task>,
    pub mouse: qemu::MouseProxy<'static>,
    pub keyboard: qemu::KeyboardProxy<'static>,
}

/// The screen and what belongs to it.
pub struct State {
    pub screen: Screen,
    pub pointer: Pointer,
    /// What the guest has copied, by selection: how often so far, and whether it still has it.
    pub copied: BTreeMap<u8, (u64, bool)>,
    /// The client whose clipboard the guest was told of, by selection, and where its answer goes.
    pub owners: BTreeMap<u8, Arc<Mutex<Visit>>>,
    pub answers: BTreeMap<u8, oneshot::Sender<Vec<u8>>>,
    /// The clipboard's counter.
    pub serial: u32,
    /// What the guest plays now: audio channels, samples a second.
    pub sound: Option<(u32, u32)>,
}

impl Shared {
    /// Nothing to be seen so far.
    pub fn new(
        mouse: qemu::MouseProxy<'static>,
        keyboard: qemu::KeyboardProxy<'static>,
        input: mpsc::Sender<Input>,
        clipboard: mpsc::Sender<clipboard::Task>,
    ) -> Self {
        let state = State {
            screen: Screen::new(&Limits::default()),
            pointer: Pointer::new(),
            copied: BTreeMap::new(),
            owners: BTreeMap::new(),
            answers: BTreeMap::new(),
            serial: 0,
            sound: None,
        };
        let (start, changed) = (Instant::now(), Notify::new());
        Self { start, state: Mutex::new(state), changed, input, clipboard, mouse, keyboard }
    }

    /// The time of all visits, microseconds.
    pub fn now(&self) -> u64 {
        self.start.elapsed().as_micros() as u64
    }

    /// Looks at the state. A visit may be locked before it, and none after.
    pub fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Changes it, and wakes all clients.
    pub fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.state());
        self.changed.notify_waiters();
        result
    }
}

/// Whoever panicked: the others go on.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
