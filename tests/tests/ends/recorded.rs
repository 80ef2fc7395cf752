//! The captured sessions, as far as their messages can be read.

use std::path::Path;

use spice_proto::frame::HeaderKind;
use spice_proto::{ChannelType, Origin};
use spice_proto_tests::capture::Capture;
use spice_proto_tests::folders;
use spice_proto_tests::session::{Session, Track};

/// A connection: its messages, and the bytes of both directions behind the handshake.
pub(crate) struct Recorded {
    /// Session and connection.
    pub(crate) name: String,
    /// The connection's number, as in `meta.json`.
    pub(crate) index: usize,
    /// The note on the connection in `meta.json`; what was inside of TLS is noted apart.
    pub(crate) meta: serde_json::Value,
    /// What was read.
    pub(crate) session: Session,
    /// Whether the capture tells the order of what both ends sent; it does not for what was inside of TLS.
    pub(crate) ordered: bool,
    /// The head of its messages.
    pub(crate) header: HeaderKind,
    to_server: Vec<u8>,
    to_client: Vec<u8>,
    /// When the byte at an offset had come, in packets: rising pairs of offset and packet.
    marks: [Vec<(u64, u64)>; 2],
}

impl Recorded {
    /// What one end sent, from the first message on.
    pub(crate) fn bytes(&self, origin: Origin) -> &[u8] {
        match origin {
            Origin::Client => &self.to_server,
            Origin::Server => &self.to_client,
        }
    }

    /// The messages of one end.
    pub(crate) fn track(&self, origin: Origin) -> &Track {
        self.session.track(origin)
    }

    /// The type of the channel.
    pub(crate) fn channel(&self) -> ChannelType {
        self.session.channel()
    }

    /// Every frame of both ends in the order of the capture.
    pub(crate) fn in_order(&self) -> Vec<(u64, Origin, usize)> {
        let of = |origin: Origin| {
            let marks = &self.marks[usize::from(origin == Origin::Server)];
            self.track(origin).frames.iter().enumerate().map(move |(at, frame)| {
                let last = frame.end() - 1;
                let packet = marks.partition_point(|(offset, _)| *offset <= last).saturating_sub(1);
                (marks[packet].1, origin, at)
            })
        };
        let mut frames: Vec<_> = of(Origin::Server).chain(of(Origin::Client)).collect();
        frames.sort_by_key(|(packet, ..)| *packet);
        frames
    }
}

/// The name of each session and its connections that got as far as messages and are not encrypted by SASL.
pub(crate) fn sessions() -> impl Iterator<Item = (String, Vec<Recorded>)> {
    folders::sessions().into_iter().map(|folder| {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let connections = connections(&folder, &name);
        (name, connections)
    })
}

/// The connections of one session of the tree.
pub(crate) fn session(name: &str) -> Vec<Recorded> {
    connections(&folders::own_session(name), name)
}

fn connections(folder: &Path, name: &str) -> Vec<Recorded> {
    let meta = std::fs::read(folder.join("meta.json")).expect("meta.json is readable");
    let meta: serde_json::Value = serde_json::from_slice(&meta).expect("meta.json is JSON");
    let files = ["session.pcapng", "session.pcapng.zst", "session.pcap"].map(|name| folder.join(name));
    let file = files.iter().find(|path| path.is_file()).expect("a capture");
    let capture = Capture::open(file).expect("a capture that can be read");
    let noted = |of: &serde_json::Value, index: usize| {
        let list = of["connections"].as_array().cloned().unwrap_or_default();
        list.into_iter().find(|noted| noted["tcp"]["index"] == index)
    };
    let connections = capture.connections.iter().filter_map(|connection| {
        let (to_server, to_client) = connection.spice()?;
        let session = Session::follow(to_server.bytes(), to_client.bytes());
        let header = session.header()?;
        if session.client.layer.is_some() || session.link.result.is_none_or(|result| result.0 != 0) {
            return None;
        }
        let index = connection.index;
        let start = |origin| session.track(origin).start as usize;
        let marks = |stream: &spice_proto_tests::capture::ByteStream| {
            stream.marks().iter().map(|mark| (mark.offset, mark.packet)).collect()
        };
        Some(Recorded {
            name: format!("{name}, connection {index}, {:?}", session.channel()),
            index,
            meta: noted(&meta["decrypted"], index).or(noted(&meta, index)).expect("noted"),
            to_server: to_server.bytes()[start(Origin::Client)..].to_vec(),
            to_client: to_client.bytes()[start(Origin::Server)..].to_vec(),
            marks: [marks(to_server), marks(to_client)],
            ordered: connection.decrypted.is_none(),
            header,
            session,
        })
    });
    connections.collect()
}
