//! Rules for colours: what Wireshark imports to colour the list of packets, and tshark with `--color`.

use crate::backend::docs;
use crate::backend::text::Text;
use crate::model::Model;

/// Backgrounds for channels in the order of their numbers, light enough for black text.
const BACKGROUNDS: [[u16; 3]; 8] = [
    [0xdd, 0xe8, 0xff],
    [0xdc, 0xf5, 0xdc],
    [0xff, 0xf3, 0xc4],
    [0xee, 0xe0, 0xff],
    [0xd4, 0xf4, 0xf4],
    [0xff, 0xe4, 0xd0],
    [0xe8, 0xe8, 0xd8],
    [0xfb, 0xdd, 0xee],
];
const BLACK: [u16; 3] = [0, 0, 0];
const WHITE: [u16; 3] = [0xff, 0xff, 0xff];

/// What Rust would refuse comes first, since the first rule that holds decides.
const ERRORS: [&str; 6] = [
    "truncated_error",
    "null_pointer_error",
    "pointer_error",
    "value_error",
    "trailing_error",
    "limit_error",
];

/// The rules; `name` is that of the protocol.
pub(super) fn rules(model: &Model, name: &str) -> String {
    let mut out = Text::new();
    out.comment("#", &docs::head(model));
    out.line("");
    out.line("# View, Coloring Rules, Import; or append it to the file colorfilters of a profile.");
    let title = model.name.to_uppercase();
    let errors = ERRORS.map(|error| format!("{name}.{error}")).join(" || ");
    rule(&mut out, &format!("{title} error"), &errors, [0xa4, 0, 0], WHITE);
    rule(&mut out, &format!("{title} lost"), &format!("{name}.lost"), [0xf5, 0x79, 0], BLACK);
    rule(&mut out, &format!("{title} handshake"), &format!("{name}.handshake"), [0xd3, 0xd7, 0xcf], BLACK);
    let channels = model.protocol.iter().flat_map(|protocol| &protocol.channels);
    for (channel, background) in channels.zip(BACKGROUNDS.into_iter().cycle()) {
        let filter = format!("{name}.channel == \"{}\"", channel.name);
        rule(&mut out, &format!("{title} {}", channel.name), &filter, background, BLACK);
    }
    out.finish()
}

/// One rule; colours have 16 bits in each part.
fn rule(out: &mut Text, title: &str, filter: &str, background: [u16; 3], foreground: [u16; 3]) {
    let parts = |color: [u16; 3]| color.map(|part| (part * 0x101).to_string()).join(",");
    out.line(&format!("@{title}@{filter}@[{}][{}]", parts(background), parts(foreground)));
}
