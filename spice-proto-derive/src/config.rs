//! The generator as part of a build script.

use std::fmt;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use crate::backend::Backend;
use crate::backend::rust::Emit;
use crate::backend::rust::RustBackend;
use crate::diagnostic::Diagnostic;
use crate::import;
use crate::source::Source;
use crate::source::Sources;

/// A run of the generator in a build script.
///
/// ```no_run
/// // build.rs
/// fn main() -> Result<(), spice_proto_derive::Error> {
///     spice_proto_derive::Config::new().file("spice.proto").generate()?;
///     Ok(())
/// }
/// ```
///
/// Outputs are named after the protocol, in snake case: `protocol Harbour` gives `harbour.rs`. A description without a
/// protocol gives its own name to them.
///
/// With [`serde`](Self::serde), [`arbitrary`](Self::arbitrary) or both, the types of the description have what those of
/// SPICE have: `Serialize`; `Generate`, and by that the strategies of `spice_proto::wire::strategy` for property tests.
/// The dependency then names the features as well:
///
/// ```toml
/// [dependencies]
/// spice-proto = { version = "0.1", features = ["serde"] }
///
/// [dev-dependencies]
/// spice-proto = { version = "0.1", features = ["proptest"] } # brings arbitrary
///
/// [build-dependencies]
/// spice-proto-derive = { version = "0.1", default-features = false }
/// ```
#[derive(Default)]
pub struct Config {
    files: Vec<PathBuf>,
    texts: Vec<Source>,
    out_dir: Option<PathBuf>,
    backends: Vec<Box<dyn Backend>>,
    serde: Emit,
    arbitrary: Emit,
    external: Vec<(String, String)>,
}

impl Config {
    /// Nothing to do yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads one more description. A relative path starts at the manifest of the package.
    #[must_use]
    pub fn file(mut self, path: impl Into<PathBuf>) -> Self {
        self.files.push(path.into());
        self
    }

    /// Gives a text that descriptions import by this name. What they import otherwise is read from files, beside the
    /// importing one; `spice.proto` is known ([`import::spice`]).
    #[must_use]
    pub fn text(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.texts.push(Source::new(name, text));
        self
    }

    /// Writes to this folder instead of Cargo's `OUT_DIR`.
    #[must_use]
    pub fn out_dir(mut self, path: impl Into<PathBuf>) -> Self {
        self.out_dir = Some(path.into());
        self
    }

    /// Generates with this back end, one of several if called again. Without any it is the standard [`RustBackend`].
    #[must_use]
    pub fn backend(mut self, backend: impl Backend + 'static) -> Self {
        self.backends.push(Box::new(backend));
        self
    }

    /// Whether types implement `Serialize`, by the feature `serde` of `spice-proto`. Off without this. A back end given to
    /// [`backend`](Self::backend) says it for itself.
    #[must_use]
    pub fn serde(mut self, wanted: bool) -> Self {
        self.serde = if wanted { Emit::Always } else { Emit::Never };
        self
    }

    /// Whether values can be made up from random bytes, by the feature `arbitrary` of `spice-proto` (which `proptest`
    /// brings). Off without this. A back end given to [`backend`](Self::backend) says it for itself.
    #[must_use]
    pub fn arbitrary(mut self, wanted: bool) -> Self {
        self.arbitrary = if wanted { Emit::Always } else { Emit::Never };
        self
    }

    /// Takes what an imported text defines from a crate that has it: `external("spice.proto", "::spice_proto")`, see
    /// [`RustBackend::external`]. A back end given to [`backend`](Self::backend) says it for itself.
    #[must_use]
    pub fn external(mut self, import: impl Into<String>, path: impl Into<String>) -> Self {
        self.external.push((import.into(), path.into()));
        self
    }

    /// Generates everything, tells Cargo when to do so again, and gives the paths of the files that were written.
    /// A file that already has the right contents is left alone.
    ///
    /// # Errors
    /// A description that cannot be read or is wrong, with all diagnostics; two outputs of one name; a file that cannot be
    /// written. Nothing is written before all descriptions were read.
    pub fn generate(&self) -> Result<Vec<PathBuf>, Error> {
        let out_dir = match &self.out_dir {
            Some(path) => path.clone(),
            None => PathBuf::from(std::env::var_os("OUT_DIR").ok_or_else(|| {
                Error(
                    "no folder for the outputs: OUT_DIR is not set, and `Config::out_dir` was not called"
                        .into(),
                )
            })?),
        };
        let standard = RustBackend::default().serde(self.serde.clone()).arbitrary(self.arbitrary.clone());
        let standard = self.external.iter().fold(standard, |rust, (text, path)| rust.external(text, path));
        let standard: [Box<dyn Backend>; 1] = [Box::new(standard)];
        let backends = if self.backends.is_empty() { &standard } else { self.backends.as_slice() };
        let mut outputs: Vec<(PathBuf, String, &Path)> = Vec::new();
        for description in &self.files {
            println!("cargo::rerun-if-changed={}", description.display());
            let source = import::open(description).map_err(|error| Error::at(description, &error))?;
            let loaded = import::load(source, &mut |from, path| self.import(from, path));
            for imported in loaded.sources.iter().skip(1).filter(|text| Path::new(text.name()).is_file()) {
                println!("cargo::rerun-if-changed={}", imported.name());
            }
            let model =
                loaded.compile().map_err(|found| Error(found.display(&loaded.sources).to_string()))?;
            for warning in model.warnings.to_vec() {
                println!("cargo::warning={}", in_one_line(&warning, &loaded.sources));
            }
            for file in backends.iter().flat_map(|backend| backend.generate(&model)) {
                let path = out_dir.join(&file.path);
                if let Some((_, _, first)) = outputs.iter().find(|(other, ..)| *other == path) {
                    return Err(Error::same_output(first, description, &path));
                }
                outputs.push((path, file.text, description));
            }
        }
        for (path, text, _) in &outputs {
            write(path, text).map_err(|error| Error::at(path, &error))?;
        }
        Ok(outputs.into_iter().map(|(path, ..)| path).collect())
    }

    fn import(&self, from: &Source, path: &str) -> Result<Source, String> {
        match self.texts.iter().find(|text| text.name() == path) {
            Some(text) => Ok(text.clone()),
            None => import::from_files(from, path),
        }
    }
}

/// A finding as Cargo shows it.
fn in_one_line(found: &Diagnostic, sources: &Sources) -> String {
    let place = sources.find(found.span).map_or(String::new(), |(source, span)| {
        let place = source.line_column(span.start);
        format!("{}:{}:{}: ", source.name(), place.line, place.column)
    });
    let help = found.help.iter().map(|help| format!("; {help}")).collect::<String>();
    format!("{place}{}{help} [{}]", found.message, found.code)
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if fs::read(path).is_ok_and(|present| present == text.as_bytes()) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}

/// Why nothing was generated: text for people, with places in the description where it is about one.
///
/// `Debug` shows the same text, since Cargo prints the errors of build scripts in that way.
#[derive(Clone, PartialEq, Eq)]
pub struct Error(String);

impl Error {
    fn same_output(first: &Path, second: &Path, output: &Path) -> Self {
        Self(format!(
            "{} and {} would both be written to {}: give their protocols, or files without a protocol, different names",
            first.display(),
            second.display(),
            output.display()
        ))
    }

    fn at(path: &Path, error: &std::io::Error) -> Self {
        Self(format!("{}: {error}", path.display()))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

#[cfg(all(test, feature = "tools"))]
mod tests {
    use super::*;
    use crate::backend::json::JsonBackend;

    fn folder(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("spice-proto-derive-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        path
    }

    #[test]
    fn generate_writes_what_the_back_end_gives() {
        let folder = folder("good");
        let description = folder.join("a.proto");
        fs::write(&description, "struct Point { int32 x; };").unwrap();
        let config = Config::new().file(&description).out_dir(folder.join("out")).backend(JsonBackend);
        let written = config.generate().unwrap();
        assert_eq!(written, [folder.join("out/a.json")]);
        assert!(fs::read_to_string(&written[0]).unwrap().contains("Point"));
    }

    #[test]
    fn outputs_are_named_after_the_protocol_and_never_share_a_file() {
        let folder = folder("names");
        let description = |name: &str, protocol: &str| {
            let path = folder.join(name);
            let text = format!(
                "channel AChannel {{ message {{ }} m; }}; protocol {protocol} {{ AChannel a = 1; }};"
            );
            fs::write(&path, text).unwrap();
            path
        };
        let one = description("one.proto", "BusyHarbour");
        let two = description("two.proto", "Railway");
        let three = description("three.proto", "Busy_Harbour");
        let out = folder.join("out");
        let written = Config::new().file(&one).file(&two).out_dir(&out).generate().unwrap();
        assert_eq!(written, [out.join("busy_harbour.rs"), out.join("railway.rs")]);
        let out = folder.join("both");
        let error = Config::new().file(&one).file(&two).file(&three).out_dir(&out).generate().unwrap_err();
        let error = error.to_string();
        assert!(error.contains("one.proto and ") && error.contains("three.proto would both"), "{error}");
        assert!(!out.exists(), "something was written");
    }

    #[test]
    fn a_warning_is_one_line_for_cargo() {
        let text = "struct Unused {\n    int8 *name[];\n};\nchannel A { message { } m; };";
        let importing = Source::new("b.proto", "import \"a.proto\";");
        let loaded = import::load(importing, &mut |_, path| Ok(Source::new(path, text)));
        let warnings = loaded.compile().unwrap().warnings.to_vec();
        let lines: Vec<String> = warnings.iter().map(|found| in_one_line(found, &loaded.sources)).collect();
        assert_eq!(
            lines,
            [
                "a.proto:2:11: `name` leads to all bytes to the end of the message; no message leads to `Unused`, \
              so that it is left out; where one does, this is error E0124 [W0166]"
            ]
        );
    }

    #[test]
    fn imports_are_read_from_files_and_texts() {
        let folder = folder("imports");
        fs::create_dir_all(folder.join("sub")).unwrap();
        fs::write(folder.join("sub/c.proto"), "struct C { uint8 c; };").unwrap();
        fs::write(folder.join("b.proto"), "import \"./sub/c.proto\"; struct B { C c; };").unwrap();
        let description = folder.join("a.proto");
        let text = "import \"b.proto\"; import \"sub/../sub/c.proto\"; import \"given\"; struct A { B b; C c; D d; };";
        fs::write(&description, text).unwrap();
        let config = Config::new().file(&description).out_dir(folder.join("out")).backend(JsonBackend);
        let error = config.generate().unwrap_err();
        assert!(error.to_string().contains("there is no file"), "{error}");
        let written = config.text("given", "struct D {};").generate().unwrap();
        let model = fs::read_to_string(&written[0]).unwrap();
        assert!(
            ["A", "B", "C", "D"].iter().all(|name| model.contains(&format!("\"name\": \"{name}\""))),
            "{model}"
        );
    }

    #[test]
    fn errors_show_the_place() {
        let folder = folder("bad");
        let description = folder.join("a.proto");
        fs::write(&description, "struct Point { wrong x; };").unwrap();
        let error = Config::new().file(&description).out_dir(&folder).generate().unwrap_err();
        assert!(format!("{error:?}").contains("a.proto:1:16"), "{error}");
        let error = Config::new().file(folder.join("none.proto")).out_dir(&folder).generate().unwrap_err();
        assert!(error.to_string().contains("none.proto"), "{error}");
    }
}
