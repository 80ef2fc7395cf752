//! What a client sends: keys, pointer, wishes, talk with the agent.

use std::collections::BTreeSet;

use super::Sent;
use crate::fuzz::description::Description;
use crate::fuzz::make::{Maker, Style};
use crate::fuzz::random::Random;
use crate::fuzz::value::Value;
use crate::fuzz::write::write;
use crate::inputs::{self, ClientMessage as Inputs};
use crate::main::ClientMessage as Main;
use crate::wire::Encode;
use crate::{ChannelType, Origin, display};

/// The messages of all steps.
pub(super) fn messages(channels: &[ChannelType], steps: &[u64]) -> Vec<Sent> {
    let mut user = User { sent: Vec::new(), step: 0, keys: BTreeSet::new(), has_agent: false };
    for (index, step) in steps.iter().enumerate() {
        user.step = index;
        let mut random = Random::new(*step);
        match random.choose(channels).copied() {
            Some(ChannelType::INPUTS) => user.inputs(&mut random),
            Some(ChannelType::MAIN) => user.main(&mut random),
            Some(channel) => user.any(channel, &mut random),
            None => {}
        }
    }
    user.sent
}

struct User {
    sent: Vec<Sent>,
    step: usize,
    /// Keys that are down.
    keys: BTreeSet<u32>,
    has_agent: bool,
}

impl User {
    fn push(&mut self, channel: ChannelType, kind: u16, body: Vec<u8>) {
        self.sent.push(Sent { channel, kind, body, step: self.step });
    }

    fn inputs(&mut self, random: &mut Random) {
        let held: Vec<u32> = self.keys.iter().copied().collect();
        let message = match (random.below(4), random.choose(&held).copied()) {
            (0 | 1, Some(code)) => {
                self.keys.remove(&code);
                Inputs::KeyUp(inputs::KeyUp { code: code | 0x80 })
            }
            (0 | 1, None) => {
                let code = 1 + random.below(0x50) as u32;
                self.keys.insert(code);
                Inputs::KeyDown(inputs::KeyDown { code })
            }
            _ => return self.any(ChannelType::INPUTS, random),
        };
        if let Ok(body) = message.encode_to_vec() {
            self.push(ChannelType::INPUTS, message.kind(), body);
        }
    }

    fn main(&mut self, random: &mut Random) {
        match random.below(4) {
            0 => self.made(ChannelType::MAIN, Main::MOUSE_MODE_REQUEST, random),
            1 if !self.has_agent => {
                self.has_agent = true;
                self.made(ChannelType::MAIN, Main::AGENT_START, random);
            }
            _ => self.agent(random),
        }
    }

    /// An agent message in one piece: a header of 20 bytes, then the body.
    fn agent(&mut self, random: &mut Random) {
        let spice = Description::spice();
        let messages = spice.both("Agent");
        let Some(message) = random.choose(messages) else { return };
        let value = Maker::new(spice, Style::Plausible).value(message.body, random);
        let body = write(spice, message.body, &value);
        let size = u32::try_from(body.len()).unwrap_or_default();
        let mut data = Vec::new();
        data.extend(1_u32.to_le_bytes());
        data.extend(message.number.to_le_bytes());
        data.extend(0_u64.to_le_bytes());
        data.extend(size.to_le_bytes());
        data.extend(&body);
        // A piece holds at most 2048 bytes.
        for piece in data.chunks(2048) {
            self.push(ChannelType::MAIN, Main::AGENT_DATA, piece.to_vec());
        }
    }

    /// Any message of a channel but those that answer what was not asked, and the first ones.
    fn any(&mut self, channel: ChannelType, random: &mut Random) {
        let first = display::ClientMessage::INIT;
        let messages = Description::spice().messages(channel, Origin::Client).iter();
        let own = messages
            .map(|message| message.number as u16)
            .filter(|&number| number > 100 && !(channel == ChannelType::DISPLAY && number == first));
        let own: Vec<u16> = own.collect();
        if let Some(kind) = random.choose(&own) {
            self.made(channel, *kind, random);
        }
    }

    fn made(&mut self, channel: ChannelType, kind: u16, random: &mut Random) {
        let spice = Description::spice();
        if let Some(layout) = spice.message(channel, Origin::Client, kind) {
            let value: Value = Maker::new(spice, Style::Plausible).value(layout.body, random);
            self.push(channel, kind, write(spice, layout.body, &value));
        }
    }
}
