//! SPICE names and what they become in the output languages.
//!
//! Every name is cut into words, and the words are joined again in the manner of the language. A word ends
//!
//! * at an underscore,
//! * before a capital that follows a small letter (`DrawCopy`), unless that letter is alone (`xRGB` is one word),
//! * before the last capital of a run, or one behind a digit, if a small letter follows it (`VDAgent`, `Lz4Data`).
//!
//! | as written | type | field | constant |
//! |---|---|---|---|
//! | `draw_copy` | `DrawCopy` | `draw_copy` | `DRAW_COPY` |
//! | `VDAgentMessage` | `VdAgentMessage` | `vd_agent_message` | `VD_AGENT_MESSAGE` |
//! | `RasterGlyphA1` | `RasterGlyphA1` | `raster_glyph_a1` | `RASTER_GLYPH_A1` |
//! | `type` | `Type` | `type_` | `TYPE` |
//! | `32_xRGB` of `surface_fmt` | | | `FMT_32_XRGB` |
//!
//! Two names of one scope that become the same are refused by the checks of the model, so a back end can use
//! these functions without looking for collisions.

mod keywords;

/// Name of a type in Rust: `VDAgentMessage` gives `VdAgentMessage`, and `ok` gives `Ok_`, since `Ok` means
/// something else in the code beside it.
#[must_use]
pub fn rust_type(name: &str) -> String {
    escape_prelude(escape_rust(upper_camel(name)))
}

/// Name of a variant in Rust: `draw_copy` gives `DrawCopy`, and `unknown` gives `Unknown_`, since enumerations have a
/// variant `Unknown`, `Absent` or `Other` of their own.
#[must_use]
pub fn rust_variant(name: &str) -> String {
    let mut name = escape_rust(upper_camel(name));
    if matches!(name.as_str(), "Absent" | "Other" | "Unknown") {
        name.push('_');
    }
    name
}

/// Name of a field, variable or function in Rust: `type` gives `type_`.
#[must_use]
pub fn rust_field(name: &str) -> String {
    escape_rust(snake(name))
}

/// Name of a module in Rust.
#[must_use]
pub fn rust_module(name: &str) -> String {
    escape_rust(snake(name))
}

/// Name of a constant, in any language, for an item of an enumeration: `ReaderAdd` gives `READER_ADD`. Where that would
/// start with a digit, the last word of the enumeration's name stands in front: `1BIT_LE` of `bitmap_fmt` gives
/// `FMT_1BIT_LE`.
#[must_use]
pub fn constant(enum_name: &str, item: &str) -> String {
    let mut words = words(item);
    if !words.first().is_some_and(|first| first.starts_with(|c: char| c.is_ascii_alphabetic())) {
        words.insert(0, self::words(enum_name).pop().unwrap_or_default());
    }
    words.join("_").to_ascii_uppercase()
}

/// Name of a field, variable or function in C: `type` stays, `default` gives `default_`. Words of C++ and macros of
/// compilers count as well (`class`, `linux`), so that headers serve both languages.
#[must_use]
pub fn c_field(name: &str) -> String {
    keywords::escape(keywords::C, snake(name))
}

/// Name of a field, variable, function or module in Python: `from` gives `from_`.
#[must_use]
pub fn python_field(name: &str) -> String {
    keywords::escape(keywords::PYTHON, snake(name))
}

/// Name of a class in Python: `none` gives `None_`.
#[must_use]
pub fn python_type(name: &str) -> String {
    keywords::escape(keywords::PYTHON, upper_camel(name))
}

/// Name of a property in TypeScript, which may be any word: `src_bitmap` gives `srcBitmap`. Two names that are not the same
/// in snake case may be so here, `a_1` and `a1`: see [`lower_camel_apart`].
#[must_use]
pub fn lower_camel(name: &str) -> String {
    let mut camel = upper_camel(name);
    if let Some(first) = camel.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    camel
}

/// Name of a variable or function in TypeScript: `default` gives `default_`.
#[must_use]
pub fn typescript_value(name: &str) -> String {
    keywords::escape(keywords::TYPESCRIPT, lower_camel(name))
}

/// Name of a type in TypeScript: `object` gives `Object_`, since `Object` is there already.
#[must_use]
pub fn typescript_type(name: &str) -> String {
    keywords::escape(keywords::TYPESCRIPT_GLOBALS, upper_camel(name))
}

/// Name of a variable or field in Lua: `end` gives `end_`.
#[must_use]
pub fn lua_field(name: &str) -> String {
    keywords::escape(keywords::LUA, snake(name))
}

/// Names of one scope in [`lower_camel`], in their order; those that would be the same stay in snake case.
#[must_use]
pub fn lower_camel_apart<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let all: Vec<(&str, String)> = names.into_iter().map(|name| (name, lower_camel(name))).collect();
    let alone = |camel: &String| all.iter().filter(|(_, other)| other == camel).count() == 1;
    let name = |(name, camel): &(&str, String)| if alone(camel) { camel.clone() } else { snake(name) };
    all.iter().map(name).collect()
}

/// Name of the type in Rust that a switch becomes: `amount` of `Cargo` gives `CargoAmount`.
#[must_use]
pub fn rust_switch(structure: &str, switch: &str) -> String {
    upper_camel(structure) + &upper_camel(switch)
}

/// `draw_copy` gives `DrawCopy`.
#[must_use]
pub fn upper_camel(name: &str) -> String {
    let mut camel = String::with_capacity(name.len());
    for word in words(name) {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(&letters.as_str().to_ascii_lowercase());
    }
    camel
}

/// `DrawCopy` gives `draw_copy`.
#[must_use]
pub fn snake(name: &str) -> String {
    words(name).join("_").to_ascii_lowercase()
}

/// Name of the module that holds the messages of a channel, where the description names none: `WebDAVChannel` gives
/// `web_dav`.
#[must_use]
pub fn channel_module(channel: &str) -> String {
    match channel.strip_suffix("Channel") {
        Some(short) if !short.is_empty() => snake(short),
        _ => snake(channel),
    }
}

/// A number of things in words: `1 byte`, `2 bytes`.
pub(crate) fn count(number: u64, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// Name of the outputs of a file: `net/Harbour-2.proto` gives `harbour_2`; none where nothing of its name can be used.
pub(crate) fn of_file(path: &str) -> Option<String> {
    let stem = std::path::Path::new(path).file_stem()?.to_str()?;
    let usable = stem.replace(|letter: char| !letter.is_ascii_alphanumeric(), "_");
    Some(snake(&usable)).filter(|name| !name.is_empty())
}

/// The words of a name, in the letters it is written with; without underscores.
#[must_use]
pub fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in name.split('_') {
        let letters: Vec<char> = part.chars().collect();
        let mut word = String::new();
        for (index, &letter) in letters.iter().enumerate() {
            let before = index.checked_sub(1).and_then(|before| letters.get(before));
            let small_follows = letters.get(index + 1).is_some_and(char::is_ascii_lowercase);
            let starts = letter.is_ascii_uppercase()
                && match before {
                    Some(before) if before.is_ascii_lowercase() => word.len() > 1 || small_follows,
                    Some(_) => small_follows,
                    None => false,
                };
            if starts && !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            word.push(letter);
        }
        if !word.is_empty() {
            words.push(word);
        }
    }
    words
}

/// A keyword of Rust gets an underscore behind it.
fn escape_rust(name: String) -> String {
    keywords::escape(keywords::RUST, name)
}

/// What generated code names of Rust's prelude gets an underscore behind it.
fn escape_prelude(mut name: String) -> String {
    if matches!(name.as_str(), "Err" | "None" | "Ok" | "Option" | "Result" | "Some") {
        name.push('_');
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_camel_case_with_capital_runs_as_words() {
        for (written, rust) in [
            ("VDAgentMessage", "VdAgentMessage"),
            ("QXLDrawable", "QxlDrawable"),
            ("LZPLTData", "LzpltData"),
            ("RasterGlyphA1", "RasterGlyphA1"),
            ("ImageDescriptor", "ImageDescriptor"),
            ("image_type", "ImageType"),
            ("DisplayBase", "DisplayBase"),
            ("QMask", "QMask"),
            ("ZlibGlzRGBData", "ZlibGlzRgbData"),
            ("ResourceID", "ResourceId"),
            ("Lz4Data", "Lz4Data"),
            ("LZ4Data", "Lz4Data"),
            ("migrate_dst_seamless_ack", "MigrateDstSeamlessAck"),
            ("Self", "Self_"),
            ("option", "Option_"),
            ("Result", "Result_"),
            ("ok", "Ok_"),
        ] {
            assert_eq!(rust_type(written), rust);
        }
        assert_eq!(rust_switch("Self", "what"), "SelfWhat");
    }

    #[test]
    fn variants_are_camel_case_and_stay_apart_from_those_of_the_generator() {
        for (written, rust) in [
            ("draw_copy", "DrawCopy"),
            ("result", "Result"),
            ("self", "Self_"),
            ("unknown", "Unknown_"),
            ("Absent", "Absent_"),
            ("other_", "Other_"),
        ] {
            assert_eq!(rust_variant(written), rust);
        }
    }

    #[test]
    fn fields_are_snake_case_and_keywords_get_an_underscore() {
        assert_eq!(rust_field("src_bitmap"), "src_bitmap");
        assert_eq!(rust_field("type"), "type_");
        assert_eq!(rust_field("crate"), "crate_");
        assert_eq!(rust_field("xRGB"), "xrgb");
        assert_eq!(rust_field("lz4"), "lz4");
    }

    #[test]
    fn constants_start_with_a_letter() {
        for (enum_name, item, rust) in [
            ("bitmap_fmt", "1BIT_LE", "FMT_1BIT_LE"),
            ("bitmap_fmt", "8BIT_A", "FMT_8BIT_A"),
            ("surface_fmt", "32_xRGB", "FMT_32_XRGB"),
            ("surface_fmt", "16_555", "FMT_16_555"),
            ("VSCMessageType", "ReaderAdd", "READER_ADD"),
            ("VSCMessageType", "APDU", "APDU"),
            ("gl_scanout_flags", "Y0TOP", "Y0TOP"),
            ("image_type", "LZ4", "LZ4"),
            ("a", "_", "A"),
        ] {
            assert_eq!(constant(enum_name, item), rust);
        }
    }

    #[test]
    fn channel_modules_drop_the_word_channel() {
        assert_eq!(channel_module("DisplayChannel"), "display");
        assert_eq!(channel_module("WebDAVChannel"), "web_dav");
        assert_eq!(channel_module("Channel"), "channel");
        assert_eq!(channel_module("Port"), "port");
    }

    #[test]
    fn words_of_any_text_are_total() {
        assert_eq!(words("__"), Vec::<String>::new());
        assert_eq!(words("a__b_"), ["a", "b"]);
        assert_eq!(words("éÄb"), ["éÄb"]);
        assert_eq!(upper_camel(""), "");
    }

    #[test]
    fn every_language_keeps_its_keywords_free() {
        assert_eq!((c_field("Default"), c_field("linux")), ("default_".into(), "linux_".into()));
        assert_eq!((python_field("from"), python_type("true")), ("from_".into(), "True_".into()));
        assert_eq!((lower_camel("xRGB_1"), lower_camel("type")), ("xrgb1".into(), "type".into()));
        assert_eq!(typescript_value("delete"), "delete_");
        assert_eq!((typescript_type("DrawCopy"), typescript_type("map")), ("DrawCopy".into(), "Map_".into()));
        assert_eq!((lua_field("end"), lua_field("src_bitmap")), ("end_".into(), "src_bitmap".into()));
        assert_eq!(lower_camel(""), "");
    }

    #[test]
    fn names_that_only_snake_case_tells_apart_keep_it() {
        assert_eq!(lower_camel_apart(["a_1", "b_c", "a1"]), ["a_1", "bC", "a1"]);
    }
}
