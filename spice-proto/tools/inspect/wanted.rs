//! Whether what the command line names exists: in the protocol, and in the captures that were read.

use std::collections::BTreeSet;

use crate::args::Args;
use crate::moment::Moment;
use crate::names::channel;
use crate::names::is_channel;
use crate::names::messages;
use crate::names::unknown;
use crate::view::View;

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
