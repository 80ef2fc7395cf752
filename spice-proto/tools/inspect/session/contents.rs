//! Kinds of pictures, pointer shapes, video and sound in messages, counted by name.

use std::collections::BTreeMap;

use spice_proto::ClientMessage;
use spice_proto::ServerMessage;
use spice_proto::cursor;
use spice_proto::cursor::CursorFlags;
use spice_proto::display;
use spice_proto::display::Image;
use spice_proto::display::ImageBody;
use spice_proto::playback;
use spice_proto::record;

use super::Message;
use super::images::drawing;

/// How often each kind occurs, by words as "image: lz_rgb", "cursor: alpha cache_me" or "video: mjpeg".
///
/// "image" is what is drawn; "brush" and "mask" are the images that say how. Uncompressed ones are named with their
/// format: "mask: bitmap 1bit_be".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// The counts.
    pub counts: BTreeMap<String, u64>,
}

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
        if let display::ServerMessage::StreamCreate(stream) = message {
            self.count("video", stream.codec_type.name(), stream.codec_type.0.into());
        }
        for (role, image) in drawing(message).into_iter().flat_map(|(_, images)| images) {
            self.add_picture(role.name(), &image);
        }
    }

    fn add_picture(&mut self, what: &str, Image { descriptor, body }: &Image<'_>) {
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
