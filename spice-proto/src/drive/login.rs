//! Who a client is.

use super::BoxLayer;
#[cfg(feature = "ticket")]
use crate::link::Secret;
use crate::link::{CallError, Client, ClientMechanism, PublicKey};

/// What answers the questions of a client's handshake: `Password`, with feature `ticket`, or one of your own.
pub trait Login {
    /// Answers [`ClientEvent::Ticket`](crate::link::ClientEvent::Ticket): by `Client::ticket`, or by
    /// [`Client::encrypted_ticket`] with a ticket that was made with this key elsewhere.
    ///
    /// # Errors
    /// Those of these calls.
    fn ticket(&mut self, client: &mut Client, key: &PublicKey) -> Result<(), CallError>;

    /// The SASL mechanism, if there is one. Without it the configuration's
    /// [`auth`](crate::link::ClientConfig::auth) is a ticket.
    fn mechanism(&mut self) -> Option<&mut dyn ClientMechanism> {
        None
    }

    /// The security layer that the mechanism has agreed on; asked once, when it is active.
    fn layer(&mut self) -> Option<BoxLayer> {
        None
    }
}

/// A login by ticket. `random` fills a buffer with random bytes fit for keys, such as `getrandom::fill`.
#[cfg(feature = "ticket")]
#[cfg_attr(docsrs, doc(cfg(feature = "ticket")))]
#[derive(Clone, Debug)]
pub struct Password<R> {
    secret: Secret,
    random: R,
}

#[cfg(feature = "ticket")]
impl<R: FnMut(&mut [u8])> Password<R> {
    /// A password of up to 60 bytes; an empty one where there is none.
    #[must_use]
    pub fn new(secret: impl Into<Secret>, random: R) -> Self {
        Self { secret: secret.into(), random }
    }
}

#[cfg(feature = "ticket")]
impl<R: FnMut(&mut [u8])> Login for Password<R> {
    fn ticket(&mut self, client: &mut Client, _key: &PublicKey) -> Result<(), CallError> {
        client.ticket(&self.secret, &mut self.random)
    }
}
