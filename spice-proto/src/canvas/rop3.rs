//! Ternary raster operations ([`docs/spec/canvas.md` §12](crate::spec::canvas#12-rop3-v-the-218-codes-by-truth-table)).
//!
//! Every bit function of three inputs is an exclusive or of some of the eight products of its inputs: 1, D, S, SD, P,
//! PD, PS, PSD. Which of them is known from the truth table; as masks they make one loop without branches for all 256.

/// A bit function of pattern, source and destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rop3 {
    /// All ones for the products that take part, in the order above.
    products: [u8; 8],
}

impl Rop3 {
    /// The function whose result for bits P, S, D is bit `4 * P + 2 * S + D` of the code.
    pub(super) fn new(code: u8) -> Self {
        // The product of a set of inputs takes part if the table has an odd number of ones where no other input is 1.
        let mut table = code;
        table ^= (table & 0x55) << 1;
        table ^= (table & 0x33) << 2;
        table ^= (table & 0x0f) << 4;
        Self { products: core::array::from_fn(|bit| if table >> bit & 1 == 1 { 0xff } else { 0 }) }
    }

    /// Combines rows of the same length in bytes.
    pub(super) fn combine(self, target: &mut [u8], source: &[u8], pattern: &[u8]) {
        let [one, d_, s_, sd, p_, pd, ps, psd] = self.products;
        for ((d, s), p) in target.iter_mut().zip(source).zip(pattern) {
            let with_d = (((p & psd) ^ sd) & s) ^ (p & pd) ^ d_;
            *d = (*d & with_d) ^ (((p & ps) ^ s_) & s) ^ (p & p_) ^ one;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_follows_its_truth_table() {
        for code in 0..=255_u8 {
            let (p, s, mut d) = ([0xf0_u8], [0xcc_u8], [0xaa_u8]);
            Rop3::new(code).combine(&mut d, &s, &p);
            assert_eq!(d[0], code, "the table of all inputs gives the code back");
        }
    }
}
