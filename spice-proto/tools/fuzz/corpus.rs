//! Captures as corpora: a file for each message, direction or session.

use std::collections::BTreeSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::{fs, io};

use spice_proto::fuzz::{Description, Part, read};
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, Origin};

use super::capture::Capture;
use super::case::{Action, Case, Message, name};
use super::session::{Item, Place, Session};

/// What a file of a corpus is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Layout {
    /// The body of a message: for parsers, by libFuzzer or AFL++.
    Message,
    /// All that one end sends on a connection behind the handshake, as on the wire: for AFLNet and for readers of frames.
    Direction,
    /// A session of one end, as a case of this program.
    Session,
}

/// Writes the corpus. Gives the numbers of files written and of items passed over, since others have their shape.
pub(crate) fn write(
    captures: &[PathBuf],
    out: &Path,
    layout: Layout,
    from: Option<Origin>,
) -> io::Result<(usize, usize)> {
    fs::create_dir_all(out)?;
    let (mut shapes, mut written, mut passed) = (BTreeSet::new(), 0, 0);
    for path in captures {
        let capture = Capture::open(path).map_err(|error| io::Error::other(error.to_string()))?;
        let file = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let mut cases = [Origin::Client, Origin::Server].map(|role| Case {
            role,
            notes: Vec::new(),
            actions: Vec::new(),
        });
        for (index, connection) in capture.connections.iter().enumerate() {
            let Some((to_server, to_client)) = connection.spice() else { continue };
            let session = Session::follow(to_server.bytes(), to_client.bytes());
            for (track, case) in [&session.client, &session.server].into_iter().zip(&mut cases) {
                if from.is_some_and(|from| from != track.origin) || track.frames.is_empty() {
                    continue;
                }
                let direction = direction(track.origin);
                match layout {
                    Layout::Message => {
                        for item in track.items().filter(|item| item.place != Place::List) {
                            if !shapes.insert(shape(&item)) {
                                passed += 1;
                                continue;
                            }
                            let message = message_name(item.channel, item.origin, item.kind);
                            let file = format!(
                                "{}-{direction}-{message}-{:016x}",
                                name(item.channel),
                                hash(item.body)
                            );
                            fs::write(out.join(file), item.body)?;
                            written += 1;
                        }
                    }
                    Layout::Direction => {
                        let mut bytes = Vec::new();
                        track.frames.iter().for_each(|frame| frame.frame.put(&mut bytes));
                        let file = format!("{file}-{index}-{}-{direction}.raw", name(session.channel()));
                        fs::write(out.join(file), bytes)?;
                        written += 1;
                    }
                    Layout::Session => {
                        case.actions.push(Action::Open(session.channel()));
                        case.actions.extend(messages(&session, track.origin).into_iter().map(Action::Send));
                    }
                }
            }
        }
        if layout == Layout::Session {
            for case in cases.iter().filter(|case| !case.actions.is_empty()) {
                let path = out.join(format!("{file}-{}.case", direction(case.role)));
                fs::write(path, case.to_string())?;
                written += 1;
            }
        }
    }
    Ok((written, passed))
}

/// The messages that one end sends in a capture, without those that only answer.
pub(crate) fn recorded(path: &Path, origin: Origin) -> io::Result<Vec<Message>> {
    let capture = Capture::open(path).map_err(|error| io::Error::other(error.to_string()))?;
    let mut all = Vec::new();
    for (to_server, to_client) in capture.connections.iter().filter_map(|connection| connection.spice()) {
        all.extend(messages(&Session::follow(to_server.bytes(), to_client.bytes()), origin));
    }
    Ok(all)
}

fn messages(session: &Session, origin: Origin) -> Vec<Message> {
    let track = if origin == Origin::Client { &session.client } else { &session.server };
    let items = track.items().filter(|item| item.place != Place::List);
    // What the ends of channels say by themselves is said again by ours.
    let own = items.filter(|item| item.kind > 100);
    let message = |item: Item<'_>| Message {
        channel: item.channel,
        kind: item.kind,
        body: item.body.to_vec(),
        label: String::new(),
    };
    own.map(message).collect()
}

/// What makes a message unlike others: which fields there are, what selects them, how long arrays are by their order of
/// magnitude. Numbers do not count.
fn shape(item: &Item<'_>) -> u64 {
    let spice = Description::spice();
    let mut hasher = DefaultHasher::new();
    (item.channel.0, item.kind, item.origin == Origin::Client).hash(&mut hasher);
    let layout = spice.message(item.channel, item.origin, item.kind);
    let anatomy = layout.map(|layout| read(spice, layout, item.body, CapabilitySet::EMPTY));
    let Some(Ok(anatomy)) = anatomy else {
        item.body.hash(&mut hasher);
        return hasher.finish();
    };
    let mut paths = BTreeSet::new();
    for place in &anatomy.places {
        let path: String = place.path.chars().filter(|c| !c.is_ascii_digit()).collect();
        let value = match &place.part {
            Part::Run { count, .. } => i128::from(count.checked_ilog2().unwrap_or_default()),
            Part::Pointer { target, .. } => i128::from(*target > 0),
            _ if place.selects => place.value(item.body),
            _ => 0,
        };
        paths.insert((path, value));
    }
    paths.hash(&mut hasher);
    hasher.finish()
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}

fn message_name(channel: ChannelType, from: Origin, kind: u16) -> String {
    let layout = Description::spice().message(channel, from, kind);
    layout.map_or_else(|| kind.to_string(), |layout| layout.name.to_owned())
}

fn direction(origin: Origin) -> &'static str {
    if origin == Origin::Client { "client" } else { "server" }
}
