//! Ends of talks with agents.

use spice_proto::agent::{
    AgentEnd, ClipboardSelection, ClipboardState, ClipboardType, FileOffer, FileReceiver, FileRefusal,
    FileSender, PIECE,
};
use spice_proto::main::{AgentStart, AgentTokens, ClientMessage, ServerMessage};
use spice_proto::wire::CapabilitySet;
use spice_proto::{Limits, common};

use super::take;

/// A talk of one end with any peer. `data`: the role (bit 0: the guest) and what it can do (bits 1 to 7 stand for
/// capabilities), then steps: a byte that chooses one, and what it needs. Steps are pieces from the peer, tokens, ends
/// and starts of the talk, and everything that a user can do.
///
/// No piece is larger than 2048 bytes, none goes out without a token, and what is held is bounded by what came and what
/// the user gave.
///
/// # Panics
/// When a property does not hold.
pub fn agent_end(mut data: &[u8]) {
    let bits = take::<1>(&mut data);
    let guest = bits & 1 == 1;
    let own = [5, 6, 14, 16, 17, 11, 3_u32].into_iter().enumerate();
    let own = own.filter(|(at, _)| bits >> (at + 1) & 1 == 1);
    let own = own.fold(CapabilitySet::EMPTY, |set, (_, number)| set.with(number));
    let limits = Limits::server();
    let agent = if guest { AgentEnd::guest(own, &limits) } else { AgentEnd::client(own, &limits) };
    let mut user = User {
        agent,
        guest,
        clipboard: ClipboardState::new(),
        sender: FileSender::new(),
        receiver: FileReceiver::new(),
        allowed: 0,
        unlimited: false,
        given: 0,
    };
    user.appear(10);
    while !data.is_empty() {
        user.step(&mut data);
        let queued = user.agent.queued();
        assert!(queued <= user.given + (1 << 20), "{queued} bytes are held");
    }
    let _ = format!("{:?} {:?}", user.agent, user.clipboard);
}

struct User {
    agent: AgentEnd,
    guest: bool,
    clipboard: ClipboardState,
    sender: FileSender,
    receiver: FileReceiver,
    /// Pieces that the peer allows.
    allowed: u64,
    unlimited: bool,
    /// Bytes that the user gave.
    given: usize,
}

impl User {
    fn appear(&mut self, tokens: u32) {
        let start = AgentTokens { num_tokens: tokens };
        if self.guest {
            self.agent.appear();
            self.agent.handle_client(&ClientMessage::AgentStart(AgentStart { num_tokens: tokens }));
        } else {
            self.agent.handle_server(&ServerMessage::AgentConnectedTokens(start));
        }
        self.unlimited = tokens == u32::MAX;
        self.allowed = tokens.into();
        self.clipboard = ClipboardState::new();
    }

    fn step(&mut self, data: &mut &[u8]) {
        let (step, value) = (take::<1>(data), take::<1>(data));
        let selection = ClipboardSelection((value & 3) as u8);
        let type_ = ClipboardType(value >> 2 & 7);
        match step % 12 {
            // Half of the steps are pieces.
            0..=3 => {
                let len = (value as usize * 8).min(data.len());
                let (piece, rest) = data.split_at(len);
                *data = rest;
                self.agent.push(piece);
                self.take_messages();
            }
            4 => {
                let tokens = AgentTokens { num_tokens: value };
                match self.guest {
                    true => self.agent.handle_client(&ClientMessage::AgentToken(tokens)),
                    false => self.agent.handle_server(&ServerMessage::AgentToken(tokens)),
                };
                if self.agent.is_connected() || !self.guest {
                    self.allowed += u64::from(value);
                }
            }
            5 => self.take_output(),
            6 if value & 1 == 0 => {
                self.agent.disconnect();
                // The tokens of a client are the server's, whatever agent is there.
                if self.guest {
                    (self.allowed, self.unlimited) = (0, false);
                    assert_eq!(self.agent.tokens(), Some(0));
                }
                assert_eq!(self.agent.queued(), 0);
                assert!(self.agent.next_client_message().is_none(), "nobody is there to send to");
            }
            // Without tokens of its own.
            6 if value & 4 == 4 && !self.guest => {
                self.agent.handle_server(&ServerMessage::AgentConnected(common::Empty));
                self.clipboard = ClipboardState::new();
                let left = self.allowed.min(u32::MAX.into()) as u32;
                assert_eq!(self.agent.tokens(), Some(left).filter(|_| !self.unlimited));
            }
            6 => self.appear(if value & 2 == 2 { u32::MAX } else { value }),
            7 => {
                let _ = self.clipboard.grab(&mut self.agent, selection, &[type_, ClipboardType::UTF8_TEXT]);
            }
            8 => {
                let _ = self.clipboard.request(&mut self.agent, selection, type_);
                let _ = self.clipboard.release(&mut self.agent, ClipboardSelection((value >> 5) as u8));
            }
            9 => {
                let body = vec![7; value as usize * 20];
                if self.clipboard.provide(&mut self.agent, selection, type_, &body).is_ok() {
                    self.given += body.len();
                }
            }
            10 => {
                let _ = self.sender.start(&mut self.agent, &FileOffer::new("a", (value as u64) << 6));
                let _ = self.receiver.accept(&mut self.agent, value);
                let _ = self.receiver.finish(&mut self.agent, value);
            }
            _ => {
                for id in self.sender.running() {
                    if let Some(wanted) = self.sender.wants(&self.agent, id) {
                        self.sender.send(&mut self.agent, id, &vec![1; wanted]).expect("wanted");
                        self.given += wanted;
                    }
                }
                let _ = self.receiver.refuse(&mut self.agent, value, FileRefusal::NotEnoughSpace(1));
                let _ = self.sender.cancel(&mut self.agent, value);
            }
        }
        // Each step of a user makes a few short messages at most.
        self.given += 1024;
    }

    fn take_messages(&mut self) {
        while let Ok(Some(raw)) = self.agent.next_message() {
            let Ok(message) = raw.parse(self.agent.both()) else { continue };
            let _ = self.clipboard.handle(&mut self.agent, &message);
            let _ = self.sender.handle(&message);
            let _ = self.receiver.handle(&mut self.agent, &message);
        }
    }

    fn take_output(&mut self) {
        if self.guest {
            while let Some(message) = self.agent.next_server_message() {
                if let ServerMessage::AgentData(common::Data { data }) = message {
                    count(&mut self.allowed, self.unlimited, data);
                }
            }
        } else {
            while let Some(message) = self.agent.next_client_message() {
                if let ClientMessage::AgentData(common::Data { data }) = message {
                    count(&mut self.allowed, self.unlimited, data);
                }
            }
        }
    }
}

fn count(allowed: &mut u64, unlimited: bool, piece: &[u8]) {
    assert!((1..=PIECE).contains(&piece.len()));
    if !unlimited {
        *allowed = allowed.checked_sub(1).expect("a token");
    }
}
