//! One connection whose bytes the caller carries.

use std::boxed::Box;
use std::io;

use bytes::Bytes;

use crate::channel::{Any, ClientEnd};
use crate::drive::Error;
use crate::drive::session::BoxLogin;
use crate::drive::turn::{ClientTurn, Turn};
use crate::drive::wire::Wire;
use crate::link::{self, ClientConfig, Linked};

/// A connection: what lies between its bytes and its machine.
#[derive(Default)]
pub(super) struct Pipe {
    wire: Wire,
    /// The handshake, until it has ended.
    shake: Option<Box<Shake>>,
    /// How it ended, when nothing more comes from the peer.
    over: Option<io::Result<()>>,
}

struct Shake {
    client: link::Client,
    login: BoxLogin,
}

impl Pipe {
    /// A connection whose handshake begins.
    pub(super) fn new(config: ClientConfig, login: BoxLogin) -> Result<Self, Error> {
        let client = link::Client::new(config)?;
        Ok(Self { shake: Some(Box::new(Shake { client, login })), ..Self::default() })
    }

    pub(super) fn is_shaking(&self) -> bool {
        self.shake.is_some()
    }

    /// Nothing more comes from the peer.
    pub(super) fn end(&mut self, how: io::Result<()>) {
        self.over.get_or_insert(how);
    }

    pub(super) fn is_over(&self) -> bool {
        self.over.is_some()
    }

    /// Takes bytes of a handshake, or its end, and goes on with it: what both ends agreed on when that was the last step.
    pub(super) fn shake(&mut self, bytes: Option<&[u8]>) -> Result<Option<Linked>, Error> {
        let Some(shake) = self.shake.take() else { return Ok(None) };
        let Shake { client, mut login } = *shake;
        let mut turn = ClientTurn { client, login: &mut *login };
        match bytes {
            Some(bytes) => self.wire.unwrap(bytes, |plain| turn.push(plain))?,
            None => turn.close()?,
        }
        let linked = turn.turn(&mut self.wire)?;
        if linked.is_none() {
            let client = turn.client;
            self.shake = Some(Box::new(Shake { client, login }));
        }
        Ok(linked)
    }

    /// Takes bytes of a channel.
    pub(super) fn push(&mut self, bytes: &[u8], end: &mut ClientEnd<Any>) -> Result<(), Error> {
        Ok(self.wire.unwrap(bytes, |plain| end.push(plain))?)
    }

    /// What is to be written: of the handshake, and of the channel's end.
    pub(super) fn output(&mut self, end: Option<&mut ClientEnd<Any>>) -> Result<Bytes, Error> {
        if let Some(end) = end.filter(|end| end.has_output()) {
            self.wire.wrap(end.take_output())?;
        }
        Ok(core::mem::take(self.wire.output()))
    }

    /// What is to be written before it is closed.
    pub(super) fn rest(mut self, rest: Bytes) -> Bytes {
        // What cannot be wrapped cannot be sent.
        if !rest.is_empty() && self.wire.wrap(rest).is_err() {
            return Bytes::new();
        }
        core::mem::take(self.wire.output())
    }

    /// Everything was taken, and nothing more comes.
    pub(super) fn finish(&mut self, end: &ClientEnd<Any>) -> Result<(), Error> {
        // It stays over.
        self.over.replace(Ok(())).unwrap_or(Ok(()))?;
        self.wire.finish()?;
        Ok(end.finish()?)
    }
}
