//! The guide: how to write SPICE programs with this crate, chapter by chapter. There is no code in here.
//!
//! Each chapter begins with something that works and ends with what goes wrong. Every sample compiles.
//!
//! | | chapter | what it has |
//! |---|---|---|
//! | 1 | [What SPICE is](what_is_spice) | the protocol in two pages, what this crate is and is not |
//! | 2 | [Captures](captures) | look into a recorded session |
//! | 3 | [First client](first_client) | a client in forty lines |
//! | 4 | [First server](first_server) | a server in sixty |
//! | 5 | [Scanout](scanout) | a frame buffer and its dirty rectangles to any number of clients: for VMMs and desktops |
//! | 6 | [Messages](messages) | views, lists, errors, limits, values that nobody knows |
//! | 7 | [Link](link) | capabilities, ticket, SASL, TLS, WebSocket, proxies |
//! | 8 | [Channels](channels) | channel ends, flow, sessions, migration |
//! | 9 | [Images](images) | every form, both ways, with its feature and its speed |
//! | 10 | [Canvas](canvas) | drawing, windows, pointer, video streams |
//! | 11 | [Agent](agent) | clipboard, files, monitors |
//! | 12 | [Own protocols](own_protocols) | descriptions of your own, SPICE with something more |
//! | 13 | [Automation](automation) | look, type, compare: for CI and for agents |
//! | 14 | [Bindings](bindings) | C, Python, TypeScript and Wireshark from the same description |
//! | 15 | [QXL](qxl) | a display device for VMMs, with its commands executed |
//! | 16 | [Fuzzing](fuzzing) | servers, clients and parsers of your own, by messages that break one rule |
//! | 17 | [Browser](browser) | a viewer in a web page, and how it is built |
//! | | **To look things up** | |
//! | 18 | [Capabilities](capabilities) | each bit, who says it, what it permits |
//! | 19 | [Order](order) | what real servers and clients say first, what waits for what |
//! | 20 | [Peers](peers) | programs and versions that were tested, known bugs, ways to live with them |
//! | 21 | [Names](names) | where things of spice-gtk, spice-html5 and shakenfist's crates are |
//! | 22 | [Security](security) | what hostile bytes can do, and what you have to do |
//! | 23 | [Provenance](provenance) | clean room, proofs, promises |
//!
//! The specification that chapters refer to is [`spec`](crate::spec); other files are those of the
//! [repository](https://github.com/spice-proto/spice-proto).

macro_rules! chapters {
    ($($name:ident: $file:literal,)*) => {$(
        #[doc = include_str!($file)]
        pub mod $name {}
    )*};
}

chapters! {
    what_is_spice: "what_is_spice.md",
    captures: "captures.md",
    first_client: "first_client.md",
    scanout: "scanout.md",
    messages: "messages.md",
    link: "link.md",
    channels: "channels.md",
    images: "images.md",
    canvas: "canvas.md",
    agent: "agent.md",
    own_protocols: "own_protocols.md",
    bindings: "bindings.md",
    qxl: "qxl.md",
    fuzzing: "fuzzing.md",
    browser: "browser.md",
    capabilities: "capabilities.md",
    order: "order.md",
    peers: "peers.md",
    names: "names.md",
    security: "security.md",
    provenance: "provenance.md",
}

#[doc = "A server in sixty lines: a moving square for any number of clients, and what they type and point at."]
#[doc = "\nThe example `moving_square`:\n\n```no_run"]
#[doc = include_str!("../../examples/moving_square.rs")]
#[doc = "```\n"]
#[doc = include_str!("first_server.md")]
pub mod first_server {}

#[doc = "Automate a machine: look, type, compare, for CI and for agents."]
#[doc = "\nThe example `type_and_look`: it types into a machine, waits until its picture is quiet, and compares.\n\n```no_run"]
#[doc = include_str!("../../examples/type_and_look.rs")]
#[doc = "```\n"]
#[doc = include_str!("automation.md")]
pub mod automation {}
