//! Agent messages put together from pieces.

use bytes::Bytes;
use spice_proto::agent::{Chunk, ChunkReader, PIECE, Pieces, RawMessage, Reassembler, VdiPort};
use spice_proto::{Encode, Error, Limits, Origin};

use super::{meter, take};

/// Any stream of agent messages. `data`: who sends it (bit 0: the client), two lengths, the bytes. They come as a
/// whole, byte by byte, and in pieces of the two lengths in turn.
///
/// What a server sends gives the same messages and error however it is cut; what a client sends gives no more than
/// that. Messages that are cut and put together again are the same, on both legs.
///
/// # Panics
/// When a property does not hold.
pub fn agent_stream(mut data: &[u8]) {
    let client = take::<1>(&mut data) & 1 == 1;
    let lens = [take::<1>(&mut data), take::<1>(&mut data)].map(|len| 1 + len as usize * 8);
    let whole = read(Origin::Server, [data]);
    assert_eq!(whole, read(Origin::Server, data.chunks(1)), "byte by byte");
    assert_eq!(whole, read(Origin::Server, cut(data, lens)), "in pieces of {lens:?} bytes");
    let (messages, end) = &whole;
    if client {
        let (strict, error) = read(Origin::Client, cut(data, lens));
        assert!(messages.starts_with(&strict), "a client's rules give {strict:?} for {messages:?}");
        assert!(error.is_err() || (&strict, &error) == (messages, end), "{error:?}, in one {end:?}");
    }
    again(data, messages);
    chunks(data, lens);
}

/// The bytes in pieces of two lengths in turn.
fn cut(mut data: &[u8], lens: [usize; 2]) -> impl Iterator<Item = &[u8]> {
    lens.into_iter().cycle().map_while(move |len| {
        let (piece, rest) = data.split_at(len.min(data.len()));
        data = rest;
        (!piece.is_empty()).then_some(piece)
    })
}

/// All messages of the pieces and how they end. Both ways of giving a piece are the same; so is taking messages in
/// between or at the end.
fn read<'p>(
    origin: Origin,
    pieces: impl IntoIterator<Item = &'p [u8]>,
) -> (Vec<RawMessage>, Result<(), Error>) {
    let pieces: Vec<_> = pieces.into_iter().collect();
    let total: usize = pieces.iter().map(|piece| piece.len()).sum();
    meter::parse(40 * total, || {
        let [mut late, mut early] = [(); 2].map(|()| Reassembler::new(origin, &Limits::server()));
        let (mut messages, mut bytes) = (Vec::new(), 0);
        for piece in &pieces {
            late.push(piece);
            early.push_bytes(&Bytes::copy_from_slice(piece));
            bytes += piece.len();
            while let Ok(Some(message)) = early.next_message() {
                messages.push(message);
            }
            let held: usize = messages.iter().map(|message| 20 + message.body().len()).sum();
            assert!(held <= bytes, "{held} bytes of messages from {bytes}");
            let known = early.missing() <= 8192;
            assert!(known, "{} bytes are missing, more than the limit", early.missing());
        }
        messages
            .iter()
            .for_each(|message| assert_eq!(late.next_message().as_ref(), Ok(&Some(message.clone()))));
        let end = early.finish();
        assert_eq!(end, late.finish());
        if let Err(error) = end {
            assert!(error.offset() <= bytes as u64, "{error}, of {bytes} bytes");
            assert!(!format!("{error} {early:?} {messages:?}").is_empty());
        }
        // At the end of a stream nothing is left; an error stays.
        let next = early.next_message();
        assert!(next == Ok(None) || next.err() == end.err(), "{end:?}");
        early.reset();
        assert_eq!((early.finish(), early.next_message(), early.missing()), (Ok(()), Ok(None), 0));
        (messages, end)
    })
}

/// Messages are written as they came; a client's rules accept that, and chunks carry it.
fn again(data: &[u8], messages: &[RawMessage]) {
    let mut stream = Reassembler::new(Origin::Client, &Limits::server());
    let (mut written, mut port) = (Vec::new(), Vec::new());
    for message in messages {
        let pieces = Pieces::with_opaque(message.kind(), message.opaque(), message.body())
            .unwrap_or_else(|error| panic!("{message:?} is not written: {error}"));
        let count = pieces.len();
        let mut seen = 0;
        for piece in pieces {
            let bytes = piece.encode_to_vec().unwrap_or_else(|error| panic!("{piece:?}: {error}"));
            assert!(bytes.len() == piece.len() && (1..=PIECE).contains(&bytes.len()), "{piece:?}");
            stream.push(&bytes);
            written.extend(bytes);
            let chunk = Chunk { port: VdiPort::SERVER, piece };
            chunk.encode(&mut port).unwrap_or_else(|error| panic!("{chunk:?}: {error}"));
            seen += 1;
        }
        assert_eq!(seen, count, "pieces of {message:?}");
        assert_eq!(stream.next_message().as_ref(), Ok(&Some(message.clone())));
    }
    assert!(data.starts_with(&written), "{messages:?} are written otherwise");
    let (chunks, end) = read_chunks([&port[..]]);
    assert_eq!(end, Ok(()));
    let carried: Vec<u8> = chunks.iter().flat_map(|(_, data)| data).copied().collect();
    assert!(carried == written, "chunks of {messages:?} carry something else");
}

/// The bytes as those of the agent's port: how they are cut makes no difference.
fn chunks(data: &[u8], lens: [usize; 2]) {
    let whole = read_chunks([data]);
    assert_eq!(whole, read_chunks(data.chunks(1)));
    assert_eq!(whole, read_chunks(cut(data, lens)));
    let bytes: Vec<u8> = whole.0.iter().flat_map(|(head, data)| [&head[..], data].concat()).collect();
    assert!(data.starts_with(&bytes), "chunks are not what came");
}

/// Header and bytes of a chunk.
type Parts = (Vec<u8>, Vec<u8>);

fn read_chunks<'p>(pieces: impl IntoIterator<Item = &'p [u8]>) -> (Vec<Parts>, Result<(), Error>) {
    let mut reader = ChunkReader::new();
    let mut chunks = Vec::new();
    for piece in pieces {
        reader.push(piece);
        while let Ok(Some(chunk)) = reader.next_chunk() {
            let head = [chunk.port.0.to_le_bytes(), (chunk.data.len() as u32).to_le_bytes()].concat();
            chunks.push((head, chunk.data.to_vec()));
        }
    }
    (chunks, reader.finish())
}
