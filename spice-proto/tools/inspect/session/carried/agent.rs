//! Messages of the guest's agent.

use spice_proto::Limits;
use spice_proto::Origin;
use spice_proto::agent::AgentCapability;
use spice_proto::agent::Message;
use spice_proto::agent::RawMessage;
use spice_proto::agent::Reassembler;
use spice_proto::wire::CapabilitySet;

use super::Part;

/// The two streams of agent messages of a main channel.
#[derive(Debug)]
pub(super) struct Agent {
    client: Direction,
    server: Direction,
    /// Only one of them is there.
    pub(super) one_end: bool,
}

#[derive(Debug)]
struct Direction {
    /// It may be cut anywhere, also that of the client: this is a reader, not a judge.
    stream: Reassembler,
    /// Its error has been told.
    told: bool,
    announced: Option<CapabilitySet>,
    /// Where only one end is there: the other one does not know serial numbers of grabs.
    no_serials: bool,
}

impl Agent {
    pub(super) fn new() -> Self {
        Agent { client: Direction::new(), server: Direction::new(), one_end: false }
    }

    /// The agent is gone: what is half there never comes.
    pub(super) fn reset(&mut self) {
        *self = Agent { one_end: self.one_end, ..Agent::new() };
    }

    /// Takes a piece; gives the messages that it completes.
    pub(super) fn push(&mut self, origin: Origin, piece: &[u8]) -> Vec<Part> {
        let (from, to) = match origin {
            Origin::Client => (&mut self.client, &self.server),
            Origin::Server => (&mut self.server, &self.client),
        };
        from.stream.push(piece);
        let mut parts = Vec::new();
        loop {
            match from.stream.next_message() {
                Ok(Some(message)) => {
                    let none = CapabilitySet::EMPTY;
                    if let Ok(Message::AnnounceCapabilities(announce)) = message.parse(none) {
                        from.announced = Some(CapabilitySet::from_words(announce.caps.iter()));
                    }
                    let [ours, theirs] = [from.announced, to.announced].map(|set| set.unwrap_or(none));
                    let both = if self.one_end { from.guess(&message) } else { ours.intersection(theirs) };
                    parts.push(part(&message, both));
                }
                Ok(None) => return parts,
                Err(error) => {
                    if !std::mem::replace(&mut from.told, true) {
                        parts.push(Part::error("agent", format!("{error} of the stream of agent messages")));
                    }
                    return parts;
                }
            }
        }
    }
}

impl Direction {
    fn new() -> Self {
        let stream = Reassembler::new(Origin::Server, &Limits::default());
        Direction { stream, told: false, announced: None, no_serials: false }
    }

    /// What both ends can do, of what this one can: the other one seems to know serial numbers of grabs, until there is
    /// a grab that would offer nothing.
    fn guess(&mut self, message: &RawMessage) -> CapabilitySet {
        let ours = self.announced.unwrap_or(CapabilitySet::EMPTY);
        let serials = u32::from(AgentCapability::CLIPBOARD_GRAB_SERIAL);
        let offers_nothing =
            |grab: Message<'_>| matches!(grab, Message::ClipboardGrab(grab) if grab.types.is_empty());
        self.no_serials |= message.parse(ours).is_ok_and(offers_nothing);
        let kept = ours.iter().filter(|&number| !self.no_serials || number != serials);
        kept.fold(CapabilitySet::EMPTY, CapabilitySet::with)
    }
}

fn part(message: &RawMessage, both: CapabilitySet) -> Part {
    let mut part = Part::new("agent", message.body().len() as u64);
    part.number = Some(message.kind());
    part.name = Message::name_of(message.kind());
    match message.parse(both) {
        Ok(message) => {
            part.text = format!("{message:?}");
            let value = serde_json::to_value(message);
            part.field("value", value.unwrap_or_else(|error| error.to_string().into()));
        }
        Err(error) => {
            part.text = format!("ERROR: {error}");
            part.field("error", error.to_string());
        }
    }
    part
}

pub(super) fn names() -> impl Iterator<Item = &'static str> {
    Message::KINDS.iter().filter_map(|&kind| Message::name_of(kind))
}
