//! The text with which a file transfer starts.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

/// Name and size of a file, as FILE_XFER_START carries them: a key file with the group `[vdagent-file-xfer]` and the
/// keys `name` and `size`, closed by a zero byte ([`docs/spec/agent.md` section 3](crate::spec::agent#3-flows)).
///
/// ```
/// use spice_proto::agent::FileOffer;
///
/// let offer = FileOffer::new("a file.txt", 5000);
/// assert_eq!(offer.to_text(), b"[vdagent-file-xfer]\nname=a file.txt\nsize=5000\n\0");
/// assert_eq!(FileOffer::parse(&offer.to_text()), Some(offer));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FileOffer {
    name: String,
    size: u64,
}

const GROUP: &str = "[vdagent-file-xfer]";

impl FileOffer {
    /// A file's name, without folders, and its bytes.
    #[must_use]
    pub fn new(name: impl Into<String>, size: u64) -> Self {
        Self { name: name.into(), size }
    }

    /// The name. It comes from the peer: a receiver takes the last part of it only, and no name such as `..`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Bytes of the file.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Reads the text; keys and groups that are not known are passed over. `None` when name or size is missing or wrong.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let text = text.split(|byte| *byte == 0).next()?;
        let text = core::str::from_utf8(text).ok()?;
        let (mut name, mut size, mut inside) = (None, None, false);
        for line in text.lines().map(str::trim_start) {
            if line.starts_with('[') {
                inside = line.trim_end() == GROUP;
            }
            let Some((key, value)) = line.split_once('=').filter(|_| inside) else { continue };
            match key.trim_end() {
                "name" => name = Some(unescape(value.trim_start())?),
                "size" => size = Some(value.trim().parse().ok()?),
                _ => {}
            }
        }
        Some(Self { name: name?, size: size? })
    }

    /// The text, closing zero byte included.
    #[must_use]
    pub fn to_text(&self) -> Vec<u8> {
        let mut text = String::from(GROUP);
        text.push_str("\nname=");
        escape(&self.name, &mut text);
        // Cannot fail: strings take everything.
        let _ = write!(text, "\nsize={}\n", self.size);
        let mut bytes = text.into_bytes();
        bytes.push(0);
        bytes
    }
}

/// Values of key files: leading spaces, line ends and tabs are escaped.
fn escape(value: &str, out: &mut String) {
    let leading = value.len().saturating_sub(value.trim_start_matches(' ').len());
    for (at, letter) in value.char_indices() {
        match letter {
            ' ' if at < leading => out.push_str("\\s"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\\' => out.push_str("\\\\"),
            '\0' => {}
            _ => out.push(letter),
        }
    }
}

fn unescape(value: &str) -> Option<String> {
    let mut out = String::new();
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        out.push(match letter {
            '\\' => match letters.next()? {
                's' => ' ',
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                '\\' => '\\',
                _ => return None,
            },
            _ => letter,
        });
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_any_letters_come_back() {
        for name in ["  two", "a\\b", "line\nend\r", "tab\t", "größe", "=", "", "[x]"] {
            let offer = FileOffer::new(name, u64::MAX);
            assert_eq!(FileOffer::parse(&offer.to_text()), Some(offer), "{name:?}");
        }
    }

    #[test]
    fn other_groups_and_keys_are_passed_over() {
        let text = b"# x\n[other]\nname=no\n[vdagent-file-xfer]\nother=1\n name = b\nsize= 7 \n";
        assert_eq!(FileOffer::parse(text), Some(FileOffer::new("b", 7)));
        for wrong in
            ["", "name=a\nsize=1", "[vdagent-file-xfer]\nname=a", "[vdagent-file-xfer]\nname=a\nsize=-1"]
        {
            assert_eq!(FileOffer::parse(wrong.as_bytes()), None, "{wrong}");
        }
        assert_eq!(FileOffer::parse(b"[vdagent-file-xfer]\nname=a\\x\nsize=1"), None);
    }
}
