//! A plain LZ decoder straight from `docs/spec/lz-glz.md`: one byte in, one unit out, no wide copies.

/// Why a stream was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It is wrong.
    Bad(&'static str),
    /// It refers to an image with this id, which has not arrived.
    Missing(u64),
}

pub(super) type Result<T> = std::result::Result<T, Fault>;

/// The bytes of a stream that are still to come.
pub(super) struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Input<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Input { bytes, at: 0 }
    }

    pub(super) fn u8(&mut self) -> Result<usize> {
        let byte = *self.bytes.get(self.at).ok_or(Fault::Bad("truncated"))?;
        self.at += 1;
        Ok(byte as usize)
    }

    pub(super) fn u32(&mut self) -> Result<u32> {
        let mut word = 0;
        for _ in 0..4 {
            word = word << 8 | self.u8()? as u32;
        }
        Ok(word)
    }

    pub(super) fn length(&mut self, control: usize) -> Result<usize> {
        let mut v = control >> 5;
        if v == 7 {
            loop {
                let byte = self.u8()?;
                v += byte;
                if byte != 255 {
                    break;
                }
            }
        }
        Ok(v)
    }
}

/// A decoded picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Type, as in the stream.
    pub kind: u32,
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Whether the first row is the top one.
    pub top_down: bool,
    /// LZ: native pixels in stream order. GLZ: 32-bit pixels in stream order.
    pub data: Vec<u8>,
}

fn row_bytes(kind: u32, width: u64) -> u64 {
    match kind {
        1 | 2 => width.div_ceil(8),
        3 | 4 => width.div_ceil(2),
        5 | 11 => width,
        6 => width * 2,
        7 => width * 3,
        _ => width * 4,
    }
}

pub(super) fn geometry(kind: u32, width: u32, height: u32, stride: u32, max_pixels: u64) -> Result<()> {
    let max = i32::MAX as u32;
    if width == 0 || height == 0 || width > max || height > max {
        return Err(Fault::Bad("size"));
    }
    if stride as u64 != row_bytes(kind, width as u64) {
        return Err(Fault::Bad("stride"));
    }
    if stride as u64 * height as u64 > (1 << 30) - 1 || width as u64 * height as u64 > max_pixels {
        return Err(Fault::Bad("too large"));
    }
    Ok(())
}

/// Decodes an LZ stream to native pixels, XXXA over zeroed 4-byte pixels.
///
/// # Errors
/// Why the stream is refused.
pub fn decode(stream: &[u8], max_pixels: u64) -> Result<Image> {
    let mut input = Input::new(stream);
    if input.u32()? != 0x20205A4C || input.u32()? != 0x10001 {
        return Err(Fault::Bad("magic"));
    }
    let (kind, width, height) = (input.u32()?, input.u32()?, input.u32()?);
    let (stride, top_down) = (input.u32()?, input.u32()? != 0);
    if !(1..=11).contains(&kind) {
        return Err(Fault::Bad("type"));
    }
    geometry(kind, width, height, stride, max_pixels)?;
    let units = if kind <= 5 { stride as usize * height as usize } else { width as usize * height as usize };
    let mut data = Vec::new();
    match kind {
        6 => {
            for [high, low] in lz_pass::<2>(&mut input, units, 1)? {
                data.extend_from_slice(&[low, high]);
            }
        }
        7 => data = lz_pass::<3>(&mut input, units, 0)?.concat(),
        8 | 9 => {
            for [b, g, r] in lz_pass::<3>(&mut input, units, 0)? {
                data.extend_from_slice(&[b, g, r, 0]);
            }
            if kind == 9 {
                for (i, [a]) in lz_pass::<1>(&mut input, units, 2)?.into_iter().enumerate() {
                    data[4 * i + 3] = a;
                }
            }
        }
        10 => {
            for [a] in lz_pass::<1>(&mut input, units, 2)? {
                data.extend_from_slice(&[0, 0, 0, a]);
            }
        }
        _ => data = lz_pass::<1>(&mut input, units, 2)?.concat(),
    }
    if input.at != stream.len() {
        return Err(Fault::Bad("trailing"));
    }
    Ok(Image { kind, width, height, top_down, data })
}

fn lz_pass<const N: usize>(input: &mut Input<'_>, units: usize, bias: usize) -> Result<Vec<[u8; N]>> {
    let mut out: Vec<[u8; N]> = Vec::new();
    while out.len() < units {
        let control = input.u8()?;
        if control < 32 {
            literals(input, &mut out, units, control)?;
            continue;
        }
        let n = input.length(control)? + bias;
        let mut distance = (control & 31) << 8 | input.u8()?;
        if distance == 8191 {
            distance += input.u8()? << 8;
            distance += input.u8()?;
        }
        distance += 1;
        if distance > out.len() {
            return Err(Fault::Bad("distance"));
        }
        if n > units - out.len() {
            return Err(Fault::Bad("overrun"));
        }
        for _ in 0..n {
            out.push(out[out.len() - distance]);
        }
    }
    Ok(out)
}

pub(super) fn literals<const N: usize>(
    input: &mut Input<'_>,
    out: &mut Vec<[u8; N]>,
    units: usize,
    control: usize,
) -> Result<()> {
    for _ in 0..control + 1 {
        if out.len() == units {
            return Err(Fault::Bad("overrun"));
        }
        let mut unit = [0; N];
        for byte in &mut unit {
            *byte = input.u8()? as u8;
        }
        out.push(unit);
    }
    Ok(())
}

/// 32-bit output with the padding pixels of each row, from native pixels (specification 1.4).
#[must_use]
pub fn to_32_bit(image: &Image, palette: &[u32]) -> Vec<u8> {
    let colour = |index: usize| {
        let entry = palette.get(index).copied().unwrap_or(0).to_le_bytes();
        [entry[0], entry[1], entry[2], 0]
    };
    let mut out = Vec::new();
    match image.kind {
        1 | 2 => {
            for byte in &image.data {
                for i in 0..8 {
                    let shift = if image.kind == 1 { i } else { 7 - i };
                    out.extend_from_slice(&colour((byte >> shift & 1) as usize));
                }
            }
        }
        3 | 4 => {
            for byte in &image.data {
                let halves = if image.kind == 3 { [byte & 15, byte >> 4] } else { [byte >> 4, byte & 15] };
                for half in halves {
                    out.extend_from_slice(&colour(half as usize % palette.len()));
                }
            }
        }
        5 => image.data.iter().for_each(|byte| out.extend_from_slice(&colour(*byte as usize))),
        6 => image
            .data
            .chunks(2)
            .for_each(|p| out.extend_from_slice(&from_555(u16::from_le_bytes([p[0], p[1]])))),
        7 => image.data.chunks(3).for_each(|p| out.extend_from_slice(&[p[0], p[1], p[2], 0])),
        11 => image.data.iter().for_each(|a| out.extend_from_slice(&[0, 0, 0, *a])),
        _ => out.clone_from(&image.data),
    }
    out
}

/// Cuts padding pixels off and puts the top row first.
#[must_use]
pub fn picture_order(rows: &[u8], row: usize, keep: usize, top_down: bool) -> Vec<u8> {
    let mut rows: Vec<&[u8]> = rows.chunks(row).map(|r| &r[..keep]).collect();
    if !top_down {
        rows.reverse();
    }
    rows.concat()
}

pub(super) fn from_555(word: u16) -> [u8; 4] {
    let channel = |shift: u32| {
        let x = (word >> shift & 31) as u8;
        x << 3 | x >> 2
    };
    [channel(0), channel(5), channel(10), 0]
}
