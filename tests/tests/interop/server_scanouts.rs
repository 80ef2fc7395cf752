//! GL scanouts over unix sockets, with the descriptors themselves: our client against libspice-server, and our server
//! against the minimal client `tests/interop/gl-client`.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use bytes::{Buf, Bytes};
use libtest_mimic::Trial;
use serde_json::Value;
use spice_proto::channel::{Channel, ClientEnd, Display, Main, ServerEnd};
use spice_proto::common::Empty;
use spice_proto::display::{
    self, DisplayCapability, GlDraw, GlScanout2Unix, GlScanoutFlags, GlScanoutPlane, GlScanoutUnix,
};
use spice_proto::frame::Transport;
use spice_proto::link::{
    Client, ClientConfig, ClientEvent, Linked, Secret, Server, ServerConfig, ServerEvent, TicketKey,
};
use spice_proto::main::{self, ChannelId, ChannelsList, Init};
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, Limits, List};

use crate::live::peers::{PYTHON, SPICE_SERVER};
use crate::live::{Folder, Testserver, script, trial};
use crate::{proxy, socket};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("scanouts::our_client_takes_descriptors", &[&SPICE_SERVER], || our_client(Way::Direct)),
        trial("scanouts::our_server_sends_descriptors", &[&PYTHON], || our_server(Way::Direct)),
        trial("scanouts::descriptors_pass_the_proxy", &[&SPICE_SERVER], || our_client(Way::Proxy)),
        trial("scanouts::descriptors_pass_the_proxy_to_a_client", &[&PYTHON], || our_server(Way::Proxy)),
    ]
}

/// How a client gets to its server.
#[derive(Clone, Copy)]
enum Way {
    Direct,
    Proxy,
}

impl Way {
    /// The path for the client of a server that listens here.
    fn to(self, server: &Path, folder: &Folder) -> PathBuf {
        if let Way::Direct = self {
            return server.to_owned();
        }
        let listen = folder.file("proxy.sock");
        let arguments = ["proxy".into(), listen.clone().into(), server.into(), "--fields".into()];
        // It runs until this program ends.
        thread::spawn(|| proxy::run(arguments));
        let start = Instant::now();
        while !listen.exists() {
            assert!(start.elapsed() < PATIENCE, "the proxy does not listen");
            thread::sleep(Duration::from_millis(10));
        }
        // A path is there a moment before its socket listens.
        thread::sleep(Duration::from_millis(50));
        listen
    }
}

const PATIENCE: Duration = Duration::from_secs(10);
const SCANOUTS: [u16; 2] =
    [display::ServerMessage::GL_SCANOUT_UNIX, display::ServerMessage::GL_SCANOUT2_UNIX];
const XR24: u32 = 0x3432_5258;

/// A client's channel on a unix socket.
struct Ours<C: Channel> {
    socket: UnixStream,
    end: ClientEnd<C>,
    queue: VecDeque<OwnedFd>,
    /// The last one that was asked for.
    scanout: Option<Got>,
}

/// A message: its number, its body, and the first bytes of the buffers beside it.
type Got = (u16, Bytes, Vec<u8>);

impl<C: Channel> Ours<C> {
    fn open(path: &Path, channel: C, session: u32, capabilities: CapabilitySet) -> Self {
        let mut socket = UnixStream::connect(path).expect("the server listens");
        socket.set_read_timeout(Some(PATIENCE)).expect("a socket");
        let mut config = ClientConfig::new(channel.channel_type(), 0);
        config.connection_id = session;
        config.capabilities.channel = capabilities;
        let linked = client_link(&mut socket, config);
        let mut end = ClientEnd::linked(channel, &linked, &Limits::default());
        end.set_transport(Transport::UnixSocket);
        Ours { socket, end, queue: VecDeque::new(), scanout: None }
    }

    fn send(&mut self, message: &C::ClientMessage<'_>) {
        self.end.send(message).expect("a message");
        self.flush();
    }

    fn flush(&mut self) {
        let output = self.end.take_output();
        self.socket.write_all(&output).expect("an open socket");
    }

    /// The next message of one of these numbers; others are passed over.
    fn next(&mut self, kinds: &[u16]) -> Got {
        let mut buffer = [0; 4096];
        loop {
            while let Some(message) = self.end.next_message().expect("a sound stream") {
                self.flush();
                let own: Vec<OwnedFd> = self.queue.drain(..message.descriptors() as usize).collect();
                if kinds.contains(&message.kind()) {
                    let names = own.into_iter().map(socket::name).collect();
                    return (message.kind(), message.body().clone(), names);
                }
                let kind = message.kind();
                assert!(own.is_empty() || SCANOUTS.contains(&kind), "{message:?} has descriptors");
            }
            let (count, descriptors) = socket::read(&self.socket, &mut buffer).expect("a message comes");
            assert!(count > 0, "the server has closed");
            self.end.push(&buffer[..count]);
            self.end.push_descriptors(descriptors.len() as u32);
            self.queue.extend(descriptors);
        }
    }
}

impl Ours<Display> {
    /// The next scanout that is another one: the server sends what is shown when it writes, so that one comes twice
    /// where a client joins just then.
    fn next_scanout(&mut self) -> Got {
        loop {
            let got = self.next(&SCANOUTS);
            if self.scanout.as_ref() != Some(&got) {
                self.scanout = Some(got.clone());
                return got;
            }
        }
    }
}

fn random(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the system has random bytes");
}

fn client_link(socket: &mut UnixStream, config: ClientConfig) -> Linked {
    let mut link = Client::new(config).expect("a client");
    let mut buffer = [0; 4096];
    loop {
        let event = link.next_event().expect("a handshake");
        socket.write_all(link.take_output().as_bytes()).expect("an open socket");
        match event {
            Some(ClientEvent::Ticket(_)) => link.ticket(&Secret::new(), random).expect("no password"),
            Some(ClientEvent::Linked(linked)) => return linked,
            Some(other) => panic!("{other:?}"),
            None => match socket.read(&mut buffer).expect("an answer") {
                0 => link.close().expect("the whole handshake"),
                len => link.push(&buffer[..len]),
            },
        }
    }
}

/// A server of libspice-server, and our main and display channels on it.
fn linked(capabilities: CapabilitySet, way: Way) -> (Testserver, Folder, Ours<Main>, Ours<Display>) {
    let folder = Folder::new();
    let path = folder.file("s.sock");
    let server = Testserver::start(&["--unix", path.to_str().expect("a short path"), "--size", "320x240"]);
    let path = way.to(&path, &folder);
    let mut main = Ours::open(&path, Main, 0, CapabilitySet::EMPTY);
    let (_, body, _) = main.next(&[main::ServerMessage::INIT]);
    let init = main::ServerMessage::parse(main::ServerMessage::INIT, &body).expect("INIT");
    let main::ServerMessage::Init(init) = init else { unreachable!() };
    main.send(&main::ClientMessage::AttachChannels(Empty));
    let mut display = Ours::open(&path, Display, init.session_id, capabilities);
    display.send(&display::ClientMessage::Init(display::Init {
        pixmap_cache_id: 1,
        pixmap_cache_size: 1 << 20,
        glz_dictionary_id: 1,
        glz_dictionary_window_size: 1 << 20,
    }));
    display.next(&[display::ServerMessage::MARK]);
    (server, folder, main, display)
}

fn our_client(way: Way) {
    use display::ServerMessage as M;
    let bits =
        [DisplayCapability::MONITORS_CONFIG, DisplayCapability::GL_SCANOUT, DisplayCapability::GL_SCANOUT2];
    let (mut server, _folder, _main, mut display) = linked(bits.into(), way);
    for plane in 0..3 {
        server.run(&format!("plane {plane} 307200"));
    }
    server.run("scanout 200 150 800 0x34325258 1 0");
    let (kind, body, names) = display.next_scanout();
    assert_eq!(names, [0x10], "the buffer of plane 0");
    let newest = kind == M::GL_SCANOUT2_UNIX;
    match M::parse(kind, &body).expect("a scanout") {
        M::GlScanoutUnix(scanout) => {
            let GlScanoutUnix { width, height, stride, drm_fourcc_format, flags } = scanout;
            assert_eq!((width, height, stride, drm_fourcc_format), (200, 150, 800, XR24));
            assert_eq!(flags, GlScanoutFlags::Y0TOP);
        }
        M::GlScanout2Unix(scanout) => {
            assert_eq!((scanout.width, scanout.height, scanout.modifier), (200, 150, 0x00ff_ffff_ffff_ffff));
            assert!(scanout.planes.iter().eq([GlScanoutPlane { offset: 0, stride: 800 }]));
        }
        other => panic!("{other:?}"),
    }
    if newest {
        server.command("scanout2 320 240 0x3231564e 0x0100000000000002 0 2 0 320 0 76800 320 1");
        let (_, body, names) = display.next_scanout();
        assert_eq!((names, body.len()), (vec![0x10, 0x11], 41));
        // The second plane's descriptor is missing: fewer descriptors than planes.
        server.command("scanout2 64 48 0x34325258 5 0 2 7 256 0 9 10 -1");
        let (_, body, names) = display.next_scanout();
        assert_eq!((names, body.len()), (vec![0x10], 41));
    }
    for round in 0..6 {
        server.run(&format!("scanout 100 80 512 0x34325258 0 {}", round % 3));
        let (_, _, names) = display.next_scanout();
        assert_eq!(names, [0x10 + round % 3]);
    }
    // The server waits for the answer to each draw, and ends when there is another before it.
    server.run("gldraw 10 20 30 40");
    let (_, body, _) = display.next(&[M::GL_DRAW]);
    let draw = GlDraw { x: 10, y: 20, w: 30, h: 40 };
    assert_eq!(M::parse(M::GL_DRAW, &body), Ok(M::GlDraw(draw)));
    display.send(&display::ClientMessage::GlDrawDone(Empty));
    server.run("bits 0 10 10 60 100 50 40");
    display.next(&[M::COPY_BITS]);
}

/// Our server's scanouts as another client reads them.
fn our_server(way: Way) {
    let folder = Folder::new();
    let path = folder.file("s.sock");
    let listener = UnixListener::bind(&path).expect("a new path");
    let server = thread::spawn(move || {
        let key = TicketKey::generate(random).expect("a key");
        let (main, _) = listener.accept().expect("the main channel");
        let mut main = Theirs::open(main, Main, &key);
        main.say_init();
        let (display, _) = listener.accept().expect("the display channel");
        // Nobody else can connect, and the main channel stays until the end.
        drop(listener);
        send_scanouts(Theirs::open(display, Display, &key));
    });
    let path = way.to(&path, &folder);
    let mut client = script("gl-client");
    client.args(["--unix", path.to_str().expect("a short path"), "--seconds", "20"]);
    let output = client.stdin(Stdio::null()).output().expect("python is there");
    server.join().expect("our server has sent everything");
    let lines = String::from_utf8(output.stdout).expect("text");
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let names = |line: &Value| -> Vec<String> {
        let fds = line["fds"].as_array().into_iter().flatten();
        fds.map(|fd| fd["first_byte"].as_str().unwrap_or_default().to_owned()).collect()
    };
    let scanouts: Vec<(u64, Value, Vec<String>)> = lines
        .iter()
        .filter(|line| line["kind"] == 320 || line["kind"] == 323)
        .map(|line| (line["kind"].as_u64().expect("a number"), line["beside"].clone(), names(line)))
        .collect();
    let text = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let expected = [
        (320, "40".into(), text(&["21"])),
        (323, "40".into(), text(&["22", "23", "24", "25"])),
        (320, "40".into(), text(&[])),
        (323, "40".into(), text(&["26"])),
    ];
    assert_eq!(scanouts, expected, "{lines:#?}");
    assert_eq!(lines.iter().filter(|line| line["kind"] == 321).count(), 4);
    let end = lines.last().expect("a last line");
    assert_eq!((end["rest"].as_str(), end["descriptors_left"].as_u64()), (Some(""), Some(0)), "{end}");
}

/// A server's channel on a unix socket.
struct Theirs<C: Channel> {
    socket: UnixStream,
    end: ServerEnd<C>,
    queue: Vec<OwnedFd>,
}

impl<C: Channel> Theirs<C> {
    fn open(mut socket: UnixStream, channel: C, key: &TicketKey) -> Self {
        socket.set_read_timeout(Some(PATIENCE)).expect("a socket");
        let mut link = Server::new(ServerConfig::default());
        let mut buffer = [0; 4096];
        let linked = loop {
            let event = link.next_event().expect("a handshake");
            socket.write_all(link.take_output().as_bytes()).expect("an open socket");
            match event {
                Some(ServerEvent::Request(_)) => link.accept(CapabilitySet::EMPTY, &key.public()),
                Some(ServerEvent::Ticket(_)) => link.check_ticket(key, None, random),
                Some(ServerEvent::Authenticated(_)) => link.admit(),
                Some(ServerEvent::Linked(linked)) => break linked,
                Some(other) => panic!("{other:?}"),
                None => {
                    let len = socket.read(&mut buffer).expect("an answer");
                    assert!(len > 0, "the client has closed");
                    link.push(&buffer[..len]);
                    Ok(())
                }
            }
            .expect("what was asked for");
        };
        let mut end = ServerEnd::linked(channel, &linked, &Limits::server());
        end.set_transport(Transport::UnixSocket);
        Theirs { socket, end, queue: Vec::new() }
    }

    fn flush(&mut self) {
        while self.end.has_output() {
            let count = self.end.output_descriptors() as usize;
            let output = self.end.output();
            let written = socket::write(&self.socket, output.chunk(), &self.queue[..count]);
            output.advance(written.expect("an open socket"));
            self.queue.drain(..count);
        }
    }

    /// Reads until a message of this number.
    fn wait_for(&mut self, kind: u16) {
        let mut buffer = [0; 4096];
        loop {
            while let Some(message) = self.end.next_message().expect("a sound stream") {
                if message.kind() == kind {
                    return;
                }
            }
            let len = self.socket.read(&mut buffer).expect("the client says something");
            assert!(len > 0, "the client has closed");
            self.end.push(&buffer[..len]);
        }
    }
}

impl Theirs<Main> {
    fn say_init(&mut self) {
        let init = Init {
            session_id: 7,
            display_channels_hint: 1,
            supported_mouse_modes: 1,
            current_mouse_mode: 1,
            agent_connected: 0,
            agent_tokens: 10,
            multi_media_time: 0,
            ram_hint: 0,
        };
        self.end.send(&main::ServerMessage::Init(init)).expect("a message");
        self.flush();
        self.wait_for(main::ClientMessage::ATTACH_CHANNELS);
        let channels = [ChannelId::new(ChannelType::DISPLAY, 0)];
        let list = ChannelsList { channels: List::from(&channels[..]) };
        self.end.send(&main::ServerMessage::ChannelsList(list)).expect("a message");
        self.flush();
    }
}

/// Each scanout, and a drawing that the client answers, so that it has read what came before.
fn send_scanouts(mut display: Theirs<Display>) {
    use display::ServerMessage as M;
    display.wait_for(display::ClientMessage::INIT);
    let planes = [GlScanoutPlane { offset: 64, stride: 256 }; 4];
    let (width, height, drm_fourcc_format, flags) = (64, 48, XR24, GlScanoutFlags::Y0TOP);
    let one = M::GlScanoutUnix(GlScanoutUnix { width, height, stride: 256, drm_fourcc_format, flags });
    let several = |count: usize| {
        let planes = List::from(&planes[..count]);
        M::GlScanout2Unix(GlScanout2Unix { width, height, drm_fourcc_format, flags, modifier: 0x40, planes })
    };
    for (message, buffers) in
        [(one, &[0x21][..]), (several(4), &[0x22, 0x23, 0x24, 0x25]), (one, &[]), (several(2), &[0x26])]
    {
        display.queue.extend(buffers.iter().map(|name| socket::buffer(*name)));
        display.end.send_with_descriptors(&message, buffers.len() as u32).expect("a scanout");
        let draw = M::GlDraw(GlDraw { x: 0, y: 0, w: width, h: height });
        display.end.send(&draw).expect("a message");
        display.flush();
        display.wait_for(display::ClientMessage::GL_DRAW_DONE);
    }
}
