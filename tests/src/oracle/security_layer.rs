//! DIGEST-MD5 and the buffers of its layer.

use spice_proto::link::digest_md5::{Cipher, Client, Error, Exchange, Protection, Qop, Server};
use spice_proto::link::{
    Challenge, ClientMechanism, Layer, LayerError, LayerErrorKind, Mechanisms, Secret, SecurityLayer,
    ServerMechanism,
};

use super::{cuts, take};
use crate::vectors::to_hex;

/// Any bytes in a security layer. `data`: options (bits 0 to 2: what protects; bit 3: the bytes are plain; bit 4: the
/// other end takes 64 bytes a buffer at most), how they are cut, where one bit is turned (2), the bytes.
///
/// Bytes of the wire: however they are cut, the same plain bytes come out, and the same error; no more is held than one
/// buffer and a push. Plain bytes: what one end wraps the other unwraps, and when a bit is turned on the way, nothing
/// comes out that was not sent.
///
/// # Panics
/// When a property does not hold.
pub fn security_layer(mut data: &[u8]) {
    let options = take::<1>(&mut data) as u8;
    let seed = take::<1>(&mut data) as u8;
    let turned = take::<2>(&mut data) as usize;
    let qop = QOPS[usize::from(options & 7) % QOPS.len()];
    let (client, server) = ends(qop, if options & 16 == 16 { 64 } else { 65_536 });
    if options & 8 == 0 {
        let whole = unwrap(&mut Layer::new(server, LIMIT), &[data]);
        for pieces in cuts::ways(data, seed) {
            let (_, server) = ends(qop, 65_536);
            assert_eq!(unwrap(&mut Layer::new(server, LIMIT), &pieces), whole, "{}", to_hex(data));
        }
        return;
    }
    let mut wire = Vec::new();
    let mut sender = Layer::new(client, LIMIT);
    sender.wrap(data, &mut wire).expect("any bytes can be wrapped");
    for pieces in cuts::ways(&wire, seed) {
        let (_, server) = ends(qop, 65_536);
        let (plain, end) = unwrap(&mut Layer::new(server, 65_536), &pieces);
        assert_eq!((&plain[..], end), (data, Ok(())));
    }
    if options & 16 == 16 {
        let mut rest = &wire[..];
        while let Some((len, behind)) = rest.split_first_chunk() {
            let len = u32::from_be_bytes(*len);
            assert!(len <= 64, "{len} bytes, where 64 are taken");
            rest = &behind[len as usize..];
        }
    }
    if let Some(byte) = wire.get_mut(turned / 8) {
        *byte ^= 1 << (turned % 8);
        let (plain, end) = unwrap(&mut Layer::new(server, 65_536), &[&wire]);
        assert!(data.starts_with(&plain) && plain.len() < data.len(), "bytes came that were not sent");
        end.expect_err("a buffer was changed");
    }
}

/// Any text as a challenge, as a response, and as both. `data`: what it is (0: both, with the length of the challenge in
/// the next 2 bytes; 1: challenge; else response), the text.
///
/// An answer to a challenge is one that the reader takes, with the password and with no other; after an error nothing
/// comes any more.
///
/// # Panics
/// When a property does not hold.
pub fn digest_md5(mut data: &[u8]) {
    let password = Secret::from("pw");
    match take::<1>(&mut data) {
        0 => {
            let len = take::<2>(&mut data) as usize;
            let (challenge, response) = data.split_at(len.min(data.len()));
            if let Ok(exchange) = Exchange::parse(challenge, response) {
                assert!(!format!("{exchange:?}").is_empty());
                if let Ok(keys) = exchange.keys(&password) {
                    assert_eq!(keys.qop(), exchange.qop());
                    assert!(exchange.keys(&Secret::from("other")).is_err());
                }
            }
        }
        1 => {
            let mut client =
                Client::new("us\"er", &password, "host", |bytes| bytes.fill(7)).strength(0..=200);
            client.start(Mechanisms::new(b",DIGEST-MD5,")).expect("it is on offer");
            match client.step(Some(data), false) {
                Ok(answer) => {
                    let answer = answer.expect("an answer");
                    let exchange = Exchange::parse(data, answer.as_bytes());
                    let exchange = exchange.unwrap_or_else(|error| panic!("{error}: {answer:?}"));
                    assert_eq!(exchange.username(), b"us\"er");
                    assert!(exchange.keys(&password).is_ok());
                    assert_eq!(exchange.keys(&Secret::from("other")), Err(Error::Password));
                    assert!(client.step(Some(data), true).is_err(), "no proof");
                }
                Err(_) => assert!(client.error().is_some()),
            }
            assert!(client.step(Some(data), false).is_err() && client.protection().is_none());
            assert_eq!(client.security_layer(), SecurityLayer::TooWeak);
        }
        _ => {
            let account = |name: &str| (name == "user").then(|| password.clone());
            let mut server = Server::new("realm", account, |bytes| bytes.fill(9)).strength(0..=200);
            server.start("DIGEST-MD5", None).expect("it is on offer");
            match server.step(Some(data)) {
                Ok(answer) => assert!(answer.complete && server.username() == Some("user")),
                Err(_) => assert!(server.error().is_some() && server.protection().is_none()),
            }
            assert!(server.step(Some(data)).is_err());
        }
    }
}

/// Everything that protects.
pub const QOPS: [Qop; 6] = [
    Qop::AuthInt,
    Qop::AuthConf(Cipher::Rc4Bits40),
    Qop::AuthConf(Cipher::Des),
    Qop::AuthConf(Cipher::Rc4Bits56),
    Qop::AuthConf(Cipher::TripleDes),
    Qop::AuthConf(Cipher::Rc4),
];

/// Longest buffer from the wire.
const LIMIT: u32 = 300;

/// Client and server that have agreed on this; the server says to take so many bytes a buffer.
///
/// # Panics
/// When they do not agree.
pub fn ends(qop: Qop, maxbuf: u32) -> (Protection, Protection) {
    let (bits, password) = (qop.bits(), Secret::from("pw"));
    let mut client = Client::new("user", &password, "host", |bytes| bytes.fill(7)).strength(bits..=bits);
    let account = |name: &str| (name == "user").then(|| password.clone());
    let mut server = Server::new("realm", account, |bytes| bytes.fill(9)).strength(bits..=bits);
    client.start(Mechanisms::new(b",DIGEST-MD5,")).expect("it is on offer");
    let challenge = server.start("DIGEST-MD5", None).expect("it is on offer").data.expect("a challenge");
    let text = String::from_utf8(challenge.as_bytes().to_vec()).expect("plain text");
    let text = text.replace("maxbuf=65536", &format!("maxbuf={maxbuf}"));
    let response = client.step(Some(text.as_bytes()), false).expect("a good challenge");
    let Challenge { data, complete } =
        server.step(response.as_ref().map(Secret::as_bytes)).expect("a good response");
    assert!(complete);
    client.step(data.as_ref().map(Secret::as_bytes), true).expect("a good proof");
    (client.protection().expect("a layer"), server.protection().expect("a layer"))
}

/// What comes out, and how it ends.
fn unwrap(layer: &mut Layer<Protection>, pieces: &[&[u8]]) -> (Vec<u8>, Result<(), LayerError>) {
    let mut plain = Vec::new();
    for piece in pieces {
        layer.push(piece);
        assert!(layer.held() <= LIMIT.max(65_536) as usize + 4 + piece.len());
        loop {
            match layer.next_plain() {
                Ok(Some(bytes)) => plain.extend(bytes),
                Ok(None) => break,
                Err(error) => {
                    assert!(!error.to_string().is_empty());
                    assert!(!matches!(error.kind(), LayerErrorKind::Cut { .. }));
                    assert_eq!(
                        (layer.next_plain(), layer.finish(), layer.held()),
                        (Err(error), Err(error), 0)
                    );
                    return (plain, Err(error));
                }
            }
        }
    }
    (plain, layer.finish())
}
