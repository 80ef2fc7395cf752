//! SASL by the crate `rsasl`: PLAIN, SCRAM-SHA-1 and SCRAM-SHA-256 at either end.
//!
//! None of them brings a security layer, so that real servers offer them over TLS only. DIGEST-MD5, which they offer
//! without TLS, is in the library, which `login` uses.

use std::sync::Arc;

use rsasl::callback::{Context, Request, SessionCallback, SessionData};
use rsasl::mechanisms::scram::properties::ScramStoredPassword;
use rsasl::mechanisms::scram::tools::{derive_keys, hash_password};
use rsasl::mechname::Mechname;
use rsasl::prelude::{SASLClient, SASLConfig, SASLError, SASLServer, Session, SessionError};
use rsasl::property::{AuthId, AuthzId, Password};
use rsasl::validate::{Validate, Validation, ValidationError};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use spice_proto::link::{
    Challenge, ClientMechanism, MechanismError, Mechanisms, Secret, ServerMechanism, Start,
};

/// A client that has a name and a password.
pub struct User {
    config: Arc<SASLConfig>,
    plain: bool,
    session: Option<Session>,
    running: bool,
}

impl User {
    /// `plain`: the connection is encrypted, so that PLAIN, which shows the password to the server, may be used where
    /// the server has nothing better.
    pub fn new(name: &str, password: &str, plain: bool) -> Result<Self, SASLError> {
        let config = SASLConfig::with_credentials(None, name.into(), password.into())?;
        Ok(Self { config, plain, session: None, running: true })
    }

    fn exchange(&mut self, data: Option<&[u8]>) -> Result<Secret, MechanismError> {
        let mut answer = Vec::new();
        let session = self.session.as_mut().ok_or(MechanismError)?;
        let state = session.step(data, &mut answer).map_err(|_| MechanismError)?;
        self.running = state.is_running();
        Ok(answer.into())
    }
}

impl ClientMechanism for User {
    fn start(&mut self, offered: Mechanisms<'_>) -> Result<Start, MechanismError> {
        let names = offered.iter().filter(|name| self.plain || *name != "PLAIN");
        let names: Vec<&Mechname> = names.filter_map(|name| Mechname::parse(name.as_bytes()).ok()).collect();
        let session = SASLClient::new(self.config.clone()).start_suggested(&names);
        let session = self.session.insert(session.map_err(|_| MechanismError)?);
        let mechanism = session.get_mechname().as_str().to_owned();
        let first = session.are_we_first();
        let data = if first { Some(self.exchange(None)?) } else { None };
        Ok(Start { mechanism, data })
    }

    fn step(&mut self, data: Option<&[u8]>, complete: bool) -> Result<Option<Secret>, MechanismError> {
        // The server may be content before it has proved itself; then there is data to check, or it failed.
        let answer = match self.running {
            true => Some(self.exchange(Some(data.unwrap_or_default()))?),
            false => None,
        };
        if complete && self.running { Err(MechanismError) } else { Ok(answer) }
    }
}

/// A server's side for one user.
pub struct Account {
    config: Arc<SASLConfig>,
    offered: String,
    session: Option<Session<Known>>,
}

impl Account {
    /// `salt` is random and different for each password; `rounds` at least 4096. `plain`: the connection is encrypted,
    /// so that PLAIN may be offered.
    pub fn new(
        name: &str,
        password: &str,
        salt: [u8; 16],
        rounds: u32,
        plain: bool,
    ) -> Result<Self, SASLError> {
        let mut salted = Default::default();
        hash_password::<Sha1>(password.as_bytes(), rounds, &salt, &mut salted);
        let (client, server) = derive_keys::<Sha1>(&salted);
        let sha1 = (Sha1::digest(client).to_vec(), server.to_vec());
        let mut salted = Default::default();
        hash_password::<Sha256>(password.as_bytes(), rounds, &salt, &mut salted);
        let (client, server) = derive_keys::<Sha256>(&salted);
        let sha256 = (Sha256::digest(client).to_vec(), server.to_vec());
        let check = Check { name: name.into(), password: password.into(), salt, rounds, sha1, sha256 };
        let config = SASLConfig::builder().with_defaults().with_callback(check)?;
        let offered = if plain { "SCRAM-SHA-256,SCRAM-SHA-1,PLAIN" } else { "SCRAM-SHA-256,SCRAM-SHA-1" };
        Ok(Self { config, offered: offered.into(), session: None })
    }

    /// Offers only these mechanisms, with commas between them.
    pub fn offer(&mut self, mechanisms: &str) {
        self.offered = mechanisms.into();
    }

    fn exchange(&mut self, data: Option<&[u8]>) -> Result<Challenge, MechanismError> {
        let mut answer = Vec::new();
        let session = self.session.as_mut().ok_or(MechanismError)?;
        let state = session.step(data, &mut answer).map_err(|_| MechanismError)?;
        let complete = !state.is_running();
        if complete && session.validation() != Some(true) {
            return Err(MechanismError);
        }
        Ok(Challenge { data: Some(answer.into()), complete })
    }
}

impl ServerMechanism for Account {
    fn offered(&self) -> &str {
        &self.offered
    }

    fn start(&mut self, mechanism: &str, data: Option<&[u8]>) -> Result<Challenge, MechanismError> {
        let name = Mechname::parse(mechanism.as_bytes()).map_err(|_| MechanismError)?;
        let session = SASLServer::<Known>::new(self.config.clone()).start_suggested(name);
        self.session = Some(session.map_err(|_| MechanismError)?);
        match data {
            Some(_) => self.exchange(data),
            // These mechanisms start at the client: it is asked for its data.
            None => Ok(Challenge { data: None, complete: false }),
        }
    }

    fn step(&mut self, data: Option<&[u8]>) -> Result<Challenge, MechanismError> {
        self.exchange(Some(data.unwrap_or_default()))
    }
}

/// What comes out: whether the client is known.
struct Known;

impl Validation for Known {
    type Value = bool;
}

/// The one account, as the mechanisms want it.
struct Check {
    name: String,
    password: String,
    salt: [u8; 16],
    rounds: u32,
    /// Stored key and server key.
    sha1: (Vec<u8>, Vec<u8>),
    sha256: (Vec<u8>, Vec<u8>),
}

impl Check {
    fn knows(&self, context: &Context<'_>, plain: bool) -> bool {
        let name = context.get_ref::<AuthId>() == Some(self.name.as_str());
        let other = context.get_ref::<AuthzId>().is_some_and(|id| !id.is_empty() && id != self.name);
        let password =
            !plain || context.get_ref::<Password>().is_some_and(|theirs| theirs == self.password.as_bytes());
        name && !other && password
    }
}

impl SessionCallback for Check {
    fn callback(
        &self,
        session: &SessionData,
        context: &Context<'_>,
        request: &mut Request<'_>,
    ) -> Result<(), SessionError> {
        if context.get_ref::<AuthId>() == Some(self.name.as_str()) {
            let sha1 = session.mechanism().mechanism.as_str() == "SCRAM-SHA-1";
            let (stored, server) = if sha1 { &self.sha1 } else { &self.sha256 };
            let stored = ScramStoredPassword::new(self.rounds, &self.salt, stored, server);
            request.satisfy::<ScramStoredPassword<'_>>(&stored)?;
        }
        Ok(())
    }

    fn validate(
        &self,
        session: &SessionData,
        context: &Context<'_>,
        validate: &mut Validate<'_>,
    ) -> Result<(), ValidationError> {
        let plain = session.mechanism().mechanism.as_str() == "PLAIN";
        validate.with::<Known, _>(|| Ok(self.knows(context, plain)))?;
        Ok(())
    }
}
