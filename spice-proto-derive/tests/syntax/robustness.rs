//! Any input at all: an answer in good time, and never a panic.

use proptest::prelude::*;
use spice_proto_derive::diagnostic::Code;
use spice_proto_derive::diagnostic::Diagnostics;
use spice_proto_derive::source::Source;
use spice_proto_derive::syntax;

use crate::SAMPLES;
use crate::sample;

/// Parses and shows what was found; a text with errors has been read to its end all the same.
fn survive(text: String) -> Diagnostics {
    let source = Source::new("any", text);
    let parsed = syntax::parse(&source);
    let shown = parsed.diagnostics.display(&source).to_string();
    assert_eq!(shown.is_empty(), parsed.diagnostics.is_empty());
    for found in parsed.diagnostics.to_vec() {
        assert!(
            found.span.start <= found.span.end && found.span.end as usize <= source.text().len(),
            "{found:?}"
        );
    }
    parsed.diagnostics
}

#[test]
fn every_truncation_of_the_samples_is_survived() {
    for name in SAMPLES {
        let source = sample(name);
        for end in 0..source.text().len() {
            survive(source.text()[..end].to_owned());
        }
    }
}

#[test]
fn every_byte_may_be_another() {
    for name in SAMPLES {
        let source = sample(name);
        for place in 0..source.text().len() {
            let mut bytes = source.text().as_bytes().to_vec();
            bytes[place] = match place % 3 {
                0 => b"{};,@/\"\0(1_\n"[place % 12],
                _ => bytes[place] ^ (1 << (place % 8)),
            };
            survive(String::from_utf8_lossy(&bytes).into_owned());
        }
    }
}

#[test]
fn every_sign_may_be_missing() {
    for name in SAMPLES {
        let source = sample(name);
        for (place, _) in source.text().match_indices(|c: char| c.is_ascii_punctuation()) {
            let mut text = source.text().to_owned();
            text.remove(place);
            survive(text);
        }
    }
}

#[test]
fn texts_beyond_the_limit_are_refused_unread() {
    let source = Source::new("long", "{".repeat(syntax::TEXT_LIMIT + 1));
    let codes: Vec<_> = syntax::parse(&source).diagnostics.to_vec().iter().map(|found| found.code).collect();
    assert_eq!(codes, [Code::TextTooLong]);
}

/// The patterns are those that go wrong first in parsers: nesting, unclosed things, long words and lines, an error at
/// every byte.
#[test]
fn a_piece_repeated_thousands_of_times_is_survived() {
    const PATTERNS: [&str; 24] = [
        "{",
        "}",
        "/",
        "/*",
        "/**/",
        "///\n",
        "@",
        "@a",
        "@a(",
        "\"",
        "é",
        "\n",
        "-",
        "1",
        "a",
        "struct a {",
        "struct a {\n",
        "enum8 a {\n",
        "enum8 a {b ",
        "struct a { switch (b) { case c:",
        "channel a {\nx:",
        "uint8 x; ",
        "struct a {} ",
        "struct a { uint8 b @exact @exact @exact; };\n",
    ];
    for pattern in PATTERNS {
        survive(pattern.repeat((1 << 14) / pattern.len()));
    }
}

proptest! {
    #[test]
    fn any_text_is_survived(text in "\\PC*") {
        survive(text);
    }

    #[test]
    fn any_row_of_tokens_is_survived(tokens in proptest::collection::vec(proptest::sample::select(TOKENS), 0..80)) {
        survive(tokens.concat());
    }
}

const TOKENS: &[&str] = &[
    "struct ",
    "message ",
    "enum8 ",
    "flags16 ",
    "capabilities ",
    "channel ",
    "protocol ",
    "typedef ",
    "module ",
    "switch ",
    "case ",
    "default ",
    "server",
    "client",
    "both",
    "uint8 ",
    "address",
    "unix_fd ",
    "image_size",
    "cstring",
    "a ",
    "B ",
    "1C ",
    "12 ",
    "0x1f ",
    "-3 ",
    "{",
    "}",
    "{ ",
    " }",
    "(",
    ")",
    "[",
    "]",
    ";",
    ";\n",
    ",",
    ":",
    "=",
    "*",
    "!",
    ".",
    "@",
    "@nonnull ",
    "@range(1, 2) ",
    "@since(A.B) ",
    "/// doc\n",
    "// c\n",
    "/* c */",
    "\n",
    "\n",
    " ",
    "#",
];
