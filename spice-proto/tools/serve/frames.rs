//! Pictures one after the other: of a folder, or of one file. After the last comes the first.

use std::fs::{self, File};
use std::io::{self, BufRead, ErrorKind, Read, Seek};
use std::path::{Path, PathBuf};
use std::time::Duration;

use spice_proto::image::Pixmap;
use spice_proto::server::Screen;

use super::picture;
use super::source::{Source, put};

/// The PNG and JPEG files of a folder, in the order of their names.
pub(crate) struct Folder {
    files: Vec<PathBuf>,
    next: usize,
    period: Duration,
}

impl Folder {
    pub(crate) fn open(path: &Path, period: Duration) -> io::Result<Self> {
        let mut files = Vec::new();
        for entry in fs::read_dir(path)? {
            let file = entry?.path();
            let ending = file.extension().map(|ending| ending.to_ascii_lowercase());
            if ending.is_some_and(|ending| ["png", "jpg", "jpeg"].iter().any(|known| ending == *known)) {
                files.push(file);
            }
        }
        files.sort();
        match files.is_empty() {
            true => Err(io::Error::new(ErrorKind::NotFound, "no PNG or JPEG files in this folder")),
            false => Ok(Self { files, next: 0, period }),
        }
    }
}

impl Source for Folder {
    fn show(&mut self, screen: &mut Screen) -> io::Result<()> {
        let file = &self.files[self.next];
        self.next = (self.next + 1) % self.files.len();
        let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", file.display()));
        let picture = fs::read(file).and_then(|bytes| picture::decode(&bytes)).map_err(named)?;
        put(screen, &picture.as_view())
    }

    fn period(&self) -> Option<Duration> {
        Some(self.period)
    }
}

/// A file of pictures with nothing between them, such as MJPEG.
pub(crate) struct FileOfFrames<R> {
    file: R,
    period: Duration,
}

/// Bytes of a frame at most.
const MOST: usize = 64 << 20;

impl<R: BufRead + Seek> FileOfFrames<R> {
    pub(crate) fn new(file: R, period: Duration) -> Self {
        Self { file, period }
    }

    /// The picture of a file that has just one; else it is at its start again.
    pub(crate) fn only(&mut self) -> io::Result<Option<Pixmap>> {
        let first = self.next()?.ok_or(ErrorKind::UnexpectedEof)?;
        let only = self.file.fill_buf()?.is_empty();
        self.file.rewind()?;
        let picture = picture::decode(&first)?;
        Ok(Some(picture).filter(|_| only))
    }

    /// The bytes of the next picture; `None` at the end of the file.
    fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut frame = Vec::new();
        if self.file.fill_buf()?.is_empty() {
            return Ok(None);
        }
        self.take(&mut frame, 2)?;
        if frame == picture::JPEG {
            self.rest_of_jpeg(&mut frame)?;
        } else {
            self.take(&mut frame, picture::PNG.len() - 2)?;
            if frame != picture::PNG {
                return Err(io::Error::new(ErrorKind::InvalidData, "a frame is neither PNG nor JPEG"));
            }
            self.rest_of_png(&mut frame)?;
        }
        Ok(Some(frame))
    }

    /// Segments, and the coded data behind SOS, as far as EOI.
    fn rest_of_jpeg(&mut self, frame: &mut Vec<u8>) -> io::Result<()> {
        loop {
            // Whatever is no marker is data.
            let room = (MOST - frame.len().min(MOST)) as u64;
            (&mut self.file).take(room).read_until(0xff, frame)?;
            let mut marker = self.take(frame, 1)?[0];
            while marker == 0xff {
                marker = self.take(frame, 1)?[0];
            }
            match marker {
                0xd9 => return Ok(()),
                // A byte 0xff of the data, and markers without a length.
                0x00 | 0x01 | 0xd0..=0xd8 => {}
                _ => {
                    let len = self.take(frame, 2)?;
                    let len = usize::from(u16::from_be_bytes([len[0], len[1]]));
                    self.take(frame, len.saturating_sub(2))?;
                }
            }
        }
    }

    /// Chunks as far as IEND.
    fn rest_of_png(&mut self, frame: &mut Vec<u8>) -> io::Result<()> {
        loop {
            let head = self.take(frame, 8)?;
            let (len, ends) =
                (u32::from_be_bytes([head[0], head[1], head[2], head[3]]), &head[4..] == b"IEND");
            self.take(frame, (len as usize).saturating_add(4 /* check sum */))?;
            if ends {
                return Ok(());
            }
        }
    }

    /// Takes so many more bytes into the frame, and returns them.
    fn take<'f>(&mut self, frame: &'f mut Vec<u8>, count: usize) -> io::Result<&'f [u8]> {
        let at = frame.len();
        if count > MOST - at.min(MOST) {
            return Err(io::Error::new(ErrorKind::InvalidData, format!("a frame of more than {MOST} bytes")));
        }
        (&mut self.file).take(count as u64).read_to_end(frame)?;
        match frame.len() - at == count {
            true => Ok(&frame[at..]),
            false => Err(io::Error::new(ErrorKind::UnexpectedEof, "the last frame is cut off")),
        }
    }
}

impl Source for FileOfFrames<io::BufReader<File>> {
    fn show(&mut self, screen: &mut Screen) -> io::Result<()> {
        let frame = match self.next()? {
            Some(frame) => frame,
            None => {
                self.file.rewind()?;
                self.next()?.ok_or(ErrorKind::UnexpectedEof)?
            }
        };
        put(screen, &picture::decode(&frame)?.as_view())
    }

    fn period(&self) -> Option<Duration> {
        Some(self.period)
    }
}
