//! Keys and pointer, to QEMU.

use std::collections::BTreeSet;

use spice_proto::inputs::KeyboardModifierFlags;
use tokio::sync::mpsc::{Receiver, Sender};

use crate::qemu::{ConsoleProxy, KeyboardProxy, MouseProxy};

/// What the machine is to be told.
pub enum Input {
    /// A key by QEMU's number, down or up.
    Key(u32, bool),
    /// A button by QEMU's number, down or up.
    Button(u32, bool),
    /// The wheel, one step: -1 is up.
    Wheel(i32),
    /// The pointer is here now.
    Position(u32, u32),
    /// The pointer moves so far.
    Motion(i32, i32),
    /// These lock keys are to be on.
    Locks(KeyboardModifierFlags),
    /// The guest's screen is to be so large.
    Size(u32, u32),
}

/// Tells QEMU, in order.
pub async fn run(
    mut inputs: Receiver<Input>,
    console: ConsoleProxy<'static>,
    keyboard: KeyboardProxy<'static>,
    mouse: MouseProxy<'static>,
) {
    while let Some(input) = inputs.recv().await {
        let told = match input {
            Input::Key(key, true) => keyboard.press(key).await,
            Input::Key(key, false) => keyboard.release(key).await,
            Input::Button(button, true) => mouse.press(button).await,
            Input::Button(button, false) => mouse.release(button).await,
            Input::Wheel(step) => {
                let button = if step < 0 { 3 } else { 4 };
                match mouse.press(button).await {
                    Ok(()) => mouse.release(button).await,
                    error => error,
                }
            }
            Input::Position(x, y) => mouse.set_abs_position(x, y).await,
            Input::Motion(dx, dy) => mouse.rel_motion(dx, dy).await,
            Input::Locks(wanted) => locks(&keyboard, wanted).await,
            Input::Size(width, height) => console.set_ui_info(0, 0, 0, 0, width, height).await,
        };
        // Such as a position when the guest has just given up its tablet.
        if let Err(error) = told {
            eprintln!("input: {error}");
        }
    }
}

/// Presses the lock keys that are not as the client has them.
async fn locks(keyboard: &KeyboardProxy<'_>, wanted: KeyboardModifierFlags) -> zbus::Result<()> {
    let there = KeyboardModifierFlags::from_bits_retain(keyboard.modifiers().await? as u16);
    for (flag, key) in [
        (KeyboardModifierFlags::SCROLL_LOCK, 0x46),
        (KeyboardModifierFlags::NUM_LOCK, 0x45),
        (KeyboardModifierFlags::CAPS_LOCK, 0x3a),
    ] {
        if (there ^ wanted).contains(flag) {
            keyboard.press(key).await?;
            keyboard.release(key).await?;
        }
    }
    Ok(())
}

/// One client's keys and buttons: scan codes of set 1 to QEMU's numbers, and what is held.
#[derive(Default)]
pub struct Held {
    /// The last bytes of a code that is not whole.
    prefix: Vec<u8>,
    keys: BTreeSet<u32>,
    buttons: BTreeSet<u32>,
}

impl Held {
    /// Takes bytes of scan codes. `e0` before a code is bit 7 of the number, and `e1` begins the key Pause.
    pub fn scan(&mut self, bytes: impl IntoIterator<Item = u8>, to: &Sender<Input>) {
        for byte in bytes {
            let number = match (self.prefix.as_slice(), byte) {
                ([], 0xe0 | 0xe1) | ([0xe1], _) => {
                    self.prefix.push(byte);
                    continue;
                }
                ([], _) => u32::from(byte & 0x7f),
                ([0xe0], _) => u32::from(byte) | 0x80,
                _ => PAUSE,
            };
            self.prefix.clear();
            self.key(number, byte & 0x80 == 0, to);
        }
    }

    fn key(&mut self, key: u32, down: bool, to: &Sender<Input>) {
        send(to, Input::Key(key, down));
        if down {
            self.keys.insert(key)
        } else {
            self.keys.remove(&key)
        };
    }

    /// Takes a button by SPICE's number, which is one more than QEMU's.
    pub fn button(&mut self, button: u8, down: bool, to: &Sender<Input>) {
        let button = u32::from(button.saturating_sub(1));
        send(to, Input::Button(button, down));
        if down {
            self.buttons.insert(button)
        } else {
            self.buttons.remove(&button)
        };
    }

    /// Lets everything go: the client has left.
    pub fn release(&mut self, to: &Sender<Input>) {
        std::mem::take(&mut self.keys).into_iter().for_each(|key| send(to, Input::Key(key, false)));
        std::mem::take(&mut self.buttons)
            .into_iter()
            .for_each(|button| send(to, Input::Button(button, false)));
    }
}

/// A guest that takes nothing for a thousand events misses some.
pub fn send(to: &Sender<Input>, input: Input) {
    let _ = to.try_send(input);
}

/// QEMU's number of the key Pause.
const PAUSE: u32 = 0xc6;
