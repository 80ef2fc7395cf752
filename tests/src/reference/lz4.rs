//! A plain LZ4 decoder from the description of the block format and `docs/spec/lz-glz.md` §4.5: one byte at a time.

/// What an LZ4 image holds: whether the top row is first, the bitmap format, rows in stream order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// The first row is the top one.
    pub top_down: bool,
    /// A bitmap format.
    pub format: u8,
    /// The rows.
    pub data: Vec<u8>,
}

/// Decodes an image of `pixels` pixels; `None` when anything is wrong.
#[must_use]
pub fn image(data: &[u8], pixels: usize) -> Option<Image> {
    let (&[top_down, format], mut blocks) = data.split_first_chunk()?;
    let size = match format {
        6 => 2,
        7 => 3,
        8 | 9 => 4,
        10 => 1,
        _ => return None,
    };
    let mut out = Vec::new();
    while !blocks.is_empty() {
        let (size_of_block, rest) = blocks.split_first_chunk()?;
        let (coded, rest) = rest.split_at_checked(u32::from_be_bytes(*size_of_block) as usize)?;
        blocks = rest;
        let before = out.len();
        block(coded, &mut out, pixels * size)?;
        if out.len() == before {
            return None;
        }
    }
    (out.len() == pixels * size).then_some(Image { top_down: top_down != 0, format, data: out })
}

/// Appends the output of a block, at most up to `most` bytes in all; `None` when it is wrong.
pub fn block(block: &[u8], out: &mut Vec<u8>, most: usize) -> Option<()> {
    let mut bytes = block.iter().copied();
    loop {
        let token = bytes.next()?;
        let literals = length(token >> 4, &mut bytes)?;
        for _ in 0..literals {
            out.push(bytes.next()?);
        }
        if out.len() > most {
            return None;
        }
        // The last sequence has no match.
        let Some(low) = bytes.next() else { return Some(()) };
        let distance = usize::from(u16::from_le_bytes([low, bytes.next()?]));
        let len = 4 + length(token & 15, &mut bytes)?;
        let from = out.len().checked_sub(distance).filter(|_| distance > 0)?;
        if len > most - out.len() {
            return None;
        }
        (from..from + len).for_each(|at| out.push(out[at]));
    }
}

/// A length of four bits and what follows it when they are all set.
fn length(bits: u8, bytes: &mut impl Iterator<Item = u8>) -> Option<usize> {
    let mut length = usize::from(bits);
    if bits == 15 {
        loop {
            let more = bytes.next()?;
            length += usize::from(more);
            if more != 255 {
                break;
            }
        }
    }
    Some(length)
}
