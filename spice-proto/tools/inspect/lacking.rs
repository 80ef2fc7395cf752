//! What could be read but not shown: pictures and video in codecs for which there is no decoder.

use std::collections::BTreeMap;

use spice_proto::canvas;
use spice_proto::canvas::ErrorKind;
use spice_proto::common::VideoCodecType;
use spice_proto::display::ServerMessage;
use spice_proto::display::SurfaceFlags;
use spice_proto::image;

use crate::session::Applied;

/// What went wrong with a capture.
#[derive(Debug, Default)]
pub(crate) struct Complaints {
    /// What is damaged.
    pub(crate) damage: Vec<String>,
    /// What is whole, but cannot be shown.
    pub(crate) lacking: Vec<String>,
}

/// Counts what no decoder is there for, once for each connection and codec.
#[derive(Debug, Default)]
pub(crate) struct Lacking {
    /// By connection; number of the channel, what, why.
    counts: BTreeMap<(usize, u8, String, String), u64>,
    /// What the present picture of a display channel lacks.
    stale: BTreeMap<u8, BTreeMap<String, u64>>,
}

impl Lacking {
    /// Takes note of a message of a display channel; false if its error is told elsewhere.
    pub(crate) fn see(&mut self, applied: &Applied<'_>) -> bool {
        let Applied { connection, channel, .. } = *applied;
        if starts_anew(applied.message) {
            self.stale.remove(&channel);
        }
        if let Some(codec) = applied.undecoded {
            let what = format!("frames of {} video", codec_name(codec));
            self.add(connection, channel, what, video_reason(codec));
            return true;
        }
        match applied.error.as_ref().map(canvas::Error::kind) {
            Some(ErrorKind::Image(error)) => self.see_image(connection, channel, &error),
            _ => false,
        }
    }

    /// Takes note of an image that was not decoded; false if that is no want of a decoder.
    pub(crate) fn see_image(&mut self, connection: usize, channel: u8, error: &image::Error) -> bool {
        let image::Error::Unsupported { image_type, feature } = error else { return false };
        let kind = image_type.name().map_or_else(|| u8::from(*image_type).to_string(), str::to_lowercase);
        let why = format!("this spice-inspect was built without the feature \"{feature}\"");
        self.add(connection, channel, format!("images of {kind}"), why);
        true
    }

    fn add(&mut self, connection: usize, channel: u8, what: String, why: String) {
        *self.stale.entry(channel).or_default().entry(what.clone()).or_default() += 1;
        *self.counts.entry((connection, channel, what, why)).or_default() += 1;
    }

    /// What the picture of a display channel lacks now: "12 frames of vp8 video were not decoded".
    pub(crate) fn stale(&self, channel: u8) -> Option<String> {
        let lacks = self.stale.get(&channel)?.iter().map(|(what, count)| format!("{count} {what}"));
        Some(format!("stale: {} were not decoded", lacks.collect::<Vec<_>>().join(" and ")))
    }

    /// A line for each connection and codec.
    pub(crate) fn lines(&self) -> Vec<String> {
        let line = |((connection, channel, what, why), count): (&(usize, u8, String, String), &u64)| {
            format!(
                "connection {connection}, display:{channel}: {count} {what} were not decoded, pictures are stale there: {why}"
            )
        };
        self.counts.iter().map(line).collect()
    }
}

/// True for a message after which the screen has nothing of what it showed.
fn starts_anew(message: &ServerMessage<'_>) -> bool {
    match message {
        ServerMessage::SurfaceCreate(surface) => surface.flags.contains(SurfaceFlags::PRIMARY),
        ServerMessage::Mode(_) => true,
        _ => false,
    }
}

/// "vp8".
fn codec_name(codec: VideoCodecType) -> String {
    codec.name().map_or_else(|| format!("codec {}", codec.0), str::to_lowercase)
}

fn video_reason(codec: VideoCodecType) -> String {
    match codec {
        VideoCodecType::MJPEG => "this spice-inspect was built without the feature \"jpeg\"".to_owned(),
        _ => "there is no decoder".to_owned(),
    }
}
