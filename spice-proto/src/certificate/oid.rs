//! Object identifiers: numbers with dots, and the bytes that stand for them.

use core::fmt;

use alloc::vec::Vec;

/// The bytes of `2.5.4.3`.
pub(super) fn encode(text: &str) -> Option<Vec<u8>> {
    let mut numbers = text.split('.').map(|part| {
        let plain = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<u32>().ok().filter(|_| plain).map(u64::from)
    });
    let (first, second) = (numbers.next()??, numbers.next()??);
    if first > 2 || first < 2 && second > 39 {
        return None;
    }
    let mut bytes = Vec::new();
    put(first.saturating_mul(40).saturating_add(second), &mut bytes);
    for number in numbers {
        put(number?, &mut bytes);
    }
    Some(bytes)
}

/// Seven bits a byte, the highest first; all but the last have the eighth bit.
fn put(number: u64, bytes: &mut Vec<u8>) {
    for shift in [35, 28, 21, 14, 7] {
        let rest = number.checked_shr(shift).unwrap_or_default();
        if rest > 0 {
            bytes.push(0x80 | (rest & 0x7f) as u8);
        }
    }
    bytes.push((number & 0x7f) as u8);
}

/// Writes it with dots; numbers that are too long are left out.
pub(super) fn show(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut number = 0_u64;
    let mut first = true;
    for byte in bytes {
        number = number.wrapping_shl(7) | u64::from(byte & 0x7f);
        if byte & 0x80 != 0 {
            continue;
        }
        if first {
            let head = (number / 40).min(2);
            write!(f, "{head}.{}", number.saturating_sub(head.saturating_mul(40)))?;
            first = false;
        } else {
            write!(f, ".{number}")?;
        }
        number = 0;
    }
    Ok(())
}
