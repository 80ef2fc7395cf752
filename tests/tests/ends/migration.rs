//! The captured migrations through the session machines, both roles.

use std::collections::BTreeMap;

use spice_proto::channel::{Any, ClientEnd, ServerEnd};
use spice_proto::common::{self, MouseMode};
use spice_proto::frame::Decoder;
use spice_proto::main::{self, ChannelId, ClientMessage, MainCapability, ServerMessage};
use spice_proto::session::{
    ClientSession, Destination, Handover, MigrationKind, MouseModes, Request, ServerSession, Step,
};
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, Limits, Origin};
use spice_proto_tests::session::Item;

use super::recorded::{self, Recorded};

const MAIN: ChannelId = ChannelId::new(ChannelType::MAIN, 0);

/// Connections to the source and to the destination, by channel.
struct Recording {
    source: BTreeMap<(u8, u8), Recorded>,
    destination: BTreeMap<(u8, u8), Recorded>,
}

impl Recording {
    fn open(name: &str) -> Self {
        let mut connections = recorded::session(name);
        let second = connections.iter().rposition(|connection| connection.channel() == ChannelType::MAIN);
        let destination = connections.split_off(second.expect("two main channels"));
        let by_channel = |list: Vec<Recorded>| list.into_iter().map(|of| (key(id(&of)), of)).collect();
        Self { source: by_channel(connections), destination: by_channel(destination) }
    }

    /// Every frame in the order of the capture: packet, whether at the destination, channel, origin, number.
    fn frames(&self) -> Vec<(u64, bool, ChannelId, Origin, usize)> {
        let of = |list: &BTreeMap<(u8, u8), Recorded>, there: bool| -> Vec<_> {
            let frames = list.values().flat_map(move |of| {
                of.in_order().into_iter().map(move |(packet, origin, at)| (packet, there, id(of), origin, at))
            });
            frames.collect()
        };
        let mut frames = [of(&self.source, false), of(&self.destination, true)].concat();
        frames.sort_by_key(|(packet, ..)| *packet);
        frames
    }

    fn side(&self, there: bool) -> &BTreeMap<(u8, u8), Recorded> {
        if there { &self.destination } else { &self.source }
    }
}

fn id(of: &Recorded) -> ChannelId {
    ChannelId::new(of.session.link.channel, of.session.link.channel_id)
}

fn key(channel: ChannelId) -> (u8, u8) {
    (channel.type_, channel.id)
}

/// Messages that the user of the ends sends for reasons of its own.
fn of_the_user(channel: ChannelId, kind: u16) -> bool {
    kind > 100 && (channel != MAIN || kind == ClientMessage::ATTACH_CHANNELS)
}

/// The client of a recording: ends of both servers, and what they sent.
struct Client {
    session: ClientSession,
    ends: [BTreeMap<(u8, u8), ClientEnd<Any>>; 2],
    handovers: BTreeMap<(u8, u8), Handover>,
    /// Which channels take messages at the destination.
    live: BTreeMap<(u8, u8), bool>,
    steps: Vec<&'static str>,
    moved: Vec<bool>,
    sent: [BTreeMap<(u8, u8), Vec<u8>>; 2],
}

impl Client {
    fn new(recording: &Recording) -> Self {
        let ends = [false, true].map(|there| {
            let side = recording.side(there).iter();
            side.map(|(key, of)| (*key, ClientEnd::new(Any(of.channel()), of.header, &Limits::default())))
                .collect()
        });
        Self {
            session: ClientSession::new(),
            ends,
            handovers: BTreeMap::new(),
            live: BTreeMap::new(),
            steps: Vec::new(),
            moved: Vec::new(),
            sent: Default::default(),
        }
    }

    fn end(&mut self, there: bool, channel: ChannelId) -> &mut ClientEnd<Any> {
        self.ends[usize::from(there)].get_mut(&key(channel)).expect("an end")
    }

    fn send(&mut self, there: bool, message: ClientMessage<'_>) {
        let end = self.end(there, MAIN);
        end.send(&spice_proto::ClientMessage::Main(message)).expect("sent");
    }

    /// Takes what a channel has, as far as it is to be taken yet.
    fn drain(&mut self, there: bool, channel: ChannelId) {
        loop {
            if there && !self.live.get(&key(channel)).copied().unwrap_or(false) {
                break;
            }
            let Some(message) = self.end(there, channel).next_message().expect("a message") else { break };
            if channel == MAIN {
                let parsed = ServerMessage::parse(message.kind(), message.body()).expect("a message");
                let step = match (there, self.steps.last()) {
                    (true, Some(&"link" | &"link others")) => self.session.handle_destination(&parsed),
                    _ => self.session.handle(&parsed, 0),
                };
                if let Some(step) = step {
                    self.step(step);
                }
                if let ServerMessage::ChannelsList(list) = parsed {
                    for channel in list.channels.iter() {
                        let opening = self.session.open(channel).expect("opened");
                        assert_eq!(Some(opening.connection_id), self.session.id());
                    }
                }
            }
            if !there {
                let mut handover = self.handovers.remove(&key(channel)).unwrap_or_default();
                let complete = handover.handle(self.end(false, channel), &message).expect("handled");
                if complete {
                    let source = self.ends[0].remove(&key(channel)).expect("an end");
                    let destination = self.ends[1].get_mut(&key(channel)).expect("an end");
                    handover.finish(&source, destination).expect("finished");
                    self.ends[0].insert(key(channel), source);
                    self.live.insert(key(channel), true);
                    self.moved.push(self.session.moved(channel));
                    self.drain(true, channel);
                } else {
                    self.handovers.insert(key(channel), handover);
                }
            }
        }
        for there in [false, true] {
            let output = self.end(there, channel).take_output();
            self.sent[usize::from(there)].entry(key(channel)).or_default().extend_from_slice(&output);
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Link { destination, ask } => {
                self.steps.push("link");
                assert_eq!(destination.host().to_str(), Ok("127.0.0.1"));
                assert!([Some(5920), Some(5926)].contains(&destination.port()));
                assert_eq!((destination.tls_port(), destination.cert_subject()), (None, None));
                match ask {
                    Some(ask) => {
                        self.send(true, ask);
                        self.live.insert(key(MAIN), true);
                    }
                    None => self.link_others(),
                }
            }
            Step::LinkOthers => {
                self.steps.push("link others");
                self.link_others();
                // Its other messages are taken when the channel has moved.
                self.live.insert(key(MAIN), false);
            }
            Step::SwitchAll(message) => {
                self.steps.push("switch all");
                self.send(true, message);
                let all: Vec<_> = self.ends[1].keys().copied().collect();
                self.live.extend(all.iter().map(|key| (*key, true)));
                all.iter().for_each(|key| self.drain(true, ChannelId { type_: key.0, id: key.1 }));
            }
            step => panic!("{step:?}"),
        }
    }

    fn link_others(&mut self) {
        assert_eq!(self.session.open_channels().count() + 1, self.ends[1].len());
        let message = self.session.connected().expect("somebody waits");
        assert!(self.session.connected().is_none(), "said once");
        self.send(false, message);
    }
}

/// Feeds the client of a recording with what the servers sent. Everything that has a reason in the protocol is sent as
/// the real client sent it.
fn replay(name: &str) -> Client {
    let recording = Recording::open(name);
    let mut client = Client::new(&recording);
    for (_, there, channel, origin, at) in recording.frames() {
        let of = &recording.side(there)[&key(channel)];
        if origin == Origin::Server {
            let mut bytes = Vec::new();
            of.track(origin).frames[at].frame.put(&mut bytes);
            client.end(there, channel).push(&bytes);
            client.drain(there, channel);
        }
    }
    let mut compared = 0;
    for there in [false, true] {
        for (key, of) in recording.side(there) {
            let channel = id(of);
            let mut decoder = Decoder::new(Origin::Client, of.channel(), of.header, &Limits::default());
            decoder.push(client.sent[usize::from(there)].get(key).map_or(&[], |sent| &sent[..]));
            let ours = std::iter::from_fn(|| decoder.next_frame().expect("frames"));
            let ours: Vec<_> = ours.map(|frame| (frame.kind(), frame.bytes().to_vec())).collect();
            let theirs = of.track(Origin::Client).items().map(|item| (item.kind, item.body.to_vec()));
            let theirs: Vec<_> = theirs.filter(|(kind, _)| !of_the_user(channel, *kind)).collect();
            assert_eq!(ours, theirs, "{}", of.name);
            compared += ours.len();
        }
    }
    println!("{name}: {compared} messages of the client are the same, steps {:?}", client.steps);
    assert!(!client.session.is_migrating());
    client
}

#[test]
fn our_client_migrates_seamlessly_as_the_real_one() {
    let client = replay("migration-seamless");
    assert_eq!(client.steps, ["link", "link others"]);
    assert_eq!(client.moved, [false, false, false, true], "the last channel completes it");
    assert_eq!(client.session.id(), Some(3_798_891_292));
}

#[test]
fn our_client_migrates_semi_seamlessly_as_the_real_one() {
    let client = replay("migration-switch-host");
    assert_eq!(client.steps, ["link", "switch all"]);
    assert!(client.moved.is_empty());
    assert_eq!(client.session.clock().map(|clock| clock.now(0)), Some(2_735_978), "INIT came there");
}

/// The messages of an end of a main channel.
fn of_main(of: &Recorded, origin: Origin) -> Vec<Item<'_>> {
    of.track(origin).items().collect()
}

fn dst_info<'a>(items: &[Item<'a>]) -> (main::DstInfo<'a>, Option<u32>) {
    let found = items.iter().find_map(|item| match ServerMessage::parse(item.kind, item.body) {
        Ok(ServerMessage::MigrateBegin(begin)) => Some((begin.dst_info, None)),
        Ok(ServerMessage::MigrateBeginSeamless(begin)) => Some((begin.dst_info, Some(begin.src_mig_version))),
        _ => None,
    });
    found.expect("a migration")
}

/// The servers of a recording: what they sent about the session and its migration comes out of our machines.
fn servers(name: &str, kind: MigrationKind) {
    let recording = Recording::open(name);
    let (here, there) = (&recording.source[&key(MAIN)], &recording.destination[&key(MAIN)]);
    let from_here = of_main(here, Origin::Server);
    let listed = from_here.iter().find_map(|item| match ServerMessage::parse(item.kind, item.body) {
        Ok(ServerMessage::ChannelsList(list)) => Some(list.channels.iter().collect::<Vec<_>>()),
        _ => None,
    });
    let listed = listed.expect("a list");
    let session_id = there.session.link.connection_id;
    let mut source = ServerSession::new(session_id, listed.clone(), MouseModes::default());
    for of in recording.source.values() {
        source.admit(of.session.link.connection_id, id(of)).expect("admitted");
    }
    let (info, version) = dst_info(&from_here);
    let capabilities = here.session.link.client.as_ref().expect("a client").channel.iter();
    let capabilities = capabilities.fold(CapabilitySet::EMPTY, |set, number| set.with(*number));
    assert!(capabilities.contains(MainCapability::SEAMLESS_MIGRATE));

    let (mut said, mut destination) = (Vec::new(), None);
    for (_, at_destination, channel, origin, at) in recording.frames() {
        let of = &recording.side(at_destination)[&key(channel)];
        let item = of.track(origin).items_of(&of.track(origin).frames[at]).pop().expect("a message").kind;
        let frame = &of.track(origin).frames[at].frame;
        let body = frame.body();
        match (origin, at_destination, item) {
            // The source begins and ends when its user says so.
            (Origin::Server, false, ServerMessage::MIGRATE_BEGIN | ServerMessage::MIGRATE_BEGIN_SEAMLESS)
                if channel == MAIN =>
            {
                let (found, message) = source.begin_migration(info, capabilities, version);
                assert_eq!((found, message), (kind, Some(ServerMessage::parse(item, body).expect("parsed"))));
                let mut incoming =
                    ServerSession::incoming(session_id, listed.clone(), MouseModes::default(), version);
                for of in recording.destination.values() {
                    incoming.admit(of.session.link.connection_id, id(of)).expect("admitted");
                }
                destination = Some(incoming);
            }
            (Origin::Server, false, ServerMessage::MIGRATE_END) if channel == MAIN => {
                assert_eq!(source.end_migration(), ServerMessage::parse(item, body).ok());
            }
            (Origin::Server, _, ServerMessage::CHANNELS_LIST | ServerMessage::MIGRATE_DST_SEAMLESS_ACK)
                if channel == MAIN =>
            {
                let answer: Vec<u8> = said.pop().expect("an answer");
                assert_eq!(answer, body, "message {item}");
            }
            (Origin::Client, ..) if channel == MAIN => {
                let message = ClientMessage::parse(item, body).expect("parsed");
                let server = if at_destination { destination.as_mut().expect("there") } else { &mut source };
                match server.handle(&message) {
                    Some(Request::Answer(answer)) => {
                        said.push(spice_proto::Encode::encode_to_vec(&answer).expect("written"));
                    }
                    Some(Request::ClientConnected { seamless }) => {
                        assert!(!at_destination);
                        assert_eq!(seamless, kind == MigrationKind::Seamless);
                    }
                    Some(Request::Start) => assert!(at_destination && kind == MigrationKind::SemiSeamless),
                    Some(other) => panic!("{other:?}"),
                    None => assert!(
                        !matches!(item, 102 | 104 | 109 | 110 | 111),
                        "message {item} asks for something"
                    ),
                }
            }
            _ => {}
        }
    }
    assert!(said.is_empty());
    if kind == MigrationKind::Seamless {
        channels(&recording);
    }
}

/// Every channel of the source: MIGRATE, flush mark, and its state, which arrives at the destination.
fn channels(recording: &Recording) {
    let mut states = 0;
    for (key, of) in &recording.source {
        let mut end = ServerEnd::new(Any(of.channel()), of.header, &Limits::server());
        let mut destination = ServerEnd::new(Any(of.channel()), of.header, &Limits::server());
        let items: Vec<_> = of.track(Origin::Server).items().collect();
        let of_kind = |kind: u16| items.iter().find(|item| item.kind == kind);
        let migrate = of_kind(common::ServerMessage::MIGRATE).expect("migrated");
        let Ok(common::ServerMessage::Migrate(migrate)) =
            common::ServerMessage::parse(migrate.kind, migrate.body)
        else {
            panic!("MIGRATE")
        };
        end.migrate(migrate.flags).expect("sent");
        end.push(of.bytes(Origin::Client));
        while end.next_message().expect("a message").is_some() {}
        assert_eq!(end.is_flushed(), migrate.flags.contains(common::MigrateFlags::NEED_FLUSH), "{}", of.name);
        let data = of_kind(common::ServerMessage::MIGRATE_DATA).map(|item| item.body);
        assert_eq!(data.is_some(), migrate.flags.contains(common::MigrateFlags::NEED_DATA_TRANSFER));
        let Some(data) = data else { continue };
        destination.push(recording.destination[key].bytes(Origin::Client));
        let arrived = std::iter::from_fn(|| destination.next_message().expect("a message"));
        let mut arrived = arrived.filter(|message| message.kind() == common::ClientMessage::MIGRATE_DATA);
        assert_eq!(arrived.next().expect("its state").body(), data);
        states += 1;
    }
    assert_eq!(states, 3, "main, display and inputs have a state");
}

#[test]
fn our_servers_migrate_as_the_real_ones() {
    servers("migration-seamless", MigrationKind::Seamless);
    servers("migration-switch-host", MigrationKind::SemiSeamless);
}

#[test]
fn other_turns_of_a_migration() {
    let info = main::DstInfo {
        port: 1,
        sport: 2,
        host_data: "there".into(),
        cert_subject_size: 4,
        cert_subject_data: Some("CN=x".into()),
    };
    let begin = ServerMessage::MigrateBeginSeamless(main::MigrateBeginSeamless {
        dst_info: info,
        src_mig_version: 1,
    });
    let empty = common::Empty;
    let mut session = ClientSession::new();
    let step = session.handle(&begin, 0);
    assert!(matches!(&step, Some(Step::Link { destination, ask: Some(_) })
        if *destination == Destination::new("there", 1, 2, "CN=x")));
    // The destination says no: all is linked, and the guest moves semi-seamlessly.
    assert_eq!(
        session.handle_destination(&ServerMessage::MigrateDstSeamlessNack(empty)),
        Some(Step::LinkOthers)
    );
    assert_eq!(session.connected(), Some(ClientMessage::MigrateConnected(empty)));
    assert!(matches!(session.handle(&ServerMessage::MigrateEnd(empty), 0), Some(Step::SwitchAll(_))));
    assert_eq!(session.handle(&ServerMessage::MigrateEnd(empty), 0), None, "twice");
    // Given up, by either side.
    session.handle(&begin, 0);
    assert_eq!(session.handle(&ServerMessage::MigrateCancel(empty), 0), Some(Step::Drop));
    assert_eq!(session.connected(), None);
    session.handle(&begin, 0);
    assert_eq!(session.connect_failed(), Some(ClientMessage::MigrateConnectError(empty)));
    assert!(!session.is_migrating());
    // Nothing is carried over.
    let ServerMessage::MigrateSwitchHost(host) = ServerSession::switch_host(info) else { panic!() };
    let step = session.handle(&ServerMessage::MigrateSwitchHost(host), 0);
    assert_eq!(step, Some(Step::SwitchHost(Destination::new("there", 1, 2, "CN=x"))));

    let none = CapabilitySet::EMPTY;
    let mut server = ServerSession::new(7, Vec::new(), MouseModes::new(MouseMode::SERVER, MouseMode::SERVER));
    assert_eq!(server.begin_migration(info, none, Some(1)), (MigrationKind::SwitchHost, None));
    assert_eq!(server.cancel_migration(), None, "the client knows nothing of it");
    let semi = none.with(MainCapability::SEMI_SEAMLESS_MIGRATE);
    assert_eq!(server.begin_migration(info, semi, Some(1)).0, MigrationKind::SemiSeamless);
    assert_eq!(server.handle(&ClientMessage::MigrateConnectedSeamless(empty)), None, "it was not offered");
    assert_eq!(server.cancel_migration(), Some(ServerMessage::MigrateCancel(empty)));
    server.begin_migration(info, semi, None);
    assert_eq!(server.handle(&ClientMessage::MigrateConnectError(empty)), Some(Request::ClientFailed));
    assert_eq!(server.end_migration(), None);

    let mut old = ServerSession::incoming(7, Vec::new(), MouseModes::default(), Some(1));
    assert_eq!(old.admit(0, MAIN), Err(common::LinkErr::BAD_CONNECTION_ID));
    assert_eq!(old.admit(7, MAIN), Ok(()));
    assert_eq!(old.admit(7, ChannelId { type_: 2, id: 0 }), Err(common::LinkErr::CHANNEL_NOT_AVAILABLE));
    let ask = ClientMessage::MigrateDstDoSeamless(main::MigrateDstDoSeamless { src_version: 2 });
    assert_eq!(old.handle(&ask), Some(Request::Answer(ServerMessage::MigrateDstSeamlessNack(empty))));
}
