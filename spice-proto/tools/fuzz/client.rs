//! Carries a case out as a client.

use std::io;
use std::time::{Duration, Instant};

use spice_proto::channel::Any;
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, ClientMessage, ServerMessage, main};

use super::case::{Action, Case, Message};
use super::common::client::{Connection, OpenError};
use super::common::credentials::Credentials;
use super::common::dial::Dialer;

/// What came of a case, as far as connections show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The peer has taken everything; so many of the channels were closed by it.
    Done { closed: usize },
    /// The first channel could not be opened: why.
    Gone(String),
    /// The peer says nothing any more.
    Silent,
}

/// The channels of a client.
struct Client<'d> {
    dialer: &'d Dialer,
    credentials: &'d Credentials,
    channels: Vec<(ChannelType, Connection<Any>)>,
    session: u32,
    closed: usize,
}

/// How long the server may take for its first message.
const PATIENCE: Duration = Duration::from_secs(5);

/// Connects and does what the case says.
pub(crate) fn run(
    case: &Case,
    dialer: &Dialer,
    credentials: &Credentials,
    quiet: Duration,
) -> io::Result<Outcome> {
    let mut client = Client { dialer, credentials, channels: Vec::new(), session: 0, closed: 0 };
    for (index, action) in case.actions.iter().enumerate() {
        match action {
            Action::Open(channel) => match client.open(*channel) {
                Ok(()) => {}
                // Without the main channel there is nothing.
                Err(OpenError::Io(error))
                    if *channel == ChannelType::MAIN && error.kind() == io::ErrorKind::TimedOut =>
                {
                    return Ok(Outcome::Silent);
                }
                Err(error) if *channel == ChannelType::MAIN => return Ok(Outcome::Gone(error.to_string())),
                Err(_) => client.closed += 1,
            },
            Action::Send(message) => client.send(message),
            Action::Wait(time) => client.listen(Duration::from_millis(*time)),
        }
        // Who does not read what the server sends blocks it.
        if index % 32 == 31 {
            client.listen(Duration::from_micros(200));
        }
    }
    client.listen(quiet);
    Ok(Outcome::Done { closed: client.closed })
}

impl Client<'_> {
    fn open(&mut self, channel: ChannelType) -> Result<(), OpenError> {
        let capabilities = CapabilitySet::from_words([u32::MAX]);
        let session = if channel == ChannelType::MAIN { 0 } else { self.session };
        let connection =
            Connection::open(self.dialer, self.credentials, session, Any(channel), 0, capabilities)?;
        self.channels.push((channel, connection));
        if channel == ChannelType::MAIN {
            self.init()?;
        }
        Ok(())
    }

    /// Waits for the session's number.
    fn init(&mut self) -> io::Result<()> {
        let Some((_, connection)) = self.channels.last_mut() else { return Ok(()) };
        let start = Instant::now();
        connection.set_timeout(PATIENCE)?;
        while start.elapsed() < PATIENCE {
            let Some(received) = connection.receive()? else { continue };
            if let Ok(ServerMessage::Main(main::ServerMessage::Init(init))) = received.parse() {
                self.session = init.session_id;
                return Ok(());
            }
        }
        Err(io::ErrorKind::TimedOut.into())
    }

    fn send(&mut self, message: &Message) {
        let Message { channel, kind, ref body, .. } = *message;
        let Some(place) = self.channels.iter().position(|(open, _)| *open == channel) else { return };
        let message = ClientMessage::Unknown { channel, kind, body };
        if self.channels[place].1.send(&message).is_err() {
            self.channels.remove(place);
            self.closed += 1;
        }
    }

    /// Reads and answers on all channels, for a time or until all are closed.
    fn listen(&mut self, time: Duration) {
        let start = Instant::now();
        loop {
            let before = self.channels.len();
            self.channels.retain_mut(|(_, connection)| {
                // The system has no shorter time.
                connection.set_timeout(Duration::from_micros(50)).is_ok()
                    && loop {
                        match connection.receive() {
                            Ok(Some(_)) => {}
                            Ok(None) => break true,
                            Err(_) => break false,
                        }
                    }
            });
            self.closed += before - self.channels.len();
            if self.channels.is_empty() || start.elapsed() >= time {
                return;
            }
        }
    }
}
