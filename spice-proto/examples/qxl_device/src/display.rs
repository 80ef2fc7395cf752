//! What the device shows, and the SPICE server that shows it to any number of clients.

use std::error::Error;
use std::io::ErrorKind;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use spice_proto::channel::{self, ServerEnd};
use spice_proto::common::{Empty, MouseMode, Point16};
use spice_proto::cursor::{self, CursorFlags, CursorHeader};
use spice_proto::display;
use spice_proto::drive::blocking::{Connection, accept};
use spice_proto::drive::{self, TicketHost};
use spice_proto::link::{ServerConfig, TicketKey};
use spice_proto::main::{self, ChannelId, ChannelsList};
use spice_proto::qxl::render::{Renderer, Step};
use spice_proto::qxl::{Guest, QxlCommandExt, RingName};
use spice_proto::server::{ClientCaches, Feed};
use spice_proto::{ChannelType, Limits};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const SESSION: u32 = 1;
const CHANNELS: [ChannelId; 2] =
    [ChannelId { type_: ChannelType::DISPLAY.0, id: 0 }, ChannelId { type_: ChannelType::CURSOR.0, id: 0 }];

/// How long a change may wait for the thread that sends it.
const TURN: Duration = Duration::from_millis(10);

/// What is shown. Clones show the same.
#[derive(Clone)]
pub struct Display(Arc<Mutex<Shown>>);

/// What executes commands, with the picture, and the pointer.
pub struct Shown {
    pub renderer: Renderer,
    pointer: Pointer,
    /// Counts changes of the pointer.
    version: u64,
}

/// The pointer, as the guest has it.
#[derive(Clone)]
struct Pointer {
    at: Point16,
    visible: bool,
    shape: Option<(CursorHeader, Vec<u8>)>,
}

impl Display {
    /// For a device with so many surfaces.
    pub fn new(surfaces: u32) -> Self {
        let (renderer, pointer) = (Renderer::new(&Limits::server(), surfaces), Pointer::NONE);
        Self(Arc::new(Mutex::new(Shown { renderer, pointer, version: 0 })))
    }

    /// What is shown now; clients wait meanwhile.
    pub fn shown(&self) -> MutexGuard<'_, Shown> {
        self.0.lock().expect("no thread panics")
    }

    /// Lets clients in, for ever.
    pub fn serve(&self, listener: &TcpListener) -> Result<()> {
        let random = |bytes: &mut [u8]| getrandom::fill(bytes).expect("the system has random bytes");
        let key = TicketKey::generate(random)?;
        for stream in listener.incoming() {
            let (stream, display) = (stream?, self.clone());
            let host = TicketHost::new(key.clone(), random, SESSION, &CHANNELS);
            thread::spawn(move || {
                if let Err(error) = display.channel(stream, host) {
                    eprintln!("client: {error}");
                }
            });
        }
        Ok(())
    }

    fn channel(&self, stream: TcpStream, mut host: TicketHost<impl FnMut(&mut [u8])>) -> Result<()> {
        stream.set_nodelay(true)?;
        let link = accept(stream, ServerConfig::default(), &mut host)?;
        link.stream().set_read_timeout(Some(TURN))?;
        let limits = Limits::server();
        match link.linked().channel {
            ChannelType::MAIN => lead(link.server(channel::Main, &limits)),
            ChannelType::CURSOR => self.follow_pointer(link.server(channel::Cursor, &limits)),
            _ => {
                let client = link.linked().peer.channel;
                self.follow_picture(link.server(channel::Display, &limits), client)
            }
        }
    }

    fn follow_picture(
        &self,
        mut client: Connection<TcpStream, ServerEnd<channel::Display>>,
        capabilities: spice_proto::wire::CapabilitySet,
    ) -> Result<()> {
        let start = Instant::now();
        let mut feed = None;
        loop {
            match next(&mut client) {
                Ok(None) => {}
                Ok(Some(message)) => match (message.parse()?, &mut feed) {
                    (display::ClientMessage::Init(init), None) => {
                        let caches = ClientCaches::new(&init, &Limits::server());
                        feed = Some((Feed::new(self.shown().renderer.screen(), capabilities), caches));
                    }
                    (message, Some((feed, _))) => feed.handle(&message),
                    _ => {}
                },
                Err(Gone) => return Ok(()),
            }
            if let Some((feed, caches)) = &mut feed {
                let now = start.elapsed().as_millis() as u64;
                while client.end().can_send() {
                    let mut shown = self.shown();
                    let Some(message) = feed.next_message(shown.renderer.screen_mut(), caches, now) else {
                        break;
                    };
                    client.send(&message)?;
                }
                client.flush()?;
            }
        }
    }

    fn follow_pointer(&self, mut client: Connection<TcpStream, ServerEnd<channel::Cursor>>) -> Result<()> {
        let mut told = None;
        loop {
            if matches!(next(&mut client), Err(Gone)) {
                return Ok(());
            }
            let (pointer, version) = {
                let shown = self.shown();
                (shown.pointer.clone(), shown.version)
            };
            if told == Some(version) {
                continue;
            }
            let (position, visible, cursor) = (pointer.at, pointer.visible.into(), pointer.cursor());
            if told.is_none() {
                let init = cursor::Init { position, trail_length: 0, trail_frequency: 0, visible, cursor };
                client.send(&cursor::ServerMessage::Init(init))?;
            } else {
                client.send(&cursor::ServerMessage::Set(cursor::Set { position, visible, cursor }))?;
            }
            client.flush()?;
            told = Some(version);
        }
    }
}

impl Shown {
    /// Executes a command.
    pub fn execute(&mut self, guest: Guest<'_>, ring: RingName, command: &QxlCommandExt) -> Result<Step<'_>> {
        let step = self.renderer.execute(guest, ring, command)?;
        if let Step::Pointer(message, _) = &step {
            self.pointer.follow(message);
            self.version += 1;
        }
        Ok(step)
    }

    /// The pointer is as in the beginning.
    pub fn no_pointer(&mut self) {
        self.renderer.reset_cursor();
        self.pointer = Pointer::NONE;
        self.version += 1;
    }
}

impl Pointer {
    const NONE: Self = Self { at: Point16 { x: 0, y: 0 }, visible: false, shape: None };

    fn follow(&mut self, message: &cursor::ServerMessage<'_>) {
        match message {
            cursor::ServerMessage::Set(set) => {
                let shape = set.cursor.header.map(|header| (header, set.cursor.data.to_vec()));
                *self = Self { at: set.position, visible: set.visible != 0, shape };
            }
            cursor::ServerMessage::Move(place) => (self.at, self.visible) = (place.position, true),
            cursor::ServerMessage::Hide(_) => self.visible = false,
            _ => {}
        }
    }

    /// The shape as clients get it, kept in no cache.
    fn cursor(&self) -> cursor::Cursor<'_> {
        match &self.shape {
            None => cursor::Cursor { flags: CursorFlags::NONE, header: None, data: &[] },
            Some((header, data)) => {
                cursor::Cursor { flags: CursorFlags::empty(), header: Some(*header), data }
            }
        }
    }
}

/// The main channel: which others there are.
fn lead(mut client: Connection<TcpStream, ServerEnd<channel::Main>>) -> Result<()> {
    let mode = MouseMode::SERVER.bits().into();
    client.send(&main::ServerMessage::Init(main::Init {
        session_id: SESSION,
        supported_mouse_modes: mode,
        current_mouse_mode: mode,
        display_channels_hint: 1,
        agent_connected: 0,
        agent_tokens: 0,
        multi_media_time: 0,
        ram_hint: 0,
    }))?;
    loop {
        match next(&mut client) {
            Ok(None) => client.flush()?,
            Ok(Some(message)) => {
                if let main::ClientMessage::AttachChannels(Empty) = message.parse()? {
                    let channels = (&CHANNELS).into();
                    client.send(&main::ServerMessage::ChannelsList(ChannelsList { channels }))?;
                }
            }
            Err(Gone) => return Ok(()),
        }
    }
}

/// The client has closed the channel, or sends what nobody understands.
struct Gone;

/// A message, if one comes within a [`TURN`].
fn next<E: drive::End>(
    client: &mut Connection<TcpStream, E>,
) -> std::result::Result<Option<E::Received>, Gone> {
    match client.next() {
        Ok(message) => message.map(Some).ok_or(Gone),
        Err(drive::Error::Io(error))
            if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) =>
        {
            Ok(None)
        }
        Err(error) => {
            eprintln!("client: {error}");
            Err(Gone)
        }
    }
}
