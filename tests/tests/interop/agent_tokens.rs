//! Tokens of a client when agents go and come back: spice-gtk and our end send the same, in every order of messages.

use std::process::Stdio;
use std::sync::{Mutex, mpsc};
use std::time::Duration;

use libtest_mimic::Trial;
use spice_proto::agent::{AgentCapability, AgentEnd};
use spice_proto::common::{Empty, LinkErr, Ping};
use spice_proto::main::{AgentDisconnected, AgentTokens, ClientMessage, Init, ServerMessage as M};
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, Limits, ServerMessage};

use crate::fake::{Answer, Fake, Line};
use crate::live::peers::SPICE_GTK;
use crate::live::{script, trial};

pub(crate) fn trials() -> Vec<Trial> {
    vec![trial("agent::tokens_as_spice_gtk", &[&SPICE_GTK], || {
        for (name, order) in orders() {
            let theirs = spice_gtk(order.clone());
            let ours = ours(&order);
            println!("{name}: {theirs:?}");
            assert_eq!(ours, theirs, "{name}");
            assert!(theirs.iter().any(|sent| sent.contains('6')), "{name}: it announced nothing");
        }
    })]
}

fn init(agent_connected: u32, agent_tokens: u32) -> M<'static> {
    M::Init(Init {
        session_id: 1,
        display_channels_hint: 1,
        supported_mouse_modes: 1,
        current_mouse_mode: 1,
        agent_connected,
        agent_tokens,
        multi_media_time: 0,
        ram_hint: 0,
    })
}

/// Messages of the main channel, the first an INIT.
fn orders() -> Vec<(&'static str, Vec<M<'static>>)> {
    let gone = M::AgentDisconnected(AgentDisconnected { error_code: LinkErr::OK });
    let back = M::AgentConnected(Empty);
    let with = |num_tokens| M::AgentConnectedTokens(AgentTokens { num_tokens });
    let more = |num_tokens| M::AgentToken(AgentTokens { num_tokens });
    vec![
        ("what is left stays", vec![init(1, 3), gone, back, gone, back, gone, back]),
        ("it never said that it was gone", vec![init(1, 3), back, back, back]),
        ("a new number replaces", vec![init(1, 5), gone, with(1), gone, back]),
        ("also without a word before", vec![init(1, 5), with(2), gone, back, gone, back]),
        ("tokens count while nobody is there", vec![init(1, 1), gone, more(2), back, gone, back, gone, back]),
        ("INIT without an agent gives tokens", vec![init(0, 2), back, gone, back, gone, back]),
        ("a second INIT replaces", vec![init(1, 1), init(1, 1), gone, back]),
        ("what waits for tokens goes when they come", vec![init(1, 0), more(1), gone, back]),
    ]
}

/// `S` for AGENT_START, the type of each agent message.
fn words(sent: &[String]) -> String {
    sent.join(" ")
}

fn ours(order: &[M<'_>]) -> Vec<String> {
    let own = CapabilitySet::EMPTY.with(AgentCapability::REPLY);
    let mut end = AgentEnd::client(own, &Limits::default());
    let mut all = Vec::new();
    for message in order {
        end.handle_server(message);
        let mut sent = Vec::new();
        while let Some(message) = end.next_client_message() {
            sent.push(match message {
                ClientMessage::AgentData(data) => data.data[4].to_string(),
                _ => "S".to_owned(),
            });
        }
        all.push(words(&sent));
    }
    all
}

/// What spice-gtk sends after each message, up to its answer to a PING.
fn spice_gtk(order: Vec<M<'static>>) -> Vec<String> {
    let (sender, receiver) = mpsc::channel();
    let sender = Mutex::new(sender);
    let talk = move |line: &mut Line| {
        if line.channel() != ChannelType::MAIN {
            return line.stay();
        }
        let mut all = Vec::new();
        for (id, message) in (1..).zip(&order) {
            line.send(&ServerMessage::Main(*message))?;
            line.send(&ServerMessage::Main(M::Ping(Ping { id, timestamp: 0, data: &[] })))?;
            let mut sent = Vec::new();
            loop {
                match line.receive()? {
                    (ClientMessage::PONG, _) => break,
                    (ClientMessage::AGENT_START, _) => sent.push("S".to_owned()),
                    (ClientMessage::AGENT_DATA, body) => sent.push(body[4].to_string()),
                    _ => {}
                }
            }
            all.push(words(&sent));
        }
        // The test may be over.
        let _ = sender.lock().expect("nobody panics while holding it").send(all);
        Ok(())
    };
    let fake = Fake::start(|_| Answer::Open, talk);
    let mut command = script("shoot-with-gi");
    command.args(["--port", &fake.port.to_string(), "--channels", "main", "--timeout", "15"]);
    let client = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let mut client = client.expect("it is there");
    let all = receiver.recv_timeout(Duration::from_secs(30));
    let _ = client.kill();
    let _ = client.wait();
    all.expect("it answers")
}
