//! A SPICE server for QEMU without libspice-server, over QEMU's D-Bus display.
//!
//! ```text
//! QEMU ──► listeners: console, audio, clipboard ──► shared: screen, pointer ──► attend ──► any number of clients
//!      ◄── input, clipboard ◄─────────────────────────────────────────────── guest: events ◄┘
//! ```

mod args;
mod audio;
mod clipboard;
mod console;
mod guest;
mod input;
mod qemu;
mod shared;
mod stream;

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use spice_proto::ChannelType;
use spice_proto::drive::{Reception, tokio as drive};
use spice_proto::link::{ServerConfig, TicketKey};
use spice_proto::main::ChannelId;
use spice_proto::server::VisitConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;

use crate::args::Args;
use crate::guest::Guest;
use crate::shared::Shared;

/// Random bytes for keys.
type Random = fn(&mut [u8]);

const CHANNELS: [ChannelType; 4] =
    [ChannelType::DISPLAY, ChannelType::INPUTS, ChannelType::CURSOR, ChannelType::PLAYBACK];

/// How long a client may take for the handshake, and how long one stays that does not read.
const HANDSHAKE: Duration = Duration::from_secs(10);
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a task sleeps at most: for PINGs, exact pixels after lossy ones, and what QEMU's properties say.
const TICK: Duration = Duration::from_millis(50);

/// Inputs and clipboards that wait for QEMU.
const WAITING: usize = 1000;

fn main() -> ExitCode {
    let args = match Args::parse() {
        Ok(args) => args,
        Err((words, 0)) => {
            println!("{words}");
            return ExitCode::SUCCESS;
        }
        Err((words, status)) => {
            eprintln!("{words}");
            return status.into();
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(run(args))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Serves until QEMU has gone.
async fn run(args: Args) -> Result<(), Box<dyn Error>> {
    let bus = qemu::connect(&args.qemu).await?;
    let path = format!("/org/qemu/Display1/Console_{}", args.console);
    let console = qemu::ConsoleProxy::new(&bus, path.clone()).await?;
    let keyboard = qemu::KeyboardProxy::new(&bus, path.clone()).await?;
    let mouse = qemu::MouseProxy::new(&bus, path).await?;
    // From now on the last values are known without asking.
    let is_absolute = mouse.is_absolute().await.map_err(|error| format!("QEMU's display: {error}"))?;
    keyboard.modifiers().await?;

    let (input, inputs) = mpsc::channel(WAITING);
    let (clipboard, tasks) = mpsc::channel(WAITING);
    let shared = Arc::new(Shared::new(mouse.clone(), keyboard.clone(), input, clipboard));
    tokio::spawn(input::run(inputs, console.clone(), keyboard, mouse));

    let mut config = VisitConfig::new(0, CHANNELS.map(|channel| ChannelId::new(channel, 0))).with_agent();
    config.mouse = guest::mouse_modes(is_absolute);
    config.patience = Some(PATIENCE.as_micros() as u64);
    let mut reception = Reception::new(config, TicketKey::generate(random)?, random as Random);
    if let Some(password) = args.password {
        reception = reception.with_password(password);
    }

    let sound = audio::Sound { shared: shared.clone(), reception: reception.clone(), format: None };
    let audio = qemu::AudioProxy::new(&bus).await?;
    let heard = qemu::listen(
        async |socket| audio.register_out_listener(socket).await,
        |builder| builder.serve_at("/org/qemu/Display1/AudioOutListener", sound),
    )
    .await;
    if let Err(error) = &heard {
        eprintln!("no sound: {error}");
    }
    let ours = clipboard::Clipboard(shared.clone());
    bus.object_server().at("/org/qemu/Display1/Clipboard", ours).await?;
    let theirs = qemu::ClipboardProxy::new(&bus).await?;
    if let Err(error) = theirs.register().await {
        eprintln!("no clipboard: {error}");
    }
    tokio::spawn(clipboard::run(tasks, shared.clone(), theirs));

    let plain = TcpListener::bind(&args.listen).await.map_err(|error| format!("{}: {error}", args.listen))?;
    println!("listening on {}", plain.local_addr()?);
    tokio::spawn(listen(plain, None, reception.clone(), shared.clone()));
    if let Some((address, certificate, key)) = args.tls {
        let tls = stream::identity(&certificate, &key)?;
        let listener = TcpListener::bind(&address).await.map_err(|error| format!("{address}: {error}"))?;
        println!("listening on {} with TLS", listener.local_addr()?);
        tokio::spawn(listen(listener, Some(tls), reception, shared.clone()));
    }
    console::show(&console, &shared).await
}

/// Takes clients, for ever; each connection has a task of its own.
async fn listen(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    reception: Reception<Random>,
    shared: Arc<Shared>,
) {
    loop {
        match listener.accept().await {
            Ok((socket, _)) => {
                let (tls, reception, shared) = (tls.clone(), reception.clone(), shared.clone());
                tokio::spawn(async move {
                    if let Err(error) = serve(socket, tls, reception, shared).await {
                        eprintln!("{error}");
                    }
                });
            }
            Err(error) => {
                // Such as too many open files: others may close theirs.
                eprintln!("accept: {error}");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// One channel of a client, until it goes.
async fn serve(
    socket: TcpStream,
    tls: Option<TlsAcceptor>,
    mut reception: Reception<Random>,
    shared: Arc<Shared>,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let link = tokio::time::timeout(HANDSHAKE, async {
        let stream = stream::wrap(socket, tls.as_ref()).await?;
        drive::accept(stream, ServerConfig::default(), &mut reception).await
    });
    let link = link.await??;
    let visit = reception.visit().ok_or("linked without being let in")?;
    let mut guest = Guest::new(shared.clone(), visit.clone());
    let wake = || {
        let changed = shared.changed.notified();
        async {
            tokio::select! {
                () = changed => {}
                () = tokio::time::sleep(TICK) => {}
            }
        }
    };
    let turn = |visit: &mut _, channel, event| guest.turn(visit, channel, event);
    Ok(link.attend(&visit, || shared.now(), wake, turn).await?)
}

fn random(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the system has random bytes");
}
