//! How much of a peer's wishes are granted.

/// Limits on what a peer may make us hold or do ([`docs/spec/robustness.md` section 10](crate::spec::robustness#10-limits)).
///
/// The defaults accept everything that real peers send. A limit is checked before the resource is used; the
/// [`Error`](super::Error) then says what was wanted and what is allowed.
///
/// ```
/// use spice_proto::Limits;
///
/// let mut limits = Limits::default();
/// limits.body_display = 16 << 20;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a link message. Default 64 KiB; [`server`](Self::server) 4096.
    pub link_message: u32,
    /// Capability words of each kind in a link message. Default 1024.
    pub capability_words: u32,
    /// Bytes of one SASL data block. Default 1 MiB.
    pub sasl_data: u32,
    /// Bytes of the list of SASL mechanisms. Default 4096.
    pub sasl_mechanisms: u32,
    /// Bytes of a message body on the main channel. Default 1 MiB (a server's bandwidth test is a ping of 256,012
    /// bytes); [`server`](Self::server) 32 KiB.
    pub body_main: u32,
    /// Bytes of a message body on display channels. Default 256 MiB; [`server`](Self::server) 1 MiB, for migration
    /// data.
    pub body_display: u32,
    /// Bytes of a message body on cursor channels. Default 8 MiB; [`server`](Self::server) 1 KiB.
    pub body_cursor: u32,
    /// Bytes of a message body on the inputs channel. Default 8 MiB; [`server`](Self::server) 2 KiB.
    pub body_inputs: u32,
    /// Bytes of a message body on playback and record channels. Default 64 MiB; [`server`](Self::server) 64 KiB.
    pub body_audio: u32,
    /// Bytes of a message body on every other channel. Default 64 MiB.
    pub body_other: u32,
    /// File descriptors that have come beside a stream and that no message has taken. Default 256; one message of Linux
    /// carries 253 at most.
    pub descriptors: u32,
    /// Bytes of one agent message put together. Default 128 MiB; [`server`](Self::server) 8 KiB.
    pub agent_message: u32,
    /// Bytes of one COMPRESSED_DATA message of a usbredir, port or webdav channel after decompression. Default 16 MiB.
    pub uncompressed_data: u32,
    /// Pixels of one picture. A stream of a hundred bytes can hold any number of them, so this alone bounds memory
    /// and time of decoding. Default 2^26; GLZ has 2^25 of its own.
    pub image_pixels: u32,
    /// Pixels of a side of a picture. Work space grows with the length of a row. Default 2^20.
    pub image_side: u32,
    /// Pixels of a window of GLZ pictures. Default 2^24; [`server`](Self::server) 2^25, the protocol's bound.
    /// A decoder holds up to four times as many, 4 bytes each: a server may refer to more than it was told.
    pub glz_window_pixels: u32,
    /// Pixels of the cache of decoded pictures, as declared in DISPLAY_INIT. Default 20,971,520: what the reference
    /// client declares. The cache holds twice as many, 4 bytes each, since servers count in their own way.
    pub pixmap_cache_pixels: u32,
    /// Palettes that a display channel remembers. Default 256; the C server counts on 128.
    pub palette_cache: u32,
    /// Surfaces of a canvas. Default 1024, the reference server's bound.
    pub surfaces: u32,
    /// Pixels of all surfaces of a canvas. Default 2^27.
    pub surface_pixels: u32,
    /// Pixels of a side of a pointer shape. Default 1024.
    pub cursor_side: u32,
    /// Shapes in the cursor cache; the oldest leaves when there are more. Default 256, the reference server's number.
    pub cursor_cache: u32,
    /// Bytes of decoded pixels in the cursor cache. Default 16 MiB.
    pub cursor_cache_bytes: u32,
    /// Bytes of guest memory that one QXL command takes, all that it leads to included; of data that a recording holds
    /// compressed. Default 256 MiB.
    pub qxl_object_bytes: u32,
    /// Links that are followed in each list of chunks of a QXL command. Default 65,536: 256 MiB in pages of 4 KiB.
    pub qxl_chunk_links: u32,
}

impl Limits {
    /// What a server takes from clients.
    #[must_use]
    pub fn server() -> Self {
        Self {
            link_message: 4096,
            body_main: 32 << 10,
            body_display: 1 << 20,
            body_cursor: 1 << 10,
            body_inputs: 2 << 10,
            body_audio: 64 << 10,
            agent_message: 8 << 10,
            glz_window_pixels: 1 << 25,
            ..Self::default()
        }
    }
}

impl Default for Limits {
    /// What a client or a tool takes from servers.
    fn default() -> Self {
        Self {
            link_message: 64 << 10,
            capability_words: 1024,
            sasl_data: 1 << 20,
            sasl_mechanisms: 4096,
            body_main: 1 << 20,
            body_display: 256 << 20,
            body_cursor: 8 << 20,
            body_inputs: 8 << 20,
            body_audio: 64 << 20,
            body_other: 64 << 20,
            descriptors: 256,
            agent_message: 128 << 20,
            uncompressed_data: 16 << 20,
            image_pixels: 1 << 26,
            image_side: 1 << 20,
            glz_window_pixels: 1 << 24,
            pixmap_cache_pixels: 20_971_520,
            palette_cache: 256,
            surfaces: 1024,
            surface_pixels: 1 << 27,
            cursor_side: 1024,
            cursor_cache: 256,
            cursor_cache_bytes: 16 << 20,
            qxl_object_bytes: 256 << 20,
            qxl_chunk_links: 65_536,
        }
    }
}
