//! Both machines next to each other, whatever comes between them.

use std::cell::RefCell;
use std::fmt::{Debug, Write as _};

use spice_proto::link::{
    Auth, Client, ClientConfig, ClientEvent, ClientMechanism, Error, Linked, PublicKey, Secret, Server,
    ServerConfig, ServerEvent, ServerMechanism, TicketKey,
};
use spice_proto::{common::LinkErr, wire::CapabilitySet};

use super::random;

/// What both ends do.
pub(crate) struct Scene {
    pub(crate) client: ClientConfig,
    pub(crate) server: ServerConfig,
    /// The client's password.
    pub(crate) password: Secret,
    /// The server's.
    pub(crate) secret: Option<Secret>,
    pub(crate) key: TicketKey,
    pub(crate) request: Decision,
    pub(crate) admission: Decision,
    /// Capabilities of the server's channel.
    pub(crate) channel: CapabilitySet,
    pub(crate) client_sasl: fn() -> Box<dyn ClientMechanism>,
    pub(crate) server_sasl: fn() -> Box<dyn ServerMechanism>,
    /// Sent by both ends when they are linked.
    pub(crate) first: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Decision {
    Yes,
    No(LinkErr),
    Silence,
}

/// How both handshakes end, and every byte of both directions.
#[derive(Debug, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) client: Result<Linked, Error>,
    pub(crate) server: Result<Linked, Error>,
    pub(crate) to_server: Vec<u8>,
    pub(crate) to_client: Vec<u8>,
}

/// Where a direction is cut into pushes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cut {
    /// As it comes.
    Nowhere,
    /// Before this byte of the direction.
    At(usize),
    /// Between all bytes.
    Everywhere,
}

impl Cut {
    fn pieces(self, sent: usize, bytes: &[u8]) -> Vec<Vec<u8>> {
        match self {
            Cut::Nowhere => vec![bytes.to_vec()],
            Cut::Everywhere => bytes.iter().map(|byte| vec![*byte]).collect(),
            Cut::At(place) if place > sent && place < sent + bytes.len() => {
                let (front, back) = bytes.split_at(place - sent);
                vec![front.to_vec(), back.to_vec()]
            }
            Cut::At(_) => vec![bytes.to_vec()],
        }
    }
}

/// A security layer of the tests: every byte has another sign.
fn wrap(on: bool, bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|byte| if on { !byte } else { *byte }).collect()
}

impl Scene {
    /// Joins both ends until nothing moves; then the stream ends.
    pub(crate) fn run(&self, cut: Cut) -> Outcome {
        let mut client = ClientEnd {
            scene: self,
            link: Client::new(self.client.clone()).expect("a client"),
            sasl: (self.client_sasl)(),
            wire: Wire::default(),
        };
        let mut server = ServerEnd {
            scene: self,
            link: Server::new(self.server.clone()),
            sasl: (self.server_sasl)(),
            wire: Wire::default(),
        };
        let (mut to_server, mut to_client) = (Vec::new(), Vec::new());
        client.pump();
        loop {
            let [up, down] = [&mut client.wire, &mut server.wire].map(|wire| std::mem::take(&mut wire.out));
            if up.is_empty() && down.is_empty() {
                break;
            }
            for piece in cut.pieces(to_server.len(), &up) {
                server.give(&piece);
            }
            for piece in cut.pieces(to_client.len(), &down) {
                client.give(&piece);
            }
            to_server.extend(up);
            to_client.extend(down);
        }
        let (mut client_link, mut server_link) = (client.link, server.link);
        let [client, server] = [client.wire.end, server.wire.end];
        let client = client.unwrap_or_else(|| Err(client_link.close().expect_err("not linked")));
        let server = server.unwrap_or_else(|| Err(server_link.close().expect_err("not linked")));
        Outcome { client, server, to_server, to_client }
    }
}

thread_local! {
    static SHOWN: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Takes note of what `Debug` shows of a machine and of what it says.
fn show(machine: &impl Debug, event: &impl Debug) {
    SHOWN.with_borrow_mut(|shown| {
        let _ = writeln!(shown, "{machine:?} {event:?}");
    });
}

/// What a log of everything that both machines hold and say would have in it: all that [`Scene::run`] has shown on this
/// thread.
pub(crate) fn take_shown() -> String {
    SHOWN.take()
}

/// What is around a machine.
#[derive(Default)]
struct Wire {
    /// What goes to the peer, wrapped where there is a layer.
    out: Vec<u8>,
    layer: bool,
    end: Option<Result<Linked, Error>>,
}

impl Wire {
    fn send(&mut self, bytes: &[u8]) {
        self.out.extend(wrap(self.layer, bytes));
    }

    /// Bytes for the machine; what comes behind the handshake is added to what it left.
    fn receive(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        let bytes = wrap(self.layer, bytes);
        match &mut self.end {
            None => return Some(bytes),
            Some(Ok(linked)) => linked.leftover = [&linked.leftover[..], &bytes].concat().into(),
            Some(Err(_)) => {}
        }
        None
    }
}

struct ClientEnd<'s> {
    scene: &'s Scene,
    link: Client,
    sasl: Box<dyn ClientMechanism>,
    wire: Wire,
}

struct ServerEnd<'s> {
    scene: &'s Scene,
    link: Server,
    sasl: Box<dyn ServerMechanism>,
    wire: Wire,
}

impl ClientEnd<'_> {
    fn give(&mut self, bytes: &[u8]) {
        if let Some(bytes) = self.wire.receive(bytes) {
            self.link.push(&bytes);
            self.pump();
        }
    }

    fn pump(&mut self) {
        while self.wire.end.is_none() {
            show(&self.link, &"before");
            let event = self.link.next_event();
            show(&self.link, &event);
            self.wire.send(self.link.take_output().as_bytes());
            let called = match event {
                Ok(None) => return,
                Ok(Some(ClientEvent::Ticket(_))) => self.link.ticket(&self.scene.password, random()),
                Ok(Some(ClientEvent::Sasl)) => self.link.sasl(&mut *self.sasl),
                Ok(Some(ClientEvent::SecurityLayer(wrapped))) => {
                    self.wire.layer = true;
                    self.link.push(&wrap(true, &wrapped));
                    Ok(())
                }
                Ok(Some(ClientEvent::Linked(linked))) => {
                    self.wire.end = Some(Ok(linked));
                    self.wire.send(&self.scene.first);
                    Ok(())
                }
                Err(error) => {
                    self.wire.end = Some(Err(error));
                    Ok(())
                }
            };
            called.expect("what the event asks for");
        }
    }
}

impl ServerEnd<'_> {
    fn give(&mut self, bytes: &[u8]) {
        if let Some(bytes) = self.wire.receive(bytes) {
            self.link.push(&bytes);
            self.pump();
        }
    }

    fn pump(&mut self) {
        while self.wire.end.is_none() {
            show(&self.link, &"before");
            let event = self.link.next_event();
            show(&self.link, &event);
            self.wire.send(self.link.take_output().as_bytes());
            let scene = self.scene;
            let called = match event {
                Ok(None) => return,
                Ok(Some(ServerEvent::Request(_))) => match scene.request {
                    Decision::Yes => self.link.accept(scene.channel, &scene.public_key()),
                    Decision::No(error) => self.link.refuse(error),
                    Decision::Silence => self.link.ignore(),
                },
                Ok(Some(ServerEvent::Ticket(_))) => {
                    self.link.check_ticket(&scene.key, scene.secret.as_ref(), random())
                }
                Ok(Some(ServerEvent::Sasl)) => self.link.sasl(&mut *self.sasl),
                Ok(Some(ServerEvent::SecurityLayer(wrapped))) => {
                    self.wire.layer = true;
                    self.link.push(&wrap(true, &wrapped));
                    Ok(())
                }
                Ok(Some(ServerEvent::Authenticated(_))) => match scene.admission {
                    Decision::Yes => self.link.admit(),
                    Decision::No(error) => self.link.refuse(error),
                    Decision::Silence => self.link.ignore(),
                },
                Ok(Some(ServerEvent::Linked(linked))) => {
                    self.wire.end = Some(Ok(linked));
                    self.wire.send(&scene.first);
                    Ok(())
                }
                Err(error) => {
                    self.wire.end = Some(Err(error));
                    Ok(())
                }
            };
            called.expect("what the event asks for");
        }
    }
}

impl Scene {
    fn public_key(&self) -> PublicKey {
        if self.server.auth == Auth::Sasl { PublicKey::NONE } else { self.key.public() }
    }
}
