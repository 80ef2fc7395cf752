//! `--screen OUT.png` and `--frames DIR`: the screens of a capture, drawn.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::io::Write;
use std::path::Path;

use spice_proto::Limits;
use spice_proto::Origin;
use spice_proto::canvas::Canvas;
use spice_proto::canvas::Shown;
use spice_proto::image::Pixmap;

use crate::args::Args;
use crate::filter::Filter;
use crate::frames::Frames;
use crate::lacking::Complaints;
use crate::lacking::Lacking;
use crate::png_file;
use crate::png_file::in_path;
use crate::progress;
use crate::session::Applied;
use crate::session::Finished;
use crate::session::Pointer;
use crate::session::Pointers;
use crate::session::Screens;
use crate::session::Stuck;
use crate::view::Spice;
use crate::view::View;

/// Draws the display channels of a capture and writes what is asked for; gives what went wrong.
///
/// `others` are connections that were not asked for; the pointer may be on one of them.
pub(crate) fn write(
    args: &Args,
    filter: Filter<'_>,
    capture: &Path,
    views: &[View<'_>],
    others: &[View<'_>],
    out: &mut impl Write,
) -> io::Result<Complaints> {
    let mut screens = Screens::new(Limits::default());
    let mut pointers = args.pointer.then(|| Pointers::new(Limits::default()));
    for view in views {
        if let Some(spice) = &view.spice {
            screens.add(view.connection.index, view.connection.server, &spice.session, |end| {
                order(spice, Origin::Server, end)
            });
        }
    }
    for spice in views.iter().chain(others).filter_map(|view| view.spice.as_ref()) {
        if let Some(pointers) = &mut pointers {
            pointers.add(&spice.session, |origin, end| {
                let mark = spice.mark(origin, end);
                let inside = !filter.is_after(mark.and_then(|mark| mark.time));
                inside.then(|| mark.map_or(u64::MAX, |mark| mark.packet))
            });
        }
    }
    let spice_of = |connection| {
        let view = views.iter().find(|view| view.connection.index == connection);
        view.and_then(|view| view.spice.as_ref())
    };
    let time = |connection, end| spice_of(connection).and_then(|spice| spice.mark(Origin::Server, end)?.time);
    let mut complaints = Complaints::default();
    let mut lacking = Lacking::default();
    // The session of the channel that was drawn last, by number of the channel.
    let mut sessions_of = BTreeMap::new();
    let mut frames =
        args.frames.as_ref().map(|folder| Frames::new(&args.folder_of(folder, capture), args.every));
    let mut failed = frames.as_ref().and_then(|frames| frames.make_folder().err());
    let bar = progress::Bar::hidden();
    let finished = screens.draw_while(
        |connection, end| !filter.is_after(time(connection, end)),
        |applied| {
            let Applied { connection, offset, end, channel, .. } = *applied;
            let told = lacking.see(applied);
            if let (Some(error), false) = (&applied.error, told) {
                complaints
                    .damage
                    .push(format!("connection {connection}, byte {offset} of the stream: {error}"));
            }
            let spice = spice_of(connection);
            let session = spice.map_or(0, |spice| spice.session.link.connection_id);
            sessions_of.insert(channel, session);
            let (Some(frames), None) = (&mut frames, &failed) else { return };
            let mark = spice.and_then(|spice| spice.mark(Origin::Server, end));
            if applied.canvas.primary().is_none() || !filter.time(mark) {
                return;
            }
            let stale = lacking.stale(channel);
            if let Some(path) = frames.due(channel, mark.and_then(|mark| mark.time), stale.is_some()) {
                let pointer = pointers.as_mut().and_then(|pointers| {
                    pointers.advance(mark.map_or(u64::MAX, |mark| mark.packet));
                    pointers.pointer(session, channel)
                });
                for (part, shown, pixels) in screens_of(applied.canvas) {
                    let path = path.with_file_name(file_name(&path, 0, part));
                    let on = On { stale: stale.as_deref(), pointer: pointer.as_ref(), shown: Some(&shown) };
                    failed = failed.take().or(save(&path, &pixels, on).err());
                }
            }
        },
        |done, total| bar.show(done, total),
    );
    bar.finish();
    if let Some(error) = failed {
        return Err(error);
    }
    let Finished { sessions, stuck } = finished;
    complaints.damage.extend(stuck.iter().map(|Stuck { connection, offset, missing }| {
        format!("connection {connection}, byte {offset}: waits for {missing:?}, which never comes")
    }));
    let no_frame = frames.as_ref().is_some_and(Frames::is_empty);
    let mut no_screen = args.screen.is_some();
    if let Some(file) = &args.screen {
        let folder = args.folder_of(file.parent().unwrap_or(Path::new("")), capture);
        if let Some(pointers) = &mut pointers {
            pointers.advance(u64::MAX);
        }
        // The last session that has a channel of this number: earlier ones are over.
        let canvases: BTreeMap<u8, &Canvas> =
            sessions.iter().flatten().map(|(channel, canvas)| (*channel, canvas)).collect();
        for (channel, canvas) in canvases {
            let screens = screens_of(canvas);
            let session = sessions_of.get(&channel).copied().unwrap_or_default();
            let pointer = pointers.as_ref().and_then(|pointers| pointers.pointer(session, channel));
            let mut save_as = |part: Part<'_>, surface: u32, pixels: &Pixmap, on: On<'_>| {
                let path = folder.join(file_name(file, channel, part));
                save(&path, pixels, on)?;
                no_screen = false;
                let (width, height, format) = (pixels.width(), pixels.height(), pixels.format());
                let stale = on.stale.map(|stale| format!(", {stale}")).unwrap_or_default();
                writeln!(
                    out,
                    "{}: display:{channel} surface {surface}, {width}x{height} {format:?}{stale}",
                    path.display()
                )
            };
            let stale = lacking.stale(channel);
            for (part, shown, pixels) in &screens {
                let on = On { stale: stale.as_deref(), pointer: pointer.as_ref(), shown: Some(shown) };
                save_as(*part, shown.surface_id, pixels, on)?;
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
                    save_as(Some(("surface", id)), id, pixels, On::default())?;
                }
            }
        }
    }
    complaints.lacking = lacking.lines();
    for (_, option) in [(no_screen, "--screen"), (no_frame, "--frames")].iter().filter(|(none, _)| *none) {
        complaints
            .lacking
            .push(format!("{option}: there is no picture: no display channel that was asked for shows one"));
    }
    Ok(complaints)
}

/// The number of the packet that brought the byte before `end`.
fn order(spice: &Spice<'_>, origin: Origin, end: u64) -> u64 {
    spice.mark(origin, end).map_or(u64::MAX, |mark| mark.packet)
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

/// What goes with the pixels of a picture.
#[derive(Clone, Copy, Default)]
struct On<'a> {
    /// Why it is not what it was.
    stale: Option<&'a str>,
    /// The pointer over the surface.
    pointer: Option<&'a Pointer>,
    /// Which part of the surface it is; None for all.
    shown: Option<&'a Shown>,
}

fn save(path: &Path, pixels: &Pixmap, on: On<'_>) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(|error| in_path(folder, &error))?;
    }
    let (left, top) = on.shown.map_or((0, 0), |shown| (shown.area.left.into(), shown.area.top.into()));
    let with_pointer = on.pointer.map(|pointer| pointer.moved_by(-left, -top).over(pixels));
    let view = with_pointer.as_ref().unwrap_or(pixels).as_view();
    png_file::write(path, &view, on.stale).map_err(|error| in_path(path, &error))
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
