//! A server's side of SASL: what is offered, and who may come in.

#[cfg(feature = "digest-md5")]
use spice_proto::link::digest_md5;
use spice_proto::link::{Challenge, MechanismError, Secret, SecurityLayer, ServerMechanism};

#[cfg(feature = "kerberos")]
use super::kerberos::{self, Level, Service};
use super::layer::BoxProtection;
use super::random;
use super::sasl::Account;
use super::say;

/// Whom SASL lets in, and how the connection is protected.
#[derive(Clone, Debug)]
pub(crate) struct Guests {
    /// A name and its password.
    pub(crate) user: Option<(String, Secret)>,
    /// Whoever has a Kerberos ticket for this server.
    pub(crate) kerberos: bool,
    /// The security layer of a connection without TLS.
    pub(crate) layer: Protect,
}

/// What protects a connection without TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Protect {
    /// Everything is encrypted.
    Encryption,
    /// Nothing can be changed on the way; it can be read.
    Integrity,
    /// Nothing but the log-in.
    None,
}

/// The exchange with one client.
pub(crate) struct SaslHost {
    user: Option<(String, Secret)>,
    /// None on an encrypted connection.
    #[cfg_attr(
        not(any(feature = "digest-md5", feature = "kerberos")),
        allow(dead_code, reason = "no other mechanism has a layer")
    )]
    layer: Protect,
    encrypted: bool,
    offered: String,
    chosen: Chosen,
}

#[cfg(feature = "digest-md5")]
type Accounts = Box<dyn FnMut(&str) -> Option<Secret> + Send>;

enum Chosen {
    None,
    Account(Account),
    #[cfg(feature = "digest-md5")]
    Digest(digest_md5::Server<Accounts>),
    #[cfg(feature = "kerberos")]
    Kerberos(Service),
}

/// The realm of DIGEST-MD5.
#[cfg(feature = "digest-md5")]
const REALM: &str = "spice";
/// Rounds of SCRAM's hash.
const ROUNDS: u32 = 4096;

impl SaslHost {
    pub(crate) fn new(guests: &Guests, encrypted: bool) -> Self {
        let mut offered = Vec::new();
        if guests.kerberos {
            offered.push("GSSAPI");
        }
        if guests.user.is_some() {
            #[cfg(feature = "digest-md5")]
            offered.push(digest_md5::NAME);
            // These have no layer; as the reference they are for encrypted connections.
            if encrypted {
                offered.extend(["SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"]);
            }
        }
        let layer = if encrypted { Protect::None } else { guests.layer };
        let (user, offered) = (guests.user.clone(), offered.join(","));
        Self { user, layer, encrypted, offered, chosen: Chosen::None }
    }

    /// What wraps everything that follows, and the longest buffer that the client was told to send. Once.
    pub(crate) fn protection(&mut self) -> Option<(BoxProtection, u32)> {
        match &mut self.chosen {
            #[cfg(feature = "digest-md5")]
            Chosen::Digest(server) => Some((Box::new(server.protection()?), digest_md5::MAXBUF)),
            #[cfg(feature = "kerberos")]
            Chosen::Kerberos(service) => Some((service.protection()?, kerberos::MAXBUF)),
            Chosen::None | Chosen::Account(_) => None,
        }
    }

    fn say_outcome(&self) {
        if let Some(outcome) = self.outcome() {
            say::out(format_args!("sasl: {outcome}"));
        }
    }

    /// For whoever runs the server: who came in, and how; or why not.
    fn outcome(&self) -> Option<String> {
        match &self.chosen {
            #[cfg(feature = "digest-md5")]
            Chosen::Digest(server) => match (server.username(), server.error()) {
                (Some(name), _) => Some(format!("{name} by DIGEST-MD5")),
                (None, error) => error.map(|error| error.to_string()),
            },
            #[cfg(feature = "kerberos")]
            Chosen::Kerberos(service) => match (service.user(), service.error()) {
                (Some(name), _) => Some(format!("{name} by Kerberos")),
                (None, error) => error.map(ToString::to_string),
            },
            Chosen::None | Chosen::Account(_) => None,
        }
    }

    fn choose(&mut self, mechanism: &str) -> Option<&mut dyn ServerMechanism> {
        match (mechanism, &self.user) {
            #[cfg(feature = "digest-md5")]
            (digest_md5::NAME, Some((name, password))) => {
                let (name, password) = (name.clone(), password.clone());
                let accounts: Accounts = Box::new(move |user| (user == name).then(|| password.clone()));
                let bits = match self.layer {
                    Protect::Encryption => 56..=u32::MAX,
                    Protect::Integrity => 1..=1,
                    Protect::None => 0..=0,
                };
                self.chosen = Chosen::Digest(digest_md5::Server::new(REALM, accounts, random).strength(bits));
            }
            #[cfg(feature = "kerberos")]
            (kerberos::NAME, _) => {
                let level = match self.layer {
                    Protect::Encryption => Level::Confidentiality,
                    Protect::Integrity => Level::Integrity,
                    Protect::None => Level::None,
                };
                self.chosen = Chosen::Kerberos(Service::new(level..=level));
            }
            (_, Some((name, password))) if self.encrypted => {
                let mut salt = [0; 16];
                random(&mut salt);
                let password = std::str::from_utf8(password.as_bytes()).ok()?;
                self.chosen = Chosen::Account(Account::new(name, password, salt, ROUNDS, true).ok()?);
            }
            _ => return None,
        }
        self.mechanism()
    }

    fn mechanism(&mut self) -> Option<&mut dyn ServerMechanism> {
        match &mut self.chosen {
            Chosen::None => None,
            Chosen::Account(account) => Some(account),
            #[cfg(feature = "digest-md5")]
            Chosen::Digest(server) => Some(server),
            #[cfg(feature = "kerberos")]
            Chosen::Kerberos(service) => Some(service),
        }
    }
}

impl ServerMechanism for SaslHost {
    fn offered(&self) -> &str {
        &self.offered
    }

    fn start(&mut self, mechanism: &str, data: Option<&[u8]>) -> Result<Challenge, MechanismError> {
        let started = self.choose(mechanism).ok_or(MechanismError)?.start(mechanism, data);
        self.say_outcome();
        started
    }

    fn step(&mut self, data: Option<&[u8]>) -> Result<Challenge, MechanismError> {
        let stepped = self.mechanism().ok_or(MechanismError)?.step(data);
        self.say_outcome();
        stepped
    }

    fn security_layer(&self) -> SecurityLayer {
        match &self.chosen {
            Chosen::None => SecurityLayer::TooWeak,
            Chosen::Account(account) => account.security_layer(),
            #[cfg(feature = "digest-md5")]
            Chosen::Digest(server) => server.security_layer(),
            #[cfg(feature = "kerberos")]
            Chosen::Kerberos(service) => service.security_layer(),
        }
    }
}
