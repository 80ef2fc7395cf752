//! A client's side of SASL: which mechanism is used, and what to do when none can be.

#[cfg(feature = "digest-md5")]
use spice_proto::link::digest_md5;
use spice_proto::link::{ClientMechanism, MechanismError, Mechanisms, Secret, SecurityLayer, Start};

use super::credentials::Credentials;
#[cfg(feature = "kerberos")]
use super::kerberos::{self, Level, TicketHolder};
use super::layer::BoxProtection;
use super::sasl::User;

/// A client that takes the best of the mechanisms on offer: Kerberos if it has a ticket, else one with a password.
///
/// On an encrypted connection no security layer is put on top; on others it has to encrypt, as the reference demands.
pub struct Login<'c> {
    credentials: &'c Credentials,
    host: String,
    encrypted: bool,
    chosen: Chosen,
    /// Why it gave up.
    reason: Option<String>,
}

enum Chosen {
    None,
    Password(User),
    #[cfg(feature = "digest-md5")]
    Digest(digest_md5::Client),
    #[cfg(feature = "kerberos")]
    Kerberos(TicketHolder),
}

impl<'c> Login<'c> {
    /// `host`: the server's name, as the user wrote it.
    pub fn new(credentials: &'c Credentials, host: &str, encrypted: bool) -> Self {
        Self { credentials, host: host.to_owned(), encrypted, chosen: Chosen::None, reason: None }
    }

    /// Why it gave up, and what to do.
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// Whether a mechanism was chosen.
    pub fn has_begun(&self) -> bool {
        !matches!(self.chosen, Chosen::None)
    }

    /// What it means when the server closes, if it is not a wrong password.
    pub fn refusal(&self) -> Option<&'static str> {
        match &self.chosen {
            #[cfg(feature = "kerberos")]
            Chosen::Kerberos(_) => Some(
                "the server refuses the ticket: its keytab may lack the key of spice/HOST, or have an older one (kvno), \
                 or the user may not come in",
            ),
            _ => None,
        }
    }

    /// What wraps everything that follows, and the longest buffer that the server was told to send. Once.
    pub fn protection(&mut self) -> Option<(BoxProtection, u32)> {
        match &mut self.chosen {
            #[cfg(feature = "digest-md5")]
            Chosen::Digest(client) => Some((Box::new(client.protection()?), digest_md5::MAXBUF)),
            #[cfg(feature = "kerberos")]
            Chosen::Kerberos(holder) => Some((holder.protection()?, kerberos::MAXBUF)),
            Chosen::None | Chosen::Password(_) => None,
        }
    }

    fn mechanism(&mut self) -> Option<&mut dyn ClientMechanism> {
        match &mut self.chosen {
            Chosen::None => None,
            Chosen::Password(user) => Some(user),
            #[cfg(feature = "digest-md5")]
            Chosen::Digest(client) => Some(client),
            #[cfg(feature = "kerberos")]
            Chosen::Kerberos(holder) => Some(holder),
        }
    }

    /// Starts Kerberos, where it is on offer.
    #[cfg(feature = "kerberos")]
    fn kerberos(&mut self, offered: Mechanisms<'_>) -> Option<Start> {
        if !offered.contains(kerberos::NAME) {
            return None;
        }
        // Kerberos would ask for that name elsewhere, and say it in its errors.
        if !super::dial::is_name(&self.host) {
            self.reason = Some("Kerberos needs the name of the server's host".into());
            return None;
        }
        let level = if self.encrypted { Level::None } else { Level::Confidentiality };
        let mut holder = TicketHolder::new(&self.host, level..=level);
        match holder.start(offered) {
            Ok(start) => {
                self.chosen = Chosen::Kerberos(holder);
                Some(start)
            }
            Err(MechanismError) => {
                self.reason = holder.error().map(ToString::to_string);
                None
            }
        }
    }

    #[cfg(not(feature = "kerberos"))]
    fn kerberos(&mut self, offered: Mechanisms<'_>) -> Option<Start> {
        if offered.contains("GSSAPI") {
            self.reason = Some("Kerberos is not built in (cargo's --features kerberos)".into());
        }
        None
    }

    fn password(&mut self, offered: Mechanisms<'_>) -> Result<Start, MechanismError> {
        let (Some(name), Ok(password)) =
            (&self.credentials.username, std::str::from_utf8(self.credentials.password.as_bytes()))
        else {
            let why =
                self.reason.take().unwrap_or_else(|| "a user name is needed for them (--username)".into());
            return Err(self.give_up(format!("the server offers {}: {why}", list(offered))));
        };
        match User::new(name, password, self.encrypted) {
            Ok(user) => self.chosen = Chosen::Password(user),
            Err(error) => return Err(self.give_up(error.to_string())),
        }
        // Where there is SCRAM, that is better; but it has no layer.
        let scram = self.encrypted && offered.iter().any(|name| name.starts_with("SCRAM-SHA-"));
        #[cfg(feature = "digest-md5")]
        if offered.contains(digest_md5::NAME) && !scram {
            let random = super::credentials::random;
            let client = digest_md5::Client::new(name, &Secret::from(password), &self.host, random);
            self.chosen = Chosen::Digest(if self.encrypted { client.strength(0..=0) } else { client });
        }
        #[cfg(not(feature = "digest-md5"))]
        if offered.contains("DIGEST-MD5") && !scram {
            self.reason = Some("DIGEST-MD5 is not built in (cargo's --features digest-md5)".into());
        }
        self.mechanism().ok_or(MechanismError)?.start(offered).map_err(|_| {
            let why = self.reason.take().unwrap_or_else(|| "none of them is known here".into());
            self.give_up(format!("the server offers {}: {why}", list(offered)))
        })
    }

    fn give_up(&mut self, reason: String) -> MechanismError {
        self.reason = Some(reason);
        MechanismError
    }
}

impl ClientMechanism for Login<'_> {
    fn start(&mut self, offered: Mechanisms<'_>) -> Result<Start, MechanismError> {
        match self.kerberos(offered) {
            Some(start) => Ok(start),
            None => self.password(offered),
        }
    }

    fn step(&mut self, data: Option<&[u8]>, complete: bool) -> Result<Option<Secret>, MechanismError> {
        let answer = self.mechanism().ok_or(MechanismError)?.step(data, complete);
        if answer.is_err() {
            self.reason = match &self.chosen {
                #[cfg(feature = "digest-md5")]
                Chosen::Digest(client) => client.error().map(|error| error.to_string()),
                #[cfg(feature = "kerberos")]
                Chosen::Kerberos(holder) => holder.error().map(ToString::to_string),
                Chosen::None | Chosen::Password(_) => Some("the server does not know the password".into()),
            };
        }
        answer
    }

    fn security_layer(&self) -> SecurityLayer {
        match &self.chosen {
            Chosen::None => SecurityLayer::TooWeak,
            Chosen::Password(user) => user.security_layer(),
            #[cfg(feature = "digest-md5")]
            Chosen::Digest(client) => client.security_layer(),
            #[cfg(feature = "kerberos")]
            Chosen::Kerberos(holder) => holder.security_layer(),
        }
    }
}

fn list(offered: Mechanisms<'_>) -> String {
    let names: Vec<&str> = offered.iter().collect();
    if names.is_empty() { "no SASL mechanism at all".into() } else { names.join(", ") }
}
