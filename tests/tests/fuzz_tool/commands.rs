//! A test for each command.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use spice_proto::fuzz::{Description, dictionary};
use spice_proto::{ChannelType, ClientMessage, ServerMessage};

use crate::peers::{command, files, free_port};
use crate::tool;

/// A folder of a test, empty.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz-tool").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("there is room");
    folder
}

/// Runs the program. Its exit code, as it shows.
fn run(arguments: &[&str]) -> String {
    let all = ["spice-fuzz"].iter().chain(arguments).map(Into::into);
    format!("{:?}", tool::run(all))
}

/// As [`run`] shows an exit code.
fn exit(code: u8) -> String {
    format!("{:?}", std::process::ExitCode::from(code))
}

fn text(path: &Path) -> &str {
    path.to_str().expect("the path is text")
}

fn capture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name).join("session.pcapng.zst")
}

/// Parses what a file of a corpus has, by its name: channel, direction.
fn parses(name: &str, kind: u16, body: &[u8]) -> bool {
    let mut words = name.split('-');
    let channel = words.next().and_then(tool::case::channel).expect("a channel");
    match words.next() {
        Some("client") => ClientMessage::parse(channel, kind, body).is_ok(),
        _ => ServerMessage::parse(channel, kind, body).is_ok(),
    }
}

pub(crate) fn corpus_has_each_shape_once() {
    let (out, again) = (folder("corpus"), folder("corpus-twice"));
    let capture = capture("mini-ops-list");
    assert_eq!(run(&["corpus", text(&capture), "--out", text(&out)]), exit(0));
    let written = files(&out);
    assert!(written.len() > 30, "{} files", written.len());
    // The same capture a second time has no new shape.
    assert_eq!(run(&["corpus", text(&capture), text(&capture), "--out", text(&again)]), exit(0));
    assert_eq!(files(&again), written);
    let spice = Description::spice();
    for (name, body) in &written {
        let words: Vec<&str> = name.split('-').collect();
        let channel = tool::case::channel(words[0]).expect("a channel");
        let from =
            if words[1] == "client" { spice_proto::Origin::Client } else { spice_proto::Origin::Server };
        let messages = spice.messages(channel, from);
        let message = messages.iter().find(|message| message.name == words[2]).expect("a message");
        assert!(parses(name, message.number as u16, body), "{name}");
    }
    assert!(written.iter().any(|(name, _)| name.starts_with("display-server-draw_copy-")));
}

pub(crate) fn sessions_of_captures_are_replayed() {
    let (out, port) = (folder("sessions"), free_port());
    let capture = capture("inputs-server-mouse");
    let written =
        run(&["corpus", text(&capture), "--out", text(&out), "--layout", "session", "--from", "client"]);
    assert_eq!(written, exit(0));
    let case = out.join("session.pcapng-client.case");
    let read = tool::case::Case::open(&case).expect("a case");
    assert!(read.messages().any(|message| message.channel == ChannelType::INPUTS));
    let (server, log) = (command("server", port), out.join("log"));
    let server = ["--run", &server, "--log", text(&log)];
    let address = format!("spice://127.0.0.1:{port}");
    assert_eq!(run(&[&["replay", text(&case), &address], &server[..]].concat()), exit(0));
}

pub(crate) fn dict_is_read_by_fuzzers() {
    let dictionary = dictionary(Description::spice());
    let mut seen = BTreeSet::new();
    for line in dictionary.lines().filter(|line| !line.starts_with('#')) {
        let (name, word) = line.split_once('=').expect("a name and a word");
        assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'), "{line}");
        let word = word.strip_prefix('"').and_then(|word| word.strip_suffix('"')).expect("in quotes");
        let is_hex = |byte: &str| byte.len() == 2 && byte.bytes().all(|digit| digit.is_ascii_hexdigit());
        assert!(word.split("\\x").skip(1).all(is_hex) && word.starts_with("\\x"), "{line}");
        assert!(seen.insert(word), "{word} stands there twice");
    }
    // The magic of the link, and the number of DRAW_COPY.
    for word in ["\\x52\\x45\\x44\\x51", "\\x30\\x01"] {
        assert!(seen.contains(word), "{word}");
    }
}

pub(crate) fn generate_gives_the_same_files_again() {
    let all = ["a", "b", "other"].map(|name| folder(&format!("generate-{name}")));
    for (out, seed) in all.iter().zip(["7", "7", "8"]) {
        let more = ["--channels", "display,main", "--count", "200", "--seed", seed];
        assert_eq!(run(&[&["generate", "--out", text(out)], &more[..]].concat()), exit(0));
    }
    let [first, again, other] = all.map(|out| files(&out));
    assert_eq!(first.len(), 200);
    assert!(first == again && first != other);
}

pub(crate) fn labels_say_what_readers_answer() {
    let out = folder("rules");
    let more = ["--kind", "rule", "--message", "draw_copy", "--count", "300"];
    assert_eq!(run(&[&["generate", "--out", text(&out)], &more[..]].concat()), exit(0));
    let labels = fs::read_to_string(out.join("labels.txt")).expect("there are labels");
    assert!(labels.lines().count() > 250);
    for line in labels.lines() {
        let words: Vec<&str> = line.splitn(3, ": ").collect();
        let body = fs::read(out.join(words[0])).expect("the file");
        let answer = match ServerMessage::parse(ChannelType::DISPLAY, 304, &body) {
            Ok(_) => "taken".to_owned(),
            Err(error) => format!("{:?} {}", error.kind(), error.path()),
        };
        assert_eq!(words[2], answer, "{line}");
    }
}

/// Fuzzes the fragile server. The exit code and the names of findings.
fn fuzz(out: &Path, more: &[&str]) -> (String, Vec<String>) {
    let port = free_port();
    let (address, server, log) =
        (format!("spice://127.0.0.1:{port}"), command("server", port), out.join("log"));
    let base = ["client", &address, "--run", &server, "--log", text(&log), "--out", text(out)];
    let code = run(&[&base[..], more].concat());
    let found = files(out).into_iter().map(|(name, _)| name).filter(|name| name.ends_with(".case"));
    (code, found.collect())
}

pub(crate) fn client_finds_a_crash_from_nothing() {
    let out = folder("client");
    let (code, found) = fuzz(&out, &["--mode", "order", "--cases", "300", "--channels", "main,inputs"]);
    assert_eq!(code, exit(3));
    let names =
        ["crash-unasked-inputs-migrate-flush-mark.case", "crash-unasked-main-migrate-flush-mark.case"];
    assert_eq!(found, names, "each of them once, and nothing else");
    let case = fs::read_to_string(out.join(names[0])).expect("a case");
    assert!(case.contains("# found: crash, ended by signal 6, happens again"), "{case}");
}

pub(crate) fn known_findings_are_skipped() {
    let out = folder("skip");
    let known = out.join("known");
    fs::write(&known, "# mended in the next version\nunasked main.migrate_flush_mark\n")
        .expect("there is room");
    let more = ["--mode", "order", "--cases", "300", "--channels", "main,inputs", "--skip", text(&known)];
    let (code, found) = fuzz(&out, &more);
    assert_eq!((code, found), (exit(3), vec!["crash-unasked-inputs-migrate-flush-mark.case".to_owned()]));
}

pub(crate) fn a_run_goes_on_where_it_stopped() {
    let out = folder("resume");
    let more = ["--channels", "main", "--mode", "valid"];
    assert_eq!(fuzz(&out, &[&["--cases", "7", "--seed", "3"], &more[..]].concat()).0, exit(0));
    assert_eq!(fuzz(&out, &[&["--cases", "4", "--resume"], &more[..]].concat()).0, exit(0));
    assert_eq!(fs::read_to_string(out.join("state")).expect("the place"), "seed 3\nnext 11\n");
}

pub(crate) fn minimise_leaves_what_it_takes() {
    let out = folder("minimise");
    let (case, smaller) = (out.join("large.case"), out.join("small.case"));
    let lines = [
        "spice-fuzz case 1",
        "role client",
        "open main",
        "send main 104",
        "open inputs",
        "send inputs 101 1e000000",
    ];
    let lines =
        lines.into_iter().chain(["send inputs 4 00112233", "send inputs 102 9e000000", "send main 112 00"]);
    fs::write(&case, lines.collect::<Vec<_>>().join("\n")).expect("there is room");
    let port = free_port();
    let (address, server, log) =
        (format!("spice://127.0.0.1:{port}"), command("server", port), out.join("log"));
    let base =
        ["minimise", text(&case), "--out", text(&smaller), &address, "--run", &server, "--log", text(&log)];
    assert_eq!(run(&base), exit(0));
    let small = tool::case::Case::open(&smaller).expect("a case");
    let (inputs, flush) = (ChannelType::INPUTS, 4);
    let is_mark = |message: &tool::case::Message| (message.channel, message.kind, message.body.len());
    // What the main channel begins with stays.
    let attach = (ChannelType::MAIN, 104, 0);
    assert_eq!(small.messages().map(is_mark).collect::<Vec<_>>(), [attach, (inputs, flush, 0)], "{small}");
    assert_eq!(small.actions.len(), 4, "{small}");
    // It does it once more.
    let replayed = run(&["replay", text(&smaller), &address, "--run", &server, "--log", text(&log)]);
    assert_eq!(replayed, exit(3));
}

pub(crate) fn server_finds_a_crash_from_nothing() {
    let (out, port) = (folder("server"), free_port());
    let (address, client, log) =
        (format!("spice://127.0.0.1:{port}"), command("client", port), out.join("log"));
    let base = ["server", &address, "--run", &client, "--log", text(&log), "--out", text(&out)];
    let more = ["--cases", "60", "--channels", "main,display", "--mode", "rule", "--steps", "20"];
    assert_eq!(run(&[&base[..], &more[..]].concat()), exit(3));
    let found = files(&out);
    assert!(
        found.iter().any(|(name, _)| name.starts_with("crash-") && name.contains("-display-")),
        "{found:?}"
    );
    // Sessions that make sense do not harm it.
    let out = folder("server-valid");
    let base = ["server", &address, "--run", &client, "--log", text(&log), "--out", text(&out)];
    let more = ["--cases", "12", "--channels", "main,display", "--mode", "valid", "--steps", "60"];
    assert_eq!(run(&[&base[..], &more[..]].concat()), exit(0), "{:?}", files(&out));
}

pub(crate) fn exports_have_all_messages() {
    let text = "spice-fuzz case 1\nrole server\nopen main\nsend main 102\nsend main 106 01020304   # range main.time\n";
    let case = tool::case::Case::parse(text).expect("a case");
    assert_eq!(tool::case::Case::parse(&case.to_string()), Ok(case.clone()));
    let export = |form| String::from_utf8_lossy(&tool::export::export(&case, form)).into_owned();
    use tool::export::Form;
    assert!(export(Form::C).contains("message_1[] = {0x01, 0x02, 0x03, 0x04};"));
    assert!(export(Form::Python).contains("(1, 106, bytes.fromhex(\"01020304\")),  # range main.time"));
    assert!(
        export(Form::Rust).contains("ServerMessage::parse(ChannelType(1), 106, &[0x01, 0x02, 0x03, 0x04]);")
    );
    assert_eq!(tool::export::export(&case, Form::Raw), [102, 0, 0, 0, 0, 0, 106, 0, 4, 0, 0, 0, 1, 2, 3, 4]);
    for (wrong, line) in [("x", "first line"), ("spice-fuzz case 1\nsend main 1 0", "line 2")] {
        assert!(tool::case::Case::parse(wrong).expect_err("it is wrong").contains(line));
    }
}

pub(crate) fn other_machines_are_left_alone() {
    // An address for documentation: nobody has it.
    let (out, case) = (folder("alone"), folder("alone").join("case"));
    fs::write(&case, "spice-fuzz case 1\nopen main\n").expect("there is room");
    for command in [&["client", "--out", text(&out)][..], &["server"], &["replay", text(&case)]] {
        for address in ["spice://192.0.2.1:5900", "spice://example.org:5900"] {
            assert_eq!(run(&[command, &[address]].concat()), exit(1), "{command:?} {address}");
        }
    }
}
