//! Our client against libspice-server with an agent: we play the agent too, at the other end of the server.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use serde_json::json;
use spice_proto::agent::{
    AgentCapability, AgentEnd, AnnounceCapabilities, Chunk, ChunkReader, Clipboard, ClipboardGrab,
    ClipboardRequest, ClipboardType, Message, Pieces, Reassembler, VdiPort,
};
use spice_proto::wire::CapabilitySet;
use spice_proto::{Encode, Limits, Origin, link, main};

use crate::dial::dialer;
use crate::live::peers::SPICE_SERVER;
use crate::live::{Folder, PAGE, Page, Testserver, free_port, trial};
use crate::screenshot::common::credentials::Credentials;
use crate::screenshot::common::session::Session;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("testserver::agent_both_ways", &[&SPICE_SERVER], agent),
        trial("page::shares_the_clipboard_and_asks_for_a_size", &[&SPICE_SERVER, &PAGE], in_a_page),
    ]
}

/// The guest's end: chunks on a socket.
struct Guest {
    socket: UnixStream,
    chunks: ChunkReader,
    /// What the client sends.
    messages: Reassembler,
}

impl Guest {
    fn send(&mut self, message: &Message<'_>) {
        let body = message.encode_to_vec().expect("a good message");
        for piece in Pieces::new(message.kind(), &body).expect("it is short") {
            let chunk = Chunk { port: VdiPort::CLIENT, piece }.encode_to_vec().expect("a good chunk");
            self.socket.write_all(&chunk).expect("the server reads");
        }
    }

    /// Takes what has come by now.
    fn receive(&mut self) {
        let mut buffer = [0; 8192];
        match self.socket.read(&mut buffer) {
            Ok(count) => self.chunks.push(&buffer[..count]),
            Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
        }
        while let Some(chunk) = self.chunks.next_chunk().expect("the server makes good chunks") {
            if chunk.port == VdiPort::CLIENT {
                self.messages.push_bytes(&chunk.data);
            }
        }
    }
}

/// A server, and the agent's end.
fn start(port: &str, folder: &Folder) -> (Testserver, Guest) {
    let path = folder.file("agent.sock");
    let mut server =
        Testserver::start(&["--port", port, "--agent-socket", path.to_str().expect("a plain path")]);
    let socket = UnixStream::connect(&path).expect("the server listens");
    socket.set_read_timeout(Some(Duration::from_millis(5))).expect("any time will do");
    let messages = Reassembler::new(Origin::Client, &Limits::default());
    let guest = Guest { socket, chunks: ChunkReader::new(), messages };
    server.wait_for("the agent", |event| event["event"] == "agent-socket" && event["open"] == 1);
    (server, guest)
}

/// The page of a browser gets a text of the guest, gives it another, and asks for a size.
fn in_a_page() {
    let (port, folder) = (free_port(), Folder::new());
    let (mut server, mut guest) = start(&port.to_string(), &folder);
    let listen = "viewer.addEventListener('clipboard', function (e) { window.text = e.detail.text; }); return 'listens'";
    let answer = "return viewer.copyToGuest('zurück') && viewer.resizeGuest({width: 1024, height: 768})";
    let steps = json!([["eval", listen], ["until", "return window.text === 'grüße'"], ["eval", answer]]);
    let mut page = Page::open(port, &[], &steps, &folder);
    page.wait_for("\"listens\"");
    let can: CapabilitySet = [AgentCapability::CLIPBOARD_BY_DEMAND, AgentCapability::MONITORS_CONFIG].into();
    let mut text = None;
    let start = Instant::now();
    while text.is_none() {
        assert!(start.elapsed() < Duration::from_secs(30), "no text");
        guest.receive();
        while let Some(message) =
            guest.messages.next_message().expect("the server passes on what the page sends")
        {
            match message.parse(can).expect("a good message") {
                Message::AnnounceCapabilities(_) => {
                    let words =
                        link::words([AgentCapability::CLIPBOARD_BY_DEMAND, AgentCapability::MONITORS_CONFIG]);
                    let announce = AnnounceCapabilities { request: 0, caps: words[..].into() };
                    guest.send(&Message::AnnounceCapabilities(announce));
                    let types = [ClipboardType::UTF8_TEXT];
                    let grab = ClipboardGrab { selection: None, serial: None, types: types[..].into() };
                    guest.send(&Message::ClipboardGrab(grab));
                }
                Message::ClipboardRequest(_) => {
                    let data = "grüße".as_bytes();
                    let type_ = ClipboardType::UTF8_TEXT;
                    guest.send(&Message::Clipboard(Clipboard { selection: None, type_, data }));
                }
                Message::ClipboardGrab(_) => {
                    let type_ = ClipboardType::UTF8_TEXT;
                    guest.send(&Message::ClipboardRequest(ClipboardRequest { selection: None, type_ }));
                }
                Message::Clipboard(theirs) => text = Some(theirs.data.to_vec()),
                // The server's own: what the pointer does.
                other => assert!(matches!(other, Message::MouseState(_)), "{other:?}"),
            }
        }
    }
    assert_eq!(text.as_deref(), Some("zurück".as_bytes()));
    // This server hands sizes to the graphics device itself.
    server.wait_for("the size", |event| {
        event["event"] == "client-monitors" && event["width"] == 1024 && event["height"] == 768
    });
    page.end();
}

/// Both announce what they can; then each sends the other a clipboard of many pieces, more than there are tokens.
fn agent() {
    let (port, folder) = (free_port().to_string(), Folder::new());
    let (_server, mut guest) = start(&port, &folder);
    let (dialer, credentials) = (dialer(&port), Credentials::default());
    let mut session = Session::start(&dialer, &credentials).expect("the server lets us in");
    assert_eq!((session.init.agent_connected, session.init.agent_tokens), (1, 10));
    session.main.set_timeout(Duration::from_millis(5)).expect("any time will do");
    let can: CapabilitySet = [AgentCapability::CLIPBOARD_BY_DEMAND, AgentCapability::MONITORS_CONFIG].into();
    let mut client = AgentEnd::client(can, &Limits::default());
    client.handle_server(&main::ServerMessage::Init(session.init));

    let text: Vec<u8> = (0..300_000_u32).map(|at| b'a' + (at % 1009 % 26) as u8).collect();
    let clipboard =
        |data| Message::Clipboard(Clipboard { selection: None, type_: ClipboardType::UTF8_TEXT, data });
    let (mut to_guest, mut to_client, mut answered) = (false, false, false);
    let start = Instant::now();
    while !(to_guest && to_client) {
        assert!(start.elapsed() < Duration::from_secs(30), "to guest {to_guest}, to client {to_client}");
        while let Some(message) = client.next_client_message() {
            session.main.send(&message).expect("the server reads");
        }
        guest.receive();
        while let Some(message) = guest.messages.next_message().expect("the server passes on what we send") {
            match message.parse(can).expect("a good message") {
                Message::AnnounceCapabilities(theirs) => {
                    assert_eq!(CapabilitySet::from_words(theirs.caps.iter()), can);
                    if !answered {
                        let words = link::words([AgentCapability::CLIPBOARD_BY_DEMAND]);
                        let announce = AnnounceCapabilities { request: 0, caps: words[..].into() };
                        guest.send(&Message::AnnounceCapabilities(announce));
                        guest.send(&clipboard(&text));
                        answered = true;
                    }
                }
                Message::Clipboard(theirs) => {
                    assert_eq!(theirs.data, text);
                    to_guest = true;
                }
                // The server's own: what the pointer does.
                other => assert!(matches!(other, Message::MouseState(_)), "{other:?}"),
            }
        }
        let Some(received) = session.main.receive().expect("the server goes on") else { continue };
        client.handle_server(&received.parse().expect("a good message"));
        while let Some(message) = client.next_message().expect("the server passes on what the guest sends") {
            match message.parse(client.both()).expect("a good message") {
                Message::AnnounceCapabilities(_) => {
                    assert!(client.can(AgentCapability::CLIPBOARD_BY_DEMAND));
                    client.send(&clipboard(&text)).expect("the agent can take it");
                }
                Message::Clipboard(theirs) => {
                    assert_eq!(theirs.data, text);
                    to_client = true;
                }
                other => panic!("{other:?}"),
            }
        }
    }
    drop(guest);
    let start = Instant::now();
    loop {
        assert!(start.elapsed() < Duration::from_secs(10), "the agent is still there");
        let Some(received) = session.main.receive().expect("the server goes on") else { continue };
        if matches!(received.parse(), Ok(main::ServerMessage::AgentDisconnected(_))) {
            break;
        }
    }
}
