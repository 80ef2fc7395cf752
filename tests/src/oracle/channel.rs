//! Ends of channels.

use bytes::Bytes;
use spice_proto::channel::{Any, ClientEnd, Progress, ServerEnd};
use spice_proto::frame::{Decoder, HeaderKind};
use spice_proto::{ChannelType, Error, Limits, Origin, common};

use super::take;

/// Any stream to an end of either role. `data`: the role of the end and the head (bit 0: a server, bit 1: full heads),
/// channel, a length, the bytes. They come as a whole, byte by byte, and in pieces of the length.
///
/// Messages, errors and answers are the same however the bytes are cut. The messages that are no sub-messages are the
/// frames of the stream, in their order; each parses or says why not. A client answers each PING and SET_ACK that
/// parses, once; a server never says that there is room for more than two windows.
///
/// # Panics
/// When a property does not hold.
pub fn channel_end(mut data: &[u8]) {
    let kinds = take::<1>(&mut data);
    let header = if kinds & 2 == 2 { HeaderKind::Full } else { HeaderKind::Mini };
    let channel = ChannelType(take::<1>(&mut data) as u8);
    let len = 1 + take::<1>(&mut data) as usize;
    let ways: [Vec<&[u8]>; 3] = [vec![data], data.chunks(len).collect(), data.chunks(1).collect()];
    let ways = &ways[..if data.len() <= 600 { 3 } else { 2 }];
    if kinds & 1 == 1 {
        let mut runs = ways.iter().map(|pieces| server(channel, header, pieces));
        let whole = runs.next().expect("a way");
        assert!(runs.all(|run| run == whole), "cut, it is something else than {whole:?}");
        frames(data, Origin::Client, channel, header, &whole);
    } else {
        let mut runs = ways.iter().map(|pieces| client(channel, header, pieces));
        let whole = runs.next().expect("a way");
        assert!(runs.all(|run| run == whole), "cut, it is something else than {whole:?}");
        frames(data, Origin::Server, channel, header, &whole.0);
        answers(channel, header, &whole.0, &whole.1);
    }
}

/// What came out: number, serial, whether it is a sub-message, body; or an error.
type Out = Vec<Result<(u16, u64, bool, Bytes), Error>>;

fn client(channel: ChannelType, header: HeaderKind, pieces: &[&[u8]]) -> (Out, Vec<u8>) {
    let mut end = ClientEnd::new(Any(channel), header, &Limits::server());
    let (mut out, mut output, progress) = (Out::new(), Vec::new(), Progress::new());
    for piece in pieces {
        end.push(piece);
        loop {
            let message = end.next_message();
            output.extend(end.take_output());
            match message {
                Ok(Some(message)) => {
                    let _ = message.parse();
                    out.push(Ok((
                        message.kind(),
                        message.serial(),
                        message.is_sub_message(),
                        message.body().clone(),
                    )));
                }
                Ok(None) if end.waiting().is_some() => {
                    assert_eq!(end.next_message(), Ok(None), "while it waits");
                    assert!(end.resume(&progress), "no channel is open");
                }
                Ok(None) => break,
                Err(error) if out.last() == Some(&Err(error)) => break,
                Err(error) => out.push(Err(error)),
            }
        }
    }
    (out, output)
}

fn server(channel: ChannelType, header: HeaderKind, pieces: &[&[u8]]) -> Out {
    let mut end = ServerEnd::new(Any(channel), header, &Limits::server());
    let mut out = Out::new();
    end.set_ack(3).expect("nothing was sent yet");
    for piece in pieces {
        end.push(piece);
        loop {
            match end.next_message() {
                Ok(Some(message)) => {
                    let _ = message.parse();
                    out.push(Ok((
                        message.kind(),
                        message.serial(),
                        message.is_sub_message(),
                        message.body().clone(),
                    )));
                }
                Ok(None) => break,
                Err(error) if out.last() == Some(&Err(error)) => break,
                Err(error) => out.push(Err(error)),
            }
            assert!(end.room().is_some_and(|room| room <= 6));
            if end.can_send() {
                end.ping(0, b"").expect("there is room");
            }
            drop(end.take_output());
        }
    }
    out
}

/// Nothing is lost or reordered.
fn frames(data: &[u8], origin: Origin, channel: ChannelType, header: HeaderKind, out: &Out) {
    let mut decoder = Decoder::new(origin, channel, header, &Limits::server());
    decoder.push(data);
    let frames = std::iter::from_fn(|| decoder.next_frame().ok().flatten());
    let frames = frames.map(|frame| (frame.kind(), frame.serial(), Bytes::copy_from_slice(frame.body())));
    let own = out.iter().flatten().filter(|(_, _, sub, _)| !sub);
    let own = own.map(|(kind, serial, _, body)| (*kind, *serial, body.clone()));
    assert!(own.eq(frames), "messages are not the frames that came");
}

/// Every message that wants an answer has one.
fn answers(channel: ChannelType, header: HeaderKind, out: &Out, output: &[u8]) {
    let mut limits = Limits::server();
    limits.body_other = 64;
    let mut decoder = Decoder::new(Origin::Client, channel, header, &limits);
    decoder.push(output);
    let kinds: Vec<u16> = std::iter::from_fn(|| decoder.next_frame().expect("short frames"))
        .map(|frame| frame.kind())
        .collect();
    let count = |kind: u16| kinds.iter().filter(|found| **found == kind).count();
    let (mut pings, mut sets) = (0, 0);
    for (kind, _, _, body) in out.iter().flatten().filter(|_| channel != ChannelType::TUNNEL) {
        match common::ServerMessage::parse(*kind, body) {
            Ok(common::ServerMessage::Ping(_)) => pings += 1,
            Ok(common::ServerMessage::SetAck(_)) => sets += 1,
            _ => {}
        }
    }
    assert_eq!(count(common::ClientMessage::PONG), pings);
    assert_eq!(count(common::ClientMessage::ACK_SYNC), sets);
    assert!(count(common::ClientMessage::ACK) <= out.len());
    assert_eq!(kinds.len(), pings + sets + count(common::ClientMessage::ACK));
}
