//! What could not be used, for the user to read.

/// Messages that were left out and channels that were lost: each text once, with its count, and not more than can be read.
#[derive(Debug, Default)]
pub(crate) struct Complaints {
    kept: Vec<(String, u64)>,
    /// Further ones, of which only the number is known.
    more: u64,
}

/// Different texts that are kept.
const MOST: usize = 20;

impl Complaints {
    pub(crate) fn add(&mut self, text: String) {
        if let Some((_, count)) = self.kept.iter_mut().find(|(kept, _)| *kept == text) {
            *count += 1;
        } else if self.kept.len() < MOST {
            self.kept.push((text, 1));
        } else {
            self.more += 1;
        }
    }

    /// A line for each, the oldest first.
    pub(crate) fn lines(&self) -> Vec<String> {
        let kept = self.kept.iter().map(|(text, count)| match count {
            1 => text.clone(),
            count => format!("{text} ({count} times)"),
        });
        let more = (self.more > 0).then(|| format!("and {} more", self.more));
        kept.chain(more).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints_are_counted_and_bounded() {
        let mut complaints = Complaints::default();
        for number in 0..100 {
            complaints.add("the same".into());
            complaints.add(format!("number {number}"));
        }
        let lines = complaints.lines();
        assert_eq!((lines.len(), &*lines[0], &*lines[20]), (21, "the same (100 times)", "and 81 more"));
    }
}
