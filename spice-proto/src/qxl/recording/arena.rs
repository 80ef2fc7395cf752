//! The memory that an event of a recording is laid out in.

use alloc::vec::Vec;

use super::walk::{Int, Place};

/// Structures as a guest would lay them out, one after the other. Addresses are offsets.
#[derive(Clone, Debug, Default)]
pub(super) struct Arena(Vec<u8>);

impl Arena {
    /// Forgets everything; keeps the memory.
    pub(super) fn clear(&mut self) {
        self.0.clear();
        // Nothing lies at address 0, which means "none".
        self.0.resize(NOTHING, 0);
    }

    /// Room for `len` bytes at the end, which are 0.
    pub(super) fn extend(&mut self, len: u64) -> Place {
        let at = self.0.len();
        // INVARIANT: what is asked for is a structure, a few hundred bytes at most.
        self.0.resize(at.saturating_add(len as usize), 0);
        Place(at as u64)
    }

    /// The end, to which bytes can be appended.
    pub(super) fn end(&mut self) -> &mut Vec<u8> {
        &mut self.0
    }

    /// Puts a value into a field that is there.
    pub(super) fn set(&mut self, at: Place, int: Int, value: u64) {
        let field = usize::try_from(at.0).ok().and_then(|at| self.0.get_mut(at..));
        for (to, byte) in field.into_iter().flatten().zip(value.to_le_bytes()).take(int.bytes() as usize) {
            *to = byte;
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Bytes before the first structure.
const NOTHING: usize = 8;
