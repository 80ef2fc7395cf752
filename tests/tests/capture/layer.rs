//! The recorded session behind a security layer, read with its password.

use spice_proto_tests::capture::{Capture, StreamProblemKind, Transport};
use spice_proto_tests::folders;
use spice_proto_tests::session::Session;

fn open(name: &str) -> Capture {
    let folder = folders::sessions().into_iter().find(|folder| folder.ends_with(name)).expect("a session");
    Capture::open(folders::capture_file(&folder)).expect("a capture")
}

fn messages(capture: &Capture) -> Vec<usize> {
    let spice = capture.connections.iter().filter_map(|connection| connection.spice());
    let sessions = spice.map(|(to_server, to_client)| {
        assert_eq!((to_server.problem(), to_client.problem()), (None, None));
        let session = Session::follow(to_server.bytes(), to_client.bytes());
        assert_eq!(session.problems, [], "{:?}", session.link);
        let items = session.client.items().chain(session.server.items());
        items.inspect(|item| assert!(item.parsed.is_ok(), "{:?}", item.parsed)).count()
    });
    sessions.collect()
}

#[test]
fn a_password_reads_what_digest_md5_has_encrypted() {
    let mut capture = open("sasl-digest-md5");
    assert_eq!(messages(&capture), [0, 0, 0, 0]);
    // Another one changes nothing.
    assert_eq!(capture.unwrap_layers(&"spice-past".into()).len(), 4);
    assert_eq!(messages(&capture), [0, 0, 0, 0]);
    // Nothing happens to what is unwrapped already.
    for _ in 0..2 {
        assert_eq!(capture.unwrap_layers(&"spice-pass".into()), []);
    }
    let read = messages(&capture);
    assert_eq!(read.iter().sum::<usize>(), 251, "{read:?}");
    for connection in &capture.connections {
        assert_eq!(connection.transport, Transport::Plain);
        let (_, to_client) = connection.spice().expect("it is SPICE");
        // Plain bytes have the time of their packets.
        let (first, last) = (to_client.mark_at(0), to_client.mark_at(to_client.len() - 1));
        assert!(first.expect("a packet").packet < last.expect("a packet").packet);
        assert!(last.expect("a packet").packet <= connection.last.packet);
        assert!(to_client.len() < connection.to_client.len());
    }
}

#[test]
fn other_sessions_stay_as_they_are() {
    for name in ["auth-ticket-ok", "sasl-digest-md5-wrong", "xspice-off"] {
        let mut capture = open(name);
        let before = messages(&capture);
        assert_eq!(capture.unwrap_layers(&"spice-pass".into()), [], "{name}");
        assert_eq!(messages(&capture), before);
        assert!(capture.connections.iter().all(|connection| connection.decrypted.is_none()));
    }
}

#[test]
fn a_problem_of_the_layer_says_where() {
    let kind = StreamProblemKind::Layer;
    let mut layer = spice_proto::link::Layer::new(spice_proto_tests::oracle::ends(QOP, 65_536).0, 10);
    layer.push(&[0, 0, 1, 0]);
    let error = layer.next_plain().expect_err("it is too long");
    let problem = spice_proto_tests::capture::StreamProblem { offset: 7, kind: kind(error) };
    assert_eq!(
        problem.to_string(),
        "security layer: a buffer of 256 bytes, where 10 were agreed on, at byte 0 of what is wrapped, at byte 7"
    );
}

const QOP: spice_proto::link::digest_md5::Qop = spice_proto::link::digest_md5::Qop::AuthInt;
