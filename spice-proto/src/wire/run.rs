//! How byte runs show in `Debug`.

use core::fmt;

/// Shows a byte run as its length and its first bytes.
#[derive(Clone, Copy)]
pub struct Run<'a>(pub &'a [u8]);

impl fmt::Debug for Run<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 16;
        write!(f, "{} bytes", self.0.len())?;
        if let Some((first, rest)) = self.0.split_first() {
            write!(f, " {first:02x}")?;
            rest.iter().take(SHOWN - 1).try_for_each(|byte| write!(f, "{byte:02x}"))?;
        }
        if self.0.len() > SHOWN {
            f.write_str("..")?;
        }
        Ok(())
    }
}

/// Stands in for a field that is never shown (`@sensitive`).
#[derive(Clone, Copy)]
pub struct Hidden;

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<hidden>")
    }
}
