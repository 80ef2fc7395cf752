//! Did you mean ...?

/// Longer words are not compared.
const LONGEST: usize = 40;

/// The candidate that a word was probably meant to be: at most a third of its letters away, and not the word itself. Of
/// several equally good ones that of the same length, then the first by alphabet, so that the order of the candidates does not matter.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > LONGEST {
        return None;
    }
    let farthest = word.len().div_ceil(3).min(word.len().saturating_sub(1)).min(3);
    candidates
        .into_iter()
        .filter(|candidate| *candidate != word && candidate.len().abs_diff(word.len()) <= farthest)
        .map(|candidate| (distance(word, candidate), candidate.len().abs_diff(word.len()), candidate))
        .filter(|(distance, ..)| *distance <= farthest)
        .min()
        .map(|(.., candidate)| candidate)
}

/// Levenshtein's distance in characters, where two neighbours that changed places are one mistake; case counts only where
/// nothing else differs.
fn distance(a: &str, b: &str) -> usize {
    if a.eq_ignore_ascii_case(b) {
        return usize::from(a != b);
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    let mut previous = None;
    for (line, c) in a.iter().enumerate() {
        let mut next = vec![line + 1];
        for (cell, other) in b.iter().enumerate() {
            let at = |row: &[usize], cell: usize| row.get(cell).copied().unwrap_or(usize::MAX - 1);
            let mut best = (at(&row, cell) + usize::from(c != other))
                .min(at(&row, cell + 1) + 1)
                .min(at(&next, cell) + 1);
            let swapped =
                previous == Some(other) && cell.checked_sub(1).and_then(|left| b.get(left)) == Some(c);
            if swapped {
                best = best.min(at(&before, cell - 1) + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
        previous = Some(c);
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_levenshtein() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", ""), 3);
        assert_eq!(distance("flag8", "flags8"), 1);
        assert_eq!(distance("a", "a"), 0);
        assert_eq!(distance("unit32", "uint32"), 1);
        assert_eq!(distance("abcd", "badc"), 2);
    }

    #[test]
    fn far_words_are_not_offered() {
        assert_eq!(nearest("deny", ["anon", "nonnull"]), None);
        assert_eq!(nearest("nonnul", ["anon", "nonnull"]), Some("nonnull"));
        assert_eq!(nearest("NonNull", ["nonnul", "nonnull"]), Some("nonnull"));
        assert_eq!(nearest("x", ["y"]), None);
        assert_eq!(nearest("nonnull", ["nonnull"]), None);
        assert_eq!(nearest("unit32", ["int32", "uint32"]), Some("uint32"));
    }
}
