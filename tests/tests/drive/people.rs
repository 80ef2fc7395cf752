//! A client and a server for the drivers.

use std::sync::LazyLock;

use spice_proto::ChannelType;
use spice_proto::common::LinkErr;
use spice_proto::drive::{Host, Password, Verdict};
use spice_proto::link::{CallError, ClientConfig, PublicKey, Request, Secret, Server, Ticket, TicketKey};
use spice_proto::wire::CapabilitySet;
use spice_proto_tests::random::Random;

/// The one password.
pub(crate) const PASSWORD: &str = "open sesame";

pub(crate) fn random(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the system has random bytes");
}

pub(crate) static KEY: LazyLock<TicketKey> = LazyLock::new(|| TicketKey::generate(random).expect("a key"));

/// Lets in who knows the password, to channels 0 of every type but TUNNEL.
pub(crate) struct Door;

impl Host for Door {
    fn request(&mut self, request: &Request) -> Verdict {
        match request.channel {
            ChannelType::TUNNEL => Verdict::Ignore,
            ChannelType::SMARTCARD => Verdict::Refuse(LinkErr::NEED_SECURED),
            _ => Verdict::Accept(CapabilitySet::EMPTY),
        }
    }

    fn key(&self) -> PublicKey {
        KEY.public()
    }

    fn ticket(&mut self, server: &mut Server, _ticket: &Ticket) -> Result<(), CallError> {
        server.check_ticket(&KEY, Some(&Secret::from(PASSWORD)), random)
    }

    fn admit(&mut self, request: &Request) -> Result<(), LinkErr> {
        if request.channel_id == 0 { Ok(()) } else { Err(LinkErr::CHANNEL_NOT_AVAILABLE) }
    }
}

pub(crate) fn config(channel: ChannelType) -> ClientConfig {
    ClientConfig::new(channel, 0)
}

pub(crate) fn login(password: &str) -> Password<fn(&mut [u8])> {
    Password::new(password, random)
}

/// Lengths of pieces, most of them short.
pub(crate) fn short(random: &mut Random) -> usize {
    let most = if random.below(4) == 0 { 300 } else { 7 };
    1 + random.below(most)
}
