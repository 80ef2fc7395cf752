//! Lua's tables as text.

/// A table: what stands between its braces, part by part.
#[derive(Clone, Debug, Default)]
pub(super) struct Table(Vec<String>);

impl Table {
    /// The next element of the list.
    pub(super) fn item(&mut self, value: impl std::fmt::Display) -> &mut Self {
        self.0.push(value.to_string());
        self
    }

    /// A value under a name, which is none of Lua's keywords.
    pub(super) fn set(&mut self, key: &str, value: impl std::fmt::Display) -> &mut Self {
        self.0.push(format!("{key} = {value}"));
        self
    }

    /// A text under a name, unless it is empty.
    pub(super) fn set_text(&mut self, key: &str, value: &str) -> &mut Self {
        if value.is_empty() { self } else { self.set(key, string(value)) }
    }

    /// `true` under a name, if it holds.
    pub(super) fn set_flag(&mut self, key: &str, holds: bool) -> &mut Self {
        if holds { self.set(key, true) } else { self }
    }
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{{ {} }}", self.0.join(", "))
    }
}

/// A string with its quotes.
pub(super) fn string(value: &str) -> String {
    let mut text = String::from("\"");
    for letter in value.chars() {
        match letter {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            control if control.is_ascii_control() => text.push_str(&format!("\\{:03}", u32::from(control))),
            other => text.push(other),
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped() {
        assert_eq!(string("a \"b\" \\ \n é"), "\"a \\\"b\\\" \\\\ \\010 é\"");
    }

    #[test]
    fn tables_leave_out_what_says_nothing() {
        let mut table = Table::default();
        table
            .item(1)
            .set("a", 2)
            .set_text("b", "")
            .set_text("c", "d")
            .set_flag("e", false)
            .set_flag("f", true);
        assert_eq!(table.to_string(), "{ 1, a = 2, c = \"d\", f = true }");
    }
}
