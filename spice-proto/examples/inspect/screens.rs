//! `--screen OUT.png` and `--frames DIR`: the screens of a capture, drawn.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use spice_proto::Limits;
use spice_proto::Origin;
use spice_proto::canvas::Canvas;
use spice_proto::canvas::Shown;
use spice_proto::image::Pixmap;

use crate::args::Args;
use crate::args::Every;
use crate::png_file;
use crate::png_file::in_path;
use crate::progress;
use crate::session::Applied;
use crate::session::Finished;
use crate::session::Screens;
use crate::session::Stuck;
use crate::view::View;

/// Draws the display channels of a capture and writes what is asked for; gives what went wrong.
pub(crate) fn write(
    args: &Args,
    capture: &Path,
    views: &[View<'_>],
    out: &mut impl Write,
) -> io::Result<Vec<String>> {
    let mut screens = Screens::new(Limits::default());
    for view in views {
        if let Some(spice) = &view.spice {
            let order = |end| spice.mark(Origin::Server, end).map_or(u64::MAX, |mark| mark.packet);
            screens.add(view.connection.index, view.connection.server, &spice.session, order);
        }
    }
    let mut problems = Vec::new();
    let mut frames = args.frames.as_ref().map(|folder| Frames::new(args, &args.folder_of(folder, capture)));
    let mut failed = None;
    let bar = progress::Bar::hidden();
    let finished = screens.draw(
        |applied| {
            if let Some(error) = &applied.error {
                let Applied { connection, offset, .. } = applied;
                problems.push(format!("connection {connection}, byte {offset} of the stream: {error}"));
            }
            if let (Some(frames), None) = (&mut frames, &failed) {
                failed = frames.see(applied, views).err();
            }
        },
        |done, total| bar.show(done, total),
    );
    bar.finish();
    if let Some(error) = failed {
        return Err(error);
    }
    let Finished { sessions, stuck } = finished;
    problems.extend(stuck.iter().map(|Stuck { connection, offset, missing }| {
        format!("connection {connection}, byte {offset}: waits for {missing:?}, which never comes")
    }));
    if let Some(file) = &args.screen {
        let folder = args.folder_of(file.parent().unwrap_or(Path::new("")), capture);
        // The last session that has a channel of this number: earlier ones are over.
        let canvases: BTreeMap<u8, &Canvas> =
            sessions.iter().flatten().map(|(channel, canvas)| (*channel, canvas)).collect();
        for (channel, canvas) in canvases {
            let screens = screens_of(canvas);
            let mut save_as = |part: Part<'_>, surface: u32, pixels: &Pixmap| {
                let path = folder.join(file_name(file, channel, part));
                save(&path, pixels)?;
                let (width, height, format) = (pixels.width(), pixels.height(), pixels.format());
                writeln!(
                    out,
                    "{}: display:{channel} surface {surface}, {width}x{height} {format:?}",
                    path.display()
                )
            };
            for (part, shown, pixels) in &screens {
                save_as(*part, shown.surface_id, pixels)?;
            }
            if args.all_surfaces {
                // One that is a screen as a whole is there already.
                let is_whole = |id: u32, surface: &Pixmap| {
                    let shows = |shown: &Shown| shown.surface_id == id;
                    let same_size = |pixels: &Pixmap| {
                        (pixels.width(), pixels.height()) == (surface.width(), surface.height())
                    };
                    screens.iter().any(|(_, shown, pixels)| shows(shown) && same_size(pixels))
                };
                for (id, pixels) in canvas.surfaces().filter(|(id, pixels)| !is_whole(*id, pixels)) {
                    save_as(Some(("surface", id)), id, pixels)?;
                }
            }
        }
    }
    Ok(problems)
}

/// What a picture has in its name besides the channel: a word and a number.
type Part<'a> = Option<(&'a str, u32)>;

/// What the windows of a client show, the first one without a name of its own: its heads (`head`, number).
fn screens_of(canvas: &Canvas) -> Vec<(Part<'static>, Shown, Pixmap)> {
    let named = canvas.shown().into_iter().enumerate().map(|(index, shown)| {
        let part = (index > 0).then_some(("head", shown.head));
        Some((part, shown, canvas.picture(&shown)?))
    });
    named.flatten().collect()
}

/// "OUT.png", "OUT-1.png", "OUT-1-head-1.png", "OUT-1-surface-5.png".
fn file_name(file: &Path, channel: u8, part: Part<'_>) -> String {
    let mut name = file.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    if channel != 0 {
        name += &format!("-{channel}");
    }
    if let Some((what, number)) = part {
        name += &format!("-{what}-{number}");
    }
    name + ".png"
}

fn save(path: &Path, pixels: &Pixmap) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(|error| in_path(folder, &error))?;
    }
    png_file::write(path, &pixels.as_view()).map_err(|error| in_path(path, &error))
}

/// Pictures on the way.
struct Frames {
    folder: PathBuf,
    every: Every,
    /// Pictures written.
    written: u64,
    /// By channel.
    since: BTreeMap<u8, Since>,
}

/// Since the last picture of a channel.
#[derive(Default)]
struct Since {
    messages: u64,
    time: Option<Duration>,
}

impl Frames {
    fn new(args: &Args, folder: &Path) -> Self {
        Frames { folder: folder.to_path_buf(), every: args.every, written: 0, since: BTreeMap::new() }
    }

    /// Writes a picture if it is time for one.
    fn see(&mut self, applied: &Applied<'_>, views: &[View<'_>]) -> io::Result<()> {
        let canvas = applied.canvas;
        if canvas.primary().is_none() {
            return Ok(());
        }
        let since = self.since.entry(applied.channel).or_default();
        since.messages += 1;
        let due = match self.every {
            Every::Messages(count) => since.messages >= count,
            Every::Time(step) => {
                let view = views.iter().find(|view| view.connection.index == applied.connection);
                let spice = view.and_then(|view| view.spice.as_ref());
                let now = spice.and_then(|spice| spice.mark(Origin::Server, applied.end)?.time);
                match (now, since.time) {
                    (Some(now), Some(last)) if now < last + step => false,
                    (Some(now), _) => {
                        since.time = Some(now);
                        true
                    }
                    (None, _) => false,
                }
            }
        };
        if !due {
            return Ok(());
        }
        since.messages = 0;
        self.written += 1;
        let file = format!("{:06}-display-{}.png", self.written, applied.channel);
        for (part, _, pixels) in screens_of(canvas) {
            save(&self.folder.join(file_name(Path::new(&file), 0, part)), &pixels)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_channel_and_surface() {
        let file = Path::new("a/b.png");
        assert_eq!(file_name(file, 0, None), "b.png");
        assert_eq!(file_name(file, 2, None), "b-2.png");
        assert_eq!(file_name(file, 0, Some(("surface", 7))), "b-surface-7.png");
        assert_eq!(file_name(file, 2, Some(("head", 1))), "b-2-head-1.png");
    }
}
