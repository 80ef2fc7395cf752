//! Builds the C output of both descriptions for the target `c_output`: `check.c` of the tests, once for each.

use std::path::{Path, PathBuf};

use spice_proto_derive::backend::Backend as _;
use spice_proto_derive::backend::c::CBackend;
use spice_proto_derive::{compile, source::Source};

#[path = "../tests/src/outputs/c_targets.rs"]
mod c_targets;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    check("spice", &root.join("spice.proto"), &root)?;
    check("everything", &root.join("tests/outputs/everything.proto"), &root)
}

fn check(name: &str, description: &Path, root: &Path) -> Result<(), Failure> {
    let check = root.join("tests/tests/outputs/c/check.c");
    let folder = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("no OUT_DIR")?).join(name);
    std::fs::create_dir_all(&folder)?;
    let source = Source::new(description.display().to_string(), std::fs::read_to_string(description)?);
    let model = compile(&source).map_err(|found| found.display(&source).to_string())?;
    let mut c = CBackend::default();
    c.set_prefix("wire")?;
    for file in c.generate(&model) {
        std::fs::write(folder.join(file.path), file.text)?;
    }
    std::fs::write(folder.join("targets.h"), c_targets::targets(&model))?;
    let mut build = cc::Build::new();
    // So that libFuzzer sees the ways through C, too. What is undefined ends the program.
    if build.get_compiler().is_like_clang() || std::env::var_os("CC").is_none() {
        build.compiler("clang").flag("-fsanitize-coverage=inline-8bit-counters,pc-table");
    }
    build
        .file(&check)
        .include(&folder)
        .define("CHECK_LINE", format!("check_{name}").as_str())
        .std("c99")
        .opt_level(1)
        .flag("-fsanitize=undefined")
        .flag("-fsanitize-undefined-trap-on-error")
        .try_compile(&format!("check_{name}"))?;
    println!("cargo::rerun-if-changed={}", check.display());
    println!("cargo::rerun-if-changed={}", description.display());
    Ok(())
}
