//! A plain QUIC decoder straight from `docs/spec/quic.md`.
//!
//! It trusts nothing but stops at nothing either: `None` is any error. Hostile symbols (§14) are refused.

/// A decoded picture.
#[derive(Debug)]
pub struct Picture {
    /// Type, as in the stream.
    pub kind: u32,
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Component values per pixel in coding order: V, or R G B, or R G B A.
    pub components: Vec<[u8; 4]>,
}

impl Picture {
    /// Bytes in the layout of §2 for the stream's own type.
    #[must_use]
    pub fn native(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for &[r, g, b, a] in &self.components {
            match self.kind {
                1 => out.push(r),
                2 => {
                    let v = u16::from(r) << 10 | u16::from(g) << 5 | u16::from(b);
                    out.extend(v.to_le_bytes());
                }
                3 => out.extend([b, g, r]),
                4 => out.extend([b, g, r, 0]),
                _ => out.extend([b, g, r, a]),
            }
        }
        out
    }
}

struct Bits<'a> {
    words: &'a [[u8; 4]],
    at: usize,
}

impl<'a> Bits<'a> {
    fn new(stream: &'a [u8]) -> Self {
        Self { words: stream.as_chunks().0, at: 0 }
    }
    fn bit(&mut self) -> Option<u32> {
        let word = u32::from_le_bytes(*self.words.get(self.at / 32)?);
        let bit = word >> (31 - self.at % 32) & 1;
        self.at += 1;
        Some(bit)
    }
    fn take(&mut self, n: u32) -> Option<u32> {
        let mut v = 0;
        for _ in 0..n {
            v = v << 1 | self.bit()?;
        }
        Some(v)
    }
}

/// (P, G, S) of §5.
fn escape(bpc: u32, l: u32) -> (u32, u32, u32) {
    let p = (26 - bpc).min((1 << (bpc - l)) - 1);
    let g = p << l;
    let mut s = 0;
    while (1 << s) < (1 << bpc) - g {
        s += 1;
    }
    (p, g, s)
}

fn length(bpc: u32, l: u32, n: u32) -> u32 {
    let (p, g, s) = escape(bpc, l);
    if n < g { (n >> l) + 1 + l } else { p + s }
}

fn golomb(bits: &mut Bits<'_>, bpc: u32, l: u32) -> Option<u32> {
    let (p, g, s) = escape(bpc, l);
    let mut z = 0;
    while z < p && bits.bit()? == 0 {
        z += 1;
    }
    let n = if z < p { z << l | bits.take(l)? } else { g + bits.take(s)? };
    (n < 1 << bpc).then_some(n)
}

#[derive(Clone, Default)]
struct Bucket {
    code: u32,
    counters: Vec<u32>,
}

struct Coder {
    bpc: u32,
    channels: usize,
    buckets: Vec<Vec<Bucket>>,
    /// E, shifted by one: index 0 is E[-1].
    e: Vec<Vec<u32>>,
    wait: u32,
    draws: usize,
    run_state: usize,
    rows: [Vec<[u8; 3]>; 2],
}

const TRIGGER: [u32; 7] = [110, 550, 900, 800, 550, 400, 350];
const J: [u32; 32] =
    [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15];

impl Coder {
    fn new(bpc: u32, channels: usize, width: usize) -> Self {
        let bucket = Bucket { code: bpc - 1, counters: vec![0; bpc as usize] };
        Self {
            bpc,
            channels,
            buckets: vec![vec![bucket; bpc as usize]; channels],
            e: vec![vec![0; width + 1]; channels],
            wait: 0,
            draws: 0,
            run_state: 0,
            rows: [vec![[0; 3]; width], vec![[0; 3]; width]],
        }
    }

    fn row(&mut self, bits: &mut Bits<'_>, y: usize, random: &[u32]) -> Option<()> {
        let width = self.rows[0].len();
        self.rows.swap(0, 1);
        for e in &mut self.e {
            e[0] = if y == 0 { 0 } else { e[1] };
        }
        let phase_of = |x: usize| ((y * width + x) / 2048).min(6);
        let mut x = 0;
        while x < width {
            let mut end = x + 1;
            while end < width && phase_of(end) == phase_of(x) {
                end += 1;
            }
            let phase = phase_of(x);
            let mut had_run_at = None;
            while x < end {
                let [prev, cur] = &mut self.rows;
                if y > 0
                    && x >= 3
                    && prev[x - 1] == prev[x]
                    && cur[x - 1] == cur[x - 2]
                    && had_run_at != Some(x)
                {
                    let r = {
                        let mut r = 0;
                        while bits.bit()? == 1 {
                            r += 1 << J[self.run_state];
                            if r > end - x {
                                return None;
                            }
                            self.run_state = (self.run_state + 1).min(31);
                        }
                        r += bits.take(J[self.run_state])? as usize;
                        self.run_state = self.run_state.saturating_sub(1);
                        r
                    };
                    if r > end - x {
                        return None;
                    }
                    let value = cur[x - 1];
                    cur[x..x + r].fill(value);
                    had_run_at = if r == 0 { Some(x) } else { None };
                    x += r;
                    continue;
                }
                let max = (1u32 << self.bpc) - 1;
                let mut used = Vec::new();
                for c in 0..self.channels {
                    let context = self.e[c][x];
                    let bucket = ((context + 1).ilog2() as usize).min(self.bpc as usize - 1);
                    let n = golomb(bits, self.bpc, self.buckets[c][bucket].code)?;
                    self.e[c][x + 1] = n;
                    used.push((c, bucket, n));
                    let left = if x > 0 { Some(u32::from(cur[x - 1][c])) } else { None };
                    let up = if y > 0 { Some(u32::from(prev[x][c])) } else { None };
                    let prediction = match (left, up) {
                        (None, None) => 0,
                        (Some(v), None) | (None, Some(v)) => v,
                        (Some(a), Some(b)) => (a + b) / 2,
                    };
                    let d = if n % 2 == 0 { n / 2 } else { max - (n - 1) / 2 };
                    cur[x][c] = ((prediction + d) & max) as u8;
                }
                if self.wait == 0 {
                    for (c, bucket, n) in used {
                        let b = &mut self.buckets[c][bucket];
                        for l in 0..self.bpc {
                            b.counters[l as usize] += length(self.bpc, l, n);
                        }
                        let least = *b.counters.iter().min()?;
                        b.code = b.counters.iter().rposition(|&v| v == least)? as u32;
                        if least > TRIGGER[phase] {
                            b.counters.iter_mut().for_each(|v| *v >>= 1);
                        }
                    }
                    self.wait = random[self.draws % 256] & ((1 << phase) - 1);
                    self.draws += 1;
                } else {
                    self.wait -= 1;
                }
                x += 1;
            }
        }
        Some(())
    }
}

/// Decodes a stream of at most so many pixels; `None` is any error.
///
/// # Panics
/// Never: the table of random numbers is right.
#[must_use]
pub fn decode(stream: &[u8], pixel_limit: usize) -> Option<Picture> {
    let mut bits = Bits::new(stream);
    if stream.len() < 24 || bits.take(32)? != 0x4349_5551 || bits.take(32)? != 0 {
        return None;
    }
    let (kind, width, height) = (bits.take(32)?, bits.take(32)? as i32, bits.take(32)? as i32);
    if !(1..=5).contains(&kind) || width <= 0 || height <= 0 {
        return None;
    }
    let (width, height) = (width as usize, height as usize);
    if width.checked_mul(height)? > pixel_limit {
        return None;
    }
    let mut colour = match kind {
        1 => Coder::new(8, 1, width),
        2 => Coder::new(5, 3, width),
        _ => Coder::new(8, 3, width),
    };
    let mut alpha = (kind == 5).then(|| Coder::new(8, 1, width));
    let random: Vec<u32> = RANDOM.split_whitespace().map(|v| v.parse().unwrap()).collect();
    assert_eq!(random.len(), 256);
    let mut components = Vec::new();
    for y in 0..height {
        colour.row(&mut bits, y, &random)?;
        if let Some(alpha) = &mut alpha {
            alpha.row(&mut bits, y, &random)?;
        }
        for x in 0..width {
            let [r, g, b] = colour.rows[1][x];
            let a = alpha.as_ref().map_or(0, |a| a.rows[1][x][0]);
            components.push([r, g, b, a]);
        }
    }
    // The deployed decoder wants 32 bits of look-ahead (§13).
    bits.take(32)?;
    Some(Picture { kind, width, height, components })
}

const RANDOM: &str = "
2 23 19 21 7 18 40 14 12 32 47 44 36 6 18 11
4 19 42 29 16 63 57 51 16 3 5 14 15 30 20 9
36 45 3 57 61 0 8 5 41 14 43 27 43 59 31 35
39 60 42 38 13 54 62 1 26 3 11 61 52 34 7 48
4 59 22 12 22 8 50 4 10 6 44 8 11 46 31 51
53 17 1 43 46 60 36 54 10 27 39 44 22 41 23 2
44 0 40 53 40 48 16 43 32 28 33 12 20 2 56 62
55 58 18 20 13 55 38 29 57 19 49 33 47 63 59 0
35 61 19 25 46 38 60 4 35 1 26 40 28 10 5 14
25 18 48 49 20 59 62 34 46 7 33 52 34 58 9 29
8 55 62 60 37 36 37 50 6 3 10 28 48 24 26 61
57 30 11 54 2 6 50 47 7 17 35 53 32 12 23 17
5 21 49 55 51 45 52 27 39 25 39 63 22 24 42 52
56 38 41 41 56 32 13 24 26 51 27 56 58 37 24 42
15 28 17 30 31 15 16 23 25 54 33 34 1 29 31 50
53 21 49 15 47 9 0 58 37 45 30 13 9 45 63 21";
