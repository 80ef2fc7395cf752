//! Sets of capabilities that make no sense.

use core::fmt;

use super::{Capabilities, Origin};
use crate::ChannelType;
use crate::common::CommonCapability as Common;
use crate::display::DisplayCapability as Display;
use crate::inputs::InputsCapability as Inputs;
use crate::main::MainCapability as Main;

/// A capability that makes no sense where it is announced, and why.
///
/// Prints as `MULTI_CODEC: without the capability of a codec it asks for no video, and servers may close the display`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Senseless {
    /// The capability, as `spice.proto` names it.
    pub capability: &'static str,
    /// Why it makes no sense.
    pub reason: &'static str,
}

impl Capabilities {
    /// Looks whether a set says something that cannot be meant, in a link message of this end and for this channel
    /// ([`docs/spec/link.md` section 3](crate::spec::link#3-capabilities)): a capability that needs another, or that only the other end has. For what you
    /// announce yourself; no peer checks it, and sets of real peers pass.
    ///
    /// # Errors
    /// The first that makes no sense.
    ///
    /// ```
    /// use spice_proto::display::DisplayCapability;
    /// use spice_proto::link::{Capabilities, Origin};
    /// use spice_proto::{ChannelType, canvas};
    ///
    /// let mut capabilities = Capabilities::default();
    /// capabilities.channel = canvas::capabilities(&[]);
    /// capabilities.check_sense(Origin::Client, ChannelType::DISPLAY)?;
    /// capabilities.channel = [DisplayCapability::MULTI_CODEC].into();
    /// assert!(capabilities.check_sense(Origin::Client, ChannelType::DISPLAY).is_err());
    /// # Ok::<(), spice_proto::link::Senseless>(())
    /// ```
    pub fn check_sense(&self, origin: Origin, channel: ChannelType) -> Result<(), Senseless> {
        let common = |capability: Common| self.common.contains(capability);
        if common(Common::AUTH_SASL) && !common(Common::PROTOCOL_AUTH_SELECTION) {
            return Err(senseless("AUTH_SASL", "without PROTOCOL_AUTH_SELECTION nobody can choose it"));
        }
        match channel {
            ChannelType::MAIN => {
                let has = |capability: Main| self.channel.contains(capability);
                if has(Main::SEAMLESS_MIGRATE) && !has(Main::SEMI_SEAMLESS_MIGRATE) {
                    let reason =
                        "without SEMI_SEAMLESS_MIGRATE there is no way on when the destination refuses";
                    return Err(senseless("SEAMLESS_MIGRATE", reason));
                }
            }
            ChannelType::DISPLAY => return self.check_display(origin),
            ChannelType::INPUTS
                if origin == Origin::Client && self.channel.contains(Inputs::KEY_SCANCODE) =>
            {
                return Err(senseless("KEY_SCANCODE", "servers announce it: it says what they take"));
            }
            _ => {}
        }
        Ok(())
    }

    fn check_display(&self, origin: Origin) -> Result<(), Senseless> {
        let has = |capability: Display| self.channel.contains(capability);
        let others = match origin {
            Origin::Client => &OF_SERVERS[..],
            Origin::Server => &OF_CLIENTS[..],
        };
        if let Some((_, name)) = others.iter().find(|(capability, _)| has(*capability)) {
            return Err(senseless(name, "only the other end has it"));
        }
        let codec = CODECS.iter().find(|(codec, _)| has(*codec));
        match (has(Display::MULTI_CODEC), codec) {
            (true, None) if !has(Display::CODEC_MJPEG) => Err(senseless(
                "MULTI_CODEC",
                "without the capability of a codec it asks for no video, and servers may close the display",
            )),
            (false, Some((_, name))) => Err(senseless(name, "without MULTI_CODEC it is not looked at")),
            _ => Ok(()),
        }
    }
}

fn senseless(capability: &'static str, reason: &'static str) -> Senseless {
    Senseless { capability, reason }
}

impl fmt::Display for Senseless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.capability, self.reason)
    }
}

impl core::error::Error for Senseless {}

/// What servers take from clients.
const OF_SERVERS: [(Display, &str); 2] = [
    (Display::PREF_COMPRESSION, "PREF_COMPRESSION"),
    (Display::PREF_VIDEO_CODEC_TYPE, "PREF_VIDEO_CODEC_TYPE"),
];

/// What clients take from servers.
const OF_CLIENTS: [(Display, &str); 12] = [
    (Display::SIZED_STREAM, "SIZED_STREAM"),
    (Display::COMPOSITE, "COMPOSITE"),
    (Display::A8_SURFACE, "A8_SURFACE"),
    (Display::LZ4_COMPRESSION, "LZ4_COMPRESSION"),
    (Display::GL_SCANOUT, "GL_SCANOUT"),
    (Display::GL_SCANOUT2, "GL_SCANOUT2"),
    (Display::MULTI_CODEC, "MULTI_CODEC"),
    (Display::CODEC_MJPEG, "CODEC_MJPEG"),
    (Display::CODEC_VP8, "CODEC_VP8"),
    (Display::CODEC_H264, "CODEC_H264"),
    (Display::CODEC_VP9, "CODEC_VP9"),
    (Display::CODEC_H265, "CODEC_H265"),
];

/// Codecs that count only with MULTI_CODEC.
const CODECS: [(Display, &str); 4] = [
    (Display::CODEC_VP8, "CODEC_VP8"),
    (Display::CODEC_H264, "CODEC_H264"),
    (Display::CODEC_VP9, "CODEC_VP9"),
    (Display::CODEC_H265, "CODEC_H265"),
];
