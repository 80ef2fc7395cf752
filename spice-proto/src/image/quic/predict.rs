//! Prediction and residuals of a whole pixel at once (§6, §7).
//!
//! A pixel is a `u32` with one component per byte: B, G, R from the lowest, the highest byte 0. Five-bit components
//! use the same bytes. Lanes never carry into each other.

/// ⌊(left + up) / 2⌋ in each lane.
#[inline(always)]
pub(crate) const fn average<const BPC: u32>(left: u32, up: u32) -> u32 {
    if BPC == 8 {
        (left & up).wrapping_add(((left ^ up) & 0x00fe_fefe) >> 1)
    } else {
        (left.wrapping_add(up) >> 1) & 0x001f_1f1f
    }
}

/// Sum modulo 2^bpc in each lane.
#[inline(always)]
pub(crate) const fn add<const BPC: u32>(a: u32, b: u32) -> u32 {
    if BPC == 8 {
        (a & 0x007f_7f7f).wrapping_add(b & 0x007f_7f7f) ^ ((a ^ b) & 0x0080_8080)
    } else {
        a.wrapping_add(b) & 0x001f_1f1f
    }
}
