//! One channel of a client: what it is shown, and what it does.

use std::sync::{Arc, Mutex};

use spice_proto::ChannelType;
use spice_proto::agent::{ClipboardSelection, ClipboardType, FileRefusal};
use spice_proto::common::MouseMode;
use spice_proto::inputs::KeyboardModifierFlags;
use spice_proto::main::ChannelId;
use spice_proto::server::visit::VisitError;
use spice_proto::server::{Event, Visit};
use spice_proto::session::MouseModes;

use crate::clipboard::Task;
use crate::input::{Held, Input, send};
use crate::shared::Shared;

/// One channel of a client.
pub struct Guest {
    shared: Arc<Shared>,
    visit: Arc<Mutex<Visit>>,
    held: Held,
    /// The clipboards can be shared.
    ready: bool,
    /// Which copies of the guest the client was told of.
    told: [u64; 3],
    locks: KeyboardModifierFlags,
}

/// With a tablet the client knows where the pointer is; with a mouse it tells how far it moved.
pub fn mouse_modes(is_absolute: bool) -> MouseModes {
    match is_absolute {
        true => MouseModes::new(MouseMode::SERVER | MouseMode::CLIENT, MouseMode::CLIENT),
        false => MouseModes::new(MouseMode::SERVER, MouseMode::SERVER),
    }
}

impl Guest {
    pub fn new(shared: Arc<Shared>, visit: Arc<Mutex<Visit>>) -> Self {
        let locks = KeyboardModifierFlags::empty();
        Self { shared, visit, held: Held::default(), ready: false, told: [0; 3], locks }
    }

    /// What has happened on the channel, or nothing.
    pub fn turn(&mut self, visit: &mut Visit, channel: ChannelId, event: Option<Event>) {
        let done = match event {
            Some(event) => self.hear(visit, channel, event),
            None if visit.has(channel) => self.tell(visit, channel),
            None => Ok(()),
        };
        if let Err(error) = done {
            eprintln!("{}: {error}", channel.channel_type().name().unwrap_or("channel"));
        }
    }

    /// Tells the client what is new.
    fn tell(&mut self, visit: &mut Visit, channel: ChannelId) -> Result<(), VisitError> {
        let shared = Arc::clone(&self.shared);
        match channel.channel_type() {
            ChannelType::DISPLAY => visit.show(channel, &mut shared.state().screen, shared.now()),
            ChannelType::CURSOR => visit.point(channel, &shared.state().pointer),
            ChannelType::INPUTS => {
                let there = shared.keyboard.cached_modifiers().ok().flatten().unwrap_or_default();
                let locks = KeyboardModifierFlags::from_bits_retain(there as u16);
                if self.locks != locks {
                    self.locks = locks;
                    return visit.set_modifiers(locks);
                }
                Ok(())
            }
            ChannelType::MAIN => {
                let modes = mouse_modes(shared.mouse.cached_is_absolute().ok().flatten().unwrap_or_default());
                if visit.mouse().supported() != modes.supported() {
                    visit.set_mouse(modes)?;
                }
                self.offer(visit)
            }
            _ => Ok(()),
        }
    }

    /// Offers what the guest has copied.
    fn offer(&mut self, visit: &mut Visit) -> Result<(), VisitError> {
        for selection in (0..3).filter(|_| self.ready) {
            let copied = self.shared.state().copied.get(&selection).copied();
            let told = &mut self.told[usize::from(selection)];
            let Some((times, has)) = copied.filter(|(times, _)| times != told) else { continue };
            *told = times;
            match has {
                true => visit.grab(ClipboardSelection(selection), &[ClipboardType::UTF8_TEXT])?,
                false => visit.release(ClipboardSelection(selection))?,
            }
        }
        Ok(())
    }

    /// Does what the client wants.
    fn hear(&mut self, visit: &mut Visit, channel: ChannelId, event: Event) -> Result<(), VisitError> {
        let Self { shared, held, .. } = self;
        let to = &shared.input;
        match event {
            Event::Joined(_) if channel.channel_type() == ChannelType::PLAYBACK => {
                let sound = shared.state().sound;
                if let (Some((channels, frequency)), Some(mut playback)) = (sound, visit.playback()) {
                    return playback.start(channels, frequency, Visit::mm_time(shared.now()));
                }
            }
            // What it held would be held for ever.
            Event::Left | Event::Failed(_) => held.release(to),

            // Bytes from the lowest to the first that is zero.
            Event::KeyDown(code) | Event::KeyUp(code) => {
                held.scan(code.to_le_bytes().into_iter().take_while(|byte| *byte != 0), to);
            }
            Event::Scancodes(bytes) => held.scan(bytes, to),
            Event::Modifiers(locks) => send(to, Input::Locks(locks)),
            Event::Motion { dx, dy, .. } => send(to, Input::Motion(dx, dy)),
            Event::Position { x, y, .. } => send(to, Input::Position(x, y)),
            Event::ButtonDown(button, _) => held.button(button.0, true, to),
            Event::ButtonUp(button, _) => held.button(button.0, false, to),
            Event::Wheel(step) => send(to, Input::Wheel(step)),
            Event::Monitors(monitors) => {
                if let Some(first) = monitors.first().filter(|first| first.width > 0 && first.height > 0) {
                    send(to, Input::Size(first.width, first.height));
                }
            }

            Event::AgentReady => self.ready = true,
            Event::ClipboardOffered(selection, types) if types.contains(&ClipboardType::UTF8_TEXT) => {
                self.clipboard(Task::Copied(Arc::clone(&self.visit), selection));
            }
            Event::ClipboardReleased(selection) => self.clipboard(Task::Released(selection)),
            Event::ClipboardWanted(selection, ClipboardType::UTF8_TEXT) => {
                self.clipboard(Task::Wanted(Arc::clone(&self.visit), selection));
            }
            Event::ClipboardWanted(selection, _) => {
                return visit.provide(selection, ClipboardType::NONE, &[]);
            }
            Event::ClipboardData(selection, type_, data) => {
                let answer = shared.state().answers.remove(&selection.0);
                if let Some(answer) = answer.filter(|_| type_ == ClipboardType::UTF8_TEXT) {
                    // Who asked may have given up.
                    let _ = answer.send(data.to_vec());
                }
            }
            Event::FileOffered(id, _) => return visit.refuse_file(id, FileRefusal::Disabled),
            _ => {}
        }
        Ok(())
    }

    /// A client that copies faster than the guest is told loses some.
    fn clipboard(&self, task: Task) {
        let _ = self.shared.clipboard.try_send(task);
    }
}
