//! Handshakes of both roles, by what a peer sends.

use spice_proto::common::LinkErr;
use spice_proto::link::{
    Answer, Auth, Challenge, Client, ClientConfig, ClientEvent, ClientMechanism, Error, MechanismError,
    Mechanisms, PublicKey, Secret, SecurityLayer, Server, ServerConfig, ServerEvent, ServerMechanism, Start,
    Ticket,
};
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, Limits};

use super::{cuts, take};
use crate::vectors::to_hex;

/// Any bytes from a server. `data`: options (bits 0 and 1: authentication, bit 2: no common capabilities, bits 3 and
/// 4: security layer, bit 5: the mechanism gives up), how they are cut, the bytes.
///
/// However they are cut, the same events come, the same is said, and the same error ends it. No more is held than the
/// limits say, and nothing is said to a server that is wrong.
///
/// # Panics
/// When a property does not hold.
pub fn link_client(mut data: &[u8]) {
    let options = take::<1>(&mut data) as u8;
    let seed = take::<1>(&mut data) as u8;
    let whole = client(options, &[data]);
    for pieces in cuts::ways(data, seed) {
        let cut = client(options, &pieces);
        assert!(cut == whole, "{cut:?}\nwhole: {whole:?}\n{}", to_hex(data));
    }
    if let Some(error) = whole.error {
        assert_eq!(error.answer(), Answer::Silence);
    }
}

/// Any bytes from a client. `data`: options (bits 0 and 1: authentication, bit 2: no common capabilities, bits 3 and
/// 4: security layer, bit 5: the mechanism gives up, bits 6 and 7: what is refused), how they are cut, the bytes.
///
/// As [`link_client`]; what is said to a client that is wrong is what the error says.
///
/// # Panics
/// When a property does not hold.
pub fn link_server(mut data: &[u8]) {
    let options = take::<1>(&mut data) as u8;
    let seed = take::<1>(&mut data) as u8;
    let whole = server(options, &[data]);
    for pieces in cuts::ways(data, seed) {
        let cut = server(options, &pieces);
        assert!(cut == whole, "{cut:?}\nwhole: {whole:?}\n{}", to_hex(data));
    }
    let end: Vec<u8> = match whole.error.map(|error| error.answer()) {
        Some(Answer::Reply(error)) => [error.0.to_le_bytes().to_vec(), vec![0; 174]].concat(),
        Some(Answer::Result(error)) => error.0.to_le_bytes().to_vec(),
        Some(Answer::SaslResult) => b"\x01\0\0\0\x16\0\0\0Authentication failed\0".to_vec(),
        Some(Answer::Silence) | None => Vec::new(),
    };
    assert!(whole.said.ends_with(&end), "{:?} and {}", whole.error, to_hex(&whole.said));
}

/// What can be seen of a handshake.
#[derive(Debug, PartialEq)]
struct Seen {
    events: Vec<String>,
    said: Vec<u8>,
    /// What came behind it, when it is linked.
    left: Option<Vec<u8>>,
    error: Option<Error>,
}

impl Seen {
    fn new() -> Self {
        Self { events: Vec::new(), said: Vec::new(), left: None, error: None }
    }

    fn event(&mut self, event: String) {
        assert!(!event.is_empty());
        self.events.push(event);
    }
}

/// Small ones, so that they are met.
fn limits() -> Limits {
    let mut limits = Limits::server();
    limits.link_message = 512;
    limits.sasl_data = 64;
    limits
}

/// Most that may be held besides the last push.
const HELD: usize = 512 + 64;

fn auth(options: u8) -> Auth {
    [Auth::Ticket, Auth::Sasl, Auth::Either, Auth::Either][usize::from(options & 3)]
}

fn client(options: u8, pieces: &[&[u8]]) -> Seen {
    let mut config = ClientConfig::new(ChannelType::DISPLAY, 3);
    config.auth = auth(options);
    config.limits = limits();
    if options & 4 == 4 {
        config.capabilities.common = CapabilitySet::EMPTY;
    }
    let without_choice = config.auth == Auth::Sasl && options & 4 == 4;
    let link = Client::new(config);
    assert_eq!(link.is_err(), without_choice);
    let Ok(mut link) = link else { return Seen::new() };
    let mut mechanism = Mechanism { options, steps: 0 };
    let mut seen = Seen::new();
    seen.said.extend_from_slice(link.take_output().as_bytes());
    for piece in pieces {
        if let Some(left) = &mut seen.left {
            left.extend_from_slice(piece);
            continue;
        }
        link.push(piece);
        loop {
            let event = link.next_event();
            seen.said.extend_from_slice(link.take_output().as_bytes());
            match event {
                Ok(None) => break assert_eq!(seen.error, None, "the error was forgotten"),
                Ok(Some(ClientEvent::Ticket(key))) => {
                    seen.event(format!("{key:?} {}", to_hex(&key.0)));
                    link.encrypted_ticket(&Ticket([0x5a; 128])).expect("asked for");
                }
                Ok(Some(ClientEvent::Sasl)) => {
                    link.sasl(&mut mechanism).expect("asked for");
                    seen.event(format!("sasl {}", mechanism.steps));
                }
                Ok(Some(ClientEvent::SecurityLayer(wrapped))) => {
                    seen.event("layer".into());
                    link.push(&wrapped);
                }
                Ok(Some(ClientEvent::Linked(mut linked))) => {
                    seen.left = Some(std::mem::take(&mut linked.leftover).to_vec());
                    seen.event(format!("{linked:?}"));
                    break;
                }
                Err(error) => {
                    assert!(seen.error.is_none_or(|known| known == error), "{:?}, then {error}", seen.error);
                    break seen.error = Some(error);
                }
            }
        }
        assert!(link.held() <= HELD + piece.len(), "{} bytes held", link.held());
        assert!(seen.error.is_some() || link.held() <= HELD, "{} bytes held", link.held());
    }
    assert_eq!(link.close().is_ok(), seen.left.is_some());
    assert!(!format!("{link:?}").is_empty());
    seen
}

fn server(options: u8, pieces: &[&[u8]]) -> Seen {
    let mut config = ServerConfig::default();
    config.auth = auth(options);
    config.limits = limits();
    if options & 4 == 4 {
        config.common = CapabilitySet::EMPTY;
    }
    let mut link = Server::new(config);
    let mut mechanism = Mechanism { options, steps: 0 };
    let mut seen = Seen::new();
    for piece in pieces {
        if let Some(left) = &mut seen.left {
            left.extend_from_slice(piece);
            continue;
        }
        link.push(piece);
        loop {
            let event = link.next_event();
            seen.said.extend_from_slice(link.take_output().as_bytes());
            if let Ok(Some(event)) = &event
                && !matches!(event, ServerEvent::SecurityLayer(_) | ServerEvent::Linked(_))
            {
                seen.event(format!("{event:?} {}", mechanism.steps));
            }
            let called = match event {
                Ok(None) => break assert_eq!(seen.error, None, "the error was forgotten"),
                Ok(Some(ServerEvent::Request(request))) => match options >> 6 {
                    1 if request.channel_id == 1 => link.ignore(),
                    1 => link.refuse(LinkErr::NEED_SECURED),
                    _ => link.accept([3_u32].into(), &PublicKey([7; 162])),
                },
                Ok(Some(ServerEvent::Ticket(ticket))) if options >> 6 == 2 => {
                    seen.event(to_hex(&ticket.0));
                    link.deny_ticket()
                }
                Ok(Some(ServerEvent::Ticket(_))) => link.pass_ticket(),
                Ok(Some(ServerEvent::Sasl)) => link.sasl(&mut mechanism),
                Ok(Some(ServerEvent::SecurityLayer(wrapped))) => {
                    seen.event("layer".into());
                    link.push(&wrapped);
                    Ok(())
                }
                Ok(Some(ServerEvent::Authenticated(_))) if options >> 6 == 3 => {
                    link.refuse(LinkErr::BAD_CONNECTION_ID)
                }
                Ok(Some(ServerEvent::Authenticated(_))) => link.admit(),
                Ok(Some(ServerEvent::Linked(mut linked))) => {
                    seen.left = Some(std::mem::take(&mut linked.leftover).to_vec());
                    seen.event(format!("{linked:?}"));
                    break;
                }
                Err(error) => {
                    assert!(seen.error.is_none_or(|known| known == error), "{:?}, then {error}", seen.error);
                    break seen.error = Some(error);
                }
            };
            called.expect("what the event asks for");
        }
        assert!(link.held() <= HELD + piece.len(), "{} bytes held", link.held());
        assert!(seen.error.is_some() || link.held() <= HELD, "{} bytes held", link.held());
    }
    assert_eq!(link.close().is_ok(), seen.left.is_some());
    assert!(!format!("{link:?}").is_empty());
    seen
}

/// A mechanism that says what it hears, until it has had three steps.
struct Mechanism {
    options: u8,
    steps: usize,
}

impl Mechanism {
    fn step(&mut self, data: Option<&[u8]>) -> Result<Option<Secret>, MechanismError> {
        self.steps += 1 + data.map_or(0, |data| 16 * data.len());
        if self.options & 32 == 32 && self.steps % 16 == 2 {
            Err(MechanismError)
        } else {
            Ok(data.map(Secret::from))
        }
    }

    fn layer(&self) -> SecurityLayer {
        let layers =
            [SecurityLayer::None, SecurityLayer::Active, SecurityLayer::TooWeak, SecurityLayer::None];
        layers[usize::from(self.options >> 3 & 3)]
    }
}

impl ClientMechanism for Mechanism {
    fn start(&mut self, offered: Mechanisms<'_>) -> Result<Start, MechanismError> {
        self.step(None)?;
        let name = offered.iter().find(|name| name.len() <= 100 && !name.contains('\0'));
        Ok(Start { mechanism: name.ok_or(MechanismError)?.into(), data: Some("start".into()) })
    }

    fn step(&mut self, data: Option<&[u8]>, _: bool) -> Result<Option<Secret>, MechanismError> {
        Mechanism::step(self, data)
    }

    fn security_layer(&self) -> SecurityLayer {
        self.layer()
    }
}

impl ServerMechanism for Mechanism {
    fn offered(&self) -> &str {
        "DIGEST-MD5,X"
    }

    fn start(&mut self, mechanism: &str, data: Option<&[u8]>) -> Result<Challenge, MechanismError> {
        assert!(["DIGEST-MD5", "X"].contains(&mechanism), "{mechanism}");
        ServerMechanism::step(self, data)
    }

    fn step(&mut self, data: Option<&[u8]>) -> Result<Challenge, MechanismError> {
        Ok(Challenge { data: Mechanism::step(self, data)?, complete: self.steps % 16 == 3 })
    }

    fn security_layer(&self) -> SecurityLayer {
        self.layer()
    }
}
