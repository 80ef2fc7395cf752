//! The time by which sound and video are presented.

/// The server's clock as the client knows it: milliseconds that wrap ([`docs/spec/messages.md`, "mm_time"](crate::spec::messages#mm_time)).
///
/// ```
/// use spice_proto::session::MultiMediaClock;
///
/// let clock = MultiMediaClock::new(u32::MAX - 9, 1_000);
/// assert_eq!(clock.now(1_030), 20);
/// assert_eq!(clock.until(50, 1_030), 30);
/// assert_eq!(clock.until(u32::MAX, 1_030), -21, "21 ms late");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MultiMediaClock {
    mm_time: u32,
    at: u64,
}

impl MultiMediaClock {
    /// A clock that shows `mm_time` at the caller's time `now`, in milliseconds.
    #[must_use]
    pub fn new(mm_time: u32, now: u64) -> Self {
        Self { mm_time, at: now }
    }

    /// What it shows at the caller's time `now`.
    #[must_use]
    pub fn now(&self, now: u64) -> u32 {
        // Both wrap, so that cutting the difference off is right.
        self.mm_time.wrapping_add(now.wrapping_sub(self.at) as u32)
    }

    /// Milliseconds from `now` until something with this time is to be presented; negative when it is late.
    #[must_use]
    pub fn until(&self, mm_time: u32, now: u64) -> i32 {
        mm_time.wrapping_sub(self.now(now)).cast_signed()
    }
}
