//! Messages of the guest agent and of the stream device.

use spice_proto::agent::{self, AgentCapability};
use spice_proto::wire::CapabilitySet;
use spice_proto::{Error, stream_device as device};

use super::laws::{self, Format};
use super::take;

/// Any body of an agent message. `data`: number, capabilities (bit 0 selection, bit 1 grab serial), body.
///
/// # Panics
/// When a property does not hold.
pub fn agent_message(mut data: &[u8]) {
    let kind = take::<1>(&mut data);
    let capabilities = capabilities(take::<1>(&mut data) as u8);
    laws::any_bytes(&Agent { kind, capabilities }, data);
}

/// Any body of a stream device message. `data`: number (2 bytes), body.
///
/// # Panics
/// When a property does not hold.
pub fn stream_device(mut data: &[u8]) {
    laws::any_bytes(&Device { kind: take::<2>(&mut data) as u16 }, data);
}

/// The capabilities that decide about layouts: bit 0 and bit 1.
pub(super) fn capabilities(bits: u8) -> CapabilitySet {
    [AgentCapability::CLIPBOARD_SELECTION, AgentCapability::CLIPBOARD_GRAB_SERIAL]
        .into_iter()
        .enumerate()
        .filter(|&(bit, _)| bits >> bit & 1 == 1)
        .fold(CapabilitySet::EMPTY, |set, (_, capability)| set.with(capability.0))
}

/// An agent message.
pub(super) struct Agent {
    pub(super) kind: u32,
    pub(super) capabilities: CapabilitySet,
}

impl Format for Agent {
    type Value<'a> = agent::Message<'a>;

    fn parse<'a>(&self, body: &'a [u8]) -> Result<(agent::Message<'a>, &'a [u8]), Error> {
        agent::Message::parse_with_trailing(self.kind, body, self.capabilities)
    }
}

/// A stream device message.
pub(super) struct Device {
    pub(super) kind: u16,
}

impl Format for Device {
    type Value<'a> = device::Message<'a>;

    fn parse<'a>(&self, body: &'a [u8]) -> Result<(device::Message<'a>, &'a [u8]), Error> {
        device::Message::parse_with_trailing(self.kind, body)
    }
}
