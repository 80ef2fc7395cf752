//! Files from the client.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::{
    AgentCapability, AgentEnd, AgentSendError, FileOffer, FileXferData, FileXferDetail, FileXferResult,
    FileXferStart, FileXferStatus, Message,
};

/// The client's side of file transfers ([`docs/spec/agent.md` section 3](crate::spec::agent#3-flows)). Several may run at once.
///
/// When the agent goes, every transfer has failed: another agent, if one comes, wants a new `FileSender`.
///
/// ```text
/// start ──► Started(id) ──► send until all is sent ──► Finished(id)
///       └─► Failed(id, result, detail), at any time
/// ```
#[derive(Clone, Debug, Default)]
pub struct FileSender {
    transfers: BTreeMap<u32, Transfer>,
    next: u32,
}

#[derive(Clone, Copy, Debug)]
struct Transfer {
    left: u64,
    /// The guest takes data.
    ready: bool,
    /// A DATA message has gone out: a file of no bytes has one too.
    sent: bool,
}

/// What a message of the guest means for a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileSenderEvent {
    /// The guest takes the file's data: [`FileSender::send`].
    Started(u32),
    /// The guest has the whole file.
    Finished(u32),
    /// The transfer has ended without the file.
    Failed(u32, FileXferResult, FileXferDetail),
    /// A status for a transfer that is not running.
    Ignored(u32),
}

/// Most bytes of one DATA message.
const MOST_DATA: usize = 64 << 10;

impl FileSender {
    /// No transfers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Offers a file to the guest. Returns the number of the transfer.
    ///
    /// # Errors
    /// As [`AgentEnd::send`]; [`AgentSendError::NotSupported`] when the guest has switched file transfer off.
    pub fn start(&mut self, agent: &mut AgentEnd, offer: &FileOffer) -> Result<u32, AgentSendError> {
        if agent.can(AgentCapability::FILE_XFER_DISABLED) {
            return Err(AgentSendError::NotSupported(AgentCapability::FILE_XFER_DISABLED));
        }
        let mut id = self.next.wrapping_add(1);
        while self.transfers.contains_key(&id) {
            id = id.wrapping_add(1);
        }
        let text = offer.to_text();
        agent.send(&Message::FileXferStart(FileXferStart { id, data: text[..].into() }))?;
        self.next = id;
        self.transfers.insert(id, Transfer { left: offer.size(), ready: false, sent: false });
        Ok(id)
    }

    /// Takes a message of the guest. `None` when it is not about file transfers.
    pub fn handle(&mut self, message: &Message<'_>) -> Option<FileSenderEvent> {
        let Message::FileXferStatus(status) = message else { return None };
        let id = status.id;
        let Some(transfer) = self.transfers.get_mut(&id) else { return Some(FileSenderEvent::Ignored(id)) };
        Some(match status.result {
            FileXferResult::CAN_SEND_DATA if !transfer.ready => {
                transfer.ready = true;
                FileSenderEvent::Started(id)
            }
            FileXferResult::CAN_SEND_DATA => FileSenderEvent::Ignored(id),
            result => {
                let complete = transfer.left == 0 && transfer.sent;
                self.transfers.remove(&id);
                match result {
                    FileXferResult::SUCCESS if complete => FileSenderEvent::Finished(id),
                    result => FileSenderEvent::Failed(id, result, status.detail()),
                }
            }
        })
    }

    /// How many bytes of a transfer [`send`](Self::send) takes now: `None` when it takes nothing, because the guest has
    /// not said that it wants data, all was sent, the data before have not left the agent's queue, or the agent is gone.
    /// A file of no bytes takes one `send` of no bytes.
    #[must_use]
    pub fn wants(&self, agent: &AgentEnd, id: u32) -> Option<usize> {
        let transfer = self.transfers.get(&id)?;
        let room = agent.is_connected() && agent.queued() == 0;
        let wants = transfer.ready && room && (transfer.left > 0 || !transfer.sent);
        wants.then(|| usize::try_from(transfer.left).unwrap_or(MOST_DATA).min(MOST_DATA))
    }

    /// Sends the next bytes of a file.
    ///
    /// # Errors
    /// As [`AgentEnd::send`]; [`AgentSendError::State`] when they are not [wanted](Self::wants) or too many.
    pub fn send(&mut self, agent: &mut AgentEnd, id: u32, data: &[u8]) -> Result<(), AgentSendError> {
        let wanted = self.wants(agent, id).ok_or(AgentSendError::State)?;
        if data.len() > wanted || (data.is_empty() && wanted > 0) {
            return Err(AgentSendError::State);
        }
        agent.send(&Message::FileXferData(FileXferData { id, data }))?;
        if let Some(transfer) = self.transfers.get_mut(&id) {
            transfer.left = transfer.left.saturating_sub(data.len() as u64);
            transfer.sent = true;
        }
        Ok(())
    }

    /// Gives a transfer up.
    ///
    /// # Errors
    /// As [`AgentEnd::send`]; [`AgentSendError::State`] when there is no such transfer.
    pub fn cancel(&mut self, agent: &mut AgentEnd, id: u32) -> Result<(), AgentSendError> {
        self.transfers.remove(&id).ok_or(AgentSendError::State)?;
        let status = FileXferStatus { id, result: FileXferResult::CANCELLED, detail: &[] };
        agent.send(&Message::FileXferStatus(status))
    }

    /// The transfers that are running.
    #[must_use]
    pub fn running(&self) -> Vec<u32> {
        self.transfers.keys().copied().collect()
    }
}
