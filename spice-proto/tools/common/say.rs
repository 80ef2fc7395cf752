//! Lines for people. Nobody may be there to read them, or the disk is full: the program goes on.

use std::fmt;
use std::io::{self, Write};

/// A line on standard output, if it can be written.
pub fn out(words: fmt::Arguments<'_>) {
    let _ = writeln!(io::stdout(), "{words}");
}

/// A line on standard error, if it can be written.
pub fn err(words: fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{words}");
}
