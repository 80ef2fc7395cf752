//! Memory that may not be there: vectors that grow by what peers ask for say so instead of ending the process
//! ([`docs/spec/robustness.md` §3.1](crate::spec::robustness#31-memory)).

use alloc::vec::Vec;

use bytes::{Bytes, BytesMut};

/// Memory could not be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OutOfMemory {
    /// Bytes wanted.
    pub(crate) bytes: u64,
}

/// Makes room for `more` elements.
#[inline]
pub(crate) fn reserve<T>(list: &mut Vec<T>, more: usize) -> Result<(), OutOfMemory> {
    list.try_reserve(more).map_err(|_| refused::<T>(list.len().saturating_add(more)))
}

/// Makes room for `len` elements in all, whatever the vector has now.
#[inline]
pub(crate) fn reserve_len<T>(list: &mut Vec<T>, len: usize) -> Result<(), OutOfMemory> {
    reserve(list, len.saturating_sub(list.len()))
}

/// The same without room for more.
#[inline]
pub(crate) fn reserve_len_exact<T>(list: &mut Vec<T>, len: usize) -> Result<(), OutOfMemory> {
    list.try_reserve_exact(len.saturating_sub(list.len())).map_err(|_| refused::<T>(len))
}

/// As [`Vec::resize`].
#[inline]
pub(crate) fn resize<T: Clone>(list: &mut Vec<T>, len: usize, value: T) -> Result<(), OutOfMemory> {
    reserve_len(list, len)?;
    list.resize(len, value);
    Ok(())
}

/// As [`Vec::push`].
#[inline]
pub(crate) fn push<T>(list: &mut Vec<T>, element: T) -> Result<(), OutOfMemory> {
    reserve(list, 1)?;
    list.push(element);
    Ok(())
}

/// As [`Vec::extend`].
#[inline]
pub(crate) fn extend<T>(list: &mut Vec<T>, elements: impl IntoIterator<Item = T>) -> Result<(), OutOfMemory> {
    let elements = elements.into_iter();
    reserve(list, elements.size_hint().0)?;
    for element in elements {
        push(list, element)?;
    }
    Ok(())
}

/// Makes room for `more` bytes.
#[inline]
pub(crate) fn reserve_bytes(buffer: &mut BytesMut, more: usize) -> Result<(), OutOfMemory> {
    if buffer.capacity().saturating_sub(buffer.len()) >= more || buffer.try_reclaim(more) {
        return Ok(());
    }
    grow_bytes(buffer, more)
}

/// `BytesMut` grows in its own ways only, all of which end the process: so it gets memory that it takes over as it is.
#[cold]
fn grow_bytes(buffer: &mut BytesMut, more: usize) -> Result<(), OutOfMemory> {
    let needed = buffer.len().saturating_add(more);
    let mut grown = Vec::new();
    // Twice as much each time, so that bytes that come one by one are not copied again and again.
    let len = needed.max(buffer.len().saturating_mul(2));
    reserve_len_exact(&mut grown, len)?;
    grown.extend_from_slice(buffer);
    *buffer = BytesMut::from(Bytes::from(grown));
    Ok(())
}

/// `len` zero bytes.
pub(crate) fn zeros(len: usize) -> Result<Vec<u8>, OutOfMemory> {
    let mut bytes = Vec::new();
    reserve_len_exact(&mut bytes, len)?;
    bytes.resize(len, 0);
    Ok(bytes)
}

#[cold]
fn refused<T>(elements: usize) -> OutOfMemory {
    OutOfMemory { bytes: (elements as u64).saturating_mul(size_of::<T>() as u64) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_there_can_be_is_refused_with_its_size() {
        let mut words = alloc::vec![1_u32];
        assert_eq!(reserve(&mut words, 1 << 60), Err(OutOfMemory { bytes: (1 << 62) + 4 }));
        assert_eq!(words, [1]);
    }

    #[test]
    fn bytes_keep_their_content_and_their_room() {
        let mut buffer = BytesMut::from(&b"abc"[..]);
        reserve_bytes(&mut buffer, 5000).unwrap();
        let place = buffer.as_ptr();
        buffer.extend_from_slice(&[7; 5000]);
        assert_eq!((buffer.as_ptr(), &buffer[..4]), (place, &b"abc\x07"[..]));
        assert_eq!(reserve_bytes(&mut buffer, usize::MAX), Err(OutOfMemory { bytes: u64::MAX }));
    }
}
