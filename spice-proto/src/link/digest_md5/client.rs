//! A client's exchange.

use core::fmt;
use core::ops::RangeInclusive;

use alloc::vec::Vec;

use super::directive::Directives;
use super::exchange::{CHALLENGE, offered};
use super::{Error, Exchange, Keys, MAXBUF, NAME, Protection, Qop};
use crate::link::{ClientMechanism, MechanismError, Mechanisms, Origin, Secret, SecurityLayer, Start};

/// A client with a name and a password.
///
/// After the exchange [`protection`](Self::protection) is what wraps everything else.
pub struct Client {
    username: Vec<u8>,
    password: Secret,
    uri: Vec<u8>,
    realm: Option<Vec<u8>>,
    strength: RangeInclusive<u32>,
    cnonce: [u8; 32],
    state: State,
}

enum State {
    Start,
    /// The challenge is due.
    Started,
    /// The server's proof is due.
    Answered(Keys),
    Done(Keys),
    Failed(Error),
}

impl Client {
    /// A client of a SPICE server on this host, as the user named it. `random` fills bytes at random.
    ///
    /// A layer of 56 bits or more is wanted: see [`strength`](Self::strength).
    #[must_use]
    pub fn new(username: &str, password: &Secret, host: &str, random: impl FnOnce(&mut [u8])) -> Self {
        Self {
            username: username.as_bytes().to_vec(),
            password: password.clone(),
            uri: [b"spice/", host.as_bytes()].concat(),
            realm: None,
            strength: 56..=u32::MAX,
            cnonce: nonce(random),
            state: State::Start,
        }
    }

    /// The realm that the user is known in. Without it the first that the server names.
    #[must_use]
    pub fn realm(mut self, realm: &str) -> Self {
        self.realm = Some(realm.as_bytes().to_vec());
        self
    }

    /// How strong the layer has to be, in bits, and how strong it may be. On an encrypted connection `0..=0`. The
    /// strongest on offer is taken.
    #[must_use]
    pub fn strength(mut self, bits: RangeInclusive<u32>) -> Self {
        self.strength = bits;
        self
    }

    /// Why the mechanism gave up.
    #[must_use]
    pub fn error(&self) -> Option<Error> {
        match self.state {
            State::Failed(error) => Some(error),
            _ => None,
        }
    }

    /// What wraps everything that follows. None before the end of the exchange, and where nothing is wrapped.
    #[must_use]
    pub fn protection(&self) -> Option<Protection> {
        match &self.state {
            State::Done(keys) => keys.protection(Origin::Client),
            _ => None,
        }
    }

    fn answer(&self, challenge: &[u8]) -> Result<(Keys, Vec<u8>), Error> {
        let challenge = Directives::parse(challenge, CHALLENGE)?;
        if !challenge.one("algorithm")?.eq_ignore_ascii_case(b"md5-sess") {
            return Err(Error::Value("algorithm"));
        }
        let offers = offered(&challenge)?;
        let wanted = offers.into_iter().filter(|qop| self.strength.contains(&qop.bits()));
        let qop = wanted.max_by_key(|qop| qop.bits()).ok_or(Error::Strength)?;
        let realm = match &self.realm {
            Some(realm) => realm.clone(),
            None => challenge.all("realm").next().unwrap_or_default().to_vec(),
        };
        let nonce = challenge.one("nonce")?;
        if nonce.is_empty() {
            return Err(Error::Value("nonce"));
        }
        let ascii = [&self.username[..], &realm, self.password.as_bytes()].into_iter().all(<[u8]>::is_ascii);
        let exchange = Exchange {
            username: self.username.clone(),
            realm,
            nonce: nonce.to_vec(),
            cnonce: self.cnonce.to_vec(),
            uri: self.uri.clone(),
            authzid: None,
            utf8: challenge.utf8()? && !ascii,
            qop,
            maxbuf: [MAXBUF, challenge.maxbuf()?],
            response: [0; 32],
        };
        let keys = exchange.derive(&self.password);
        let answer = exchange.write(&keys);
        Ok((keys, answer))
    }

    fn advance(&mut self, data: Option<&[u8]>, complete: bool) -> Result<Option<Secret>, Error> {
        let data = data.unwrap_or_default();
        match core::mem::replace(&mut self.state, State::Failed(Error::Step)) {
            State::Started if !complete => {
                let (keys, answer) = self.answer(data)?;
                self.state = State::Answered(keys);
                Ok(Some(answer.into()))
            }
            State::Answered(keys) if keys.is_proof(data) => {
                self.state = State::Done(keys);
                Ok(if complete { None } else { Some(Secret::new()) })
            }
            State::Answered(_) => Err(Error::ServerProof),
            // The proof came before, and the server now is content.
            State::Done(keys) if complete && data.is_empty() => {
                self.state = State::Done(keys);
                Ok(None)
            }
            State::Failed(error) => Err(error),
            _ => Err(Error::Step),
        }
    }

    fn note(&mut self, error: Error) -> MechanismError {
        self.state = State::Failed(error);
        MechanismError
    }
}

impl ClientMechanism for Client {
    fn start(&mut self, offered: Mechanisms<'_>) -> Result<Start, MechanismError> {
        if !offered.contains(NAME) {
            return Err(self.note(Error::NotOffered));
        }
        self.state = State::Started;
        Ok(Start { mechanism: NAME.into(), data: None })
    }

    fn step(&mut self, data: Option<&[u8]>, complete: bool) -> Result<Option<Secret>, MechanismError> {
        self.advance(data, complete).map_err(|error| self.note(error))
    }

    fn security_layer(&self) -> SecurityLayer {
        match &self.state {
            State::Done(keys) if keys.qop() != Qop::Auth => SecurityLayer::Active,
            State::Done(_) => SecurityLayer::None,
            _ => SecurityLayer::TooWeak,
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("strength", &self.strength).field("error", &self.error()).finish()
    }
}

/// 16 random bytes as 32 digits.
pub(super) fn nonce(random: impl FnOnce(&mut [u8])) -> [u8; 32] {
    let mut bytes = [0; 16];
    random(&mut bytes);
    super::exchange::hex(&bytes)
}
