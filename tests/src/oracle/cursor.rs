//! The pointer: any messages leave a state that holds, and shapes do what the plain rules say.

use spice_proto::Limits;
use spice_proto::canvas::cursor::{Changes, Cursor, Shape};
use spice_proto::common::CursorType;
use spice_proto::cursor::{CursorFlags, ServerMessage};

use super::{meter, take};
use crate::reference;

/// A script of cursor messages: of each number above 100, length (2, little endian) and body. The limits are small.
///
/// # Panics
/// When the state does not follow.
pub fn cursor(data: &[u8]) {
    meter::parse(data.len() * 16, || {
        let mut limits = Limits::default();
        (limits.cursor_side, limits.cursor_cache, limits.cursor_cache_bytes) = (64, 3, 20_000);
        let (mut cursor, mut data) = (Cursor::new(&limits), data);
        while !data.is_empty() {
            let kind = 100 + take::<1>(&mut data) as u16 % 12;
            let len = (take::<2>(&mut data) as usize).min(data.len());
            let (body, rest) = data.split_at(len);
            data = rest;
            if let Ok(message) = ServerMessage::parse(kind, body) {
                cursor_follows(&mut cursor, &message, &limits);
            }
        }
    });
}

/// Applies a message and looks at what came of it; true when it was carried out.
///
/// # Panics
/// When it is not what the message says.
pub fn cursor_follows(cursor: &mut Cursor, message: &ServerMessage<'_>, limits: &Limits) -> bool {
    let before = cursor.clone();
    let result = cursor.apply(message);
    assert!(cursor.cached() <= limits.cursor_cache as usize);
    let unchanged = |what: Changes| match result {
        Ok(changes) => !changes.contains(what),
        Err(_) => true,
    };
    assert!(!unchanged(Changes::POSITION) || cursor.position() == before.position());
    assert!(!unchanged(Changes::VISIBILITY) || cursor.is_visible() == before.is_visible());
    assert!(!unchanged(Changes::TRAIL) || cursor.trail() == before.trail());
    assert!(!unchanged(Changes::SHAPE) || cursor.shape() == before.shape());
    if let Err(error) = &result {
        assert!(!error.to_string().is_empty());
        assert_eq!(cursor.cached(), before.cached());
    }
    let sent = match message {
        ServerMessage::Init(init) => init.cursor,
        ServerMessage::Set(set) => set.cursor,
        _ => return result.is_ok(),
    };
    let Some(header) = sent.header else {
        assert!(result.is_ok() && cursor.shape().is_none());
        return true;
    };
    if sent.flags.contains(CursorFlags::FROM_CACHE) {
        return result.is_ok();
    }
    // One screen in the half, one in every bit: no inversion and no alpha gives the same on both by accident.
    for screen in [0x00ff_ffff, 0x0012_3456] {
        let plain = reference::cursor::on_screen(&header, sent.data, screen);
        let fits = u32::from(header.width.max(header.height)) <= limits.cursor_side;
        assert_eq!(result.is_ok(), plain.is_some() && fits, "{result:?}");
        if let (Ok(_), Some(plain)) = (&result, plain) {
            let shape = cursor.shape().expect("a shape");
            assert_eq!(
                (shape.pixels().width(), shape.pixels().height()),
                (header.width.into(), header.height.into())
            );
            assert_eq!(seen(shape, header.type_ == CursorType::ALPHA, screen), plain);
            let (x, y) = shape.hot_spot();
            assert!(plain.is_empty() || (x < header.width && y < header.height));
        }
    }
    result.is_ok()
}

/// A shape over a screen of one colour.
fn seen(shape: &Shape, alpha: bool, screen: u32) -> Vec<u32> {
    let words = |data: &[u8]| -> Vec<u32> {
        data.chunks_exact(4).map(|word| u32::from_le_bytes(word.try_into().expect("four bytes"))).collect()
    };
    let mut pixels = words(shape.pixels().data());
    if alpha {
        assert!(shape.inversion().is_none());
        return pixels;
    }
    let inversion = shape.inversion().map_or(vec![0; pixels.len()], |pixmap| words(pixmap.data()));
    for (pixel, inversion) in pixels.iter_mut().zip(inversion) {
        *pixel = match (*pixel, inversion) {
            (0, 0) => screen,
            (pixel, 0) => pixel & 0x00ff_ffff | (pixel >> 24 ^ 0xff) << 24,
            (chequer, inversion) => {
                assert!(chequer == 0xff00_0000 || chequer == u32::MAX, "{chequer:08x}");
                screen ^ inversion
            }
        };
    }
    pixels
}
