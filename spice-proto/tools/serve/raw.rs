//! A frame buffer that others write: a file, or shared memory under its name in `/dev/shm`.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Duration;

use spice_proto::image::{Format, View};
use spice_proto::server::Screen;

use super::args::Size;
use super::source::{Source, put};

/// A file of pixels, looked at again and again.
pub(crate) struct Raw {
    file: File,
    size: Size,
    format: Format,
    stride: usize,
    pixels: Vec<u8>,
}

/// How often the file is looked at.
const PERIOD: Duration = Duration::from_millis(20);

impl Raw {
    /// Opens a file of pixels, `stride` bytes from row to row; without one, rows have no gaps.
    pub(crate) fn open(path: &Path, size: Size, format: Format, stride: Option<u32>) -> io::Result<Self> {
        let Size { width, height } = size;
        let row = format.row_len_bytes(width);
        let stride = stride.map_or(row, u64::from);
        if stride < row {
            let least = format!("a row of {width} pixels has {row} bytes, more than the stride of {stride}");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, least));
        }
        // The last row needs no gap.
        let needed = stride * u64::from(height - 1) + row;
        let file = File::open(path)?;
        let len = file.metadata()?.len();
        // Devices say nothing of their length.
        if file.metadata()?.is_file() && len < needed {
            return Err(io::Error::other(format!("{len} bytes, and {width}x{height} pixels need {needed}")));
        }
        Ok(Self { file, size, format, stride: stride as usize, pixels: vec![0; needed as usize] })
    }
}

impl Source for Raw {
    fn show(&mut self, screen: &mut Screen) -> io::Result<()> {
        let Self { file, size, format, stride, pixels } = self;
        match file.read_exact_at(pixels, 0) {
            Ok(()) => {}
            // Cut off by whoever writes it: what was shown stays.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error),
        }
        let view = View::new(*format, size.width, size.height, pixels, *stride, true);
        put(screen, &view.ok_or_else(|| io::Error::other("too few bytes"))?)
    }

    fn period(&self) -> Option<Duration> {
        Some(PERIOD)
    }
}
