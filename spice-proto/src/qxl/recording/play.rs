//! Recordings, executed.

use super::event::{Event, EventBody, WorkerMessage};
use super::memory::GROUP;
use crate::qxl::command::Error;
use crate::qxl::render::{Renderer, Step};
use crate::qxl::{QxlCmdType, RingName};

impl Event<'_> {
    /// Executes the event; `None` if nothing follows from it.
    ///
    /// Surfaces keep their numbers. Passed over is what a recording says too little about, and what is about guest
    /// memory: the end of a single surface by DESTROY_SURFACE_WAIT, monitors, slots, updates.
    ///
    /// # Errors
    /// What the guest did wrong.
    pub fn play<'r>(&self, renderer: &'r mut Renderer) -> Result<Option<Step<'r>>, Error> {
        let guest = self.guest();
        match *self.body() {
            EventBody::Command(command) => {
                let ring = match command.cmd.type_ {
                    QxlCmdType::NOP | QxlCmdType::UPDATE => return Ok(None),
                    QxlCmdType::CURSOR => RingName::Cursor,
                    _ => RingName::Command,
                };
                renderer.execute(guest, ring, &command).map(Some)
            }
            EventBody::Primary(_, create) => renderer.create_primary(guest, GROUP, &create).map(Some),
            EventBody::Message(message) => Ok(match message {
                WorkerMessage::DESTROY_PRIMARY | WorkerMessage::DESTROY_PRIMARY_ASYNC => {
                    let primary = renderer.canvas().primary();
                    primary.and_then(|primary| renderer.destroy_surface(primary))
                }
                WorkerMessage::DESTROY_SURFACES | WorkerMessage::DESTROY_SURFACES_ASYNC => {
                    Some(renderer.destroy_surfaces())
                }
                WorkerMessage::RESET_CURSOR => {
                    renderer.reset_cursor();
                    None
                }
                _ => None,
            }),
        }
    }
}
