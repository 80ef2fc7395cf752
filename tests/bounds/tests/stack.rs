//! Everything fits the stack that `docs/spec/robustness.md` section 1 promises, on the inputs of the oracles as they are and
//! damaged. A stack that is too small ends the program by a signal.

use std::hint::black_box;
use std::thread;

use spice_proto::canvas::Canvas;
use spice_proto::canvas::cursor::Cursor;
use spice_proto::connect::{ConnectionFile, Uri};
use spice_proto::display::{ImageBody, ServerMessage as Display};
use spice_proto::image::{SharedCaches, glz, jpeg, lz, quic, zlib_glz};
use spice_proto::link::{Client, ClientConfig, Server, ServerConfig};
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, ClientMessage, Encode, Limits, ServerMessage, agent, cursor};
use spice_proto_tests::random::Random;
use spice_proto_tests::session::drawing;
use spice_proto_tests::{scripts, seeds};

const KIB: usize = 1 << 10;
/// Code of our own.
const OURS: usize = 64 * KIB;
/// Where a library of others inflates or decodes JPEG.
const LIBRARIES: usize = 256 * KIB;

/// Runs on a stack of so many bytes.
fn on<R: Send>(stack: usize, run: impl FnOnce() -> R + Send) -> R {
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(stack).spawn_scoped(scope, run).expect("a thread");
        thread.join().expect("no panic")
    })
}

/// The seeds of an oracle, each followed by two damaged ones.
fn inputs(name: &str) -> Vec<Vec<u8>> {
    let mut random = Random::new(7);
    let mut inputs = Vec::new();
    for seed in seeds::of(name) {
        inputs.push(seed.clone());
        for _ in 0..2 {
            let mut damaged = seed.clone();
            random.damage(&mut damaged);
            inputs.push(damaged);
        }
    }
    assert!(inputs.len() > 20, "{name}: {}", inputs.len());
    inputs
}

#[test]
fn messages_of_channels_and_agents() {
    let of = |direction| -> Vec<Vec<u8>> { inputs(direction) };
    let (servers, clients, agents) = (of("server_message"), of("client_message"), of("agent_message"));
    let count = on(OURS, move || {
        let split = |input: &[u8]| match input {
            [channel, low, high, body @ ..] => {
                Some((ChannelType(*channel), u16::from_le_bytes([*low, *high]), body.to_vec()))
            }
            _ => None,
        };
        let mut count = 0;
        for (channel, kind, body) in servers.iter().filter_map(|input| split(input)) {
            if let Ok(message) = ServerMessage::parse(channel, kind, &body) {
                count += usize::from(black_box(message.encode_to_vec()).is_ok());
            }
        }
        for (channel, kind, body) in clients.iter().filter_map(|input| split(input)) {
            if let Ok(message) = ClientMessage::parse(channel, kind, &body) {
                count += usize::from(black_box(message.encode_to_vec()).is_ok());
            }
        }
        for input in &agents {
            if let [kind, _, body @ ..] = &input[..] {
                let message = agent::Message::parse((*kind).into(), body, CapabilitySet::EMPTY);
                count += usize::from(message.is_ok());
            }
        }
        count
    });
    assert!(count > 1_000, "{count}");
}

#[test]
fn handshakes_and_connections() {
    let (from_servers, from_clients) = (inputs("link_client"), inputs("link_server"));
    let (uris, files) = (inputs("uri"), inputs("connection_file"));
    on(OURS, move || {
        for input in &from_servers {
            let mut client = Client::new(ClientConfig::new(ChannelType::MAIN, 0)).expect("a client");
            client.push(input.get(2..).unwrap_or_default());
            let _ = black_box(client.next_event());
        }
        for input in &from_clients {
            let mut server = Server::new(ServerConfig::default());
            server.push(input.get(2..).unwrap_or_default());
            let _ = black_box(server.next_event());
        }
        for text in uris.iter().filter_map(|input| std::str::from_utf8(input).ok()) {
            let _ = black_box(Uri::parse(text).map(|uri| uri.to_text().is_ok()));
        }
        for input in &files {
            let _ = black_box(ConnectionFile::parse(input).map(|file| file.to_text().is_ok()));
            let _ = black_box(ConnectionFile::parse_lenient(input).is_ok());
        }
    });
}

#[test]
fn coded_pictures() {
    let (quics, lzs, glzs) = (inputs("quic_decode"), inputs("lz_decode"), inputs("glz_window"));
    let limits = Limits::default();
    on(OURS, move || {
        let mut decoder = quic::Decoder::new(&limits);
        for stream in &quics {
            if let Ok(header) = quic::Header::parse(stream) {
                let _ = black_box(decoder.decode(stream, header.image_type()));
            }
        }
        let mut decoder = lz::Decoder::new(&limits);
        for stream in &lzs {
            let _ = black_box(decoder.decode(stream, lz::Output::Native));
        }
        let mut window = glz::Window::new(&limits);
        for stream in &glzs {
            let _ = black_box(window.decode(stream.get(4..).unwrap_or_default()).is_ok());
        }
        let data: Vec<u8> = (0..64 * 48_u32).flat_map(|at| (at * at % 4093).to_le_bytes()).collect();
        let pixels = lz::Pixels {
            image_type: lz::ImageType::Rgba,
            width: 64,
            height: 48,
            top_down: true,
            stride: 256,
            data: &data,
        };
        let mut out = Vec::new();
        lz::Encoder::new().encode(&pixels, &mut out).expect("a picture");
        glz::Encoder::new(1 << 20).encode(&pixels, &mut out).expect("a picture");
        quic::encode(quic::ImageType::Rgba, 64, 48, &data, 256, &mut out).expect("a picture");
    });
}

#[test]
fn drawings() {
    for archive in scripts::open() {
        let scripts = scripts::all(&archive);
        for (stack, libraries) in [(OURS, false), (LIBRARIES, true)] {
            let drawn = on(stack, || {
                let limits = Limits::default();
                let mut drawn = 0;
                for script in &scripts {
                    let (mut canvas, mut shared) = (Canvas::new(&limits), SharedCaches::new(&limits));
                    for (kind, body) in &script.messages {
                        let Ok(message) = Display::parse(*kind, body) else { continue };
                        if libraries || !has_library(&message) {
                            drawn += usize::from(canvas.apply(&message, &mut shared).is_ok());
                        }
                    }
                }
                drawn
            });
            assert!(drawn > 500, "{drawn}");
        }
    }
}

#[test]
fn pointers() {
    let shapes = inputs("cursor");
    on(OURS, move || {
        for input in &shapes {
            let mut follower = Cursor::new(&Limits::default());
            let mut rest = &input[..];
            while let [kind, low, high, behind @ ..] = rest {
                let len = usize::from(u16::from_le_bytes([*low, *high])).min(behind.len());
                let (body, behind) = behind.split_at(len);
                if let Ok(message) = cursor::ServerMessage::parse(100 + u16::from(*kind), body) {
                    let _ = black_box(follower.apply(&message));
                }
                rest = behind;
            }
        }
    });
}

#[test]
fn what_libraries_decode() {
    let (jpegs, zlibs) = (inputs("jpeg"), inputs("zlib_glz"));
    on(LIBRARIES, move || {
        let limits = Limits::default();
        for file in &jpegs {
            if let Ok(header) = jpeg::Header::parse(file)
                && header.width * header.height < 1 << 20
            {
                let _ = black_box(jpeg::decode(file, header.width, header.height, &limits).is_ok());
            }
        }
        let mut decoder = zlib_glz::Decoder::new(&limits);
        for data in &zlibs {
            let _ = black_box(decoder.decode(data.get(4..).unwrap_or_default(), 4096, 64, 64).is_ok());
        }
    });
}

/// Whether a library of others decodes something of a message.
fn has_library(message: &Display<'_>) -> bool {
    let (_, images) = drawing(message).unwrap_or_default();
    images.iter().any(|(_, image)| {
        matches!(image.body, ImageBody::Jpeg(_) | ImageBody::JpegAlpha(_) | ImageBody::ZlibGlz(_))
    })
}
