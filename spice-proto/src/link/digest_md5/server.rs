//! A server's exchange.

use core::fmt;
use core::ops::RangeInclusive;

use alloc::string::String;
use alloc::vec::Vec;

use super::client::nonce;
use super::directive::quote;
use super::{Error, Exchange, Keys, MAXBUF, NAME, Protection, Qop, cipher};
use crate::link::{Challenge, MechanismError, Origin, Secret, SecurityLayer, ServerMechanism};

/// A server that knows its users' passwords.
///
/// After the exchange [`protection`](Self::protection) is what wraps everything else.
pub struct Server<A> {
    realm: String,
    accounts: A,
    strength: RangeInclusive<u32>,
    nonce: [u8; 32],
    state: State,
}

enum State {
    Start,
    /// The response to this is due.
    Challenged(Vec<u8>),
    Done {
        keys: Keys,
        username: Vec<u8>,
    },
    Failed(Error),
}

impl<A: FnMut(&str) -> Option<Secret>> Server<A> {
    /// A server of one realm. `accounts` gives the password of a user, in UTF-8, if there is such a user; `random` fills
    /// bytes at random.
    ///
    /// A layer of 56 bits or more is offered: see [`strength`](Self::strength).
    #[must_use]
    pub fn new(realm: &str, accounts: A, random: impl FnOnce(&mut [u8])) -> Self {
        let (strength, nonce) = (56..=u32::MAX, nonce(random));
        Self { realm: realm.into(), accounts, strength, nonce, state: State::Start }
    }

    /// How strong a layer is offered, in bits. On an encrypted connection `0..=0`.
    #[must_use]
    pub fn strength(mut self, bits: RangeInclusive<u32>) -> Self {
        self.strength = bits;
        self
    }

    fn challenge(&self) -> Result<Vec<u8>, Error> {
        let ciphers = cipher::ALL.map(Qop::AuthConf);
        let offers = [Qop::Auth, Qop::AuthInt].into_iter().chain(ciphers);
        let offers: Vec<Qop> = offers.filter(|qop| self.strength.contains(&qop.bits())).collect();
        let mut qops: Vec<&str> = offers.iter().map(|qop| qop.name()).collect();
        qops.dedup();
        if qops.is_empty() {
            return Err(Error::Strength);
        }
        let mut out = b"nonce=".to_vec();
        quote(&self.nonce, &mut out);
        out.extend_from_slice(b",realm=");
        quote(self.realm.as_bytes(), &mut out);
        out.extend_from_slice(b",qop=");
        quote(qops.join(",").as_bytes(), &mut out);
        let ciphers = offers.iter().filter_map(|qop| match qop {
            Qop::AuthConf(cipher) => Some(cipher.name()),
            _ => None,
        });
        let ciphers: Vec<&str> = ciphers.collect();
        if !ciphers.is_empty() {
            out.extend_from_slice(b",cipher=");
            quote(ciphers.join(",").as_bytes(), &mut out);
        }
        out.extend_from_slice(alloc::format!(",maxbuf={MAXBUF}").as_bytes());
        out.extend_from_slice(b",charset=utf-8,algorithm=md5-sess");
        Ok(out)
    }

    fn check(&mut self, challenge: &[u8], response: &[u8]) -> Result<(Keys, Vec<u8>), Error> {
        let exchange = Exchange::parse(challenge, response)?;
        if !exchange.uri.starts_with(b"spice/") {
            return Err(Error::Value("digest-uri"));
        }
        if exchange.realm != self.realm.as_bytes() {
            return Err(Error::Value("realm"));
        }
        // To act for another is not offered.
        if exchange.authzid.as_ref().is_some_and(|id| !id.is_empty() && *id != exchange.username) {
            return Err(Error::Value("authzid"));
        }
        let name = core::str::from_utf8(&exchange.username).map_err(|_| Error::User)?;
        let password = (self.accounts)(name).ok_or(Error::User)?;
        let keys = exchange.keys(&password)?;
        Ok((keys, exchange.username))
    }

    fn advance(&mut self, data: Option<&[u8]>) -> Result<Challenge, Error> {
        match core::mem::replace(&mut self.state, State::Failed(Error::Step)) {
            State::Challenged(challenge) => {
                let (keys, username) = self.check(&challenge, data.unwrap_or_default())?;
                let data = Some(keys.proof());
                self.state = State::Done { keys, username };
                Ok(Challenge { data, complete: true })
            }
            State::Failed(error) => Err(error),
            _ => Err(Error::Step),
        }
    }
}

impl<A> Server<A> {
    /// Why the mechanism gave up.
    #[must_use]
    pub fn error(&self) -> Option<Error> {
        match self.state {
            State::Failed(error) => Some(error),
            _ => None,
        }
    }

    /// The name of the user who has passed.
    #[must_use]
    pub fn username(&self) -> Option<&str> {
        match &self.state {
            State::Done { username, .. } => core::str::from_utf8(username).ok(),
            _ => None,
        }
    }

    /// What wraps everything that follows. None before the end of the exchange, and where nothing is wrapped.
    #[must_use]
    pub fn protection(&self) -> Option<Protection> {
        match &self.state {
            State::Done { keys, .. } => keys.protection(Origin::Server),
            _ => None,
        }
    }

    fn note(&mut self, error: Error) -> MechanismError {
        self.state = State::Failed(error);
        MechanismError
    }
}

impl<A: FnMut(&str) -> Option<Secret>> ServerMechanism for Server<A> {
    fn offered(&self) -> &str {
        NAME
    }

    /// Data of a client that was here before is not looked at: it gets a challenge as all do.
    fn start(&mut self, mechanism: &str, _: Option<&[u8]>) -> Result<Challenge, MechanismError> {
        if mechanism != NAME {
            return Err(self.note(Error::NotOffered));
        }
        let challenge = self.challenge().map_err(|error| self.note(error))?;
        self.state = State::Challenged(challenge.clone());
        Ok(Challenge { data: Some(challenge.into()), complete: false })
    }

    fn step(&mut self, data: Option<&[u8]>) -> Result<Challenge, MechanismError> {
        self.advance(data).map_err(|error| self.note(error))
    }

    fn security_layer(&self) -> SecurityLayer {
        match &self.state {
            State::Done { keys, .. } if keys.qop() != Qop::Auth => SecurityLayer::Active,
            State::Done { .. } => SecurityLayer::None,
            _ => SecurityLayer::TooWeak,
        }
    }
}

impl<A> fmt::Debug for Server<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("realm", &self.realm).field("error", &self.error()).finish()
    }
}
