//! The specification: what SPICE peers say to each other, byte for byte, and what they mean by it.
//!
//! These are the pages of `docs/spec`, in the version that this crate was written from. The documentation of the crate refers to
//! them by name and section. Start with [`link`] and [`messages`]; for one image codec its page alone is enough.
//! Programs read `spice.proto`, which is also in the package, in place of the tables.
//!
//! The module exists in the documentation only.

macro_rules! pages {
    ($($(#[$about:meta])* $name:ident = $file:literal;)*) => {$(
        $(#[$about])*
        ///
        #[doc = include_str!(concat!("../docs/spec/", $file))]
        // Written to be read as files too: what looks like a link there is none, and samples are not of Rust.
        #[allow(rustdoc::broken_intra_doc_links, rustdoc::invalid_html_tags, rustdoc::invalid_rust_codeblocks)]
        #[allow(rustdoc::bare_urls, rustdoc::private_intra_doc_links)]
        pub mod $name {}
    )*};
}

pages! {
    /// Connection, handshake, capabilities, ticket, SASL, headers of messages.
    link = "link.md";
    /// Every message of every channel, and how they work together: acknowledgement, caches, streams, migration.
    messages = "messages.md";
    /// URIs, connection files, HTTP proxies: how a client is told where to connect.
    connect = "connect.md";
    /// Guest agent, stream device, smartcard, usbredir, port and webdav streams.
    agent = "agent.md";
    /// The QUIC image codec.
    quic = "quic.md";
    /// The LZ and GLZ image codecs, and all other forms of images.
    lz_glz = "lz-glz.md";
    /// What drawing messages do to pixels.
    canvas = "canvas.md";
    /// The QXL device: guest memory, commands, what a server checks, how commands become messages.
    qxl = "qxl.md";
    /// What every parser, decoder and state machine must hold against hostile input; limits.
    robustness = "robustness.md";
    /// The language in which the wire is described: constructs, layouts, pointers, grammar.
    language = "language.md";
}
