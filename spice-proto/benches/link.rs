//! Time of a handshake without network: both ends, from nothing to linked.
//!
//! `frames` carries a ticket that nobody makes or reads: what the machines themselves take. `ticket` encrypts and
//! decrypts it with a key that is kept, `ticket, new key` makes one for the connection as the reference server does.

use std::hint::black_box;
use std::time::Duration;

use criterion::Criterion;
use spice_proto::ChannelType;
use spice_proto::link::{
    Client, ClientConfig, ClientEvent, Linked, PublicKey, Secret, Server, ServerConfig, ServerEvent, Ticket,
    TicketKey,
};
use spice_proto::main::MainCapability;

fn main() {
    let mut criterion = Criterion::default().measurement_time(Duration::from_secs(2)).configure_from_args();
    let mut group = criterion.benchmark_group("handshake");
    let password = Secret::from("open sesame");
    group.bench_function("frames", |bencher| bencher.iter(|| handshake(None, black_box(&password))));
    let key = TicketKey::generate(random()).expect("a key");
    group.bench_function("ticket", |bencher| bencher.iter(|| handshake(Some(&key), black_box(&password))));
    let mut random = random();
    group.sample_size(10).bench_function("ticket, new key", |bencher| {
        bencher.iter(|| handshake(Some(&TicketKey::generate(&mut random).expect("a key")), &password));
    });
    group.finish();
    criterion.final_summary();
}

/// What passes for random: a counter with its bits spread (splitmix64).
fn random() -> impl FnMut(&mut [u8]) {
    let mut state = 1_u64;
    move |bytes: &mut [u8]| {
        for chunk in bytes.chunks_mut(8) {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(mixed ^ (mixed >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}

fn handshake(key: Option<&TicketKey>, password: &Secret) -> Linked {
    let mut config = ClientConfig::new(ChannelType::MAIN, 0);
    config.capabilities.channel = [MainCapability::SEAMLESS_MIGRATE].into();
    let mut client = Client::new(config).expect("a client");
    let mut server = Server::new(ServerConfig::default());
    let public = key.map_or(PublicKey::NONE, TicketKey::public);
    loop {
        server.push(client.take_output().as_bytes());
        while let Some(event) = server.next_event().expect("no error") {
            let called = match (event, key) {
                (ServerEvent::Request(_), _) => {
                    server.accept([MainCapability::SEAMLESS_MIGRATE].into(), &public)
                }
                (ServerEvent::Ticket(_), Some(key)) => server.check_ticket(key, Some(password), random()),
                (ServerEvent::Ticket(_), None) => server.pass_ticket(),
                (ServerEvent::Authenticated(_), _) => server.admit(),
                _ => Ok(()),
            };
            called.expect("asked for");
        }
        client.push(server.take_output().as_bytes());
        match (client.next_event().expect("no error"), key) {
            (Some(ClientEvent::Ticket(_)), Some(_)) => client.ticket(password, random()).expect("asked for"),
            (Some(ClientEvent::Ticket(_)), None) => {
                client.encrypted_ticket(&Ticket([7; 128])).expect("asked for");
            }
            (Some(ClientEvent::Linked(linked)), _) => return linked,
            _ => {}
        }
    }
}
