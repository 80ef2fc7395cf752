//! The command line: what it prints and how it ends.

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spice-proto-derive"));
    command.args(arguments);
    command
}

/// A run with a text as standard input.
fn run_with(arguments: &[&str], input: &str) -> Output {
    let mut command = command(arguments);
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = pipes.spawn().unwrap();
    // A command that does not read ends before all is written.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// A file of its own for each test.
fn file(name: &str, text: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn out(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn err(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

const GOOD: &str = "channel AChannel { message { uint8 x; } a; };";
const BAD: &str = "struct A { unknown x; };";

#[test]
fn check_of_a_good_description_is_silent() {
    let output = run_with(&["check", "-"], GOOD);
    assert_eq!((code(&output), out(&output), err(&output)), (0, "", ""));
}

#[test]
fn check_of_a_bad_description_shows_the_place() {
    let path = file("check_bad.proto", BAD);
    let output = run(&["check", &path]);
    assert_eq!((code(&output), out(&output)), (1, ""));
    assert!(err(&output).contains("check_bad.proto:1:12"), "{}", err(&output));
    let output = run_with(&["check", "-"], BAD);
    assert!(err(&output).contains("standard input:1:12"), "{}", err(&output));
}

/// A structure that no message leads to, in a form that has no layout: the SPICE project's description has one.
const UNUSED: &str = "struct Unused { int8 *name[]; };
    channel A { server: message { uint8 x; } m = 101; };
    protocol P { A a = 1; };";

#[test]
fn a_structure_without_layout_that_no_message_uses_is_a_warning_to_every_command() {
    let path = file("unused.proto", UNUSED);
    let without = file("unused_without.proto", UNUSED.split_once('\n').unwrap().1);
    for command in
        [&["check"][..], &["describe"], &["generate", "--lang", "rust"], &["generate", "--lang", "json"]]
    {
        let output = run(&[command, &[path.as_str()]].concat());
        assert_eq!(code(&output), 0, "{command:?}");
        assert!(err(&output).starts_with("warning[W0166]: `name` leads"), "{command:?}: {}", err(&output));
        assert!(err(&output).contains("unused.proto:1:23"), "{command:?}: {}", err(&output));
        let plain = run(&[command, &[without.as_str()]].concat());
        assert_eq!((code(&plain), err(&plain)), (0, ""), "{command:?}");
        assert_eq!(out(&output), out(&plain), "{command:?}");
    }
    for pair in [[&path, &path], [&path, &without], [&without, &path]] {
        let output = run(&["diff", pair[0], pair[1]]);
        assert_eq!((code(&output), out(&output)), (0, ""), "{pair:?}");
        assert!(err(&output).contains("W0166"), "{pair:?}");
    }
    let used = run_with(&["check", "-"], &UNUSED.replace("uint8 x;", "Unused unused;"));
    assert_eq!((code(&used), out(&used)), (1, ""));
    assert!(err(&used).starts_with("error[E0124]: `name` leads"), "{}", err(&used));
}

/// The sample has every construct and attribute of that dialect. Its enumeration with a negative value, which means
/// nothing on the wire, is one that no message uses.
#[test]
fn a_description_in_the_spice_projects_manner_passes_every_command() {
    let sample = include_str!("samples/upstream_dialect.proto");
    let (unused, _) = UNUSED.split_once('\n').unwrap();
    let plain = file("dialect.proto", sample);
    let with_unused = file(
        "dialect_unused.proto",
        &sample.replace("channel BaseLine {", &format!("{unused}\nchannel BaseLine {{")),
    );
    for path in [&plain, &with_unused] {
        for command in [
            &["check"][..],
            &["describe"],
            &["describe", "--format", "table"],
            &["generate", "--lang", "rust"],
            &["generate", "--lang", "json"],
        ] {
            let output = run(&[command, &[path.as_str()]].concat());
            assert_eq!(code(&output), 0, "{command:?}: {}", err(&output));
            assert_eq!(err(&output).matches("W0166").count(), 1 + usize::from(path == &with_unused));
            assert!(err(&output).contains("`STOP` has the value -1"), "{}", err(&output));
            assert!(!err(&output).contains("error["), "{command:?}: {}", err(&output));
        }
        let output = run(&["diff", &plain, path]);
        assert_eq!((code(&output), out(&output)), (0, ""));
    }
}

#[test]
fn bytes_that_are_no_text_have_their_place() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("no_text.proto");
    std::fs::write(&path, b"struct A { };\nstruct B { \xff };").unwrap();
    let path = path.display().to_string();
    let output = run(&["check", &path]);
    assert_eq!((code(&output), out(&output)), (2, ""));
    assert!(
        err(&output).contains("no_text.proto: the text is not UTF-8: line 2 has the byte 0xff"),
        "{}",
        err(&output)
    );
}

#[test]
fn missing_files_are_named() {
    for arguments in [&["check", "none.proto"][..], &["describe", "none.proto"], &["diff", "none.proto", "b"]]
    {
        let output = run(arguments);
        assert_eq!((code(&output), out(&output)), (2, ""));
        assert!(err(&output).contains("none.proto: "), "{}", err(&output));
    }
}

#[test]
fn wrong_usage_ends_with_two() {
    for (arguments, message) in [
        (&[][..], "no command"),
        (&["fly"], "unknown command `fly`"),
        (&["check"], "FILE is missing"),
        (&["check", "a", "b"], "unexpected argument `b`"),
        (&["check", "--fast", "a"], "--fast"),
        (&["diff", "a"], "NEW is missing"),
        (&["explain", "E0000"], "no code `E0000`"),
        (&["explain", "E0001", "E0002"], "unexpected argument `E0002`"),
        (&["diff", "-", "-"], "only one"),
        (&["generate", "-"], "`--lang` is missing"),
        (&["generate", "--lang", "klingon", "-"], "klingon"),
        (&["generate", "--lang"], "--lang"),
        (&["generate", "--lang", "json", "--prefix", "a", "-"], "`json` takes no prefix"),
        (&["generate", "--lang", "wireshark", "tests/golden/ping.proto"], "`-o FOLDER/`"),
        (&["generate", "--lang", "wireshark", "-o", "one.lua", "tests/golden/ping.proto"], "`-o one.lua/`"),
    ] {
        let output = run(arguments);
        assert_eq!((code(&output), out(&output)), (2, ""), "{arguments:?}");
        assert!(err(&output).contains(message), "{arguments:?}: {}", err(&output));
        assert!(err(&output).contains("--help"), "{arguments:?}");
    }
}

#[test]
fn help_tells_commands_and_exit_codes() {
    for arguments in [
        &["--help"][..],
        &["-h"],
        &["help"],
        &["check", "--help"],
        &["generate", "-h"],
        &["describe", "--help"],
        &["diff", "--help"],
        &["explain", "--help"],
    ] {
        let output = run(arguments);
        assert_eq!((code(&output), err(&output)), (0, ""), "{arguments:?}");
        assert!(out(&output).contains("Usage: spice-proto-derive"), "{arguments:?}");
        assert!(out(&output).contains("Exit codes:"), "{arguments:?}");
    }
    assert!(out(&run(&["generate", "--help"])).contains("json"));
    assert!(out(&run(&["--version"])).starts_with("spice-proto-derive "));
}

#[test]
fn explain_shows_a_code_or_lists_all() {
    let output = run(&["explain", "e0108"]);
    assert_eq!((code(&output), err(&output)), (0, ""));
    let shown = out(&output);
    assert!(shown.starts_with("E0108: A type is defined somewhere.\n\n"), "{shown}");
    assert!(
        shown.contains("\nWrong:\n\n    struct A { u32 x; };\n\nRight:\n\n    struct A { uint32 x; };\n"),
        "{shown}"
    );
    let listed = run(&["explain"]);
    assert!(out(&listed).contains("E0108  A type is defined somewhere.\n"));
    assert!(out(&listed).contains("W0166  "));
}

#[test]
fn imports_are_looked_for_beside_the_importing_file() {
    let ping = file("cli_import_ping.proto", GOOD);
    let text = "import \"cli_import_ping.proto\";\nextend channel AChannel { message { } b = 7; };\n";
    let path = file("cli_import.proto", text);
    let output = run(&["describe", &path]);
    assert_eq!((code(&output), err(&output)), (0, ""));
    assert!(out(&output).contains("\"b\""), "{}", out(&output));
    std::fs::write(ping, BAD).unwrap();
    let output = run(&["check", &path]);
    assert_eq!((code(&output), out(&output)), (1, ""));
    assert!(err(&output).contains("cli_import_ping.proto:1:12"), "{}", err(&output));
    let output = run_with(&["check", "-"], "import \"none.proto\";");
    assert_eq!(code(&output), 1);
    assert!(err(&output).contains("there is no file none.proto"), "{}", err(&output));
    let spice = run_with(&["check", "-"], "import \"spice.proto\";");
    assert_eq!((code(&spice), err(&spice)), (0, ""));
}

#[test]
fn a_file_is_one_text_whatever_path_leads_to_it() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("one_text");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("b.proto"), GOOD).unwrap();
    let check = |text: &str| {
        std::fs::write(folder.join("a.proto"), text).unwrap();
        command(&["check", "a.proto"]).current_dir(&folder).output().unwrap()
    };
    let output = check("import \"b.proto\"; import \"../one_text/b.proto\"; import \"./b.proto\";");
    assert_eq!((code(&output), err(&output)), (0, ""));
    let output = check("import \"../one_text/a.proto\";");
    assert!(
        err(&output).contains("imports itself") && err(&output).contains("a.proto:1:8"),
        "{}",
        err(&output)
    );
    assert_eq!(code(&output), 1);
}

#[test]
fn describe_writes_json() {
    let output = run_with(&["describe", "-"], GOOD);
    assert_eq!((code(&output), err(&output)), (0, ""));
    assert!(out(&output).starts_with("{\n  \"schema_version\": 1,"), "{}", out(&output));
    assert_eq!(code(&run_with(&["describe", "-"], BAD)), 1);
}

#[test]
fn describe_writes_tables_for_people() {
    let text = "/// Of the harbour.\nchannel AChannel { message { uint16 n;\n/// Ships.\nuint8 ids[n]; uint8 x; } ships = 7;
        message { } go; }; enum8 kind { GRAIN };";
    let path = file("table.proto", text);
    let output = run(&["describe", "--format", "table", &path]);
    assert_eq!((code(&output), err(&output)), (0, ""));
    assert_eq!(
        out(&output),
        "\
# AChannel

Of the harbour.

## server 7 ships: at least 3 bytes

  offset   bytes  field  type      about
  0        2      n      uint16
  2        0+     ids    uint8[n]  Ships.
  ids + 0  1      x      uint8

## server 8 go: 0 bytes

# enum8 kind

  value  item   about
  0      GRAIN

"
    );
    // Names choose, as written or as in Rust.
    let whole = out(&output);
    for name in ["kind", "Kind"] {
        let output = run(&["describe", &path, name]);
        assert_eq!(out(&output), &whole[whole.find("# enum8").unwrap()..], "{name}");
    }
    let output = run(&["describe", "-f", "table", &path, "go", "a_channel"]);
    assert_eq!(out(&output), &whole[..whole.find("# enum8").unwrap()]);
    for (arguments, message) in [
        (
            &["describe", &path, "shps"][..],
            "no channel, message, structure or enumeration `shps`: there is one called `ships`",
        ),
        (&["describe", "--format", "json", &path, "ships"], "names go with `--format table`"),
        (&["describe", "--format", "html", &path], "no format `html`: there are `table` and `json`"),
        (&["describe", "--format", "table"], "FILE is missing"),
    ] {
        let output = run(arguments);
        assert_eq!((code(&output), out(&output)), (2, ""), "{arguments:?}");
        assert!(err(&output).contains(message), "{arguments:?}: {}", err(&output));
    }
    // Scripts go on to have JSON.
    assert_eq!(out(&run(&["describe", "--format", "json", &path])), out(&run(&["describe", &path])));
}

#[test]
fn generate_writes_to_the_place_named() {
    let path = file("generate.proto", GOOD);
    let printed = run(&["generate", "--lang", "json", &path]);
    assert_eq!((code(&printed), err(&printed)), (0, ""));
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("generate");
    let (named, inside) = (folder.join("one/model.json"), folder.join("two/generate.json"));
    let output = run(&["generate", "-l", "json", "-o", named.to_str().unwrap(), &path]);
    assert_eq!((code(&output), out(&output)), (0, ""));
    let two = format!("{}/", folder.join("two").display());
    assert_eq!(code(&run(&["generate", "--lang=json", "--output", &two, &path])), 0);
    for path in [named, inside] {
        assert_eq!(std::fs::read_to_string(path).unwrap(), out(&printed));
    }
    assert_eq!(code(&run_with(&["generate", "--lang", "json", "-"], BAD)), 1);
}

#[test]
fn diff_ends_with_one_only_for_what_breaks_peers() {
    let old = file("diff_old.proto", GOOD);
    let output = run_with(&["diff", &old, "-"], &GOOD.replace("AChannel", "AChannel "));
    assert_eq!((code(&output), out(&output)), (0, ""));
    let output = run_with(&["diff", &old, "-"], &GOOD.replace("x", "y"));
    assert_eq!(code(&output), 0);
    assert_eq!(out(&output), "none: AChannel: server message 1 a: x: renamed to `y`\n");
    let output = run_with(&["diff", &old, "-"], &GOOD.replace("uint8", "uint16"));
    assert_eq!(code(&output), 1);
    assert_eq!(out(&output), "breaking: AChannel: server message 1 a: x: 16 bits, was 8\n");
    assert_eq!(code(&run_with(&["diff", &old, "-"], BAD)), 1);
}
