//! `--frames DIR`: pictures of the screens on the way.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use crate::args::Every;

/// Says when to write pictures, and where.
pub(crate) struct Frames {
    folder: PathBuf,
    every: Every,
    /// Pictures written.
    written: u64,
    /// By channel.
    since: BTreeMap<u8, Since>,
}

/// Since the last picture of a channel.
#[derive(Default)]
struct Since {
    messages: u64,
    time: Option<Duration>,
}

impl Frames {
    pub(crate) fn new(folder: &Path, every: Every) -> Self {
        Frames { folder: folder.to_path_buf(), every, written: 0, since: BTreeMap::new() }
    }

    /// Where to write a picture of a channel after a message that came `now`, if it is time for one.
    pub(crate) fn due(&mut self, channel: u8, now: Option<Duration>, stale: bool) -> Option<PathBuf> {
        let since = self.since.entry(channel).or_default();
        since.messages += 1;
        let due = match self.every {
            Every::Messages(count) => since.messages >= count,
            Every::Time(step) => match (now, since.time) {
                (Some(now), Some(last)) if now.saturating_sub(last) < step => false,
                (Some(now), _) => {
                    since.time = Some(now);
                    true
                }
                (None, _) => false,
            },
        };
        if !due {
            return None;
        }
        since.messages = 0;
        self.written += 1;
        let stale = if stale { "-stale" } else { "" };
        Some(self.folder.join(format!("{:06}-display-{channel}{stale}.png", self.written)))
    }

    /// True when no picture fell due.
    pub(crate) fn is_empty(&self) -> bool {
        self.written == 0
    }

    /// Makes the folder, so that it is there also when no picture falls due.
    pub(crate) fn make_folder(&self) -> io::Result<()> {
        std::fs::create_dir_all(&self.folder).map_err(|error| crate::png_file::in_path(&self.folder, &error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_fall_due_by_messages_or_by_time() {
        let mut frames = Frames::new(Path::new("d"), Every::Messages(2));
        assert_eq!(frames.due(0, None, false), None);
        assert_eq!(frames.due(1, None, false), None);
        assert_eq!(frames.due(0, None, true), Some("d/000001-display-0-stale.png".into()));
        let mut frames = Frames::new(Path::new("d"), Every::Time(Duration::from_secs(1)));
        let mut due = |ms| frames.due(0, Some(Duration::from_millis(ms)), false).is_some();
        assert_eq!([500, 1400, 1500, 2499, 2500].map(&mut due), [true, false, true, false, true]);
        let mut frames = Frames::new(Path::new("d"), Every::Time(Duration::MAX));
        let mut due = |seconds| frames.due(0, Some(Duration::from_secs(seconds)), false).is_some();
        assert_eq!([1, u64::MAX].map(&mut due), [true, false]);
    }
}
