//! Names on the command line that do not exist, and what may have been meant.

use std::collections::BTreeSet;

use spice_proto::ChannelType;
use spice_proto::Origin;

use crate::args::Args;
use crate::filter::Moment;
use crate::filter::is_channel;
use crate::session::Carried;
use crate::session::message_name;
use crate::view::View;

/// The channel of this name, or "channel N".
///
/// # Errors
/// There is none.
pub(crate) fn channel(name: &str) -> Result<ChannelType, String> {
    let numbered = name.strip_prefix("channel ").and_then(|number| number.parse().ok()).map(ChannelType);
    let known = channels().find(|channel| channel.name() == Some(name));
    known.or(numbered).ok_or_else(|| unknown("channel", name, channels().filter_map(ChannelType::name)))
}

/// Names of the command line that the protocol does not have.
///
/// # Errors
/// The first of them.
pub(crate) fn check(args: &Args) -> Result<(), String> {
    for wanted in &args.channel {
        let name = match wanted.rsplit_once(':') {
            Some((name, id)) if id.parse::<u8>().is_ok() => name,
            Some((_, id)) => {
                return Err(format!("\"{id}\" in \"{wanted}\" is no number of a channel (0 to 255)"));
            }
            None => wanted,
        };
        channel(name)?;
    }
    match (args.from, args.to) {
        (Some(Moment::Relative(from)), Some(Moment::Relative(to)))
        | (Some(Moment::Absolute(from)), Some(Moment::Absolute(to)))
            if from > to =>
        {
            return Err("nothing lies between --from and --to: --to is earlier".to_owned());
        }
        _ => {}
    }
    let names = messages();
    for wanted in &args.message {
        let plain = wanted.strip_prefix("sub-messages of ").unwrap_or(wanted);
        let numbered = plain.strip_prefix("message ").is_some_and(|number| number.parse::<u16>().is_ok());
        if !numbered && !names.contains(plain) {
            return Err(unknown("message", wanted, names.iter().copied()));
        }
    }
    Ok(())
}

/// What the captures that were read have had of what the command line names.
#[derive(Debug, Default)]
pub(crate) struct Found {
    connections: BTreeSet<usize>,
    channels: BTreeSet<(String, u8)>,
}

impl Found {
    /// Takes note of the connections of a capture, the ones that were not asked for too.
    pub(crate) fn add(&mut self, views: &[View<'_>]) {
        for view in views {
            self.connections.insert(view.connection.index);
            self.channels.extend(view.channel());
        }
    }

    /// Connections and channels of the command line that no capture has.
    pub(crate) fn missing(&self, args: &Args) -> Vec<String> {
        let of = if args.captures.len() == 1 { "in the capture" } else { "in any capture" };
        let connections = args.connection.iter().filter(|index| !self.connections.contains(index));
        let connections = connections.map(|index| match self.connections.last() {
            Some(last) => format!("no connection {index} {of}, the numbers are 0 to {last}"),
            None => format!("no connection {index} {of}, there are no connections"),
        });
        let channels = args.channel.iter();
        let channels =
            channels.filter(|wanted| !self.channels.iter().any(|(name, id)| is_channel(wanted, name, *id)));
        let all: Vec<_> = self.channels.iter().map(|(name, id)| format!("{name}:{id}")).collect();
        let all = if all.is_empty() { "no channel at all".to_owned() } else { all.join(", ") };
        connections
            .chain(channels.map(|name| format!("no channel \"{name}\" {of}, there is {all}")))
            .collect()
    }
}

fn channels() -> impl Iterator<Item = ChannelType> {
    (0..=u8::MAX).map(ChannelType).filter(|channel| channel.name().is_some())
}

/// Names of all messages of all channels, and of what they carry.
fn messages() -> BTreeSet<&'static str> {
    let ends = [Origin::Client, Origin::Server];
    let known = channels().flat_map(|channel| {
        let of = move |origin| (0..=LAST_MESSAGE).filter_map(move |kind| message_name(channel, origin, kind));
        ends.into_iter().flat_map(of)
    });
    known.chain(Carried::names()).collect()
}

/// Numbers of messages are below this.
const LAST_MESSAGE: u16 = 1000;

/// "no channel "dispaly"; did you mean "display"?".
fn unknown<'n>(what: &str, name: &str, known: impl Iterator<Item = &'n str>) -> String {
    let likeness = |known: &str| strsim::jaro_winkler(&name.to_lowercase(), known);
    let nearest =
        known.map(|known| (likeness(known), known)).max_by(|(one, _), (other, _)| one.total_cmp(other));
    match nearest.filter(|(likeness, _)| *likeness > 0.75) {
        Some((_, nearest)) => format!("no {what} \"{name}\"; did you mean \"{nearest}\"?"),
        None => format!("no {what} \"{name}\""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_suggested_and_far_ones_are_not() {
        assert_eq!(channel("display"), Ok(ChannelType::DISPLAY));
        assert_eq!(channel("channel 77"), Ok(ChannelType(77)));
        assert_eq!(channel("dispaly").unwrap_err(), "no channel \"dispaly\"; did you mean \"display\"?");
        assert_eq!(channel("Display").unwrap_err(), "no channel \"Display\"; did you mean \"display\"?");
        assert_eq!(channel("qqqq").unwrap_err(), "no channel \"qqqq\"");
    }

    #[test]
    fn every_message_of_every_channel_is_a_name() {
        let names = messages();
        for name in
            ["draw_copy", "agent_data", "gl_scanout_unix", "set_ack", "init", "clipboard_grab", "hello"]
        {
            assert!(names.contains(name), "{name}");
        }
    }
}
