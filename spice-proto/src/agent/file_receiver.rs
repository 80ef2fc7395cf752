//! Files to the guest.

use alloc::collections::BTreeMap;

use super::{
    AgentCapability, AgentEnd, AgentSendError, FileOffer, FileXferErrorDetail, FileXferResult,
    FileXferSpaceDetail, FileXferStatus, Message,
};
use crate::wire::Encode;

/// The guest's side of file transfers ([`docs/spec/agent.md` section 3](crate::spec::agent#3-flows)).
///
/// When the client goes, every transfer has failed: another client wants a new `FileReceiver`.
#[derive(Clone, Debug, Default)]
pub struct FileReceiver {
    /// Bytes that are still to come. INVARIANT: at most [`MOST_TRANSFERS`].
    transfers: BTreeMap<u32, u64>,
}

/// What a message of the client means for a transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileReceiverEvent<'a> {
    /// The client has a file: [`FileReceiver::accept`] or [`FileReceiver::refuse`] it.
    Offered(u32, FileOffer),
    /// The next bytes of a file.
    Data(u32, &'a [u8]),
    /// The last bytes of a file. When they are stored, [`FileReceiver::finish`] it.
    Last(u32, &'a [u8]),
    /// The client has given the transfer up.
    Cancelled(u32),
    /// The transfer has ended: more bytes than were offered, an offer that cannot be read, or too many transfers. The
    /// client was told.
    Refused(u32),
    /// A message for a transfer that is not running.
    Ignored(u32),
}

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileRefusal {
    /// The user does not want it.
    Cancelled,
    /// It failed.
    Error(Option<FileXferErrorDetail>),
    /// There is no room; so many bytes are free.
    NotEnoughSpace(u64),
    /// Nobody may store files while the session is locked.
    SessionLocked,
    /// There is nobody to store it.
    NotConnected,
    /// File transfer is switched off.
    Disabled,
}

/// Transfers at once.
const MOST_TRANSFERS: usize = 64;

impl FileReceiver {
    /// No transfers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a message of the client. `None` when it is not about file transfers.
    ///
    /// # Errors
    /// As [`AgentEnd::send`], for the answer to a transfer that is refused.
    pub fn handle<'a>(
        &mut self,
        agent: &mut AgentEnd,
        message: &Message<'a>,
    ) -> Result<Option<FileReceiverEvent<'a>>, AgentSendError> {
        Ok(Some(match message {
            Message::FileXferStart(start) => {
                let known = self.transfers.contains_key(&start.id);
                let room = self.transfers.len() < MOST_TRANSFERS && !known;
                match FileOffer::parse(start.data.as_bytes()).filter(|_| room) {
                    Some(offer) => {
                        self.transfers.insert(start.id, offer.size());
                        FileReceiverEvent::Offered(start.id, offer)
                    }
                    None => self.give_up(agent, start.id)?,
                }
            }
            Message::FileXferData(data) => match self.transfers.get_mut(&data.id) {
                None => FileReceiverEvent::Ignored(data.id),
                Some(left) => match left.checked_sub(data.data.len() as u64) {
                    None => self.give_up(agent, data.id)?,
                    Some(0) => {
                        *left = 0;
                        FileReceiverEvent::Last(data.id, data.data)
                    }
                    Some(rest) => {
                        *left = rest;
                        FileReceiverEvent::Data(data.id, data.data)
                    }
                },
            },
            Message::FileXferStatus(status) => match self.transfers.remove(&status.id) {
                Some(_) => FileReceiverEvent::Cancelled(status.id),
                None => FileReceiverEvent::Ignored(status.id),
            },
            _ => return Ok(None),
        }))
    }

    fn give_up<'a>(
        &mut self,
        agent: &mut AgentEnd,
        id: u32,
    ) -> Result<FileReceiverEvent<'a>, AgentSendError> {
        self.transfers.remove(&id);
        status(agent, id, FileXferResult::ERROR, &[])?;
        Ok(FileReceiverEvent::Refused(id))
    }

    /// Asks for the data of a file that was offered.
    ///
    /// # Errors
    /// As [`AgentEnd::send`]; [`AgentSendError::State`] when there is no such transfer.
    pub fn accept(&mut self, agent: &mut AgentEnd, id: u32) -> Result<(), AgentSendError> {
        self.transfers.get(&id).ok_or(AgentSendError::State)?;
        status(agent, id, FileXferResult::CAN_SEND_DATA, &[])
    }

    /// Says that the whole file is there.
    ///
    /// # Errors
    /// As [`AgentEnd::send`]; [`AgentSendError::State`] when bytes are missing or there is no such transfer.
    pub fn finish(&mut self, agent: &mut AgentEnd, id: u32) -> Result<(), AgentSendError> {
        if self.transfers.get(&id) != Some(&0) {
            return Err(AgentSendError::State);
        }
        self.transfers.remove(&id);
        status(agent, id, FileXferResult::SUCCESS, &[])
    }

    /// Ends a transfer, at any time. Clients without FILE_XFER_DETAILED_ERRORS get ERROR without a detail in place of
    /// results that they do not know.
    ///
    /// # Errors
    /// As [`AgentEnd::send`]; [`AgentSendError::State`] when there is no such transfer.
    pub fn refuse(
        &mut self,
        agent: &mut AgentEnd,
        id: u32,
        refusal: FileRefusal,
    ) -> Result<(), AgentSendError> {
        self.transfers.remove(&id).ok_or(AgentSendError::State)?;
        let detailed = agent.both().contains(AgentCapability::FILE_XFER_DETAILED_ERRORS);
        let (result, detail) = match refusal {
            FileRefusal::Cancelled => (FileXferResult::CANCELLED, None),
            FileRefusal::Error(detail) => {
                (FileXferResult::ERROR, detail.map(|detail| detail.encode_to_vec()))
            }
            FileRefusal::NotEnoughSpace(disk_free_space) => {
                let detail = FileXferSpaceDetail { disk_free_space };
                (FileXferResult::NOT_ENOUGH_SPACE, Some(detail.encode_to_vec()))
            }
            FileRefusal::SessionLocked => (FileXferResult::SESSION_LOCKED, None),
            FileRefusal::NotConnected => (FileXferResult::VDAGENT_NOT_CONNECTED, None),
            FileRefusal::Disabled => (FileXferResult::DISABLED, None),
        };
        let detail = detail.transpose().map_err(AgentSendError::Encode)?.unwrap_or_default();
        match detailed || matches!(refusal, FileRefusal::Cancelled) {
            true => status(agent, id, result, &detail),
            false => status(agent, id, FileXferResult::ERROR, &[]),
        }
    }
}

fn status(
    agent: &mut AgentEnd,
    id: u32,
    result: FileXferResult,
    detail: &[u8],
) -> Result<(), AgentSendError> {
    agent.send(&Message::FileXferStatus(FileXferStatus { id, result, detail }))
}
