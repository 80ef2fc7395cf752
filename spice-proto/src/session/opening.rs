//! What a client says first on each channel.

use super::ClientSession;
use crate::common::{Empty, MouseMode};
use crate::display;
use crate::main::ClientMessage;
use crate::wire::Limits;
use crate::{ChannelType, main};

/// Bytes of guest video memory for GLZ pictures that the reference client declares at least and at most.
const GLZ_BYTES: core::ops::RangeInclusive<u32> = 12 << 20..=64 << 20;

/// Bytes of a pixel.
const PIXEL: u32 = 4;

/// Pixels of a GLZ window beyond which servers refuse INIT, or end (`docs/spec/lz-glz.md`).
const MOST_GLZ_PIXELS: u32 = 1 << 25;

impl ClientSession {
    /// What a client says on the main channel when INIT has come there: ATTACH_CHANNELS, which CHANNELS_LIST answers,
    /// and a request for the mouse mode that it wants, if that is possible and not in force. Nothing before INIT.
    ///
    /// At the destination of a migration INIT comes too, and nothing is said there: the channels are linked already.
    ///
    /// ```
    /// use spice_proto::common::MouseMode;
    /// use spice_proto::session::ClientSession;
    ///
    /// assert_eq!(ClientSession::new().opening(MouseMode::CLIENT).count(), 0, "INIT has not come");
    /// ```
    pub fn opening(&self, mouse: MouseMode) -> impl Iterator<Item = main::ClientMessage<'static>> + use<> {
        let attach = self.id().map(|_| ClientMessage::AttachChannels(Empty));
        let request = attach.and_then(|_| self.mouse().request(mouse));
        attach.into_iter().chain(request)
    }

    /// What a client says on a channel before anything else: INIT on a display
    /// ([`display_init`](Self::display_init)), nothing on the others. A display whose client says nothing stays silent.
    #[must_use]
    pub fn first_message(
        &self,
        channel: ChannelType,
        limits: &Limits,
    ) -> Option<crate::ClientMessage<'static>> {
        let init = || display::ClientMessage::Init(self.display_init(limits));
        (channel == ChannelType::DISPLAY).then(|| crate::ClientMessage::Display(init()))
    }

    /// The sizes of a display's caches, as the reference client declares them for this guest: a GLZ window of half its
    /// video memory, which INIT tells, between 12 and 64 MiB (`docs/spec/lz-glz.md`); at most what the limits allow.
    #[must_use]
    pub fn display_init(&self, limits: &Limits) -> display::Init {
        let bytes = (self.ram_hint() / 2).clamp(*GLZ_BYTES.start(), *GLZ_BYTES.end());
        let glz_window_pixels = limits.glz_window_pixels.min(bytes / PIXEL);
        display::Init::from(&Limits { glz_window_pixels, ..limits.clone() })
    }
}

/// Declares caches as large as the limits: [`Limits::pixmap_cache_pixels`] and [`Limits::glz_window_pixels`], which
/// decoders of these limits hold. All displays of a session share them, under number 1.
impl From<&Limits> for display::Init {
    fn from(limits: &Limits) -> Self {
        let window = limits.glz_window_pixels.min(MOST_GLZ_PIXELS);
        Self {
            pixmap_cache_id: 1,
            pixmap_cache_size: limits.pixmap_cache_pixels.into(),
            glz_dictionary_id: 1,
            glz_dictionary_window_size: window.cast_signed(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_display_is_told_no_more_than_the_limits_hold() {
        let session = ClientSession::new();
        let mut limits = Limits::default();
        assert_eq!(session.display_init(&limits).glz_dictionary_window_size, 3 << 20);
        limits.glz_window_pixels = 1000;
        limits.pixmap_cache_pixels = 2000;
        let init = session.display_init(&limits);
        assert_eq!((init.glz_dictionary_window_size, init.pixmap_cache_size), (1000, 2000));
        limits.glz_window_pixels = u32::MAX;
        assert_eq!(display::Init::from(&limits).glz_dictionary_window_size, 1 << 25);
        assert!(session.first_message(ChannelType::INPUTS, &limits).is_none());
    }
}
