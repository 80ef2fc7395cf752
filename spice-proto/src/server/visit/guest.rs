//! The agent that a visit plays.

use super::error::Failure;
use super::event::Event;
use crate::agent::{
    AgentEnd, AgentReplyCode, ClipboardEvent, ClipboardState, ClipboardType, FileReceiver, FileReceiverEvent,
    Message, RawMessage, Reply,
};
use crate::main::ClientMessage;
use crate::wire::{CapabilitySet, Limits};

/// Bytes of clipboards and answers that wait for the client, beyond which it gets nothing of what it asks for.
pub const MOST_QUEUED: usize = 4 << 20;

/// Monitors that a client may wish for, as at the reference server.
const MOST_MONITORS: usize = 256;

/// The agent that a visit plays, with what stands on it.
#[derive(Debug)]
pub(super) struct Guest {
    pub(super) agent: AgentEnd,
    pub(super) clipboard: ClipboardState,
    pub(super) files: FileReceiver,
}

impl Guest {
    /// An agent that is there when INIT is sent, if it can do anything.
    pub(super) fn new(can: Option<CapabilitySet>, limits: &Limits) -> Self {
        let mut agent = AgentEnd::guest(can.unwrap_or(CapabilitySet::EMPTY), limits);
        if can.is_some() {
            agent.appear_with_init();
        }
        Self { agent, clipboard: ClipboardState::new(), files: FileReceiver::new() }
    }

    /// Takes a message of the main channel: what it means goes to `emit`. False when it is not about the agent.
    pub(super) fn handle(
        &mut self,
        message: &ClientMessage<'_>,
        mut emit: impl FnMut(Event),
    ) -> Result<bool, Failure> {
        if !self.agent.handle_client(message) {
            return Ok(false);
        }
        while let Some(raw) = self.agent.next_message()? {
            self.event(&raw)?.into_iter().for_each(&mut emit);
        }
        Ok(true)
    }

    fn event(&mut self, raw: &RawMessage) -> Result<Option<Event>, Failure> {
        let Self { agent, clipboard, files } = self;
        let message = raw.parse(agent.both())?;
        let owned = |data| raw.body().slice_ref(data);
        if let Some(event) = clipboard.handle(agent, &message)? {
            return Ok(match event {
                ClipboardEvent::Grabbed(selection, types) => Some(Event::ClipboardOffered(selection, types)),
                ClipboardEvent::Requested(selection, _) if agent.queued() > MOST_QUEUED => {
                    clipboard.provide(agent, selection, ClipboardType::NONE, &[])?;
                    None
                }
                ClipboardEvent::Requested(selection, type_) => Some(Event::ClipboardWanted(selection, type_)),
                ClipboardEvent::Contents(selection, type_, data) => {
                    Some(Event::ClipboardData(selection, type_, owned(data)))
                }
                ClipboardEvent::Released(selection) => Some(Event::ClipboardReleased(selection)),
                ClipboardEvent::Ignored => None,
            });
        }
        if let Some(event) = files.handle(agent, &message)? {
            return Ok(match event {
                FileReceiverEvent::Offered(id, offer) => Some(Event::FileOffered(id, offer)),
                FileReceiverEvent::Data(id, data) => Some(Event::FileData(id, owned(data))),
                FileReceiverEvent::Last(id, data) => Some(Event::FileLast(id, owned(data))),
                FileReceiverEvent::Cancelled(id) | FileReceiverEvent::Refused(id) => {
                    Some(Event::FileCancelled(id))
                }
                FileReceiverEvent::Ignored(_) => None,
            });
        }
        Ok(Some(match message {
            Message::AnnounceCapabilities(_) => Event::AgentReady,
            Message::MonitorsConfig(config) => {
                let reply = Reply { type_: Message::MONITORS_CONFIG, error: AgentReplyCode::SUCCESS };
                agent.send(&Message::Reply(reply))?;
                Event::Monitors(config.monitors.iter().take(MOST_MONITORS).collect())
            }
            _ => Event::Agent(raw.clone()),
        }))
    }
}
