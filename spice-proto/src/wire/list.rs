//! Arrays: still on the wire, or a slice of yours.

use core::fmt;
use core::iter::FusedIterator;

use super::{Encode, EncodeError, Measure, Reader, Sink, Wire, Writer};

/// The elements of an array, in either of two forms with the same iteration: checked bytes of a message, or a slice
/// of values to encode.
///
/// Elements are handed out by value; nothing is allocated. Comparing two lists compares their elements, whatever
/// their forms.
///
/// ```
/// use spice_proto::wire::List;
///
/// let mine = List::from(&[3_u32, 5][..]);
/// assert_eq!(mine.iter().sum::<u32>(), 8);
/// assert_eq!(mine.get(1), Some(5));
/// ```
#[derive(Clone, Copy)]
pub struct List<'a, T>(Form<'a, T>);

#[derive(Clone, Copy)]
enum Form<'a, T> {
    /// INVARIANT: `bytes` holds exactly `count` elements that were read once without an error.
    Wire {
        bytes: &'a [u8],
        count: usize,
    },
    Items(&'a [T]),
}

impl<'a, T: Wire<'a>> List<'a, T> {
    /// A list without elements.
    pub const EMPTY: Self = Self(Form::Items(&[]));

    pub(crate) fn from_wire(bytes: &'a [u8], count: usize) -> Self {
        Self(Form::Wire { bytes, count })
    }

    /// Number of elements.
    #[must_use]
    pub fn len(&self) -> usize {
        match self.0 {
            Form::Wire { count, .. } => count,
            Form::Items(items) => items.len(),
        }
    }

    /// Whether there are no elements.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The elements in order.
    #[must_use]
    pub fn iter(&self) -> Iter<'a, T> {
        Iter(match self.0 {
            Form::Wire { bytes, count } => IterForm::Wire { reader: Reader::new(bytes), left: count },
            Form::Items(items) => IterForm::Items(items.iter()),
        })
    }

    /// The element at `index`, counted from 0. Constant time where elements have a constant size or are yours, else
    /// linear.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<T> {
        match self.0 {
            Form::Wire { bytes, count } if T::FIXED && index < count => {
                let at = bytes.get(index.checked_mul(T::MIN_SIZE)?..)?;
                T::read(&mut Reader::new(at)).ok()
            }
            Form::Wire { .. } => self.iter().nth(index),
            Form::Items(items) => items.get(index).copied(),
        }
    }

    /// The bytes of the elements as they lie on the wire, where the list came from there.
    #[must_use]
    pub fn as_wire(&self) -> Option<&'a [u8]> {
        match self.0 {
            Form::Wire { bytes, .. } => Some(bytes),
            Form::Items(_) => None,
        }
    }

    /// Bytes that the elements take on the wire.
    #[must_use]
    pub fn wire_len(&self) -> usize {
        match self.0 {
            Form::Wire { bytes, .. } => bytes.len(),
            Form::Items(items) if T::FIXED => items.len().saturating_mul(T::MIN_SIZE),
            Form::Items(items) => items.iter().map(Encode::wire_len).sum(),
        }
    }

    /// Checks the elements and adds their bytes.
    ///
    /// # Errors
    /// What the elements report.
    pub fn measure(&self, measure: &mut Measure) -> Result<(), EncodeError> {
        match self.0 {
            Form::Wire { bytes, .. } => measure.add(bytes.len()),
            Form::Items(items) => {
                for (index, item) in items.iter().enumerate() {
                    item.measure(measure).map_err(|error| error.at_index(index))?;
                }
            }
        }
        Ok(())
    }

    /// Writes the elements.
    pub fn write<S: Sink<'a>>(&self, writer: &mut Writer<S>) {
        match &self.0 {
            Form::Wire { bytes, .. } => writer.bulk(bytes),
            Form::Items(items) => items.iter().for_each(|item| item.write(writer)),
        }
    }
}

impl<'a, T: Wire<'a>> Default for List<'a, T> {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl<'a, T> From<&'a [T]> for List<'a, T> {
    fn from(items: &'a [T]) -> Self {
        Self(Form::Items(items))
    }
}

impl<'a, T, const N: usize> From<&'a [T; N]> for List<'a, T> {
    fn from(items: &'a [T; N]) -> Self {
        Self(Form::Items(items))
    }
}

impl<'a, T: Wire<'a> + PartialEq> PartialEq for List<'a, T> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl<'a, T: Wire<'a> + Eq> Eq for List<'a, T> {}

impl<'a, T: Wire<'a> + fmt::Debug> fmt::Debug for List<'a, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<'a, T: Wire<'a>> IntoIterator for List<'a, T> {
    type Item = T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

impl<'a, T: Wire<'a>> IntoIterator for &List<'a, T> {
    type Item = T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

/// The elements of a [`List`], by value.
#[derive(Clone, Debug)]
pub struct Iter<'a, T>(IterForm<'a, T>);

#[derive(Clone, Debug)]
enum IterForm<'a, T> {
    Wire { reader: Reader<'a>, left: usize },
    Items(core::slice::Iter<'a, T>),
}

impl<'a, T: Wire<'a>> Iterator for Iter<'a, T> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        match &mut self.0 {
            IterForm::Wire { reader, left } => {
                *left = left.checked_sub(1)?;
                T::read(reader).ok()
            }
            IterForm::Items(items) => items.next().copied(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = match &self.0 {
            IterForm::Wire { left, .. } => *left,
            IterForm::Items(items) => items.len(),
        };
        (left, Some(left))
    }
}

impl<'a, T: Wire<'a>> ExactSizeIterator for Iter<'a, T> {}
impl<'a, T: Wire<'a>> FusedIterator for Iter<'a, T> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_compare_equal() {
        let wire: List<'_, u16> = Reader::new(&[1, 0, 2, 1]).list(2).unwrap();
        let items = List::from(&[1_u16, 258]);
        assert_eq!(wire, items);
        assert_eq!((wire.get(1), wire.get(2)), (Some(258), None));
        assert_eq!(wire.wire_len(), items.wire_len());
        assert_ne!(wire, List::from(&[1_u16]));
    }
}
