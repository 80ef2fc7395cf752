#![no_main]
//! The C output beside Rust, in one process: both parse the same bytes and write what they read. What Rust says becomes a
//! line of a conformance set, and C says whether it agrees, values, errors and bytes included.

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use spice_proto_tests::outputs::description::Description;
use spice_proto_tests::outputs::sets::{Case, Set};

static SPICE: LazyLock<Description> = LazyLock::new(Description::spice);
static EVERYTHING: LazyLock<Description> = LazyLock::new(Description::everything);

/// The one place with `unsafe`: a call of `tests/tests/outputs/c/check.c`, which reads a text of the size that it is given and keeps
/// nothing of it.
mod c {
    unsafe extern "C" {
        fn check_spice(text: *const u8, size: usize) -> i32;
        fn check_everything(text: *const u8, size: usize) -> i32;
    }

    /// Whether C agrees with a line that ends with a zero byte.
    pub fn agrees(everything: bool, line: &[u8]) -> bool {
        assert_eq!(line.last(), Some(&0));
        let size = line.len() - 1;
        // SAFETY: the text is `size` bytes and a zero byte behind them, which C does not change and does not keep. libFuzzer
        // calls from one thread.
        let agrees = unsafe {
            if everything { check_everything(line.as_ptr(), size) } else { check_spice(line.as_ptr(), size) }
        };
        agrees == 1
    }
}

// Which structure or message (2 bytes, the upper bit for the description), which capabilities, the bytes.
fuzz_target!(|data: &[u8]| {
    let Some((&[low, high, capabilities], body)) = data.split_first_chunk::<3>() else { return };
    let everything = high & 0x80 != 0;
    let description: &Description = if everything { &EVERYTHING } else { &SPICE };
    let targets = description.targets();
    let target = targets[usize::from(u16::from_le_bytes([low, high & 0x7f])) % targets.len()];
    let conditions = description.conditions(target);
    let known = conditions
        .map(|list| description.model[list].items.iter().map(|item| item.value).collect::<Vec<_>>());
    let known = known.unwrap_or_default();
    let chosen = known.iter().enumerate().filter(|(index, _)| capabilities >> (index % 8) & 1 == 1);
    let case = Case {
        name: "fuzz".to_owned(),
        target,
        capabilities: chosen.map(|(_, number)| *number).collect(),
        body,
    };
    let mut line = Vec::new();
    let mut set = Set::new(description, &mut line);
    set.case(&case).expect("a vector takes all");
    set.finish().expect("a vector takes all");
    *line.last_mut().expect("a line ends with a line feed") = 0;
    assert!(c::agrees(everything, &line));
});
