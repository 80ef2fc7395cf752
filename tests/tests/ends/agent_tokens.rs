//! Tokens of a client when agents go and come back. What is expected was seen from spice-gtk 0.42, which a server of ours
//! asked in each of these orders.

use spice_proto::agent::{
    AgentCapability, AgentEnd, AgentReplyCode, AnnounceCapabilities, FileXferData, Message, Pieces, Reply,
};
use spice_proto::common::{Data, Empty, LinkErr};
use spice_proto::main::{AgentDisconnected, AgentTokens, ClientMessage, Init, ServerMessage};
use spice_proto::wire::CapabilitySet;
use spice_proto::{Encode, Limits};

fn client() -> AgentEnd {
    AgentEnd::client(CapabilitySet::EMPTY.with(AgentCapability::REPLY), &Limits::default())
}

fn init(agent_connected: u32, agent_tokens: u32) -> ServerMessage<'static> {
    ServerMessage::Init(Init {
        session_id: 1,
        display_channels_hint: 1,
        supported_mouse_modes: 3,
        current_mouse_mode: 2,
        agent_connected,
        agent_tokens,
        multi_media_time: 0,
        ram_hint: 0,
    })
}

fn with(num_tokens: u32) -> ServerMessage<'static> {
    ServerMessage::AgentConnectedTokens(AgentTokens { num_tokens })
}

fn more(num_tokens: u32) -> ServerMessage<'static> {
    ServerMessage::AgentToken(AgentTokens { num_tokens })
}

const BACK: ServerMessage<'static> = ServerMessage::AgentConnected(Empty);
const GONE: ServerMessage<'static> =
    ServerMessage::AgentDisconnected(AgentDisconnected { error_code: LinkErr::OK });

/// What a client sends: `S` for AGENT_START, the type of each agent message.
fn sent(client: &mut AgentEnd) -> String {
    let mut words = Vec::new();
    while let Some(message) = client.next_client_message() {
        words.push(match message {
            ClientMessage::AgentStart(start) => {
                assert_eq!(start.num_tokens, u32::MAX);
                "S".to_owned()
            }
            ClientMessage::AgentData(data) => format!("{}", data.data[4]),
            other => panic!("{other:?}"),
        });
    }
    words.join(" ")
}

/// The file of a case: type, size and body of messages of the main channel.
fn messages(bytes: &[u8]) -> Vec<ServerMessage<'_>> {
    let mut messages = Vec::new();
    let mut rest = bytes;
    while let Some((head, behind)) = rest.split_first_chunk::<6>() {
        let size = u32::from_le_bytes([head[2], head[3], head[4], head[5]]) as usize;
        let (body, behind) = behind.split_at(size);
        messages.push(ServerMessage::parse(u16::from_le_bytes([head[0], head[1]]), body).expect("a message"));
        rest = behind;
    }
    messages
}

#[test]
fn an_agent_that_comes_back_without_tokens_is_announced_to() {
    let bytes = include_bytes!("../../cases/agent-back-without-tokens/main.bin");
    let messages = messages(bytes);
    let mut client = client();
    let answers: Vec<_> =
        messages.iter().map(|message| (client.handle_server(message), sent(&mut client))).collect();
    let expected = [(true, "S 6"), (true, ""), (true, "S 6")].map(|(ours, sent)| (ours, sent.to_owned()));
    assert_eq!(answers, expected);
    assert_eq!(client.tokens(), Some(8));
}

#[test]
fn tokens_are_counted_as_the_reference_client_counts_them() {
    let orders: &[(&str, &[(ServerMessage<'_>, &str)])] = &[
        (
            "what is left stays",
            &[
                (init(1, 3), "S 6"),
                (GONE, ""),
                (BACK, "S 6"),
                (GONE, ""),
                (BACK, "S 6"),
                (GONE, ""),
                (BACK, "S"),
            ],
        ),
        (
            "without a word that it was gone",
            &[(init(1, 3), "S 6"), (BACK, "S 6"), (BACK, "S 6"), (BACK, "S")],
        ),
        (
            "a new number replaces",
            &[(init(1, 5), "S 6"), (GONE, ""), (with(1), "S 6"), (GONE, ""), (BACK, "S")],
        ),
        ("also in between", &[(init(1, 5), "S 6"), (with(1), "S 6"), (GONE, ""), (BACK, "S")]),
        (
            "tokens count while nobody is there",
            &[
                (init(1, 1), "S 6"),
                (GONE, ""),
                (more(2), ""),
                (BACK, "S 6"),
                (GONE, ""),
                (BACK, "S 6"),
                (BACK, "S"),
            ],
        ),
        (
            "an INIT without agent gives tokens",
            &[(init(0, 2), ""), (BACK, "S 6"), (GONE, ""), (BACK, "S 6"), (BACK, "S")],
        ),
        ("a second INIT replaces", &[(init(1, 1), "S 6"), (init(1, 1), "S 6"), (GONE, ""), (BACK, "S")]),
        ("what waits for tokens goes when they come", &[(init(1, 0), "S"), (more(10), "6")]),
    ];
    for (name, order) in orders {
        let mut client = client();
        for (at, (message, expected)) in order.iter().enumerate() {
            client.handle_server(message);
            assert_eq!(sent(&mut client), *expected, "{name}: {at}");
        }
    }
}

/// Here we differ: the reference client goes on in the middle of a message, which the server takes for a new one.
#[test]
fn what_was_meant_for_an_agent_that_is_gone_is_forgotten() {
    let mut client = client();
    client.handle_server(&init(1, 2));
    assert_eq!(sent(&mut client), "S 6");
    let announce = AnnounceCapabilities { request: 0, caps: (&[0xffff_u32]).into() };
    let body = announce.encode_to_vec().expect("written");
    for piece in Pieces::new(Message::ANNOUNCE_CAPABILITIES, &body).expect("short") {
        let data = piece.encode_to_vec().expect("written");
        client.handle_server(&ServerMessage::AgentData(Data { data: &data }));
    }
    assert!(client.next_message().expect("right").is_some());
    let long = vec![7; 5000];
    client.send(&Message::FileXferData(FileXferData { id: 1, data: &long })).expect("sent");
    assert_eq!(sent(&mut client).split(' ').count(), 1, "one piece of many");
    client.send(&Message::Reply(Reply { type_: 2, error: AgentReplyCode::SUCCESS })).expect("sent");
    for message in [GONE, more(10), BACK] {
        client.handle_server(&message);
    }
    assert_eq!(sent(&mut client), "S 6");
    assert_eq!((client.queued(), client.tokens()), (0, Some(9)));
}
