//! Generates the messages from `spice.proto`, with links to the specification and with what `src/proto/docs` says about them.

use std::path::Path;
use std::{env, fs, io};

use spice_proto_derive::Config;
use spice_proto_derive::backend::rust::{Emit, RustBackend};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut backend =
        RustBackend::new("crate::wire").serde(if_enabled("SERDE")).arbitrary(if_enabled("ARBITRARY"));
    for page in SPECIFICATION {
        backend =
            backend.link(format!("docs/spec/{page}.md"), format!("crate::spec::{}", page.replace('-', "_")));
    }
    for (item, text) in documents(Path::new(DOCUMENTS))? {
        backend = backend.document(item, text);
    }
    println!("cargo::rerun-if-changed={DOCUMENTS}");
    Config::new().file("spice.proto").backend(backend).generate()?;
    Ok(())
}

/// The texts about items: `display.md` is for the module, `display.DrawCopy.md` for the structure.
fn documents(folder: &Path) -> io::Result<Vec<(String, String)>> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if let Some(item) = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".md")) {
            texts.push((item.to_owned(), fs::read_to_string(&path)?));
        }
    }
    texts.sort();
    Ok(texts)
}

/// What belongs to a feature is left out without it, rather than put under a condition: the compiler would have to read
/// it all the same.
fn if_enabled(feature: &str) -> Emit {
    match env::var_os(format!("CARGO_FEATURE_{feature}")) {
        Some(_) => Emit::Always,
        None => Emit::Never,
    }
}

const DOCUMENTS: &str = "src/proto/docs";

/// The pages that `spice.proto` refers to.
const SPECIFICATION: [&str; 10] =
    ["agent", "canvas", "connect", "language", "link", "lz-glz", "messages", "quic", "qxl", "robustness"];
