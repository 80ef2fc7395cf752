//! `--images DIR`: every image of a capture as a PNG file, and what the codecs did.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use spice_proto::Limits;
use spice_proto::Origin;
use spice_proto::display::Image;
use spice_proto::display::ImageBody;
use spice_proto::image::Error;

use crate::filter::Filter;
use crate::lacking::Complaints;
use crate::lacking::Lacking;
use crate::png_file;
use crate::png_file::in_path;
use crate::progress;
use crate::session::Pictures;
use crate::session::Seen;
use crate::session::Shown;
use crate::session::Stuck;
use crate::shapes;
use crate::shapes::Drawn;
use crate::view::View;

/// Writes the images of the connections into `folder` and prints a line for each codec; gives what went wrong.
pub(crate) fn write(
    folder: &Path,
    filter: Filter<'_>,
    views: &[View<'_>],
    out: &mut impl Write,
) -> io::Result<Complaints> {
    fs::create_dir_all(folder).map_err(|error| in_path(folder, &error))?;
    let mut pictures = Pictures::new(Limits::default());
    for view in views {
        if let Some(spice) = &view.spice {
            let order = |end| spice.mark(Origin::Server, end).map_or(u64::MAX, |mark| mark.packet);
            pictures.add(view.connection.index, view.connection.server, &spice.session, order);
        }
    }
    let mut codecs = BTreeMap::<String, Codec>::new();
    let mut complaints = Complaints::default();
    let mut lacking = Lacking::default();
    let mut failed = None;
    let mut save = |name: String, view: &spice_proto::image::View<'_>| {
        let path = folder.join(name);
        if failed.is_none() {
            failed = png_file::write(&path, view, None).map_err(|error| in_path(&path, &error)).err();
        }
    };
    let bar = progress::Bar::hidden();
    let stuck = pictures.decode(
        |shown| {
            let view = views.iter().find(|view| view.connection.index == shown.connection);
            let spice = view.and_then(|view| view.spice.as_ref());
            if !filter.time(spice.and_then(|spice| spice.mark(Origin::Server, shown.end))) {
                return;
            }
            let codec = codecs.entry(codec_name(shown.image)).or_default();
            if let Err(error) = codec.add(shown) {
                let Shown { connection, offset, .. } = shown;
                let channel = spice.map_or(0, |spice| spice.session.link.channel_id);
                if !lacking.see_image(*connection, channel, error) {
                    complaints.damage.push(format!(
                        "connection {connection}, byte {offset} of the stream: {error} of the image"
                    ));
                }
            }
            if let Ok(Seen::Pixels(view)) = &shown.seen {
                save(file_name(shown, view), view);
            }
        },
        |done, total| bar.show(done, total),
    );
    bar.finish();
    for (connection, spice) in
        views.iter().filter_map(|view| Some((view.connection.index, view.spice.as_ref()?)))
    {
        for Drawn { kind, offset, len, pixels, time } in shapes::all(spice, filter) {
            let codec = codecs.entry(format!("cursor {kind}")).or_default();
            let view = pixels.as_ref().map(|pixels| pixels.as_view());
            codec.count(len, time, view.as_ref().ok());
            match view {
                Ok(view) => {
                    let (width, height) = (view.width(), view.height());
                    save(
                        format!("conn{connection:02}-{offset:010}-0-cursor-{kind}-{width}x{height}.png"),
                        &view,
                    );
                }
                Err(error) => {
                    codec.failed += 1;
                    complaints
                        .damage
                        .push(format!("connection {connection}, byte {offset} of the stream: {error}"));
                }
            }
        }
    }
    if let Some(error) = failed {
        return Err(error);
    }
    print(&codecs, out)?;
    complaints.damage.extend(stuck.iter().map(|Stuck { connection, offset, missing }| {
        format!("connection {connection}, byte {offset}: waits for {missing:?}, which never comes")
    }));
    complaints.lacking = lacking.lines();
    Ok(complaints)
}

/// What one codec did.
#[derive(Default)]
struct Codec {
    images: u64,
    waited: u64,
    failed: u64,
    coded_bytes: u64,
    raw_bytes: u64,
    pixels: u64,
    time: Duration,
}

impl Codec {
    fn add<'s>(&mut self, shown: &'s Shown<'_>) -> Result<(), &'s Error> {
        self.waited += u64::from(shown.waits > 0);
        let (len, time) = (coded_len(shown.image), shown.time);
        match &shown.seen {
            Ok(Seen::Pixels(view)) => self.count(len, time, Some(view)),
            Ok(Seen::Surface(_)) => self.count(len, time, None),
            Err(error) => {
                self.count(len, time, None);
                self.failed += 1;
                return Err(error);
            }
        }
        Ok(())
    }

    fn count(&mut self, len: u64, time: Duration, view: Option<&spice_proto::image::View<'_>>) {
        self.images += 1;
        self.coded_bytes += len;
        self.time += time;
        if let Some(view) = view {
            self.raw_bytes += view.row_len_bytes() as u64 * u64::from(view.height());
            self.pixels += u64::from(view.width()) * u64::from(view.height());
        }
    }
}

/// One line a codec: how many images, their size, how much smaller than pixels, how fast.
fn print(codecs: &BTreeMap<String, Codec>, out: &mut impl Write) -> io::Result<()> {
    let header = ["codec", "images", "bytes", "pixels", "ratio", "decode ms", "MB/s"];
    let [codec, images, bytes, pixels, ratio, time, speed] = header;
    writeln!(out, "{codec:20} {images:>7} {bytes:>11} {pixels:>11} {ratio:>7} {time:>10} {speed:>7}")?;
    for (name, codec) in codecs {
        let Codec { images, coded_bytes, raw_bytes, pixels, time, .. } = codec;
        let ratio = if *coded_bytes == 0 { 0.0 } else { *raw_bytes as f64 / *coded_bytes as f64 };
        let seconds = time.as_secs_f64();
        let speed = if seconds == 0.0 { 0.0 } else { *raw_bytes as f64 / seconds / 1e6 };
        let time = seconds * 1e3;
        write!(out, "{name:20} {images:7} {coded_bytes:11} {pixels:11} {ratio:7.2} {time:10.2} {speed:7.0}")?;
        match (codec.waited, codec.failed) {
            (0, 0) => writeln!(out)?,
            (waited, failed) => writeln!(out, "  {waited} waited, {failed} failed")?,
        }
    }
    Ok(())
}

/// "quic", "bitmap 32bit".
fn codec_name(image: &Image<'_>) -> String {
    let kind = image.descriptor.type_;
    let kind = kind.name().map_or_else(|| format!("type {}", u8::from(kind)), str::to_lowercase);
    match &image.body {
        ImageBody::Bitmap(bitmap) => {
            let number = || u8::from(bitmap.format).to_string();
            format!("{kind} {}", bitmap.format.name().map_or_else(number, str::to_lowercase))
        }
        _ => kind,
    }
}

/// Bytes of the coded pixels, without descriptor and palette.
fn coded_len(image: &Image<'_>) -> u64 {
    let data = match &image.body {
        ImageBody::Bitmap(bitmap) => bitmap.data,
        ImageBody::Quic(data) | ImageBody::LzRgb(data) | ImageBody::Jpeg(data) | ImageBody::Lz4(data) => {
            data.data
        }
        ImageBody::LzPlt(plt) => plt.data,
        ImageBody::ZlibGlz(zlib) => zlib.data,
        ImageBody::JpegAlpha(jpeg) => jpeg.data,
        ImageBody::Surface(_) | ImageBody::Absent => &[],
    };
    data.len() as u64
}

/// Connection, place of the message in the server's stream, image of the message, its use, codec, size.
fn file_name(shown: &Shown<'_>, view: &spice_proto::image::View<'_>) -> String {
    let Shown { connection, offset, index, role, image, .. } = shown;
    let codec = codec_name(image).replace(' ', "_");
    let (role, width, height) = (role.name(), view.width(), view.height());
    format!("conn{connection:02}-{offset:010}-{index}-{role}-{codec}-{width}x{height}.png")
}
