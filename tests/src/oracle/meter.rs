//! Time: work is at most linear in the bytes (`docs/spec/robustness.md` section 3.2).

use std::fs;
use std::time::Duration;

/// Most time for a byte; 64 bytes are granted.
const MOST: Duration = Duration::from_nanos(2_000);

/// Runs a parser on `len` bytes. With the feature `meter`, which builds with optimisations turn on, panics when it
/// takes too long five times in a row: once may be the machine's fault.
pub(super) fn parse<T>(len: usize, run: impl Fn() -> T) -> T {
    linear(MOST, len, run)
}

/// The same for work that takes longer for a byte.
pub(super) fn linear<T>(most: Duration, len: usize, run: impl Fn() -> T) -> T {
    if !cfg!(feature = "meter") {
        return run();
    }
    let most = most.saturating_mul(u32::try_from(len).unwrap_or(u32::MAX).saturating_add(64));
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let start = spent();
        let result = run();
        best = best.min(spent().saturating_sub(start));
        if best <= most {
            return result;
        }
    }
    panic!("{len} bytes took {best:?}, at most {most:?} are right");
}

/// Time that this thread has had a processor, as Linux counts it: other work on the machine does not matter.
fn spent() -> Duration {
    let shown = fs::read_to_string("/proc/thread-self/schedstat").expect("the meter runs on Linux");
    let nanos = shown.split(' ').next().and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(nanos.expect("nanoseconds first"))
}
