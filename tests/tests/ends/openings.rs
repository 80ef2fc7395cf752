//! What servers and clients say first on each channel: ours in the order of the recorded ones, byte for byte.

use std::collections::BTreeMap;

use spice_proto::channel::{
    Channel, Cursor, CursorOpening, Display, DisplayOpening, Main, MainOpening, ServerEnd,
};
use spice_proto::frame::{Decoder, HeaderKind};
use spice_proto::session::ClientSession;
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, Encode, Limits, Origin, Parse, common, cursor, display, main};

use super::recorded::{self, Recorded};

/// Number and body.
type Raw = (u16, Vec<u8>);

/// Connections that start with nothing: those to the destination of a migration go on with something.
fn new_connections(connections: Vec<Recorded>) -> Vec<Recorded> {
    let moved = connections.iter().position(|connection| {
        connection.channel() == ChannelType::MAIN && connection.session.link.connection_id != 0
    });
    connections.into_iter().take(moved.unwrap_or(usize::MAX)).collect()
}

fn theirs(connection: &Recorded) -> Vec<Raw> {
    let items = connection.track(Origin::Server).items();
    items.map(|item| (item.kind, item.body.to_vec())).collect()
}

/// What comes out of an end that sends these.
fn sent<C: Channel>(channel: C, messages: &[C::ServerMessage<'_>]) -> Vec<Raw> {
    let mut end = ServerEnd::new(channel, HeaderKind::Mini, &Limits::server());
    for message in messages {
        end.send(message).expect("sent");
    }
    let mut decoder =
        Decoder::new(Origin::Server, channel.channel_type(), HeaderKind::Mini, &Limits::default());
    decoder.push_bytes(end.take_output());
    let frames = std::iter::from_fn(|| decoder.next_frame().expect("frames"));
    frames.map(|frame| (frame.kind(), frame.body().to_vec())).collect()
}

/// The first message of a kind.
fn first(messages: &[Raw], kind: u16) -> Option<&[u8]> {
    messages.iter().find(|message| message.0 == kind).map(|message| &message.1[..])
}

/// Without what measures the line, which comes at any time.
fn without_pings(messages: &[Raw]) -> Vec<Raw> {
    messages.iter().filter(|message| message.0 != common::ServerMessage::PING).cloned().collect()
}

/// Our opening of this channel, with the contents of theirs; `None` for channels on which servers say nothing first.
fn ours(connection: &Recorded, theirs: &[Raw]) -> Option<Vec<Raw>> {
    let client = connection.session.link.client.as_ref().expect("a client");
    let client: CapabilitySet = client.channel.iter().copied().collect();
    let channel = connection.channel();
    Some(match channel {
        ChannelType::MAIN => {
            use main::ServerMessage as M;
            let Ok(M::Init(init)) = M::parse(M::INIT, first(theirs, M::INIT)?) else { panic!("INIT") };
            let name = first(theirs, M::NAME).map(|body| M::parse(M::NAME, body));
            let name = name.map(|name| match name {
                Ok(M::Name(name)) => name.name,
                other => panic!("{other:?}"),
            });
            let uuid = first(theirs, M::UUID).map(|body| body.try_into().expect("16 bytes"));
            sent(Main, &MainOpening { init, name, uuid, measure: true }.messages(client, 1))
        }
        ChannelType::DISPLAY => {
            use display::ServerMessage as M;
            let ack = common::ServerMessage::parse(3, first(theirs, 3)?).expect("SET_ACK");
            let common::ServerMessage::SetAck(ack) = ack else { panic!("{ack:?}") };
            // Where there is no surface yet it comes later, of itself.
            let at = |kind| without_pings(theirs).iter().position(|message| message.0 == kind);
            let there = at(M::SURFACE_CREATE) == Some(2);
            let surface = first(theirs, M::SURFACE_CREATE).map(|body| M::parse(M::SURFACE_CREATE, body));
            let surface = surface.filter(|_| there).map(|surface| match surface {
                Ok(M::SurfaceCreate(surface)) => surface,
                other => panic!("{other:?}"),
            });
            let picture: Vec<M<'_>> = first(theirs, M::DRAW_COPY)
                .filter(|_| at(M::DRAW_COPY) == Some(3))
                .map(|body| M::parse(M::DRAW_COPY, body).expect("DRAW_COPY"))
                .into_iter()
                .collect();
            let monitors = first(theirs, M::MONITORS_CONFIG).map(|body| M::parse(M::MONITORS_CONFIG, body));
            let monitors = monitors.map(|monitors| match monitors {
                Ok(M::MonitorsConfig(monitors)) => monitors,
                other => panic!("{other:?}"),
            });
            let opening = DisplayOpening { window: ack.window, surface, picture: &picture, monitors };
            sent(Display, &opening.messages(client))
        }
        ChannelType::CURSOR => {
            use cursor::ServerMessage as M;
            let Ok(M::Init(init)) = M::parse(M::INIT, first(theirs, M::INIT)?) else { panic!("INIT") };
            sent(Cursor, &CursorOpening { window: 20, init }.messages())
        }
        // One message, whose contents are those of the recording.
        ChannelType::INPUTS => vec![(101, first(theirs, 101)?.to_vec())],
        ChannelType::PLAYBACK => vec![(102, first(theirs, 102)?.to_vec())],
        ChannelType::PORT | ChannelType::WEBDAV => vec![(201, first(theirs, 201)?.to_vec())],
        _ => return None,
    })
}

#[test]
fn our_server_opens_every_channel_as_the_recorded_ones() {
    let mut counts: BTreeMap<u8, u64> = BTreeMap::new();
    let mut measured = 0;
    for (_, connections) in recorded::sessions() {
        for connection in new_connections(connections) {
            let theirs = theirs(&connection);
            let Some(ours) = ours(&connection, &theirs) else { continue };
            let (our_messages, their_messages) = (without_pings(&ours), without_pings(&theirs));
            let kinds = |messages: &[Raw]| messages.iter().map(|message| message.0).collect::<Vec<_>>();
            let first = &their_messages[..our_messages.len().min(their_messages.len())];
            assert_eq!(kinds(&our_messages), kinds(first), "{}", connection.name);
            assert_eq!(our_messages, first, "{}", connection.name);
            *counts.entry(connection.channel().0).or_default() += 1;
            if connection.channel() == ChannelType::MAIN {
                measured += u64::from(measures_the_line(&connection, &ours, &theirs));
            }
        }
    }
    println!("channels opened alike, by type: {counts:?}; {measured} sessions measure the line");
    assert!(counts.len() >= 6 && counts.values().sum::<u64>() > 150 && measured > 40, "{counts:?}");
}

/// The pings of a main channel's opening: where there are any, as many, of the same sizes, and before anything else.
fn measures_the_line(connection: &Recorded, ours: &[Raw], theirs: &[Raw]) -> bool {
    let opening = |messages: &[Raw]| {
        let known = [main::ServerMessage::INIT, main::ServerMessage::NAME, main::ServerMessage::UUID];
        let behind = messages.iter().skip_while(|message| known.contains(&message.0));
        let pings = behind.take_while(|message| message.0 == common::ServerMessage::PING);
        pings.take(3).map(|message| message.1.len()).collect::<Vec<_>>()
    };
    // On unix sockets nothing is measured.
    let sizes = opening(theirs);
    assert!(sizes.is_empty() || sizes == opening(ours), "{}: {sizes:?}", connection.name);
    !sizes.is_empty()
}

/// What a client says for reasons of the session: no answers to messages, nothing of its user.
fn said(connection: &Recorded, kinds: &[u16]) -> Vec<Raw> {
    let items = connection.track(Origin::Client).items();
    items.filter(|item| kinds.contains(&item.kind)).map(|item| (item.kind, item.body.to_vec())).collect()
}

/// A session that knows what the server said up to INIT.
fn at_init(main: &Recorded) -> ClientSession {
    let mut session = ClientSession::new();
    for item in main.track(Origin::Server).items() {
        let message = main::ServerMessage::parse(item.kind, item.body).expect("a message");
        session.handle(&message, 0);
        if matches!(message, main::ServerMessage::Init(_)) {
            break;
        }
    }
    session
}

/// Clients of the corpus that are small programs and declare windows of their own.
const OWN_WINDOW: [&str; 2] = ["full-qemu-text", "port-lz4"];

#[test]
fn our_client_opens_main_and_display_as_the_recorded_ones() {
    let (mut mains, mut requests, mut displays, mut as_they_are) = (0, 0, 0, 0);
    for (name, connections) in recorded::sessions() {
        let Some(main) = connections.iter().find(|connection| connection.channel() == ChannelType::MAIN)
        else {
            continue;
        };
        let session = at_init(main);
        let ours: Vec<Raw> = session
            .opening(common::MouseMode::CLIENT)
            .map(|message| (message.kind(), message.encode_to_vec().expect("written")))
            .collect();
        let theirs =
            said(main, &[main::ClientMessage::ATTACH_CHANNELS, main::ClientMessage::MOUSE_MODE_REQUEST]);
        assert_eq!(ours, &theirs[..ours.len().min(theirs.len())], "{name}");
        mains += 1;
        requests += usize::from(ours.len() == 2);
        for connection in connections.iter().filter(|one| one.channel() == ChannelType::DISPLAY) {
            let theirs = said(connection, &[display::ClientMessage::INIT]);
            // At the destination of a seamless migration there is none.
            let Some((_, theirs)) = theirs.first() else { continue };
            assert_eq!(connection.track(Origin::Client).items().next().map(|item| item.kind), Some(101));
            // Some clients are told by their users to hold less.
            let Ok(declared) = display::Init::parse(theirs) else { panic!("{theirs:?}") };
            let mut limits = Limits::default();
            as_they_are += usize::from(declared == session.display_init(&limits));
            limits.pixmap_cache_pixels =
                u32::try_from(declared.pixmap_cache_size).expect("a size").min(limits.pixmap_cache_pixels);
            limits.glz_window_pixels = declared.glz_dictionary_window_size.cast_unsigned();
            let ours = match OWN_WINDOW.contains(&&*name) {
                true => spice_proto::ClientMessage::Display(display::ClientMessage::Init((&limits).into())),
                false => session.first_message(ChannelType::DISPLAY, &limits).expect("INIT"),
            };
            assert_eq!(&ours.encode_to_vec().expect("written"), theirs, "{}", connection.name);
            displays += 1;
        }
    }
    println!(
        "{mains} main channels, {requests} ask for a mouse mode; {displays} displays, {as_they_are} with our defaults"
    );
    assert!(mains > 60 && requests > 15 && displays > 70 && as_they_are > 60);
}
