//! A recording shown to clients.

use std::error::Error;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use spice_proto::drive::{Reception, blocking::accept};
use spice_proto::link::{Secret, ServerConfig, TicketKey};
use spice_proto::main::ChannelId;
use spice_proto::qxl::recording::{Event, EventBody, WorkerMessage};
use spice_proto::qxl::render::{Renderer, Step};
use spice_proto::server::{self, Pointer, PointerFeed, Visit, VisitConfig};
use spice_proto::{ChannelType, Limits, ServerMessage};

use super::show::MOST_SURFACES;
use super::{Failure, complain, file, say};

/// Who may come, and how fast it goes.
#[derive(Debug)]
pub(crate) struct Terms {
    pub(crate) address: String,
    pub(crate) port: u16,
    pub(crate) password: Option<Secret>,
    /// Of the recording's time; `None` for no time at all.
    pub(crate) speed: Option<f64>,
}

/// Plays a recording to any number of clients, and leaves its last picture there.
pub(crate) fn serve(path: &Path, terms: Terms) -> Result<(), Failure> {
    let listener = TcpListener::bind((terms.address.as_str(), terms.port)).map_err(Failure::File)?;
    let address = listener.local_addr().map_err(Failure::File)?;
    let random: Random = |bytes| getrandom::fill(bytes).expect("the system has random bytes");
    let key = TicketKey::generate(random).map_err(|error| Failure::File(std::io::Error::other(error)))?;
    let config = VisitConfig::new(0, CHANNELS.map(|channel| ChannelId::new(channel, 0)));
    let reception = Reception::new(config, key, random);
    let reception = match terms.password {
        Some(password) => reception.with_password(password),
        None => reception,
    };
    let shared = Arc::new(Shared { shown: Mutex::new(Shown::new()), start: Instant::now() });
    say::out(format_args!("listening on {address}"));
    let clients = Arc::clone(&shared);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (reception, shared) = (reception.clone(), Arc::clone(&clients));
            thread::spawn(move || {
                attend(stream, reception, &shared).unwrap_or_else(|error| complain(&error.to_string()));
            });
        }
    });
    let mut clock = Clock { speed: terms.speed, start: None };
    let mut count = 0_u64;
    let played = file::events(path, |event| {
        clock.wait(event.time());
        shared.shown().play(event);
        count += 1;
        Ok(true)
    });
    say::out(format_args!("{count} events played"));
    played?;
    loop {
        thread::park(); // until somebody ends the program
    }
}

/// One channel of a client, until it goes.
fn attend(stream: TcpStream, mut door: Reception<Random>, shared: &Shared) -> Result<(), Box<dyn Error>> {
    stream.set_nodelay(true)?;
    let link = accept(stream, ServerConfig::default(), &mut door)?;
    link.stream().set_read_timeout(Some(TURN))?;
    let now = || shared.start.elapsed().as_micros() as u64;
    let mut pointer = PointerFeed::new();
    let visit = door.visit().ok_or("a channel without a session")?;
    link.attend(&visit, now, |visit, channel, event| match (event, channel.channel_type()) {
        (None, ChannelType::DISPLAY) => {
            let shown = &mut *shared.shown();
            let told = visit.show(channel, shown.renderer.screen_mut(), now());
            told.unwrap_or_else(|error| complain(&error.to_string()));
        }
        (None, ChannelType::CURSOR) => point(visit, channel, &mut pointer, &shared.shown().pointer),
        (Some(server::Event::Failed(error)), _) => complain(&error.to_string()),
        _ => {} // what is typed changes no recording
    })?;
    Ok(())
}

fn point(visit: &mut Visit, channel: ChannelId, feed: &mut PointerFeed, pointer: &Pointer) {
    while visit.can_send(channel)
        && let Some(message) = feed.next_message(pointer)
    {
        if let Err(error) = visit.send(channel, &ServerMessage::Cursor(message)) {
            return complain(&error.to_string());
        }
    }
}

/// What all threads share.
struct Shared {
    shown: Mutex<Shown>,
    /// The times of visits are by one clock.
    start: Instant,
}

impl Shared {
    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The picture and the pointer.
struct Shown {
    renderer: Renderer,
    pointer: Pointer,
    /// Surfaces end with this, if anything comes after it: most recordings end by it, and their picture is to stay.
    end: Option<End>,
}

/// Which surfaces end.
#[derive(Clone, Copy)]
enum End {
    Primary,
    All,
}

impl Shown {
    fn new() -> Self {
        let renderer = Renderer::new(&Limits::server(), MOST_SURFACES);
        Self { renderer, pointer: Pointer::new(), end: None }
    }

    fn play(&mut self, event: &Event<'_>) {
        use WorkerMessage as W;
        match *event.body() {
            EventBody::Message(W::DESTROY_PRIMARY | W::DESTROY_PRIMARY_ASYNC) => {
                self.end = self.end.or(Some(End::Primary));
                return;
            }
            EventBody::Message(W::DESTROY_SURFACES | W::DESTROY_SURFACES_ASYNC) => {
                self.end = Some(End::All);
                return;
            }
            EventBody::Message(W::RESET_CURSOR) => self.pointer = Pointer::new(),
            EventBody::Message(_) => {}
            _ => match self.end.take() {
                Some(End::Primary) => drop(self.renderer.destroy_surface(0)),
                Some(End::All) => drop(self.renderer.destroy_surfaces()),
                None => {}
            },
        }
        match event.play(&mut self.renderer) {
            Ok(Some(Step::Pointer(message, _))) => self.pointer.apply(&message),
            Ok(_) => {}
            Err(error) => complain(&format!("event {}: {error}", event.counter())),
        }
    }
}

/// Waits for the time of events.
struct Clock {
    speed: Option<f64>,
    /// When the first event was played, and its time.
    start: Option<(Instant, u64)>,
}

impl Clock {
    fn wait(&mut self, time: u64) {
        let Some(speed) = self.speed else { return };
        let (start, first) = *self.start.get_or_insert((Instant::now(), time));
        let after = Duration::from_nanos(time.saturating_sub(first)).as_secs_f64() / speed;
        let after = Duration::try_from_secs_f64(after).unwrap_or(Duration::MAX);
        thread::sleep(after.saturating_sub(start.elapsed()));
    }
}

type Random = fn(&mut [u8]);

const CHANNELS: [ChannelType; 2] = [ChannelType::DISPLAY, ChannelType::CURSOR];

/// How long a change may wait for the thread that sends it.
const TURN: Duration = Duration::from_millis(10);
