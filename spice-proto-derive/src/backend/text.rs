//! Text for the outputs that are not Rust: lines with indentation, and JSON.

use std::fmt::Write;

/// Text that grows line by line.
#[derive(Clone, Debug)]
pub struct Text {
    text: String,
    depth: usize,
    indent: &'static str,
}

impl Text {
    /// Nothing yet; a step of indentation is two spaces.
    #[must_use]
    pub const fn new() -> Self {
        Self::with_indent("  ")
    }

    /// Nothing yet, with a step of indentation.
    #[must_use]
    pub const fn with_indent(indent: &'static str) -> Self {
        Self { text: String::new(), depth: 0, indent }
    }

    /// A line at the present depth; an empty one has no spaces.
    pub fn line(&mut self, line: &str) {
        if !line.is_empty() {
            self.text.extend(std::iter::repeat_n(self.indent, self.depth));
            self.text.push_str(line);
        }
        self.text.push('\n');
    }

    /// Several lines at the present depth, each with what it has of indentation more. Line feeds part them; one at the end
    /// counts for nothing.
    pub fn lines(&mut self, lines: &str) {
        lines.lines().for_each(|line| self.line(line));
    }

    /// Lines with a sign in front of each, such as `//`, and a space where the line is not empty.
    pub fn comment(&mut self, sign: &str, lines: &[String]) {
        for line in lines {
            self.line(format!("{sign} {line}").trim_end());
        }
    }

    /// Lines one step deeper.
    pub fn indented(&mut self, lines: impl FnOnce(&mut Self)) {
        self.depth += 1;
        lines(self);
        self.depth -= 1;
    }

    /// A line, lines one step deeper, a line: `fn f() {`, the body, `}`.
    pub fn block(&mut self, before: &str, lines: impl FnOnce(&mut Self), after: &str) {
        self.line(before);
        self.indented(lines);
        self.line(after);
    }

    /// All lines.
    #[must_use]
    pub fn finish(self) -> String {
        self.text
    }
}

impl Default for Text {
    fn default() -> Self {
        Self::new()
    }
}

/// A JSON value. Objects keep the order in which their members were added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// `true` or `false`
    Bool(bool),
    /// A whole number; may be larger than 2^53.
    Number(i128),
    /// A string, without its quotes and escapes.
    String(String),
    /// `[ ... ]`
    Array(Vec<Json>),
    /// `{ ... }`
    Object(Vec<(&'static str, Json)>),
}

impl Json {
    /// What is not longer stands on one line.
    const WIDTH: usize = 100;

    /// An object without members.
    #[must_use]
    pub const fn object() -> Self {
        Self::Object(Vec::new())
    }

    /// The object with one more member.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Json>) -> Self {
        if let Self::Object(members) = &mut self {
            members.push((name, value.into()));
        }
        self
    }

    /// The object with one more member, if it has a value.
    #[must_use]
    pub fn with_some(self, name: &'static str, value: Option<impl Into<Json>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The object with a member that is `true`, or without.
    #[must_use]
    pub fn with_flag(self, name: &'static str, value: bool) -> Self {
        self.with_some(name, value.then_some(true))
    }

    /// The value as a text of its own, indented, with a line feed at the end.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = Text::new();
        self.lines("", "", &mut text);
        text.finish()
    }

    /// Adds the value with something in front of it and behind it.
    fn lines(&self, before: &str, after: &str, text: &mut Text) {
        if let Some(short) = self.short(Self::WIDTH) {
            return text.line(&format!("{before}{short}{after}"));
        }
        match self {
            Self::Array(items) => {
                text.line(&format!("{before}["));
                text.indented(|text| {
                    for (index, item) in items.iter().enumerate() {
                        item.lines("", if index + 1 < items.len() { "," } else { "" }, text);
                    }
                });
                text.line(&format!("]{after}"));
            }
            Self::Object(members) => {
                text.line(&format!("{before}{{"));
                text.indented(|text| {
                    for (index, (name, value)) in members.iter().enumerate() {
                        let comma = if index + 1 < members.len() { "," } else { "" };
                        value.lines(&format!("\"{name}\": "), comma, text);
                    }
                });
                text.line(&format!("}}{after}"));
            }
            Self::Bool(_) | Self::Number(_) | Self::String(_) => {
                let whole = self.short(usize::MAX).unwrap_or_default();
                text.line(&format!("{before}{whole}{after}"));
            }
        }
    }

    /// The value on one line, if it fits into so many bytes.
    fn short(&self, width: usize) -> Option<String> {
        let mut line = String::new();
        self.write_short(width, &mut line)?;
        Some(line)
    }

    fn write_short(&self, width: usize, line: &mut String) -> Option<()> {
        match self {
            Self::Bool(value) => line.push_str(if *value { "true" } else { "false" }),
            Self::Number(value) => write!(line, "{value}").ok()?,
            Self::String(value) => write_string(value, line),
            Self::Array(items) => {
                line.push('[');
                for (index, item) in items.iter().enumerate() {
                    line.push_str(if index > 0 { ", " } else { "" });
                    item.write_short(width, line)?;
                }
                line.push(']');
            }
            Self::Object(members) => {
                line.push('{');
                for (index, (name, value)) in members.iter().enumerate() {
                    line.push_str(if index > 0 { ", " } else { "" });
                    write!(line, "\"{name}\": ").ok()?;
                    value.write_short(width, line)?;
                }
                line.push('}');
            }
        }
        (line.len() <= width).then_some(())
    }
}

/// A string between quotes, with the escapes that JSON demands.
fn write_string(value: &str, line: &mut String) {
    line.push('"');
    for letter in value.chars() {
        match letter {
            '"' => line.push_str("\\\""),
            '\\' => line.push_str("\\\\"),
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            '\t' => line.push_str("\\t"),
            control if u32::from(control) < 0x20 => {
                line.push_str("\\u00");
                line.extend(
                    [u32::from(control) >> 4, u32::from(control) & 15]
                        .map(|digit| char::from_digit(digit, 16).unwrap_or('0')),
                );
            }
            other => line.push(other),
        }
    }
    line.push('"');
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<u8> for Json {
    fn from(value: u8) -> Self {
        Self::Number(value.into())
    }
}

impl From<u32> for Json {
    fn from(value: u32) -> Self {
        Self::Number(value.into())
    }
}

impl From<u64> for Json {
    fn from(value: u64) -> Self {
        Self::Number(value.into())
    }
}

impl From<i128> for Json {
    fn from(value: i128) -> Self {
        Self::Number(value)
    }
}

impl From<&str> for Json {
    fn from(value: &str) -> Self {
        Self::String(value.to_owned())
    }
}

impl From<String> for Json {
    fn from(value: String) -> Self {
        Self::String(value)
    }
}

impl<T: Into<Json>> From<Vec<T>> for Json {
    fn from(items: Vec<T>) -> Self {
        Self::Array(items.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Json>> FromIterator<T> for Json {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self::Array(items.into_iter().map(Into::into).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped() {
        let text = Json::from("a \"b\" \\ \n\r\t\u{1} \u{1f} é").to_text();
        assert_eq!(text, "\"a \\\"b\\\" \\\\ \\n\\r\\t\\u0001 \\u001f é\"\n");
    }

    #[test]
    fn short_values_stand_on_one_line_and_long_ones_do_not() {
        let short = Json::object().with("a", 1_u8).with_some("b", None::<u8>).with_flag("c", true);
        assert_eq!(short.to_text(), "{\"a\": 1, \"c\": true}\n");
        let long: Json = ["x".repeat(60), "y".repeat(60)].into_iter().collect();
        let expected = format!("[\n  \"{}\",\n  \"{}\"\n]\n", "x".repeat(60), "y".repeat(60));
        assert_eq!(long.to_text(), expected);
    }

    #[test]
    fn empty_lines_have_no_spaces() {
        let mut text = Text::new();
        text.indented(|text| {
            text.line("");
            text.line("a");
        });
        assert_eq!(text.finish(), "\n  a\n");
    }

    #[test]
    fn blocks_comments_and_longer_texts_keep_the_depth() {
        let mut text = Text::with_indent("    ");
        text.block(
            "{",
            |text| {
                text.comment("//", &["a".to_owned(), String::new(), "b".to_owned()]);
                text.lines("c\n\n  d\n");
            },
            "}",
        );
        assert_eq!(text.finish(), "{\n    // a\n    //\n    // b\n    c\n\n      d\n}\n");
    }
}
