//! Properties by name: what has to hold for any input at all.
//!
//! Each oracle is a function of bytes that panics, with the reason, when the property does not hold. Property tests
//! feed them with seeded and made-up data, fuzz targets with what they find, and `tests/regressions/<oracle>/` with
//! every input that ever failed.
//!
//! ```text
//! bytes ──► oracle: cuts off what chooses (channel, number, capabilities)
//!       ──► laws: parse ─► show ─► encode ─► parse again ─► cut
//! ```
//!
//! | oracle | bytes |
//! |---|---|
//! | [`server_message`], [`client_message`] | channel, number (2, little endian), body |
//! | [`generated_message`] | which list of messages, then random bytes to make one up from |
//! | [`agent_message`] | number, capabilities (bit 0 selection, bit 1 grab serial), body |
//! | [`stream_device`] | number (2, little endian), body |
//! | [`agent_stream`] | sender (bit 0), lengths of pieces (see there), pieces |
//! | [`frame_decoder`] | sender, head and transport (bits 0, 1, 2 to 3), channel, a length to cut by, stream |
//! | [`channel_end`] | role and head (bits 0, 1), channel, a length to cut by, stream |
//! | [`descriptors`] | options (see there), how much is written and read at once, steps |
//! | [`carried()`] | channel, steps (see there): what `inspect` lists inside of messages |
//! | [`capture_file`] | a capture, plain or compressed |
//! | [`agent_end`] | role and capabilities (see there), steps |
//! | [`structures`] | position in [`STRUCTURES`] from 1, or 0 for all of them; the structure |
//! | [`link_frames`] | which frame, its bytes |
//! | [`link_client`], [`link_server`] | options (see there), how it is cut, what the peer sends |
//! | [`security_layer`], [`digest_md5`] | options (see there), bytes or texts |
//! | [`description`] | text of a description |
//! | [`uri`], [`connection_file`] | the text |
//! | [`certificate`] | kind of what is expected, chain and authorities (see there), the text that is expected |
//! | [`subject`] | the text |
//! | [`tunnel`] | a length to cut by, what the proxy answers |
//! | [`canvas()`] | display messages: number, length (2 and 4, little endian), body |
//! | [`cursor()`] | of each message number above 100, length (2, little endian), body |
//! | [`server_session`] | options (see there), steps of a client and of a server's author |
//! | [`server_feed`] | a script of changes to a screen, and of what its clients do (see there) |
//! | [`pointer_feed`] | the same for the pointer |
//! | [`quic_decode`], [`lz_decode`], [`glz_window`], [`quic_identity`], [`lz_identity`], [`glz_identity`] | see [`image`] |
//! | [`bitmap()`], [`lz4_image`], [`lz4_identity`], [`zlib_glz()`], [`jpeg()`], [`jpeg_alpha()`] | see [`forms`] |
//! | [`image_door`] | a script, see [`door`] |
//! | [`qxl_commands`], [`qxl_recording`] | see [`qxl`] |
//! | [`qxl_rings`], [`qxl_ports`], [`qxl_state`] | see [`qxl_device`] |
//! | [`fuzz_kit`] | a seed, of any length |

mod agent;
mod agent_end;
mod agent_stream;
pub mod canvas;
mod capture;
mod carried;
mod certificate;
mod channel;
mod complete;
mod connect;
pub mod cursor;
mod cuts;
mod description;
mod descriptors;
pub mod door;
pub mod forms;
mod frame;
mod generated;
mod handshake;
pub mod image;
pub mod kit;
mod laws;
mod link;
mod message;
mod meter;
mod pointer_feed;
pub mod qxl;
pub mod qxl_device;
mod restless;
mod security_layer;
mod server_feed;
mod server_session;
mod structures;

pub use self::{
    agent::{agent_message, stream_device},
    agent_end::agent_end,
    agent_stream::agent_stream,
    canvas::canvas,
    capture::capture_file,
    carried::carried,
    certificate::{certificate, subject},
    channel::channel_end,
    connect::{connection_file, tunnel, uri},
    cursor::cursor,
    description::description,
    descriptors::descriptors,
    door::image_door,
    forms::{bitmap, jpeg, jpeg_alpha, lz4_identity, lz4_image, zlib_glz},
    frame::frame_decoder,
    generated::generated_message,
    handshake::{link_client, link_server},
    image::{glz_identity, glz_window, lz_decode, lz_identity, quic_decode, quic_identity},
    kit::fuzz_kit,
    link::link_frames,
    message::{client_message, server_message},
    pointer_feed::pointer_feed,
    qxl::{qxl_commands, qxl_recording},
    qxl_device::{qxl_ports, qxl_rings, qxl_state},
    security_layer::{QOPS, digest_md5, ends, security_layer},
    server_feed::server_feed,
    server_session::server_session,
    structures::{STRUCTURES, structures},
};

/// A property of any bytes. Panics where it does not hold.
pub type Oracle = fn(&[u8]);

/// All oracles, by the name that fuzz targets and folders of seeds and regressions have.
pub const ALL: &[(&str, Oracle)] = &[
    ("server_message", server_message),
    ("client_message", client_message),
    ("generated_message", generated_message),
    ("agent_message", agent_message),
    ("stream_device", stream_device),
    ("agent_stream", agent_stream),
    ("agent_end", agent_end),
    ("capture_file", capture_file),
    ("carried", carried),
    ("frame_decoder", frame_decoder),
    ("channel_end", channel_end),
    ("descriptors", descriptors),
    ("structures", structures),
    ("link_frames", link_frames),
    ("link_client", link_client),
    ("link_server", link_server),
    ("security_layer", security_layer),
    ("server_feed", server_feed),
    ("pointer_feed", pointer_feed),
    ("server_session", server_session),
    ("digest_md5", digest_md5),
    ("description", description),
    ("uri", uri),
    ("connection_file", connection_file),
    ("tunnel", tunnel),
    ("certificate", certificate),
    ("subject", subject),
    ("quic_decode", quic_decode),
    ("quic_identity", quic_identity),
    ("lz_decode", lz_decode),
    ("lz_identity", lz_identity),
    ("glz_window", glz_window),
    ("glz_identity", glz_identity),
    ("canvas", canvas),
    ("cursor", cursor),
    ("bitmap", bitmap),
    ("lz4_image", lz4_image),
    ("lz4_identity", lz4_identity),
    ("zlib_glz", zlib_glz),
    ("jpeg", jpeg),
    ("jpeg_alpha", jpeg_alpha),
    ("image_door", image_door),
    ("qxl_commands", qxl_commands),
    ("qxl_recording", qxl_recording),
    ("qxl_rings", qxl_rings),
    ("qxl_ports", qxl_ports),
    ("qxl_state", qxl_state),
    ("fuzz_kit", fuzz_kit),
];

/// Takes a little-endian number from the front; bytes that are not there count as zero.
fn take<const N: usize>(data: &mut &[u8]) -> u32 {
    let (front, rest) = data.split_at(N.min(data.len()));
    *data = rest;
    front.iter().rev().fold(0, |number, &byte| number << 8 | u32::from(byte))
}
