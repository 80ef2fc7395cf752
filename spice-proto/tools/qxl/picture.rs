//! A surface as a picture.

use std::path::Path;

use spice_proto::Limits;
use spice_proto::image::Pixmap;
use spice_proto::qxl::render::Renderer;

use super::show::MOST_SURFACES;
use super::{Failure, file, png_file};

/// Executes a recording up to an event and writes a surface.
pub(crate) fn picture(path: &Path, out: &Path, last: Option<u32>, surface: u32) -> Result<(), Failure> {
    let mut renderer = Renderer::new(&Limits::default(), MOST_SURFACES);
    let mut found = false;
    let mut before: Option<Pixmap> = None;
    let read = file::events(path, |event| {
        // Its end comes by a message to the worker, which also is what ends most recordings.
        if !matches!(event.body(), spice_proto::qxl::recording::EventBody::Command(_))
            && let Some(pixels) = renderer.canvas().surface(surface)
        {
            before = Some(pixels.clone());
        }
        // A command that is refused changes nothing; `check` lists them.
        let _ = event.play(&mut renderer);
        found |= last == Some(event.counter());
        Ok(!found)
    });
    if let Some(last) = last.filter(|_| !found) {
        read?;
        return Err(Failure::Missing(format!("there is no event {last}")));
    }
    let pixels = renderer.canvas().surface(surface).or(before.as_ref().filter(|_| last.is_none()));
    let missing = || Failure::Missing(format!("there is no surface {surface}"));
    let view = pixels.ok_or_else(missing)?.as_view();
    png_file::write(out, &view, None).map_err(|error| Failure::File(png_file::in_path(out, &error)))?;
    read
}
