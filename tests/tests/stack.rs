//! How much stack messages take where nothing is optimized, as in other people's debug builds.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use spice_proto_tests::vectors;

/// What `docs/spec/robustness.md` section 1 promises, KiB.
const STACK: usize = 64;

#[test]
fn messages_fit_into_a_small_stack_without_optimization() {
    let mut input = String::new();
    let mut count = 0;
    for line in vectors::lines(|name| name.ends_with(".jsonl")) {
        // Messages of channels; other lines are handshakes, agent data and frames.
        let Some(channel) = line.json.get("channel_id") else { continue };
        let from = if line.text("direction") == "server" { "s" } else { "c" };
        writeln!(input, "{channel} {from} {} {}", line.number("id"), line.text("hex")).expect("memory");
        count += 1;
    }
    assert!(count > 12_000, "{count}");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let mut program = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "-p", "unoptimized", "--profile", "unoptimized", "--", &STACK.to_string()])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("cargo");
    program.stdin.take().expect("piped").write_all(input.as_bytes()).expect("it reads");
    let output = program.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{}", output.status);
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{said}");
    let messages =
        said.trim().strip_prefix(&format!("{count} lines, ")).and_then(|said| said.strip_suffix(" messages"));
    assert!(
        messages.and_then(|count| count.parse().ok()).is_some_and(|messages: usize| messages > 7_000),
        "{said}"
    );
}
