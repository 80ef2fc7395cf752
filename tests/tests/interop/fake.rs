//! Servers that do what real ones do not do on command: our machines, each channel by a function of the test.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use spice_proto::channel::{Any, ServerEnd};
use spice_proto::common::{self, Empty, Point, Rect};
use spice_proto::display::{
    self, Brush, BrushBody, BrushType, Clip, ClipType, DisplayBase, DrawFill, Fill, MaskFlags, QMask, Ropd,
    SurfaceCreate, SurfaceFlags, SurfaceFmt,
};
use spice_proto::inputs::{self, KeyboardModifierFlags};
use spice_proto::link::{
    Auth, Challenge, Linked, MechanismError, Request, SecurityLayer, Server, ServerConfig, ServerEvent,
    ServerMechanism, TicketKey,
};
use spice_proto::main::{self, ChannelId, ChannelsList, Init};
use spice_proto::{ChannelType, Limits, ServerMessage};

/// A server on a port of loopback. It runs until this program ends.
pub(crate) struct Fake {
    pub(crate) port: u16,
}

/// What becomes of a request for a channel.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer {
    /// The channel is opened.
    Open,
    /// The link reply is this error.
    Reply(common::LinkErr),
    /// The link result is.
    Result(common::LinkErr),
    /// These bytes come in place of a link reply.
    Bytes(&'static [u8]),
    /// Nothing ever comes.
    Silence,
}

/// A channel that is up.
pub(crate) struct Line {
    pub(crate) linked: Linked,
    end: ServerEnd<Any>,
    stream: TcpStream,
}

/// The session's id.
pub(crate) const SESSION: u32 = 0x1234;

/// The channels that a server lists.
pub(crate) const CHANNELS: [ChannelType; 3] =
    [ChannelType::DISPLAY, ChannelType::CURSOR, ChannelType::INPUTS];

impl Fake {
    /// `answer` says what becomes of a request, `run` is what the channel does then; its connection closes with it.
    pub(crate) fn start(
        answer: impl Fn(&Request) -> Answer + Send + Sync + 'static,
        run: impl Fn(&mut Line) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self::start_with(Auth::Ticket, answer, run)
    }

    /// As [`start`](Self::start), with SASL or both.
    pub(crate) fn start_with(
        auth: Auth,
        answer: impl Fn(&Request) -> Answer + Send + Sync + 'static,
        run: impl Fn(&mut Line) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback is there");
        let port = listener.local_addr().expect("it is bound").port();
        let behaviour = Arc::new((answer, run));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let behaviour = behaviour.clone();
                thread::spawn(move || {
                    let (answer, run) = &*behaviour;
                    // A client that goes ends a connection too.
                    let _ = link(stream, auth, answer)
                        .and_then(|line| line.map_or(Ok(()), |mut line| run(&mut line)));
                });
            }
        });
        Fake { port }
    }

    pub(crate) fn uri(&self) -> String {
        format!("spice://127.0.0.1:{}", self.port)
    }
}

/// Offers Kerberos by SASL, and tickets besides; nobody gets in by SASL.
struct Offer;

impl ServerMechanism for Offer {
    fn offered(&self) -> &str {
        "GSSAPI"
    }

    fn start(&mut self, _: &str, _: Option<&[u8]>) -> Result<Challenge, MechanismError> {
        Err(MechanismError)
    }

    fn step(&mut self, _: Option<&[u8]>) -> Result<Challenge, MechanismError> {
        Err(MechanismError)
    }

    fn security_layer(&self) -> SecurityLayer {
        SecurityLayer::None
    }
}

/// The handshake; without a password every client may come.
fn link(mut stream: TcpStream, auth: Auth, answer: &impl Fn(&Request) -> Answer) -> io::Result<Option<Line>> {
    let key = key();
    let mut config = ServerConfig::default();
    config.auth = auth;
    let mut server = Server::new(config);
    let mut buffer = [0; 4096];
    let mut result = None;
    loop {
        let event = server.next_event();
        stream.write_all(server.take_output().as_bytes())?;
        let call = match event.map_err(io::Error::other)? {
            Some(ServerEvent::Request(request)) => match answer(&request) {
                Answer::Open => server.accept(request.capabilities.channel, &key.public()),
                Answer::Reply(error) => server.refuse(error),
                Answer::Result(error) => {
                    result = Some(error);
                    server.accept(request.capabilities.channel, &key.public())
                }
                Answer::Bytes(bytes) => {
                    stream.write_all(bytes)?;
                    return Ok(None);
                }
                Answer::Silence => {
                    thread::sleep(Duration::from_secs(30));
                    return Ok(None);
                }
            },
            Some(ServerEvent::Sasl) => server.sasl(&mut Offer),
            Some(ServerEvent::Ticket(_)) => server.pass_ticket(),
            Some(ServerEvent::Authenticated(_)) => match result {
                None => server.admit(),
                Some(error) => server.refuse(error),
            },
            Some(ServerEvent::Linked(linked)) => {
                let end = ServerEnd::linked(Any(linked.channel), &linked, &Limits::server());
                return Ok(Some(Line { linked, end, stream }));
            }
            Some(_) => server.ignore(),
            None => {
                let count = stream.read(&mut buffer)?;
                server.push(&buffer[..count]);
                if count == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                Ok(())
            }
        };
        call.map_err(io::Error::other)?;
    }
}

fn key() -> &'static TicketKey {
    static KEY: OnceLock<TicketKey> = OnceLock::new();
    KEY.get_or_init(|| {
        TicketKey::generate(|bytes: &mut [u8]| getrandom::fill(bytes).expect("the system has random bytes"))
            .expect("a key")
    })
}

impl Line {
    pub(crate) fn channel(&self) -> ChannelType {
        self.linked.channel
    }

    pub(crate) fn send(&mut self, message: &ServerMessage<'_>) -> io::Result<()> {
        self.end.send(message).map_err(io::Error::other)?;
        self.stream.write_all(&self.end.take_output())
    }

    /// Sends bytes outside of any message.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// The next message of the client: number and body.
    pub(crate) fn receive(&mut self) -> io::Result<(u16, Vec<u8>)> {
        let mut buffer = [0; 4096];
        loop {
            if let Some(received) = self.end.next_message().map_err(io::Error::other)? {
                return Ok((received.kind(), received.body().to_vec()));
            }
            let count = self.stream.read(&mut buffer)?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.end.push(&buffer[..count]);
        }
    }

    /// Waits for a message; its body.
    pub(crate) fn wait(&mut self, kind: u16) -> io::Result<Vec<u8>> {
        loop {
            match self.receive()? {
                (found, body) if found == kind => return Ok(body),
                _ => {}
            }
        }
    }

    /// Until the client goes.
    pub(crate) fn stay(&mut self) -> io::Result<()> {
        loop {
            self.receive()?;
        }
    }

    /// What every channel does on a server that has nothing particular in mind: main lists the channels, the display
    /// shows one colour.
    pub(crate) fn ordinary(&mut self) -> io::Result<()> {
        self.open()?;
        match self.channel() {
            ChannelType::DISPLAY => {
                self.surface()?;
                self.fill(0x00ff_8000)?;
            }
            ChannelType::INPUTS => {
                let keyboard_modifiers = KeyboardModifierFlags::empty();
                let init = inputs::Init { keyboard_modifiers };
                self.send(&ServerMessage::Inputs(inputs::ServerMessage::Init(init)))?;
            }
            _ => {}
        }
        self.stay()
    }

    /// The beginning: INIT and the list of channels on main, the client's INIT on display.
    pub(crate) fn open(&mut self) -> io::Result<()> {
        match self.channel() {
            ChannelType::MAIN => {
                self.init()?;
                self.wait(main::ClientMessage::ATTACH_CHANNELS)?;
                let list = CHANNELS.map(|channel| ChannelId::new(channel, 0));
                let list = ChannelsList { channels: (&list).into() };
                self.send(&ServerMessage::Main(main::ServerMessage::ChannelsList(list)))
            }
            ChannelType::DISPLAY => self.wait(display::ClientMessage::INIT).map(drop),
            _ => Ok(()),
        }
    }

    pub(crate) fn init(&mut self) -> io::Result<()> {
        self.send(&ServerMessage::Main(main::ServerMessage::Init(Init {
            session_id: SESSION,
            display_channels_hint: 1,
            supported_mouse_modes: 1,
            current_mouse_mode: 1,
            agent_connected: 0,
            agent_tokens: 10,
            multi_media_time: 0,
            ram_hint: 0,
        })))
    }

    /// A primary surface of 64 x 48 pixels.
    pub(crate) fn surface(&mut self) -> io::Result<()> {
        let (format, flags) = (SurfaceFmt::FMT_32_XRGB, SurfaceFlags::PRIMARY);
        let surface = SurfaceCreate { surface_id: 0, width: WIDTH, height: HEIGHT, format, flags };
        self.draw(display::ServerMessage::SurfaceCreate(surface))
    }

    /// One colour all over it.
    pub(crate) fn fill(&mut self, colour: u32) -> io::Result<()> {
        let mask = QMask { flags: MaskFlags::empty(), pos: Point { x: 0, y: 0 }, bitmap: None };
        let brush = Brush { type_: BrushType::SOLID, body: BrushBody::Color(colour) };
        self.draw(display::ServerMessage::DrawFill(DrawFill {
            base: DisplayBase {
                surface_id: 0,
                box_: WHOLE,
                clip: Clip { type_: ClipType::NONE, rects: None },
            },
            data: Fill { brush, rop_descriptor: Ropd::OP_PUT, mask },
        }))?;
        self.draw(display::ServerMessage::Mark(Empty))
    }

    pub(crate) fn draw(&mut self, message: display::ServerMessage<'_>) -> io::Result<()> {
        self.send(&ServerMessage::Display(message))
    }
}

pub(crate) const WIDTH: u32 = 64;
pub(crate) const HEIGHT: u32 = 48;
pub(crate) const WHOLE: Rect = Rect { top: 0, left: 0, bottom: HEIGHT as i32, right: WIDTH as i32 };
