//! Which source of pictures the arguments name.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::time::Duration;

use super::args::Args;
use super::frames::{FileOfFrames, Folder};
use super::picture::{self, Card, Still};
use super::raw::Raw;
use super::source::Source;

/// What the arguments name: each kind of file is known by its first bytes, a raw one by `--size`.
pub(crate) fn source(args: &Args) -> io::Result<Box<dyn Source>> {
    let Some(path) = &args.picture else { return Ok(Box::new(Card::new(args.demo))) };
    let period = Duration::from_secs_f64(1.0 / f64::from(args.rate));
    let opened: io::Result<Box<dyn Source>> = if let Some(size) = args.size {
        Raw::open(path, size, args.format.into(), args.stride).map(|raw| Box::new(raw) as _)
    } else if path.is_dir() {
        Folder::open(path, period).map(|folder| Box::new(folder) as _)
    } else {
        open_pictures(path, period, args.demo)
    };
    opened.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

fn open_pictures(path: &Path, period: Duration, demo: bool) -> io::Result<Box<dyn Source>> {
    let mut first = Vec::new();
    File::open(path)?.take(picture::PNG.len() as u64).read_to_end(&mut first)?;
    if !first.starts_with(picture::PNG) && !first.starts_with(picture::JPEG) {
        return Err(io::Error::other("neither PNG nor JPEG; for raw pixels say --size"));
    }
    let mut frames = FileOfFrames::new(BufReader::new(File::open(path)?), period);
    let only = frames.only()?;
    Ok(match only {
        Some(picture) => Box::new(Still::new(picture, demo)),
        None => Box::new(frames),
    })
}
