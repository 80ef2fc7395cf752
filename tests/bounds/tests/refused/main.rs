//! Memory that is not there is an error with a name, and no end of the process ([`docs/spec/robustness.md`] section 3.1).
//!
//! Each operation runs again and again: with its first large allocation refused, then its second, until all are granted.
//! An allocation that is taken without asking ends the whole program, which says how many bytes it wanted.

mod canvas;
mod guest;
mod images;
mod streams;

use bounds::{Use, refusing};

/// How an operation ended.
enum Ended {
    /// As it should.
    Well,
    /// With this error.
    Badly(String),
}

impl<T, E: std::fmt::Display> From<Result<T, E>> for Ended {
    fn from(result: Result<T, E>) -> Self {
        match result {
            Ok(_) => Self::Well,
            Err(error) => Self::Badly(error.to_string()),
        }
    }
}

/// Runs an operation with each of its large allocations refused in turn; gives their number. `run` makes it from the
/// beginning each time.
fn each_refused(name: &str, mut run: impl FnMut() -> Ended) -> u64 {
    for granted in 0.. {
        let (ended, refused) = refusing(granted, &mut run);
        match (refused, ended) {
            (Use::Granted(_), _) => return granted,
            (Use::Refused(bytes), Ended::Badly(text)) if text.contains("no memory for") => assert!(bytes > 0),
            (Use::Refused(bytes), Ended::Badly(text)) => {
                panic!("{name}: {granted} granted, {bytes} refused: {text}")
            }
            (Use::Refused(bytes), Ended::Well) => {
                panic!("{name}: {granted} granted, {bytes} refused: nobody noticed")
            }
        }
    }
    unreachable!("all are granted some time")
}
