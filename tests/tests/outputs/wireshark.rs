//! The dissector for Wireshark, run by tshark on every recorded session, and on damaged ones.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use serde_json::Value;
use spice_proto_derive::backend::json;
use spice_proto_tests::folders;
use spice_proto_tests::outputs::description::Description;
use spice_proto_tests::outputs::run::{agree, generate, program, run};
use spice_proto_tests::random::Random;

use super::{files_of, place};

/// Sessions whose fields are compared; together they have every kind of image, cursor, mask and text, sub-messages and agent
/// messages.
const FIELDS: [&str; 5] =
    ["agent-clipboard-file", "full-ops-sublist", "inputs-client-mouse", "ops-off", "smartcard-cac"];

/// Damaged sessions that are looked at.
const DAMAGED: u64 = 6;

/// How often messages occur, by connection, sender and name.
type Counts = BTreeMap<(u64, String, String), u64>;

fn tshark(tests: &str) -> Option<PathBuf> {
    program(&["tshark"], &["--version"], tests)
}

/// The dissector of SPICE, in a folder of one test.
fn dissector(test: &str) -> PathBuf {
    let files = generate("wireshark", &Description::spice(), None, &place(&format!("wireshark-{test}")));
    let [file, _] = files.as_slice() else { panic!("a dissector and rules for colours: {files:?}") };
    file.clone()
}

/// What tshark prints for fields of all packets that the dissector knows: a line a packet, tabulators between the fields,
/// `|` between several of a packet. An error in Lua is one of the test.
fn fields(tshark: &Path, script: &Path, capture: &Path, more: &[&str], fields: &[&str]) -> String {
    let mut command = Command::new(tshark);
    command.arg("-X").arg(format!("lua_script:{}", script.display())).arg("-r").arg(capture).args(more);
    command.args(["-Y", "spiceproto", "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=|"]);
    for field in fields {
        command.args(["-e", field]);
    }
    let output = command.output().expect("tshark starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("Lua") && !said.contains("lua"), "{}: {said}", capture.display());
    assert!(output.status.success(), "{}: {said}", capture.display());
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn rules_for_colours_hold_in_tshark() {
    let Some(tshark) = tshark("colours in tshark") else { return };
    let script = dissector("colours");
    let profile = script.parent().expect("a folder");
    fs::rename(script.with_extension("colorfilters"), profile.join("colorfilters")).expect("a file");
    let mut counts = BTreeMap::<String, u64>::new();
    let run = |capture: &Path, more: &[&str]| {
        let mut command = Command::new(&tshark);
        command.env("WIRESHARK_CONFIG_DIR", profile).arg("--color").arg("-X");
        command.arg(format!("lua_script:{}", script.display())).arg("-r").arg(capture);
        run(command.args(["-Y", "spiceproto", "-T", "fields", "-E", "occurrence=f"]).args(more))
    };
    let capture = folders::capture_file(&folders::own_session("full-ops-sublist"));
    let fields = ["-e", "frame.coloring_rule.name", "-e", "spiceproto.channel", "-e", "spiceproto.handshake"];
    for line in run(&capture, &fields).lines() {
        let columns: Vec<&str> = line.split('\t').collect();
        let &[rule, channel, handshake] = columns.as_slice() else { panic!("three fields: {line}") };
        let expected = if handshake.is_empty() { channel } else { "handshake" };
        assert_eq!(rule, format!("SPICE {expected}"), "{line}");
        *counts.entry(expected.to_owned()).or_default() += 1;
    }
    println!("packets by rule: {counts:?}");
    assert!(counts.len() >= 5, "{counts:?}");
    // A chunk of a stream that there is not.
    let file = profile.join("refused.pcap");
    fs::write(&file, connection(&[7, 0, 0, 0, 0, 0, 0, 0], 8)).expect("the folder can be written");
    let fields = ["-d", "tcp.port==5999,spiceproto_agent_port", "-e", "frame.coloring_rule.name"];
    assert_eq!(run(&file, &fields), "SPICE error\n");
}

/// A capture of one TCP connection from port 40000 to 5999, raw IP: what the first of its ends sends, in segments.
fn connection(bytes: &[u8], segment: usize) -> Vec<u8> {
    let mut capture = [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 0x0004_0000, 101].map(u32::to_le_bytes).concat();
    for (index, data) in bytes.chunks(segment).enumerate() {
        let len = 40 + data.len() as u32;
        capture.extend([index as u32, 0, len, len].map(u32::to_le_bytes).concat());
        let mut ip = [0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
        ip[2..4].copy_from_slice(&(len as u16).to_be_bytes());
        capture.extend(ip);
        capture.extend([40_000_u16, 5999].map(u16::to_be_bytes).concat());
        capture.extend([1 + (index * segment) as u32, 1].map(u32::to_be_bytes).concat());
        capture.extend([0x50, 0x18, 0xff, 0xff, 0, 0, 0, 0]);
        capture.extend(data);
    }
    capture
}

#[test]
fn virtio_ports_are_read_by_decode_as() {
    let Some(tshark) = tshark("virtio ports in tshark") else { return };
    let script = dissector("ports");
    // Heads of docs/spec/agent.md sections 1, 2 and 4.
    let device = |kind: u16, body: &[u8]| {
        let size = (body.len() as u32).to_le_bytes();
        [&[1, 0][..], &kind.to_le_bytes(), &size, body].concat()
    };
    let agent = |kind: u32, body: &[u8]| {
        let head = [1, kind, 0, 0, body.len() as u32].map(u32::to_le_bytes).concat();
        [head.as_slice(), body].concat()
    };
    let chunk = |port: u32, data: &[u8]| {
        let head = [port, data.len() as u32].map(u32::to_le_bytes).concat();
        [head.as_slice(), data].concat()
    };
    let format = [128, 2, 0, 0, 224, 1, 0, 0, 2, 0, 0, 0];
    let bytes = [device(2, &format), device(3, &[7; 3000]), device(7, &[9; 8]), device(99, b"?")].concat();
    let clipboard = agent(4, &[&[1, 0, 0, 0][..], &[b'q'; 3000]].concat());
    let mouse = agent(1, &[3, 0, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0, 0]);
    let chunks = [
        chunk(1, &clipboard[..2048]),
        chunk(2, &mouse[..10]),
        chunk(1, &clipboard[2048..]),
        chunk(2, &mouse[10..]),
        chunk(1, &mouse),
    ]
    .concat();
    let cases = [
        ("stream_device", bytes, "device_message", "format data cursor_move message 99"),
        ("agent_port", chunks, "agent_message", "clipboard mouse_state mouse_state"),
    ];
    for (port, bytes, field, expected) in cases {
        for segment in [1, 7, 1000, 60_000] {
            let file = script.with_file_name(format!("{port}-{segment}.pcap"));
            fs::write(&file, connection(&bytes, segment)).expect("the folder can be written");
            let decode = format!("tcp.port==5999,spiceproto_{port}");
            let more = ["-2", "-d", &decode];
            let wanted = [&format!("spiceproto.{field}"), "_ws.expert.message"];
            let lines = fields(&tshark, &script, &file, &more, &wanted);
            let seen: Vec<&str> = lines.split(['\t', '\n', '|']).filter(|part| !part.is_empty()).collect();
            assert_eq!(seen.join(" "), expected, "{port} in segments of {segment}");
        }
    }
}

fn shown(lines: &str) -> Counts {
    let mut counts = Counts::new();
    for line in lines.lines() {
        let columns: Vec<&str> = line.split('\t').collect();
        let &[stream, senders, messages] = columns.as_slice() else { panic!("three fields: {line}") };
        let stream = stream.split('|').next().and_then(|stream| stream.parse().ok()).expect("a stream");
        assert_eq!(
            senders.split('|').count(),
            messages.split('|').count(),
            "a sender for each message: {line}"
        );
        let pairs = senders.split('|').zip(messages.split('|')).filter(|(_, message)| !message.is_empty());
        for (sender, message) in pairs {
            *counts.entry((stream, sender.to_owned(), message.to_owned())).or_default() += 1;
        }
    }
    counts
}

/// What `meta.json` says, sub-messages among the others; of TLS what was found inside.
fn recorded(folder: &Path) -> Counts {
    let text = fs::read_to_string(folder.join("meta.json")).expect("a file");
    let meta: Value = serde_json::from_str(&text).expect("JSON");
    let mut counts = Counts::new();
    let lists = [meta.pointer("/connections"), meta.pointer("/decrypted/connections")];
    for connection in lists.into_iter().flatten().filter_map(Value::as_array).flatten() {
        let index = connection.pointer("/tcp/index").and_then(Value::as_u64).expect("a number");
        for (key, sender) in [("server_to_client", "server"), ("client_to_server", "client")] {
            let messages = connection.get(key).and_then(Value::as_object);
            for message in messages.into_iter().flat_map(|messages| messages.values()) {
                let name = message.get("name").and_then(Value::as_str).expect("a name");
                let count = message.get("count").and_then(Value::as_u64).expect("a number");
                *counts.entry((index, sender.to_owned(), name.to_owned())).or_default() += count;
            }
        }
        let lists = connection.pointer("/sub_messages/lists").and_then(Value::as_object);
        for (names, count) in lists.into_iter().flatten() {
            for name in names.split(" + ") {
                let count = count.as_u64().expect("a number");
                *counts.entry((index, "server".to_owned(), name.to_owned())).or_default() += count;
            }
        }
    }
    counts
}

/// Calls for each session, two at a time.
fn each(then: impl Fn(&Path) + Sync) {
    let left = Mutex::new(folders::sessions());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some(folder) = left.lock().expect("no panic elsewhere").pop() else { break };
                    then(&folder);
                }
            });
        }
    });
}

#[test]
fn tshark_finds_the_messages_of_every_session() {
    let Some(tshark) = tshark("sessions in tshark") else { return };
    let script = dissector("sessions");
    let total = Mutex::new((0, 0_u64));
    each(|folder| {
        let keys = folder.join("keys.log");
        let keys = keys.is_file().then(|| format!("tls.keylog_file:{}", keys.display()));
        let more: Vec<&str> = keys.iter().flat_map(|keys| ["-o", keys]).collect();
        let wanted = ["tcp.stream", "spiceproto.from", "spiceproto.message"];
        let lines = fields(&tshark, &script, &folders::capture_file(folder), &more, &wanted);
        let (found, expected) = (shown(&lines), recorded(folder));
        assert_eq!(found, expected, "{}", folder.display());
        let mut total = total.lock().expect("no panic elsewhere");
        *total = (total.0 + 1, total.1 + found.values().sum::<u64>());
    });
    let (sessions, messages) = *total.lock().expect("no panic elsewhere");
    println!("{sessions} sessions, {messages} messages in tshark");
    assert!(sessions > 0 && messages > 0);
}

/// A capture with bytes changed in every third packet, behind the heads of Ethernet, IP and TCP.
fn damaged(capture: &[u8], seed: u64) -> Vec<u8> {
    const ENHANCED_PACKET: u32 = 6;
    const HEADS: usize = 28 + 66;
    let word = |bytes: &[u8], at: usize| {
        bytes.get(at..at + 4).map_or(0, |word| u32::from_le_bytes(word.try_into().expect("four bytes")))
    };
    let mut random = Random::new(seed);
    let mut bytes = capture.to_vec();
    let mut at = 0;
    while at + 12 <= bytes.len() {
        let len = word(&bytes, at + 4) as usize;
        let data = word(&bytes, at + 20) as usize;
        if word(&bytes, at) == ENHANCED_PACKET && 28 + data > HEADS && random.below(3) == 0 {
            for _ in 0..=random.below(4) {
                // The first bytes of a segment are those of heads, most of the time.
                let room = if random.below(2) == 0 { 40 } else { usize::MAX };
                let place = at + HEADS + random.below(room.min(28 + data - HEADS));
                if let Some(byte) = bytes.get_mut(place) {
                    *byte = [0, 1, 0x7f, 0xff, random.number() as u8][random.below(5)];
                }
            }
        }
        at += len.max(12);
    }
    bytes
}

#[test]
fn damaged_sessions_give_notes_and_no_errors_in_lua() {
    let Some(tshark) = tshark("damaged sessions in tshark") else { return };
    let script = dissector("damaged");
    let plain: Vec<PathBuf> = folders::sessions()
        .iter()
        .map(|folder| folders::capture_file(folder))
        .filter(|capture| capture.extension().is_some_and(|extension| extension == "pcapng"))
        .collect();
    let (mut notes, mut packets) = (BTreeMap::<String, u64>::new(), 0);
    for seed in 0..DAMAGED {
        let capture = &plain[seed as usize % plain.len()];
        let text = fs::read(capture).expect("a capture");
        let file = place("wireshark-damaged").join("damaged.pcapng");
        fs::write(&file, damaged(&text, seed)).expect("the folder can be written");
        let wanted = ["frame.number", "_ws.expert.message"];
        for line in fields(&tshark, &script, &file, &["-2"], &wanted).lines() {
            packets += 1;
            for kind in ["bytes wanted", "leads out", "is not allowed", "the limit is", "cannot be read"] {
                *notes.entry(kind.to_owned()).or_default() += u64::from(line.contains(kind));
            }
        }
    }
    println!("{DAMAGED} damaged sessions: {packets} packets, notes {notes:?}");
    assert!(packets > 0 && notes.values().sum::<u64>() > 0, "nothing was damaged");
}

/// The JSON of the description, for checks of other programs.
fn model(folder: &Path) -> PathBuf {
    let path = folder.join("model.json");
    fs::write(&path, json::describe(&Description::spice().model)).expect("the folder can be written");
    path
}

#[test]
fn tshark_shows_what_inspect_shows() {
    let Some(tshark) = tshark("fields in tshark") else { return };
    let Some(python) = program(&["python3", "python"], &["--version"], "fields in tshark") else { return };
    let script = dissector("fields");
    let model = model(&place("wireshark-fields"));
    let check = Path::new(env!("CARGO_MANIFEST_DIR")).join("outputs/wireshark/fields.py");
    let mut values = 0;
    for name in FIELDS {
        let mut command = Command::new(&python);
        command.arg(&check).arg(&tshark).arg(&script).arg(&model).arg(env!("CARGO_BIN_EXE_inspect"));
        let said = run(command.arg(folders::capture_file(&folders::own_session(name))));
        let last = said.lines().last().unwrap_or_default();
        let agree = last.strip_prefix("agree ").and_then(|rest| rest.strip_suffix(", differ 0"));
        values +=
            agree.and_then(|count| count.parse::<u64>().ok()).unwrap_or_else(|| panic!("{name}: {said}"));
    }
    println!("{values} values of {} sessions in tshark", FIELDS.len());
}

#[test]
fn the_dissector_of_a_made_up_description_loads() {
    let Some(tshark) = tshark("a made-up description in tshark") else { return };
    let description = Description::everything();
    let files = generate("wireshark", &description, Some("made_up"), &place("wireshark-everything"));
    let script = format!("lua_script:{}", files.first().expect("a file").display());
    let mut command = Command::new(&tshark);
    let output = command.args(["-G", "fields", "-X", &script]).output().expect("tshark starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("Lua"), "{said}");
    let own = String::from_utf8_lossy(&output.stdout).matches("\tmade_up.").count();
    println!("{own} fields of everything.proto");
    assert!(own > 100, "{own} fields");
}

/// A line of a set as columns for `verdicts.lua`; nothing for what the dissector shows as bytes or reads elsewhere.
fn columns(line: &Value) -> Option<String> {
    let text = |key: &str| line.get(key).and_then(Value::as_str).unwrap_or_default();
    let number = |value: &Value, key: &str| value.get(key).and_then(Value::as_u64).unwrap_or_default();
    let what = if line.get("frames").is_some() {
        return None;
    } else if line.get("sub_messages").is_some() {
        format!("list\t\t\t{}", number(line, "sub_messages"))
    } else if line.get("struct").is_some() {
        format!("struct\t{}\t{}\t", text("module"), text("struct"))
    } else {
        line.get("message").filter(|name| !name.is_null())?;
        format!("message\t{}\t{}\t{}", text("module"), text("direction"), number(line, "number"))
    };
    let capabilities = line.get("capabilities").map(Value::to_string).unwrap_or_default();
    let said = match line.get("error") {
        Some(error) => format!("{}\t{}", error["kind"].as_str()?, error["text"].as_str()?),
        None if line.get("sub_messages").is_some() => {
            let subs = line["value"].as_array()?.iter().map(|sub| {
                let size = sub["body"].as_str().unwrap_or_default().len() / 2;
                let [kind, declared, offset] =
                    ["kind", "declared_size", "offset"].map(|key| number(sub, key));
                format!("{kind} {declared} {offset} {size}")
            });
            format!("ok\t{}", subs.collect::<Vec<_>>().join(", "))
        }
        None => format!("ok\t{}", number(line, "trailing")),
    };
    Some(format!("{what}\t{}\t{capabilities}\t{said}\n", text("hex")))
}

/// Verdicts, and errors with their numbers, offsets and paths. Recorded sessions are left to tshark.
#[test]
fn plain_lua_agrees_with_rust_on_every_line() {
    // Wireshark 4.0 and 4.2 have Lua 5.2, those after them 5.4.
    let found = ["lua5.2", "lua5.4"].map(|lua| program(&[lua], &["-v"], &format!("lines in {lua}")));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("outputs/wireshark");
    for description in [Description::spice(), Description::everything()] {
        let name = &description.model.name;
        let place = place(&format!("wireshark-lines-{name}"));
        let dissector = generate("wireshark", &description, None, &place);
        let parts = [&folder.join("wireshark.lua"), &dissector[0], &folder.join("verdicts.lua")];
        let parts = parts.map(|part| fs::read_to_string(part).expect("a file"));
        let check = place.join("check.lua");
        fs::write(&check, parts.join("\n")).expect("the folder can be written");
        let files = files_of(name).into_iter().filter(|file| !file.ends_with("sessions.jsonl"));
        let files = files.map(|file| {
            let text = fs::read_to_string(file).expect("a file of lines");
            let lines = text.lines().map(|line| serde_json::from_str(line).expect("an object"));
            let path = place.join(file.file_name().expect("a name")).with_extension("tsv");
            let lines: String = lines.filter_map(|line| columns(&line)).collect();
            fs::write(&path, lines).expect("the folder can be written");
            path
        });
        let files: Vec<PathBuf> = files.collect();
        let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
        for lua in found.iter().flatten() {
            agree(Command::new(lua).arg(&check), &files);
        }
    }
}
