//! Texts with secrets in them, and pieces of a text that know where they are.

use core::fmt;

use alloc::string::String;

use zeroize::Zeroizing;

/// What `put` writes, in memory that is wiped. It is measured first, so that nothing outgrown is left behind.
pub(super) fn collect<E>(put: impl Fn(&mut dyn fmt::Write) -> Result<(), E>) -> Result<Zeroizing<String>, E> {
    let mut len = Length(0);
    put(&mut len)?;
    let mut text = Zeroizing::new(String::with_capacity(len.0));
    put(&mut *text)?;
    Ok(text)
}

struct Length(usize);

impl fmt::Write for Length {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = self.0.saturating_add(text.len());
        Ok(())
    }
}

/// A piece of a text.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    pub(super) text: &'a str,
    /// Bytes before it.
    pub(super) at: usize,
}

impl<'a> Part<'a> {
    /// What stands before and what stands behind the first of these characters, which are ASCII.
    pub(super) fn split_once(self, separators: &[char]) -> Option<(Self, Self)> {
        let before = self.text.split(separators).next().unwrap_or_default();
        let rest = self.skip(before.len());
        (!rest.text.is_empty()).then(|| (Self { text: before, at: self.at }, rest.skip(1)))
    }

    /// Without its first bytes.
    pub(super) fn skip(self, len: usize) -> Self {
        Self { text: self.text.get(len..).unwrap_or_default(), at: self.at.saturating_add(len) }
    }
}
