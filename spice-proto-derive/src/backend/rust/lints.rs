//! Attributes that keep lints out of the crates that hold the output: about unused code, about deprecated items, which
//! the code itself has to name, and about style, parentheses included, which is for people.
//!
//! A description has both sides of a protocol and more, and a program uses a part of it. The output is included, where
//! an attribute for the whole file cannot stand: each item at the top has its own, modules and all in them as well.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;

/// The items, each free of such lints.
pub(super) fn quiet(items: TokenStream) -> TokenStream {
    let mut output = TokenStream::new();
    let mut item: Vec<TokenTree> = Vec::new();
    for token in items {
        let last = match &token {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            TokenTree::Punct(sign) => sign.as_char() == ';',
            _ => false,
        };
        item.push(token);
        if last {
            output.extend(quiet_item(std::mem::take(&mut item)));
        }
    }
    output.extend(item);
    output
}

/// Attributes stay in front, so that documentation comes first.
fn quiet_item(mut item: Vec<TokenTree>) -> Vec<TokenTree> {
    let mut start = 0;
    while let (Some(TokenTree::Punct(sign)), Some(TokenTree::Group(_))) =
        (item.get(start), item.get(start + 1))
        && sign.as_char() == '#'
    {
        start += 2;
    }
    // Calls of macros say it inside.
    let call =
        item.iter().skip(start).any(|token| matches!(token, TokenTree::Punct(sign) if sign.as_char() == '!'));
    if !call && start < item.len() {
        let lints = quote!(#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]);
        item.splice(start..start, lints);
    }
    item
}
