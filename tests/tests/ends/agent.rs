//! The captured talks with agents through our ends of both roles.

use spice_proto::agent::{
    AgentCapability, AgentEnd, AgentReplyCode, AgentSendError, AudioVolumeSync, ClipboardEvent,
    ClipboardSelection, ClipboardState, ClipboardType, FileOffer, FileReceiver, FileReceiverEvent,
    FileRefusal, FileSender, FileSenderEvent, FileXferDetail, FileXferResult, FileXferSpaceDetail, Message,
    RawMessage, Reassembler, Reply,
};
use spice_proto::main::{ClientMessage, ServerMessage};
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, Encode, Limits, Origin};

use super::recorded::{self, Recorded};

/// A talk as it was recorded: the agent's messages of the main channel in the order of the capture.
struct Talk {
    frames: Vec<(Origin, u16, Vec<u8>)>,
    /// What each end announced.
    client: CapabilitySet,
    guest: CapabilitySet,
}

impl Talk {
    fn open(name: &str) -> Self {
        let connections = recorded::session(name);
        let main = connections.iter().find(|of| of.channel() == ChannelType::MAIN).expect("a main channel");
        let frames: Vec<_> = main
            .in_order()
            .into_iter()
            .map(|(_, origin, at)| {
                let frame = &main.track(origin).frames[at].frame;
                (origin, frame.kind(), frame.body().to_vec())
            })
            .collect();
        let [client, guest] = [Origin::Client, Origin::Server].map(|origin| announced(main, origin));
        Self { frames, client, guest }
    }
}

fn is_agent(origin: Origin, kind: u16) -> bool {
    match origin {
        Origin::Client => (106..=108).contains(&kind),
        Origin::Server => [107, 108, 109, 110, 115].contains(&kind),
    }
}

/// The first announcement of an end.
fn announced(main: &Recorded, origin: Origin) -> CapabilitySet {
    let mut stream = Reassembler::new(origin, &Limits::default());
    let data = if origin == Origin::Client { ClientMessage::AGENT_DATA } else { ServerMessage::AGENT_DATA };
    let frames = main.track(origin).frames.iter().filter(|frame| frame.frame.kind() == data);
    frames.for_each(|frame| stream.push(frame.frame.body()));
    loop {
        let raw = stream.next_message().expect("a message").expect("an announcement");
        if let Ok(Message::AnnounceCapabilities(announce)) = raw.parse(CapabilitySet::EMPTY) {
            return CapabilitySet::from_words(announce.caps.iter());
        }
    }
}

/// One end, which does what the recorded user did and answers by itself.
struct End {
    agent: AgentEnd,
    clipboard: ClipboardState,
    sender: FileSender,
    receiver: FileReceiver,
    /// What it has sent, without the numbers of messages that are not the agent's.
    sent: Vec<(u16, Vec<u8>)>,
    contents: Vec<Vec<u8>>,
    file: Vec<u8>,
    offers: Vec<FileOffer>,
    events: Vec<&'static str>,
}

impl End {
    fn new(agent: AgentEnd) -> Self {
        Self {
            agent,
            clipboard: ClipboardState::new(),
            sender: FileSender::new(),
            receiver: FileReceiver::new(),
            sent: Vec::new(),
            contents: Vec::new(),
            file: Vec::new(),
            offers: Vec::new(),
            events: Vec::new(),
        }
    }

    /// Takes what has come.
    fn take(&mut self) {
        while let Some(raw) = self.agent.next_message().expect("a message") {
            let message = raw.parse(self.agent.both()).expect("parsed");
            match self.clipboard.handle(&mut self.agent, &message).expect("handled") {
                Some(ClipboardEvent::Contents(_, _, data)) => self.contents.push(data.to_vec()),
                Some(ClipboardEvent::Grabbed(..)) => self.events.push("grabbed"),
                Some(ClipboardEvent::Requested(..)) => self.events.push("requested"),
                Some(ClipboardEvent::Released(_)) => self.events.push("released"),
                Some(event) => panic!("{event:?} for {message:?}"),
                None => {}
            }
            match self.sender.handle(&message) {
                Some(FileSenderEvent::Started(_)) => self.events.push("started"),
                Some(FileSenderEvent::Finished(_)) => self.events.push("finished"),
                Some(event) => panic!("{event:?}"),
                None => {}
            }
            if matches!(message, Message::FileXferStatus(_)) {
                continue;
            }
            match self.receiver.handle(&mut self.agent, &message).expect("handled") {
                Some(FileReceiverEvent::Offered(_, offer)) => self.offers.push(offer),
                Some(FileReceiverEvent::Data(_, data) | FileReceiverEvent::Last(_, data)) => {
                    self.file.extend(data)
                }
                Some(event) => panic!("{event:?}"),
                None => {}
            }
        }
    }

    /// Does what the recorded message says, unless the end does it by itself.
    fn act(&mut self, raw: &RawMessage) {
        let (agent, clipboard) = (&mut self.agent, &mut self.clipboard);
        let of = |selection: Option<spice_proto::agent::AgentSelection>| {
            selection.map_or(ClipboardSelection::CLIPBOARD, |selection| selection.selection)
        };
        let message = raw.parse(agent.both()).expect("parsed");
        match message {
            Message::AnnounceCapabilities(_) => Ok(()),
            // The small agent of one session grabs again without a release, whatever it has announced.
            Message::ClipboardGrab(grab) if clipboard.is_ours(of(grab.selection)) => agent.send(&message),
            Message::ClipboardGrab(grab) => {
                clipboard.grab(agent, of(grab.selection), &grab.types.iter().collect::<Vec<_>>())
            }
            Message::ClipboardRequest(request) => {
                clipboard.request(agent, of(request.selection), request.type_)
            }
            Message::Clipboard(contents) => {
                clipboard.provide(agent, of(contents.selection), contents.type_, contents.data)
            }
            Message::ClipboardRelease(release) => clipboard.release(agent, of(release.selection)),
            Message::FileXferStart(start) => {
                let offer = FileOffer::parse(start.data.as_bytes()).expect("an offer");
                self.sender.start(agent, &offer).map(|id| assert_eq!(id, start.id))
            }
            Message::FileXferData(data) => self.sender.send(agent, data.id, data.data),
            Message::FileXferStatus(status) if status.result == FileXferResult::CAN_SEND_DATA => {
                self.receiver.accept(agent, status.id)
            }
            Message::FileXferStatus(status) => self.receiver.finish(agent, status.id),
            other => agent.send(&other),
        }
        .unwrap_or_else(|error| panic!("{message:?}: {error}"));
    }
}

/// Plays one role of a talk; the recorded messages of the other come in.
fn play(name: &str, role: Origin) -> End {
    let talk = Talk::open(name);
    let agent = match role {
        Origin::Client => AgentEnd::client(talk.client, &Limits::default()),
        Origin::Server => AgentEnd::guest(talk.guest, &Limits::server()),
    };
    let mut end = End::new(agent);
    let mut user = Reassembler::new(role, &Limits::default());
    let mut theirs = Vec::new();
    for (origin, kind, body) in &talk.frames {
        if *origin != role {
            match role {
                Origin::Client => {
                    end.agent.handle_server(&ServerMessage::parse(*kind, body).expect("parsed"));
                }
                Origin::Server => {
                    end.agent.handle_client(&ClientMessage::parse(*kind, body).expect("parsed"));
                }
            }
            end.take();
        } else if is_agent(*origin, *kind) {
            theirs.push((*kind, body.clone()));
            match *kind {
                ServerMessage::AGENT_CONNECTED_TOKENS => end.agent.appear(),
                ClientMessage::AGENT_DATA | ServerMessage::AGENT_DATA => user.push(body),
                _ => {}
            }
            while let Some(raw) = user.next_message().expect("a message") {
                // The small agent of one session announces itself before it is asked.
                let unasked = raw.body().first() == Some(&1) && role == Origin::Server;
                if raw.kind() == Message::ANNOUNCE_CAPABILITIES && unasked {
                    end.agent.announce(true);
                } else {
                    end.act(&raw);
                }
            }
        }
        match role {
            Origin::Client => {
                while let Some(message) = end.agent.next_client_message() {
                    end.sent.push((message.kind(), message.encode_to_vec().expect("written")));
                }
            }
            Origin::Server => {
                while let Some(message) = end.agent.next_server_message() {
                    end.sent.push((message.kind(), message.encode_to_vec().expect("written")));
                }
            }
        }
    }
    // Announcements of both ends cross each other, so that their place among the others is a matter of luck.
    let data = |list: &[(u16, Vec<u8>)]| -> Vec<Vec<u8>> {
        let mut stream = Reassembler::new(Origin::Server, &Limits::default());
        let kinds = [ClientMessage::AGENT_DATA, ServerMessage::AGENT_DATA];
        list.iter().filter(|(kind, _)| kinds.contains(kind)).for_each(|(_, body)| stream.push(body));
        let messages = std::iter::from_fn(|| stream.next_message().expect("a message"));
        let mut messages: Vec<_> =
            messages.map(|raw| [&raw.kind().to_le_bytes()[..], raw.body()].concat()).collect();
        messages.sort_by_key(|message| Some(message.clone()).filter(|message| message[0] == 6));
        messages
    };
    assert_eq!(data(&end.sent), data(&theirs), "{name}, {role:?}");
    let pieces = |list: &[(u16, Vec<u8>)]| -> Vec<(u16, usize)> {
        let mut pieces: Vec<_> = list.iter().map(|(kind, body)| (*kind, body.len())).collect();
        pieces.sort_unstable();
        pieces
    };
    assert_eq!(pieces(&end.sent), pieces(&theirs), "{name}, {role:?}");
    println!("{name}, {role:?}: {} messages, events {:?}", end.sent.len(), end.events);
    end
}

#[test]
fn our_client_talks_as_the_real_one() {
    let end = play("agent-clipboard-file", Origin::Client);
    assert_eq!(end.contents.len(), 2, "two selections of the guest");
    assert!(
        end.contents.iter().all(|contents| contents.ends_with(b"\n") && contents.len() == 2048 + 109 - 28)
    );
    assert!(String::from_utf8_lossy(&end.contents[0]).contains("line 57 of"), "clipboard");
    assert_eq!(end.events, ["grabbed", "grabbed", "requested", "started", "finished"]);
    let end = play("agent-xspice-vdagent", Origin::Client);
    assert_eq!(end.events, ["grabbed", "requested"]);
}

#[test]
fn our_agent_talks_as_the_real_ones() {
    let end = play("agent-clipboard-file", Origin::Server);
    assert_eq!(end.offers, [FileOffer::new("note.txt", 5000)]);
    assert_eq!(end.file.len(), 5000);
    assert!(String::from_utf8_lossy(&end.file).contains("file transfer test"));
    assert_eq!(end.contents.len(), 1);
    assert!(String::from_utf8_lossy(&end.contents[0]).contains("public"));
    assert_eq!(end.events, ["requested", "requested", "grabbed", "released"]);
    let end = play("agent-xspice-vdagent", Origin::Server);
    assert_eq!(end.contents.len(), 1);
    assert!(String::from_utf8_lossy(&end.contents[0]).contains("client"));
}

/// Two ends that know each other.
fn pair(client: &[AgentCapability], guest: &[AgentCapability]) -> (AgentEnd, AgentEnd) {
    let set = |list: &[AgentCapability]| list.iter().fold(CapabilitySet::EMPTY, |set, cap| set.with(*cap));
    let mut client = AgentEnd::client(set(client), &Limits::default());
    let mut limits = Limits::server();
    limits.agent_message = 1 << 20;
    let mut guest = AgentEnd::guest(set(guest), &limits);
    guest.appear();
    assert!(exchange(&mut client, &mut guest).iter().all(|(_, raw)| raw.kind() == 6));
    assert!(client.theirs().is_some() && guest.theirs().is_some());
    (client, guest)
}

/// Carries everything over, until nothing moves; the messages that came out, and where.
fn exchange(client: &mut AgentEnd, guest: &mut AgentEnd) -> Vec<(Origin, RawMessage)> {
    let mut messages = Vec::new();
    loop {
        let mut moved = false;
        while let Some(message) = guest.next_server_message() {
            moved |= client.handle_server(&message);
        }
        while let Some(message) = client.next_client_message() {
            moved |= guest.handle_client(&message);
        }
        for (origin, end) in [(Origin::Client, &mut *client), (Origin::Server, &mut *guest)] {
            while let Some(raw) = end.next_message().expect("a message") {
                messages.push((origin, raw));
            }
        }
        if !moved {
            return messages;
        }
    }
}

#[test]
fn tokens_are_waited_for_and_given_back() {
    let (mut client, _) = pair(&[], &[]);
    let data = vec![7; 100 << 10];
    client
        .send(&Message::Clipboard(spice_proto::agent::Clipboard {
            selection: None,
            type_: ClipboardType::UTF8_TEXT,
            data: &data,
        }))
        .expect("sent");
    let mut sent = 0;
    while client.next_client_message().is_some() {
        sent += 1;
    }
    // One token went into the announcement, and half of them are given back at a time.
    assert_eq!((sent, client.tokens(), client.queued()), (9, Some(0), data.len() + 4));
    let (mut client, mut guest) = pair(&[], &[]);
    client
        .send(&Message::FileXferData(spice_proto::agent::FileXferData { id: 1, data: &data }))
        .expect("sent");
    let messages = exchange(&mut client, &mut guest);
    let [(Origin::Server, raw)] = &messages[..] else { panic!("{messages:?}") };
    assert_eq!((raw.body().len(), client.queued()), (12 + data.len(), 0));
}

#[test]
fn who_sends_without_tokens_is_refused() {
    let mut guest = AgentEnd::guest(CapabilitySet::EMPTY, &Limits::server());
    guest.appear();
    let piece = [1, 0, 0, 0, 99, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    assert!(matches!(guest.next_server_message(), Some(ServerMessage::AgentConnectedTokens(_))));
    let burst = |guest: &mut AgentEnd, count: usize| {
        (0..count).for_each(|_| guest.push(&piece));
        (0..count).map_while(|_| guest.next_message().ok().flatten()).count()
    };
    assert_eq!(burst(&mut guest, 10), 10);
    assert!(matches!(guest.next_server_message(), Some(ServerMessage::AgentToken(t)) if t.num_tokens == 10));
    assert_eq!(burst(&mut guest, 12), 10, "two without a token");
    assert!(guest.next_message().expect_err("a breach").is_limit());
    guest.appear();
    assert_eq!(burst(&mut guest, 1), 1, "a new talk");
}

#[test]
fn every_clipboard_layout_goes_both_ways() {
    use AgentCapability as Cap;
    let sets: [&[Cap]; 4] = [
        &[Cap::CLIPBOARD_BY_DEMAND],
        &[Cap::CLIPBOARD_BY_DEMAND, Cap::CLIPBOARD_SELECTION],
        &[Cap::CLIPBOARD_BY_DEMAND, Cap::CLIPBOARD_SELECTION, Cap::CLIPBOARD_GRAB_SERIAL],
        &[Cap::CLIPBOARD_BY_DEMAND, Cap::CLIPBOARD_SELECTION, Cap::CLIPBOARD_NO_RELEASE_ON_REGRAB],
    ];
    for set in sets {
        let (mut client, mut guest) = pair(set, set);
        let [mut at_client, mut at_guest] = [ClipboardState::new(), ClipboardState::new()];
        let primary = ClipboardSelection::PRIMARY;
        let named = set.contains(&Cap::CLIPBOARD_SELECTION);
        let selection = if named { primary } else { ClipboardSelection::CLIPBOARD };
        if !named {
            let refused = at_client.grab(&mut client, primary, &[ClipboardType::UTF8_TEXT]);
            assert_eq!(refused, Err(AgentSendError::NotSupported(Cap::CLIPBOARD_SELECTION)));
        }
        let types = [ClipboardType::UTF8_TEXT, ClipboardType::IMAGE_PNG];
        at_client.grab(&mut client, selection, &types).expect("grabbed");
        at_client.grab(&mut client, selection, &types).expect("grabbed again");
        let mut events = Vec::new();
        for (_, raw) in exchange(&mut client, &mut guest) {
            let message = raw.parse(guest.both()).expect("parsed");
            let event = at_guest.handle(&mut guest, &message).expect("handled").expect("about a clipboard");
            events.push(format!("{event:?}").split('(').next().unwrap_or_default().to_owned());
        }
        match set.contains(&Cap::CLIPBOARD_NO_RELEASE_ON_REGRAB) {
            true => assert_eq!(events, ["Grabbed", "Grabbed"]),
            false => assert_eq!(events, ["Grabbed", "Released", "Grabbed"]),
        }
        assert_eq!(at_guest.offered(selection), Some(&types[..]));
        assert!(at_client.is_ours(selection));
        assert_eq!(
            at_guest.request(&mut guest, selection, ClipboardType::IMAGE_BMP),
            Err(AgentSendError::State),
            "not offered"
        );
        at_guest.request(&mut guest, selection, ClipboardType::IMAGE_PNG).expect("asked");
        let raw = exchange(&mut client, &mut guest).pop().expect("a request").1;
        let message = raw.parse(client.both()).expect("parsed");
        assert_eq!(
            at_client.handle(&mut client, &message),
            Ok(Some(ClipboardEvent::Requested(selection, ClipboardType::IMAGE_PNG)))
        );
        let png = vec![9; 5000];
        at_client.provide(&mut client, selection, ClipboardType::IMAGE_PNG, &png).expect("given");
        let again = at_client.provide(&mut client, selection, ClipboardType::IMAGE_PNG, &png);
        assert_eq!(again, Err(AgentSendError::State), "asked once");
        let raw = exchange(&mut client, &mut guest).pop().expect("contents").1;
        let message = raw.parse(guest.both()).expect("parsed");
        let contents = ClipboardEvent::Contents(selection, ClipboardType::IMAGE_PNG, &png);
        assert_eq!(at_guest.handle(&mut guest, &message), Ok(Some(contents)));
        assert_eq!(at_guest.handle(&mut guest, &message), Ok(Some(ClipboardEvent::Ignored)), "nobody asked");
        at_client.release(&mut client, selection).expect("released");
        assert_eq!(at_client.release(&mut client, selection), Err(AgentSendError::State));
        // Who owns nothing answers with nothing.
        let raw = exchange(&mut client, &mut guest).pop().expect("a release").1;
        let message = raw.parse(guest.both()).expect("parsed");
        assert_eq!(at_guest.handle(&mut guest, &message), Ok(Some(ClipboardEvent::Released(selection))));
    }
}

#[test]
fn grabs_that_cross_are_settled_by_their_number() {
    let both = [
        AgentCapability::CLIPBOARD_BY_DEMAND,
        AgentCapability::CLIPBOARD_SELECTION,
        AgentCapability::CLIPBOARD_GRAB_SERIAL,
    ];
    let (mut client, mut guest) = pair(&both, &both);
    let [mut at_client, mut at_guest] = [ClipboardState::new(), ClipboardState::new()];
    let (selection, types) = (ClipboardSelection::CLIPBOARD, [ClipboardType::UTF8_TEXT]);
    at_client.grab(&mut client, selection, &types).expect("grabbed");
    at_guest.grab(&mut guest, selection, &types).expect("grabbed");
    for (origin, raw) in exchange(&mut client, &mut guest) {
        let message = raw.parse(client.both()).expect("parsed");
        let event = match origin {
            Origin::Client => at_client.handle(&mut client, &message),
            Origin::Server => at_guest.handle(&mut guest, &message),
        };
        assert_eq!(event, Ok(Some(ClipboardEvent::Ignored)), "both carry number 0, and both have passed it");
    }
}

#[test]
fn files_go_in_windows_and_end_in_every_way() {
    let details = [AgentCapability::FILE_XFER_DETAILED_ERRORS];
    let (mut client, mut guest) = pair(&details, &details);
    let (mut sender, mut receiver) = (FileSender::new(), FileReceiver::new());
    let data: Vec<u8> = (0..150_000_u32).map(|at| (at >> 8) as u8).collect();
    let file = sender.start(&mut client, &FileOffer::new("a", data.len() as u64)).expect("offered");
    let empty = sender.start(&mut client, &FileOffer::new("b", 0)).expect("offered");
    let full = sender.start(&mut client, &FileOffer::new("c", 1 << 40)).expect("offered");
    assert_eq!(sender.send(&mut client, file, b"early"), Err(AgentSendError::State));
    let (mut got, mut ends, mut largest) = (Vec::<u8>::new(), Vec::new(), 0);
    for _ in 0..100 {
        for (origin, raw) in exchange(&mut client, &mut guest) {
            let message = raw.parse(client.both()).expect("parsed");
            if origin == Origin::Client {
                match sender.handle(&message).expect("a status") {
                    FileSenderEvent::Started(_) => {}
                    event => ends.push(event),
                }
                continue;
            }
            match receiver.handle(&mut guest, &message).expect("handled").expect("a file") {
                FileReceiverEvent::Offered(id, _) if id == full => {
                    receiver.refuse(&mut guest, id, FileRefusal::NotEnoughSpace(4096)).expect("refused");
                }
                FileReceiverEvent::Offered(id, _) => receiver.accept(&mut guest, id).expect("accepted"),
                FileReceiverEvent::Data(_, data) => got.extend(data),
                FileReceiverEvent::Last(id, data) => {
                    got.extend(data);
                    receiver.finish(&mut guest, id).expect("finished");
                }
                event => panic!("{event:?}"),
            }
        }
        for id in sender.running() {
            let Some(wanted) = sender.wants(&client, id) else { continue };
            let rest = if id == file { &data[got.len()..] } else { &[] };
            let piece = &rest[..wanted.min(rest.len())];
            largest = largest.max(piece.len());
            sender.send(&mut client, id, piece).expect("sent");
            assert_eq!(sender.wants(&client, id), None, "one at a time");
        }
    }
    assert_eq!((got == data, largest), (true, 64 << 10));
    let space = FileXferDetail::Space(FileXferSpaceDetail { disk_free_space: 4096 });
    let failed = FileSenderEvent::Failed(full, FileXferResult::NOT_ENOUGH_SPACE, space);
    assert_eq!(ends.len(), 3);
    assert!(
        [failed, FileSenderEvent::Finished(file), FileSenderEvent::Finished(empty)]
            .iter()
            .all(|end| ends.contains(end))
    );
    assert!(sender.running().is_empty());
    assert_eq!(sender.cancel(&mut client, file), Err(AgentSendError::State));
}

#[test]
fn clients_without_details_get_an_error_alone() {
    let (mut client, mut guest) = pair(&[], &[AgentCapability::FILE_XFER_DETAILED_ERRORS]);
    let (mut sender, mut receiver) = (FileSender::new(), FileReceiver::new());
    let id = sender.start(&mut client, &FileOffer::new("a", 1)).expect("offered");
    let raw = exchange(&mut client, &mut guest).pop().expect("an offer").1;
    let message = raw.parse(guest.both()).expect("parsed");
    receiver.handle(&mut guest, &message).expect("handled");
    receiver.refuse(&mut guest, id, FileRefusal::SessionLocked).expect("refused");
    let raw = exchange(&mut client, &mut guest).pop().expect("a status").1;
    let event = sender.handle(&raw.parse(client.both()).expect("parsed"));
    assert_eq!(event, Some(FileSenderEvent::Failed(id, FileXferResult::ERROR, FileXferDetail::None)));
}

#[test]
fn only_what_the_peer_can_is_sent() {
    let (mut client, mut guest) = pair(&[], &[AgentCapability::FILE_XFER_DISABLED]);
    let volume =
        Message::AudioVolumeSync(AudioVolumeSync { is_playback: 1, mute: 0, volume: (&[1, 2]).into() });
    let refused = AgentSendError::NotSupported(AgentCapability::AUDIO_VOLUME_SYNC);
    assert_eq!(client.send(&volume), Err(refused));
    let offer = FileOffer::new("a", 1);
    let refused = AgentSendError::NotSupported(AgentCapability::FILE_XFER_DISABLED);
    assert_eq!(FileSender::new().start(&mut client, &offer), Err(refused));
    guest.disconnect();
    let reply = Message::Reply(Reply { type_: 2, error: AgentReplyCode::SUCCESS });
    assert_eq!(guest.send(&reply), Err(AgentSendError::NotConnected));
}
