//! Who owns which clipboard.

use alloc::vec::Vec;

use super::{
    AgentCapability, AgentEnd, AgentSelection, AgentSendError, Clipboard, ClipboardGrab, ClipboardRelease,
    ClipboardRequest, ClipboardSelection, ClipboardType, Message,
};
use crate::wire::CapabilitySet;

/// The clipboards that client and guest share, as one end sees them ([`docs/spec/agent.md` section 3](crate::spec::agent#3-flows)).
///
/// Both roles have the same verbs. Whoever has something new [`grab`](Self::grab)s; the other end
/// [`request`](Self::request)s it when somebody pastes, and gets it by [`provide`](Self::provide). Layouts follow what
/// both ends announced: with CLIPBOARD_SELECTION there are three clipboards, without it one; with
/// CLIPBOARD_GRAB_SERIAL crossing grabs are settled; without CLIPBOARD_NO_RELEASE_ON_REGRAB a release goes before a new
/// grab by the same end.
///
/// Make a new one when the agent connects.
#[derive(Clone, Debug, Default)]
pub struct ClipboardState {
    selections: [Selection; 3],
}

#[derive(Clone, Debug, Default)]
struct Selection {
    owner: Owner,
    /// Number of the next grab, of either end.
    serial: u32,
    /// Types that we asked for, and no answer yet. INVARIANT: at most [`MOST_REQUESTS`].
    asked: Vec<ClipboardType>,
    /// Types that the peer asked for, and no answer yet. INVARIANT: at most [`MOST_REQUESTS`].
    wanted: Vec<ClipboardType>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Owner {
    #[default]
    None,
    We,
    Peer(Vec<ClipboardType>),
}

/// Requests of a selection that wait for an answer: there are fewer types.
const MOST_REQUESTS: usize = 16;
/// Types of a grab that are kept.
const MOST_TYPES: usize = 64;

/// What a message of the peer means for the clipboards.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClipboardEvent<'a> {
    /// The peer owns the clipboard now: what it offers.
    Grabbed(ClipboardSelection, Vec<ClipboardType>),
    /// The peer wants what we grabbed: [`ClipboardState::provide`] it.
    Requested(ClipboardSelection, ClipboardType),
    /// The contents that we asked for; type NONE when there are none.
    Contents(ClipboardSelection, ClipboardType, &'a [u8]),
    /// The peer does not own the clipboard any more.
    Released(ClipboardSelection),
    /// A message that does not count: a grab that crossed a newer one, a release by who is not the owner, contents that
    /// nobody asked for, a selection that is none.
    Ignored,
}

impl ClipboardState {
    /// Nobody owns anything.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a message of the peer. `None` when it is not about clipboards. A request for what we do not own is answered
    /// with nothing.
    ///
    /// # Errors
    /// As [`AgentEnd::send`], for that answer.
    pub fn handle<'a>(
        &mut self,
        agent: &mut AgentEnd,
        message: &Message<'a>,
    ) -> Result<Option<ClipboardEvent<'a>>, AgentSendError> {
        let both = agent.both();
        let selection = match message {
            Message::Clipboard(message) => message.selection,
            Message::ClipboardGrab(message) => message.selection,
            Message::ClipboardRequest(message) => message.selection,
            Message::ClipboardRelease(message) => message.selection,
            _ => return Ok(None),
        };
        let selection = selection.map_or(ClipboardSelection::CLIPBOARD, |selection| selection.selection);
        let Some(state) = self.selections.get_mut(usize::from(selection.0)) else {
            return Ok(Some(ClipboardEvent::Ignored));
        };
        let event = match message {
            Message::ClipboardGrab(grab) if state.take_serial(both, grab.serial) => {
                let types: Vec<_> = grab.types.iter().take(MOST_TYPES).collect();
                state.change(Owner::Peer(types.clone()));
                ClipboardEvent::Grabbed(selection, types)
            }
            Message::ClipboardRelease(_) if matches!(state.owner, Owner::Peer(_)) => {
                state.change(Owner::None);
                ClipboardEvent::Released(selection)
            }
            Message::ClipboardRequest(request) if state.owner == Owner::We => {
                note(&mut state.wanted, request.type_);
                ClipboardEvent::Requested(selection, request.type_)
            }
            Message::ClipboardRequest(_) => {
                agent.send(&contents(both, selection, ClipboardType::NONE, &[]))?;
                ClipboardEvent::Ignored
            }
            Message::Clipboard(message) => {
                // An end that has nothing answers with type NONE, whatever was asked for.
                let asked = state.asked.iter().position(|asked| *asked == message.type_);
                let none = message.type_ == ClipboardType::NONE && !state.asked.is_empty();
                match asked.or(none.then_some(0)) {
                    Some(asked) => {
                        state.asked.remove(asked);
                        ClipboardEvent::Contents(selection, message.type_, message.data)
                    }
                    None if !both.contains(AgentCapability::CLIPBOARD_BY_DEMAND) => {
                        ClipboardEvent::Contents(selection, message.type_, message.data)
                    }
                    None => ClipboardEvent::Ignored,
                }
            }
            _ => ClipboardEvent::Ignored,
        };
        Ok(Some(event))
    }

    /// Says that something new was copied here, in these types.
    ///
    /// # Errors
    /// As [`AgentEnd::send`]; [`AgentSendError::NotSupported`] for a selection that the peer does not know.
    pub fn grab(
        &mut self,
        agent: &mut AgentEnd,
        selection: ClipboardSelection,
        types: &[ClipboardType],
    ) -> Result<(), AgentSendError> {
        let both = agent.both();
        let state = self.of(both, selection)?;
        let quiet = both.contains(AgentCapability::CLIPBOARD_NO_RELEASE_ON_REGRAB);
        if state.owner == Owner::We && !quiet {
            agent.send(&release(both, selection))?;
        }
        let numbered = both.contains(AgentCapability::CLIPBOARD_GRAB_SERIAL);
        agent.send(&Message::ClipboardGrab(ClipboardGrab {
            selection: named(both, selection),
            serial: numbered.then_some(state.serial),
            types: types.into(),
        }))?;
        state.serial = state.serial.wrapping_add(1);
        state.change(Owner::We);
        Ok(())
    }

    /// Asks for what the peer has grabbed.
    ///
    /// # Errors
    /// As [`AgentEnd::send`]; [`AgentSendError::State`] when the peer does not own the clipboard or does not offer the
    /// type.
    pub fn request(
        &mut self,
        agent: &mut AgentEnd,
        selection: ClipboardSelection,
        type_: ClipboardType,
    ) -> Result<(), AgentSendError> {
        let both = agent.both();
        let state = self.of(both, selection)?;
        if !matches!(&state.owner, Owner::Peer(types) if types.contains(&type_)) {
            return Err(AgentSendError::State);
        }
        agent.send(&Message::ClipboardRequest(ClipboardRequest {
            selection: named(both, selection),
            type_,
        }))?;
        note(&mut state.asked, type_);
        Ok(())
    }

    /// Gives what the peer asked for; [`ClipboardType::NONE`] and no bytes when that cannot be had.
    ///
    /// # Errors
    /// As [`AgentEnd::send`]; [`AgentSendError::State`] when the peer did not ask.
    pub fn provide(
        &mut self,
        agent: &mut AgentEnd,
        selection: ClipboardSelection,
        type_: ClipboardType,
        data: &[u8],
    ) -> Result<(), AgentSendError> {
        let both = agent.both();
        let state = self.of(both, selection)?;
        let wanted = state.wanted.iter().position(|wanted| *wanted == type_ || type_ == ClipboardType::NONE);
        let wanted = wanted.ok_or(AgentSendError::State)?;
        agent.send(&contents(both, selection, type_, data))?;
        state.wanted.remove(wanted);
        Ok(())
    }

    /// Says that what was grabbed here is gone.
    ///
    /// # Errors
    /// As [`AgentEnd::send`]; [`AgentSendError::State`] when we do not own the clipboard.
    pub fn release(
        &mut self,
        agent: &mut AgentEnd,
        selection: ClipboardSelection,
    ) -> Result<(), AgentSendError> {
        let both = agent.both();
        let state = self.of(both, selection)?;
        if state.owner != Owner::We {
            return Err(AgentSendError::State);
        }
        agent.send(&release(both, selection))?;
        state.change(Owner::None);
        Ok(())
    }

    /// What the peer offers; `None` when it does not own the clipboard.
    #[must_use]
    pub fn offered(&self, selection: ClipboardSelection) -> Option<&[ClipboardType]> {
        match &self.selections.get(usize::from(selection.0))?.owner {
            Owner::Peer(types) => Some(types),
            Owner::None | Owner::We => None,
        }
    }

    /// Whether we own the clipboard.
    #[must_use]
    pub fn is_ours(&self, selection: ClipboardSelection) -> bool {
        self.selections.get(usize::from(selection.0)).is_some_and(|state| state.owner == Owner::We)
    }

    fn of(
        &mut self,
        both: CapabilitySet,
        selection: ClipboardSelection,
    ) -> Result<&mut Selection, AgentSendError> {
        let known = both.contains(AgentCapability::CLIPBOARD_SELECTION);
        let known = known || selection == ClipboardSelection::CLIPBOARD;
        let state = self.selections.get_mut(usize::from(selection.0)).filter(|_| known);
        state.ok_or(AgentSendError::NotSupported(AgentCapability::CLIPBOARD_SELECTION))
    }
}

impl Selection {
    fn change(&mut self, owner: Owner) {
        self.owner = owner;
        self.asked.clear();
        self.wanted.clear();
    }

    /// Whether a grab of the peer counts: its number, if it has one, is the next.
    fn take_serial(&mut self, both: CapabilitySet, serial: Option<u32>) -> bool {
        let numbered = both.contains(AgentCapability::CLIPBOARD_GRAB_SERIAL);
        let counts = !numbered || serial == Some(self.serial);
        if counts {
            self.serial = self.serial.wrapping_add(1);
        }
        counts
    }
}

/// Notes a request, once for each time it comes, as far as there is room.
fn note(requests: &mut Vec<ClipboardType>, type_: ClipboardType) {
    if requests.len() < MOST_REQUESTS {
        requests.push(type_);
    }
}

fn named(both: CapabilitySet, selection: ClipboardSelection) -> Option<AgentSelection> {
    both.contains(AgentCapability::CLIPBOARD_SELECTION).then_some(AgentSelection { selection })
}

fn release(both: CapabilitySet, selection: ClipboardSelection) -> Message<'static> {
    Message::ClipboardRelease(ClipboardRelease { selection: named(both, selection) })
}

fn contents(
    both: CapabilitySet,
    selection: ClipboardSelection,
    type_: ClipboardType,
    data: &[u8],
) -> Message<'_> {
    Message::Clipboard(Clipboard { selection: named(both, selection), type_, data })
}
