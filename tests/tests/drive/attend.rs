//! Channels of visits, led by both drivers.

use std::cell::Cell;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::thread;
use std::time::Duration;

use spice_proto::canvas::Canvas;
use spice_proto::channel::{Display, Main};
use spice_proto::common::{Empty, Point};
use spice_proto::display::SurfaceFmt;
use spice_proto::drive::{Error, Password, Reception, blocking, tokio as drive};
use spice_proto::image::{Format, Pixmap, SharedCaches};
use spice_proto::link::{ClientConfig, ServerConfig};
use spice_proto::main::ChannelId;
use spice_proto::server::visit::Failure;
use spice_proto::server::{Event, Screen, Visit, VisitConfig};
use spice_proto::{ChannelType, Limits, display, main};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, duplex};

use super::people::{KEY, PASSWORD, random};
use super::runtime::run;

const DISPLAY: ChannelId = ChannelId::new(ChannelType::DISPLAY, 0);
const PORT: ChannelId = ChannelId::new(ChannelType::PORT, 0);

/// A clock that goes on by so much each time that it is looked at.
struct Clock(Cell<u64>, u64);

impl Clock {
    fn now(&self) -> u64 {
        self.0.replace(self.0.get() + self.1)
    }
}

/// Ready when everybody else had a turn.
async fn others() {
    let mut waited = false;
    std::future::poll_fn(|cx| match std::mem::replace(&mut waited, true) {
        true => Poll::Ready(()),
        false => {
            cx.waker().wake_by_ref();
            Poll::Pending
        }
    })
    .await;
}

fn reception(patience: Option<u64>) -> Reception<fn(&mut [u8])> {
    let mut config = VisitConfig::new(0, [DISPLAY, PORT]);
    config.patience = patience;
    Reception::new(config, KEY.clone(), random as fn(&mut [u8])).with_password(PASSWORD)
}

fn login() -> Password<fn(&mut [u8])> {
    Password::new(PASSWORD, random)
}

fn config(channel: ChannelType, session: u32) -> ClientConfig {
    let mut config = ClientConfig::new(channel, 0);
    config.connection_id = session;
    config
}

/// Links a channel through a pipe of 500 bytes.
async fn linked(
    reception: &Reception<fn(&mut [u8])>,
    channel: ChannelType,
    session: u32,
) -> (drive::Established<DuplexStream>, drive::Established<DuplexStream>, Arc<Mutex<Visit>>) {
    let (near, far) = duplex(500);
    let (mut login, mut door) = (login(), reception.clone());
    let client = drive::connect(near, config(channel, session), &mut login);
    let server = drive::accept(far, ServerConfig::default(), &mut door);
    let (client, server) = tokio::join!(client, server);
    (client.expect("a client"), server.expect("a server"), door.visit().expect("it was let in"))
}

/// The session's number.
async fn open<S: AsyncRead + AsyncWrite + Unpin>(
    main: &mut drive::Connection<S, spice_proto::channel::ClientEnd<Main>>,
) -> u32 {
    let first = main.next().await.expect("a message").expect("open");
    let main::ServerMessage::Init(init) = first.parse().expect("known") else { panic!("{first:?}") };
    main.send(&main::ClientMessage::AttachChannels(Empty)).expect("it can be sent");
    main.flush().await.expect("written");
    init.session_id
}

/// What a channel of a client heard last.
type Heard = Mutex<Vec<Event>>;

/// A screen goes through a narrow pipe to a client of tokio, and so do changes of it, while another client breaks the rules:
/// that one alone is gone.
#[test]
fn a_screen_reaches_its_client_whatever_another_does() {
    run(async {
        let reception = reception(None);
        let clock = Clock(Cell::new(0), 1);
        let now = || clock.now();
        let limits = Limits::default();
        let mut screen = Screen::new(&limits);
        screen.resize(40, 30, SurfaceFmt::FMT_32_XRGB).expect("small");
        let screen = Mutex::new(screen);
        let (client, server, visit) = linked(&reception, ChannelType::MAIN, 0).await;
        let (bad_client, bad_server, bad_visit) = linked(&reception, ChannelType::MAIN, 0).await;
        assert_eq!(reception.visits().len(), 2);
        let heard = Heard::default();
        let served = async {
            let main = server.attend(&visit, now, others, |_, _, _| {});
            let bad = bad_server.attend(&bad_visit, now, others, |_, _, event| {
                heard.lock().unwrap().extend(event);
            });
            tokio::join!(main, bad)
        };
        let talk = async {
            let mut main = client.client(Main, &limits);
            let session = open(&mut main).await;
            let (client, server, visit) = linked(&reception, ChannelType::DISPLAY, session).await;
            let shows = server.attend(&visit, now, others, |visit, channel, event| {
                if event.is_none() {
                    visit.show(channel, &mut screen.lock().unwrap(), now()).expect("it can be sent");
                }
            });
            let looks = async {
                let mut display = client.client(Display, &limits);
                let init = display::Init::from(&limits);
                display.send(&display::ClientMessage::Init(init)).expect("it can be sent");
                let (mut canvas, mut shared) = (Canvas::new(&limits), SharedCaches::new(&limits));
                for step in 0..3_u8 {
                    screen.lock().unwrap().put(0, Point::ORIGIN, &noise(step).as_view()).expect("it fits");
                    while canvas.surface(0) != Some(&noise(step)) {
                        let message = display.next().await.expect("a message").expect("open");
                        canvas.apply(&message.parse().expect("known"), &mut shared).expect("it can be drawn");
                    }
                }
            };
            tokio::select! {
                () = looks => {}
                ended = shows => panic!("{ended:?}"),
            }
        };
        let breaks = async {
            let mut bad = bad_client.client(Main, &limits);
            let kind = main::ClientMessage::MOUSE_MODE_REQUEST;
            bad.send(&main::ClientMessage::Unknown { kind, body: &[7] }).expect("it can be sent");
            bad.flush().await.expect("written");
            while bad.next().await.is_ok_and(|message| message.is_some()) {}
        };
        let ((main, bad), (), ()) = tokio::join!(served, talk, breaks);
        main.expect("the client has gone");
        bad.expect("the channel has ended");
        let heard = heard.into_inner().unwrap();
        assert!(matches!(heard[..], [.., Event::Failed(Failure::Received(_))]), "{heard:?}");
    });
}

/// Pixels that are not small on the wire.
fn noise(step: u8) -> Pixmap {
    let mut frame = Pixmap::new(Format::Xrgb8888, 40, 30, &Limits::default()).expect("small");
    let noise = (0..40 * 30 * 4_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8 ^ step);
    frame.data_mut().iter_mut().zip(noise).for_each(|(byte, noise)| *byte = noise);
    // What is no colour is not sent.
    frame.data_mut().chunks_exact_mut(4).for_each(|pixel| pixel[3] = 0);
    frame
}

/// Says more on a port than its client reads.
fn talk(visit: &mut Visit, channel: ChannelId, event: Option<Event>) {
    if event.is_none() && visit.has(channel) {
        while visit.port_data(channel, &[7; 10_000]).is_ok() {}
    }
}

fn is_dropped(ended: Result<(), Error>) -> bool {
    ended.expect_err("it does not read").is_timeout()
}

/// With tokio, in memory.
#[test]
fn who_does_not_read_is_dropped() {
    run(async {
        let reception = reception(Some(1000));
        let clock = Clock(Cell::new(0), 1);
        let (client, server, visit) = linked(&reception, ChannelType::MAIN, 0).await;
        let main = server.attend(&visit, || 0, others, |_, _, _| {});
        let ported = async {
            let mut main = client.client(Main, &Limits::default());
            let session = open(&mut main).await;
            let (unread, server, visit) = linked(&reception, ChannelType::PORT, session).await;
            let ended = server.attend(&visit, || clock.now(), others, talk).await;
            assert!(is_dropped(ended));
            assert!(!visit.lock().unwrap().has(PORT), "the channel has left");
            drop(unread);
        };
        let (main, ()) = tokio::join!(main, ported);
        main.expect("the client has gone");
    });
}

/// Blocking, over sockets of the system, whose buffers are full first.
#[test]
fn who_does_not_read_is_dropped_over_a_socket() {
    let reception = reception(Some(1000));
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let address = listener.local_addr().expect("it is bound");
    let connect = move |channel, session| {
        let stream = TcpStream::connect(address).expect("it listens");
        blocking::connect(stream, config(channel, session), &mut login()).expect("it lets us in")
    };
    let client = thread::spawn(move || {
        let mut main = connect(ChannelType::MAIN, 0).client(Main, &Limits::default());
        let first = main.next().expect("a message").expect("open");
        let main::ServerMessage::Init(init) = first.parse().expect("known") else { panic!("{first:?}") };
        main.send(&main::ClientMessage::AttachChannels(Empty)).expect("it can be sent");
        main.flush().expect("written");
        (connect(ChannelType::PORT, init.session_id), main)
    });
    let accepted = |reception: &mut Reception<_>| {
        let (stream, _) = listener.accept().expect("a client");
        stream.set_read_timeout(Some(Duration::from_millis(10))).expect("a time");
        stream.set_write_timeout(Some(Duration::from_millis(10))).expect("a time");
        blocking::accept(stream, ServerConfig::default(), reception).expect("it is let in")
    };
    let mut door = reception.clone();
    let main = accepted(&mut door);
    let visit = door.visit().expect("it was let in");
    let led = thread::spawn(move || main.attend(&visit, || 0, |_, _, _| {}));
    let mut door = reception.clone();
    let port = accepted(&mut door);
    let visit = door.visit().expect("it was let in");
    // Each look at the clock is a tenth of the client's time: some writes have to time out, one after the other.
    let clock = Clock(Cell::new(0), 100);
    assert!(is_dropped(port.attend(&visit, || clock.now(), talk)));
    assert!(!visit.lock().unwrap().has(PORT), "the channel has left");
    drop(client.join().expect("it ends"));
    led.join().expect("it ends").expect("the client has gone");
}
