//! Who may come in: a ticket or SASL, and the kit's [`Reception`] for the rest.

use spice_proto::common::LinkErr;
use spice_proto::drive::{BoxLayer, Host, Reception, Verdict};
use spice_proto::link::{CallError, Layer, PublicKey, Request, Server, ServerMechanism, Ticket, TicketKey};

use super::sasl_host::SaslHost;
use super::say;

/// Random bytes for keys.
pub(crate) type Random = fn(&mut [u8]);

/// The door for one connection.
pub(crate) struct Door {
    pub(crate) reception: Reception<Random>,
    pub(crate) key: TicketKey,
    /// With SASL no tickets are taken.
    pub(crate) sasl: Option<SaslHost>,
}

/// What is said of a ticket that does not decrypt.
const UNREADABLE: &str =
    "not encrypted with this server's key (spice-html5 loses a leading zero of it, once in 256 times)";

impl Host for Door {
    fn request(&mut self, request: &Request) -> Verdict {
        self.reception.request(request)
    }

    fn key(&self) -> PublicKey {
        if self.sasl.is_some() { PublicKey::NONE } else { self.key.public() }
    }

    fn ticket(&mut self, server: &mut Server, ticket: &Ticket) -> Result<(), CallError> {
        if self.key.decrypt(ticket, super::random).is_err() {
            // For whoever runs the server: a client is not told why it is refused.
            say::out(format_args!("ticket: {UNREADABLE}"));
        }
        self.reception.ticket(server, ticket)
    }

    fn admit(&mut self, request: &Request) -> Result<(), LinkErr> {
        self.reception.admit(request)
    }

    fn mechanism(&mut self) -> Option<&mut dyn ServerMechanism> {
        self.sasl.as_mut().map(|sasl| sasl as &mut dyn ServerMechanism)
    }

    fn layer(&mut self) -> Option<BoxLayer> {
        let (protection, limit) = self.sasl.as_mut()?.protection()?;
        Some(Layer::new(protection, limit))
    }
}
