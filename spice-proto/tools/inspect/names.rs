//! Names of channels and messages, and what may have been meant by one that does not exist.

use std::collections::BTreeSet;

use spice_proto::ChannelType;
use spice_proto::Origin;

use crate::session::Carried;
use crate::session::message_name;

/// The channel of this name, or "channel N".
///
/// # Errors
/// There is none.
pub(crate) fn channel(name: &str) -> Result<ChannelType, String> {
    let numbered = name.strip_prefix("channel ").and_then(|number| number.parse().ok()).map(ChannelType);
    let known = channels().find(|channel| channel.name() == Some(name));
    known.or(numbered).ok_or_else(|| unknown("channel", name, channels().filter_map(ChannelType::name)))
}

/// True if `wanted` is the channel, as "display" or "display:0".
pub(crate) fn is_channel(wanted: &str, name: &str, id: u8) -> bool {
    wanted == name || wanted.strip_prefix(name).is_some_and(|rest| rest == format!(":{id}"))
}

fn channels() -> impl Iterator<Item = ChannelType> {
    (0..=u8::MAX).map(ChannelType).filter(|channel| channel.name().is_some())
}

/// Names of all messages of all channels, and of what they carry.
pub(crate) fn messages() -> BTreeSet<&'static str> {
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
pub(crate) fn unknown<'n>(what: &str, name: &str, known: impl Iterator<Item = &'n str>) -> String {
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

    #[test]
    fn channels_have_a_name_and_a_number() {
        assert!(is_channel("display", "display", 3) && is_channel("display:3", "display", 3));
        assert!(!is_channel("display:30", "display", 3) && !is_channel("displa", "display", 3));
        assert!(is_channel("channel 77", "channel 77", 0) && is_channel("channel 77:0", "channel 77", 0));
    }
}
