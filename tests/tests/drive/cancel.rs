//! Futures that are dropped at every point where they wait.

use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use bytes::Bytes;
use spice_proto::channel::{ClientEnd, Main};
use spice_proto::drive::tokio as drive;
use spice_proto::frame::{Encoder, HeaderKind};
use spice_proto::link::{Capabilities, Linked};
use spice_proto::{ChannelType, Limits, Origin, common, main};
use spice_proto_tests::random::Random;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::people::short;

struct Nobody;

impl Wake for Nobody {
    fn wake(self: Arc<Self>) {}
}

/// Says "not yet" every other time, and takes or gives a few bytes then.
struct Stutter {
    input: Vec<u8>,
    read: usize,
    written: Vec<u8>,
    random: Random,
    ready: bool,
    /// At the end of the input: wait for ever, or say that the peer has closed.
    ends: bool,
}

impl Stutter {
    fn turn(&mut self) -> bool {
        self.ready = !self.ready || self.random.below(3) == 0;
        self.ready
    }
}

impl AsyncRead for Stutter {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.turn() || (self.read == self.input.len() && !self.ends) {
            return Poll::Pending;
        }
        let count = short(&mut self.random).min(buf.remaining()).min(self.input.len() - self.read);
        buf.put_slice(&self.input[self.read..][..count]);
        self.read += count;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stutter {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if !self.turn() {
            return Poll::Pending;
        }
        let count = short(&mut self.random).min(bytes.len());
        self.written.extend_from_slice(&bytes[..count]);
        Poll::Ready(Ok(count))
    }

    fn poll_flush(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.turn() { Poll::Ready(Ok(())) } else { Poll::Pending }
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Polls a new future once, and drops it when it waits.
pub(crate) fn once<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(&Waker::from(Arc::new(Nobody)))) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

/// A client's main channel on a stuttering stream.
fn connection(input: Vec<u8>, ends: bool, seed: u64) -> drive::Connection<Stutter, ClientEnd<Main>> {
    let random = Random::new(seed);
    let stutter = Stutter { input, read: 0, written: Vec::new(), random, ready: false, ends };
    let linked = Linked {
        role: Origin::Client,
        connection_id: 0,
        channel: ChannelType::MAIN,
        channel_id: 0,
        own: Capabilities::default(),
        peer: Capabilities::default(),
        header: HeaderKind::Mini,
        leftover: Bytes::new(),
    };
    drive::Established::new(stutter, linked).client(Main, &Limits::default())
}

/// What a server says: a window of one, then pings.
fn pings(count: u32) -> Vec<u8> {
    let (mut encoder, mut bytes) = (Encoder::new(HeaderKind::Mini), Vec::new());
    let set = common::SetAck { generation: 1, window: 1 };
    encoder.encode(main::ServerMessage::SET_ACK, &set, &mut bytes).expect("a small message");
    for id in 0..count {
        let ping = common::Ping { id, timestamp: 0, data: &[0; 40] };
        encoder.encode(main::ServerMessage::PING, &ping, &mut bytes).expect("a small message");
    }
    bytes
}

/// What a client answers: ACK_SYNC, and for each ping ACK and PONG.
fn answers(count: u32) -> Vec<u8> {
    let (mut encoder, mut bytes) = (Encoder::new(HeaderKind::Mini), Vec::new());
    let sync = common::AckSync { generation: 1 };
    encoder.encode(main::ClientMessage::ACK_SYNC, &sync, &mut bytes).expect("a small message");
    for id in 0..count {
        encoder.encode(main::ClientMessage::ACK, &common::Empty, &mut bytes).expect("a small message");
        let pong = common::Pong { id, timestamp: 0 };
        encoder.encode(main::ClientMessage::PONG, &pong, &mut bytes).expect("a small message");
    }
    bytes
}

#[test]
fn no_message_is_lost_and_no_answer_is_written_twice() {
    let mut dropped = 0;
    for seed in 0..200 {
        let mut connection = connection(pings(20), true, seed);
        let mut serials = Vec::new();
        loop {
            match once(connection.next()) {
                None => dropped += 1,
                Some(Ok(Some(message))) => serials.push(message.serial()),
                Some(Ok(None)) => break,
                Some(Err(error)) => panic!("{seed}: {error}"),
            }
        }
        assert_eq!(serials, (1..=21).collect::<Vec<u64>>(), "{seed}");
        while once(connection.flush()).map(|flushed| flushed.expect("it is written")).is_none() {
            dropped += 1;
        }
        assert_eq!(connection.stream().written, answers(20), "{seed}");
    }
    println!("{dropped} futures were dropped");
    assert!(dropped > 1000);
}

#[test]
fn a_dropped_flush_goes_on_where_it_stopped() {
    for seed in 0..200 {
        let mut connection = connection(Vec::new(), false, seed);
        let (mut encoder, mut wanted) = (Encoder::new(HeaderKind::Mini), Vec::new());
        for len in 0..30 {
            let data = common::Data { data: &[len; 30][..usize::from(len)] };
            connection.send(&main::ClientMessage::AgentData(data)).expect("it can be sent");
            encoder.encode(main::ClientMessage::AGENT_DATA, &data, &mut wanted).expect("a small message");
            // Sometimes it waits in the next call, sometimes not at all.
            match len % 3 {
                0 => drop(once(connection.flush())),
                1 => assert!(once(connection.next()).is_none(), "nobody says anything"),
                _ => {}
            }
        }
        while once(connection.flush()).is_none() {}
        assert_eq!(connection.stream().written, wanted, "{seed}");
    }
}
