//! A part of a recording.

use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;

use spice_proto::Limits;
use spice_proto::qxl::recording::Writer;

use super::{Failure, complain, file, png_file};

/// Writes the events of a range of numbers.
pub(crate) fn cut(path: &Path, range: RangeInclusive<u32>, out: &Path) -> Result<(), Failure> {
    let mut writer = Writer::new(&Limits::default());
    let mut bytes = Vec::new();
    let read = file::events(path, |event| {
        if range.contains(&event.counter())
            && let Err(error) = writer.event(event, &mut bytes)
        {
            complain(&format!("event {}: {error}", event.counter()));
            return Err(Failure::Recording);
        }
        Ok(event.counter() < *range.end())
    });
    if bytes.is_empty() {
        read?;
        return Err(Failure::Missing(format!("there are no events {} to {}", range.start(), range.end())));
    }
    fs::write(out, bytes).map_err(|error| Failure::File(png_file::in_path(out, &error)))?;
    read
}
