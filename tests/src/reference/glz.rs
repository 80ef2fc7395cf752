//! A plain GLZ window straight from `docs/spec/lz-glz.md`.

use std::collections::BTreeMap;

use super::lz::{Fault, Image, Input, Result, from_555, geometry, literals};

/// The window of a GLZ client (specification 3.5), as plain as can be.
#[derive(Default, Clone, PartialEq, Eq, Debug)]
pub struct Window {
    held: BTreeMap<u64, (Image, u32)>,
    next: u64,
    oldest: u64,
}

impl Window {
    /// The ids that are held, in rising order.
    #[must_use]
    pub fn held(&self) -> Vec<u64> {
        self.held.keys().copied().collect()
    }

    /// Decodes one GLZ stream and enters it; 32-bit pixels in stream order.
    ///
    /// # Errors
    /// Why the stream is refused, or what it waits for.
    pub fn decode(&mut self, stream: &[u8], max_pixels: u64) -> Result<(u64, Image)> {
        let mut input = Input::new(stream);
        if input.u32()? != 0x20205A4C || input.u32()? != 0x10001 {
            return Err(Fault::Bad("magic"));
        }
        let flags = input.u8()? as u32;
        let (kind, top_down) = (flags & 15, flags >> 4 != 0);
        let (width, height, stride) = (input.u32()?, input.u32()?, input.u32()?);
        let id = (input.u32()? as u64) << 32 | input.u32()? as u64;
        let head = input.u32()?;
        if !(6..=9).contains(&kind) {
            return Err(Fault::Bad("type"));
        }
        geometry(kind, width, height, stride, max_pixels)?;
        if id < self.next || self.held.contains_key(&id) {
            return Err(Fault::Bad("duplicate"));
        }
        if head as u64 > id {
            return Err(Fault::Bad("head"));
        }
        let units = width as usize * height as usize;
        let mut data = Vec::new();
        if kind == 6 {
            let coded = self.pass::<2>(&mut input, kind, id, units, 1, |p| {
                // Any word whose expansion is the referred pixel does: expansion is what is kept.
                let c = |x: u8| (x >> 3) as u16;
                (c(p[2]) << 10 | c(p[1]) << 5 | c(p[0])).to_be_bytes()
            })?;
            coded.into_iter().for_each(|w| data.extend_from_slice(&from_555(u16::from_be_bytes(w))));
        } else {
            let colours = self.pass::<3>(&mut input, kind, id, units, 0, |p| [p[0], p[1], p[2]])?;
            colours.into_iter().for_each(|[b, g, r]| data.extend_from_slice(&[b, g, r, 0]));
        }
        if kind == 9 {
            let alpha = self.pass::<1>(&mut input, kind, id, units, 2, |p| [p[3]])?;
            alpha.into_iter().enumerate().for_each(|(i, [a])| data[4 * i + 3] = a);
        }
        let image = Image { kind, width, height, top_down, data };
        self.held.insert(id, (image.clone(), head));
        while self.held.contains_key(&self.next) {
            self.next += 1;
        }
        if self.next > 0 {
            let tail = self.next - 1;
            let reach = self.held.get(&tail).map(|(_, head)| *head as u64).unwrap_or(0);
            self.oldest = self.oldest.max(tail - reach);
            let oldest = self.oldest;
            self.held.retain(|id, _| *id >= oldest);
        }
        Ok((id, image))
    }

    fn pass<const N: usize>(
        &self,
        input: &mut Input<'_>,
        kind: u32,
        id: u64,
        units: usize,
        bias: usize,
        unit_of: impl Fn(&[u8]) -> [u8; N],
    ) -> Result<Vec<[u8; N]>> {
        let mut out: Vec<[u8; N]> = Vec::new();
        while out.len() < units {
            let control = input.u8()?;
            if control < 32 {
                literals(input, &mut out, units, control)?;
                continue;
            }
            let n = input.length(control)? + bias;
            let mut pix = control & 15 | input.u8()? << 4;
            let q = input.u8()?;
            let k = q >> 6;
            let mut back = 0;
            if control & 16 == 0 {
                back = q & 63;
                for i in 0..k {
                    back |= input.u8()? << (6 + 8 * i);
                }
            } else {
                pix |= (q & 31) << 12;
                for i in 0..k {
                    back |= input.u8()? << (8 * i);
                }
                if q & 32 != 0 {
                    pix |= input.u8()? << 17;
                }
            }
            if n > units - out.len() {
                return Err(Fault::Bad("overrun"));
            }
            if back == 0 {
                if pix + 1 > out.len() {
                    return Err(Fault::Bad("distance"));
                }
                for _ in 0..n {
                    out.push(out[out.len() - (pix + 1)]);
                }
                continue;
            }
            let back = back as u64;
            if back > id || id - back < self.oldest {
                return Err(Fault::Bad("released"));
            }
            let (image, _) = self.held.get(&(id - back)).ok_or(Fault::Missing(id - back))?;
            if image.kind != kind {
                return Err(Fault::Bad("type of reference"));
            }
            if pix + n > (image.width * image.height) as usize {
                return Err(Fault::Bad("outside reference"));
            }
            for i in pix..pix + n {
                out.push(unit_of(&image.data[4 * i..4 * i + 4]));
            }
        }
        Ok(out)
    }
}
