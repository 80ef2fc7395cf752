//! What the line to a client is like.

/// What the line to a client is like, as PINGs on main have shown.
///
/// The bandwidth is measured once, at the start, with [`VisitConfig::measure`](super::VisitConfig::measure): by how much
/// later the answer to 256,000 bytes comes than that to an empty PING.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineQuality {
    /// Microseconds from the last PING to its answer.
    pub round_trip_us: Option<u64>,
    /// Bytes a second to the client. `None` when it was not measured, or is too fast for that.
    pub bytes_per_second: Option<u64>,
    /// The round trip of the empty PING before the one that loads the line.
    base_us: Option<u64>,
}

/// Bytes of the PING that loads the line.
const LOAD: u64 = 256_000;

impl LineQuality {
    /// Takes the round trip of a PING. Number 2 and 3 are those of [`MainOpening`](crate::channel::MainOpening), when it
    /// measures.
    pub(super) fn note(&mut self, measures: bool, ping: u32, round_trip_us: u64) {
        match (measures, ping) {
            (true, 2) => self.base_us = Some(round_trip_us),
            (true, 3) => {
                let took = self.base_us.and_then(|base| round_trip_us.checked_sub(base));
                let bytes = took.and_then(|took| LOAD.saturating_mul(1_000_000).checked_div(took));
                self.bytes_per_second = bytes;
                // It has waited behind its own load.
                return;
            }
            _ => {}
        }
        self.round_trip_us = Some(round_trip_us);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bandwidth_is_what_the_load_takes_longer() {
        let mut quality = LineQuality::default();
        quality.note(true, 1, 70_000);
        quality.note(true, 2, 40_000);
        quality.note(true, 3, 1_040_000);
        assert_eq!((quality.round_trip_us, quality.bytes_per_second), (Some(40_000), Some(256_000)));
        quality.note(true, 4, 41_000);
        assert_eq!((quality.round_trip_us, quality.bytes_per_second), (Some(41_000), Some(256_000)));
        let mut fast = LineQuality::default();
        fast.note(true, 2, 10);
        fast.note(true, 3, 10);
        assert_eq!(fast.bytes_per_second, None);
    }
}
