//! What the caller does as the guest: clipboards and files.

use super::core::Visit;
use super::error::VisitError;
use crate::agent::{AgentEnd, ClipboardSelection, ClipboardType, FileRefusal, Message};

impl Visit {
    /// The agent that the visit plays: what the client has announced, and what waits for it.
    #[must_use]
    pub fn agent(&self) -> &AgentEnd {
        &self.guest.agent
    }

    /// Says that something new was copied in the guest, in these types. What the client wants of it comes as
    /// [`Event::ClipboardWanted`](super::Event::ClipboardWanted).
    ///
    /// # Errors
    /// As [`ClipboardState::grab`](crate::agent::ClipboardState::grab): not before
    /// [`Event::AgentReady`](super::Event::AgentReady).
    pub fn grab(&mut self, selection: ClipboardSelection, types: &[ClipboardType]) -> Result<(), VisitError> {
        Ok(self.guest.clipboard.grab(&mut self.guest.agent, selection, types)?)
    }

    /// Asks for what the client offers; it comes as [`Event::ClipboardData`](super::Event::ClipboardData).
    ///
    /// # Errors
    /// As [`ClipboardState::request`](crate::agent::ClipboardState::request).
    pub fn request(&mut self, selection: ClipboardSelection, type_: ClipboardType) -> Result<(), VisitError> {
        Ok(self.guest.clipboard.request(&mut self.guest.agent, selection, type_)?)
    }

    /// Gives what the client wants; type NONE and no bytes when that cannot be had.
    ///
    /// # Errors
    /// As [`ClipboardState::provide`](crate::agent::ClipboardState::provide).
    pub fn provide(
        &mut self,
        selection: ClipboardSelection,
        type_: ClipboardType,
        data: &[u8],
    ) -> Result<(), VisitError> {
        Ok(self.guest.clipboard.provide(&mut self.guest.agent, selection, type_, data)?)
    }

    /// Says that what was grabbed is gone.
    ///
    /// # Errors
    /// As [`ClipboardState::release`](crate::agent::ClipboardState::release).
    pub fn release(&mut self, selection: ClipboardSelection) -> Result<(), VisitError> {
        Ok(self.guest.clipboard.release(&mut self.guest.agent, selection)?)
    }

    /// Asks for the data of a file that was offered.
    ///
    /// # Errors
    /// As [`FileReceiver::accept`](crate::agent::FileReceiver::accept).
    pub fn accept_file(&mut self, id: u32) -> Result<(), VisitError> {
        Ok(self.guest.files.accept(&mut self.guest.agent, id)?)
    }

    /// Ends a transfer, at any time.
    ///
    /// # Errors
    /// As [`FileReceiver::refuse`](crate::agent::FileReceiver::refuse).
    pub fn refuse_file(&mut self, id: u32, refusal: FileRefusal) -> Result<(), VisitError> {
        Ok(self.guest.files.refuse(&mut self.guest.agent, id, refusal)?)
    }

    /// Says that the whole file is stored.
    ///
    /// # Errors
    /// As [`FileReceiver::finish`](crate::agent::FileReceiver::finish).
    pub fn finish_file(&mut self, id: u32) -> Result<(), VisitError> {
        Ok(self.guest.files.finish(&mut self.guest.agent, id)?)
    }

    /// Sends any other message of the agent.
    ///
    /// # Errors
    /// As [`AgentEnd::send`].
    pub fn send_as_agent(&mut self, message: &Message<'_>) -> Result<(), VisitError> {
        Ok(self.guest.agent.send(message)?)
    }
}
