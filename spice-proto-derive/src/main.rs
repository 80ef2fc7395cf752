//! The command line of the generator.

use std::fs;
use std::io;
use std::io::IsTerminal;
use std::io::Read;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::process::ExitCode;

use lexopt::Arg;
use lexopt::Parser;
use spice_proto_derive::backend;
use spice_proto_derive::backend::File;
use spice_proto_derive::backend::json;
use spice_proto_derive::backend::table;
use spice_proto_derive::diagnostic;
use spice_proto_derive::diagnostic::Code;
use spice_proto_derive::import;
use spice_proto_derive::model::Model;
use spice_proto_derive::model::diff;
use spice_proto_derive::source::Source;

const HELP: &str = "\
Generator for wire descriptions in SPICE's description language.

Usage: spice-proto-derive COMMAND [OPTIONS] FILE...

Commands:
  check FILE                              Show what is wrong with a description
  generate --lang LANG [OPTIONS] FILE     Write code, data or pages for a description
  describe [--format FORMAT] FILE         Write the checked description: tables, or JSON
  diff OLD NEW                            Tell what changed, and what breaks peers
  explain [CODE]                          Tell what a code of a diagnostic means, with examples

Options:
  -h, --help     This text, or that of a command
  -V, --version  The version

A FILE of `-` is read from standard input. Diagnostics go to standard error.

Exit codes:
  0  everything is fine
  1  the description has errors, or `diff` found a change that breaks peers
  2  wrong usage, or a file that cannot be read or written
";

const CHECK: &str = "\
Show what is wrong with a description.

Usage: spice-proto-derive check FILE

Exit codes: 0 nothing is wrong, 1 the description has errors, 2 wrong usage or missing file
";

const GENERATE: &str = "\
Write code, data or pages for a description.

Usage: spice-proto-derive generate --lang LANG [-o PATH] [--prefix NAME] FILE

Options:
  -l, --lang LANG    Output language: {languages}
  -o, --output PATH  A folder if it is one or ends with `/`; else a file, where the output is one file. Such output goes
                     to standard output if PATH is left out
  -p, --prefix NAME  Stands in front of the names in the output, or is their package or namespace, in place of the
                     protocol's name; for languages that have a use for it

The same description gives the same output. It belongs to you: use it under any licence you like.

Exit codes: 0 written, 1 the description has errors, 2 wrong usage, or a file that cannot be read or written
";

const DESCRIBE: &str = "\
Write the checked description to standard output: tables of offsets and sizes for people, JSON for programs.

Usage: spice-proto-derive describe [--format FORMAT] FILE [NAME...]

Arguments:
  NAME  In tables: only these channels, messages, structures and enumerations

Options:
  -f, --format FORMAT  `table` or `json`; without it tables on a terminal or where there is a NAME, else JSON

A field behind others whose size varies stands at `NAME + BYTES`, counted from the end of the field NAME; `2+` bytes are
2 or more. The schema of the JSON is described in docs/json-model.md.

Exit codes: 0 written, 1 the description has errors, 2 wrong usage, missing file or a NAME that nothing has
";

const DIFF: &str = "\
Tell what changed between two descriptions, one line a change, and what breaks peers.

Usage: spice-proto-derive diff OLD NEW

Each line starts with a level:
  none        messages are the same on the wire: a name changed, or something that no message leads to
  compatible  old and new peers understand each other
  breaking    a peer may misread or refuse what another sends

Nothing is written if both describe the same wire in the same words. In a description without channels,
structures are what peers exchange.

Exit codes: 0 nothing breaks, 1 a change breaks peers or a description has errors, 2 wrong usage or missing file
";

const EXPLAIN: &str = "\
Tell what a code of a diagnostic means: the rule, the reason for it, an example that breaks it and one that does not.

Usage: spice-proto-derive explain [CODE]

A CODE is written as diagnostics show it, `E0108`, or as its number. Without one, all codes are listed.

Exit codes: 0 written, 2 wrong usage or no such code
";

/// Why a run ends early.
enum Stop {
    /// Wrong usage, or a file: exit code 2.
    Usage(String),
    /// Errors in a description, which were shown: exit code 1.
    Errors,
}

impl From<lexopt::Error> for Stop {
    fn from(error: lexopt::Error) -> Self {
        Self::Usage(error.to_string())
    }
}

fn main() -> ExitCode {
    match run(Parser::from_env()) {
        Ok(code) => code,
        Err(Stop::Errors) => ExitCode::from(1),
        Err(Stop::Usage(message)) => {
            eprintln!("error: {message}");
            eprintln!("`spice-proto-derive --help` tells how to use it");
            ExitCode::from(2)
        }
    }
}

fn run(mut arguments: Parser) -> Result<ExitCode, Stop> {
    match arguments.next()? {
        None => Err(Stop::Usage("no command".to_owned())),
        Some(Arg::Short('h') | Arg::Long("help")) => print(HELP),
        Some(Arg::Short('V') | Arg::Long("version")) => {
            print(concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"), "\n"))
        }
        Some(Arg::Value(command)) => match command.to_str() {
            Some("check") => check(arguments),
            Some("generate") => generate(arguments),
            Some("describe") => describe(arguments),
            Some("diff") => compare(arguments),
            Some("explain") => explain(arguments),
            Some("help") => print(HELP),
            _ => Err(Stop::Usage(format!("unknown command `{}`", command.to_string_lossy()))),
        },
        Some(other) => Err(other.unexpected().into()),
    }
}

fn check(arguments: Parser) -> Result<ExitCode, Stop> {
    let Some([path]) = files(arguments, ["FILE"])? else { return print(CHECK) };
    load(&path)?;
    Ok(ExitCode::SUCCESS)
}

fn describe(mut arguments: Parser) -> Result<ExitCode, Stop> {
    let (mut format, mut path, mut names) = (None, None, Vec::new());
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return print(DESCRIBE),
            Arg::Short('f') | Arg::Long("format") => format = Some(arguments.value()?),
            Arg::Value(first) if path.is_none() => path = Some(PathBuf::from(first)),
            Arg::Value(name) => names.push(name.to_string_lossy().into_owned()),
            other => return Err(other.unexpected().into()),
        }
    }
    let tables = match format.as_ref().map(|format| format.to_string_lossy()) {
        Some(format) if format == "table" => true,
        Some(format) if format == "json" => false,
        Some(format) => {
            return Err(Stop::Usage(format!("no format `{format}`: there are `table` and `json`")));
        }
        None => !names.is_empty() || io::stdout().is_terminal(),
    };
    if !tables && !names.is_empty() {
        return Err(Stop::Usage("JSON is written whole: names go with `--format table`".to_owned()));
    }
    let [path] = exactly(path.into_iter().collect(), ["FILE"])?;
    let model = load(&path)?;
    print(&if tables {
        table::describe(&model, &names).map_err(Stop::Usage)?
    } else {
        json::describe(&model)
    })
}

fn compare(arguments: Parser) -> Result<ExitCode, Stop> {
    let Some([old, new]) = files(arguments, ["OLD", "NEW"])? else { return print(DIFF) };
    if old == Path::new("-") && new == Path::new("-") {
        return Err(Stop::Usage("only one of both files can be standard input".to_owned()));
    }
    let (old, new) = (load(&old), load(&new));
    let changes = diff::diff(&old?, &new?);
    print(&changes.iter().map(|change| format!("{change}\n")).collect::<String>())?;
    let breaking = diff::level(&changes) == diff::Level::Breaking;
    Ok(ExitCode::from(u8::from(breaking)))
}

fn explain(mut arguments: Parser) -> Result<ExitCode, Stop> {
    let mut codes = Vec::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return print(EXPLAIN),
            Arg::Value(code) => codes.push(PathBuf::from(code)),
            other => return Err(other.unexpected().into()),
        }
    }
    if codes.is_empty() {
        let line = |code: &Code| format!("{code}  {}\n", code.explanation());
        return print(&Code::ALL.iter().map(line).collect::<String>());
    }
    let [name] = exactly(codes, ["CODE"])?;
    let name = name.to_string_lossy();
    match Code::from_name(&name) {
        Some(code) => print(&diagnostic::explain(code)),
        None => Err(Stop::Usage(format!("there is no code `{name}`: `explain` alone lists all"))),
    }
}

fn generate(mut arguments: Parser) -> Result<ExitCode, Stop> {
    let mut backends = backend::backends();
    let languages = backends.iter().map(|backend| backend.name()).collect::<Vec<_>>().join(", ");
    let (mut language, mut output, mut prefix, mut paths) = (None, None, None, Vec::new());
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => {
                return print(&GENERATE.replace("{languages}", &languages));
            }
            Arg::Short('l') | Arg::Long("lang") => language = Some(arguments.value()?),
            Arg::Short('o') | Arg::Long("output") => output = Some(PathBuf::from(arguments.value()?)),
            Arg::Short('p') | Arg::Long("prefix") => prefix = Some(arguments.value()?),
            Arg::Value(path) => paths.push(PathBuf::from(path)),
            other => return Err(other.unexpected().into()),
        }
    }
    let [path] = exactly(paths, ["FILE"])?;
    let Some(language) = language else {
        return Err(Stop::Usage(format!("`--lang` is missing: one of {languages}")));
    };
    let Some(backend) = backends.iter_mut().find(|backend| *backend.name() == *language) else {
        let message = format!("no output language `{}`: there are {languages}", language.to_string_lossy());
        return Err(Stop::Usage(message));
    };
    if let Some(prefix) = prefix {
        backend.set_prefix(&prefix.to_string_lossy()).map_err(Stop::Usage)?;
    }
    let files = backend.generate(&load(&path)?);
    match (output, &files[..]) {
        (Some(output), files) => write_files(&output, files)?,
        (None, [file]) => return print(&file.text),
        (None, files) => {
            let message =
                format!("this output has {} files: name a folder for them with `-o FOLDER/`", files.len());
            return Err(Stop::Usage(message));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes into a folder, or one file under the name given.
fn write_files(output: &Path, files: &[File]) -> Result<(), Stop> {
    let folder = output.is_dir() || output.as_os_str().to_string_lossy().ends_with('/');
    if !folder && files.len() != 1 {
        let (path, count) = (output.display(), files.len());
        return Err(Stop::Usage(format!(
            "this output has {count} files: `-o {path}/` puts them into a folder"
        )));
    }
    for file in files {
        let path = if folder { output.join(&file.path) } else { output.to_path_buf() };
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        parent
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&path, &file.text))
            .map_err(|error| Stop::Usage(format!("{}: {error}", path.display())))?;
    }
    Ok(())
}

/// The files of a command, or none if help is wanted.
fn files<const N: usize>(mut arguments: Parser, names: [&str; N]) -> Result<Option<[PathBuf; N]>, Stop> {
    let mut paths = Vec::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return Ok(None),
            Arg::Value(path) => paths.push(PathBuf::from(path)),
            other => return Err(other.unexpected().into()),
        }
    }
    exactly(paths, names).map(Some)
}

fn exactly<const N: usize>(paths: Vec<PathBuf>, names: [&str; N]) -> Result<[PathBuf; N], Stop> {
    paths.try_into().map_err(|paths: Vec<PathBuf>| {
        Stop::Usage(match (paths.get(N), names.get(paths.len())) {
            (Some(path), _) => format!("unexpected argument `{}`", path.display()),
            (None, name) => format!("{} is missing", name.copied().unwrap_or("a file")),
        })
    })
}

/// Reads and checks a description; shows what is wrong with it.
fn load(path: &Path) -> Result<Model, Stop> {
    let (name, source) = if path == Path::new("-") {
        let mut bytes = Vec::new();
        let read = io::stdin().read_to_end(&mut bytes).and_then(|_| import::text(bytes));
        ("standard input".into(), read.map(|text| Source::new("standard input", text)))
    } else {
        (path.to_string_lossy(), import::open(path))
    };
    let source = source.map_err(|error| Stop::Usage(format!("{name}: {error}")))?;
    let loaded = import::load(source, &mut import::from_files);
    let model = loaded.compile().map_err(|found| {
        eprint!("{}", found.display(&loaded.sources));
        Stop::Errors
    })?;
    eprint!("{}", model.warnings.display(&loaded.sources));
    Ok(model)
}

/// Writes to standard output. A reader that has seen enough is no mistake.
fn print(text: &str) -> Result<ExitCode, Stop> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Stop::Usage(format!("standard output: {error}")))
        }
        _ => Ok(ExitCode::SUCCESS),
    }
}
