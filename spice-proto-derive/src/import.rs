//! Descriptions that import others: reading all texts, each once, into one tree.
//!
//! Nothing here looks for files by itself. [`load`] asks a function for each text that an `import` names;
//! [`from_files`] is such a function, for programs, and [`spice`] has the text of SPICE's own description.
//!
//! ```
//! use spice_proto_derive::import;
//! use spice_proto_derive::source::Source;
//!
//! let description = Source::new("mine.proto", "
//!     import \"theirs.proto\";
//!     extend channel PingChannel {
//!     server:
//!         message { uint32 id; } hello = 100;
//!     };
//! ");
//! let theirs = "channel PingChannel { message { uint32 id; } ping = 4; };";
//! let loaded = import::load(description, &mut |_from, path| match path {
//!     "theirs.proto" => Ok(Source::new(path, theirs)),
//!     _ => Err("there is no such text".into()),
//! });
//! let model = loaded.compile().map_err(|found| found.display(&loaded.sources).to_string())?;
//! let names: Vec<_> = model.channels[0].server.iter().map(|message| message.name.as_str()).collect();
//! assert_eq!(names, ["ping", "hello"]);
//! # Ok::<(), String>(())
//! ```

use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::io::Read as _;
use std::path::Component;
use std::path::Path;
use std::path::PathBuf;

use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Diagnostics;
use crate::model::Model;
use crate::model::names;
use crate::source::Source;
use crate::source::Sources;
use crate::source::Span;
use crate::syntax;
use crate::syntax::TEXT_LIMIT;
use crate::syntax::ast::Definition;
use crate::syntax::ast::Description;

mod beside;

/// The most `import` lines of a description and all that it imports.
pub const LIMIT: usize = 256;

/// What [`load`] asks: the text that holds an `import`, and the path in it. It answers with the text, or says why there
/// is none. Texts of the same [identity](Source::identity) are one text.
pub type Read<'r> = dyn FnMut(&Source, &str) -> Result<Source, String> + 'r;

/// A description with all that it imports.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The texts: the description, then what it imports.
    pub sources: Sources,
    /// The tree, with those of the imported texts in it.
    pub description: Description,
    /// What was found wrong in the texts and the imports.
    pub diagnostics: Diagnostics,
    /// The parts of the texts that could not be read and are missing in the tree.
    pub skipped: Vec<Span>,
    /// A whole text is missing.
    incomplete: bool,
}

impl Loaded {
    /// Checks the description.
    ///
    /// # Errors
    /// All that is wrong, the mistakes in the text and those in its meaning. Where the text has mistakes, what may only
    /// follow from them is left out.
    pub fn compile(&self) -> Result<Model, Diagnostics> {
        let mut meaning = Model::build(&self.description);
        if let Ok(model) = &mut meaning
            && model.protocol.is_none()
            && let Some(name) = self.sources.iter().next().and_then(|source| names::of_file(source.name()))
        {
            model.name = name;
        }
        if !self.diagnostics.has_errors() {
            return meaning;
        }
        let mut found = self.diagnostics.clone();
        if let Err(meaning) = meaning {
            found.append(beside::of_their_own(self, meaning));
        }
        Err(found)
    }
}

/// Reads a description and all that it imports, each text once.
///
/// Takes time proportional to the texts, reads at most [`LIMIT`] of them and [`Sources::LIMIT`] bytes, and never panics.
#[must_use]
pub fn load(description: Source, read: &mut Read<'_>) -> Loaded {
    let parsed = syntax::parse(&description);
    let known = HashSet::from([description.identity().to_owned()]);
    let mut loader = Loader {
        read,
        sources: Sources::new(description.clone()),
        known,
        open: Vec::new(),
        imports: 0,
        diagnostics: parsed.diagnostics,
        skipped: parsed.skipped,
        incomplete: false,
    };
    let mut tree = parsed.description;
    loader.imports_of(&mut tree, &description);
    Loaded {
        sources: loader.sources,
        description: tree,
        diagnostics: loader.diagnostics,
        skipped: loader.skipped,
        incomplete: loader.incomplete,
    }
}

struct Loader<'r, 'f> {
    read: &'r mut Read<'f>,
    sources: Sources,
    /// Identities of the texts so far.
    known: HashSet<String>,
    /// The imports that led here, each with the identity of its text: the description itself is not among them.
    open: Vec<(String, Span)>,
    imports: usize,
    diagnostics: Diagnostics,
    skipped: Vec<Span>,
    incomplete: bool,
}

impl Loader<'_, '_> {
    /// Puts what a tree imports into it.
    fn imports_of(&mut self, tree: &mut Description, source: &Source) {
        let root = self.sources.iter().next().map(|root| root.identity().to_owned()).unwrap_or_default();
        for definition in &mut tree.definitions {
            let Definition::Import(import) = definition else { continue };
            // An import that fails is reported here and counts as empty from then on.
            let empty = import.description.insert(Box::default());
            match self.text(source, &import.path, import.path_span, &root) {
                Ok(Some((text, base))) => {
                    let parsed = syntax::parse_at(&text, base);
                    let length = u32::try_from(text.text().len()).unwrap_or(u32::MAX);
                    import.places = Some(Span::new(base, base.saturating_add(length)));
                    self.diagnostics.append(parsed.diagnostics);
                    self.skipped.extend(parsed.skipped);
                    **empty = parsed.description;
                    self.open.push((text.identity().to_owned(), import.path_span));
                    self.imports_of(empty, &text);
                    self.open.pop();
                }
                Ok(None) => {}
                Err(found) => {
                    self.incomplete = true;
                    self.diagnostics.push(*found);
                }
            }
        }
    }

    /// The text of an import with its place among all texts; none if it is there already.
    fn text(
        &mut self,
        from: &Source,
        path: &str,
        span: Span,
        root: &str,
    ) -> Result<Option<(Source, u32)>, Box<Diagnostic>> {
        let too_many = |message: String| Box::new(Diagnostic::new(Code::TooManyImports, span, message));
        self.imports += 1;
        if self.imports > LIMIT || !syntax::is_path(path) {
            self.incomplete = true;
            let first = self.imports == LIMIT + 1;
            return if first {
                Err(too_many(format!("there are more than {LIMIT} imports")))
            } else {
                Ok(None)
            };
        }
        let text = (self.read)(from, path).map_err(|reason| {
            let message = format!("cannot import `{}`: {reason}", syntax::shortened(path));
            Box::new(Diagnostic::new(Code::ImportUnreadable, span, message))
        })?;
        let position = self.open.iter().position(|(open, _)| open == text.identity());
        if position.is_some() || text.identity() == root {
            let message = format!("`{}` imports itself", syntax::shortened(text.name()));
            let on_the_way = self.open.iter().skip(position.map_or(0, |position| position + 1));
            let found = Diagnostic::new(Code::ImportCycle, span, message);
            return Err(Box::new(
                on_the_way.fold(found, |found, (_, span)| found.secondary(*span, "on the way to it")),
            ));
        }
        if !self.known.insert(text.identity().to_owned()) {
            return Ok(None);
        }
        match self.sources.push(text.clone()) {
            Some(base) => Ok(Some((text, base))),
            None => Err(too_many(format!("there are more than {} bytes of text", Sources::LIMIT))),
        }
    }
}

/// Reads an imported text from the file that its path leads to from the folder of the importing text. What is not there
/// may be SPICE's own description ([`spice`]).
///
/// # Errors
/// Why the file cannot be read.
pub fn from_files(from: &Source, path: &str) -> Result<Source, String> {
    let folder = Path::new(from.name()).parent().unwrap_or(Path::new(""));
    let file = normal(&folder.join(path));
    match open(&file) {
        Ok(source) => Ok(source),
        Err(error) if error.kind() == io::ErrorKind::NotFound => spice(path).ok_or_else(|| {
            let built_in = if path == SPICE_PATH && SPICE.is_none() {
                "; the feature `spice` of spice-proto-derive brings SPICE's own"
            } else {
                ""
            };
            format!("there is no file {}{built_in}", file.display())
        }),
        Err(error) => Err(format!("{}: {error}", file.display())),
    }
}

/// SPICE's own description, under the path `spice.proto`.
///
/// It is that of the crate `spice-proto` of the same version. Without the feature `spice` there is none.
#[must_use]
pub fn spice(path: &str) -> Option<Source> {
    SPICE.filter(|_| path == SPICE_PATH).map(|text| Source::new(path, text))
}

const SPICE_PATH: &str = "spice.proto";

#[cfg(feature = "spice")]
const SPICE: Option<&str> = Some(include_str!("../spice.proto"));
#[cfg(not(feature = "spice"))]
const SPICE: Option<&str> = None;

/// Reads a text from a file, whatever path leads to it; of one that is too long as much as it takes to notice.
///
/// # Errors
/// As reading a file.
pub fn open(file: &Path) -> io::Result<Source> {
    let mut bytes = Vec::new();
    File::open(file)?.take(TEXT_LIMIT as u64 + 4).read_to_end(&mut bytes)?;
    if bytes.len() > TEXT_LIMIT
        && let Err(cut) = std::str::from_utf8(&bytes)
        && cut.error_len().is_none()
    {
        bytes.truncate(cut.valid_up_to());
    }
    let source = Source::new(file.display().to_string(), text(bytes)?);
    Ok(match file.canonicalize() {
        Ok(path) => source.with_identity(path.display().to_string()),
        Err(_) => source,
    })
}

/// The text of a file.
///
/// # Errors
/// Bytes that are not UTF-8, with the place of the first.
pub fn text(bytes: Vec<u8>) -> io::Result<String> {
    String::from_utf8(bytes).map_err(|error| {
        let (valid, rest) = error.as_bytes().split_at(error.utf8_error().valid_up_to());
        let lines = valid.split(|byte| *byte == b'\n').count();
        let byte = rest.first().copied().unwrap_or_default();
        let message = format!("the text is not UTF-8: line {lines} has the byte {byte:#04x}");
        io::Error::new(io::ErrorKind::InvalidData, message)
    })
}

/// The path without `.` and without `..` where that is possible, so that a file has one name.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match (part, normal.components().next_back()) {
            (Component::CurDir, _) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => _ = normal.pop(),
            (part, _) => normal.push(part),
        }
    }
    normal
}
