//! Did you mean ...?

/// Longer words are not compared.
const LONGEST: usize = 40;

/// The candidate that a word was probably meant to be: at most a third of its letters away. Of
/// several equally good ones the first by alphabet, so that the order of the candidates does not matter.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > LONGEST {
        return None;
    }
    let farthest = word.len().div_ceil(3).min(word.len().saturating_sub(1)).min(3);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len().abs_diff(word.len()) <= farthest)
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= farthest)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance in characters; case counts only where nothing else differs.
fn distance(a: &str, b: &str) -> usize {
    if a.eq_ignore_ascii_case(b) {
        return usize::from(a != b);
    }
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (line, c) in a.chars().enumerate() {
        let mut diagonal = line;
        let mut left = line + 1;
        for (cell, other) in row.iter_mut().skip(1).zip(&b) {
            let best = (diagonal + usize::from(c != *other)).min(*cell + 1).min(left + 1);
            diagonal = std::mem::replace(cell, best);
            left = best;
        }
        if let Some(first) = row.first_mut() {
            *first = line + 1;
        }
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
    }

    #[test]
    fn far_words_are_not_offered() {
        assert_eq!(nearest("deny", ["anon", "nonnull"]), None);
        assert_eq!(nearest("nonnul", ["anon", "nonnull"]), Some("nonnull"));
        assert_eq!(nearest("NonNull", ["nonnul", "nonnull"]), Some("nonnull"));
        assert_eq!(nearest("x", ["y"]), None);
    }
}
