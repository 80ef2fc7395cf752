//! Where a row is cut because the update phase changes (§10, §11.1).

use super::tables::{PHASE_LEN, PHASE_MAX};

/// Columns `start..end` of a row, all of one phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    /// First column.
    pub(crate) start: usize,
    /// Column after the last.
    pub(crate) end: usize,
    /// Phase, 0 to 6.
    pub(crate) phase: usize,
}

/// The segments of a row.
pub(crate) struct Segments {
    /// Raster index of column 0.
    index: usize,
    start: usize,
    width: usize,
}

impl Segments {
    pub(crate) fn new(index: usize, width: usize) -> Self {
        Self { index, start: 0, width }
    }
}

impl Iterator for Segments {
    type Item = Segment;

    fn next(&mut self) -> Option<Segment> {
        let left = self.width.checked_sub(self.start).filter(|&left| left > 0)?;
        let start = self.start;
        let at = self.index.saturating_add(start);
        let phase = (at / PHASE_LEN).min(PHASE_MAX);
        let len = if phase == PHASE_MAX { left } else { left.min(PHASE_LEN.saturating_sub(at % PHASE_LEN)) };
        self.start = start.saturating_add(len);
        Some(Segment { start, end: self.start, phase })
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    fn cuts(index: usize, width: usize) -> Vec<(usize, usize, usize)> {
        Segments::new(index, width).map(|s| (s.start, s.end, s.phase)).collect()
    }

    #[test]
    fn rows_are_cut_at_every_phase() {
        assert_eq!(cuts(0, 2048), [(0, 2048, 0)]);
        assert_eq!(cuts(2000, 100), [(0, 48, 0), (48, 100, 1)]);
        assert_eq!(cuts(2048, 4100), [(0, 2048, 1), (2048, 4096, 2), (4096, 4100, 3)]);
        assert_eq!(cuts(12000, 10_000), [(0, 288, 5), (288, 10_000, 6)]);
        assert_eq!(cuts(1 << 29, 7), [(0, 7, 6)]);
    }
}
