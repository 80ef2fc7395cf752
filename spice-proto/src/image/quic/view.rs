//! Rows in the caller's buffer.

/// Where rows lie in a buffer that is known to hold them all.
#[derive(Clone, Copy)]
struct Layout {
    width: usize,
    height: usize,
    row_len: usize,
    stride: usize,
    bottom_up: bool,
}

impl Layout {
    /// `Err` holds the bytes needed and present.
    fn new(
        len: usize,
        width: usize,
        height: usize,
        bytes_per_pixel: usize,
        stride: isize,
    ) -> Result<Self, (u64, u64)> {
        let row_len = (width as u64).saturating_mul(bytes_per_pixel as u64);
        let step = stride.unsigned_abs();
        let rows_above = (height as u64).saturating_sub(1);
        if (step as u64) < row_len && rows_above > 0 {
            return Err((row_len, step as u64));
        }
        let needed = (step as u64).saturating_mul(rows_above).saturating_add(row_len);
        if needed > len as u64 {
            return Err((needed, len as u64));
        }
        Ok(Self { width, height, row_len: row_len as usize, stride: step, bottom_up: stride < 0 })
    }

    /// First byte of row `y`, counted from the first coded row.
    fn start(&self, y: usize) -> usize {
        let place = if self.bottom_up { self.height.saturating_sub(1).saturating_sub(y) } else { y };
        self.stride.saturating_mul(place)
    }
}

/// Rows to write.
pub(crate) struct RowsMut<'a> {
    pixels: &'a mut [u8],
    layout: Layout,
}

impl<'a> RowsMut<'a> {
    /// `Err` holds the bytes needed and present.
    pub(crate) fn new(
        pixels: &'a mut [u8],
        width: usize,
        height: usize,
        bytes_per_pixel: usize,
        stride: isize,
    ) -> Result<Self, (u64, u64)> {
        let layout = Layout::new(pixels.len(), width, height, bytes_per_pixel, stride)?;
        Ok(Self { pixels, layout })
    }

    pub(crate) fn width(&self) -> usize {
        self.layout.width
    }

    pub(crate) fn height(&self) -> usize {
        self.layout.height
    }

    /// The bytes of row `y`.
    pub(crate) fn row(&mut self, y: usize) -> &mut [u8] {
        let start = self.layout.start(y);
        let rest = self.pixels.get_mut(start..).unwrap_or_default();
        rest.get_mut(..self.layout.row_len).unwrap_or_default()
    }

    /// The bytes of the row coded before row `y` (none for the first) and of row `y`.
    pub(crate) fn pair(&mut self, y: usize) -> (&[u8], &mut [u8]) {
        let Some(before) = y.checked_sub(1) else {
            return (&[], self.row(y));
        };
        let (above, current) = (self.layout.start(before), self.layout.start(y));
        let len = self.layout.row_len;
        let (low, high) = self.pixels.split_at_mut(above.max(current));
        let low = low.get_mut(above.min(current)..).unwrap_or_default();
        let (low, high) = (low.get_mut(..len).unwrap_or_default(), high.get_mut(..len).unwrap_or_default());
        if above < current { (low, high) } else { (high, low) }
    }
}

/// Rows to read.
pub(crate) struct Rows<'a> {
    pixels: &'a [u8],
    layout: Layout,
}

impl<'a> Rows<'a> {
    /// `Err` holds the bytes needed and present.
    pub(crate) fn new(
        pixels: &'a [u8],
        width: usize,
        height: usize,
        bytes_per_pixel: usize,
        stride: isize,
    ) -> Result<Self, (u64, u64)> {
        let layout = Layout::new(pixels.len(), width, height, bytes_per_pixel, stride)?;
        Ok(Self { pixels, layout })
    }

    /// The bytes of row `y`.
    pub(crate) fn row(&self, y: usize) -> &'a [u8] {
        let start = self.layout.start(y);
        let rest = self.pixels.get(start..).unwrap_or_default();
        rest.get(..self.layout.row_len).unwrap_or_default()
    }
}
