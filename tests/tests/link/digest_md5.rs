//! DIGEST-MD5 and its layer against what QEMU and remote-viewer said to each other, against the JDK, and between our ends.

use serde_json::Value;
use spice_proto::common::LinkErr;
use spice_proto::frame::{Decoder, HeaderKind};
use spice_proto::link::digest_md5::{Cipher, Client, Error, Exchange, Keys, Qop, Server};
use spice_proto::link::{
    ClientLink, ClientMechanism, Layer, LayerErrorKind, LinkResult, Mechanisms, Protection as _,
    SaslClientData, SaslMechList, SaslMechName, SaslServerData, Secret, SecurityLayer, ServerLink,
    ServerMechanism,
};
use spice_proto::{ChannelType, Limits, Origin, Parse};
use spice_proto_tests::capture::Capture;
use spice_proto_tests::folders;
use spice_proto_tests::oracle::{QOPS, ends};
use spice_proto_tests::vectors::from_hex;

use crate::{random, secret};

/// The exchange of a recorded connection, and what both ends said behind the SASL result.
struct Recorded {
    channel: ChannelType,
    exchange: Exchange,
    challenge: Vec<u8>,
    response: Vec<u8>,
    /// None where the server closed.
    rspauth: Option<Vec<u8>>,
    to_server: Vec<u8>,
    to_client: Vec<u8>,
}

fn recorded(session: &str) -> Vec<Recorded> {
    let folder = folders::sessions().into_iter().find(|folder| folder.ends_with(session)).expect("a session");
    let capture = Capture::open(folders::capture_file(&folder)).expect("a capture");
    let spice = capture.connections.iter().filter_map(|connection| connection.spice());
    spice.map(|(to_server, to_client)| read(to_server.bytes(), to_client.bytes())).collect()
}

fn read(to_server: &[u8], to_client: &[u8]) -> Recorded {
    let limits = Limits::default();
    let (link, to_server) = ClientLink::parse(to_server, &limits).expect("a link message");
    let (_, to_client) = ServerLink::parse(to_client, &limits).expect("a link reply");
    let (list, to_client) = SaslMechList::parse_with_trailing(to_client).expect("a list");
    assert_eq!(list.mechlist.0, b",DIGEST-MD5,");
    let (name, to_server) = SaslMechName::parse_with_trailing(&to_server[4..]).expect("a name");
    assert_eq!(name.mechname.0, b"DIGEST-MD5");
    let (start, to_server) = SaslClientData::parse_with_trailing(to_server).expect("data");
    assert!(start.data.is_empty());
    let text = |data: &[u8]| data.split_last().expect("a text").1.to_vec();
    let (first, to_client) = SaslServerData::parse_with_trailing(to_client).expect("data");
    let (second, to_server) = SaslClientData::parse_with_trailing(to_server).expect("data");
    let (challenge, response) = (text(first.data), text(second.data));
    let last = SaslServerData::parse_with_trailing(to_client).ok();
    let behind = last.as_ref().map_or(&[][..], |(_, behind)| behind.strip_prefix(&[0; 4]).expect("accepted"));
    Recorded {
        channel: link.channel(),
        exchange: Exchange::parse(&challenge, &response).expect("an exchange"),
        challenge,
        response,
        rspauth: last.map(|(last, _)| text(last.data)),
        to_server: to_server.to_vec(),
        to_client: behind.to_vec(),
    }
}

/// The plain pieces of one direction; they are wrapped again to the same bytes.
fn unwrap(keys: &Keys, reader: Origin, wire: &[u8], step: usize) -> Vec<u8> {
    let writer = if reader == Origin::Client { Origin::Server } else { Origin::Client };
    let mut layer = Layer::new(keys.protection(reader).expect("a layer"), 100_000);
    let mut again = Layer::new(keys.protection(writer).expect("a layer"), 0);
    let (mut plain, mut wrapped) = (Vec::new(), Vec::new());
    for piece in wire.chunks(step) {
        layer.push(piece);
        while let Some(bytes) = layer.next_plain().expect("a good buffer") {
            again.wrap(&bytes, &mut wrapped).expect("it can be wrapped");
            plain.extend(bytes);
        }
    }
    layer.finish().expect("whole buffers");
    assert!(wrapped == wire, "wrapped again they differ");
    plain
}

#[test]
fn the_recorded_session_unwraps_wraps_again_and_parses() {
    let connections = recorded("sasl-digest-md5");
    let mut messages = 0;
    for connection in &connections {
        let exchange = &connection.exchange;
        assert_eq!(exchange.qop(), Qop::AuthConf(Cipher::Rc4));
        assert_eq!([Origin::Client, Origin::Server].map(|end| exchange.maxbuf(end)), [100_000, 8192]);
        assert_eq!((exchange.username(), exchange.uri()), (&b"tester"[..], &b"spice/127.0.0.1"[..]));
        assert_eq!(exchange.keys(&secret("spice-past")), Err(Error::Password));
        let keys = exchange.keys(&secret("spice-pass")).expect("the password of the session");
        assert!(keys.is_proof(connection.rspauth.as_deref().expect("a proof")));
        assert!(!keys.is_proof(b"rspauth=00000000000000000000000000000000"));
        for step in [usize::MAX, 1000, 1] {
            let to_client = unwrap(&keys, Origin::Client, &connection.to_client, step);
            let to_server = unwrap(&keys, Origin::Server, &connection.to_server, step);
            // The link result stands first in what the server wraps.
            let (result, frames) = LinkResult::parse_with_trailing(&to_client).expect("a result");
            assert_eq!(result.error, LinkErr::OK);
            for (origin, bytes) in [(Origin::Server, frames), (Origin::Client, &to_server)] {
                let mut decoder =
                    Decoder::new(origin, connection.channel, HeaderKind::Mini, &Limits::default());
                decoder.push(bytes);
                while let Some(frame) = decoder.next_frame().expect("a frame") {
                    let (kind, body) = (frame.kind(), frame.body());
                    match origin {
                        Origin::Server => {
                            spice_proto::ServerMessage::parse(connection.channel, kind, body).map(drop)
                        }
                        Origin::Client => {
                            spice_proto::ClientMessage::parse(connection.channel, kind, body).map(drop)
                        }
                    }
                    .unwrap_or_else(|error| panic!("{:?} {kind}: {error}", connection.channel));
                    messages += 1;
                }
                decoder.finish().expect("whole frames");
            }
        }
    }
    assert_eq!(connections.len(), 4);
    println!("{} messages, three times", messages / 3);
    assert!(messages > 3 * 200);
}

/// What the JDK says, at both ends, for every layer: those that no SPICE peer of today uses as well.
#[test]
fn every_layer_is_that_of_the_jdk() {
    let lines =
        include_str!("digest_md5.jsonl").lines().map(|line| serde_json::from_str(line).expect("JSON"));
    let mut seen = Vec::new();
    for line in lines {
        let line: Value = line;
        let bytes = |text: &Value| from_hex(text.as_str().expect("a text"));
        let [challenge, response, proof] = ["challenge", "response", "proof"].map(|key| bytes(&line[key]));
        let exchange = Exchange::parse(&challenge, &response).expect("an exchange");
        let keys = exchange.keys(&secret(line["password"].as_str().expect("a text"))).expect("the password");
        assert_eq!(exchange.username(), line["user"].as_str().expect("a text").as_bytes());
        assert!(keys.is_proof(&proof));
        for (key, [writer, reader]) in
            [("to_server", [Origin::Client, Origin::Server]), ("to_client", [Origin::Server, Origin::Client])]
        {
            let [mut writer, mut reader] = [writer, reader].map(|end| keys.protection(end).expect("a layer"));
            for pair in line[key].as_array().expect("buffers") {
                let [plain, wrapped] = [0, 1].map(|index| bytes(&pair[index]));
                let (mut ours, mut theirs) = (Vec::new(), Vec::new());
                writer.wrap(&plain, &mut ours).expect("it can be wrapped");
                reader.unwrap(&wrapped, &mut theirs).expect("a good buffer");
                assert_eq!((ours, theirs), (wrapped, plain), "{:?} {key}", exchange.qop());
            }
        }
        seen.push(exchange.qop());
    }
    assert!(QOPS.iter().all(|qop| seen.contains(qop)), "{seen:?}");
}

#[test]
fn the_recorded_wrong_password_is_wrong() {
    let connections = recorded("sasl-digest-md5-wrong");
    assert!(!connections.is_empty());
    for connection in connections {
        // The session's file names both: what the server has, and what was typed.
        assert!(connection.rspauth.is_none());
        assert_eq!(connection.exchange.keys(&secret("spice-pass")), Err(Error::Password));
        connection.exchange.keys(&secret("wrong")).expect("what was typed");
    }
}

#[test]
fn our_server_takes_the_recorded_response_if_the_challenge_is_its_own_only() {
    let recorded = &recorded("sasl-digest-md5")[0];
    let account = |_: &str| Some(secret("spice-pass"));
    let mut server = Server::new("vm", account, random());
    server.start("DIGEST-MD5", None).expect("it is on offer");
    server.step(Some(&recorded.response)).expect_err("the nonce is another");
    assert_eq!(server.error(), Some(Error::Value("nonce")));
}

#[test]
fn our_client_answers_the_recorded_challenge() {
    let recorded = &recorded("sasl-digest-md5")[0];
    for (bits, qop) in [
        (56..=u32::MAX, Qop::AuthConf(Cipher::Rc4)),
        (56..=127, Qop::AuthConf(Cipher::TripleDes)),
        (56..=64, Qop::AuthConf(Cipher::Rc4Bits56)),
    ] {
        let mut client = client("tester", "spice-pass").strength(bits);
        let response = client.step(Some(&recorded.challenge), false).expect("a good challenge");
        let response = response.expect("an answer");
        let exchange = Exchange::parse(&recorded.challenge, response.as_bytes()).expect("an exchange");
        assert_eq!((exchange.qop(), exchange.realm(), exchange.uri()), (qop, &b"vm"[..], &b"spice/host"[..]));
        exchange.keys(&secret("spice-pass")).expect("the same password");
    }
    for bits in [0..=1, 129..=u32::MAX] {
        let mut client = client("tester", "spice-pass").strength(bits);
        client.step(Some(&recorded.challenge), false).expect_err("there is no such layer");
        assert_eq!(client.error(), Some(Error::Strength));
    }
}

fn client(user: &str, password: &str) -> Client {
    let mut client = Client::new(user, &secret(password), "host", random());
    client.start(Mechanisms::new(b",DIGEST-MD5,")).expect("it is on offer");
    client
}

#[test]
fn names_that_are_not_ascii_agree() {
    for (user, password) in [("jörg", "pässwörd"), ("любовь", "пароль"), ("a\"b\\c,d", "e\"f\\g")]
    {
        let account = |name: &str| (name == user).then(|| secret(password));
        let mut server = Server::new("räum", account, random());
        let challenge = server.start("DIGEST-MD5", None).expect("it is on offer").data;
        let mut client = client(user, password);
        let response =
            client.step(challenge.as_ref().map(Secret::as_bytes), false).expect("a good challenge");
        let proof = server.step(response.as_ref().map(Secret::as_bytes)).expect("a good response");
        assert_eq!(server.username(), Some(user));
        client.step(proof.data.as_ref().map(Secret::as_bytes), proof.complete).expect("a good proof");
        assert_eq!(client.security_layer(), SecurityLayer::Active);
    }
}

/// Servers of other libraries send their proof as a challenge of its own.
#[test]
fn a_proof_may_come_before_the_end() {
    let mut server = Server::new("r", |_: &str| Some(secret("pw")), random());
    let challenge = server.start("DIGEST-MD5", None).expect("it is on offer").data;
    let mut client = client("u", "pw");
    let response = client.step(challenge.as_ref().map(Secret::as_bytes), false).expect("a good challenge");
    let proof = server.step(response.as_ref().map(Secret::as_bytes)).expect("a good response");
    let empty = client
        .step(proof.data.as_ref().map(Secret::as_bytes), false)
        .expect("a good proof")
        .expect("an empty answer");
    assert!(empty.is_empty());
    assert_eq!(client.step(None, true).expect("the end"), None);
    assert!(client.protection().is_some());
}

#[test]
fn a_server_that_does_not_know_the_password_is_noticed() {
    let mut server = Server::new("r", |_: &str| Some(secret("pw")), random());
    let challenge = server.start("DIGEST-MD5", None).expect("it is on offer").data;
    for proof in [None, Some(&b"rspauth=0123456789abcdef0123456789abcdef"[..])] {
        let mut client = client("u", "pw");
        client.step(challenge.as_ref().map(Secret::as_bytes), false).expect("a good challenge");
        client.step(proof, true).expect_err("no proof");
        assert_eq!(client.error(), Some(Error::ServerProof));
        assert_eq!(client.security_layer(), SecurityLayer::TooWeak);
    }
}

#[test]
fn buffers_that_are_lost_repeated_or_changed_are_noticed() {
    for qop in QOPS {
        let (sender, _) = ends(qop, 65_536);
        let mut sender = Layer::new(sender, 0);
        let mut wire = [Vec::new(), Vec::new()];
        wire.iter_mut().for_each(|buffer| sender.wrap(b"0123456789", buffer).expect("it can be wrapped"));
        let [first, second] = wire;
        let read = |bytes: &[u8]| {
            let mut layer = Layer::new(ends(qop, 65_536).1, 65_536);
            layer.push(bytes);
            loop {
                match layer.next_plain() {
                    Ok(Some(_)) => {}
                    Ok(None) => break layer.finish().err().map(|error| error.kind()),
                    Err(error) => break Some(error.kind()),
                }
            }
        };
        assert_eq!(read(&[&first[..], &second].concat()), None);
        assert_eq!(read(&second), Some(LayerErrorKind::Sequence { found: 1, expected: 0 }));
        let twice = [&first[..], &first].concat();
        assert_eq!(read(&twice), Some(LayerErrorKind::Sequence { found: 0, expected: 1 }));
        assert_eq!(read(&first[..7]), Some(LayerErrorKind::Cut { left: 7 }));
        let changed = |place: usize, bit: u8| {
            let mut changed = first.clone();
            changed[place] ^= bit;
            read(&changed)
        };
        assert_eq!(changed(4, 1), Some(LayerErrorKind::Check), "{qop:?}");
        assert_eq!(changed(first.len() - 5, 2), Some(LayerErrorKind::Type(3)));
        assert_eq!(
            changed(1, 1),
            Some(LayerErrorKind::TooLong { len: 65_536 + first.len() as u32 - 4, limit: 65_536 })
        );
    }
}
