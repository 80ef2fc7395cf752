//! What happened to a screen, in order, for feeds to read.

use alloc::collections::VecDeque;
use alloc::sync::Arc;

use bytes::Bytes;

use crate::canvas::Region;
use crate::common::Rect;

/// One change of one surface.
#[derive(Clone, Debug)]
pub(super) struct Change {
    /// Which surface: numbers are used again, this is not.
    pub(super) generation: u64,
    /// Where pixels changed.
    pub(super) region: Region,
    /// How, if a client can be told in less than the pixels.
    pub(super) drawing: Option<Drawing>,
}

/// A drawing that can be sent as it is.
#[derive(Clone, Debug)]
pub(super) struct Drawing {
    pub(super) kind: u16,
    pub(super) body: Bytes,
    pub(super) effect: Effect,
}

/// What the pixels after a drawing depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// On nothing that was there.
    Covers,
    /// On the pixels that were in the same place.
    Mixes,
    /// On pixels that were this far to the left and above.
    Moves { dx: i32, dy: i32 },
}

impl Change {
    /// The pixels that are read elsewhere, as a rectangle around them.
    pub(super) fn reads(&self) -> Option<Rect> {
        match self.drawing.as_ref()?.effect {
            Effect::Moves { dx, dy } => {
                Some(self.region.bounds().translated(dx.saturating_neg(), dy.saturating_neg()))
            }
            Effect::Covers | Effect::Mixes => None,
        }
    }
}

/// The last changes, numbered from 0.
#[derive(Debug, Default)]
pub(super) struct Log {
    changes: VecDeque<Arc<Change>>,
    /// Number of the next one.
    end: u64,
}

impl Log {
    pub(super) fn push(&mut self, change: Change) {
        if self.changes.len() >= MOST {
            self.changes.pop_front();
        }
        self.changes.push_back(Arc::new(change));
        self.end = self.end.saturating_add(1);
    }

    /// Number of the next change.
    pub(super) fn end(&self) -> u64 {
        self.end
    }

    /// Changes from this one on; `None` when some of them are gone.
    pub(super) fn since(&self, number: u64) -> Option<impl Iterator<Item = &Arc<Change>>> {
        let first = self.end.saturating_sub(self.changes.len() as u64);
        let skip = usize::try_from(number.checked_sub(first)?).ok()?;
        Some(self.changes.iter().skip(skip))
    }
}

/// Changes that are kept. A feed that is further behind sends everything: after so many, little of the old is left.
const MOST: usize = 1024;
