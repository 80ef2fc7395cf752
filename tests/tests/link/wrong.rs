//! Peers that are wrong, late or rude, and callers that are.

use spice_proto::common::LinkErr;
use spice_proto::link::{
    Answer, Auth, CallError, Challenge, Client, ClientConfig, ClientEvent, ClientLink, ErrorKind,
    MechanismError, Mechanisms, PublicKey, SecurityLayer, Server, ServerConfig, ServerEvent, ServerLink,
    ServerMechanism, Stage, Ticket, TicketKey,
};
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, Limits};

use spice_proto_tests::vectors::from_hex;

use super::{random, secret, test_key};

fn client(auth: Auth) -> Client {
    let mut config = ClientConfig::new(ChannelType::DISPLAY, 1);
    config.auth = auth;
    let mut client = Client::new(config).expect("a client");
    assert!(!client.take_output().is_empty());
    client
}

/// A server that has accepted a client with these common words.
fn server(auth: Auth, common: &[u32]) -> Server {
    let mut config = ServerConfig::default();
    config.auth = auth;
    let mut server = Server::new(config);
    let mut hello = Vec::new();
    ClientLink::new(0, ChannelType::MAIN, 0, common, &[]).encode(&mut hello).expect("a link message");
    server.push(&hello);
    assert!(matches!(server.next_event(), Ok(Some(ServerEvent::Request(_)))));
    server.accept(CapabilitySet::EMPTY, &test_key().public()).expect("asked for");
    assert!(!server.take_output().is_empty());
    server
}

fn reply(key: &[u8; 162], common: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    ServerLink::new(key, &[common], &[]).encode(&mut bytes).expect("a link reply");
    bytes
}

struct Never;

impl ServerMechanism for Never {
    fn offered(&self) -> &str {
        "A,B"
    }

    fn start(&mut self, _: &str, _: Option<&[u8]>) -> Result<Challenge, MechanismError> {
        Ok(Challenge { data: None, complete: false })
    }

    fn step(&mut self, _: Option<&[u8]>) -> Result<Challenge, MechanismError> {
        Ok(Challenge { data: None, complete: false })
    }

    fn security_layer(&self) -> SecurityLayer {
        SecurityLayer::None
    }
}

#[test]
fn half_a_handshake_and_then_silence_expires() {
    let mut client = client(Auth::Ticket);
    client.push(b"REDQ\x02\0\0");
    assert_eq!(client.next_event(), Ok(None));
    let error = client.expire().expect_err("not linked");
    assert_eq!((error.kind(), error.stage()), (ErrorKind::Expired, Stage::Link));
    assert_eq!((client.next_event(), client.close()), (Err(error), Err(error)));
    let mut server = server(Auth::Ticket, &[9]);
    server.push(&[1, 0, 0, 0, 9, 9]);
    assert_eq!(server.next_event(), Ok(None));
    let error = server.expire().expect_err("not linked");
    assert_eq!((error.kind(), error.stage()), (ErrorKind::Expired, Stage::Ticket));
    assert_eq!(error.to_string(), "ticket: out of time, at byte 42");
    assert!(server.take_output().is_empty());
}

#[test]
fn an_older_server_is_told_by_its_version() {
    let mut client = client(Auth::Ticket);
    client.push(b"REDQ\x01\0\0\0\0\0\0\0\xb2\0\0\0");
    let error = client.next_event().expect_err("another version");
    assert_eq!(error.kind(), ErrorKind::Version { major: 1 });
    assert_eq!(error.to_string(), "link: major version 1 in place of 2, at byte 4");
}

#[test]
fn a_refusal_of_the_version_is_a_refusal() {
    let mut client = client(Auth::Ticket);
    let mut bytes = Vec::new();
    ServerLink::refusal(LinkErr::VERSION_MISMATCH).encode(&mut bytes).expect("a refusal");
    client.push(&bytes);
    let error = client.next_event().expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Refused(LinkErr::VERSION_MISMATCH));
    assert!(!error.is_denied());
}

#[test]
fn mechanisms_that_were_not_offered_get_a_whole_reply() {
    for (auth, mechanism) in [(Auth::Ticket, 2_u32), (Auth::Sasl, 1), (Auth::Either, 0), (Auth::Ticket, 99)] {
        let mut server = server(auth, &[9]);
        server.push(&mechanism.to_le_bytes());
        let error = server.next_event().expect_err("not offered");
        let answer = Answer::Reply(LinkErr::INVALID_DATA);
        assert_eq!((error.kind(), error.answer()), (ErrorKind::AuthMechanism(mechanism), answer));
        let mut refusal = Vec::new();
        ServerLink::refusal(LinkErr::INVALID_DATA).encode(&mut refusal).expect("a refusal");
        assert_eq!(server.take_output().as_bytes(), refusal);
    }
}

#[test]
fn a_key_that_is_none_fails_when_the_ticket_is_made() {
    for key in [[0; 162], [0x30; 162]] {
        let mut client = client(Auth::Ticket);
        client.push(&reply(&key, 0b1011));
        assert_eq!(client.next_event(), Ok(Some(ClientEvent::Ticket(PublicKey(key)))));
        client.ticket(&secret("x"), random()).expect("asked for");
        assert_eq!(client.next_event().expect_err("no key").kind(), ErrorKind::PublicKey);
        assert!(client.take_output().is_empty());
    }
}

#[test]
fn sasl_wants_the_choice_of_authentication() {
    let mut config = ClientConfig::new(ChannelType::MAIN, 0);
    config.auth = Auth::Sasl;
    config.capabilities.common = CapabilitySet::EMPTY;
    assert_eq!(Client::new(config).err(), Some(CallError::AuthSelection));
}

#[test]
fn calls_that_nobody_asked_for_change_nothing() {
    let mut client = client(Auth::Ticket);
    assert_eq!(client.encrypted_ticket(&Ticket([0; 128])), Err(CallError::NotAsked));
    client.push(&reply(&test_key().public().0, 0b1011));
    assert!(matches!(client.next_event(), Ok(Some(ClientEvent::Ticket(_)))));
    assert_eq!(client.ticket(&secret(&"x".repeat(61)), random()), Err(CallError::PasswordLength));
    assert_eq!(client.ticket(&secret("a\0b"), random()), Err(CallError::PasswordZero));
    assert_eq!(client.ticket(&secret(&"x".repeat(60)), random()), Ok(()));
    assert_eq!(client.ticket(&secret("x"), random()), Err(CallError::NotAsked));
    assert_eq!(client.take_output().len(), 4 + 128);
    let mut server = server(Auth::Ticket, &[9]);
    assert_eq!(server.accept(CapabilitySet::EMPTY, &PublicKey::NONE), Err(CallError::NotAsked));
    assert_eq!(server.admit(), Err(CallError::NotAsked));
    assert_eq!(server.refuse(LinkErr::ERROR), Err(CallError::NotAsked));
    assert_eq!(server.sasl(&mut Never), Err(CallError::NotAsked));
    assert_eq!(server.pass_ticket(), Err(CallError::NotAsked));
    assert!(server.take_output().is_empty());
}

/// A server that has offered A and B.
fn sasl_server() -> Server {
    let mut server = server(Auth::Sasl, &[0b1101]);
    server.push(&2_u32.to_le_bytes());
    assert_eq!(server.next_event(), Ok(Some(ServerEvent::Sasl)));
    server.sasl(&mut Never).expect("asked for");
    assert_eq!(server.take_output().as_bytes(), b"\x05\0\0\0,A,B,");
    server
}

#[test]
fn sasl_abuse_is_answered_as_the_reference_does() {
    let reply = Answer::Reply(LinkErr::INVALID_DATA);
    let names: [(&[u8], Answer); 6] = [
        (b"\0\0\0\0", Answer::Silence),
        (b"\x65\0\0\0", Answer::Silence),
        (b"\xff\xff\xff\xff", Answer::Silence),
        (b"\x01\0\0\0C", reply),
        (b"\x03\0\0\0A,B", reply),
        (b"\x01\0\0\0\xff", reply),
    ];
    for (bytes, answer) in names {
        let mut server = sasl_server();
        server.push(bytes);
        let error = server.next_event().expect_err("no name");
        assert_eq!((error.kind(), error.answer()), (ErrorKind::SaslName, answer), "{bytes:?}");
        assert_eq!(server.take_output().is_empty(), answer == Answer::Silence);
    }
    let mut server = sasl_server();
    server.push(b"\x01\0\0\0B\x01\0\x10\0");
    let error = server.next_event().expect_err("too much data");
    assert_eq!((error.kind(), error.answer()), (ErrorKind::SaslData, reply));
    let mut server = sasl_server();
    server.push(b"\x01\0\0\0B\x02\0\0\0x\0\x01\0\x10\0");
    assert_eq!(server.next_event(), Ok(Some(ServerEvent::Sasl)));
    server.sasl(&mut Never).expect("asked for");
    let error = server.next_event().expect_err("too much data");
    assert_eq!((error.kind(), error.answer()), (ErrorKind::SaslData, Answer::Silence));
}

#[test]
fn lists_and_data_above_the_limits_end_a_client() {
    let mut client = client(Auth::Sasl);
    client.push(&reply(&[0; 162], 0b1101));
    assert_eq!(client.next_event(), Ok(None));
    client.push(&301_u32.to_le_bytes());
    assert_eq!(client.next_event().expect_err("a long list").kind(), ErrorKind::SaslList);
}

#[test]
fn bytes_ahead_of_their_time_are_bounded() {
    let limits = Limits::server();
    let bound = limits.link_message.max(limits.sasl_data) as usize + 64;
    let mut server = Server::new(ServerConfig::default());
    let mut hello = Vec::new();
    ClientLink::new(0, ChannelType::MAIN, 0, &[9], &[]).encode(&mut hello).expect("a link message");
    server.push(&hello);
    assert!(matches!(server.next_event(), Ok(Some(ServerEvent::Request(_)))));
    let piece = vec![0; 64 << 10];
    let pushed = (0..100).find(|_| {
        server.push(&piece);
        assert!(server.held() <= bound + piece.len(), "{} bytes held", server.held());
        server.next_event().is_err()
    });
    assert_eq!(pushed, Some(bound.div_ceil(piece.len())));
    assert_eq!(server.next_event().expect_err("too many bytes").kind(), ErrorKind::TooEarly);
}

#[test]
fn secrets_do_not_show() {
    let key = test_key();
    let ticket = Ticket([0x5a; 128]);
    let shown = format!("{:?} {key:?} {ticket:?} {:?}", secret("open sesame"), Mechanisms::default());
    assert_eq!(shown, "Secret(11 bytes) TicketKey(..) Ticket(..) []");
    let mut client = client(Auth::Ticket);
    client.push(&reply(&key.public().0, 0b1011));
    assert!(client.next_event().is_ok());
    client.ticket(&secret("open sesame"), random()).expect("asked for");
    let shown = format!("{client:?}");
    assert!(shown.contains("Secret(132 bytes)"), "{shown}");
}

#[test]
fn keys_are_made_and_differ() {
    let mut random = random();
    let keys = [(); 2].map(|()| TicketKey::generate(&mut random).expect("a key"));
    assert_ne!(keys[0].public(), keys[1].public());
    for key in keys {
        let mut client = client(Auth::Ticket);
        client.push(&reply(&key.public().0, 0b1011));
        assert!(client.next_event().is_ok());
        client.ticket(&secret("open sesame"), &mut random).expect("asked for");
        let sent = client.take_output();
        let ticket = Ticket(*sent.as_bytes().last_chunk().expect("a ticket"));
        let password = key.decrypt(&ticket, &mut random).expect("it decrypts");
        assert_eq!(password.as_bytes(), b"open sesame");
        assert!(test_key().decrypt(&ticket, &mut random).is_err(), "by another key");
    }
}

/// A key with exponent 3, whose DER is two bytes shorter than the field: the DER says how long it is.
#[test]
fn ticket_keys_may_be_shorter_than_their_field() {
    let bytes = include_bytes!("../../cases/ticket-key-of-160-bytes/reply.bin");
    let pem = include_str!("../../cases/ticket-key-of-160-bytes/key.pem");
    let text: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let key = TicketKey::from_pkcs8(&super::from_base64(&text)).expect("a key of 1024 bits");
    assert_eq!(key.public().0[160..], [0, 0]);
    let mut client = client(Auth::Ticket);
    client.push(bytes);
    assert!(matches!(client.next_event(), Ok(Some(ClientEvent::Ticket(public))) if public == key.public()));
    client.ticket(&secret("open sesame"), random()).expect("asked for");
    let output = client.take_output();
    let ticket = Ticket(output.as_bytes()[4..].try_into().expect("the mechanism, then 128 bytes"));
    assert_eq!(key.decrypt(&ticket, random()), Ok(secret("open sesame")));
}

/// Keys of other sizes, as spice-gtk does with them (`tests/interop/ask-ticket-keys`): public parts by openssl.
#[test]
fn ticket_keys_of_other_sizes_are_used_or_named() {
    // 512 bits; 1032 bits with exponent 3.
    const SMALL: &str = "305c300d06092a864886f70d0101010500034b003048024100b85e45d3dd5175db05599eb4596fe8b37def0ac8f7e727\
         e986c3fa691539e93d5fd74fd4d78bcc69a4204f5869d07becdd5673420f44387e73c011675f33d5430203010001";
    const LARGE: &str = "30819e300d06092a864886f70d010101050003818c0030818802818200d75c88fa094d68ff4207e292193800f5723f23\
         52b4bf9798bbc39f78876e2a5faf2c632ea489a7edc3bef459180ef3106e1b5b9f945eaadf9209b94de08d3a1473d20a\
         89b5f3a135e9e5a518c536825ec10778c4a1030835753b1a356ffcd31c862f0d02c09c1680a7296d0e25b31c6f4b40c9\
         71d5bc826861dc661e9a67c09059020103";
    let answer = |der: &[u8], password: &str| {
        let mut field = [0; 162];
        field[..der.len().min(162)].copy_from_slice(&der[..der.len().min(162)]);
        let mut client = client(Auth::Ticket);
        client.push(&reply(&field, 0b1011));
        assert!(matches!(client.next_event(), Ok(Some(ClientEvent::Ticket(_)))));
        client.ticket(&secret(password), random()).expect("asked for");
        let end = client.next_event().map_err(|error| error.kind());
        end.map(|_| client.take_output().len() - 4)
    };
    let (small, large) = (from_hex(SMALL), from_hex(LARGE));
    assert_eq!((small.len(), large.len()), (94, 161));
    assert_eq!(answer(&small, "pw"), Ok(64));
    assert_eq!(answer(&small, &"x".repeat(21)), Ok(64));
    assert_eq!(answer(&small, &"x".repeat(22)), Err(ErrorKind::PublicKeyTooSmall));
    assert_eq!(answer(&large, "pw"), Ok(129));
    // The head of a key of 2048 bits: 294 bytes.
    assert_eq!(answer(&[0x30, 0x82, 0x01, 0x22, 0x30, 0x0d], "pw"), Err(ErrorKind::PublicKeyTooLong));
    assert_eq!(answer(&[0x30, 0x81, 0xff, 0x30, 0x0d], "pw"), Err(ErrorKind::PublicKeyTooLong));
    assert_eq!(answer(&[], "pw"), Err(ErrorKind::PublicKey));
    assert_eq!(answer(&[0x30, 0x0d, 0x30], "pw"), Err(ErrorKind::PublicKey));
}
