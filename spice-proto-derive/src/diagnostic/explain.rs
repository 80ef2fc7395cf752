//! The long form of each code: why the rule is there, and how to write it wrong and right.

use std::fmt::Write as _;

use super::Code;

/// A section for each code, `## E0007`.
const TEXT: &str = include_str!("codes.md");

/// What `explain` shows for a code: the rule, the reason for it, an example that breaks it and one that does not.
#[must_use]
pub fn explain(code: Code) -> String {
    let mut shown = format!("{code}: {}\n", code.explanation());
    let Some(section) = section(code) else { return shown };
    let [why, wrong, right] = parts(section);
    for line in wrapped(why) {
        let _ = write!(shown, "\n{line}");
    }
    shown.push('\n');
    for (title, example) in [("Wrong:", wrong), ("Right:", right)] {
        let _ = write!(shown, "\n{title}\n\n");
        for line in example.lines() {
            let _ = writeln!(shown, "{}", format!("    {line}").trim_end());
        }
    }
    shown
}

/// The examples of a code: one that breaks its rule, and one that does not. Those of rules about great numbers are in
/// words.
#[must_use]
pub fn examples(code: Code) -> Option<(&'static str, &'static str)> {
    let [_, wrong, right] = parts(section(code)?);
    Some((wrong, right))
}

fn section(code: Code) -> Option<&'static str> {
    let heading = format!("\n## {code}\n");
    let (_, behind) = TEXT.split_once(&heading)?;
    Some(behind.split("\n## ").next().unwrap_or_default())
}

/// Reason, wrong example, right example.
fn parts(section: &'static str) -> [&'static str; 3] {
    let example = |kind: &str| {
        let behind = section.split_once(&format!(" {kind}\n")).map_or("", |(_, behind)| behind);
        behind.split("```").next().unwrap_or_default()
    };
    [section.split("```").next().unwrap_or_default().trim(), example("wrong"), example("right")]
}

/// Lines of at most 90 characters.
fn wrapped(text: &str) -> Vec<String> {
    const WIDTH: usize = 90;
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
