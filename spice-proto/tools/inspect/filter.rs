//! What of a capture was asked for.

use std::str::FromStr;
use std::time::Duration;

use spice_proto::Origin;

use crate::args::Args;
use crate::capture::Mark;

/// A time on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// Since the first packet of the capture.
    Relative(Duration),
    /// Since the start of 1970, UTC.
    Absolute(Duration),
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let seconds = |text: &str| Duration::try_from_secs_f64(text.parse().ok()?).ok();
        match text.strip_prefix('@') {
            Some(rest) => seconds(rest).map(Moment::Absolute),
            None => seconds(text).map(Moment::Relative),
        }
        .ok_or_else(|| {
            format!("\"{text}\" is no time: seconds since the first packet, or since 1970 behind a \"@\"")
        })
    }
}

/// What of one capture was asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Filter<'a> {
    args: &'a Args,
    /// Where times of the command line lie in this capture; None also where the capture has no times.
    from: Option<Duration>,
    to: Option<Duration>,
}

impl<'a> Filter<'a> {
    /// For a capture that starts at this time.
    pub(crate) fn new(args: &'a Args, start: Option<Duration>) -> Self {
        let time = |moment: Option<Moment>| match moment? {
            Moment::Absolute(time) => Some(time),
            Moment::Relative(after) => start?.checked_add(after),
        };
        Filter { args, from: time(args.from), to: time(args.to) }
    }

    /// True if the connection with this number was asked for.
    pub(crate) fn connection(&self, index: usize) -> bool {
        self.args.connection.is_empty() || self.args.connection.contains(&index)
    }

    /// True if the channel of this type and number was asked for.
    pub(crate) fn channel(&self, name: &str, id: u8) -> bool {
        let wanted = &self.args.channel;
        wanted.is_empty() || wanted.iter().any(|wanted| is_channel(wanted, name, id))
    }

    /// True if messages of one of these names were asked for.
    pub(crate) fn names<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> bool {
        let wanted = &self.args.message;
        wanted.is_empty() || names.into_iter().any(|name| wanted.iter().any(|wanted| wanted == name))
    }

    /// True if what this end sent was asked for.
    pub(crate) fn origin(&self, origin: Origin) -> bool {
        self.args.direction.is_none_or(|end| Origin::from(end) == origin)
    }

    /// True if what was complete with this packet was asked for. What has no time is never outside.
    pub(crate) fn time(&self, mark: Option<Mark>) -> bool {
        let Some(time) = mark.and_then(|mark| mark.time) else { return true };
        self.from.is_none_or(|from| from <= time) && !self.is_after(Some(time))
    }

    /// True at --to or later.
    pub(crate) fn is_after(&self, time: Option<Duration>) -> bool {
        self.to.is_some_and(|to| time.is_some_and(|time| time >= to))
    }

    /// True if parts of the messages were asked for only, so that sums are not those of the whole session.
    pub(crate) fn leaves_out_by_time(&self) -> bool {
        self.from.is_some() || self.to.is_some()
    }
}

/// True if `wanted` is the channel, as "display" or "display:0".
pub(crate) fn is_channel(wanted: &str, name: &str, id: u8) -> bool {
    wanted == name || wanted.strip_prefix(name).is_some_and(|rest| rest == format!(":{id}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_relative_or_absolute() {
        assert_eq!("2.5".parse(), Ok(Moment::Relative(Duration::from_millis(2500))));
        assert_eq!("@1700000000".parse(), Ok(Moment::Absolute(Duration::from_secs(1_700_000_000))));
        for wrong in ["", "@", "-1", "x", "1s", "nan", "inf"] {
            assert!(wrong.parse::<Moment>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn channels_have_a_name_and_a_number() {
        assert!(is_channel("display", "display", 3) && is_channel("display:3", "display", 3));
        assert!(!is_channel("display:30", "display", 3) && !is_channel("displa", "display", 3));
        assert!(is_channel("channel 77", "channel 77", 0) && is_channel("channel 77:0", "channel 77", 0));
    }
}
