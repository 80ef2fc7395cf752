//! What a client that draws on a canvas announces.

use crate::common::VideoCodecType;
use crate::display::DisplayCapability;
use crate::wire::CapabilitySet;

/// What a client of the display channel announces whose drawing is done by a [`Canvas`](super::Canvas): what this build
/// draws and decodes, and the codecs of the caller's [`VideoDecoder`](super::VideoDecoder).
///
/// | capability | when |
/// |---|---|
/// | MONITORS_CONFIG, COMPOSITE, A8_SURFACE | always |
/// | LZ4_COMPRESSION | with the feature `lz4` |
/// | SIZED_STREAM | when any codec is decoded: MJPEG with the feature `jpeg`, or one of `codecs` |
/// | MULTI_CODEC and the codecs' own | when `codecs` has others than MJPEG |
///
/// MULTI_CODEC says that the bits of the codecs count; servers send MJPEG to clients without it, whatever they can. There
/// is no way to say "no video": MULTI_CODEC without a codec means it, but spice-server 0.16.0 then closes the display as
/// soon as its picture is a GL scanout. MULTI_CODEC with MJPEG alone asks for nothing that the set without does not, and
/// ends that server's process ([`docs/spec/link.md` section 3](crate::spec::link#3-capabilities)). So neither is announced. Frames that nobody decodes can be
/// seen in [`Canvas::streams`](super::Canvas::streams).
///
/// What a client answers, such as STREAM_REPORT, and GL scanouts are not the canvas's: add them if you do them.
///
/// ```
/// use spice_proto::canvas;
/// use spice_proto::common::VideoCodecType;
/// use spice_proto::display::DisplayCapability;
///
/// let own = canvas::capabilities(&[]);
/// assert!(own.contains(DisplayCapability::COMPOSITE) && !own.contains(DisplayCapability::MULTI_CODEC));
/// let more = canvas::capabilities(&[VideoCodecType::VP8]);
/// assert!(more.contains(DisplayCapability::MULTI_CODEC) && more.contains(DisplayCapability::CODEC_VP8));
/// ```
#[must_use]
pub fn capabilities(codecs: &[VideoCodecType]) -> CapabilitySet {
    let mut set = CapabilitySet::from([
        DisplayCapability::MONITORS_CONFIG,
        DisplayCapability::COMPOSITE,
        DisplayCapability::A8_SURFACE,
    ]);
    if cfg!(feature = "lz4") {
        set = set.with(DisplayCapability::LZ4_COMPRESSION);
    }
    let mjpeg = cfg!(feature = "jpeg") || codecs.contains(&VideoCodecType::MJPEG);
    let others: CapabilitySet = codecs.iter().filter_map(|codec| capability(*codec)).collect();
    if mjpeg || !others.is_empty() {
        set = set.with(DisplayCapability::SIZED_STREAM);
    }
    if !others.is_empty() {
        set = set.with(DisplayCapability::MULTI_CODEC).union(others);
        if mjpeg {
            set = set.with(DisplayCapability::CODEC_MJPEG);
        }
    }
    set
}

/// The bit of a codec besides MJPEG.
fn capability(codec: VideoCodecType) -> Option<DisplayCapability> {
    Some(match codec {
        VideoCodecType::VP8 => DisplayCapability::CODEC_VP8,
        VideoCodecType::H264 => DisplayCapability::CODEC_H264,
        VideoCodecType::VP9 => DisplayCapability::CODEC_VP9,
        VideoCodecType::H265 => DisplayCapability::CODEC_H265,
        _ => return None,
    })
}
