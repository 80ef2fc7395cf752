//! What comes on channels that carry streams: record and ports.

use super::event::Event;
use crate::channel::{Any, FromClient, Received};
use crate::wire::Error;
use crate::{port, record};

/// What a message of a record channel means.
pub(super) fn record(message: &record::ClientMessage<'_>, received: &Received<FromClient<Any>>) -> Event {
    match *message {
        record::ClientMessage::Mode(mode) => Event::RecordMode(mode.mode),
        record::ClientMessage::StartMark(mark) => Event::RecordStarted(mark.time),
        record::ClientMessage::Data(data) => {
            Event::RecordData(data.time, received.body().slice_ref(data.data))
        }
        _ => Event::Message(received.clone()),
    }
}

/// What a message of a port or webdav channel means, which have the same messages.
pub(super) fn port(received: &Received<FromClient<Any>>) -> Result<Event, Error> {
    Ok(match port::ClientMessage::parse(received.kind(), received.body())? {
        port::ClientMessage::Data(data) => Event::PortData(received.body().slice_ref(data.data)),
        port::ClientMessage::Event(event) => Event::PortEvent(event.event),
        _ => Event::Message(received.clone()),
    })
}
