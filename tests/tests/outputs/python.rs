//! Packages for Python: every line of the sets, what type checkers say, the samples of their page.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use spice_proto_derive::backend::Backend;
use spice_proto_derive::backend::json;
use spice_proto_derive::backend::python::PythonBackend;
use spice_proto_derive::import;
use spice_proto_derive::source::Source;
use spice_proto_tests::outputs::description::Description;
use spice_proto_tests::outputs::run::{agree, generate, program, run};

use super::{files_of, place};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What says whether a Python is new enough.
const NEW: [&str; 2] = ["-c", "import sys; sys.exit(sys.version_info < (3, 10))"];

/// The oldest Python that is promised, 3.10, and where that is not there a newer one.
fn python(tests: &str) -> Option<PathBuf> {
    program(&["python3.10", "python3", "python"], &NEW, &format!("{tests} (Python 3.10)"))
}

/// The Python of the system, which may be much newer than the one above.
fn newer_python(tests: &str) -> Option<PathBuf> {
    program(&["python3", "python"], &NEW, tests)
}

/// A program of Python that leaves nothing behind in the folders it imports from.
fn command(python: &Path) -> Command {
    let mut command = Command::new(python);
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

#[test]
fn packages_agree_with_rust_on_every_line() {
    let Some(python) = python("lines in Python") else { return };
    for description in [Description::spice(), Description::everything()] {
        let name = &description.model.name;
        let folder = place(&format!("python-{name}"));
        generate("python", &description, None, &folder);
        let model = folder.join("model.json");
        fs::write(&model, json::describe(&description.model)).expect("the folder can be written");
        let check = root().join("tests/outputs/python/verdicts.py");
        let mut command = command(&python);
        agree(command.arg(check).arg(&folder).arg(name).arg(model), &files_of(name));
    }
}

/// All descriptions of the tree: a package of each, in folders of their own.
fn packages() -> PathBuf {
    let folder = place("python-packages");
    let _ = fs::remove_dir_all(&folder);
    let mut count = 0;
    for of in ["", "spice-proto-derive/tests/golden", "tests/own-protocol", "tests/outputs"] {
        let entries = fs::read_dir(root().join(of)).expect("a folder of descriptions");
        for path in entries.map(|entry| entry.expect("an entry").path()) {
            if path.extension().is_none_or(|extension| extension != "proto") {
                continue;
            }
            let text = fs::read_to_string(&path).expect("a description");
            let source = Source::new(path.display().to_string(), text);
            let loaded = import::load(source, &mut |from, path| {
                // SPICE's own description lies beside none of those that import it.
                import::from_files(from, path).or_else(|error| {
                    let text = fs::read_to_string(root().join(path)).map_err(|_| error)?;
                    Ok(Source::new(path, text))
                })
            });
            let model = loaded.compile().unwrap_or_else(|found| panic!("{}", found.display(&loaded.sources)));
            let stem = path.file_stem().expect("a name").to_string_lossy().replace('-', "_");
            let mut backend = PythonBackend::default();
            backend.set_prefix(&stem).expect("names of files are small words");
            for file in backend.generate(&model) {
                let path = folder.join(file.path);
                fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
                fs::write(path, file.text).expect("the folder can be written");
            }
            count += 1;
        }
    }
    println!("{count} packages");
    assert!(count >= 12);
    folder
}

/// Imports every module of every package, with warnings as errors.
const IMPORT_ALL: &str = "
import importlib, pkgutil, sys
for package in pkgutil.iter_modules(sys.argv[1:]):
    sys.path[:1] = sys.argv[1:]
    found = importlib.import_module(package.name)
    modules = [importlib.import_module(package.name + '.' + module.name) for module in pkgutil.iter_modules(found.__path__)]
    print(package.name, len(modules))
";

#[test]
fn packages_of_any_description_import_and_pass_type_checkers() {
    let Some(python) = python("packages in Python") else { return };
    let folder = packages();
    let out = run(command(&python).args(["-W", "error", "-c", IMPORT_ALL]).arg(&folder));
    assert!(out.lines().count() >= 12, "{out}");
    if let Some(newer) = newer_python("packages in the system's Python") {
        assert_eq!(run(command(&newer).args(["-W", "error", "-c", IMPORT_ALL]).arg(&folder)), out);
    }
    if let Some(mypy) = program(&["mypy"], &["--version"], "types in Python") {
        let cache = folder.join("mypy-cache");
        let names = out.lines().filter_map(|line| line.split(' ').next());
        let mut check = Command::new(mypy);
        check.current_dir(&folder).args(["--strict", "--python-version", "3.10", "--cache-dir"]).arg(cache);
        println!("{}", run(check.args(names)));
    }
    let installed = root().join("target/node/node_modules/.bin/pyright");
    let pyrights = ["pyright", installed.to_str().unwrap_or_default()];
    if let Some(pyright) = program(&pyrights, &["--version"], "strict types in Python") {
        let settings = r#"{"typeCheckingMode": "strict", "pythonVersion": "3.10"}"#;
        fs::write(folder.join("pyrightconfig.json"), settings).expect("the folder can be written");
        println!("{}", run(Command::new(pyright).arg("-p").arg(&folder)));
    }
}

/// What the samples of the page are put into: the page's own imports, then checks of what they do.
const AROUND: &str = r"
import pickle
import spice.main


class Pipe:
    def __init__(self) -> None:
        self.out = b''

    def write(self, data: bytes) -> None:
        self.out += data

    async def drain(self) -> None:
        pass


async def talk() -> None:
    server = FrameEncoder(HeaderKind.MINI)
    reader, pipe = asyncio.StreamReader(), Pipe()
    for message in [common.SetAck(1, 20), common.Ping(7, 8, b'abc'), display.Mark(), spice.wire.UnknownMessage(999, b'x')]:
        reader.feed_data(server.encode(message))
    reader.feed_data(server.encode(display.Mark(), before=[display.InvalAllPalettes(), display.Mark()]))
    reader.feed_eof()
    seen = await receive(reader, pipe)
    names = [type(message).__name__ for message in seen]
    assert names == [
        'SetAck', 'Ping', 'Mark', 'UnknownMessage', 'InvalAllPalettes', 'Mark', 'List', 'Mark'
    ], names
    assert pipe.out == FrameEncoder(HeaderKind.MINI).encode(common.AckSync(1)) + FrameEncoder(
        HeaderKind.MINI
    ).encode(common.Pong(7, 8)), pipe.out


asyncio.run(talk())

shown = repr(spice.link.LinkEncryptedTicket(b'p' * 128))
assert '<hidden>' in shown and 'ppp' not in shown, shown

for flags in [inputs.MouseButtonMask(0x8001), ~inputs.MouseButtonMask.LEFT, inputs.MouseButtonMask.LEFT | 2]:
    assert type(flags) is inputs.MouseButtonMask and 0 <= int(flags) <= 0xFFFF, flags
assert inputs.MouseButtonMask(0x8001).names == ['LEFT', '0x8000']
copy = pickle.loads(pickle.dumps(EncodeError(spice.wire.EncodeErrorKind.RANGE, 7)))
assert (copy.kind, copy.actual) == (spice.wire.EncodeErrorKind.RANGE, 7) and 'value 7' in repr(copy), copy
known = len(inputs.MouseButtonMask._value2member_map_)
for value in range(1000):
    inputs.MouseButtonMask(value), display.ImageType(value)
assert len(inputs.MouseButtonMask._value2member_map_) == known, 'a peer can make memory grow'
assert repr(display.ImageType(77)) == 'ImageType(77)' and display.ImageType(1) is display.ImageType.QUIC
";

#[test]
fn samples_of_the_page_run() {
    let Some(oldest) = python("samples in Python") else { return };
    let folder = place("python-page");
    generate("python", &Description::spice(), None, &folder);
    let page = fs::read_to_string(root().join("docs/outputs/python.md")).expect("the page");
    let samples: Vec<&str> =
        page.split("```python\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(samples.len(), 3);
    let said = page.split("print(error)  # ").nth(1).and_then(|rest| rest.lines().next());
    for python in [Some(oldest), newer_python("samples in the system's Python")].into_iter().flatten() {
        let mut command = command(&python);
        let out =
            run(command.current_dir(&folder).args(["-W", "error", "-c"]).arg(samples.concat() + AROUND));
        assert_eq!(out.lines().next(), said, "{out}");
    }
    // Readers copy them one by one.
    let Some(mypy) = program(&["mypy"], &["--version"], "types of samples in Python") else { return };
    for (number, sample) in samples.iter().enumerate() {
        let file = folder.join(format!("sample{number}.py"));
        fs::write(&file, sample).expect("the folder can be written");
        println!("{}", run(Command::new(&mypy).current_dir(&folder).arg("--strict").arg(file)));
    }
}
