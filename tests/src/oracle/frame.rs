//! Frames.

use bytes::{BufMut, Bytes};
use spice_proto::frame::{Decoder, Header, HeaderKind, SubMessages, Transport};
use spice_proto::{ChannelType, Error, Frame, Limits, Origin};

use super::{meter, take};

/// Any stream of frames. `data`: sender, head and transport (bit 0: the client, bit 1: full heads, bit 2: a unix socket,
/// else bit 3: a network), channel, a length, the bytes.
/// They come as a whole, byte by byte, and in pieces of the length, in each way there is to give them.
///
/// Frames and error are the same however the bytes are cut; each frame is written as it came; messages inside of one
/// lie inside of it.
///
/// # Panics
/// When a property does not hold.
pub fn frame_decoder(mut data: &[u8]) {
    let kinds = take::<1>(&mut data);
    let origin = if kinds & 1 == 1 { Origin::Client } else { Origin::Server };
    let header = if kinds & 2 == 2 { HeaderKind::Full } else { HeaderKind::Mini };
    let channel = ChannelType(take::<1>(&mut data) as u8);
    let len = 1 + take::<1>(&mut data) as usize;
    let transport = match kinds & 12 {
        0 => Transport::Unknown,
        8 => Transport::Network,
        _ => Transport::UnixSocket,
    };
    let new = || {
        let mut decoder = Decoder::new(origin, channel, header, &Limits::server());
        decoder.set_transport(transport);
        decoder
    };
    let whole = read(new(), [data], |decoder, piece| decoder.push(piece));
    assert_eq!(whole, read(new(), data.chunks(1), |decoder, piece| decoder.push(piece)), "byte by byte");
    let ways: [fn(&mut Decoder, &[u8]); 3] = [
        |decoder, piece| decoder.push(piece),
        |decoder, piece| decoder.push_bytes(Bytes::copy_from_slice(piece)),
        |decoder, piece| decoder.buffer_mut().put_slice(piece),
    ];
    for way in ways {
        assert_eq!(whole, read(new(), data.chunks(len), way), "in pieces of {len} bytes");
    }
    let (frames, rest, end) = whole;
    let mut written = Vec::new();
    for frame in &frames {
        inside(frame);
        let before = written.len();
        frame.put(&mut written);
        assert_eq!(written.len() - before, frame.wire_len());
        let head = Header::parse(header, &written[before..]).map(|head| (head.kind, head.size as usize));
        assert_eq!(head, Some((frame.kind(), frame.bytes().len())));
    }
    if let Err(error) = end {
        let len = (written.len() + rest.len()) as u64;
        assert!(error.offset() <= len && !error.to_string().is_empty(), "{error}, of {len} bytes");
    }
    assert_eq!(end.is_ok(), rest.is_empty());
    written.extend(rest);
    assert!(written == data, "frames are not what came: {frames:?}");
}

/// All frames, what is left, and how it ends.
fn read<'p>(
    decoder: Decoder,
    pieces: impl IntoIterator<Item = &'p [u8]>,
    push: impl Fn(&mut Decoder, &[u8]),
) -> (Vec<Frame>, Bytes, Result<(), Error>) {
    let mut decoder = decoder;
    let mut frames = Vec::new();
    for piece in pieces {
        push(&mut decoder, piece);
        loop {
            let serial = decoder.next_serial();
            match decoder.next_frame() {
                Ok(Some(frame)) => {
                    assert!(frame.header() == HeaderKind::Full || frame.serial() == serial, "{frame:?}");
                    assert_eq!(decoder.next_serial(), frame.serial().wrapping_add(1));
                    frames.push(frame);
                }
                Ok(None) => {
                    assert!(decoder.missing() > 0, "no frame, though nothing is missing");
                    break;
                }
                Err(error) => {
                    assert_eq!((decoder.missing(), decoder.finish()), (0, Err(error)));
                    break;
                }
            }
        }
    }
    // A scanout of which only the byte beside is missing.
    decoder.close();
    if let Ok(Some(frame)) = decoder.next_frame() {
        frames.push(frame);
        assert_eq!(decoder.next_frame(), Ok(None), "one frame more at most");
    }
    let end = decoder.finish();
    assert!(!format!("{decoder:?} {frames:?}").is_empty());
    (frames, decoder.into_remaining(), end)
}

/// Messages inside of a frame.
fn inside(frame: &Frame) {
    let bytes = frame.bytes();
    assert!(bytes.starts_with(frame.body()));
    match meter::parse(bytes.len(), || frame.sub_messages()) {
        Ok(messages) => messages_of(messages, bytes),
        Err(error) => {
            assert!(error.offset() <= bytes.len() as u64 || error.offset() == u64::from(frame.sub_list()));
            assert!(!error.to_string().is_empty());
        }
    }
}

fn messages_of(messages: SubMessages<'_>, bytes: &[u8]) {
    let count = messages.len();
    let (mut seen, mut sum) = (0, 0);
    for message in messages {
        let start = message.offset + 6;
        assert_eq!(bytes.get(start..start + message.body.len()), Some(message.body), "{message:?}");
        assert!(message.body.len() <= message.declared_size as usize, "{message:?}");
        assert!(bytes[message.offset..].starts_with(&message.kind.to_le_bytes()) && message.kind != 8);
        sum += 6 + message.body.len();
        seen += 1;
    }
    assert_eq!(seen, count, "messages announced");
    assert!(sum <= bytes.len() + 6 * count, "{sum} bytes in {}", bytes.len());
}

/// Any bytes as the body of message LIST, for the structures.
pub(super) fn list(data: &[u8]) {
    if let Ok(messages) = meter::parse(data.len(), || SubMessages::parse(data, 0)) {
        messages_of(messages, data);
    }
}
