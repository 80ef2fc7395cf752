//! Video: what changes like a film is sent as a stream of frames ([`docs/spec/messages.md`, "Streams"](crate::spec::messages#streams)).
//!
//! `watch` finds the places, `stream` is one that is open, `streams` are those of a client.
//!
//! # When a stream begins, what it shows, and when it ends
//!
//! * It begins when the same place of at least [`LEAST_SIDE`](watch) pixels a side has changed nearly whole a dozen times,
//!   with no pause of a quarter of a second: fewer are a window that was opened, or a page that was turned. After a stream
//!   that was short, twice as many are needed, up to eight times: so what comes and goes stays pictures.
//! * What is drawn over it is cut out of it (STREAM_CLIP), and sent as exact pixels: drawings, and, with
//!   [`StreamingVideo::Filter`], small changes that look like windows or text. When the film covers that place again in three
//!   frames that follow each other, it is a part of the stream again.
//! * It ends when for a second nothing that is a quarter of it has changed: films of few pictures go on, stopped ones become
//!   sharp soon. It ends, too, when less than half of it is to be seen, and with its surface. Then its place is sent as
//!   exact pixels.
//! * Its quality falls, then its rate, after two reports of late frames in a row; it rises after five good ones: a step
//!   that was wrong costs frames, one that waits costs little.

use alloc::vec::Vec;
use core::fmt;

use crate::common::VideoCodecType;
use crate::image::View;

mod stream;
mod streams;
mod watch;

pub(super) use streams::{Streams, Turn};

/// Which places may become streams, as servers of SPICE are set to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StreamingVideo {
    /// None: all pixels are exact.
    #[default]
    Off,
    /// Those that look like photographs.
    Filter,
    /// All that change often enough.
    All,
}

/// Codes the frames of streams in codecs that the crate does not know; yours. Each feed has its own, for codecs that
/// remember frames.
pub trait VideoEncoder: fmt::Debug + Send {
    /// What it can do, the best first. MJPEG by feature `jpeg` comes after these.
    fn codecs(&self) -> &[VideoCodecType];

    /// Appends a coded frame to `out`. False, and nothing in `out` that counts, when this picture gives none: if it is the
    /// first of a stream, the codec is given up, else the picture is left out.
    fn encode(&mut self, picture: &VideoPicture<'_>, out: &mut Vec<u8>) -> bool;

    /// A stream has ended. Its number may come back for another one.
    fn end(&mut self, stream_id: u32) {
        let _ = stream_id;
    }
}

/// A picture that is to be a frame.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct VideoPicture<'a> {
    /// Number of the stream.
    pub stream_id: u32,
    /// How it is to be coded.
    pub codec: VideoCodecType,
    /// When it is to be shown, in ms.
    pub multi_media_time: u32,
    /// From 1 to 100, as for JPEG.
    pub quality: u8,
    /// Its pixels; all pictures of a stream have the same size.
    pub view: View<'a>,
}
