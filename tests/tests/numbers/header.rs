//! Reads the constants of a C header: enumerations and object-like macros, as far as they are integers.

use std::collections::BTreeMap;
use std::path::Path;

/// The constants of one header.
#[derive(Debug, Default)]
pub(crate) struct Header {
    /// Values of enumerations and macros, by name.
    pub(crate) numbers: BTreeMap<String, i64>,
    /// Macros whose text is no integer.
    pub(crate) others: Vec<String>,
}

/// Reads a header.
pub(crate) fn read(file: &Path) -> Header {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut header = Header::default();
    let text = without_comments(&text);
    let (mut rest, mut code) = (String::new(), text.replace("\\\n", " "));
    code.push('\n');
    for line in code.lines() {
        match line.trim_start().strip_prefix("#define ") {
            Some(definition) => header.define(definition),
            None if line.trim_start().starts_with('#') => {}
            None => {
                rest.push_str(line);
                rest.push('\n');
            }
        }
    }
    // `enum { ... }` and `typedef enum Name { ... }`.
    for part in rest.split("enum").skip(1) {
        let Some((before, body)) = part.split_once('{') else { continue };
        let name = before.trim();
        if name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            header.enumeration(body.split('}').next().unwrap_or_default());
        }
    }
    header
}

impl Header {
    /// `NAME text` of a macro; macros with parameters are passed over.
    fn define(&mut self, definition: &str) {
        let definition = definition.trim();
        let end = definition.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let (name, text) = definition.split_at(end.unwrap_or(definition.len()));
        if text.starts_with('(') || text.trim().is_empty() {
            return;
        }
        match Expression::new(text, &self.numbers).whole() {
            Some(value) => drop(self.numbers.insert(name.to_owned(), value)),
            None => self.others.push(name.to_owned()),
        }
    }

    fn enumeration(&mut self, body: &str) {
        let mut next = 0;
        for item in body.split(',').map(str::trim).filter(|item| !item.is_empty()) {
            let (name, text) = item.split_once('=').map_or((item, None), |(name, text)| (name, Some(text)));
            // A compiler attribute may stand behind the name.
            let name = name.split_whitespace().next().unwrap_or_default();
            let value = match text {
                Some(text) => Expression::new(text, &self.numbers).whole(),
                None => Some(next),
            };
            let value = value.unwrap_or_else(|| panic!("{item} is no integer"));
            self.numbers.insert(name.to_owned(), value);
            next = value + 1;
        }
    }
}

/// Comments become spaces.
fn without_comments(text: &str) -> String {
    let (mut code, mut rest) = (String::new(), text);
    loop {
        let (line, block) = (rest.find("//"), rest.find("/*"));
        let (start, end, len) = match (line, block) {
            (None, None) => return code + rest,
            (Some(line), block) if block.is_none_or(|block| line < block) => (line, "\n", 0),
            (_, Some(block)) => (block, "*/", 2),
            (Some(_), None) => unreachable!("covered by the guard above"),
        };
        let (before, comment) = rest.split_at(start);
        code.push_str(before);
        code.push(' ');
        let comment = &comment[2..];
        rest = comment.find(end).map_or("", |end| &comment[end + len..]);
    }
}

/// A constant expression: `|`, `+ -`, `<<` and `*`, each weaker than the next, and brackets. C binds `<<` weaker than
/// `+`, but the headers put it into brackets.
struct Expression<'t> {
    rest: &'t str,
    known: &'t BTreeMap<String, i64>,
}

impl<'t> Expression<'t> {
    fn new(text: &'t str, known: &'t BTreeMap<String, i64>) -> Self {
        Self { rest: text.trim_start(), known }
    }

    fn whole(mut self) -> Option<i64> {
        let value = self.level(0)?;
        self.rest.is_empty().then_some(value)
    }

    fn take(&mut self, sign: &str) -> bool {
        let rest = self.rest.strip_prefix(sign);
        self.rest = rest.unwrap_or(self.rest).trim_start();
        rest.is_some()
    }

    fn level(&mut self, level: usize) -> Option<i64> {
        const SIGNS: [&[&str]; 4] = [&["|"], &["+", "-"], &["<<"], &["*", "/"]];
        let Some(signs) = SIGNS.get(level) else { return self.atom() };
        let mut value = self.level(level + 1)?;
        while let Some(sign) = signs.iter().find(|sign| self.take(sign)) {
            let other = self.level(level + 1)?;
            value = match *sign {
                "|" => value | other,
                "+" => value + other,
                "-" => value - other,
                "<<" => value << other,
                "*" => value * other,
                _ => value.checked_div(other)?,
            };
        }
        Some(value)
    }

    fn atom(&mut self) -> Option<i64> {
        if self.take("(") {
            let value = self.level(0)?;
            return self.take(")").then_some(value);
        }
        let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        match word.strip_prefix("0x") {
            Some(digits) => i64::from_str_radix(digits, 16).ok(),
            None => word.parse().ok().or_else(|| self.known.get(word).copied()),
        }
    }
}

#[test]
fn enumerations_and_macros_are_read() {
    let folder = std::env::temp_dir().join(format!("spice-proto-numbers-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    let file = folder.join("test.h");
    let text = "\
#define A 0x10 // sixteen
#define B (1 << 3) | A
#define F(x) (x)
#define TEXT \"no\"
typedef enum Kind { /* a, b */ ZERO, OLD SPICE_DEPRECATED,
    TEN = 10, ELEVEN, SUM = A + 2 * 3,
    LAST } Kind;
";
    std::fs::write(&file, text).expect("a file for the test");
    let header = read(&file);
    std::fs::remove_dir_all(&folder).expect("the test's own folder");
    let expected = [
        ("A", 16),
        ("B", 24),
        ("ELEVEN", 11),
        ("LAST", 23),
        ("OLD", 1),
        ("SUM", 22),
        ("TEN", 10),
        ("ZERO", 0),
    ];
    assert!(header.numbers.iter().map(|(name, &value)| (name.as_str(), value)).eq(expected), "{header:?}");
    assert_eq!(header.others, ["TEXT"]);
}
