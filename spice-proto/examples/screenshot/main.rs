//! Takes a picture of a SPICE server's display: `screenshot spice://127.0.0.1:5900 screen.png`.
//!
//! `screenshot --help` lists the options and the exit codes.

mod args;
#[path = "../common/mod.rs"]
#[allow(dead_code, unreachable_pub, unused_imports, reason = "shared by the examples")]
pub(crate) mod common;
mod keys;
mod screen;
pub(crate) mod viewer;

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use clap::Parser;
use spice_proto::image::{Format, Pixmap};

use self::args::Args;
use self::common::client::Credentials;
use self::common::dial::Dialer;
use self::viewer::{Failure, Viewer};

fn main() -> ExitCode {
    run(std::env::args_os())
}

/// The program with these arguments, its own name first.
pub(crate) fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args = match Args::try_parse_from(args) {
        Ok(args) => args,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let (dialer, credentials) = match args.target() {
        Ok(target) => target,
        Err(error) => {
            eprintln!("screenshot: {error}");
            return ExitCode::from(2);
        }
    };
    let picture = match shoot(&dialer, &credentials, &args) {
        Ok(picture) => picture,
        Err(error) => {
            eprintln!("screenshot: {}: {error}", dialer.uri);
            return ExitCode::FAILURE;
        }
    };
    match write_png(&picture, &args.picture) {
        Ok(()) => {
            println!("{}: {} x {} pixels", args.picture.display(), picture.width(), picture.height());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("screenshot: {}: {error}", args.picture.display());
            ExitCode::FAILURE
        }
    }
}

/// Connects, types, and takes the picture.
fn shoot(dialer: &Dialer, credentials: &Credentials, args: &Args) -> Result<Pixmap, Failure> {
    let viewer = Viewer::open(dialer, credentials, args.display)?;
    let (quiet, wait) = (Duration::from_millis(args.quiet), Duration::from_secs(args.wait));
    viewer.until_quiet(quiet, wait)?;
    if let Some(text) = &args.text {
        keys::strokes(&text.replace("\\n", "\n")).into_iter().for_each(|stroke| viewer.send(stroke));
        thread::sleep(quiet);
        viewer.until_quiet(quiet, wait)?;
    }
    viewer.screen().errors.iter().for_each(|error| eprintln!("screenshot: left out: {error}"));
    viewer.picture()
}

/// Writes the colours of a picture, without alpha.
fn write_png(picture: &Pixmap, path: &Path) -> io::Result<()> {
    let picture = picture.convert(Format::Rgb888);
    // Blue comes first in SPICE, red in PNG.
    let rgb: Vec<u8> =
        picture.data().chunks_exact(3).flat_map(|pixel| [pixel[2], pixel[1], pixel[0]]).collect();
    let mut encoder =
        png::Encoder::new(BufWriter::new(File::create(path)?), picture.width(), picture.height());
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&rgb)?;
    Ok(writer.finish()?)
}
