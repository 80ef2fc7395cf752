//! Whole sessions of clients: every scene with each runtime, and with futures that are dropped wherever they wait.

mod clients;
mod migration;
mod opening;
mod server;

use spice_proto::drive::Event;
use spice_proto::main::ChannelId;

use self::clients::Client;

/// Takes events until one is found, and gives what comes of it.
fn until<T>(client: &mut dyn Client, mut look: impl FnMut(Event) -> Option<T>) -> T {
    loop {
        let event = client.next().expect("the session goes on").expect("the session is open");
        if let Some(found) = look(event) {
            return found;
        }
    }
}

/// Takes events as far as this message.
fn until_message(client: &mut dyn Client, channel: ChannelId, kind: u16) {
    until(client, |event| match event {
        Event::Message(from, message) => (from == channel && message.kind() == kind).then_some(()),
        Event::Lost { channel, error, .. } => panic!("{channel:?}: {error:?}"),
        _ => None,
    });
}

/// Takes events until all these channels are open.
fn until_opened(client: &mut dyn Client, channels: &[ChannelId]) {
    let mut missing = channels.to_vec();
    until(client, |event| {
        match event {
            Event::Opened(channel, _) => missing.retain(|missing| *missing != channel),
            Event::Lost { channel, error, .. } => panic!("{channel:?}: {error:?}"),
            _ => {}
        }
        missing.is_empty().then_some(())
    });
}
