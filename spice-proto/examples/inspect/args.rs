//! The command line.

use std::path::Path;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::Parser;

/// Shows the SPICE sessions in network captures.
///
/// Reads pcap and pcapng files, also compressed by zstd. SPICE is recognised on any port,
/// also inside a WebSocket. For TLS connections of DIR/session.pcapng the decrypted streams
/// DIR/decrypted/connNN.c2s.bin and connNN.s2c.bin are read, if they are there (NN is the
/// number of the connection in the capture). Such a file can also be named alone.
///
/// The summary says for each connection what the link handshake agreed on and counts the
/// messages by number. What a SASL security layer encrypts is counted, and read where the
/// mechanism is DIGEST-MD5 and --sasl-password is given. Tickets and SASL data are never shown.
#[derive(Debug, Parser)]
#[command(name = "inspect", version, verbatim_doc_comment, after_help = EXIT_CODES)]
pub(crate) struct Args {
    /// Captures to read.
    #[arg(required = true, value_name = "CAPTURE")]
    pub(crate) captures: Vec<PathBuf>,

    /// Print a summary of each connection (this is the default).
    #[arg(long, conflicts_with_all = ["messages", "json"])]
    pub(crate) summary: bool,

    /// Print every message, one a line, in the order of the capture: seconds since the first packet,
    /// connection, channel, direction, number, name, size, fields (long runs of bytes left out).
    #[arg(long)]
    pub(crate) messages: bool,

    /// Print JSON Lines: one object a connection, or with --messages one a message with every field
    /// (runs of bytes in hexadecimal; "time" in seconds since 1970, "offset" in the SPICE stream).
    #[arg(long)]
    pub(crate) json: bool,

    /// Write every image as DIR/connNN-PLACE-INDEX-USE-CODEC-SIZE.png and print a line for each codec: images, bytes,
    /// pixels, ratio, time of decoding. PLACE is where the message starts in the stream of the server. With several
    /// captures DIR has a folder for each, by number.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["summary", "messages", "json"])]
    pub(crate) images: Option<PathBuf>,

    /// Draw the display channels and write the screen at the end as OUT.png; display channel N other than 0 as OUT-N.png.
    /// The screen is what a client's window shows: the first head of the display, or all of its primary surface. Further
    /// heads go to OUT-head-ID.png or OUT-N-head-ID.png.
    /// With several captures OUT.png lies in a folder for each, by number.
    #[arg(long, value_name = "OUT.png", conflicts_with_all = ["summary", "messages", "json", "images"])]
    pub(crate) screen: Option<PathBuf>,

    /// With --screen: every other surface that exists at the end too, as OUT-surface-ID.png or OUT-N-surface-ID.png.
    #[arg(long, requires = "screen")]
    pub(crate) all_surfaces: bool,

    /// Draw the display channels and write pictures of their screens on the way, as DIR/NNNNNN-display-N.png; --every
    /// says how often. With several captures DIR has a folder for each, by number.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["summary", "messages", "json", "images"])]
    pub(crate) frames: Option<PathBuf>,

    /// How often --frames writes: a number of messages ("100"), or seconds of the capture's time ("0.5s").
    #[arg(long, value_name = "N|Ts", requires = "frames", default_value = "1s")]
    pub(crate) every: Every,

    /// Only this channel, as "display" or "display:1"; can be given again.
    #[arg(long, value_name = "NAME")]
    pub(crate) channel: Vec<String>,

    /// Only messages of this name, as "draw_copy"; can be given again.
    #[arg(long, value_name = "NAME")]
    pub(crate) message: Vec<String>,

    /// Password of the user, to read what the SASL mechanism DIGEST-MD5 has encrypted.
    #[cfg(feature = "digest-md5")]
    #[arg(long, value_name = "PASSWORD", env = "SPICE_PASSWORD", hide_env_values = true)]
    pub(crate) sasl_password: Option<String>,

    /// Only the connection with this number, from 0 in each capture; can be given again.
    #[arg(long, value_name = "N")]
    pub(crate) connection: Vec<usize>,
}

impl Args {
    /// True if the channel of this type and number was asked for.
    pub(crate) fn wants_channel(&self, name: &str, id: u8) -> bool {
        let one = format!("{name}:{id}");
        self.channel.is_empty() || self.channel.iter().any(|wanted| wanted == name || *wanted == one)
    }

    /// True if messages of this name were asked for.
    pub(crate) fn wants_message(&self, name: &str) -> bool {
        self.message.is_empty() || self.message.iter().any(|wanted| wanted == name)
    }

    /// Where the images of a capture go: `folder`, or with several captures one inside of it, by number from 1.
    pub(crate) fn folder_of(&self, folder: &Path, capture: &Path) -> PathBuf {
        match self.captures.iter().position(|path| path == capture) {
            Some(index) if self.captures.len() > 1 => folder.join((index + 1).to_string()),
            _ => folder.to_path_buf(),
        }
    }

    /// True if the connection with this number was asked for.
    pub(crate) fn wants_connection(&self, index: usize) -> bool {
        self.connection.is_empty() || self.connection.contains(&index)
    }
}

/// How often to write a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Every {
    /// After so many messages.
    Messages(u64),
    /// After so much time of the capture.
    Time(Duration),
}

impl FromStr for Every {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("\"{text}\" is neither a number of messages nor seconds as \"0.5s\"");
        if let Some(seconds) = text.strip_suffix('s') {
            let time = seconds.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
            return time.filter(|time| !time.is_zero()).map(Every::Time).ok_or_else(wrong);
        }
        text.parse().ok().filter(|&count| count > 0).map(Every::Messages).ok_or_else(wrong)
    }
}

const EXIT_CODES: &str = "\
Exit codes:
  0  everything was read
  1  a capture is damaged or lacks bytes, or a message could not be parsed; everything up to there was printed
  2  the command line is wrong, or a file is missing or no capture";

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn command_line_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn every_is_messages_or_seconds() {
        assert_eq!("100".parse(), Ok(Every::Messages(100)));
        assert_eq!("0.5s".parse(), Ok(Every::Time(Duration::from_millis(500))));
        for wrong in ["", "0", "0s", "-1s", "x", "1m"] {
            assert!(wrong.parse::<Every>().is_err(), "{wrong}");
        }
    }
}
