//! Inputs for the oracles, made from the vectors: what fuzzing starts with and what property tests change.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;

use spice_proto::ChannelType;
use spice_proto::ServerMessage;
use spice_proto::display::{BitmapDataPal, Image, ImageBody, ImageDescriptor, ImageType, LzpltDataPal};
use spice_proto::link::{ClientLink, ClientMechanism, Layer, Mechanisms, ServerLink, digest_md5};
use spice_proto_derive::syntax;

use crate::archives::{self, Archive};
use crate::capture::Capture;
use crate::scripts;
use crate::session::{Message, Role, Session, drawing};
use crate::vectors::{self, Vector};
use crate::{folders, oracle};

/// The seeds of every oracle, by name; each input once.
///
/// # Panics
/// When data cannot be read.
#[must_use]
pub fn all() -> Vec<(&'static str, BTreeSet<Vec<u8>>)> {
    oracle::ALL.iter().map(|&(name, _)| (name, of(name))).collect()
}

/// The seeds of one oracle: from the vectors or descriptions, and its regressions.
///
/// # Panics
/// When data cannot be read.
#[must_use]
pub fn of(name: &str) -> BTreeSet<Vec<u8>> {
    let mut inputs: BTreeSet<Vec<u8>> = match name {
        "server_message" => messages("server"),
        "client_message" => messages("client"),
        "agent_message" => agent_messages(),
        "agent_stream" => agent_streams(),
        "agent_end" => agent_talks(),
        "frame_decoder" => frame_streams(),
        "channel_end" => channel_streams(),
        "descriptors" => random(12, 90),
        "structures" => structures(),
        "stream_device" => stream_device(),
        "generated_message" => generated(),
        "link_frames" => link_frames(),
        "link_client" => from_servers(),
        "link_server" => from_clients(),
        "security_layer" => layers(),
        "server_feed" => random(80, 600),
        "pointer_feed" => random(40, 400),
        "server_session" => random(80, 3_000),
        "digest_md5" => digests(),
        "description" => descriptions(),
        "uri" => texts("uri.jsonl", &["uri", "written"]),
        "connection_file" => {
            let mut files = texts("key_file.jsonl", &["text", "write"]);
            let odd = vectors::lines(|name| name == "key_file.jsonl");
            files.extend(odd.iter().filter(|line| line.json.get("hex").is_some()).map(Vector::bytes));
            files
        }
        "certificate" => certificates(),
        "subject" => texts("certificate.jsonl", &["subject"]),
        "tunnel" => answers(),
        "quic_decode" => streams("quic.zip", "cases", "quic_file"),
        "lz_decode" => streams("lz.zip", "lz", "stream"),
        "glz_window" => glz_windows(),
        "quic_identity" => quic_pixels(),
        "lz_identity" => random(11, 300),
        "glz_identity" => random(40, 600),
        "canvas" => scripts(),
        "cursor" => cursors(),
        "capture_file" => captures(),
        "carried" => carried(),
        "bitmap" => random(11, 900),
        "lz4_image" => lz4_images(),
        "lz4_identity" => random(5, 300),
        "zlib_glz" => zlib_streams(),
        "jpeg" => jpegs(|size, data| data[..size].to_vec()),
        "jpeg_alpha" => jpegs(|size, data| [&[1][..], &(size as u16).to_le_bytes(), data].concat()),
        "image_door" => doors(),
        "qxl_commands" => qxl_commands(),
        "qxl_recording" => qxl_recordings(),
        "qxl_rings" => random(20, 1400),
        "qxl_ports" => random(60, 400),
        "fuzz_kit" => random(8, 8),
        "qxl_state" => oracle::qxl_device::states().into(),
        _ => BTreeSet::new(),
    };
    inputs.extend(regressions(name).into_iter().map(|(_, input)| input));
    inputs
}

/// The questions to spice-gtk: chain, authorities, and what is expected.
fn certificates() -> BTreeSet<Vec<u8>> {
    let lines = vectors::lines(|name| name == "certificate.jsonl");
    let named = lines.iter().filter(|line| line.json.get("certificate").is_some());
    let known: BTreeMap<&str, Vec<u8>> =
        named.map(|line| (line.text("certificate"), vectors::from_hex(line.text("der")))).collect();
    let list = |line: &Vector, key: &str| -> Option<Vec<u8>> {
        let list = line.json[key].as_array()?;
        let certificates: Vec<Vec<u8>> = list
            .iter()
            .map(|name| {
                let der = &known[name.as_str().expect("a name")];
                let len = u16::try_from(der.len()).expect("a short certificate").to_le_bytes();
                [&len[..], der].concat()
            })
            .collect();
        Some([&[list.len() as u8][..], &certificates.concat()].concat())
    };
    lines
        .iter()
        .filter_map(|line| {
            let (chain, authorities) = (list(line, "chain")?, list(line, "authorities")?);
            let (kind, text) = match line.json.get("subject") {
                Some(_) => (1, line.text("subject")),
                None => (0, line.text("host")),
            };
            Some([&[kind][..], &chain, &authorities, text.as_bytes()].concat())
        })
        .collect()
}

/// Inputs that once failed: `tests/regressions/<oracle>/`, with the name of the file.
///
/// # Panics
/// When the folder is there but cannot be read.
#[must_use]
pub fn regressions(name: &str) -> Vec<(String, Vec<u8>)> {
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("regressions").join(name), "")
}

/// Message vectors: channel, number, body.
fn messages(direction: &str) -> BTreeSet<Vec<u8>> {
    let lines = vectors::lines(|name| name.starts_with(|first: char| first.is_ascii_digit()));
    let lines = lines.iter().filter(|line| line.text("direction") == direction);
    lines
        .map(|line| {
            let kind = line.number("id").to_le_bytes();
            [&[line.number("channel_id") as u8, kind[0], kind[1]], &line.bytes()[..]].concat()
        })
        .collect()
}

/// Scenarios and malformed commands, as they are and with memory that changes.
fn qxl_commands() -> BTreeSet<Vec<u8>> {
    let mut inputs = BTreeSet::new();
    for (_, files) in archives::files("qxl.zip") {
        let json = |name: &str| -> serde_json::Value { serde_json::from_slice(&files[name]).expect("JSON") };
        let manifests = files.keys().filter(|name| name.ends_with("/manifest.json"));
        let scenarios = manifests.map(|name| {
            let memory = name.replace("manifest.json", "guest-memory.bin");
            (json(name)["commands"].clone(), memory)
        });
        let verdicts = json("malformed/verdicts.json");
        let cases = verdicts["cases"].as_array().expect("a list").iter().map(|case| {
            let memory = format!("malformed/{}", case["memory"].as_str().expect("a name"));
            (case["commands_list"].clone(), memory)
        });
        for (commands, memory) in scenarios.chain(cases) {
            let list: Vec<Vec<u8>> =
                commands.as_array().expect("a list").iter().filter_map(qxl_command).collect();
            for options in 0..4 {
                let head = [options, list.len() as u8];
                inputs.insert([&head[..], &list.concat(), &files[&memory]].concat());
            }
        }
    }
    inputs
}

/// Type and place of a command; those that are in another slot are left out.
fn qxl_command(command: &serde_json::Value) -> Option<Vec<u8>> {
    let at = u64::from_str_radix(command["data"].as_str()?.trim_start_matches("0x"), 16).ok()?;
    let offset = (at << 16 >> 16).checked_sub(oracle::qxl::FIRST).filter(|offset| *offset < 1 << 24)?;
    let number = |key: &str| command[key].as_u64().map(|number| number as u8);
    let kind = number("type")? & 7 | number("flags")? << 3 | u8::from(command["ring"] == "cursor") << 5;
    Some([&[kind][..], &offset.to_le_bytes()[..3]].concat())
}

/// The small recordings of `qxl.zip`, without the pixels of their primary surface.
fn qxl_recordings() -> BTreeSet<Vec<u8>> {
    let archives = archives::files("qxl.zip");
    let files = archives.iter().flat_map(|(_, files)| files);
    let recordings = files.filter(|(name, _)| name.ends_with("/recording.spice"));
    let shortened = recordings.map(|(_, bytes)| {
        let place = |text: &[u8]| bytes.windows(text.len()).position(|window| window == text);
        let start = place(b"binary 0 data 27648:").expect("a primary surface");
        let rest = &bytes[start + b"binary 0 data 27648:".len() + 27648..];
        [&[63, 0][..], &bytes[..start], b"binary 0 data 0:", rest].concat()
    });
    shortened.collect()
}

/// Small captures, plain and compressed by gzip.
fn captures() -> BTreeSet<Vec<u8>> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = ["cases/pcapng-obsolete-packet-block/old.pcapng", "corpus/auth-ticket-wrong/session.pcapng"];
    let plain = files.map(|file| std::fs::read(tests.join(file)).expect("it is in the tree"));
    let packed = plain.iter().map(|bytes| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).expect("memory takes everything");
        encoder.finish().expect("memory takes everything")
    });
    packed.collect::<Vec<_>>().into_iter().chain(plain).collect()
}

/// The first bytes of both ends on channels that carry something, by turns.
fn carried() -> BTreeSet<Vec<u8>> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let channels = [
        (0, "agent-clipboard-file", ChannelType::MAIN),
        (1, "usbredir-cd", ChannelType::USBREDIR),
        (2, "webdav-share", ChannelType::WEBDAV),
    ];
    let seed = |(number, name, channel): (u8, &str, ChannelType)| {
        let capture = Capture::open(folders::capture_file(&corpus.join(name))).expect("it is in the tree");
        let mut seed = vec![number];
        for connection in capture.connections.iter().filter_map(|connection| connection.spice()) {
            let session = Session::follow(connection.0.bytes(), connection.1.bytes());
            if session.channel() != channel {
                continue;
            }
            let bodies = |track: &crate::session::Track| {
                let kinds = if channel == ChannelType::MAIN { 107..=109 } else { 101..=101 };
                let items = track.items().filter(|item| kinds.contains(&item.kind));
                items.flat_map(|item| item.body.to_vec()).take(2000).collect::<Vec<_>>()
            };
            let (client, server) = (bodies(&session.client), bodies(&session.server));
            for at in 0..20 {
                for (bit, bytes) in [(1, &client), (0, &server)] {
                    let piece =
                        bytes.chunks(100).nth(at).filter(|piece| piece.len() == 100).unwrap_or_default();
                    seed.push((piece.len() / 4 * 2) as u8 | bit);
                    seed.extend(piece);
                }
            }
        }
        seed
    };
    channels.into_iter().map(seed).collect()
}

/// Cursor messages of the vectors, each alone and several in a row, and a shape of each type.
fn cursors() -> BTreeSet<Vec<u8>> {
    let lines = vectors::lines(|name| name == "04-cursor.jsonl");
    let step = |kind: u8, body: &[u8]| -> Vec<u8> {
        let len = u16::try_from(body.len()).expect("a short body").to_le_bytes();
        [&[kind, len[0], len[1]], body].concat()
    };
    let wanted =
        lines.iter().filter(|line| line.number("channel_id") == 4 && line.text("direction") == "server");
    let wanted = wanted.filter(|line| line.number("id") > 100 && line.bytes().len() < 4096);
    let steps: Vec<Vec<u8>> = wanted.map(|line| step(line.number("id") as u8 - 100, &line.bytes())).collect();
    let mut random = crate::random::Random::new(9);
    let shapes = (0..7_u8).map(|kind| {
        let head = [1, 0, 2, 0, 1, 2, 0, kind, 0, 0, 0, 0, 0, 0, 0, kind, 9, 0, 5, 0, 3, 0, 8, 0];
        step(3, &[&head[..], &random.bytes(1200)].concat())
    });
    let shapes: Vec<Vec<u8>> = shapes.collect();
    steps
        .chunks(5)
        .map(<[_]>::concat)
        .chain([shapes.concat()])
        .chain(shapes.clone())
        .chain(steps.clone())
        .collect()
}

/// The scripts of the canvas vectors that are not long.
fn scripts() -> BTreeSet<Vec<u8>> {
    let archives = scripts::open();
    let all = archives.iter().flat_map(scripts::all);
    all.map(|script| script.bytes.to_vec()).filter(|bytes| bytes.len() < 16 << 10).collect()
}

/// Agent vectors: number, capabilities, body.
fn agent_messages() -> BTreeSet<Vec<u8>> {
    let lines = vectors::lines(|name| name == "agent.jsonl");
    lines
        .iter()
        .filter_map(|line| {
            let caps = line.json["caps"].as_array()?.iter().filter_map(serde_json::Value::as_u64);
            let bits = caps.fold(0, |bits, cap| bits | u8::from(cap == 6) | u8::from(cap == 17) << 1);
            let bytes = line.bytes();
            Some([&[line.number("type") as u8, bits], bytes.get(20..)?].concat())
        })
        .collect()
}

/// Agent vectors, several a stream, from both ends; chunks and the longer messages in them.
fn agent_streams() -> BTreeSet<Vec<u8>> {
    let lines = vectors::lines(|name| name == "agent.jsonl");
    let messages: Vec<_> = lines.iter().step_by(8).map(Vector::bytes).collect();
    let chunks = vectors::lines(|name| name == "agent_chunks.jsonl");
    let long = chunks.iter().filter_map(|line| line.json["value"]["message"].as_str()).map(vectors::from_hex);
    let streams = messages.chunks(3).map(<[_]>::concat).chain(messages.iter().cloned());
    let streams = streams.chain(chunks.iter().map(Vector::bytes)).chain(long);
    // Pieces of 169 and 321 bytes, and of 2041.
    let heads = [[0, 21, 40], [1, 255, 255]];
    streams.flat_map(|stream| heads.map(|head| [&head[..], &stream].concat())).collect()
}

/// Agent vectors as pieces from the peer, with answers taken and something done in between.
fn agent_talks() -> BTreeSet<Vec<u8>> {
    let lines = vectors::lines(|name| name == "agent.jsonl");
    let messages: Vec<_> =
        lines.iter().map(Vector::bytes).filter(|bytes| bytes.len() <= 2040).step_by(4).collect();
    // A piece has a multiple of 8 bytes; what is too much starts the next message, or is refused at the guest.
    let step = |bytes: &Vec<u8>| {
        let len = bytes.len().div_ceil(8);
        [&[0, len as u8][..], bytes, &vec![0; len * 8 - bytes.len()], &[5, 0]].concat()
    };
    let announce = |words: u32| {
        let head = [1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12, 0, 0, 0];
        step(&[&head[..], &1_u32.to_le_bytes(), &words.to_le_bytes(), &[0; 4]].concat())
    };
    let user = [7, 4, 5, 0, 10, 9, 11, 0, 8, 5, 9, 33, 4, 200, 5, 0];
    let talks = messages.chunks(4).flat_map(|messages| {
        [0_u8, 1, 0x7e, 0x7f].map(|role| {
            let steps: Vec<u8> = messages.iter().flat_map(step).collect();
            [&[role][..], &announce(0x3_587f), &steps, &user, &steps].concat()
        })
    });
    talks.collect()
}

/// The streams of frames, and common messages that an end answers, many of them.
fn channel_streams() -> BTreeSet<Vec<u8>> {
    let mut inputs = frame_streams();
    let messages: [&[u8]; 5] = [
        &[3, 0, 8, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0],
        &[4, 0, 14, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 9, 9],
        &[5, 0, 11, 0, 0, 0, 1, 2, 1, 7, 0, 0, 0, 0, 0, 0, 0],
        &[1, 0, 4, 0, 0, 0, 3, 0, 0, 0],
        &[2, 0, 0, 0, 0, 0],
    ];
    for channel in 1..12 {
        for role in [0, 1] {
            let stream: Vec<u8> =
                messages.iter().cycle().take(17).flat_map(|message| message.to_vec()).collect();
            inputs.insert([&[role, channel, 12][..], &stream].concat());
        }
    }
    inputs
}

/// Sub-message lists and some messages behind both heads.
fn frame_streams() -> BTreeSet<Vec<u8>> {
    let lines = vectors::lines(|name| name == "framing.jsonl");
    let lists = lines.iter().filter_map(|line| {
        let bytes = line.bytes();
        let size = u32::try_from(bytes.len()).ok()?.to_le_bytes();
        let list = match line.text("kind") {
            "list_body" => 0,
            "sub_list_body" => u32::try_from(line.number("sub_list")).ok()?,
            _ => return None,
        };
        let kind = if list == 0 { 8 } else { 101 };
        let full = [&[1, 0, 0, 0, 0, 0, 0, 0, kind, 0], &size[..], &list.to_le_bytes(), &bytes].concat();
        Some([[&[2, 1, 7][..], &full, &full].concat(), [&[0, 1, 7, kind, 0], &size[..], &bytes].concat()])
    });
    let heads = lines.iter().filter_map(|line| {
        let head = match line.text("kind") {
            "full_header" => 2,
            "mini_header" => 0,
            _ => return None,
        };
        Some([0, 1].map(|sender| [&[head | sender, 3, 5][..], &line.bytes(), &[0; 40]].concat()))
    });
    lists.flatten().chain(heads.flatten()).chain(scanout_streams()).collect()
}

/// The scanouts of real servers with the byte beside each, on every transport, behind both heads; and in message LIST.
fn scanout_streams() -> Vec<Vec<u8>> {
    let lines = vectors::lines(|name| name == "gl_scanout.jsonl");
    let messages: Vec<(u16, Vec<u8>, Vec<u8>)> = lines
        .iter()
        .map(|line| {
            let bytes = |key| vectors::from_hex(line.text(key));
            (line.number("message") as u16, bytes("body"), bytes("beside"))
        })
        .collect();
    let mini =
        |kind: u16, body: &[u8]| [&kind.to_le_bytes(), &(body.len() as u32).to_le_bytes()[..], body].concat();
    let full = |kind: u16, body: &[u8]| {
        [&[0x40; 8][..], &mini(kind, &[])[..2], &mini(kind, body)[2..6], &[0; 4], body].concat()
    };
    let mut inputs = Vec::new();
    for transport in [0, 4, 8] {
        for (head, frame) in [(0, &mini as &dyn Fn(u16, &[u8]) -> Vec<u8>), (2, &full)] {
            let stream = messages.iter().flat_map(|(kind, body, beside)| {
                [frame(*kind, body), if transport == 8 { Vec::new() } else { beside.clone() }].concat()
            });
            inputs.push([&[transport | head, 2, 9][..], &stream.collect::<Vec<u8>>()].concat());
            let list = [&[2, 0, 10, 0, 0, 0, 36, 0, 0, 0][..], &mini(320, &[0x40; 20]), &mini(323, &[0; 25])]
                .concat();
            inputs.push(
                [&[transport | head, 2, 3][..], &frame(8, &list), &[0x40; 2], &frame(102, &[])].concat(),
            );
        }
    }
    inputs
}

/// Vectors of the same kinds.
fn of_kind(file: &str, kind: &str) -> Vec<Vec<u8>> {
    let lines = vectors::lines(|name| name == file);
    let lines = lines.iter().filter(|line| line.text("kind") == kind && line.json.get("hex").is_some());
    lines.map(Vector::bytes).filter(|bytes| bytes.len() <= 300).collect()
}

/// What servers send in a handshake: link replies alone, and a good one with what follows it.
fn from_servers() -> BTreeSet<Vec<u8>> {
    let mut reply = Vec::new();
    let link = ServerLink::new(&[7; 162], &[0b1111], &[9]);
    link.encode(&mut reply).expect("a link reply");
    let result = [&[0; 4][..], b"first message"].concat();
    let mut inputs: BTreeSet<_> =
        of_kind("link.jsonl", "link_reply").iter().map(|reply| [&[0, 1], &reply[..]].concat()).collect();
    for options in [0, 4] {
        inputs.insert([&[options, 1], &reply[..], &result].concat());
        inputs.insert([&[options, 1], &reply[..], &[7, 0, 0, 0]].concat());
    }
    let [lists, data, results] =
        ["sasl_mechlist", "sasl_server_data", "sasl_result"].map(|kind| of_kind("sasl.jsonl", kind));
    for options in [1, 9, 17, 33] {
        for (at, data) in data.iter().enumerate() {
            let (list, end) = (&lists[at % lists.len()], &results[at % results.len()]);
            inputs.insert([&[options, at as u8], &reply[..], list, data, data, end, &result].concat());
        }
    }
    inputs
}

/// What clients send in a handshake: link messages alone, and a good one with what follows it.
fn from_clients() -> BTreeSet<Vec<u8>> {
    let mut mess = Vec::new();
    let link = ClientLink::new(7, ChannelType::DISPLAY, 1, &[0b1111], &[9]);
    link.encode(&mut mess).expect("a link message");
    let mut inputs: BTreeSet<_> =
        of_kind("link.jsonl", "link_mess").iter().map(|mess| [&[0, 1], &mess[..]].concat()).collect();
    let first = b"first message";
    for options in [0, 4, 64, 128, 192] {
        let mechanism: &[u8] = if options == 4 { &[] } else { &[1, 0, 0, 0] };
        inputs.insert([&[options, 1], &mess[..], mechanism, &[0x5a; 128], first].concat());
    }
    let [names, data] = ["sasl_mechname", "sasl_client_data"].map(|kind| of_kind("sasl.jsonl", kind));
    for options in [1, 9, 17, 33] {
        for (at, data) in data.iter().enumerate() {
            let name = &names[at % names.len()];
            let steps = [&data[..], data, data, first].concat();
            inputs.insert([&[options, at as u8], &mess[..], &[2, 0, 0, 0], name, &steps].concat());
        }
    }
    inputs
}

/// Link and SASL vectors, each as what it is.
fn link_frames() -> BTreeSet<Vec<u8>> {
    let lines = vectors::lines(|name| ["link.jsonl", "sasl.jsonl"].contains(&name));
    let with_kind = lines.iter().flat_map(|line| {
        let kinds: &[u8] = match line.text("kind") {
            "link_mess" => &[0, 1],
            "link_reply" => &[2, 3],
            "sasl_mechlist" => &[7],
            "sasl_mechname" => &[8],
            "sasl_client_data" => &[9],
            "sasl_server_data" => &[10, 12],
            _ => &[4, 6, 11],
        };
        kinds.iter().map(|kind| [&[*kind], &line.bytes()[..]].concat())
    });
    with_kind.chain([vec![5; 129]]).collect()
}

/// One message of each number, all bytes zero but the first, and some random ones.
fn stream_device() -> BTreeSet<Vec<u8>> {
    let bodies = [0, 8, 12, 24, 40].map(|len| (0..len).map(|at| u8::from(at == 0)).collect::<Vec<u8>>());
    (0..11_u8).flat_map(|kind| bodies.iter().map(move |body| [&[kind, 0], &body[..]].concat())).collect()
}

/// Random bytes for each list of messages.
fn generated() -> BTreeSet<Vec<u8>> {
    let mut random = crate::random::Random::new(7);
    (1..=u8::MAX).map(|list| [&[list], &random.bytes(200)[..]].concat()).collect()
}

/// Link, frame and agent vectors, whole and without their first header, and the magic numbers of codecs.
fn structures() -> BTreeSet<Vec<u8>> {
    let lines =
        vectors::lines(|name| ["link.jsonl", "framing.jsonl", "sasl.jsonl", "agent.jsonl"].contains(&name));
    let whole = lines.iter().filter(|line| line.json.get("hex").is_some()).map(Vector::bytes);
    // Each input is tried as every structure, so a part of them is enough.
    let mut inputs: BTreeSet<Vec<u8>> = whole.filter(|bytes| bytes.len() <= 512).step_by(8).collect();
    let without_header: Vec<_> =
        inputs.iter().filter_map(|bytes| bytes.get(16..).map(<[u8]>::to_vec)).collect();
    inputs.extend(without_header);
    inputs.insert(b"QUIC\0\0\0\0\x04\0\0\0\x10\0\0\0\x10\0\0\0".to_vec());
    inputs.insert(b"  ZL\0\x01\0\x01\0\0\0\x08\0\0\0\x10\0\0\0\x10\0\0\0\x40\0\0\0\x01".to_vec());
    inputs.insert([&b"  ZL\0\x01\0\x01\x18\0\0\0\x10\0\0\0\x10\0\0\0\x40"[..], &[0; 12]].concat());
    // First the position; 0 is all of them.
    let each = (1..=oracle::STRUCTURES.len()).map(|position| [&[position as u8][..], &[0; 64]].concat());
    inputs.into_iter().map(|bytes| [&[0], &bytes[..]].concat()).chain(each).collect()
}

/// Texts out of vectors.
fn texts(file: &str, keys: &[&str]) -> BTreeSet<Vec<u8>> {
    let lines = vectors::lines(|name| name == file);
    lines.iter().flat_map(|line| keys.iter().map(|key| line.text(key).as_bytes().to_vec())).collect()
}

/// Answers of proxies.
fn answers() -> BTreeSet<Vec<u8>> {
    let ends = ["200 OK\r\nA: b\r\n\r\nREDQ", "407 No\r\n\r\n", "503\r\n\r\n", "200\n\nREDQ", "20"];
    ends.iter().map(|end| [b"\x04HTTP/1.0 ", end.as_bytes()].concat()).collect()
}

/// Plain bytes of some lengths, and what they are on the wire, for every kind of layer.
fn layers() -> BTreeSet<Vec<u8>> {
    let kinds = oracle::QOPS.into_iter().zip(0..);
    kinds
        .flat_map(|(qop, kind)| {
            let mut wire = Vec::new();
            let mut layer = Layer::new(oracle::ends(qop, 65_536).0, 0);
            for plain in ["\0\0\0\0", "REDQ REDQ REDQ"] {
                layer.wrap(plain.as_bytes(), &mut wire).expect("it can be wrapped");
            }
            let plain = [8, 24].map(|more| [&[kind | more, 3, 70, 0], &[0x5a; 150][..]].concat());
            [[&[kind, 3, 0, 0], &wire[..]].concat()].into_iter().chain(plain)
        })
        .collect()
}

/// A challenge as libsasl2 makes it, a response to it, and both.
fn digests() -> BTreeSet<Vec<u8>> {
    let challenge = concat!(
        r#"nonce="09090909090909090909090909090909",realm="realm",qop="auth,auth-int,auth-conf","#,
        r#"cipher="rc4-56,rc4,3des",maxbuf=8192,charset=utf-8,algorithm=md5-sess"#
    );
    let mut client = digest_md5::Client::new("user", &"pw".into(), "host", |bytes| bytes.fill(7));
    client.start(Mechanisms::new(b"DIGEST-MD5")).expect("it is on offer");
    let response =
        client.step(Some(challenge.as_bytes()), false).expect("a good challenge").expect("a response");
    let len = (challenge.len() as u16).to_le_bytes();
    let both = [&[0], &len[..], challenge.as_bytes(), response.as_bytes()].concat();
    let [challenge, response] =
        [(1, challenge.as_bytes()), (2, response.as_bytes())].map(|(kind, text)| [&[kind], text].concat());
    [challenge, response, both].into()
}

/// The streams of an archive that are not too large to be changed much.
fn streams(archive: &str, cases: &str, file: &str) -> BTreeSet<Vec<u8>> {
    let of = |archive: &Archive| -> Vec<Vec<u8>> {
        archive.cases(cases).iter().map(|case| archive.file(&case[file]).to_vec()).collect()
    };
    archives::open(archive, cases).iter().flat_map(of).filter(|stream| stream.len() <= MOST).collect()
}

/// GLZ streams, and what comes first of each sequence as far as its images are small.
fn glz_windows() -> BTreeSet<Vec<u8>> {
    let mut inputs = BTreeSet::new();
    for archive in archives::open("glz.zip", "sequences") {
        for sequence in archive.cases("sequences") {
            let mut together = Vec::new();
            let images = sequence["images"].as_array().expect("images");
            for stream in images.iter().map(|image| archive.file(&image["stream"])) {
                inputs.insert(stream.to_vec());
                let (head, tokens) = stream.split_at(33);
                let small =
                    head[9..12] == [0; 3] && head[12] <= 40 && head[13..16] == [0; 3] && head[16] <= 24;
                let Ok(len) = u16::try_from(tokens.len()) else { break };
                if !small || together.len() + tokens.len() > MOST {
                    break;
                }
                together.extend([
                    head[8] & 16 | ((head[8] & 15) - 6),
                    head[12] - 1,
                    head[16] - 1,
                    0,
                    head[32],
                ]);
                together.extend(len.to_le_bytes());
                together.extend_from_slice(tokens);
            }
            inputs.insert(together);
        }
    }
    inputs.retain(|input| input.len() <= MOST);
    inputs
}

/// Pixels of the QUIC vectors behind their type and width.
fn quic_pixels() -> BTreeSet<Vec<u8>> {
    let mut inputs = BTreeSet::new();
    for archive in archives::open("quic.zip", "cases") {
        for case in archive.cases("cases") {
            let stream = archive.file(&case["quic_file"]);
            let (kind, width) = (stream[8] - 1, u16::from_le_bytes([stream[12], stream[13]]).wrapping_sub(1));
            let pixels = archive.file(&case["raw_file"]);
            inputs.insert([&[kind], &width.to_le_bytes()[..], pixels].concat());
        }
    }
    inputs.retain(|input| input.len() <= MOST);
    inputs
}

/// LZ4 images behind their size.
fn lz4_images() -> BTreeSet<Vec<u8>> {
    let mut inputs = BTreeSet::new();
    for archive in archives::open("wrapped.zip", "lz4") {
        for case in archive.cases("lz4") {
            let side = |name: &str| u8::try_from(case[name].as_u64().expect("a side")).ok();
            let (Some(width), Some(height)) = (side("width"), side("height")) else { continue };
            inputs.insert([&[width, height], archive.file(&case["data"])].concat());
        }
        for case in archive.cases("spicevmc") {
            inputs.insert([&[0, 0], archive.file(&case["data"])].concat());
        }
    }
    inputs.retain(|input| input.len() <= MOST);
    inputs
}

/// ZLIB_GLZ streams behind their size.
fn zlib_streams() -> BTreeSet<Vec<u8>> {
    let mut inputs = BTreeSet::new();
    for archive in archives::open("wrapped.zip", "sequences") {
        for image in
            archive.cases("sequences").iter().flat_map(|sequence| sequence["images"].as_array()).flatten()
        {
            let Some(size) = image["glz_size"].as_u64().and_then(|size| u16::try_from(size).ok()) else {
                continue;
            };
            inputs.insert([&size.to_le_bytes()[..], archive.file(&image["stream"])].concat());
        }
    }
    inputs.retain(|input| input.len() <= MOST);
    inputs
}

/// JPEG files with alpha planes, from the size of the file and all of it.
fn jpegs(seed: fn(usize, &[u8]) -> Vec<u8>) -> BTreeSet<Vec<u8>> {
    let mut inputs = BTreeSet::new();
    for archive in archives::open("wrapped.zip", "jpeg_alpha") {
        for case in archive.cases("jpeg_alpha") {
            let size = case["jpeg_size"].as_u64().expect("a size") as usize;
            inputs.insert(seed(size, archive.file(&case["data"])));
        }
    }
    inputs.retain(|input| input.len() <= MOST);
    inputs
}

/// Random bytes behind each of some first bytes.
fn random(first: u8, len: usize) -> BTreeSet<Vec<u8>> {
    let mut random = crate::random::Random::new(8);
    (0..first).map(|first| [&[first], &random.bytes(len)[..]].concat()).collect()
}

/// Most bytes of a seed for an image codec.
const MOST: usize = 16 << 10;

/// The definitions of `spice.proto`, each alone, and the samples, outputs and mistakes of the generator's tests, those that
/// import another with its text.
fn descriptions() -> BTreeSet<Vec<u8>> {
    let source = spice_proto_derive::source::Source::new("spice.proto", include_str!("../../spice.proto"));
    let definitions = syntax::parse(&source).description.definitions;
    let alone = definitions.into_iter().map(|definition| {
        let definitions = vec![definition];
        syntax::print(&syntax::ast::Description { definitions }).into_bytes()
    });
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("spice-proto-derive").join("tests");
    let folders = ["samples", "errors", "golden"].map(|folder| tests.join(folder));
    let inputs = folders.iter().flat_map(|folder| files(folder, ".proto"));
    let inputs: Vec<_> = inputs.map(|(_, input)| String::from_utf8_lossy(&input).into_owned()).collect();
    let imports = tests.join("errors/imports");
    let importable: Vec<_> =
        folders.iter().chain([&imports]).flat_map(|folder| files(folder, ".proto")).collect();
    let with_imports = inputs.iter().filter_map(|input| {
        let path = input.split_once("import \"")?.1.split('"').next()?;
        let (_, imported) = importable.iter().find(|(name, _)| name == path)?;
        let numbered = input.replace(&format!("\"{path}\""), "\"1\"");
        Some([numbered.as_bytes(), b"\x0c", imported].concat())
    });
    alone.chain(with_imports).chain(inputs.iter().map(|input| input.clone().into_bytes())).collect()
}

/// The files of a folder whose names end in `ending`, by name; none where there is no such folder.
fn files(folder: &Path, ending: &str) -> Vec<(String, Vec<u8>)> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<_> = entries
        .map(|entry| entry.unwrap_or_else(|error| panic!("{}: {error}", folder.display())).path())
        .filter(|path| path.to_str().is_some_and(|path| path.ends_with(ending)))
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let input = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (path.file_name().unwrap_or_default().to_string_lossy().into_owned(), input)
        })
        .collect()
}

/// Scripts of the small images of each captured session.
fn doors() -> BTreeSet<Vec<u8>> {
    folders::sessions().iter().map(|session| door(session)).filter(|script| !script.is_empty()).collect()
}

/// The first small images of a session as the oracle wants them, several of each type.
fn door(session: &Path) -> Vec<u8> {
    let capture = Capture::open(folders::capture_file(session)).expect("a capture");
    let mut script = Vec::new();
    let mut seen = BTreeMap::<ImageType, u32>::new();
    for connection in &capture.connections {
        let Some((to_server, to_client)) = connection.spice() else { continue };
        let session = Session::follow(to_server.bytes(), to_client.bytes());
        for item in session.server.items() {
            let Ok((Message::Server(ServerMessage::Display(message)), _)) = item.parsed else { continue };
            let images = drawing(&message).map(|(_, images)| images).unwrap_or_default();
            for (place, (role, image)) in images.iter().enumerate() {
                let count = seen.entry(image.descriptor.type_).or_default();
                let step = door_step(*role, image, place > 0);
                if let Some(step) = step.filter(|step| step.len() < 900 && *count < 4) {
                    *count += 1;
                    script.extend(step);
                }
            }
        }
    }
    script
}

fn door_step(role: Role, image: &Image<'_>, goes_on: bool) -> Option<Vec<u8>> {
    let ImageDescriptor { id, type_, flags, width, height } = image.descriptor;
    let what = oracle::door::TYPES.iter().position(|known| *known == type_)? as u8 | u8::from(goes_on) << 5;
    let size = |value: u32| u16::try_from(value).ok().map(u16::to_le_bytes);
    let (own, palette, data) = match &image.body {
        ImageBody::Bitmap(bitmap) => {
            let entries = match bitmap.pal {
                BitmapDataPal::Palette(Some(palette)) => palette.get().ents.len(),
                _ => 0,
            };
            let stride = match bitmap.stride {
                stride @ 0..256 => [bitmap.format.0, stride as u8],
                // In words, with the flag for that, which keeps the format modulo 12.
                stride if stride % 4 == 0 => {
                    let format = (0x80..=0xFF).find(|byte| byte % 12 == bitmap.format.0)?;
                    [format, u8::try_from(stride / 4).ok()?]
                }
                _ => return None,
            };
            (stride, [bitmap.flags.bits(), entries.min(255) as u8], bitmap.data)
        }
        ImageBody::LzPlt(plt) => {
            let entries = match plt.pal {
                LzpltDataPal::Palette(palette) => palette.get().ents.len(),
                LzpltDataPal::PaletteId(_) => 0,
            };
            ([0, 0], [plt.flags.bits(), entries.min(255) as u8], plt.data)
        }
        ImageBody::ZlibGlz(zlib) => (size(zlib.glz_data_size)?, [0, 0], zlib.data),
        ImageBody::JpegAlpha(jpeg) => (size(jpeg.jpeg_size)?, [jpeg.flags.bits() << 2, 0], jpeg.data),
        ImageBody::Quic(data) | ImageBody::LzRgb(data) | ImageBody::Jpeg(data) | ImageBody::Lz4(data) => {
            ([0, 0], [0, 0], data.data)
        }
        ImageBody::Surface(surface) => ([surface.surface_id as u8, 0], [0, 0], &[][..]),
        ImageBody::Absent => ([0, 0], [0, 0], &[][..]),
    };
    let head = [what, id as u8 ^ (id >> 32) as u8, flags.bits() & 7 | u8::from(role == Role::Mask) << 3];
    let len = size(data.len() as u32)?;
    Some([&head[..], &size(width)?, &size(height)?, &own, &palette, &len, data].concat())
}
