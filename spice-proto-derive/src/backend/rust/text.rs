//! Tokens as text.

use proc_macro2::TokenStream;

use super::lines;

/// Formatted with feature `tools`. Without it in lines, which spares build scripts the wait for a parser and a formatter
/// of Rust.
pub(super) fn text(tokens: &TokenStream) -> String {
    #[cfg(feature = "tools")]
    if let Ok(file) = syn::parse2(tokens.clone()) {
        return prettyplease::unparse(&file);
    }
    // With the feature, only a runtime path that is no path leads here; the compiler then shows where it stands.
    lines::text(tokens)
}

#[cfg(all(test, feature = "tools"))]
mod tests {
    use super::*;

    #[test]
    fn lines_say_the_same_as_formatted_text() {
        let mut files = 0;
        for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden")).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let tokens: TokenStream = std::fs::read_to_string(&path).unwrap().parse().unwrap();
            let lines = lines::text(&tokens);
            assert!(lines.lines().count() > 100 && lines.lines().all(|line| !line.ends_with(' ')));
            let again: TokenStream = lines.parse().unwrap();
            assert!(text(&again) == text(&tokens), "{}:\n{lines}", path.display());
            files += 1;
        }
        assert!(files >= 4);
    }
}
