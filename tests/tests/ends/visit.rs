//! Visits of a server and the client's ends, joined in memory.

use std::collections::BTreeMap;

use spice_proto::agent::{
    AgentEnd, AgentMonConfig, AgentMonitorsFlags, ClipboardEvent, ClipboardSelection, ClipboardState,
    ClipboardType, FileOffer, FileSender, Message, MonitorsConfig,
};
use spice_proto::channel::{Any, ClientEnd};
use spice_proto::common::{
    AudioData, AudioDataMode, AudioMode, CursorType, Data, Empty, LinkErr, MouseMode, Point16,
};
use spice_proto::cursor::CursorHeader;
use spice_proto::display::{DisplayCapability, ImageCompression, SurfaceFmt};
use spice_proto::frame::HeaderKind;
use spice_proto::inputs::{KeyDown, MouseButton, MouseButtonMask, MouseMotion, MousePosition, MousePress};
use spice_proto::main::{ChannelId, MainCapability};
use spice_proto::playback::PlaybackCapability;
use spice_proto::server::visit::{Failure, VisitError};
use spice_proto::server::{Event, Pointer, Screen, Visit, VisitConfig};
use spice_proto::session::{ClientSession, MouseModes};
use spice_proto::wire::CapabilitySet;
use spice_proto::{
    ChannelType, ClientMessage, ErrorKind, Limits, ServerMessage, display, inputs, main, port, record,
};

const MAIN: ChannelId = ChannelId::new(ChannelType::MAIN, 0);
const INPUTS: ChannelId = ChannelId::new(ChannelType::INPUTS, 0);
const DISPLAY: ChannelId = ChannelId::new(ChannelType::DISPLAY, 0);
const CURSOR: ChannelId = ChannelId::new(ChannelType::CURSOR, 0);
const PLAYBACK: ChannelId = ChannelId::new(ChannelType::PLAYBACK, 0);
const RECORD: ChannelId = ChannelId::new(ChannelType::RECORD, 0);
const PORT: ChannelId = ChannelId::new(ChannelType::PORT, 3);
const WEBDAV: ChannelId = ChannelId::new(ChannelType::WEBDAV, 0);

/// A client made of the crate's client side, and the visit that it pays.
struct Both {
    visit: Visit,
    ends: BTreeMap<(u8, u8), ClientEnd<Any>>,
    session: ClientSession,
    agent: AgentEnd,
    clipboard: ClipboardState,
    files: FileSender,
    now: u64,
    /// What happened at the server.
    events: Vec<(ChannelId, Event)>,
    /// What the client was sent: names of messages, by channel.
    received: Vec<(ChannelType, &'static str)>,
    /// What the client learns of clipboards.
    client_clipboard: Vec<String>,
}

impl Both {
    fn new(config: VisitConfig) -> Self {
        let can = [5, 6, 16, 17, 1_u32].into_iter().fold(CapabilitySet::EMPTY, CapabilitySet::with);
        Self {
            visit: Visit::new(config),
            ends: BTreeMap::new(),
            session: ClientSession::new(),
            agent: AgentEnd::client(can, &Limits::default()),
            clipboard: ClipboardState::new(),
            files: FileSender::new(),
            now: 1_000_000,
            events: Vec::new(),
            received: Vec::new(),
            client_clipboard: Vec::new(),
        }
    }

    /// The channels of a list, main first, and all that is said then.
    fn with(config: VisitConfig, capabilities: CapabilitySet) -> Self {
        let mut both = Self::new(config);
        let channels = both.visit.config().channels.clone();
        both.join(MAIN, capabilities);
        both.run();
        both.send(MAIN, ClientMessage::Main(main::ClientMessage::AttachChannels(spice_proto::common::Empty)));
        both.run();
        assert_eq!(both.session.channels().collect::<Vec<_>>(), channels, "the list");
        for channel in channels {
            both.join(channel, capabilities);
        }
        both.run();
        both
    }

    fn join(&mut self, channel: ChannelId, capabilities: CapabilitySet) {
        let id = if channel == MAIN { 0 } else { self.session.id().expect("INIT has come") };
        self.visit.admit(id, channel).expect("admitted");
        self.visit.join(channel, HeaderKind::Mini, capabilities, self.now);
        let end = ClientEnd::new(Any(channel.channel_type()), HeaderKind::Mini, &Limits::default());
        self.ends.insert((channel.type_, channel.id), end);
    }

    fn send(&mut self, channel: ChannelId, message: ClientMessage<'_>) {
        self.ends.get_mut(&(channel.type_, channel.id)).unwrap().send(&message).unwrap();
    }

    /// Carries bytes to and fro until nobody has anything to say. Each round takes a millisecond.
    fn run(&mut self) {
        loop {
            let mut quiet = true;
            for (&(type_, id), end) in &mut self.ends {
                let channel = ChannelId::new(ChannelType(type_), id);
                if type_ == ChannelType::MAIN.0 {
                    while let Some(message) = self.agent.next_client_message() {
                        end.send(&ClientMessage::Main(message)).unwrap();
                    }
                }
                let bytes = end.take_output();
                quiet &= bytes.is_empty();
                self.visit.push(channel, &bytes);
                while let Some(event) = self.visit.next_event(self.now) {
                    self.events.push(event);
                }
                let bytes = self.visit.take_output(channel);
                quiet &= bytes.is_empty();
                end.push(&bytes);
                while let Some(message) = end.next_message().unwrap() {
                    let message = message.parse().unwrap();
                    self.received.push((channel.channel_type(), message.name().unwrap()));
                    if let ServerMessage::Main(message) = message {
                        self.session.handle(&message, self.now / 1000);
                        self.agent.handle_server(&message);
                    }
                }
            }
            while let Some(raw) = self.agent.next_message().unwrap() {
                let message = raw.parse(self.agent.both()).unwrap();
                let event = self.clipboard.handle(&mut self.agent, &message).unwrap();
                self.client_clipboard.extend(event.map(|event| match event {
                    ClipboardEvent::Contents(_, _, data) => format!("{} bytes", data.len()),
                    event => format!("{event:?}"),
                }));
                if event_of_file(&mut self.files, &message) {
                    quiet = false;
                }
            }
            for id in self.files.running() {
                if let Some(wanted) = self.files.wants(&self.agent, id) {
                    self.files.send(&mut self.agent, id, &vec![7; wanted]).unwrap();
                    quiet = false;
                }
            }
            self.now += 1000;
            if quiet {
                return;
            }
        }
    }

    /// Events since the last call, without their channels.
    fn happened(&mut self) -> Vec<Event> {
        self.events.drain(..).map(|(_, event)| event).collect()
    }
}

fn event_of_file(files: &mut FileSender, message: &Message<'_>) -> bool {
    files.handle(message).is_some()
}

fn names(received: &[(ChannelType, &'static str)], channel: ChannelType) -> Vec<&'static str> {
    received.iter().filter(|(on, _)| *on == channel).map(|(_, name)| *name).collect()
}

fn motion(dx: i32) -> ClientMessage<'static> {
    let buttons_state = MouseButtonMask::empty();
    ClientMessage::Inputs(inputs::ClientMessage::MouseMotion(MouseMotion { dx, dy: 1, buttons_state }))
}

#[test]
fn a_client_gets_what_it_waits_for() {
    let mut config = VisitConfig::new(9, [DISPLAY, INPUTS, PLAYBACK, RECORD, PORT, WEBDAV]).with_agent();
    config.name = Some("box".into());
    config.uuid = Some([5; 16]);
    config.opus = true;
    config.ports = vec![(3, "org.example.port".into())];
    let capabilities =
        CapabilitySet::EMPTY.with(MainCapability::NAME_AND_UUID).with(PlaybackCapability::OPUS);
    let both = Both::with(config, capabilities);
    assert_eq!(both.session.id(), Some(9));
    assert_eq!(both.session.name().map(|name| name.to_string()), Some("box".into()));
    let main = names(&both.received, ChannelType::MAIN);
    assert_eq!(main[..5], ["INIT", "NAME", "UUID", "PING", "AGENT_DATA"].map(str::to_ascii_lowercase)[..]);
}

#[test]
fn keys_and_pointer_arrive_and_motions_are_acknowledged() {
    let mut both = Both::with(VisitConfig::new(9, [INPUTS]), CapabilitySet::EMPTY);
    both.happened();
    both.send(INPUTS, ClientMessage::Inputs(inputs::ClientMessage::KeyDown(KeyDown { code: 0x1e })));
    let position = MousePosition { x: 3, y: 4, buttons_state: MouseButtonMask::empty(), display_id: 0 };
    let position = ClientMessage::Inputs(inputs::ClientMessage::MousePosition(position));
    (1..=3).for_each(|dx| both.send(INPUTS, motion(dx)));
    both.run();
    assert_eq!(names(&both.received, ChannelType::INPUTS), ["init"]);
    both.send(INPUTS, position);
    both.run();
    assert_eq!(names(&both.received, ChannelType::INPUTS), ["init", "mouse_motion_ack"]);
    let buttons = MouseButtonMask::empty();
    let moved = |dx| Event::Motion { dx, dy: 1, buttons };
    assert_eq!(both.happened(), [Event::KeyDown(0x1e), moved(1), moved(2), moved(3)]);

    let request = both.session.mouse().request(MouseMode::CLIENT).unwrap();
    both.send(MAIN, ClientMessage::Main(request));
    both.run();
    assert!(both.session.mouse().is_client_mode());
    both.send(INPUTS, position);
    both.send(INPUTS, motion(1));
    let press = MousePress { button: MouseButton::UP, buttons_state: buttons };
    both.send(INPUTS, ClientMessage::Inputs(inputs::ClientMessage::MousePress(press)));
    both.run();
    let position = Event::Position { x: 3, y: 4, display: 0, buttons };
    assert_eq!(both.happened(), [Event::MouseMode(MouseMode::CLIENT), position, Event::Wheel(-1)]);
}

#[test]
fn clipboards_go_both_ways() {
    let mut both = Both::with(VisitConfig::new(9, []).with_agent(), CapabilitySet::EMPTY);
    assert!(both.happened().contains(&Event::AgentReady));
    let (selection, text) = (ClipboardSelection::CLIPBOARD, ClipboardType::UTF8_TEXT);

    both.clipboard.grab(&mut both.agent, selection, &[text]).unwrap();
    both.run();
    assert_eq!(both.happened(), [Event::ClipboardOffered(selection, vec![text])]);
    both.visit.request(selection, text).unwrap();
    both.run();
    both.clipboard.provide(&mut both.agent, selection, text, b"copied").unwrap();
    both.run();
    assert_eq!(both.happened(), [Event::ClipboardData(selection, text, (&b"copied"[..]).into())]);

    // Larger than what goes into the output at once.
    both.visit.grab(selection, &[text]).unwrap();
    both.run();
    both.clipboard.request(&mut both.agent, selection, text).unwrap();
    both.run();
    assert_eq!(both.happened(), [Event::ClipboardWanted(selection, text)]);
    both.visit.provide(selection, text, &vec![b'a'; 3 << 20]).unwrap();
    both.run();
    assert_eq!(both.client_clipboard.last().unwrap(), "3145728 bytes");
}

#[test]
fn an_agent_takes_sizes_and_files() {
    let mut both = Both::with(VisitConfig::new(9, []).with_agent(), CapabilitySet::EMPTY);
    both.happened();
    let monitors = [AgentMonConfig { height: 600, width: 800, depth: 32, x: 0, y: 0 }];
    let config = MonitorsConfig {
        flags: AgentMonitorsFlags::empty(),
        monitors: (&monitors).into(),
        physical_sizes: None,
    };
    both.agent.send(&Message::MonitorsConfig(config)).unwrap();
    both.run();
    assert_eq!(both.happened(), [Event::Monitors(monitors.into())]);

    let id = both.files.start(&mut both.agent, &FileOffer::new("a", 100_000)).unwrap();
    both.run();
    assert_eq!(both.happened(), [Event::FileOffered(id, FileOffer::new("a", 100_000))]);
    both.visit.accept_file(id).unwrap();
    both.run();
    let pieces = both.happened();
    let bytes = pieces.iter().map(|piece| match piece {
        Event::FileData(_, data) | Event::FileLast(_, data) => data.len(),
        event => panic!("{event:?}"),
    });
    assert_eq!(bytes.sum::<usize>(), 100_000);
    both.visit.finish_file(id).unwrap();
    both.run();
    assert!(both.files.running().is_empty());
}

#[test]
fn sound_goes_both_ways() {
    let mut config = VisitConfig::new(9, [PLAYBACK, RECORD]);
    config.opus = true;
    let mut both = Both::with(config, CapabilitySet::EMPTY);
    both.happened();
    let mut sound = both.visit.playback().unwrap();
    assert_eq!(sound.mode(), AudioDataMode::RAW, "the client takes no Opus");
    sound.start(2, 48_000, 5).unwrap();
    sound.data(5, &[0; 1920]).unwrap();
    sound.volume(&[1, 2]).unwrap();
    sound.stop().unwrap();
    both.visit.record().unwrap().start(2, 48_000).unwrap();
    both.run();
    assert_eq!(names(&both.received, ChannelType::PLAYBACK), ["mode", "start", "data", "stop"]);
    let mode = AudioMode { time: 1, mode: AudioDataMode::RAW, data: &[] };
    both.send(RECORD, ClientMessage::Record(record::ClientMessage::Mode(mode)));
    let data = AudioData { time: 2, data: b"sound" };
    both.send(RECORD, ClientMessage::Record(record::ClientMessage::Data(data)));
    both.run();
    let data = Event::RecordData(2, (&b"sound"[..]).into());
    assert_eq!(both.happened(), [Event::RecordMode(AudioDataMode::RAW), data]);

    // A client that does not read gets no more than a megabyte.
    let mut sound = both.visit.playback().unwrap();
    let sent = (0..10_000).take_while(|time| sound.data(*time, &[0; 1920]).is_ok()).count();
    assert_eq!(sent, (1 << 20) / (1920 + 4 + 6) + 1);
    assert_eq!(sound.data(0, &[0; 1920]), Err(VisitError::Busy));
}

#[test]
fn ports_carry_bytes() {
    for channel in [PORT, WEBDAV] {
        let mut both = Both::with(VisitConfig::new(9, [channel]), CapabilitySet::EMPTY);
        both.happened();
        both.visit.port_data(channel, b"down").unwrap();
        both.send(channel, ClientMessage::Port(port::ClientMessage::Data(Data { data: b"up" })));
        both.run();
        assert_eq!(both.happened(), [Event::PortData((&b"up"[..]).into())]);
        assert_eq!(names(&both.received, channel.channel_type()), ["init", "data"]);
    }
}

#[test]
fn who_breaks_the_rules_loses_the_channel_or_the_session() {
    let mut both = Both::with(VisitConfig::new(9, [DISPLAY, INPUTS]), CapabilitySet::EMPTY);
    both.happened();
    // A key press of one byte.
    both.visit.push(INPUTS, &[101, 0, 1, 0, 0, 0, 7]);
    let Some((INPUTS, Event::Failed(Failure::Received(error)))) = both.visit.next_event(0) else { panic!() };
    assert_eq!(error.to_string(), "key_down.code: 4 bytes wanted, 1 left, at byte 0");
    assert!(!both.visit.is_over());
    assert_eq!(both.visit.channels().collect::<Vec<_>>(), [MAIN, DISPLAY]);
    both.visit.admit(9, INPUTS).expect("it can come again");

    // A body of 4 GiB on main.
    both.visit.push(MAIN, &[104, 0, 255, 255, 255, 255]);
    let Some((MAIN, Event::Failed(Failure::Received(error)))) = both.visit.next_event(0) else { panic!() };
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert_eq!(both.visit.next_event(0), Some((DISPLAY, Event::Left)));
    assert!(both.visit.is_over());
    assert_eq!(both.visit.admit(0, MAIN), Err(LinkErr::BAD_CONNECTION_ID));
}

#[test]
fn the_line_is_measured() {
    let mut config = VisitConfig::new(9, [DISPLAY]);
    config.measure = true;
    let mut both = Both::with(config, CapabilitySet::EMPTY);
    let pings = names(&both.received, ChannelType::MAIN);
    assert_eq!(pings.iter().filter(|name| **name == "ping").count(), 3);
    assert_eq!(both.visit.quality().round_trip_us, Some(1_000));
    let before = both.received.len();
    both.now = both.visit.next_timeout().unwrap() - 10_000;
    both.run();
    assert_eq!(both.received.len(), before, "not yet");
    both.now = both.visit.next_timeout().unwrap() + 100_000;
    both.run();
    let pinged: Vec<_> = both.received[before..].to_vec();
    assert_eq!(pinged, [(ChannelType::MAIN, "ping"), (ChannelType::DISPLAY, "ping")]);
}

#[test]
fn who_does_not_answer_is_dropped_after_the_time_that_the_caller_sets() {
    let mut config = VisitConfig::new(9, [DISPLAY]);
    config.patience = Some(7_000_000);
    let mut both = Both::with(config, CapabilitySet::EMPTY);
    // Who answers stays, for ever.
    for _ in 0..10 {
        both.now = both.visit.next_timeout().unwrap();
        both.run();
    }
    assert_eq!(both.visit.channels().count(), 2);
    // Who does not has its time from the PING on.
    let asked = both.visit.next_timeout().unwrap() + 1_000_000;
    assert_eq!(both.visit.next_event(asked), None);
    assert!(!both.visit.take_output(MAIN).is_empty());
    assert_eq!(both.visit.next_timeout(), Some(asked + 7_000_000));
    assert_eq!(both.visit.next_event(asked + 6_999_999), None);
    let dropped = both.visit.next_event(asked + 7_000_000);
    assert_eq!(dropped, Some((MAIN, Event::Failed(Failure::Silent))));
    assert_eq!(both.visit.next_event(asked + 7_000_000), Some((DISPLAY, Event::Left)));
    assert_eq!(both.visit.next_event(asked + 7_000_000), None);
    assert!(both.visit.is_over());
}

#[test]
fn who_does_not_acknowledge_is_dropped_after_the_time_that_the_caller_sets() {
    let mut config = VisitConfig::new(9, [DISPLAY]);
    config.patience = Some(7_000_000);
    let mut both = Both::with(config, CapabilitySet::EMPTY);
    both.visit.end_mut(DISPLAY).unwrap().set_ack(2).unwrap();
    both.run();
    both.happened();
    let mark = ServerMessage::Display(display::ServerMessage::Mark(Empty));
    // A slow client: full all the time, but it goes on.
    for _ in 0..3 {
        while both.visit.can_send(DISPLAY) {
            both.visit.send(DISPLAY, &mark).unwrap();
        }
        assert_eq!(both.visit.next_event(both.now), None);
        both.now += 6_000_000;
        both.run();
        assert!(both.happened().iter().all(|event| *event == Event::Measured));
    }
    // One that has stopped.
    while both.visit.can_send(DISPLAY) {
        both.visit.send(DISPLAY, &mark).unwrap();
    }
    assert_eq!(both.visit.next_event(both.now), None);
    let dropped = both.visit.next_event(both.now + 7_000_000);
    assert_eq!(dropped, Some((DISPLAY, Event::Failed(Failure::Silent))));
    assert!(both.visit.has(MAIN), "only what has stopped");
}

#[test]
fn a_pointer_is_shown() {
    let mut both = Both::with(VisitConfig::new(9, [CURSOR]), CapabilitySet::EMPTY);
    let mut pointer = Pointer::new();
    let header = |height| CursorHeader {
        unique: 0,
        type_: CursorType::ALPHA,
        width: 2,
        height,
        hot_spot_x: 0,
        hot_spot_y: 0,
    };
    pointer.set_shape(Some((header(1), &[7; 8])));
    pointer.set_visible(true);
    let told = |both: &mut Both, pointer: &Pointer| {
        both.visit.point(CURSOR, pointer).unwrap();
        both.run();
        let told = names(&both.received, ChannelType::CURSOR);
        both.received.clear();
        told
    };
    assert_eq!(told(&mut both, &pointer), ["set_ack", "init"]);
    pointer.move_to(Point16 { x: 3, y: 4 });
    assert_eq!(told(&mut both, &pointer), ["move"]);
    assert_eq!(told(&mut both, &pointer), [""; 0]);
    // In client mode it has moved the pointer itself.
    both.visit.set_mouse(MouseModes::new(MouseMode::SERVER | MouseMode::CLIENT, MouseMode::CLIENT)).unwrap();
    pointer.move_to(Point16 { x: 5, y: 6 });
    assert_eq!(told(&mut both, &pointer), [""; 0]);
    pointer.set_shape(Some((header(2), &[8; 16])));
    assert_eq!(told(&mut both, &pointer), ["set"]);
    assert_eq!(both.visit.point(DISPLAY, &pointer), Err(VisitError::NoChannel));
}

/// Clients say what they like right after INIT, to servers that announce that they listen.
#[test]
fn wishes_that_come_before_the_first_picture_count() {
    let config = VisitConfig::new(0, [DISPLAY]);
    let announced = config.capabilities(ChannelType::DISPLAY);
    assert!(announced.contains(DisplayCapability::PREF_COMPRESSION));
    let mut both = Both::with(config, CapabilitySet::EMPTY);
    let init = display::Init::from(&Limits::default());
    let wish = display::PreferredCompression { image_compression: ImageCompression::LZ };
    both.send(DISPLAY, ClientMessage::Display(display::ClientMessage::Init(init)));
    both.send(DISPLAY, ClientMessage::Display(display::ClientMessage::PreferredCompression(wish)));
    both.run();
    let mut screen = Screen::new(&Limits::default());
    screen.resize(64, 48, SurfaceFmt::FMT_32_XRGB).unwrap();
    both.visit.show(DISPLAY, &mut screen, both.now).unwrap();
    assert_eq!(both.visit.feed(DISPLAY).unwrap().coding().compression, ImageCompression::LZ);
}

#[test]
fn a_client_that_asks_and_does_not_read_is_not_answered_for_ever() {
    let mut both = Both::with(VisitConfig::new(9, []).with_agent(), CapabilitySet::EMPTY);
    let mut attach = ClientEnd::new(Any(ChannelType::MAIN), HeaderKind::Mini, &Limits::default());
    let message = main::ClientMessage::AttachChannels(spice_proto::common::Empty);
    for _ in 0..1000 {
        attach.send(&ClientMessage::Main(message)).unwrap();
    }
    let bytes = attach.take_output();
    let mut rounds = 0;
    while both.visit.wants_input(MAIN) {
        both.visit.push(MAIN, &bytes);
        while both.visit.next_event(0).is_some() {}
        rounds += 1;
    }
    assert!((50..500).contains(&rounds), "{rounds}");
    assert!(both.visit.take_output(MAIN).len() < (1 << 20) + 100);
}
