//! One turn of a handshake: everything up to the point where bytes from the peer are missing.

use bytes::Bytes;

use super::wire::Wire;
use super::{Error, Host, Login, Verdict};
use crate::link::{self, CallError, ClientEvent, Linked, ServerEvent};

/// A handshake of either role with whoever answers its questions.
pub(super) trait Turn {
    /// Does all that can be done without further bytes. What is in `wire` afterwards has to be written, also before an
    /// error ends the connection.
    fn turn(&mut self, wire: &mut Wire) -> Result<Option<Linked>, Error>;

    /// Takes plain bytes of the peer.
    fn push(&mut self, plain: &[u8]);

    /// The peer has closed.
    fn close(&mut self) -> Result<(), link::Error>;

    /// Time is over.
    fn expire(&mut self) -> Result<(), link::Error>;
}

/// A client's.
pub(super) struct ClientTurn<'l, L: ?Sized> {
    pub(super) client: link::Client,
    pub(super) login: &'l mut L,
}

/// A server's.
pub(super) struct ServerTurn<'h, H: ?Sized> {
    pub(super) server: link::Server,
    pub(super) host: &'h mut H,
}

impl<L: Login + ?Sized> Turn for ClientTurn<'_, L> {
    fn turn(&mut self, wire: &mut Wire) -> Result<Option<Linked>, Error> {
        let Self { client, login } = self;
        loop {
            let event = client.next_event();
            wire.wrap(Bytes::copy_from_slice(client.take_output().as_bytes()))?;
            match event? {
                None => return Ok(None),
                Some(ClientEvent::Ticket(key)) => login.ticket(client, &key)?,
                Some(ClientEvent::Sasl) => {
                    let mechanism = login.mechanism().ok_or(CallError::NotAsked)?;
                    client.sasl(mechanism)?;
                }
                Some(ClientEvent::SecurityLayer(wrapped)) => {
                    wire.protect(login.layer().ok_or(Error::NoLayer)?);
                    wire.unwrap(&wrapped, |plain| client.push(plain))?;
                }
                Some(ClientEvent::Linked(linked)) => return Ok(Some(linked)),
            }
        }
    }

    fn push(&mut self, plain: &[u8]) {
        self.client.push(plain);
    }

    fn close(&mut self) -> Result<(), link::Error> {
        self.client.close()
    }

    fn expire(&mut self) -> Result<(), link::Error> {
        self.client.expire()
    }
}

impl<H: Host + ?Sized> Turn for ServerTurn<'_, H> {
    fn turn(&mut self, wire: &mut Wire) -> Result<Option<Linked>, Error> {
        let Self { server, host } = self;
        loop {
            let event = server.next_event();
            wire.wrap(Bytes::copy_from_slice(server.take_output().as_bytes()))?;
            match event? {
                None => return Ok(None),
                Some(ServerEvent::Request(request)) => match host.request(&request) {
                    Verdict::Accept(capabilities) => server.accept(capabilities, &host.key())?,
                    Verdict::Refuse(why) => server.refuse(why)?,
                    Verdict::Ignore => server.ignore()?,
                },
                Some(ServerEvent::Ticket(ticket)) => host.ticket(server, &ticket)?,
                Some(ServerEvent::Sasl) => {
                    let mechanism = host.mechanism().ok_or(CallError::NotAsked)?;
                    server.sasl(mechanism)?;
                }
                Some(ServerEvent::SecurityLayer(wrapped)) => {
                    wire.protect(host.layer().ok_or(Error::NoLayer)?);
                    wire.unwrap(&wrapped, |plain| server.push(plain))?;
                }
                Some(ServerEvent::Authenticated(request)) => match host.admit(&request) {
                    Ok(()) => server.admit()?,
                    Err(why) => server.refuse(why)?,
                },
                Some(ServerEvent::Linked(linked)) => return Ok(Some(linked)),
            }
        }
    }

    fn push(&mut self, plain: &[u8]) {
        self.server.push(plain);
    }

    fn close(&mut self) -> Result<(), link::Error> {
        self.server.close()
    }

    fn expire(&mut self) -> Result<(), link::Error> {
        self.server.expire()
    }
}
