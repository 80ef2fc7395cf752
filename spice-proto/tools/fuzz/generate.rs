//! Messages as files, for parsers.

use std::path::Path;
use std::{fs, io};

use spice_proto::fuzz::{Description, Layout, Maker, Random, Style, break_one, write};
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, Origin};

use super::case::name;

/// What the messages are like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Kind {
    /// Any value that readers take.
    Valid,
    /// Numbers at the ends of their ranges.
    Boundary,
    /// What real peers are likely to take.
    Plausible,
    /// One rule is broken; which one stands in `labels.txt`.
    Rule,
}

/// Writes `count` files. The same seed gives the same files.
pub(crate) fn generate(
    out: &Path,
    channels: &[ChannelType],
    from: Origin,
    only: Option<&str>,
    kind: Kind,
    count: u64,
    seed: u64,
) -> io::Result<()> {
    fs::create_dir_all(out)?;
    let spice = Description::spice();
    let all = channels
        .iter()
        .flat_map(|channel| spice.messages(*channel, from).iter().map(move |message| (*channel, message)));
    let all: Vec<_> = all.filter(|(_, message)| only.is_none_or(|only| message.name == only)).collect();
    if all.is_empty() {
        return Err(io::Error::other("there is no such message"));
    }
    let mut labels = String::new();
    let style = match kind {
        Kind::Valid => Style::Valid,
        Kind::Boundary => Style::Boundary,
        Kind::Plausible | Kind::Rule => Style::Plausible,
    };
    for number in 0..count {
        let mut random = Random::new(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let Some((channel, message)) = random.choose(&all) else { break };
        let value = Maker::new(spice, style).value(message.body, &mut random);
        let mut body = write(spice, message.body, &value);
        let file = format!("{number:06}-{}-{}", name(*channel), message.name);
        if kind == Kind::Rule {
            let found = break_one(spice, Layout::of(message), &body, CapabilitySet::EMPTY, &mut random);
            let Ok(Some(broken)) = found else { continue };
            body = broken.apply(&body);
            let answer = broken
                .refusal
                .as_ref()
                .map_or("taken".into(), |refusal| format!("{:?} {}", refusal.kind, refusal.path));
            labels += &format!("{file}: {}: {answer}\n", broken.label());
        }
        fs::write(out.join(file), body)?;
    }
    if kind == Kind::Rule {
        fs::write(out.join("labels.txt"), labels)?;
    }
    Ok(())
}
