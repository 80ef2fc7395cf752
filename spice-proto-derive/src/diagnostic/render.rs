//! Diagnostics as plain text, with the lines that they are about.

use std::fmt;

use super::Diagnostic;
use super::Diagnostics;
use crate::source::Source;
use crate::source::Span;

/// Lines with more characters are shown in part.
const LONG_LINE: usize = 160;
/// Characters shown in front of a place in a long line.
const BEFORE_PLACE: usize = 60;
/// What a tab is shown as.
const TAB: &str = "    ";

/// One finding with its texts.
pub(super) struct OneDiagnostic<'a> {
    pub(super) diagnostic: &'a Diagnostic,
    pub(super) texts: Vec<(u32, &'a Source)>,
}

impl fmt::Display for OneDiagnostic<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        render(f, self.diagnostic, &Lines::of(&self.texts))
    }
}

/// All findings with their texts.
pub(super) struct AllDiagnostics<'a> {
    pub(super) diagnostics: Diagnostics,
    pub(super) texts: Vec<(u32, &'a Source)>,
}

impl fmt::Display for AllDiagnostics<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = Lines::of(&self.texts);
        for (position, diagnostic) in self.diagnostics.list.iter().enumerate() {
            if position > 0 {
                writeln!(f)?;
            }
            render(f, diagnostic, &lines)?;
        }
        let hidden =
            [(self.diagnostics.hidden_errors, "error"), (self.diagnostics.hidden_warnings, "warning")];
        for (count, severity) in hidden.into_iter().filter(|(count, _)| *count > 0) {
            let (plural, are) = if count == 1 { ("", "is") } else { ("s", "are") };
            writeln!(f, "\n{severity}: {count} more {severity}{plural} {are} not shown")?;
        }
        Ok(())
    }
}

fn render(f: &mut fmt::Formatter<'_>, diagnostic: &Diagnostic, texts: &[Lines<'_>]) -> fmt::Result {
    let label = diagnostic.label.as_deref().unwrap_or_default();
    let Some(primary) = Lines::mark(texts, diagnostic.span, '^', label) else {
        return writeln!(f, "{}[{}]: {}", diagnostic.severity(), diagnostic.code, diagnostic.message);
    };
    let own = primary.file;
    let secondary =
        diagnostic.secondary.iter().filter_map(|label| Lines::mark(texts, label.span, '-', &label.text));
    let mut marks: Vec<Mark<'_>> = std::iter::once(primary).chain(secondary).collect();
    marks.sort_by_key(|mark| (mark.file != own, mark.file, mark.line, mark.sign != '^', mark.start));

    let digits = marks.iter().map(|mark| mark.line + 1).max().map_or(1, |line| line.to_string().len());
    let margin = " ".repeat(digits);
    writeln!(f, "{}[{}]: {}", diagnostic.severity(), diagnostic.code, diagnostic.message)?;
    let mut previous: Option<&Mark<'_>> = None;
    for mark in &marks {
        let neighbour = previous.filter(|previous| previous.file == mark.file);
        match neighbour {
            None => {
                let arrow = if previous.is_none() { "-->" } else { ":::" };
                // The place is that of the carets, also where another mark stands above them.
                let shown = marks.iter().find(|other| other.file == mark.file && other.sign == '^');
                let (line, column) = shown.unwrap_or(mark).line_column();
                let name = texts.get(mark.file).map_or("", |lines| lines.source.name());
                writeln!(f, "{margin}{arrow} {name}:{line}:{column}")?;
                writeln!(f, "{margin} |")?;
            }
            Some(previous) if previous.line + 1 < mark.line => writeln!(f, "...")?,
            Some(_) => {}
        }
        let window = mark.window();
        if neighbour.is_none_or(|previous| previous.line != mark.line) || !window.is_whole() {
            writeln!(f, "{:>digits$} | {}", mark.line + 1, window.shown)?;
        }
        previous = Some(mark);
        let underline = mark.sign.to_string().repeat(window.width);
        let row = format!("{margin} | {}{underline} {}", " ".repeat(window.indent), mark.label);
        writeln!(f, "{}", row.trim_end())?;
    }
    if let Some(help) = &diagnostic.help {
        writeln!(f, "{margin} |")?;
        for (position, line) in help.lines().enumerate() {
            let lead = if position == 0 { "= help:" } else { "       " };
            writeln!(f, "{margin} {lead} {line}")?;
        }
    }
    Ok(())
}

/// Where the lines of a text start, found once for all diagnostics.
struct Lines<'a> {
    base: u32,
    source: &'a Source,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(texts: &[(u32, &'a Source)]) -> Vec<Self> {
        let lines = |&(base, source): &(u32, &'a Source)| {
            let after_feeds = source.text().match_indices('\n').map(|(feed, _)| feed + 1);
            Self { base, source, starts: std::iter::once(0).chain(after_feeds).collect() }
        };
        texts.iter().map(lines).collect()
    }

    /// Puts a span into its text and the line where it starts; what reaches into later lines is cut off.
    fn mark<'l>(texts: &[Self], span: Span, sign: char, label: &'l str) -> Option<Mark<'l>>
    where
        'a: 'l,
    {
        let file = texts.partition_point(|lines| lines.base <= span.start).checked_sub(1)?;
        let lines = texts.get(file)?;
        let text = lines.source.text();
        let offset = floor_boundary(text, (span.start - lines.base) as usize);
        let line = lines.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let line_start = lines.starts.get(line).copied().unwrap_or_default();
        let line_end = lines.starts.get(line + 1).copied().unwrap_or(text.len());
        let text = text.get(line_start..line_end).unwrap_or_default().trim_end_matches(['\n', '\r']);
        let start = (offset - line_start).min(text.len());
        let end = (span.end.saturating_sub(lines.base) as usize).saturating_sub(line_start);
        let end = floor_boundary(text, end).max(start);
        Some(Mark { file, line, text, start, end, sign, label })
    }
}

/// An underlined part of a line.
struct Mark<'a> {
    /// Which text.
    file: usize,
    /// Line number from 0.
    line: usize,
    /// The line.
    text: &'a str,
    /// First byte in the line; always at a character.
    start: usize,
    /// Byte behind the last one.
    end: usize,
    sign: char,
    label: &'a str,
}

/// What is shown of a line, and where the underline lies in it.
struct Window {
    shown: String,
    indent: usize,
    width: usize,
    cut: bool,
}

impl Window {
    fn is_whole(&self) -> bool {
        !self.cut
    }
}

impl Mark<'_> {
    /// Line and column, from 1.
    fn line_column(&self) -> (usize, usize) {
        (self.line + 1, self.text.get(..self.start).map_or(0, |before| before.chars().count()) + 1)
    }

    fn window(&self) -> Window {
        let before = self.text.get(..self.start).unwrap_or_default();
        let marked = self.text.get(self.start..self.end).unwrap_or_default();
        let after = self.text.get(self.end..).unwrap_or_default();
        let cut = self.text.len() > LONG_LINE && self.text.chars().count() > LONG_LINE;
        if !cut {
            let (before, marked) = (visible(before.chars()), visible(marked.chars()));
            return Window {
                indent: before.chars().count(),
                width: marked.chars().count().max(1),
                shown: before + &marked + &visible(after.chars()),
                cut,
            };
        }
        let skipped = before.chars().count().saturating_sub(BEFORE_PLACE);
        let lead = if skipped > 0 { "..." } else { "" };
        let before = lead.to_owned() + &visible(before.chars().skip(skipped));
        let room = LONG_LINE - BEFORE_PLACE;
        let marked = visible(marked.chars().take(room));
        let width = marked.chars().count();
        let rest = visible(after.chars().take(room.saturating_sub(width)));
        let tail = if width + rest.chars().count() >= room { "..." } else { "" };
        Window {
            indent: before.chars().count(),
            width: width.max(1),
            shown: before + &marked + &rest + tail,
            cut,
        }
    }
}

/// Tabs as spaces and other control characters as U+FFFD, so that carets stand below what they mean.
fn visible(chars: impl Iterator<Item = char>) -> String {
    let mut shown = String::new();
    for c in chars {
        match c {
            '\t' => shown.push_str(TAB),
            c if c.is_control() => shown.push(char::REPLACEMENT_CHARACTER),
            c => shown.push(c),
        }
    }
    shown
}

/// The last character boundary that is not behind the offset.
fn floor_boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;

    fn shown(text: &str, diagnostic: &Diagnostic) -> String {
        diagnostic.display(&Source::new("a.proto", text)).to_string()
    }

    #[test]
    fn one_place_with_label_and_help() {
        let found = Diagnostic::new(Code::UnexpectedToken, Span::new(10, 11), "expected `;`, found `}`")
            .label("expected `;`")
            .help("end it\nreally");
        let expected = "\
error[E0007]: expected `;`, found `}`
 --> a.proto:2:3
  |
2 |     é}
  |      ^ expected `;`
  |
  = help: end it
          really
";
        assert_eq!(shown("struct\n\té}\n", &found), expected);
    }

    #[test]
    fn places_stand_in_the_order_of_the_text() {
        let text = "struct A {};\nstruct B {};\n\nstruct A {};\n";
        let found = Diagnostic::new(Code::ReservedName, Span::new(34, 35), "`A` is defined twice")
            .label("defined again here")
            .secondary(Span::new(7, 8), "first defined here");
        let expected = "\
error[E0012]: `A` is defined twice
 --> a.proto:4:8
  |
1 | struct A {};
  |        - first defined here
...
4 | struct A {};
  |        ^ defined again here
";
        assert_eq!(shown(text, &found), expected);
    }

    #[test]
    fn places_of_one_line_share_it() {
        let found = Diagnostic::new(Code::DuplicateAttribute, Span::new(3, 5), "twice")
            .secondary(Span::new(0, 2), "first");
        let expected = "\
error[E0024]: twice
 --> a.proto:1:4
  |
1 | @a @a
  |    ^^
  | -- first
";
        assert_eq!(shown("@a @a", &found), expected);
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let text = format!("{}#{}", "a".repeat(5000), "b".repeat(5000));
        let found = Diagnostic::new(Code::UnknownCharacter, Span::new(5000, 5001), "no");
        let line = format!("1 | ...{}#{}...\n", "a".repeat(60), "b".repeat(99));
        assert!(shown(&text, &found).contains(&line), "{}", shown(&text, &found));
    }

    #[test]
    fn spans_outside_the_text_or_inside_a_character_do_no_harm() {
        for text in ["", "é", "\n", "é\r\né"] {
            for (start, end) in [(0, 0), (1, 1), (0, 99), (1, 2), (7, 3), (99, 99)] {
                let found = Diagnostic::new(Code::UnknownCharacter, Span::new(start, end), "no");
                assert!(shown(text, &found).contains('^'));
            }
        }
    }
}
