//! A case: what one end does, as a text that people can read, change and send around.
//!
//! ```text
//! spice-fuzz case 1
//! # What was found, with which peer and version.
//! role client
//! open main
//! send main 104
//! open display
//! send display 4          # unasked display.migrate_flush_mark
//! wait 50
//! ```
//!
//! Channels are names or numbers, bodies are hexadecimal. What follows `#` is for people.

use std::fmt;
use std::path::Path;
use std::{fs, io};

use spice_proto::{ChannelType, Origin};

/// What one end does, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    /// Which end it is.
    pub(crate) role: Origin,
    /// Lines about it.
    pub(crate) notes: Vec<String>,
    /// What it does.
    pub(crate) actions: Vec<Action>,
}

/// A step of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Opens a channel, or waits until the client has.
    Open(ChannelType),
    /// Sends a message.
    Send(Message),
    /// Reads and answers for so many milliseconds.
    Wait(u64),
}

/// A message to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) channel: ChannelType,
    pub(crate) kind: u16,
    pub(crate) body: Vec<u8>,
    /// What is wrong with it; empty where nothing is.
    pub(crate) label: String,
}

const HEAD: &str = "spice-fuzz case 1";

impl Case {
    /// Reads a file.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let named = |error: String| {
            io::Error::new(io::ErrorKind::InvalidData, format!("{}: {error}", path.display()))
        };
        let text = fs::read_to_string(path).map_err(|error| named(error.to_string()))?;
        Self::parse(&text).map_err(named)
    }

    /// Reads the text.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut lines = text.lines().enumerate();
        if lines.next().map(|(_, line)| line.trim()) != Some(HEAD) {
            return Err(format!("the first line is not `{HEAD}`"));
        }
        let mut case = Case { role: Origin::Client, notes: Vec::new(), actions: Vec::new() };
        for (number, line) in lines {
            let wrong = |what: &str| format!("line {}: {what}", number + 1);
            if let Some(note) = line.strip_prefix('#') {
                case.notes.push(note.trim().to_owned());
                continue;
            }
            let (words, label) = line.split_once('#').unwrap_or((line, ""));
            let words: Vec<&str> = words.split_whitespace().collect();
            match words[..] {
                [] => {}
                ["role", "client"] => case.role = Origin::Client,
                ["role", "server"] => case.role = Origin::Server,
                ["open", name] => {
                    case.actions.push(Action::Open(channel(name).ok_or_else(|| wrong("no such channel"))?));
                }
                ["wait", time] => {
                    case.actions
                        .push(Action::Wait(time.parse().map_err(|_| wrong("no number of milliseconds"))?));
                }
                ["send", name, kind, ref hex @ ..] => {
                    let channel = channel(name).ok_or_else(|| wrong("no such channel"))?;
                    let kind = kind.parse().map_err(|_| wrong("no number of a message"))?;
                    let body = from_hex(&hex.concat()).ok_or_else(|| wrong("the body is not hexadecimal"))?;
                    let label = label.trim().to_owned();
                    case.actions.push(Action::Send(Message { channel, kind, body, label }));
                }
                _ => return Err(wrong("neither role, open, send nor wait")),
            }
        }
        Ok(case)
    }

    /// The messages.
    pub(crate) fn messages(&self) -> impl Iterator<Item = &Message> {
        self.actions.iter().filter_map(|action| match action {
            Action::Send(message) => Some(message),
            _ => None,
        })
    }

    /// What is wrong with it: the labels of its messages and notes that start with `broken:`.
    pub(crate) fn labels(&self) -> Vec<String> {
        let notes = self.notes.iter().filter_map(|note| note.strip_prefix("broken: ").map(ToOwned::to_owned));
        let labels = self.messages().map(|message| message.label.clone()).filter(|label| !label.is_empty());
        notes.chain(labels).collect()
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEAD}")?;
        self.notes.iter().try_for_each(|note| writeln!(f, "# {note}"))?;
        writeln!(f, "role {}", if self.role == Origin::Client { "client" } else { "server" })?;
        for action in &self.actions {
            match action {
                Action::Open(channel) => writeln!(f, "open {}", name(*channel))?,
                Action::Wait(time) => writeln!(f, "wait {time}")?,
                Action::Send(Message { channel, kind, body, label }) => {
                    let mark = if label.is_empty() { "" } else { "   # " };
                    writeln!(f, "send {} {kind} {}{mark}{label}", name(*channel), to_hex(body))?;
                }
            }
        }
        Ok(())
    }
}

/// The name of a channel, or its number.
pub(crate) fn name(channel: ChannelType) -> String {
    channel.name().map_or_else(|| channel.0.to_string(), ToOwned::to_owned)
}

/// A channel by its name or its number.
pub(crate) fn channel(name: &str) -> Option<ChannelType> {
    let known = ChannelType::ALL.iter().find(|(channel, _)| channel.name() == Some(name));
    known.map(|(channel, _)| *channel).or_else(|| name.parse().ok().map(ChannelType))
}

pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).map(|digit| digit as u8)).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    Some(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}
