//! The dissector for Wireshark, run by tshark on every recorded session, and on damaged ones.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use serde_json::Value;
use spice_proto_tests::folders;
use spice_proto_tests::outputs::description::Description;
use spice_proto_tests::outputs::run::{generate, program};

use super::place;

/// How often messages occur, by connection, sender and name.
type Counts = BTreeMap<(u64, String, String), u64>;

fn tshark(tests: &str) -> Option<PathBuf> {
    program(&["tshark"], &["--version"], tests)
}

/// The dissector of SPICE, in a folder of one test.
fn dissector(test: &str) -> PathBuf {
    let files = generate("wireshark", &Description::spice(), None, &place(&format!("wireshark-{test}")));
    let [file] = files.as_slice() else { panic!("one file: {files:?}") };
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
    let text = std::fs::read_to_string(folder.join("meta.json")).expect("a file");
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
