//! Makes the package of the viewer: `cargo run --manifest-path pack/Cargo.toml`, and with `-- --serve PORT` shows it to browsers here.
//!
//! cargo builds the engine, `wasm-bindgen-cli-support` its JavaScript, `tsc` (of `target/node`, or in the path) the rest.

mod serve;

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

use base64::Engine;
use flate2::Compression;
use flate2::write::GzEncoder;
use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        [] => make().map(drop),
        ["--serve", port] => make().and_then(|package| serve::serve(&package, port)),
        _ => Err("wanted: nothing, or --serve PORT".into()),
    };
    done.map_or_else(
        |error| {
            eprintln!("spice-browser-pack: {error}");
            ExitCode::FAILURE
        },
        |()| ExitCode::SUCCESS,
    )
}

/// Makes `target/package`.
fn make() -> Result<PathBuf, Box<dyn Error>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (web, root) = (here.join("../web"), here.join("../../../.."));
    let target = here.join("../target");
    let (build, package) = (target.join("build"), target.join("package"));
    for folder in [&build, &package] {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir_all(folder)?;
    }
    let cargo = env::var_os("CARGO").unwrap_or("cargo".into());
    let engine = ["--profile", "wasm", "--target", "wasm32-unknown-unknown", "-p", "spice-browser", "--lib"];
    let mut command = Command::new(cargo);
    command.current_dir(here).args(["build", "--quiet", "--target-dir"]).arg(&target).args(engine);
    run(&mut command)?;
    let built = target.join("wasm32-unknown-unknown/wasm/spice_browser.wasm");
    Bindgen::new()
        .input_path(built)
        .out_name("engine")
        .web(true)?
        .typescript(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .omit_default_module_path(false)
        .generate(&build)?;
    let wasm = fs::read(build.join("engine_bg.wasm"))?;
    for file in fs::read_dir(&web)? {
        let file = file?;
        fs::copy(file.path(), build.join(file.file_name()))?;
    }
    let tsc = root.join("target/node/node_modules/.bin/tsc");
    run(Command::new(if tsc.exists() { tsc } else { "tsc".into() }).arg("-p").arg(&build))?;
    for file in
        ["engine.js", "engine.d.ts", "engine_bg.wasm", "wasm.d.ts", "package.json", "demo.html", "demo.css"]
    {
        fs::copy(build.join(file), package.join(file))?;
    }
    fs::copy(here.join("../README.md"), package.join("README.md"))?;
    let text = base64::engine::general_purpose::STANDARD.encode(&wasm);
    fs::write(package.join("wasm.js"), format!("export default \"{text}\";\n"))?;
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&wasm)?;
    println!("engine: {} bytes, {} by gzip", wasm.len(), packed.finish()?.len());
    println!("{}", package.display());
    Ok(package)
}

fn run(command: &mut Command) -> Result<(), Box<dyn Error>> {
    let status = command.status().map_err(|error| format!("{}: {error}", command.get_program().display()))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{}: {status}", command.get_program().display()).into())
    }
}
