//! Text in Python's manner: docstrings, calls that are broken where they are too long.

use crate::backend::text::Text;

/// Longest line.
pub(super) const WIDTH: usize = 110;

/// Python text, four spaces a step.
pub(super) fn text() -> Text {
    Text::with_indent("    ")
}

/// A docstring.
pub(super) fn docstring(out: &mut Text, lines: &[String]) {
    let lines: Vec<String> =
        lines.iter().map(|line| line.replace('\\', "\\\\").replace("\"\"\"", "\\\"\"\"")).collect();
    match lines.as_slice() {
        [] => {}
        [line] => {
            // A quote at the end would join the closing ones.
            let end = if line.ends_with('"') { " " } else { "" };
            out.line(&format!("\"\"\"{line}{end}\"\"\""));
        }
        [first, rest @ ..] => {
            out.line(&format!("\"\"\"{first}"));
            rest.iter().for_each(|line| out.line(line));
            out.line("\"\"\"");
        }
    }
}

/// `before` and the items between commas and `after`, on one line or with an item on each. `depth` is the number of
/// columns in front.
pub(super) fn list(out: &mut Text, depth: usize, before: &str, items: &[String], after: &str) {
    let whole = format!("{before}{}{after}", items.join(", "));
    if depth + whole.chars().count() <= WIDTH || items.is_empty() {
        out.line(&whole);
        return;
    }
    out.block(
        before,
        |out| {
            for item in items {
                match parts(item) {
                    Some((before, inside)) if depth + 5 + item.chars().count() > WIDTH => {
                        list(out, depth + 4, &before, &inside, "),");
                    }
                    _ => out.line(&format!("{item},")),
                }
            }
        },
        after,
    );
}

/// A call as what stands up to its parenthesis and what is between its commas; none for what is no call.
fn parts(call: &str) -> Option<(String, Vec<String>)> {
    let (name, rest) = call.split_once('(')?;
    let inside = rest.strip_suffix(')')?;
    if !name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_' || letter == '.') {
        return None;
    }
    let (mut all, mut depth) = (vec![String::new()], 0_i32);
    for letter in inside.chars() {
        match letter {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ',' if depth == 0 => {
                all.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = all.last_mut() {
            last.push(letter);
        }
    }
    let all = all.iter().map(|part| part.trim().to_owned()).collect();
    (depth == 0).then(|| (format!("{name}("), all))
}
