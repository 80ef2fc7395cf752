//! Every captured handshake: our client against the recorded server, our server against the recorded client. Each says
//! what the recorded end said, byte for byte; tickets and SASL data are those of the recording.

use spice_proto::common::{CommonCapability, LinkErr};
use spice_proto::link::{
    Auth, Capabilities, Challenge, Client, ClientConfig, ClientEvent, ClientLink, ClientMechanism,
    LinkResult, MechanismError, Mechanisms, PublicKey, SaslClientData, SaslMechList, SaslMechName,
    SaslServerData, Secret, SecurityLayer, Server, ServerConfig, ServerEvent, ServerLink, ServerMechanism,
    Stage, Start, Ticket,
};
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, Limits, Parse};
use spice_proto_tests::capture::Capture;
use spice_proto_tests::folders;
use spice_proto_tests::session::Session;

#[test]
fn every_captured_handshake_is_said_again_by_both_machines() {
    let mut totals = Totals::default();
    let sessions = folders::sessions();
    for folder in &sessions {
        let names = ["session.pcapng", "session.pcapng.zst", "session.pcap"];
        let capture = names.iter().map(|name| folder.join(name)).find(|path| path.is_file());
        let capture = capture.unwrap_or_else(|| panic!("{}: no capture", folder.display()));
        let capture = Capture::open(&capture).unwrap_or_else(|error| panic!("{error}"));
        for connection in &capture.connections {
            let Some((to_server, to_client)) = connection.spice() else { continue };
            let place = format!("{}, connection {}", folder.display(), connection.index);
            replay(&place, to_server.bytes(), to_client.bytes(), &mut totals);
        }
    }
    println!("{} sessions: {totals:?}", sessions.len());
    let Totals { linked, denied, tickets, sasl, layers, early } = totals;
    assert!(linked > 0 && denied > 0 && tickets > 0 && sasl > 0 && layers > 0, "{totals:?}");
    assert!(early < linked, "{totals:?}");
}

#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    linked: u32,
    denied: u32,
    tickets: u32,
    sasl: u32,
    layers: u32,
    /// Connections that the recorded client closed before it authenticated.
    early: u32,
}

/// What the recorded ends said behind their link messages.
struct Recorded<'a> {
    client: ClientLink<'a>,
    server: ServerLink<'a>,
    /// Behind the mechanism.
    to_server: &'a [u8],
    to_client: &'a [u8],
    selected: bool,
    layer: SecurityLayer,
}

fn replay(place: &str, to_server: &[u8], to_client: &[u8], totals: &mut Totals) {
    let limits = Limits::default();
    let client = ClientLink::parse(to_server, &limits);
    let server = ServerLink::parse(to_client, &limits);
    let (Ok((client, to_server_rest)), Ok((server, to_client_rest))) = (client, server) else {
        panic!("{place}: no handshake");
    };
    assert_eq!(server.reply.error, LinkErr::OK, "{place}");
    let selection = CommonCapability::PROTOCOL_AUTH_SELECTION;
    let selected = client.common().contains(selection) && server.common().contains(selection);
    let layered = Session::follow(to_server, to_client).client.layer.is_some();
    let recorded = Recorded {
        client,
        server,
        to_server: to_server_rest.get(if selected { 4 } else { 0 }..).unwrap_or_default(),
        to_client: to_client_rest,
        selected,
        layer: if layered { SecurityLayer::Active } else { SecurityLayer::None },
    };
    if to_server_rest.len() < 4 {
        totals.early += 1;
        return;
    }
    let sasl = selected && to_server_rest.starts_with(&[2, 0, 0, 0]);
    *(if sasl { &mut totals.sasl } else { &mut totals.tickets }) += 1;
    for step in [usize::MAX, 7, 1] {
        let ours = recorded.client(place, to_client, step);
        let behind = ours.said(place, to_server);
        let theirs = recorded.server(place, to_server, step);
        let server_behind = theirs.said(place, to_client);
        assert_eq!(ours.end, theirs.end, "{place}");
        if ours.end == End::Linked && step == usize::MAX {
            assert_eq!(&ours.leftover[..], server_behind, "{place}: what is left to the client");
            assert_eq!(&theirs.leftover[..], behind, "{place}: what is left to the server");
        }
        if step == 1 {
            let count = match ours.end {
                End::Linked => &mut totals.linked,
                End::Denied => &mut totals.denied,
                End::Layer => &mut totals.layers,
            };
            *count += 1;
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Linked,
    Denied,
    /// What follows is encrypted.
    Layer,
}

struct Said {
    bytes: Vec<u8>,
    leftover: Vec<u8>,
    end: End,
}

impl Said {
    /// It is what the recorded end said first; gives what that said behind it.
    fn said<'a>(&self, place: &str, recorded: &'a [u8]) -> &'a [u8] {
        recorded.strip_prefix(&self.bytes[..]).unwrap_or_else(|| {
            let same = self.bytes.iter().zip(recorded).take_while(|(ours, theirs)| ours == theirs).count();
            panic!("{place}: {:?} differs at byte {same} of {}", self.end, self.bytes.len());
        })
    }
}

impl Recorded<'_> {
    fn client(&self, place: &str, from_server: &[u8], step: usize) -> Said {
        let mess = &self.client.mess;
        let mut config = ClientConfig::new(ChannelType(mess.channel_type), mess.channel_id);
        config.connection_id = mess.connection_id;
        let channel = CapabilitySet::from_words(self.client.channel_caps);
        config.capabilities = Capabilities { common: self.client.common(), channel };
        let sasl = self.client.common().contains(CommonCapability::AUTH_SASL);
        config.auth = if sasl { Auth::Either } else { Auth::Ticket };
        let mut link = Client::new(config).expect("a client");
        let mut mechanism = Replayed { bytes: self.to_server, list: String::new(), layer: self.layer };
        let mut bytes = Vec::new();
        // Nothing is said behind the handshake, so more need not be given.
        for piece in from_server.chunks(step).take(4096) {
            link.push(piece);
            loop {
                let event = link.next_event();
                bytes.extend_from_slice(link.take_output().as_bytes());
                match event {
                    Ok(None) => break,
                    Ok(Some(ClientEvent::Ticket(_))) => {
                        let ticket = Ticket(*self.to_server.first_chunk().expect("a ticket"));
                        link.encrypted_ticket(&ticket).expect("asked for");
                    }
                    Ok(Some(ClientEvent::Sasl)) => link.sasl(&mut mechanism).expect("asked for"),
                    Ok(Some(ClientEvent::SecurityLayer(_))) => {
                        return Said { bytes, leftover: Vec::new(), end: End::Layer };
                    }
                    Ok(Some(ClientEvent::Linked(linked))) => {
                        return Said { bytes, leftover: linked.leftover.to_vec(), end: End::Linked };
                    }
                    Err(error) => {
                        assert!(error.is_denied(), "{place}: {error}");
                        return Said { bytes, leftover: Vec::new(), end: End::Denied };
                    }
                }
            }
        }
        let error = link.close().expect_err("not linked");
        assert!(error.is_denied() && error.stage() == Stage::Sasl, "{place}: {error}");
        Said { bytes, leftover: Vec::new(), end: End::Denied }
    }

    fn server(&self, place: &str, from_client: &[u8], step: usize) -> Said {
        let mut config = ServerConfig::default();
        let common = self.server.common();
        config.auth =
            match [CommonCapability::AUTH_SPICE, CommonCapability::AUTH_SASL].map(|c| common.contains(c)) {
                [true, true] => Auth::Either,
                [false, true] => Auth::Sasl,
                _ => Auth::Ticket,
            };
        config.common = common;
        let list = SaslMechList::parse_with_trailing(self.to_client);
        let (list, behind) = match &list {
            Ok((list, behind)) if self.selected => {
                (String::from_utf8_lossy(list.mechlist.0).into_owned(), *behind)
            }
            _ => (String::new(), &[][..]),
        };
        let mut mechanism = Replayed { bytes: behind, list, layer: self.layer };
        let result = LinkResult::parse_with_trailing(self.to_client).map(|(result, _)| result.error);
        let mut link = Server::new(config);
        let mut bytes = Vec::new();
        for piece in from_client.chunks(step).take(4096) {
            link.push(piece);
            loop {
                let event = link.next_event();
                bytes.extend_from_slice(link.take_output().as_bytes());
                let called = match event {
                    Ok(None) => break,
                    Ok(Some(ServerEvent::Request(request))) => {
                        assert_eq!(request.channel, self.client.channel());
                        let channel = CapabilitySet::from_words(self.server.channel_caps);
                        link.accept(channel, &PublicKey(*self.server.reply.pub_key))
                    }
                    Ok(Some(ServerEvent::Ticket(_))) if result == Ok(LinkErr::PERMISSION_DENIED) => {
                        link.deny_ticket()
                    }
                    Ok(Some(ServerEvent::Ticket(_))) => link.pass_ticket(),
                    Ok(Some(ServerEvent::Sasl)) => link.sasl(&mut mechanism),
                    Ok(Some(ServerEvent::SecurityLayer(_))) => {
                        return Said { bytes, leftover: Vec::new(), end: End::Layer };
                    }
                    Ok(Some(ServerEvent::Authenticated(_))) => link.admit(),
                    Ok(Some(ServerEvent::Linked(linked))) => {
                        return Said { bytes, leftover: linked.leftover.to_vec(), end: End::Linked };
                    }
                    Err(error) => {
                        assert!(error.is_denied(), "{place}: {error}");
                        return Said { bytes, leftover: Vec::new(), end: End::Denied };
                    }
                };
                called.expect("what the event asks for");
            }
        }
        panic!("{place}: the server waits for more than the client sent");
    }
}

/// Says what the recorded end said.
struct Replayed<'a> {
    bytes: &'a [u8],
    list: String,
    layer: SecurityLayer,
}

fn data(block: &[u8]) -> Option<Secret> {
    block.split_last().map(|(_, data)| data.into())
}

impl Replayed<'_> {
    fn client_data(&mut self) -> Result<Option<Secret>, MechanismError> {
        let (said, rest) = SaslClientData::parse_with_trailing(self.bytes).map_err(|_| MechanismError)?;
        self.bytes = rest;
        Ok(data(said.data))
    }

    fn server_data(&mut self) -> Result<Challenge, MechanismError> {
        let (said, rest) = SaslServerData::parse_with_trailing(self.bytes).map_err(|_| MechanismError)?;
        self.bytes = rest;
        Ok(Challenge { data: data(said.data), complete: said.complete == 1 })
    }
}

impl ClientMechanism for Replayed<'_> {
    fn start(&mut self, offered: Mechanisms<'_>) -> Result<Start, MechanismError> {
        let (name, rest) = SaslMechName::parse_with_trailing(self.bytes).map_err(|_| MechanismError)?;
        self.bytes = rest;
        let mechanism = String::from_utf8_lossy(name.mechname.0).into_owned();
        assert!(offered.contains(&mechanism), "{mechanism} is not in {offered:?}");
        Ok(Start { mechanism, data: self.client_data()? })
    }

    fn step(&mut self, _: Option<&[u8]>, complete: bool) -> Result<Option<Secret>, MechanismError> {
        if complete { Ok(None) } else { self.client_data() }
    }

    fn security_layer(&self) -> SecurityLayer {
        self.layer
    }
}

impl ServerMechanism for Replayed<'_> {
    fn offered(&self) -> &str {
        &self.list
    }

    fn start(&mut self, _: &str, _: Option<&[u8]>) -> Result<Challenge, MechanismError> {
        self.server_data()
    }

    fn step(&mut self, _: Option<&[u8]>) -> Result<Challenge, MechanismError> {
        self.server_data()
    }

    fn security_layer(&self) -> SecurityLayer {
        self.layer
    }
}
