//! What our server says first, and what it announces.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use libtest_mimic::Trial;
use spice_proto::channel::{Any, ClientEnd};
use spice_proto::display::DisplayCapability;
use spice_proto::link::{Capabilities, Client, ClientConfig, ClientEvent, Linked, Origin, Secret};
use spice_proto::main::{self, MainCapability};
use spice_proto::server::VisitConfig;
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, ClientMessage, Limits, common, display};

use crate::live::trial;
use crate::ours::Ours;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("opens_as_real_servers", &[], opens_as_real_servers),
        trial("lists_channels_to_a_client_that_waits_for_ping", &[], waits_for_ping),
        trial("announces_what_makes_sense", &[], announces_what_makes_sense),
    ]
}

/// A channel of a client that does no more than it is told.
pub(crate) struct Channel {
    stream: TcpStream,
    end: ClientEnd<Any>,
    linked: Linked,
}

impl Channel {
    pub(crate) fn open(port: u16, session: u32, channel: ChannelType, capabilities: CapabilitySet) -> Self {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a time");
        let mut config = ClientConfig::new(channel, 0);
        config.connection_id = session;
        config.capabilities.channel = capabilities;
        let mut client = Client::new(config).expect("a good configuration");
        let mut buffer = [0; 4096];
        loop {
            let event = client.next_event().expect("it lets us in");
            stream.write_all(client.take_output().as_bytes()).expect("it listens");
            let random = |bytes: &mut [u8]| getrandom::fill(bytes).expect("the system has random bytes");
            match event {
                Some(ClientEvent::Ticket(_)) => {
                    client.ticket(&Secret::default(), random).expect("it was asked for");
                }
                Some(ClientEvent::Linked(linked)) => {
                    let end = ClientEnd::linked(Any(channel), &linked, &Limits::default());
                    return Channel { stream, end, linked };
                }
                Some(other) => panic!("{other:?}"),
                None => {
                    let count = stream.read(&mut buffer).expect("it answers");
                    client.push(&buffer[..count]);
                }
            }
        }
    }

    pub(crate) fn send(&mut self, message: &ClientMessage<'_>) {
        self.end.send(message).expect("sent");
        self.stream.write_all(&self.end.take_output()).expect("it listens");
    }

    pub(crate) fn next(&mut self) -> (u16, Vec<u8>) {
        let mut buffer = [0; 4096];
        loop {
            if let Some(received) = self.end.next_message().expect("a message") {
                return (received.kind(), received.body().to_vec());
            }
            let count = self.stream.read(&mut buffer).expect("it sends");
            assert_ne!(count, 0, "it closed the connection");
            self.end.push(&buffer[..count]);
        }
    }

    /// The numbers of the next messages.
    fn kinds<const N: usize>(&mut self) -> [u16; N] {
        [(); N].map(|()| self.next().0)
    }
}

/// A main channel, and the id of its session.
pub(crate) fn main_channel(port: u16, capabilities: CapabilitySet) -> (Channel, u32) {
    let mut main = Channel::open(port, 0, ChannelType::MAIN, capabilities);
    let (kind, body) = main.next();
    let Ok(main::ServerMessage::Init(init)) = main::ServerMessage::parse(kind, &body) else {
        panic!("{kind} is no INIT")
    };
    (main, init.session_id)
}

fn opens_as_real_servers() {
    let ours = Ours::start(&[], &[]);
    let (mut main, session) = main_channel(ours.port, [MainCapability::NAME_AND_UUID].into());
    assert_eq!(main.kinds(), [main::ServerMessage::NAME, common::ServerMessage::PING]);

    let all = [DisplayCapability::MONITORS_CONFIG].into();
    let mut display = Channel::open(ours.port, session, ChannelType::DISPLAY, all);
    display.send(&ClientMessage::Display(display::ClientMessage::Init(display::Init {
        pixmap_cache_id: 1,
        pixmap_cache_size: 1 << 20,
        glz_dictionary_id: 1,
        glz_dictionary_window_size: 1 << 20,
    })));
    // SET_ACK, INVAL_ALL_PALETTES, SURFACE_CREATE, DRAW_COPY, MONITORS_CONFIG, MARK.
    assert_eq!(display.kinds(), [3, 108, 314, 304, 317, 102]);

    let mut cursor = Channel::open(ours.port, session, ChannelType::CURSOR, CapabilitySet::EMPTY);
    assert_eq!(cursor.kinds(), [3, 101]);
    let mut inputs = Channel::open(ours.port, session, ChannelType::INPUTS, CapabilitySet::EMPTY);
    assert_eq!(inputs.kinds(), [101]);

    // What a client has not announced is left out.
    let (mut main, _) = main_channel(ours.port, CapabilitySet::EMPTY);
    assert_eq!(main.kinds(), [common::ServerMessage::PING]);
}

/// As the client that is built on the Python library of shakenfist.
fn waits_for_ping() {
    let ours = Ours::start(&[], &[]);
    let (mut main, _) = main_channel(ours.port, CapabilitySet::EMPTY);
    while main.next().0 != common::ServerMessage::PING {}
    main.send(&ClientMessage::Main(main::ClientMessage::AttachChannels(common::Empty)));
    assert_eq!(main.kinds(), [main::ServerMessage::CHANNELS_LIST]);
}

fn announces_what_makes_sense() {
    let ours = Ours::start(&[], &[]);
    let main = Channel::open(ours.port, 0, ChannelType::MAIN, CapabilitySet::EMPTY);
    assert_eq!(main.linked.peer.check_sense(Origin::Server, ChannelType::MAIN), Ok(()));
    for channel in (1..=11).map(ChannelType) {
        let announced = VisitConfig::new(0, []).with_agent().capabilities(channel);
        let set = Capabilities { common: main.linked.peer.common, channel: announced };
        assert_eq!(set.check_sense(Origin::Server, channel), Ok(()), "{channel:?}");
    }
}
