//! The canvas: any script of display messages leaves surfaces as the outcomes say.

use spice_proto::Limits;
use spice_proto::canvas::{Canvas, Outcome};
use spice_proto::display::ServerMessage;
use spice_proto::image::{Pixmap, SharedCaches};

use super::take;

/// A script of display messages: number and length (2 and 4, little endian; a length that reaches behind the end is cut),
/// body. The limits are small.
///
/// # Panics
/// When pixels change that should not, or more is held than the limits say.
pub fn canvas(mut data: &[u8]) {
    let mut limits = Limits::default();
    limits.image_pixels = 1 << 14;
    limits.surface_pixels = 1 << 15;
    limits.surfaces = 5;
    limits.glz_window_pixels = 1 << 13;
    limits.pixmap_cache_pixels = 1 << 15;
    limits.palette_cache = 3;
    let mut shared = SharedCaches::new(&limits);
    let mut canvas = Canvas::new(&limits);
    while !data.is_empty() {
        let kind = take::<2>(&mut data) as u16;
        let len = (take::<4>(&mut data) as usize).min(data.len());
        let (body, rest) = data.split_at(len);
        data = rest;
        if let Ok(message) = ServerMessage::parse(kind, body) {
            applies(&mut canvas, &message, &mut shared, &limits);
        }
    }
}

/// Applies a message and looks at what came of it.
///
/// # Panics
/// When pixels change that should not, or more is held than the limits say.
pub fn applies(canvas: &mut Canvas, message: &ServerMessage<'_>, shared: &mut SharedCaches, limits: &Limits) {
    let surfaces = |canvas: &Canvas| -> Vec<(u32, Pixmap)> {
        canvas.surfaces().map(|(id, pixels)| (id, pixels.clone())).collect()
    };
    let before = surfaces(canvas);
    let remade = matches!(
        message,
        ServerMessage::SurfaceCreate(_)
            | ServerMessage::SurfaceDestroy(_)
            | ServerMessage::Mode(_)
            | ServerMessage::Reset(_)
    );
    let (mut failed, mut drawn) = (false, None);
    match canvas.apply(message, shared) {
        Ok(Outcome::Done) => {}
        Ok(Outcome::Drawn(damage)) => {
            assert!(!damage.rects().is_empty());
            let bounds = damage.bounds();
            for rect in damage.rects() {
                assert!(rect.left < rect.right && rect.top < rect.bottom, "{rect:?}");
                assert!(bounds.left <= rect.left && rect.right <= bounds.right);
                assert!(bounds.top <= rect.top && rect.bottom <= bounds.bottom);
            }
            drawn = Some((damage.surface_id(), bounds, damage.rects().to_vec()));
        }
        Ok(Outcome::Waiting(_)) => failed = true,
        Err(error) => {
            assert_eq!(Some(error.message()), message.name());
            assert!(!error.to_string().is_empty());
            failed = true;
        }
    }
    let after = surfaces(canvas);
    let pixels: u64 = after.iter().map(|(_, p)| u64::from(p.width()) * u64::from(p.height())).sum();
    assert!(pixels <= limits.surface_pixels.into() && after.len() <= limits.surfaces as usize);
    assert!(shared.pixmaps.len_bytes() <= u64::from(limits.pixmap_cache_pixels) * 4);
    if let Some((id, bounds, _)) = &drawn {
        let surface = canvas.surface(*id).expect("the surface that was drawn on");
        assert!(bounds.left >= 0 && i64::from(bounds.right) <= surface.width().into());
        assert!(bounds.top >= 0 && i64::from(bounds.bottom) <= surface.height().into());
    }
    if remade && !failed {
        return;
    }
    assert_eq!(before.len(), after.len());
    for ((id, before), (_, after)) in before.iter().zip(&after) {
        match &drawn {
            Some((surface, _, rects)) if surface == id => {
                for y in 0..before.height() {
                    // Rows without the rectangles are as they were; bits of a byte belong together.
                    let (mut old, mut new) = (before.row(y).to_vec(), after.row(y).to_vec());
                    let inside = |at: i32, end: bool| {
                        let bits = at as usize * before.format().bits_per_pixel() as usize;
                        if end { bits.div_ceil(8) } else { bits / 8 }
                    };
                    for rect in rects.iter().filter(|rect| (rect.top..rect.bottom).contains(&(y as i32))) {
                        let bytes = inside(rect.left, false)..inside(rect.right, true);
                        old[bytes.clone()].fill(0);
                        new[bytes].fill(0);
                    }
                    assert!(old == new, "{:?} row {y}", message.name());
                }
            }
            _ => assert!(before == after, "{:?} surface {id}", message.name()),
        }
    }
}
