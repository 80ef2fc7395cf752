//! A server's door: who may come in, and which visit a connection belongs to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Host, Verdict};
use crate::ChannelType;
use crate::common::LinkErr;
use crate::link::{CallError, PublicKey, Request, Secret, Server, Ticket, TicketKey};
use crate::main::ChannelId;
use crate::server::{Visit, VisitConfig};
use crate::wire::CapabilitySet;

/// Lets in any number of clients that know the password, or everybody: each main channel starts a [`Visit`], and further
/// channels find theirs.
///
/// Clone it for each connection: [`accept`](super::blocking::accept) one, and [`visit`](Self::visit) is where its channel
/// belongs.
#[cfg_attr(docsrs, doc(cfg(feature = "ticket")))]
#[derive(Clone, Debug)]
pub struct Reception<R> {
    key: TicketKey,
    password: Option<Secret>,
    random: R,
    config: VisitConfig,
    most: usize,
    visits: Arc<Mutex<Visits>>,
    /// Where the connection that was accepted belongs.
    visit: Option<Arc<Mutex<Visit>>>,
}

type Visits = BTreeMap<u32, Arc<Mutex<Visit>>>;

/// Clients at once, if nothing else is said.
const MOST: usize = 64;

impl<R: FnMut(&mut [u8])> Reception<R> {
    /// A door that lets everybody in. Every visit is as `config` says, but for its number, which is random. `random`
    /// fills a buffer with random bytes fit for keys, such as the operating system's.
    #[must_use]
    pub fn new(config: VisitConfig, key: TicketKey, random: R) -> Self {
        Self { key, password: None, random, config, most: MOST, visits: Arc::default(), visit: None }
    }

    /// Asks for a password of up to 60 bytes. An empty one lets nobody in.
    #[must_use]
    pub fn with_password(self, password: impl Into<Secret>) -> Self {
        Self { password: Some(password.into()), ..self }
    }

    /// Lets in so many clients at once; 64 if nothing is said.
    #[must_use]
    pub fn with_most(self, most: usize) -> Self {
        Self { most, ..self }
    }

    /// The visit of the connection that was accepted with this clone; `None` before.
    #[must_use]
    pub fn visit(&self) -> Option<Arc<Mutex<Visit>>> {
        self.visit.clone()
    }

    /// All visits that are not over.
    #[must_use]
    pub fn visits(&self) -> std::vec::Vec<Arc<Mutex<Visit>>> {
        let mut visits = lock(&self.visits);
        visits.retain(|_, visit| !lock(visit).is_over());
        visits.values().cloned().collect()
    }

    fn start(&mut self) -> Result<Arc<Mutex<Visit>>, LinkErr> {
        let mut visits = lock(&self.visits);
        visits.retain(|_, visit| !lock(visit).is_over());
        if visits.len() >= self.most {
            return Err(LinkErr::ERROR);
        }
        let mut id = [0; 4];
        let session_id = loop {
            (self.random)(&mut id);
            let id = u32::from_le_bytes(id);
            if id != 0 && !visits.contains_key(&id) {
                break id;
            }
        };
        let visit = Visit::new(VisitConfig { session_id, ..self.config.clone() });
        let visit = Arc::new(Mutex::new(visit));
        visits.insert(session_id, Arc::clone(&visit));
        Ok(visit)
    }
}

impl<R: FnMut(&mut [u8])> Host for Reception<R> {
    fn request(&mut self, request: &Request) -> Verdict {
        let channel = ChannelId::new(request.channel, request.channel_id);
        let there = request.channel == ChannelType::MAIN || self.config.channels.contains(&channel);
        let capabilities: CapabilitySet = self.config.capabilities(request.channel);
        if there { Verdict::Accept(capabilities) } else { Verdict::Ignore }
    }

    fn key(&self) -> PublicKey {
        self.key.public()
    }

    fn ticket(&mut self, server: &mut Server, _ticket: &Ticket) -> Result<(), CallError> {
        server.check_ticket(&self.key, self.password.as_ref(), &mut self.random)
    }

    fn admit(&mut self, request: &Request) -> Result<(), LinkErr> {
        let channel = ChannelId::new(request.channel, request.channel_id);
        let visit = if request.channel == ChannelType::MAIN && request.connection_id == 0 {
            self.start()?
        } else {
            let visits = lock(&self.visits);
            visits.get(&request.connection_id).cloned().ok_or(LinkErr::BAD_CONNECTION_ID)?
        };
        lock(&visit).admit(request.connection_id, channel)?;
        self.visit = Some(visit);
        Ok(())
    }
}

/// Who panicked while holding it was the caller, about a visit of its own.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
