//! How old a screen is at the end of a slow line, with this crate's server half and with libspice-server.
//!
//! ```sh
//! cargo run --release -p spice-proto-tests --example slow_line -- [TESTSERVER [SCENE|all [BYTES_PER_SECOND]]]
//! ```
//!
//! TESTSERVER is the program of `tests/interop/testserver.c`. Both servers show the same scenes, in frames every 40 ms (slides
//! every second), to the same client, through a relay that carries 250,000 bytes a second (2 Mbit/s) if nothing else is said, takes 20 ms each way,
//! and has a queue of 64 KiB, as routers have. Every 40 ms the client's picture is compared with what the server has, in tiles of 64 x 16
//! pixels that have ever changed: a tile is as old as the time since the server's was another one. Tiles that are none of
//! the server's pictures, half of one and half of the next, are left out.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use rustix::net::sockopt;
use spice_proto::canvas::{self, Canvas};
use spice_proto::common::Rect;
use spice_proto::display::SurfaceFmt;
use spice_proto::drive::{Event, Password, Reception, SessionConfig, Target, blocking};
use spice_proto::image::{Pixmap, SharedCaches, View};
use spice_proto::link::{ServerConfig, TicketKey};
use spice_proto::main::ChannelId;
use spice_proto::server::{Screen, VisitConfig};
use spice_proto::{ChannelType, Limits, ServerMessage};
use spice_proto_tests::scenes::{HEIGHT, SCENES, Scene, WIDTH};
use spice_proto_tests::testserver::Testserver;

/// Bytes that wait in the line.
const QUEUE: u64 = 64 << 10;

/// From end to end.
const LATENCY: Duration = Duration::from_millis(20);

/// How long a scene is shown.
const LENGTH: Duration = Duration::from_secs(6);

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (program, only) = (arguments.next(), arguments.next());
    let speed = arguments.next().map_or(250_000, |speed| speed.parse().expect("bytes a second"));
    println!("| scene | server | bytes | mean age, ms | 95 of 100 | oldest | exact after the end, ms |");
    println!("|---|---|---|---|---|---|---|");
    for scene in
        SCENES.iter().filter(|scene| only.as_deref().is_none_or(|only| [scene.name, "all"].contains(&only)))
    {
        run(scene, "ours", &mut Ours::start(), speed);
        if let Some(program) = &program {
            // Nothing with loss; zlib where it thinks that it pays.
            let more = ["--streaming", "1", "--jpeg", "3", "--zlib", "1"];
            let mut server = Testserver::start(program, (WIDTH, HEIGHT), &more).expect("testserver");
            run(scene, "libspice-server", &mut server, speed);
        }
    }
}

/// A server with a screen.
trait Server {
    fn port(&self) -> u16;
    fn draw(&mut self, pixels: &Pixmap, rect: Rect);
}

impl Server for Testserver {
    fn port(&self) -> u16 {
        self.port()
    }

    fn draw(&mut self, pixels: &Pixmap, rect: Rect) {
        self.draw(pixels, rect).expect("it draws");
    }
}

/// This crate's.
struct Ours {
    port: u16,
    screen: Arc<Mutex<Screen>>,
}

impl Ours {
    fn start() -> Self {
        let random = |bytes: &mut [u8]| getrandom::fill(bytes).expect("random bytes");
        let config = VisitConfig::new(0, [ChannelId::new(ChannelType::DISPLAY, 0)]);
        let reception = Reception::new(config, TicketKey::generate(random).expect("a key"), random);
        let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback");
        let port = listener.local_addr().expect("it is bound").port();
        let mut screen = Screen::new(&Limits::default());
        screen.resize(WIDTH, HEIGHT, SurfaceFmt::FMT_32_XRGB).expect("a screen");
        let (screen, start) = (Arc::new(Mutex::new(screen)), Instant::now());
        let shared = Arc::clone(&screen);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (mut door, screen) = (reception.clone(), Arc::clone(&shared));
                thread::spawn(move || {
                    let link =
                        blocking::accept(stream, ServerConfig::default(), &mut door).expect("a client");
                    link.stream().set_nodelay(true).expect("a socket");
                    link.stream().set_read_timeout(Some(Duration::from_millis(2))).expect("a time");
                    let now = || start.elapsed().as_micros() as u64;
                    let visit = door.visit().expect("it was let in");
                    // It ends with the client.
                    let _ = link.attend(&visit, now, |visit, channel, event| {
                        if event.is_none() && channel.channel_type() == ChannelType::DISPLAY {
                            let screen = &mut *screen.lock().expect("no panic");
                            visit.show(channel, screen, now()).expect("it shows");
                        }
                    });
                });
            }
        });
        Self { port, screen }
    }
}

impl Server for Ours {
    fn port(&self) -> u16 {
        self.port
    }

    fn draw(&mut self, pixels: &Pixmap, rect: Rect) {
        self.screen.lock().expect("no panic").update(0, rect, &pixels.as_view()).expect("inside");
    }
}

/// Shows a scene, and prints a row.
fn run(scene: &Scene, name: &str, server: &mut impl Server, speed: u64) {
    let relay = Relay::start(server.port(), speed);
    let mut picture = scene.start();
    server.draw(&picture.pixels, Rect::of_size(WIDTH, HEIGHT));
    let canvas = watch(relay.port);
    wait_for(&canvas, &picture.pixels).expect("the first picture");
    let before = relay.carried.load(Ordering::Relaxed);
    let (mut tiles, mut ages) = (Tiles::of(&picture.pixels.as_view()), Vec::new());
    let start = Instant::now();
    let step = Duration::from_millis(if scene.name == "slides" { 1000 } else { 40 });
    let (mut next, mut number) = (start, 0);
    while start.elapsed() < LENGTH {
        if Instant::now() >= next {
            scene.frame(&mut picture, number % scene.frames);
            let changed = picture.changed.clone();
            changed.iter().for_each(|rect| server.draw(&picture.pixels, *rect));
            changed.iter().for_each(|rect| tiles.note(&picture.pixels.as_view(), *rect));
            (next, number) = (next + step, number + 1);
        }
        if let Some(surface) = canvas.lock().expect("no panic").surface(0) {
            tiles.look(&surface.as_view(), &mut ages);
        }
        thread::sleep(next.saturating_duration_since(Instant::now()).min(Duration::from_millis(40)));
    }
    let exact =
        wait_for(&canvas, &picture.pixels).map_or("never".into(), |time| time.as_millis().to_string());
    ages.sort_unstable();
    println!(
        "| {} | {name} | {} | {} | {} | {} | {} |",
        scene.name,
        relay.carried.load(Ordering::Relaxed) - before,
        ages.iter().sum::<u128>() / ages.len().max(1) as u128,
        ages.get(ages.len() * 95 / 100).copied().unwrap_or_default(),
        ages.last().copied().unwrap_or_default(),
        exact,
    );
}

/// A client; what it sees.
fn watch(port: u16) -> Arc<Mutex<Canvas>> {
    let canvas = Arc::new(Mutex::new(Canvas::new(&Limits::default())));
    let seen = Arc::clone(&canvas);
    let dial = move |_: &Target| TcpStream::connect(("127.0.0.1", port));
    let config = SessionConfig::new().with_one(ChannelType::DISPLAY, 0, canvas::capabilities(&[]));
    let random = |bytes: &mut [u8]| getrandom::fill(bytes).expect("random bytes");
    let mut session = blocking::Session::new(dial, config, Password::new("", random));
    thread::spawn(move || {
        let mut shared = SharedCaches::new(&Limits::default());
        while let Ok(Some(event)) = session.next() {
            let Event::Message(_, message) = event else { continue };
            if let Ok(ServerMessage::Display(message)) = message.parse() {
                seen.lock().expect("no panic").apply(&message, &mut shared).expect("a drawing");
            }
        }
    });
    canvas
}

/// Waits until a client shows a picture, and says how long; `None` after two minutes.
fn wait_for(canvas: &Mutex<Canvas>, pixels: &Pixmap) -> Option<Duration> {
    let start = Instant::now();
    let same = |seen: &View<'_>| {
        (seen.width(), seen.height()) == (WIDTH, HEIGHT)
            && seen.rows().zip(pixels.as_view().rows()).all(|(one, other)| {
                one.chunks(4).zip(other.chunks(4)).all(|(one, other)| one[..3] == other[..3])
            })
    };
    while !canvas.lock().expect("no panic").surface(0).is_some_and(|surface| same(&surface.as_view())) {
        if start.elapsed() > Duration::from_secs(120) {
            return None;
        }
        thread::sleep(Duration::from_millis(5));
    }
    Some(start.elapsed())
}

/// The contents of tiles, and since when the screen has another one.
struct Tiles(HashMap<(i32, i32), Tile>);

struct Tile {
    current: u64,
    /// Empty for one that has not changed.
    replaced: HashMap<u64, Instant>,
}

impl Tiles {
    fn of(screen: &View<'_>) -> Self {
        let places = (0..HEIGHT as i32).step_by(16);
        let places = places.flat_map(|top| (0..WIDTH as i32).step_by(64).map(move |left| (left, top)));
        let tile = |(left, top)| {
            let current = hash(screen, left, top)?;
            Some(((left, top), Tile { current, replaced: HashMap::new() }))
        };
        Self(places.filter_map(tile).collect())
    }

    /// A part of the screen has changed.
    fn note(&mut self, screen: &View<'_>, rect: Rect) {
        for top in (rect.top / 16 * 16..rect.bottom).step_by(16) {
            for left in (rect.left / 64 * 64..rect.right).step_by(64) {
                let Some(hash) = hash(screen, left, top) else { continue };
                let Some(tile) = self.0.get_mut(&(left, top)) else { continue };
                let old = std::mem::replace(&mut tile.current, hash);
                if old != hash {
                    tile.replaced.insert(old, Instant::now());
                    tile.replaced.remove(&hash);
                }
            }
        }
    }

    /// How old a client's tiles are, in milliseconds.
    fn look(&self, seen: &View<'_>, ages: &mut Vec<u128>) {
        for (&(left, top), tile) in self.0.iter().filter(|(_, tile)| !tile.replaced.is_empty()) {
            let Some(hash) = hash(seen, left, top) else { continue };
            if hash == tile.current {
                ages.push(0);
            } else if let Some(replaced) = tile.replaced.get(&hash) {
                ages.push(replaced.elapsed().as_millis());
            }
        }
    }
}

/// What a tile shows, without the bits that mean nothing; `None` for one that is not whole.
fn hash(view: &View<'_>, left: i32, top: i32) -> Option<u64> {
    let tile = view.crop(Rect::new(left, top, 64, 16))?;
    let mut hasher = DefaultHasher::new();
    tile.rows().for_each(|row| row.chunks(4).for_each(|pixel| pixel[..3].hash(&mut hasher)));
    Some(hasher.finish())
}

/// A slow line to a server, shared by all connections.
struct Relay {
    port: u16,
    /// Bytes to clients.
    carried: Arc<AtomicU64>,
}

impl Relay {
    fn start(server: u16, speed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback");
        let port = listener.local_addr().expect("it is bound").port();
        let carried = Arc::new(AtomicU64::new(0));
        let (count, free_at) = (Arc::clone(&carried), Arc::new(Mutex::new(Instant::now())));
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let server = TcpStream::connect(("127.0.0.1", server)).expect("a server");
                // What the systems hold is part of the line.
                for socket in [&client, &server] {
                    socket.set_nodelay(true).expect("a socket");
                    sockopt::set_socket_recv_buffer_size(socket, 16 << 10).expect("a socket");
                }
                let both = |socket: &TcpStream| socket.try_clone().expect("a socket");
                carry(both(&client), both(&server), |_| Instant::now());
                let (count, free_at) = (Arc::clone(&count), Arc::clone(&free_at));
                carry(server, client, move |len| {
                    count.fetch_add(len, Ordering::Relaxed);
                    let takes = |len: u64| Duration::from_micros(len * 1_000_000 / speed);
                    let mut free_at = free_at.lock().expect("no panic");
                    *free_at = (*free_at).max(Instant::now()) + takes(len);
                    let full = *free_at - takes(QUEUE);
                    let leaves = *free_at;
                    drop(free_at);
                    thread::sleep(full.saturating_duration_since(Instant::now()));
                    leaves
                });
            }
        });
        Self { port, carried }
    }
}

/// Carries one direction. `leave` waits while the line is full, and says when a packet will have left.
fn carry(mut from: TcpStream, mut to: TcpStream, leave: impl Fn(u64) -> Instant + Send + 'static) {
    let (packet, packets) = mpsc::channel::<(Instant, Vec<u8>)>();
    thread::spawn(move || {
        let mut buffer = [0; 1400];
        while let Ok(len @ 1..) = from.read(&mut buffer) {
            let arrives = leave(len as u64) + LATENCY;
            if packet.send((arrives, buffer[..len].to_vec())).is_err() {
                break;
            }
        }
    });
    thread::spawn(move || -> io::Result<()> {
        for (at, bytes) in packets {
            thread::sleep(at.saturating_duration_since(Instant::now()));
            to.write_all(&bytes)?;
        }
        to.shutdown(Shutdown::Both)
    });
}
