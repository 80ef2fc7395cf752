//! The SPICE remote-display protocol of QEMU/KVM, spice-server, spice-gtk, spice-html5, Xspice and virt-viewer, as a
//! pure codec: bytes go in, messages come out, and back. Nothing here opens a socket or a file, or asks for the time.
//!
//! # Start here
//!
//! | I want to write | start with | and then |
//! |---|---|---|
//! | a client | [a client in forty lines](guide::first_client) | [`drive`] over your stream, [`session`], [`canvas`] |
//! | a server | [a server in eighty lines](guide::first_server) | [`drive`], [`channel::ServerEnd`], [`image::Encoder`] |
//! | a tool for captures | [look into a capture](guide::captures) | [`frame::Decoder`], `ServerMessage::parse` |
//! | a fuzzer, or tests | [fuzzing](guide::fuzzing), [`mod@fuzz`] | messages that are right, and ones that break one rule; [`wire::arbitrary`], `wire::strategy` |
//! | a script that looks and types | [automation](guide::automation) | [`inputs`], [`canvas::Canvas`] |
//! | a protocol of my own | [own protocols](guide::own_protocols) | the generator, `spice-proto-derive` |
//!
//! [What SPICE is](guide::what_is_spice) comes first for those who do not know it; [`guide`] has all chapters.
//!
//! # The modules
//!
//! ```text
//! bytes ─► link ─► frame ─► message ─► image ─► canvas ─► pixels
//!                           └► channel end ─► session, agent
//! ```
//!
//! | module | what it does |
//! |---|---|
//! | [`link`] | the handshake of a connection, both sides: capabilities, tickets, SASL |
//! | [`frame`] | cuts a stream of bytes into messages, and puts them together |
//! | [`main`], [`display`], [`inputs`], [`cursor`], [`playback`], [`record`], [`smartcard`], [`usbredir`], [`port`], [`webdav`] | the messages of a channel; [`common`] and [`spicevmc`] have what they share |
//! | [`channel`] | one end of a channel: typed messages in and out, acknowledgements and pings by themselves |
//! | [`session`] | what the main channel says: channels, mouse modes, clock, migration |
//! | [`agent`] | the agent in the guest: clipboard, files, monitors |
//! | [`image`] | pixels out of every form of image, and back |
//! | [`canvas`] | draws what display messages say; the pointer; video streams |
//! | [`server`] | a screen, what each client is told of it, one client's session as a server leads it |
//! | [`drive`] | handshakes, channels and whole sessions over streams of std and tokio |
//! | [`connect`] | URIs, connection files and HTTP proxies: how to get to a server |
//! | [`certificate`] | whether a server's certificate is to be trusted |
//! | [`qxl`] | the QXL device: what lies in its memory |
//! | [`mod@fuzz`] | what fuzzers of peers need |
//! | [`stream_device`], [`tunnel`] | structures of the stream device, and of a channel that nobody uses any more |
//! | [`wire`] | what messages are made of: lists, pointers, errors, limits |
//! | [`guide`], [`spec`] | chapters for people, and the specification |
//!
//! # Messages
//!
//! The messages are generated from one description, `spice.proto`: one module per channel, each with `ServerMessage` and
//! `ClientMessage`. One type per structure serves both ways: parsing borrows from the bytes, and the same type, filled by
//! hand, encodes.
//!
//! ```
//! use spice_proto::display::{ServerMessage, SurfaceCreate, SurfaceFlags, SurfaceFmt};
//! use spice_proto::Encode;
//!
//! let create = ServerMessage::SurfaceCreate(SurfaceCreate {
//!     surface_id: 0,
//!     width: 640,
//!     height: 480,
//!     format: SurfaceFmt::FMT_32_XRGB,
//!     flags: SurfaceFlags::PRIMARY,
//! });
//! let body = create.encode_to_vec()?;
//! assert_eq!(ServerMessage::parse(create.kind(), &body)?, create);
//!
//! // A newer peer's message is kept, not lost.
//! let unknown = ServerMessage::parse(999, b"news")?;
//! assert_eq!(unknown, ServerMessage::Unknown { kind: 999, body: b"news" });
//!
//! // Errors say what, where, and in which field.
//! let error = ServerMessage::parse(create.kind(), &body[..10]).unwrap_err();
//! assert_eq!(error.to_string(), "surface_create.height: 4 bytes wanted, 2 left, at byte 8");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! * Parsing checks the whole message, pointers and counts included, and allocates nothing. After it, reading a field
//!   cannot fail. Arrays are [`List`]s that iterate by value, targets of pointers are [`wire::Pointer`]s.
//! * Enumerations are open and flags keep unknown bits: what a peer sent is never silently changed.
//! * Encoding knows its length first, writes into any [`bytes::BufMut`], and has a form that refers to bulk data instead
//!   of copying it ([`wire::Vectored`]). Pointers are laid out as the reference implementation does.
//!
//! # Features
//!
//! | feature | brings |
//! |---|---|
//! | `std` (default) | [`drive`]: handshakes and connections over any `Read + Write`; `IoSlice` support, `std` in dependencies; without it `no_std` + `alloc` |
//! | `certificate` | [`certificate`]: the verdict over a server's certificate, for users of any TLS library |
//! | `jpeg` | JPEG and JPEG_ALPHA images, MJPEG frames ([`image`]); with `std` they use the processor's vector instructions |
//! | `lz4` | LZ4 images, compressed data of device channels |
//! | `zlib` | ZLIB_GLZ_RGB images |
//! | `zlib-rs` | the same, faster, by a library that needs `std` |
//! | `serde` | `Serialize` for every message |
//! | `fuzzing` | [`mod@fuzz`]: what fuzzers of peers need |
//! | `arbitrary` | messages made up from random bytes: [`wire::arbitrary`] |
//! | `proptest` | strategies for property tests: `wire::strategy` |
//! | `ticket` | tickets: [`link::Client`] encrypts passwords, [`link::Server`] decrypts and compares them |
//! | `digest-md5` | `link::digest_md5`: the SASL mechanism at either end, and its security layer |
//! | `tokio` | `drive::tokio`: the same over tokio's streams; `frame::FrameCodec` for `tokio_util::codec` |
//! | `vm-memory` | `qxl::vm_memory`: a QXL device in the memory of rust-vmm's crate; nothing on processors below 64 bits |
//!
//! The programs of this package have features too: `fuzz`, `inspect`, `proxy`, `qxl`, `screenshot` and `serve` build
//! `spice-fuzz` (fuzzes servers, clients and parsers), `spice-inspect` (what is in a capture), `spice-proxy` (passes
//! sessions on and names their messages), `spice-qxl` (recordings of QXL devices), `spice-screenshot` (a picture of a
//! server's display) and `spice-serve` (shows a picture to any client), each with the dependencies it needs. `tls` and
//! `kerberos` are of use to those that connect: TLS by the system's OpenSSL, SASL by the system's Kerberos.
//!
#![cfg_attr(not(feature = "std"), doc = "[`drive`]: https://docs.rs/spice-proto/latest/spice_proto/drive/")]
#![cfg_attr(
    not(feature = "certificate"),
    doc = "[`certificate`]: https://docs.rs/spice-proto/latest/spice_proto/certificate/"
)]
#![cfg_attr(
    not(feature = "arbitrary"),
    doc = "[`wire::arbitrary`]: https://docs.rs/spice-proto/latest/spice_proto/wire/arbitrary/"
)]
#![cfg_attr(
    not(feature = "fuzzing"),
    doc = "[`mod@fuzz`]: https://docs.rs/spice-proto/latest/spice_proto/fuzz/"
)]
#![cfg_attr(not(any(feature = "std", test)), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    not(test),
    deny(
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::todo,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

extern crate alloc;

mod memory;
mod message;
mod origin;
mod proto;

pub mod agent;
pub mod canvas;
#[cfg(feature = "certificate")]
#[cfg_attr(docsrs, doc(cfg(feature = "certificate")))]
pub mod certificate;
pub mod channel;
pub mod connect;
#[cfg(feature = "std")]
pub mod drive;
pub mod frame;
#[cfg(feature = "fuzzing")]
#[cfg_attr(docsrs, doc(cfg(feature = "fuzzing")))]
pub mod fuzz;
// Pages without code. Their samples want these features.
#[cfg(any(
    all(doc, not(doctest)),
    all(
        doctest,
        feature = "certificate",
        feature = "fuzzing",
        feature = "jpeg",
        feature = "lz4",
        feature = "ticket",
        feature = "tokio",
        feature = "zlib"
    )
))]
// Without the features some links lead nowhere.
#[cfg_attr(
    not(all(
        feature = "certificate",
        feature = "digest-md5",
        feature = "fuzzing",
        feature = "jpeg",
        feature = "lz4",
        feature = "ticket",
        feature = "tokio",
        feature = "zlib"
    )),
    allow(rustdoc::broken_intra_doc_links)
)]
pub mod guide;
pub mod image;
pub mod link;
pub mod qxl;
pub mod server;
pub mod session;
#[cfg(all(doc, not(doctest)))]
pub mod spec;
pub mod wire;

pub use frame::Frame;
pub use origin::Origin;
pub use proto::{
    ChannelType, ClientMessage, ServerMessage, common, cursor, display, inputs, main, playback, port, record,
    smartcard, spicevmc, stream_device, tunnel, usbredir, webdav,
};
pub use wire::{Encode, EncodeError, Error, ErrorKind, Limits, List, Parse};
