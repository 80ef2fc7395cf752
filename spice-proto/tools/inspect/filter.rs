//! What of a capture was asked for.

use std::time::Duration;

use spice_proto::Origin;

use crate::args::Args;
use crate::capture::Mark;
use crate::moment::Moment;
use crate::names::is_channel;

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
