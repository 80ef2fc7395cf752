//! Every kind of handshake between our own ends, cut everywhere.

use spice_proto::common::{CommonCapability, LinkErr};
use spice_proto::frame::HeaderKind;
use spice_proto::link::{
    Answer, Auth, Challenge, ClientConfig, ClientMechanism, ErrorKind, MechanismError, Mechanisms, Secret,
    SecurityLayer, ServerConfig, ServerMechanism, Stage, Start,
};
use spice_proto::main::MainCapability;
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, Origin};

use super::pair::{Cut, Decision, Outcome, Scene};
use super::sasl::{Account, User};
use super::{secret, test_key};

pub(crate) fn scene() -> Scene {
    let mut client = ClientConfig::new(ChannelType::MAIN, 0);
    client.capabilities.channel = [MainCapability::SEAMLESS_MIGRATE, MainCapability::NAME_AND_UUID].into();
    Scene {
        client,
        server: ServerConfig::default(),
        password: secret("open sesame"),
        secret: Some(secret("open sesame")),
        key: test_key(),
        request: Decision::Yes,
        admission: Decision::Yes,
        channel: [MainCapability::SEAMLESS_MIGRATE].into(),
        client_sasl: || Box::new(User::new("tester", "sasl-secret", true).expect("a user")),
        server_sasl: || Box::new(account("SCRAM-SHA-256,SCRAM-SHA-1,PLAIN")),
        first: b"first bytes".to_vec(),
    }
}

/// Few rounds: the cuts are many.
fn account(offered: &str) -> Account {
    let mut account = Account::new("tester", "sasl-secret", [7; 16], 16, true).expect("an account");
    account.offer(offered);
    account
}

fn sasl(mut scene: Scene) -> Scene {
    scene.client.auth = Auth::Either;
    scene.server.auth = Auth::Sasl;
    scene
}

/// Runs a scene in one piece, byte by byte, and with one cut at each place of both directions: how it ends is the
/// same.
fn run(scene: &Scene) -> Outcome {
    let whole = scene.run(Cut::Nowhere);
    let places = whole.to_server.len().max(whole.to_client.len());
    for cut in (1..places).map(Cut::At).chain([Cut::Everywhere]) {
        let outcome = scene.run(cut);
        assert_eq!((&outcome.client, &outcome.server), (&whole.client, &whole.server), "{cut:?}");
        let lens = [&outcome, &whole].map(|outcome| (outcome.to_server.len(), outcome.to_client.len()));
        assert_eq!(lens[0], lens[1], "{cut:?}");
    }
    whole
}

fn linked(scene: &Scene) {
    let Outcome { client, server, .. } = run(scene);
    let client = client.expect("the client is linked");
    let server = server.expect("the server is linked");
    assert_eq!((client.role, server.role), (Origin::Client, Origin::Server));
    assert_eq!((client.own, client.peer), (server.peer, server.own));
    assert_eq!(client.header, server.header);
    assert_eq!((&client.leftover[..], &server.leftover[..]), (&scene.first[..], &scene.first[..]));
    assert_eq!(client.peer.channel, scene.channel);
}

/// How the client and the server fail, and what the server says last.
fn failed(scene: &Scene, client: (ErrorKind, Stage), server: (ErrorKind, Answer)) {
    let outcome = run(scene);
    let error = outcome.client.expect_err("the client fails");
    assert_eq!((error.kind(), error.stage(), error.answer()), (client.0, client.1, Answer::Silence));
    let error = outcome.server.expect_err("the server fails");
    assert_eq!((error.kind(), error.answer()), server);
}

#[test]
fn the_right_ticket_links() {
    linked(&scene());
}

#[test]
fn no_password_links_where_none_is_wanted() {
    linked(&Scene { password: Secret::new(), secret: None, ..scene() });
    linked(&Scene { secret: None, ..scene() });
}

#[test]
fn a_wrong_ticket_is_denied_as_the_reference_does() {
    let client = (ErrorKind::Denied(LinkErr::PERMISSION_DENIED), Stage::Result);
    let server = (ErrorKind::Ticket, Answer::Result(LinkErr::PERMISSION_DENIED));
    for (password, wanted) in
        [("open sesam", "open sesame"), ("", "open sesame"), ("open sesame!", "open sesame"), ("", "")]
    {
        let scene = Scene { password: secret(password), secret: Some(secret(wanted)), ..scene() };
        failed(&scene, client, server);
        assert!(scene.run(Cut::Nowhere).client.expect_err("denied").is_denied());
    }
}

#[test]
fn without_the_choice_of_authentication_the_ticket_follows_at_once() {
    let mut scene = scene();
    scene.client.capabilities.common = [CommonCapability::MINI_HEADER].into();
    linked(&scene);
    assert_eq!(scene.run(Cut::Nowhere).to_server.len(), 16 + 18 + 8 + 128 + scene.first.len());
    scene.client.capabilities.common = [CommonCapability::PROTOCOL_AUTH_SELECTION].into();
    scene.server.common = CapabilitySet::EMPTY;
    linked(&scene);
    let client = scene.run(Cut::Nowhere).client.expect("linked");
    assert_eq!(client.header, HeaderKind::Full);
}

#[test]
fn sasl_links_with_every_mechanism() {
    let servers: [fn() -> Box<dyn ServerMechanism>; 3] = [
        || Box::new(account("PLAIN")),
        || Box::new(account("SCRAM-SHA-1")),
        || Box::new(account("SCRAM-SHA-256,PLAIN")),
    ];
    for (server_sasl, name) in servers.into_iter().zip(["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256"]) {
        let scene = Scene { server_sasl, ..sasl(scene()) };
        linked(&scene);
        let sent = scene.run(Cut::Nowhere).to_server;
        assert!(sent.windows(name.len()).any(|window| window == name.as_bytes()), "{name} is not chosen");
    }
}

#[test]
fn either_leaves_it_to_the_client() {
    let mut scene = sasl(scene());
    scene.server.auth = Auth::Either;
    linked(&scene);
    scene.client.auth = Auth::Ticket;
    linked(&scene);
}

#[test]
fn a_wrong_sasl_password_ends_without_a_word() {
    let client = (ErrorKind::Closed, Stage::Sasl);
    let server = (ErrorKind::SaslFailed, Answer::Silence);
    let servers: [fn() -> Box<dyn ServerMechanism>; 2] =
        [|| Box::new(account("PLAIN")), || Box::new(account("SCRAM-SHA-256"))];
    for server_sasl in servers {
        let client_sasl: fn() -> Box<dyn ClientMechanism> =
            || Box::new(User::new("tester", "wrong", true).expect("a user"));
        let scene = Scene { server_sasl, client_sasl, ..sasl(scene()) };
        failed(&scene, client, server);
        assert!(scene.run(Cut::Nowhere).client.expect_err("denied").is_denied());
    }
}

#[test]
fn ends_without_a_common_authentication_part() {
    let mut scene = scene();
    scene.server.auth = Auth::Sasl;
    let gone = (ErrorKind::Closed, Answer::Silence);
    failed(&scene, (ErrorKind::NoCommonAuth, Stage::Link), gone);
    scene.client.auth = Auth::Sasl;
    scene.server.auth = Auth::Ticket;
    failed(&scene, (ErrorKind::NoCommonAuth, Stage::Link), gone);
    // The client does not look for the second reply: no choice means a ticket, and there is a refusal where the
    // result should be.
    scene.client.auth = Auth::Ticket;
    scene.client.capabilities.common = CapabilitySet::EMPTY;
    scene.server.auth = Auth::Sasl;
    let server = (ErrorKind::NoAuthSelection, Answer::Reply(LinkErr::VERSION_MISMATCH));
    failed(&scene, (ErrorKind::PublicKey, Stage::Ticket), server);
}

#[test]
fn channels_and_sessions_are_refused_by_the_caller() {
    let mut scene = scene();
    for error in [LinkErr::NEED_SECURED, LinkErr::NEED_UNSECURED] {
        scene.request = Decision::No(error);
        let server = (ErrorKind::Refused(error), Answer::Reply(error));
        failed(&scene, (ErrorKind::Refused(error), Stage::Link), server);
    }
    scene.request = Decision::Silence;
    failed(&scene, (ErrorKind::Closed, Stage::Link), (ErrorKind::Ignored, Answer::Silence));
    scene.request = Decision::Yes;
    for error in [LinkErr::BAD_CONNECTION_ID, LinkErr::CHANNEL_NOT_AVAILABLE] {
        scene.admission = Decision::No(error);
        let server = (ErrorKind::Denied(error), Answer::Result(error));
        failed(&scene, (ErrorKind::Denied(error), Stage::Result), server);
    }
    scene.admission = Decision::Silence;
    failed(&scene, (ErrorKind::Closed, Stage::Result), (ErrorKind::Ignored, Answer::Silence));
}

/// A mechanism of one step that says what layer there is.
struct Layered(SecurityLayer, &'static str);

impl ClientMechanism for Layered {
    fn start(&mut self, offered: Mechanisms<'_>) -> Result<Start, MechanismError> {
        assert_eq!(offered.iter().collect::<Vec<_>>(), ["LAYERED"]);
        Ok(Start { mechanism: self.1.into(), data: None })
    }

    fn step(&mut self, data: Option<&[u8]>, complete: bool) -> Result<Option<Secret>, MechanismError> {
        assert!(complete && data == Some(b"welcome"));
        Ok(None)
    }

    fn security_layer(&self) -> SecurityLayer {
        self.0
    }
}

impl ServerMechanism for Layered {
    fn offered(&self) -> &str {
        "LAYERED"
    }

    fn start(&mut self, name: &str, data: Option<&[u8]>) -> Result<Challenge, MechanismError> {
        assert_eq!((name, data), ("LAYERED", None));
        Ok(Challenge { data: Some("welcome".into()), complete: true })
    }

    fn step(&mut self, _: Option<&[u8]>) -> Result<Challenge, MechanismError> {
        Err(MechanismError)
    }

    fn security_layer(&self) -> SecurityLayer {
        self.0
    }
}

#[test]
fn a_security_layer_wraps_all_behind_it() {
    let scene = Scene {
        client_sasl: || Box::new(Layered(SecurityLayer::Active, "LAYERED")),
        server_sasl: || Box::new(Layered(SecurityLayer::Active, "LAYERED")),
        ..sasl(scene())
    };
    linked(&scene);
    let sent = scene.run(Cut::Nowhere).to_client;
    let end: Vec<u8> = [&[0; 4], &scene.first[..]].concat().iter().map(|byte| !byte).collect();
    assert!(
        sent.ends_with(&[&[0; 4], &end[..]].concat()),
        "the SASL result is plain, the link result wrapped"
    );
}

#[test]
fn a_layer_that_is_too_weak_is_refused_with_a_text() {
    let scene = Scene {
        client_sasl: || Box::new(Layered(SecurityLayer::None, "LAYERED")),
        server_sasl: || Box::new(Layered(SecurityLayer::TooWeak, "LAYERED")),
        ..sasl(scene())
    };
    failed(&scene, (ErrorKind::SaslWeak, Stage::Sasl), (ErrorKind::SaslWeak, Answer::SaslResult));
    let sent = scene.run(Cut::Nowhere).to_client;
    assert!(sent.ends_with(b"\x01\0\0\0\x16\0\0\0Authentication failed\0"));
}

#[test]
fn a_mechanism_that_is_not_offered_is_refused() {
    let scene = Scene {
        client_sasl: || Box::new(Layered(SecurityLayer::None, "LAYER")),
        server_sasl: || Box::new(Layered(SecurityLayer::None, "LAYERED")),
        ..sasl(scene())
    };
    // What the client reads as data starts with "REDQ": far above the limit.
    let server = (ErrorKind::SaslName, Answer::Reply(LinkErr::INVALID_DATA));
    failed(&scene, (ErrorKind::SaslData, Stage::Sasl), server);
}
