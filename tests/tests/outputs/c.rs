//! The C output: all lines of the conformance sets under the sanitizers, values filled by hand, compilers' warnings, and
//! the page about it.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use spice_proto::Limits;
use spice_proto::frame::{Encoder, HeaderKind, SubMessageList};
use spice_proto::wire::CapabilitySet;
use spice_proto::{common, display};
use spice_proto_derive::backend::Backend as _;
use spice_proto_derive::backend::c::CBackend;
use spice_proto_derive::import;
use spice_proto_derive::source::Source;
use spice_proto_tests::outputs::description::{Description, Target};
use spice_proto_tests::outputs::{c_targets, run};
use spice_proto_tests::vectors::{from_hex, to_hex};

use super::{files_of, place};

/// What warnings a compiler has to be silent about, and in which language.
const STRICT: [&str; 6] = ["-std=c99", "-Wall", "-Wextra", "-Wconversion", "-pedantic", "-Werror"];
const STRICT_CPP: [&str; 6] = ["-std=c++17", "-Wall", "-Wextra", "-Wconversion", "-pedantic", "-Werror"];
const SANITIZED: [&str; 3] = ["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

fn gcc(tests: &str) -> Option<PathBuf> {
    run::program(&["gcc"], &["--version"], tests)
}

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/outputs/c")
}

#[test]
fn every_line_agrees_under_the_sanitizers() {
    let Some(gcc) = gcc("C against the conformance sets") else { return };
    for description in [Description::spice(), Description::everything()] {
        let name = description.model.name.clone();
        let check = checker(&gcc, &description, &SANITIZED);
        run::agree(&mut Command::new(&check), &files_of(&name));
        if let Some(folder) = std::env::var_os("CONFORMANCE_SETS") {
            let more = Path::new(&folder).join(&name);
            let files = fs::read_dir(&more)
                .expect("a folder of conformance-set")
                .map(|file| file.expect("a file").path());
            let files: Vec<PathBuf> =
                files.filter(|file| file.extension().is_some_and(|extension| extension == "jsonl")).collect();
            run::agree(&mut Command::new(&check), &files.iter().map(PathBuf::as_path).collect::<Vec<_>>());
        }
    }
}

/// The check sees it when a line says something else.
#[test]
fn a_line_that_differs_is_seen() {
    let Some(gcc) = gcc("C: that a difference is seen") else { return };
    let description = Description::everything();
    let check = checker(&gcc, &description, &[]);
    let file = place("c/differing.jsonl");
    let mut seen = 0;
    for made in files_of("everything").into_iter().filter(|file| !file.ends_with("frames.jsonl")) {
        let text = fs::read_to_string(made).expect("a file of lines");
        for line in text.lines().take(40) {
            for (right, wrong) in
                [("\"trailing\":0", "\"trailing\":1"), ("\"offset\":", "\"offset\":9"), ("same", "00")]
            {
                if line.contains(right) {
                    fs::write(&file, line.replacen(right, wrong, 1)).expect("a folder that can be written");
                    let output = Command::new(&check).arg(&file).output().expect("the check runs");
                    let out = String::from_utf8_lossy(&output.stdout).into_owned();
                    assert!(
                        !output.status.success() && out.ends_with("agree 0, differ 1\n"),
                        "{line}: {out}"
                    );
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 50, "{seen} changes");
}

/// A program that reads lines of a description.
fn checker(gcc: &Path, description: &Description, options: &[&str]) -> PathBuf {
    let name = &description.model.name;
    let folder = place(&format!("c/{name}{}", options.len()));
    run::generate("c", description, Some("wire"), &folder);
    fs::write(folder.join("targets.h"), c_targets::targets(&description.model))
        .expect("a folder that can be written");
    let check = folder.join("check");
    compile(Command::new(gcc).args(STRICT).args(options), &folder, &sources().join("check.c"), &check);
    check
}

fn compile(command: &mut Command, folder: &Path, source: &Path, program: &Path) {
    let _ = run::run(command.arg("-I").arg(folder).arg(source).arg("-o").arg(program));
}

/// Values that were filled by hand are what Rust would write, and errors read the same.
#[test]
fn values_filled_by_hand_are_written_as_rust_writes_them() {
    let Some(gcc) = gcc("C: values filled by hand") else { return };
    let spice = Description::spice();
    let folder = place("c/written");
    run::generate("c", &spice, None, &folder);
    let program = folder.join("written");
    let mut command = Command::new(gcc);
    command.args(STRICT).args(SANITIZED);
    compile(&mut command, &folder, &sources().join("written.c"), &program);
    let out = run::run(&mut Command::new(program));
    let mut errors = Vec::new();
    let mut values = Vec::new();
    for line in out.lines() {
        let mut words = line.splitn(4, ' ');
        let mut word = || words.next().expect("four words");
        let (module, direction, number, rest) = (word(), word(), word(), word());
        if rest.contains(' ') {
            errors.push(rest.to_owned());
            continue;
        }
        let (body, number) = (from_hex(rest), number.parse().expect("a number"));
        let target = Target::Message { module, direction, number };
        let verdict = spice.parse(target, CapabilitySet::EMPTY, &body).expect("a message");
        assert_eq!((&verdict["written"], &verdict["trailing"]), (&"same".into(), &0.into()), "{line}");
        values.push(verdict["value"].clone());
    }
    assert_eq!(values.len(), 11);
    assert_eq!(values[0]["data"]["src_bitmap"]["body"]["quic"]["data_size"], 65_536);
    assert_eq!(values[1]["base"]["clip"]["rects"]["rects"][3]["right"], 4);
    assert_eq!(values[3]["data"]["str"]["glyphs"]["glyphs"][39]["glyph_origin"]["y"], -9);
    let palette =
        |image: &str| values[4]["data"].pointer(&format!("{image}/body/bitmap/pal/palette/ents")).cloned();
    assert_eq!(palette("/src_bitmap"), Some(serde_json::json!([1, 0x00ff_ffff, 7])));
    assert_eq!(palette("/mask/bitmap"), Some(serde_json::json!([1, 0x00ff_ffff])));
    assert_eq!((&values[3], &values[4]), (&values[5], &values[6]));
    assert_eq!(
        errors,
        [
            "draw_fill.base.clip.region: the member does not fit its selector",
            "draw_text.data.str: a required target has no bytes",
            "draw_text.data.str.glyphs[1].data: 47 elements, other fields say 48",
            "4294967436 bytes, at most 4294967295 possible",
        ]
    );
}

/// Neither gcc, nor clang, nor g++ warns of anything in any header; with optimization gcc looks for values that are not set.
#[test]
fn no_compiler_warns() {
    let Some(gcc) = gcc("C: warnings") else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = place("c/warnings");
    let everything = Description::everything();
    let check = sources().join("check.c");
    run::generate("c", &everything, Some("wire"), &folder);
    fs::write(folder.join("targets.h"), c_targets::targets(&everything.model))
        .expect("a folder that can be written");
    compile(Command::new(&gcc).args(STRICT).arg("-O2"), &folder, &check, &folder.join("check"));
    let cpp = run::program(&["g++"], &["--version"], "C: warnings as C++");
    if let Some(cpp) = &cpp {
        let mut command = Command::new(cpp);
        command.args(STRICT_CPP).args(["-O1", "-x", "c++"]);
        compile(&mut command, &folder, &check, &folder.join("check-cpp"));
    }
    let clang = run::program(&["clang", "clang-14"], &["--version"], "C: warnings of clang");
    let mut files = vec![root.join("../spice.proto")];
    for text in ["own-protocol", "../spice-proto-derive/tests/golden"] {
        let entries = fs::read_dir(root.join(text)).expect("a folder of descriptions");
        files.extend(entries.map(|entry| entry.expect("a file").path()));
    }
    files.retain(|file| file.extension().is_some_and(|extension| extension == "proto"));
    assert!(files.len() > 10);
    for file in files {
        let text = fs::read_to_string(&file).expect("a description");
        let mut imported = |from: &Source, path: &str| match path {
            "spice.proto" => Ok(Source::new(path, Description::spice().text)),
            _ => import::from_files(from, path),
        };
        let loaded = import::load(Source::new(file.display().to_string(), text), &mut imported);
        let model = loaded.compile().unwrap_or_else(|found| panic!("{}", found.display(&loaded.sources)));
        let mut c = CBackend::default();
        c.set_prefix("own").expect("a small word");
        let mut includes = String::new();
        for file in c.generate(&model) {
            let header = folder.join(file.path);
            fs::write(&header, file.text).expect("a folder that can be written");
            writeln!(includes, "#include \"{}\"", header.display()).expect("a string");
        }
        let source = folder.join("includes.c");
        fs::write(&source, format!("{includes}int main(void) {{ return 0; }}\n")).expect("a folder");
        let compilers = [(Some(&gcc), &STRICT), (clang.as_ref(), &STRICT), (cpp.as_ref(), &STRICT_CPP)];
        for (compiler, strict) in compilers {
            let Some(compiler) = compiler else { continue };
            let mut command = Command::new(compiler);
            command.args(strict).arg("-fsyntax-only");
            if strict == &STRICT_CPP {
                command.args(["-x", "c++"]);
            }
            let _ = run::run(command.arg(&source));
        }
    }
}

/// What the page shows compiles, and does what it says: a stream is cut into messages however it comes, and an answer
/// is written.
#[test]
fn the_page_about_c_works() {
    let Some(gcc) = gcc("C: the samples of docs/outputs/c.md") else { return };
    let page = include_str!("../../../docs/outputs/c.md");
    let blocks = page.split("```c\n").skip(1).filter_map(|block| block.split("```").next());
    let folder = place("c/page");
    run::generate("c", &Description::spice(), None, &folder);
    let source = folder.join("page.c");
    fs::write(&source, blocks.collect::<String>() + include_str!("c/page.c")).expect("a folder");
    let program = folder.join("page");
    compile(Command::new(gcc).args(STRICT).args(SANITIZED), &folder, &source, &program);

    let mut stream = Vec::new();
    let mut encoder = Encoder::new(HeaderKind::Mini);
    let ping = common::Ping { id: 7, timestamp: 1, data: b"abc" };
    encoder.encode(display::ServerMessage::PING, &ping, &mut stream).expect("room");
    let mut draw = |kind: u16, body: &display::ServerMessage<'_>| {
        encoder.encode(kind, body, &mut stream).expect("room");
    };
    draw(display::ServerMessage::MARK, &display::ServerMessage::Mark(common::Empty));
    let unknown = display::ServerMessage::Unknown { kind: 999, body: &[1, 2] };
    draw(999, &unknown);
    let mut two = SubMessageList::new();
    two.push(display::ServerMessage::INVAL_ALL_PALETTES, &common::Empty).expect("room");
    let one = two.clone();
    two.push(display::ServerMessage::MARK, &common::Empty).expect("room");
    encoder.encode_with(999, &common::Empty, &two, &mut stream).expect("room");
    let mut marked = [Vec::new(), Vec::new()];
    for (header, out) in [HeaderKind::Mini, HeaderKind::Full].into_iter().zip(&mut marked) {
        let mut encoder = Encoder::new(header);
        encoder.set_next_serial(if header == HeaderKind::Full { 3 } else { 1 });
        encoder.encode_with(display::ServerMessage::MARK, &common::Empty, &one, out).expect("room");
    }
    let limits = Limits::default();
    stream.extend([102, 0, 0xff, 0xff, 0xff, 0x7f]);
    for size in [1, 5, 4096] {
        let mut child = Command::new(&program)
            .arg(size.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        child.stdin.take().expect("a pipe").write_all(&stream).expect("it reads");
        let output = child.wait_with_output().expect("it ends");
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        let expected = format!(
            "ping {{\"id\":7,\"timestamp\":1,\"data\":\"616263\"}}\n\
             03000c000000070000000100000000000000\n\
             mark {{}}\n\
             message 999, 2 bytes\n\
             inval_all_palettes {{}}\n\
             mark {{}}\n\
             list {{\"data\":\"0200100000000a0000006600000000006c0000000000\"}}\n\
             message 999, 0 bytes\n\
             size: 2147483647 wanted, the limit is {}, at byte {}\n\
             {}\n\
             {}\n",
            limits.body_display,
            stream.len() - 4,
            to_hex(&marked[0]),
            to_hex(&marked[1]),
        );
        assert_eq!(out, expected, "in pieces of {size}");
    }
}
