//! Takes a picture of a SPICE server's display: `spice-screenshot spice://127.0.0.1:5900 screen.png`.
//!
//! `spice-screenshot --help` lists the options and the exit codes.

mod args;
#[path = "../common/mod.rs"]
#[allow(dead_code, unreachable_pub, unused_imports, reason = "shared by the tools")]
pub(crate) mod common;
mod complaints;
mod follow;
mod keys;
mod line;
mod parts;
mod screen;
mod shared;
pub(crate) mod viewer;

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use clap::Parser;
use spice_proto::image::{Format, Pixmap};

use self::args::Args;
use self::common::credentials::Credentials;
use self::common::dial::Dialer;
use self::common::say;
use self::shared::Failure;
use self::viewer::Viewer;

/// What the exit status of a picture says that is a video, or partly.
const NOT_DECODED: u8 = 3;
/// That the session has moved to where it cannot be followed.
const MOVED: u8 = 4;

/// Between two strokes of keys: guests' keyboards have room for a few only.
const STROKE: Duration = Duration::from_millis(15);

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
            say::err(format_args!("spice-screenshot: {error}"));
            return ExitCode::from(2);
        }
    };
    let (dialer, hint) = (Arc::new(dialer), credentials.hint());
    let shot = match shoot(&dialer, credentials, &args) {
        Ok(shot) => shot,
        Err(failure) => {
            say::err(format_args!("spice-screenshot: {}: {failure}", dialer.shown()));
            if let (Failure::Open(_, denied), Some(hint)) = (&failure, hint)
                && denied.is_denied()
            {
                say::err(format_args!("spice-screenshot: {hint}"));
            }
            return match failure {
                Failure::Streaming(_) => NOT_DECODED.into(),
                Failure::Moved(..) => MOVED.into(),
                _ => ExitCode::FAILURE,
            };
        }
    };
    for (head, picture) in &shot.pictures {
        let path = head.map_or_else(|| args.picture.clone(), |head| of_head(&args.picture, head));
        if let Err(error) = write_png(picture, &path) {
            say::err(format_args!("spice-screenshot: {}: {error}", path.display()));
            return ExitCode::FAILURE;
        }
        say::out(format_args!("{}: {} x {} pixels", path.display(), picture.width(), picture.height()));
    }
    match shot.not_decoded {
        None => ExitCode::SUCCESS,
        Some(frames) => {
            say::err(format_args!("spice-screenshot: {frames}; the picture is older there"));
            NOT_DECODED.into()
        }
    }
}

/// The picture, and those of further heads with their numbers; and what is missing in them.
struct Shot {
    pictures: Vec<(Option<u32>, Pixmap)>,
    not_decoded: Option<String>,
}

/// The file of a further head: "OUT-head-1.png".
fn of_head(picture: &Path, head: u32) -> PathBuf {
    let mut name = picture.file_stem().unwrap_or_default().to_owned();
    name.push(format!("-head-{head}"));
    picture.with_file_name(name).with_extension(picture.extension().unwrap_or_default())
}

/// Connects, types, and takes the picture. What could not be used on the way is printed.
fn shoot(dialer: &Arc<Dialer>, credentials: Credentials, args: &Args) -> Result<Shot, Failure> {
    let viewer = Viewer::open(dialer.clone(), credentials, args.display)?;
    let shot = take(&viewer, args);
    let lines = viewer.screen().complaints.lines();
    lines.iter().for_each(|line| say::err(format_args!("spice-screenshot: left out: {line}")));
    shot
}

fn take(viewer: &Viewer, args: &Args) -> Result<Shot, Failure> {
    let (quiet, wait) = (Duration::from_millis(args.quiet), Duration::from_secs(args.wait));
    viewer.until_quiet(quiet, wait)?;
    if let Some(text) = &args.text {
        viewer.keyboard()?;
        for stroke in keys::strokes(&text.replace("\\n", "\n")) {
            viewer.send(stroke);
            thread::sleep(STROKE);
        }
        thread::sleep(quiet);
        viewer.until_quiet(quiet, wait)?;
    }
    let not_decoded = viewer.screen().not_decoded();
    let mut pictures = vec![(None, viewer.picture()?)];
    pictures.extend(viewer.screen().other_heads().into_iter().map(|(head, picture)| (Some(head), picture)));
    Ok(Shot { pictures, not_decoded })
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
