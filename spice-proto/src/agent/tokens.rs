//! How many AGENT_DATA messages may be sent ([`docs/spec/messages.md`, "Agent tokens"](crate::spec::messages#agent-tokens)).

/// No limit, as AGENT_START says it.
pub(super) const UNLIMITED: u32 = u32::MAX;

/// What one end may send: the peer gives the numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Allowance {
    /// `None` is no limit.
    left: Option<u32>,
}

impl Allowance {
    pub(super) fn new(tokens: u32) -> Self {
        Self { left: Some(tokens).filter(|tokens| *tokens != UNLIMITED) }
    }

    pub(super) fn none() -> Self {
        Self { left: Some(0) }
    }

    pub(super) fn left(self) -> Option<u32> {
        self.left
    }

    pub(super) fn add(&mut self, tokens: u32) {
        self.left = self.left.map(|left| left.saturating_add(tokens));
    }

    /// Whether there is a token; uses it.
    pub(super) fn take(&mut self) -> bool {
        let Some(left) = &mut self.left else { return true };
        let taken = left.checked_sub(1);
        *left = taken.unwrap_or(0);
        taken.is_some()
    }
}

/// What the peer may send: we give the numbers, and give back what was used, half of them at a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grant {
    total: u32,
    left: Allowance,
    used: u32,
}

impl Grant {
    pub(super) fn new(tokens: u32) -> Self {
        Self { total: tokens, left: Allowance::new(tokens), used: 0 }
    }

    /// A piece came. False when the peer had no token for it.
    pub(super) fn spend(&mut self) -> bool {
        self.used = self.used.saturating_add(1);
        self.left.take()
    }

    /// Tokens that are to be given back now.
    pub(super) fn give_back(&mut self) -> Option<u32> {
        let due = self.total != UNLIMITED && self.used > 0 && self.used >= self.total.div_ceil(2);
        due.then(|| {
            let used = core::mem::take(&mut self.used);
            self.left.add(used);
            used
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_tokens_are_given_back_at_a_time() {
        let mut grant = Grant::new(10);
        let given: [_; 7] = [(); 7].map(|()| (grant.spend(), grant.give_back()));
        assert_eq!(given[3..6], [(true, None), (true, Some(5)), (true, None)]);
        let mut greedy = Grant::new(2);
        assert_eq!([(); 3].map(|()| greedy.spend()), [true, true, false]);
        let mut unlimited = Grant::new(UNLIMITED);
        assert!((0..100).all(|_| unlimited.spend() && unlimited.give_back().is_none()));
    }
}
