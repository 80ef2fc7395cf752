//! `--assume`: what a connection without a link handshake is.

use std::str::FromStr;

use spice_proto::ChannelType;
use spice_proto::Origin;
use spice_proto::frame::HeaderKind;

use crate::names;

/// What was said about connections without a handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Assume {
    /// Type of the channel.
    pub(crate) channel: ChannelType,
    /// Which channel of that type.
    pub(crate) id: u8,
    /// What each message starts with.
    pub(crate) header: HeaderKind,
    /// Whose bytes a file is that is no capture.
    pub(crate) origin: Origin,
}

impl FromStr for Assume {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut words = text.split(',');
        let channel = words.next().unwrap_or_default();
        let (name, id) = channel.split_once(':').unwrap_or((channel, "0"));
        let id = id.parse().map_err(|_| format!("\"{id}\" is no number of a channel (0 to 255)"))?;
        let channel = names::channel(name)?;
        let header = match words.next() {
            Some("mini") => HeaderKind::Mini,
            Some("full") => HeaderKind::Full,
            Some(other) => return Err(format!("\"{other}\" is no header: \"mini\" or \"full\"")),
            None => return Err(format!("which header: \"{text},mini\" or \"{text},full\"")),
        };
        let origin = match (words.next(), words.next()) {
            (None | Some("server"), None) => Origin::Server,
            (Some("client"), None) => Origin::Client,
            (Some(other), None) => return Err(format!("\"{other}\" is no end: \"client\" or \"server\"")),
            (_, Some(more)) => return Err(format!("\"{more}\" is too much")),
        };
        Ok(Assume { channel, id, header, origin })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channel_and_header_are_said() {
        let full = "cursor:2,full,client".parse::<Assume>();
        let (channel, header) = (ChannelType::CURSOR, HeaderKind::Full);
        let expected = Assume { channel, id: 2, header, origin: Origin::Client };
        assert_eq!(full, Ok(expected));
        let mini = "display,mini".parse::<Assume>().unwrap();
        assert_eq!((mini.channel, mini.id, mini.header), (ChannelType::DISPLAY, 0, HeaderKind::Mini));
        for (wrong, words) in [
            ("display", "which header: \"display,mini\" or \"display,full\""),
            ("dispaly,mini", "no channel \"dispaly\"; did you mean \"display\"?"),
            ("display,tiny", "\"tiny\" is no header: \"mini\" or \"full\""),
            ("display:256,mini", "\"256\" is no number of a channel (0 to 255)"),
            ("display,mini,both", "\"both\" is no end: \"client\" or \"server\""),
            ("display,mini,client,x", "\"x\" is too much"),
        ] {
            assert_eq!(wrong.parse::<Assume>(), Err(words.to_owned()));
        }
    }
}
