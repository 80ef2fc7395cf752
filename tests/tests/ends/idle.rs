//! What a channel costs that nothing happens on.

use allocation_counter::measure;
use spice_proto::channel::{Any, ClientEnd, ServerEnd};
use spice_proto::frame::HeaderKind;
use spice_proto::{ChannelType, Limits};

#[test]
fn an_idle_channel_takes_few_bytes() {
    let mut client = None;
    let fresh = measure(|| {
        client = Some(ClientEnd::new(Any(ChannelType::INPUTS), HeaderKind::Mini, &Limits::default()));
    });
    let mut server = None;
    let fresh_server = measure(|| {
        server = Some(ServerEnd::new(Any(ChannelType::INPUTS), HeaderKind::Mini, &Limits::server()));
    });
    let (mut client, mut server) = (client.expect("made"), server.expect("made"));
    // After a thousand messages, all of them handled and written.
    let used = measure(|| {
        server.set_ack(20).expect("sent");
        for now in 0..1_000 {
            server.ping(now, b"").expect("sent");
            client.push(&server.take_output());
            while client.next_message().expect("a message").is_some() {}
            server.push(&client.take_output());
            while server.next_message().expect("a message").is_some() {}
        }
    });
    let sizes = [size_of_val(&client), size_of_val(&server)];
    println!(
        "an idle channel: client {} bytes, server {} bytes, on the heap {} and {}; both after 1,000 messages {} on \
         the heap",
        sizes[0], sizes[1], fresh.bytes_current, fresh_server.bytes_current, used.bytes_current
    );
    assert_eq!((fresh.bytes_current, fresh_server.bytes_current), (0, 0));
    assert!(sizes.iter().all(|size| *size <= 512), "{sizes:?}");
    assert!(used.bytes_current <= 16 << 10, "{}", used.bytes_current);
}
