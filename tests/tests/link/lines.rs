//! Every line of the link, ticket and SASL vectors, through the machines.

use serde_json::Value;
use spice_proto::common::{CommonCapability, LinkErr};
use spice_proto::link::{
    Answer, Auth, Challenge, Client, ClientConfig, ClientEvent, ClientLink, ClientMechanism, Error,
    ErrorKind, MechanismError, Mechanisms, PublicKey, Secret, Server, ServerConfig, ServerEvent, ServerLink,
    ServerMechanism, Start, Ticket,
};
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, Encode, Parse};
use spice_proto_tests::vectors::{self, Vector, from_hex, to_hex};

use super::{key_of, random};

fn each(file: &str, check: impl Fn(&Vector) -> Result<(), String>) {
    let lines = vectors::lines(|name| name == file);
    let failures: Vec<String> =
        lines.iter().filter_map(|line| check(line).err().map(|error| format!("{line}: {error}"))).collect();
    println!("{file}: {} cases, {} disagree", lines.len(), failures.len());
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), lines.len(), failures.join("\n"));
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, ours: T, theirs: T) -> Result<(), String> {
    if ours == theirs { Ok(()) } else { Err(format!("{what}: {ours:?}, expected {theirs:?}")) }
}

#[test]
fn every_link_line_gets_the_answer_of_the_reference() {
    each("link.jsonl", |line| match line.text("kind") {
        "link_mess" => mess(line),
        "link_reply" => reply(line),
        kind => Err(format!("an unknown kind: {kind}")),
    });
}

fn mess(line: &Vector) -> Result<(), String> {
    let bytes = line.bytes();
    let mut whole = Server::new(ServerConfig::default());
    whole.push(&bytes);
    let event = whole.next_event();
    let mut single = Server::new(ServerConfig::default());
    let mut last = single.next_event();
    for byte in &bytes {
        single.push(&[*byte]);
        if let Ok(None) = last {
            last = single.next_event();
        }
    }
    same("byte by byte", &last, &event)?;
    let output = whole.take_output();
    let (said, expected_output) = match event {
        Ok(None) => (Value::from("wait"), None),
        // The server of the vectors has channels of every kind but those it does not know.
        Ok(Some(ServerEvent::Request(request))) if request.channel.name().is_none() => {
            same("ignored", whole.ignore(), Ok(()))?;
            ("silent".into(), None)
        }
        Ok(Some(ServerEvent::Request(request))) => {
            let value = &line.json["value"];
            same("connection_id", value["connection_id"].as_u64(), Some(request.connection_id.into()))?;
            same("channel_type", value["channel_type"].as_u64(), Some(request.channel.0.into()))?;
            same("channel_id", value["channel_id"].as_u64(), Some(request.channel_id.into()))?;
            same("common", request.capabilities.common, words(&value["common_caps"]))?;
            same("channel", request.capabilities.channel, words(&value["channel_caps"]))?;
            ("ok".into(), None)
        }
        Ok(event) => return Err(format!("{event:?}")),
        Err(error) => match error.answer() {
            Answer::Silence => ("silent".into(), None),
            Answer::Reply(error) => (error.0.into(), Some(error)),
            answer => return Err(format!("{answer:?}")),
        },
    };
    let mut refusal = Vec::new();
    if let Some(error) = expected_output {
        ServerLink::refusal(error).encode(&mut refusal).map_err(|error| error.to_string())?;
    }
    same("answer", output.as_bytes(), &refusal[..])?;
    same("verdict", &said, &line.json["expect"])
}

fn words(list: &Value) -> CapabilitySet {
    let words = list.as_array().into_iter().flatten();
    CapabilitySet::from_words(words.filter_map(Value::as_u64).map(|word| word as u32))
}

fn client(auth: Auth) -> Client {
    let mut config = ClientConfig::new(ChannelType::MAIN, 0);
    config.auth = auth;
    let mut client = Client::new(config).expect("a client");
    assert!(!client.take_output().is_empty());
    client
}

fn reply(line: &Vector) -> Result<(), String> {
    let bytes = line.bytes();
    let mut client = client(Auth::Ticket);
    client.push(&bytes);
    let event = client.next_event();
    let accepted = match event {
        Ok(Some(ClientEvent::Ticket(key))) => {
            same("key", to_hex(&key.0).as_str(), line.json["value"]["pub_key"].as_str().unwrap_or_default())?;
            true
        }
        Ok(_) => false,
        Err(error) => match error.kind() {
            ErrorKind::Refused(error) => {
                same("error", line.json["value"]["error"].as_u64(), Some(error.0.into()))?;
                true
            }
            ErrorKind::NoCommonAuth => {
                let common = words(&line.json["value"]["common_caps"]);
                same("AUTH_SPICE", common.contains(CommonCapability::AUTH_SPICE), false)?;
                true
            }
            _ => false,
        },
    };
    same("accepted", accepted, line.valid())
}

#[test]
fn every_ticket_line_decrypts_and_encrypts() {
    each("ticket.jsonl", |line| {
        let key = line.file.with_file_name("rsa_test_key.pem");
        let key = std::fs::read_to_string(&key).map_err(|error| format!("{}: {error}", key.display()))?;
        let key = key_of(&key);
        let Ok(ticket) = line.bytes().try_into().map(Ticket) else {
            return same("valid", line.valid(), false);
        };
        let password = line.text("password");
        let decrypted = key.decrypt(&ticket, random());
        same("decrypts", decrypted.is_ok(), line.valid())?;
        if let Ok(decrypted) = decrypted {
            same("password", decrypted.as_bytes(), password.as_bytes())?;
        }
        // At a server: without ticketing, with the password, with another, with none set.
        let given: [Option<Secret>; 4] =
            [None, Some(password.into()), Some(format!("{password}.").as_str().into()), Some(Secret::new())];
        let good = [line.valid(), line.valid() && !password.is_empty(), false, false];
        for (given, good) in given.iter().zip(good) {
            let mut server = server(Auth::Ticket);
            server.push(&[&[1, 0, 0, 0], &ticket.0[..]].concat());
            same("event", server.next_event(), Ok(Some(ServerEvent::Ticket(ticket))))?;
            same("call", server.check_ticket(&key, given.as_ref(), random()), Ok(()))?;
            let authenticated = matches!(server.next_event(), Ok(Some(ServerEvent::Authenticated(_))));
            same("authenticated", authenticated, good)?;
            let denied = &LinkErr::PERMISSION_DENIED.0.to_le_bytes()[..];
            same("answer", server.take_output().as_bytes(), if good { &[] } else { denied })?;
        }
        let seed = from_hex(line.text("oaep_seed"));
        if seed.is_empty() {
            return Ok(());
        }
        let mut reply = Vec::new();
        let encoded = ServerLink::new(&key.public().0, &[0b1011], &[]).encode(&mut reply);
        encoded.map_err(|error| error.to_string())?;
        let mut client = client(Auth::Ticket);
        client.push(&reply);
        same("event", client.next_event(), Ok(Some(ClientEvent::Ticket(key.public()))))?;
        let seeded = |bytes: &mut [u8]| bytes.copy_from_slice(&seed);
        same("call", client.ticket(&password.into(), seeded), Ok(()))?;
        same("ticket", to_hex(client.take_output().as_bytes()), format!("01000000{}", line.text("hex")))
    });
}

/// A server that has accepted a client with all capabilities.
fn server(auth: Auth) -> Server {
    let mut config = ServerConfig::default();
    config.auth = auth;
    let mut server = Server::new(config);
    let mut hello = Vec::new();
    ClientLink::new(0, ChannelType::MAIN, 0, &[15], &[]).encode(&mut hello).expect("a link message");
    server.push(&hello);
    assert!(matches!(server.next_event(), Ok(Some(ServerEvent::Request(_)))));
    server.accept(CapabilitySet::EMPTY, &PublicKey::NONE).expect("asked for");
    assert!(!server.take_output().is_empty());
    server
}

/// Both sides of a mechanism that says what it is told to, and keeps what it hears.
#[derive(Default)]
struct Told {
    name: String,
    say: Option<Secret>,
    complete: bool,
    heard: Vec<(Option<Vec<u8>>, bool)>,
    list: Vec<u8>,
}

impl ClientMechanism for Told {
    fn start(&mut self, offered: Mechanisms<'_>) -> Result<Start, MechanismError> {
        self.list = offered.as_bytes().to_vec();
        Ok(Start { mechanism: self.name.clone(), data: self.say.clone() })
    }

    fn step(&mut self, data: Option<&[u8]>, complete: bool) -> Result<Option<Secret>, MechanismError> {
        self.heard.push((data.map(<[u8]>::to_vec), complete));
        Ok(self.say.clone())
    }
}

impl ServerMechanism for Told {
    fn offered(&self) -> &str {
        &self.name
    }

    fn start(&mut self, mechanism: &str, data: Option<&[u8]>) -> Result<Challenge, MechanismError> {
        self.list = mechanism.into();
        ServerMechanism::step(self, data)
    }

    fn step(&mut self, data: Option<&[u8]>) -> Result<Challenge, MechanismError> {
        self.heard.push((data.map(<[u8]>::to_vec), false));
        Ok(Challenge { data: self.say.clone(), complete: self.complete })
    }
}

#[test]
fn every_sasl_line_is_heard_and_said() {
    each("sasl.jsonl", |line| match line.text("kind") {
        "sasl_mechlist" => list(line),
        "sasl_mechname" => name(line),
        "sasl_client_data" => client_data(line),
        "sasl_server_data" => server_data(line),
        "sasl_result" => result(line),
        kind => Err(format!("an unknown kind: {kind}")),
    });
}

/// A client that has chosen SASL.
fn sasl_client() -> Client {
    let mut reply = Vec::new();
    ServerLink::new(&[0; 162], &[0b1101], &[]).encode(&mut reply).expect("a link reply");
    let mut client = client(Auth::Sasl);
    client.push(&reply);
    assert_eq!(client.next_event(), Ok(None));
    assert_eq!(client.take_output().as_bytes(), [2, 0, 0, 0]);
    client
}

fn sasl_server(told: &mut Told) -> Result<Server, String> {
    let mut server = server(Auth::Sasl);
    server.push(&[2, 0, 0, 0]);
    same("event", server.next_event(), Ok(Some(ServerEvent::Sasl)))?;
    server.sasl(told).map_err(|error| error.to_string())?;
    Ok(server)
}

fn heard(events: Result<Option<impl Sized>, Error>, line: &Vector) -> Result<bool, String> {
    let heard = matches!(events, Ok(Some(_)));
    same("accepted", heard, line.valid())?;
    Ok(heard)
}

fn list(line: &Vector) -> Result<(), String> {
    let mut client = sasl_client();
    client.push(&line.bytes());
    if !heard(client.next_event(), line)? {
        return Ok(());
    }
    let mut told = Told { name: "X".into(), ..Told::default() };
    client.sasl(&mut told).map_err(|error| error.to_string())?;
    let text = line.json["value"]["mechlist"].as_str().unwrap_or_default();
    same("list", &told.list[..], text.as_bytes())?;
    // What a server offers with these names, where none is empty.
    let mut told = Told { name: text.into(), ..Told::default() };
    let output = sasl_server(&mut told)?.take_output();
    let empty = text.contains(",,");
    same("written", output.as_bytes()[..] == line.bytes()[..], !empty)
}

fn name(line: &Vector) -> Result<(), String> {
    let offered = String::from_utf8_lossy(line.bytes().get(4..).unwrap_or_default()).into_owned();
    let fits = offered.len() <= 290;
    let mut told = Told { name: if fits { offered } else { "X".into() }, ..Told::default() };
    let mut server = sasl_server(&mut told)?;
    server.push(&[&line.bytes()[..], &[0; 4]].concat());
    if !heard(server.next_event(), line)? {
        return Ok(());
    }
    server.sasl(&mut told).map_err(|error| error.to_string())?;
    let text = line.json["value"]["mechname"].as_str().unwrap_or_default();
    same("name", &told.list[..], text.as_bytes())?;
    let mut client = sasl_client();
    client.push(b"\x01\0\0\0,");
    same("event", client.next_event(), Ok(Some(ClientEvent::Sasl)))?;
    client.sasl(&mut Told { name: text.into(), ..Told::default() }).map_err(|error| error.to_string())?;
    same("written", client.take_output().as_bytes(), &[&line.bytes()[..], &[0; 4]].concat()[..])
}

fn data(value: &Value) -> Option<Vec<u8>> {
    value["data"].as_str().map(from_hex)
}

fn client_data(line: &Vector) -> Result<(), String> {
    let bytes = line.bytes();
    // As data of the start and of a step.
    for steps in 0..2 {
        let mut told = Told { name: "X".into(), ..Told::default() };
        let mut server = sasl_server(&mut told)?;
        server.push(b"\x01\0\0\0X");
        for _ in 0..steps {
            server.push(&[0; 4]);
            same("event", server.next_event(), Ok(Some(ServerEvent::Sasl)))?;
            server.sasl(&mut told).map_err(|error| error.to_string())?;
        }
        server.push(&bytes);
        if !heard(server.next_event(), line)? {
            return Ok(());
        }
        server.sasl(&mut told).map_err(|error| error.to_string())?;
        same("data", told.heard.last(), Some(&(data(&line.json["value"]), false)))?;
    }
    let mut client = sasl_client();
    client.push(b"\x01\0\0\0,");
    same("event", client.next_event(), Ok(Some(ClientEvent::Sasl)))?;
    let say = data(&line.json["value"]).map(Secret::from);
    client.sasl(&mut Told { name: "X".into(), say, ..Told::default() }).map_err(|error| error.to_string())?;
    let mut expected = bytes.clone();
    // The last byte is read as zero whatever it is.
    if let [_, _, _, _, .., last] = &mut expected[..] {
        *last = if bytes.len() > 4 { 0 } else { *last };
    }
    same("written", client.take_output().as_bytes(), &[b"\x01\0\0\0X", &expected[..]].concat()[..])
}

fn server_data(line: &Vector) -> Result<(), String> {
    let bytes = line.bytes();
    let mut told = Told { name: "X".into(), ..Told::default() };
    let mut client = sasl_client();
    client.push(b"\x01\0\0\0,");
    same("event", client.next_event(), Ok(Some(ClientEvent::Sasl)))?;
    client.sasl(&mut told).map_err(|error| error.to_string())?;
    client.push(&bytes);
    if !heard(client.next_event(), line)? {
        return Ok(());
    }
    client.sasl(&mut told).map_err(|error| error.to_string())?;
    let value = &line.json["value"];
    let complete = value["complete"].as_u64() == Some(1);
    same("heard", told.heard.last(), Some(&(data(value), complete)))?;
    // A server writes no data for empty data.
    let say = data(value).map(Secret::from);
    if say.as_ref().is_some_and(|say| say.is_empty()) {
        return Ok(());
    }
    let mut told = Told { name: "X".into(), say, complete, ..Told::default() };
    let mut server = sasl_server(&mut told)?;
    assert!(!server.take_output().is_empty());
    server.push(b"\x01\0\0\0X\0\0\0\0");
    same("event", server.next_event(), Ok(Some(ServerEvent::Sasl)))?;
    server.sasl(&mut told).map_err(|error| error.to_string())?;
    let result: &[u8] = if complete { &[0; 4] } else { &[] };
    same("written", server.take_output().as_bytes(), &[&bytes[..], result].concat()[..])
}

fn result(line: &Vector) -> Result<(), String> {
    let mut told = Told { name: "X".into(), ..Told::default() };
    let mut client = sasl_client();
    client.push(b"\x01\0\0\0,");
    same("event", client.next_event(), Ok(Some(ClientEvent::Sasl)))?;
    client.sasl(&mut told).map_err(|error| error.to_string())?;
    client.push(&[0, 0, 0, 0, 1]);
    same("event", client.next_event(), Ok(Some(ClientEvent::Sasl)))?;
    client.sasl(&mut told).map_err(|error| error.to_string())?;
    client.push(&line.bytes());
    client.push(&[0; 4]);
    let linked = matches!(client.next_event(), Ok(Some(ClientEvent::Linked(_))));
    same("linked", linked, line.json["value"]["result"].as_u64() == Some(0))
}

#[test]
fn link_results_other_than_ok_deny() {
    for error in [7_u32, 8, 9, 0x5144_4552] {
        let bytes =
            spice_proto::link::LinkResult { error: LinkErr(error) }.encode_to_vec().expect("a result");
        assert!(spice_proto::link::LinkResult::parse(&bytes).is_ok());
        let mut reply = Vec::new();
        ServerLink::new(&[0; 162], &[0b1011], &[]).encode(&mut reply).expect("a link reply");
        let mut client = client(Auth::Ticket);
        client.push(&reply);
        assert!(matches!(client.next_event(), Ok(Some(ClientEvent::Ticket(_)))));
        client.encrypted_ticket(&Ticket([0; 128])).expect("asked for");
        client.push(&bytes);
        let denied = client.next_event().expect_err("denied");
        assert_eq!((denied.kind(), denied.is_denied()), (ErrorKind::Denied(LinkErr(error)), error == 7));
    }
}
