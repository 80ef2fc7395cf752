//! The command line.

use std::path::Path;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::ArgGroup;
use clap::Parser;
use clap::ValueEnum;
use spice_proto::Origin;

use crate::assume::Assume;
use crate::moment::Moment;

/// Shows the SPICE sessions in network captures.
///
/// Reads pcap and pcapng files, also compressed by zstd or gzip. SPICE is recognised on any port,
/// also inside a WebSocket. For TLS connections of DIR/session.pcapng the decrypted streams
/// DIR/decrypted/connNN.c2s.bin and connNN.s2c.bin are read, if they are there (NN is the
/// number of the connection in the capture). Such a file can also be named alone. A key log
/// (SSLKEYLOGFILE) is not read; tshark takes one: -q -r CAPTURE -o tls.keylog_file:KEYS -z
/// follow,tls,raw,NN prints both streams in hexadecimal.
///
/// The summary says for each connection what the link handshake agreed on and counts the
/// messages by number. What a SASL security layer encrypts is counted, and read where the
/// mechanism is DIGEST-MD5 and --sasl-password is given. Tickets and SASL data are never shown.
#[derive(Debug, Parser)]
#[command(name = "spice-inspect", version, verbatim_doc_comment, after_help = AFTER_HELP)]
#[command(group = ArgGroup::new("drawn").args(["screen", "frames"]).multiple(true))]
pub(crate) struct Args {
    /// Captures to read.
    #[arg(required = true, value_name = "CAPTURE")]
    pub(crate) captures: Vec<PathBuf>,

    /// Print a summary of each connection (this is the default).
    #[arg(long, conflicts_with_all = ["messages", "json"])]
    pub(crate) summary: bool,

    /// Print every message, one a line, in the order of the capture: seconds since the first packet,
    /// connection, channel, direction, number, name, size, fields (long runs of bytes left out). What messages
    /// carry follows on lines of its own: agent messages, usbredir packets, pieces and HTTP lines of webdav.
    #[arg(long)]
    pub(crate) messages: bool,

    /// Print JSON Lines: one object a connection, or with --messages one a message with every field
    /// (runs of bytes in hexadecimal; "time" in seconds since 1970, "offset" in the SPICE stream).
    /// docs/inspect-json.md explains every key.
    #[arg(long)]
    pub(crate) json: bool,

    /// Write every image as DIR/connNN-PLACE-INDEX-USE-CODEC-SIZE.png and print a line for each codec: images, bytes,
    /// pixels, ratio, time of decoding. Shapes of the pointer are among them (USE is "cursor"). PLACE is where the
    /// message starts in the stream of the server. With several captures DIR has a folder for each, by number.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["summary", "messages", "json"])]
    pub(crate) images: Option<PathBuf>,

    /// Draw the display channels and write the screen at the end, or at --to, as OUT.png; display channel N other than
    /// 0 as OUT-N.png. The screen is what a client's window shows: the first head of the display, or all of its primary
    /// surface. Further heads go to OUT-head-ID.png or OUT-N-head-ID.png. With several captures OUT.png lies in a folder
    /// for each, by number.
    #[arg(long, value_name = "OUT.png", conflicts_with_all = ["summary", "messages", "json", "images", "from"])]
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

    /// With --screen or --frames: draw the pointer over the screen, where the server shows it, or where the client has
    /// moved it when the client draws the pointer. --connection and --channel do not keep its channels out.
    #[arg(long, requires = "drawn", conflicts_with_all = ["summary", "messages", "json", "images"])]
    pub(crate) pointer: bool,

    /// Only this channel, as "display" or "display:1"; can be given again.
    #[arg(long, value_name = "NAME")]
    pub(crate) channel: Vec<String>,

    /// Only messages of this name, as "draw_copy"; can be given again. Not for pictures.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["images", "screen", "frames"])]
    pub(crate) message: Vec<String>,

    /// Password of the user, to read what the SASL mechanism DIGEST-MD5 has encrypted.
    #[cfg(feature = "digest-md5")]
    #[arg(long, value_name = "PASSWORD", env = "SPICE_PASSWORD", hide_env_values = true)]
    pub(crate) sasl_password: Option<String>,

    /// Only the connection with this number, from 0 in each capture; can be given again.
    #[arg(long, value_name = "N")]
    pub(crate) connection: Vec<usize>,

    /// Only what this end sent. Not for pictures, which the server sends.
    #[arg(long, value_name = "END", conflicts_with_all = ["images", "screen", "frames"])]
    pub(crate) direction: Option<End>,

    /// Only messages that were complete at this time or later: seconds since the first packet ("2.5"), or since 1970
    /// ("@1700000000.25").
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(crate) from: Option<Moment>,

    /// Only messages that were complete before this time, as for --from. Pictures show the screen then.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(crate) to: Option<Moment>,

    /// For connections without a link handshake: what they are, as "display,mini" or "display:1,full" (channel, and
    /// which header each message has). A file that is no capture is then what the server sent, or with "display,mini,
    /// client" (no blanks) what the client sent.
    #[arg(long, value_name = "CHANNEL,HEADER")]
    pub(crate) assume: Option<Assume>,
}

impl Args {
    /// True if pictures are written, not words.
    pub(crate) fn draws(&self) -> bool {
        self.screen.is_some() || self.frames.is_some()
    }

    /// Where the images of a capture go: `folder`, or with several captures one inside of it, by number from 1.
    pub(crate) fn folder_of(&self, folder: &Path, capture: &Path) -> PathBuf {
        match self.captures.iter().position(|path| path == capture) {
            Some(index) if self.captures.len() > 1 => folder.join((index + 1).to_string()),
            _ => folder.to_path_buf(),
        }
    }
}

/// One end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum End {
    Client,
    Server,
}

impl From<End> for Origin {
    fn from(end: End) -> Self {
        match end {
            End::Client => Origin::Client,
            End::Server => Origin::Server,
        }
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

const AFTER_HELP: &str = "\
What excludes what: --images, --screen and --frames write pictures, and go neither with --summary, --messages and
--json nor with --message and --direction; --images goes with neither of the other two. --screen and --frames go
together. --summary goes with neither --messages nor --json. --all-surfaces needs --screen, which knows no --from;
--every needs --frames; --pointer needs --screen or --frames.

Video that nobody here decodes (all codecs but MJPEG) leaves pictures stale where it plays: this is said once for each
codec, the file has a comment (PNG tEXt) that says so, and names of --frames end in \"-stale\".

Exit codes (the highest that applies):
  0  everything was read
  1  a capture is damaged or lacks bytes, or a message could not be parsed; everything up to there was printed. Or a
     file could not be written
  2  the command line is wrong, a name in it does not exist, or a file is missing or no capture
  3  everything was read, but not everything could be shown: pictures in a codec that is not decoded, connections that
     are encrypted (in --messages and pictures), no picture at all where a screen or frames were asked for; and
     nothing of kind 1 or 2";

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
