//! SASL's GSSAPI at either end, which is Kerberos 5 (RFC 4752), by the system's library.
//!
//! ```text
//! client ──► token: a ticket for spice/HOST         server ──► token: its answer
//! client ──► nothing                                server ──► wrapped: the layers on offer, its longest buffer
//! client ──► wrapped: the layer, its longest buffer, whom to act for
//! ```
//!
//! Tickets come from the cache that KRB5CCNAME names (made by `kinit`), a server's keys from the keytab that KRB5_KTNAME
//! names; realms and KDCs from KRB5_CONFIG. Without these the system's own are used.

use std::fmt;
use std::ops::RangeInclusive;

use libgssapi::context::{ClientCtx, CtxFlags, SecurityContext, ServerCtx};
use libgssapi::credential::{Cred, CredUsage};
use libgssapi::error::{Error, MajorFlags};
use libgssapi::name::Name;
use libgssapi::oid::{GSS_MECH_KRB5, GSS_NT_HOSTBASED_SERVICE, OidSet};
use spice_proto::link::{
    Challenge, ClientMechanism, LayerErrorKind, MechanismError, Mechanisms, Protection, Secret,
    SecurityLayer, ServerMechanism, Start,
};

use super::layer::BoxProtection;

/// The name of the mechanism.
pub const NAME: &str = "GSSAPI";
/// The longest buffer that both ends here take, without its length.
pub const MAXBUF: u32 = 65_536;

/// What protects everything that follows; the numbers are those of the offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing.
    None = 1,
    /// A checksum.
    Integrity = 2,
    /// Encryption.
    Confidentiality = 4,
}

/// A client with a ticket.
pub struct TicketHolder {
    host: String,
    levels: RangeInclusive<Level>,
    context: Option<ClientCtx>,
    /// The exchange of tokens is over: the offer is due.
    established: bool,
    agreed: Option<Agreed>,
    error: Option<Failure>,
}

/// A server with keys.
pub struct Service {
    levels: RangeInclusive<Level>,
    context: Option<ServerCtx>,
    established: bool,
    /// The offer was sent: the choice is due.
    offered: bool,
    agreed: Option<Agreed>,
    user: Option<String>,
    error: Option<Failure>,
}

/// What both ends have agreed on.
#[derive(Clone, Copy)]
struct Agreed {
    level: Level,
    /// The longest buffer that the other end takes.
    peer: u32,
    /// The number of the peer's last buffer.
    last: Option<u64>,
}

/// Why it did not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The library says so, and where it is known, what to do.
    Library { text: String, advice: Option<&'static str> },
    /// The other end says what it must not say.
    Protocol(&'static str),
}

impl TicketHolder {
    /// A client of the server on this host. `levels`: what has to protect the connection, and what may.
    pub fn new(host: &str, levels: RangeInclusive<Level>) -> Self {
        let (host, context) = (host.to_owned(), None);
        Self { host, levels, context, established: false, agreed: None, error: None }
    }

    /// Why the mechanism gave up.
    pub fn error(&self) -> Option<&Failure> {
        self.error.as_ref()
    }

    /// What wraps everything that follows, once.
    pub fn protection(&mut self) -> Option<BoxProtection> {
        let agreed = self.agreed.filter(|agreed| agreed.level != Level::None)?;
        Some(Box::new(Wrapping { context: self.context.take()?, agreed }))
    }

    fn first(&mut self) -> Result<Secret, Failure> {
        let target = Name::new(format!("spice@{}", self.host).as_bytes(), Some(&GSS_NT_HOSTBASED_SERVICE))?;
        let mut mechanisms = OidSet::new()?;
        mechanisms.add(&GSS_MECH_KRB5)?;
        let ticket = Cred::acquire(None, None, CredUsage::Initiate, Some(&mechanisms))?;
        let flags = CtxFlags::GSS_C_MUTUAL_FLAG
            | CtxFlags::GSS_C_SEQUENCE_FLAG
            | CtxFlags::GSS_C_INTEG_FLAG
            | CtxFlags::GSS_C_CONF_FLAG;
        let mut context = ClientCtx::new(Some(ticket), target, flags, Some(&GSS_MECH_KRB5));
        let token = context.step(None, None)?;
        self.context = Some(context);
        Ok(Secret::from(token.as_deref().unwrap_or_default()))
    }

    fn answer(&mut self, data: &[u8], complete: bool) -> Result<Option<Secret>, Failure> {
        let context = self.context.as_mut().ok_or(Failure::Protocol("no exchange was started"))?;
        if self.agreed.is_some() {
            return match complete && data.is_empty() {
                true => Ok(None),
                false => Err(Failure::Protocol("the server goes on after the end")),
            };
        }
        if complete {
            return Err(Failure::Protocol("the server is content too early"));
        }
        if !self.established {
            let token = context.step(Some(data), None)?;
            self.established = context.is_complete();
            return Ok(Some(Secret::from(token.as_deref().unwrap_or_default())));
        }
        let number = token_number(data);
        let [offer, peer @ ..] = plain(context, data)?;
        let peer = u32::from_be_bytes([0, peer[0], peer[1], peer[2]]);
        let levels = [Level::Confidentiality, Level::Integrity, Level::None];
        let level = levels.into_iter().find(|level| offer & *level as u8 != 0 && self.levels.contains(level));
        let level =
            level.ok_or(Failure::Protocol("the server offers no security layer that is strong enough"))?;
        let ours = if level == Level::None { 0 } else { MAXBUF };
        let [_, ours @ ..] = ours.to_be_bytes();
        // The server's user is the ticket's: nobody to act for.
        let choice = context.wrap(false, &[&[level as u8], &ours[..]].concat())?;
        self.agreed = Some(Agreed { level, peer, last: number });
        Ok(Some(Secret::from(&choice[..])))
    }
}

impl ClientMechanism for TicketHolder {
    fn start(&mut self, offered: Mechanisms<'_>) -> Result<Start, MechanismError> {
        if !offered.contains(NAME) {
            self.error = Some(Failure::Protocol("the server does not offer it"));
            return Err(MechanismError);
        }
        let data = self.first().map_err(|error| note(&mut self.error, error))?;
        Ok(Start { mechanism: NAME.into(), data: Some(data) })
    }

    fn step(&mut self, data: Option<&[u8]>, complete: bool) -> Result<Option<Secret>, MechanismError> {
        let answer = self.answer(data.unwrap_or_default(), complete);
        // An empty answer is no data, as the reference client sends it.
        answer
            .map(|answer| answer.filter(|answer| !answer.is_empty()))
            .map_err(|error| note(&mut self.error, error))
    }

    fn security_layer(&self) -> SecurityLayer {
        layer(self.agreed)
    }
}

impl Service {
    /// `levels`: what is offered to protect the connection.
    pub fn new(levels: RangeInclusive<Level>) -> Self {
        Self {
            levels,
            context: None,
            established: false,
            offered: false,
            agreed: None,
            user: None,
            error: None,
        }
    }

    /// Whether there are keys to be read; asked before the first client comes.
    pub fn check() -> Result<(), Failure> {
        keys().map(drop)
    }

    /// Why the mechanism gave up.
    pub fn error(&self) -> Option<&Failure> {
        self.error.as_ref()
    }

    /// Who the client is: "user@REALM".
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// What wraps everything that follows, once.
    pub fn protection(&mut self) -> Option<BoxProtection> {
        let agreed = self.agreed.filter(|agreed| agreed.level != Level::None)?;
        Some(Box::new(Wrapping { context: self.context.take()?, agreed }))
    }

    fn answer(&mut self, data: &[u8]) -> Result<Challenge, Failure> {
        if self.context.is_none() {
            self.context = Some(ServerCtx::new(Some(keys()?)));
        }
        let context = self.context.as_mut().ok_or(Failure::Protocol("no exchange was started"))?;
        if !self.established {
            let token = context.step(data)?;
            self.established = context.is_complete();
            // Where there is nothing to be said the offer follows at once.
            if let Some(token) = token.filter(|token| !token.is_empty()) {
                return Ok(Challenge { data: Some(Secret::from(&token[..])), complete: false });
            }
        }
        if !self.offered {
            self.offered = true;
            let levels = [Level::None, Level::Integrity, Level::Confidentiality];
            let levels = levels.into_iter().filter(|level| self.levels.contains(level));
            let offer = levels.fold(0, |offer, level| offer | level as u8);
            let ours = if *self.levels.end() == Level::None { 0 } else { MAXBUF };
            let [_, ours @ ..] = ours.to_be_bytes();
            let offer = context.wrap(false, &[&[offer], &ours[..]].concat())?;
            return Ok(Challenge { data: Some(Secret::from(&offer[..])), complete: false });
        }
        let number = token_number(data);
        let [choice, peer @ ..] = plain(context, data)?;
        let peer = u32::from_be_bytes([0, peer[0], peer[1], peer[2]]);
        let levels = [Level::None, Level::Integrity, Level::Confidentiality];
        let level = levels.into_iter().find(|level| *level as u8 == choice && self.levels.contains(level));
        let level = level.ok_or(Failure::Protocol("the client chose a layer that was not offered"))?;
        self.user = Some(context.source_name()?.to_string());
        self.agreed = Some(Agreed { level, peer, last: number });
        Ok(Challenge { data: None, complete: true })
    }
}

impl ServerMechanism for Service {
    fn offered(&self) -> &str {
        NAME
    }

    fn start(&mut self, mechanism: &str, data: Option<&[u8]>) -> Result<Challenge, MechanismError> {
        match data {
            _ if mechanism != NAME => Err(MechanismError),
            Some(data) if !data.is_empty() => self.step(Some(data)),
            _ => Ok(Challenge { data: None, complete: false }),
        }
    }

    fn step(&mut self, data: Option<&[u8]>) -> Result<Challenge, MechanismError> {
        self.answer(data.unwrap_or_default()).map_err(|error| note(&mut self.error, error))
    }

    fn security_layer(&self) -> SecurityLayer {
        layer(self.agreed)
    }
}

/// Wraps by the context.
struct Wrapping<C> {
    context: C,
    agreed: Agreed,
}

impl<C: SecurityContext> Protection for Wrapping<C> {
    /// The library adds less than 100 bytes with every cipher that it has.
    fn max_plain(&self) -> usize {
        (self.agreed.peer as usize).saturating_sub(128)
    }

    fn wrap(&mut self, plain: &[u8], out: &mut Vec<u8>) -> Result<(), LayerErrorKind> {
        let wrapped = self.context.wrap(self.agreed.level == Level::Confidentiality, plain);
        out.extend_from_slice(&wrapped.map_err(|_| LayerErrorKind::Refused)?);
        Ok(())
    }

    fn unwrap(&mut self, buffer: &[u8], out: &mut Vec<u8>) -> Result<(), LayerErrorKind> {
        let number = token_number(buffer);
        // A copy, since the library turns the bytes in place. Where both ends asked for it, it looks at the numbers itself,
        // and refuses as if the checksum were wrong.
        let copy = buffer.to_vec();
        let plain = self.context.unwrap(&copy);
        if let (Some(last), Some(found)) = (self.agreed.last, number)
            && found != last.wrapping_add(1)
        {
            let expected = last.wrapping_add(1) as u32;
            return Err(LayerErrorKind::Sequence { found: found as u32, expected });
        }
        let plain = plain.map_err(|_| LayerErrorKind::Check)?;
        self.agreed.last = number;
        out.extend_from_slice(&plain);
        Ok(())
    }
}

/// The number of a wrapped buffer (RFC 4121, section 4.2.6.2); older ciphers hide it.
fn token_number(token: &[u8]) -> Option<u64> {
    let number = token.strip_prefix(&[5, 4])?.get(6..14)?;
    number.first_chunk().copied().map(u64::from_be_bytes)
}

/// The keys of a server, for any name in the keytab.
fn keys() -> Result<Cred, Failure> {
    let mut mechanisms = OidSet::new()?;
    mechanisms.add(&GSS_MECH_KRB5)?;
    Cred::acquire(None, None, CredUsage::Accept, Some(&mechanisms)).map_err(|error| Failure::Library {
        text: error.to_string(),
        advice: Some("there is no keytab with the server's keys: KRB5_KTNAME names it"),
    })
}

/// The four bytes of an offer or a choice.
fn plain(context: &mut impl SecurityContext, data: &[u8]) -> Result<[u8; 4], Failure> {
    // A copy, since the library turns the bytes in place.
    let copy = data.to_vec();
    let plain = context.unwrap(&copy)?;
    plain.first_chunk().copied().ok_or(Failure::Protocol("an offer of layers is too short"))
}

fn layer(agreed: Option<Agreed>) -> SecurityLayer {
    match agreed {
        None => SecurityLayer::TooWeak,
        Some(Agreed { level: Level::None, .. }) => SecurityLayer::None,
        Some(_) => SecurityLayer::Active,
    }
}

fn note(place: &mut Option<Failure>, failure: Failure) -> MechanismError {
    *place = Some(failure);
    MechanismError
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        // The numbers are those of the Kerberos library's own errors.
        const EXPIRED: i32 = -1_765_328_352;
        const UNKNOWN_SERVER: i32 = -1_765_328_377;
        const UNREACHABLE: i32 = -1_765_328_228;
        const UNKNOWN_REALM: i32 = -1_765_328_230;
        const SKEW: i32 = -1_765_328_347;
        const WRONG_KEY: i32 = -1_765_328_353;
        // Numbers, in spite of the type.
        let routine = error.major.bits() & 0x00ff_0000;
        let advice = match error.minor as i32 {
            EXPIRED => Some("the ticket has expired: get a new one with kinit"),
            UNKNOWN_SERVER => Some(
                "the ticket's realm has no such service: is the ticket of the right realm (klist), and does the host's \
                 name read as in the server's keytab?",
            ),
            UNREACHABLE => Some("no KDC answers: is it running, and does krb5.conf (KRB5_CONFIG) name it?"),
            UNKNOWN_REALM => Some("krb5.conf (KRB5_CONFIG) names no KDC for this realm"),
            SKEW => Some("the clocks of client and server differ too much"),
            WRONG_KEY => Some("the server's keytab has another key: it was made anew"),
            _ if routine == MajorFlags::GSS_S_CREDENTIALS_EXPIRED.bits() => {
                Some("the ticket has expired: get a new one with kinit")
            }
            _ if routine == MajorFlags::GSS_S_NO_CRED.bits() => {
                Some("there is no ticket: get one with kinit")
            }
            _ => None,
        };
        Self::Library { text: error.to_string(), advice }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Library { text, advice: Some(advice) } => write!(f, "Kerberos: {advice} ({text})"),
            Self::Library { text, advice: None } => write!(f, "Kerberos: {text}"),
            Self::Protocol(what) => write!(f, "Kerberos: {what}"),
        }
    }
}
