//! Kinds of pictures, pointer shapes, video and sound in messages, counted by name.

use std::collections::BTreeMap;

use spice_proto::ClientMessage;
use spice_proto::ServerMessage;
use spice_proto::cursor;
use spice_proto::cursor::CursorFlags;
use spice_proto::display;
use spice_proto::display::Brush;
use spice_proto::display::BrushBody;
use spice_proto::display::Image;
use spice_proto::display::ImageBody;
use spice_proto::display::QMask;
use spice_proto::playback;
use spice_proto::record;
use spice_proto::wire::Pointer;

use super::Message;

/// How often each kind occurs, by words as "image: lz_rgb", "cursor: alpha cache_me" or "video: mjpeg".
///
/// "image" is what is drawn; "brush" and "mask" are the images that say how. Uncompressed ones are named with their
/// format: "mask: bitmap 1bit_be".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// The counts.
    pub counts: BTreeMap<String, u64>,
}

type ImagePointer<'a> = Option<Pointer<'a, Image<'a>>>;

impl Contents {
    /// Adds what is in one message.
    pub fn add(&mut self, message: &Message<'_>) {
        match message {
            Message::Server(ServerMessage::Display(message)) => self.add_display(message),
            Message::Server(ServerMessage::Cursor(message)) => match message {
                cursor::ServerMessage::Init(init) => self.add_cursor(&init.cursor),
                cursor::ServerMessage::Set(set) => self.add_cursor(&set.cursor),
                _ => {}
            },
            Message::Server(ServerMessage::Playback(playback::ServerMessage::Mode(mode))) => {
                self.count("audio", mode.mode.name(), mode.mode.0.into());
            }
            Message::Client(ClientMessage::Record(record::ClientMessage::Mode(mode))) => {
                self.count("audio", mode.mode.name(), mode.mode.0.into());
            }
            _ => {}
        }
    }

    fn add_display(&mut self, message: &display::ServerMessage<'_>) {
        use display::ServerMessage as M;
        match message {
            M::DrawFill(draw) => {
                self.add_brush(&draw.data.brush);
                self.add_mask(&draw.data.mask);
            }
            M::DrawOpaque(draw) => {
                self.add_image(draw.data.src_bitmap);
                self.add_brush(&draw.data.brush);
                self.add_mask(&draw.data.mask);
            }
            M::DrawCopy(display::DrawCopy { data, .. }) | M::DrawBlend(display::DrawBlend { data, .. }) => {
                self.add_image(data.src_bitmap);
                self.add_mask(&data.mask);
            }
            M::DrawBlackness(display::DrawBlackness { data, .. })
            | M::DrawWhiteness(display::DrawWhiteness { data, .. })
            | M::DrawInvers(display::DrawInvers { data, .. }) => self.add_mask(&data.mask),
            M::DrawRop3(draw) => {
                self.add_image(draw.data.src_bitmap);
                self.add_brush(&draw.data.brush);
                self.add_mask(&draw.data.mask);
            }
            M::DrawStroke(draw) => self.add_brush(&draw.data.brush),
            M::DrawText(draw) => {
                self.add_brush(&draw.data.fore_brush);
                self.add_brush(&draw.data.back_brush);
            }
            M::DrawTransparent(draw) => self.add_image(draw.data.src_bitmap),
            M::DrawAlphaBlend(draw) => self.add_image(draw.data.src_bitmap),
            M::DrawComposite(draw) => {
                self.add_image(draw.data.src_bitmap);
                self.add_picture("mask", draw.data.mask_bitmap.flatten());
            }
            M::StreamCreate(stream) => {
                self.count("video", stream.codec_type.name(), stream.codec_type.0.into())
            }
            _ => {}
        }
    }

    fn add_brush(&mut self, brush: &Brush<'_>) {
        if let BrushBody::Pattern(pattern) = &brush.body {
            self.add_picture("brush", Some(pattern.pat));
        }
    }

    fn add_mask(&mut self, mask: &QMask<'_>) {
        self.add_picture("mask", mask.bitmap);
    }

    fn add_image(&mut self, image: ImagePointer<'_>) {
        self.add_picture("image", image);
    }

    fn add_picture(&mut self, what: &str, image: ImagePointer<'_>) {
        let Some(Image { descriptor, body }) = image.map(|image| image.get()) else { return };
        match body {
            ImageBody::Bitmap(bitmap) => {
                self.count(&format!("{what}: bitmap"), bitmap.format.name(), bitmap.format.0.into());
            }
            _ => self.count(what, descriptor.type_.name(), descriptor.type_.0.into()),
        }
    }

    fn add_cursor(&mut self, cursor: &cursor::Cursor<'_>) {
        let Some(header) = cursor.header else { return self.count("cursor", Some("none"), 0) };
        let number = u32::from(u8::from(header.type_));
        let kind = header.type_.name().map_or_else(|| number.to_string(), str::to_owned);
        let place = match cursor.flags {
            flags if flags.contains(CursorFlags::FROM_CACHE) => " from_cache",
            flags if flags.contains(CursorFlags::CACHE_ME) => " cache_me",
            _ => "",
        };
        self.count("cursor", Some(&format!("{kind}{place}")), number);
    }

    fn count(&mut self, what: &str, name: Option<&str>, number: u32) {
        let name = name.map_or_else(|| number.to_string(), str::to_lowercase);
        let colon = if what.contains(':') { "" } else { ":" };
        *self.counts.entry(format!("{what}{colon} {name}")).or_default() += 1;
    }
}
