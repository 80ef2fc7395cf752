//! The system's allocator, which counts for each thread what it holds, and refuses when it is told to.
//!
//! A program of tests that names this crate has it as its allocator.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// Up to so many bytes nothing is refused. What the library takes without asking whether it is there (a node of a map, a
/// shared handle, a boxed value) is never larger.
pub const SMALL: usize = 512;

#[derive(Clone, Copy)]
struct State {
    /// How many more large allocations are granted before one is refused.
    granted: Option<u64>,
    /// Bytes of the one that was.
    refused: Option<usize>,
    /// Bytes that are held, and most that were.
    live: i64,
    peak: i64,
}

thread_local! {
    static STATE: Cell<State> =
        const { Cell::new(State { granted: None, refused: None, live: 0, peak: 0 }) };
}

struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

impl Counting {
    /// Whether memory may grow from `old` to `new` bytes; counts it then.
    fn grants(&self, old: usize, new: usize) -> bool {
        let granted = STATE.try_with(|cell| {
            let mut state = cell.get();
            if new > SMALL
                && new > old
                && let Some(left) = state.granted
            {
                state.granted = left.checked_sub(1);
                if left == 0 {
                    state.refused = Some(new);
                    cell.set(state);
                    return false;
                }
            }
            state.live += new as i64 - old as i64;
            state.peak = state.peak.max(state.live);
            cell.set(state);
            true
        });
        // A thread that ends has no counts any more.
        granted.unwrap_or(true)
    }
}

#[allow(unsafe_code, reason = "allocators are")]
// SAFETY: all memory is the system's, asked for with what the caller says.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if !self.grants(0, layout.size()) {
            return std::ptr::null_mut();
        }
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if !self.grants(0, layout.size()) {
            return std::ptr::null_mut();
        }
        // SAFETY: as the caller promises.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        self.grants(layout.size(), 0);
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !self.grants(layout.size(), size) {
            return std::ptr::null_mut();
        }
        // SAFETY: as the caller promises.
        unsafe { System.realloc(memory, layout, size) }
    }
}

/// What became of the large allocations of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// There were so many, and all were granted.
    Granted(u64),
    /// One of so many bytes was refused.
    Refused(usize),
}

/// Runs with one allocation refused: the one after `granted` others, of those above [`SMALL`].
pub fn refusing<R>(granted: u64, run: impl FnOnce() -> R) -> (R, Use) {
    STATE.with(|cell| cell.set(State { granted: Some(granted), refused: None, ..cell.get() }));
    let result = run();
    let state = STATE.with(|cell| cell.replace(State { granted: None, refused: None, ..cell.get() }));
    let used = || Use::Granted(granted - state.granted.unwrap_or(0));
    (result, state.refused.map_or_else(used, Use::Refused))
}

/// Runs, and gives what came out and the most bytes that were held meanwhile beyond those held before.
pub fn peak<R>(run: impl FnOnce() -> R) -> (R, u64) {
    let before = STATE.with(|cell| {
        let state = cell.get();
        cell.set(State { peak: state.live, ..state });
        state.live
    });
    let result = run();
    let peak = STATE.with(|cell| cell.get().peak);
    (result, peak.saturating_sub(before).try_into().unwrap_or(0))
}
