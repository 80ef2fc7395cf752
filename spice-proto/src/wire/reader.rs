//! A cursor over a message body that never leaves it.

use super::{
    CapabilitySet, Error, ErrorKind, List, Pointer, Wire,
    path::{Field, Names},
};

/// Reads a message body from front to back, and the targets of its pointers wherever they are.
///
/// Generated parsers take blocks of constant size and read their fields from the block, so that a run of fields costs
/// one check. Every position is inside the body; the farthest byte read is kept, so that what a message does not use
/// can be handed out ([`Reader::trailing`]).
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    body: &'a [u8],
    /// INVARIANT: at most `body.len()`.
    position: usize,
    /// Farthest end of a pointer's target. INVARIANT: at most `body.len()`.
    used: usize,
    capabilities: CapabilitySet,
    failure: Option<Error>,
}

/// Reading has failed; the [`Reader`] knows why ([`Reader::error`]).
///
/// The error itself stays with the reader: results that carry nothing but the value keep parsing fast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed(());

impl<'a> Reader<'a> {
    /// A reader at the start of a body.
    #[inline(always)]
    #[must_use]
    pub fn new(body: &'a [u8]) -> Self {
        Self::with_capabilities(body, CapabilitySet::EMPTY)
    }

    /// A reader of a layout that depends on what both peers can do (`@if` in a description).
    #[inline(always)]
    #[must_use]
    pub fn with_capabilities(body: &'a [u8], capabilities: CapabilitySet) -> Self {
        Self { body, position: 0, used: 0, capabilities, failure: None }
    }

    /// A reader in the middle of a body; at its end where `offset` lies behind it.
    #[inline(always)]
    pub(super) fn at(body: &'a [u8], offset: u32) -> Self {
        Self { position: body.len().min(offset as usize), ..Self::new(body) }
    }

    /// What both peers can do.
    #[inline(always)]
    #[must_use]
    pub fn capabilities(&self) -> CapabilitySet {
        self.capabilities
    }

    /// Where the next byte is read, from the start of the body.
    #[inline(always)]
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }

    /// Bytes between here and the end of the body.
    #[inline(always)]
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.body.len().saturating_sub(self.position)
    }

    /// The bytes behind everything that was read, targets of pointers included.
    #[inline(always)]
    #[must_use]
    pub fn trailing(&self) -> &'a [u8] {
        self.body.get(self.position.max(self.used)..).unwrap_or_default()
    }

    /// Takes `N` bytes; `None` leaves the position as it was.
    #[inline(always)]
    pub fn block<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let block = self.body.get(self.position..)?.first_chunk::<N>()?;
        self.position += N;
        Some(block)
    }

    /// Takes `len` bytes. Fails with [`ErrorKind::Truncated`] when the body has fewer left.
    ///
    /// # Errors
    /// [`Failed`]; the reader has the error.
    #[inline(always)]
    pub fn bytes(&mut self, len: u64) -> Result<&'a [u8], Failed> {
        let rest = self.body.get(self.position..).unwrap_or_default();
        match usize::try_from(len).ok().and_then(|len| rest.get(..len)) {
            Some(bytes) => {
                self.position += bytes.len();
                Ok(bytes)
            }
            None => Err(self.truncated(len)),
        }
    }

    /// Takes everything to the end of the body.
    #[inline(always)]
    pub fn rest(&mut self) -> &'a [u8] {
        let rest = self.body.get(self.position..).unwrap_or_default();
        self.position = self.body.len();
        rest
    }

    /// Takes `count` elements. All of them are checked, none is stored. Fails with [`ErrorKind::Truncated`] when they
    /// do not fit, and as the elements do.
    ///
    /// # Errors
    /// [`Failed`]; the reader has the error.
    #[inline(always)]
    pub fn list<T: Wire<'a>>(&mut self, count: u64) -> Result<List<'a, T>, Failed> {
        let need = count.saturating_mul(T::MIN_SIZE as u64);
        if need > self.remaining() as u64 {
            return Err(self.truncated(need));
        }
        // INVARIANT: elements take at least one byte each, so that `count` is at most the bytes left.
        let count = count as usize;
        let start = self.position;
        if T::FIXED && !T::CAN_FAIL {
            self.position += need as usize;
        } else {
            for index in 0..count {
                if let Err(failed) = T::read(self) {
                    return Err(self.at_index(failed, index));
                }
            }
        }
        let bytes = self.body.get(start..self.position).unwrap_or_default();
        Ok(List::from_wire(bytes, count))
    }

    /// Takes as many elements of constant size as there are to the end of the body; a remainder is left.
    #[inline(always)]
    pub fn rest_list<T: Wire<'a>>(&mut self) -> List<'a, T> {
        let count = self.remaining().checked_div(T::MIN_SIZE).unwrap_or(0);
        let start = self.position;
        self.position += count * T::MIN_SIZE;
        List::from_wire(self.body.get(start..self.position).unwrap_or_default(), count)
    }

    /// Takes bytes up to a zero byte, which is taken too but not handed out. Fails with [`ErrorKind::Truncated`] when
    /// there is none.
    ///
    /// # Errors
    /// [`Failed`]; the reader has the error.
    pub fn c_string(&mut self) -> Result<&'a [u8], Failed> {
        let rest = self.body.get(self.position..).unwrap_or_default();
        let Some(len) = rest.iter().position(|&byte| byte == 0) else {
            return Err(self.truncated(rest.len() as u64 + 1));
        };
        self.position += len + 1;
        Ok(rest.get(..len).unwrap_or_default())
    }

    /// Follows an optional pointer and checks what it leads to: `None` for null. The pointer stands `back` bytes before
    /// the reader's position. Fails with [`ErrorKind::Pointer`] when it leads out of the body, and as the target does.
    ///
    /// # Errors
    /// [`Failed`]; the reader has the error.
    #[inline(always)]
    pub fn pointer<T: Wire<'a>>(
        &mut self,
        offset: u32,
        back: usize,
    ) -> Result<Option<Pointer<'a, T>>, Failed> {
        if offset == 0 { Ok(None) } else { self.required(offset, back).map(Some) }
    }

    /// Follows a required pointer and checks what it leads to. Fails with [`ErrorKind::NullPointer`] when it is null,
    /// else as [`pointer`](Self::pointer).
    ///
    /// # Errors
    /// [`Failed`]; the reader has the error.
    #[inline(always)]
    pub fn required<T: Wire<'a>>(&mut self, offset: u32, back: usize) -> Result<Pointer<'a, T>, Failed> {
        let mut target = self.follow(offset, back)?;
        let read = T::read(&mut target);
        self.come_back(&target, read)?;
        Ok(Pointer::from_wire(self.body, offset))
    }

    /// Follows an optional pointer to `count` elements. A null pointer may not ask for more than the body has
    /// ([`docs/spec/language.md` section 4](crate::spec::language#4-pointers), rule 3). Fails with [`ErrorKind::Pointer`] when it leads out of the body, with
    /// [`ErrorKind::Truncated`] when the elements do not fit.
    ///
    /// # Errors
    /// [`Failed`]; the reader has the error.
    #[inline(always)]
    pub fn pointer_array<T>(
        &mut self,
        offset: u32,
        back: usize,
        count: u64,
        element_size: u64,
        read: impl FnOnce(&mut Self) -> Result<T, Failed>,
    ) -> Result<Option<T>, Failed> {
        if offset != 0 {
            return self.required_array(offset, back, read).map(Some);
        }
        let need = count.saturating_mul(element_size);
        if need > self.body.len() as u64 {
            return Err(self.fail_before(back, ErrorKind::Truncated, need, self.body.len() as u64));
        }
        Ok(None)
    }

    /// Follows a required pointer to elements. Fails with [`ErrorKind::NullPointer`] when it is null, else as
    /// [`pointer_array`](Self::pointer_array).
    ///
    /// # Errors
    /// [`Failed`]; the reader has the error.
    #[inline(always)]
    pub fn required_array<T>(
        &mut self,
        offset: u32,
        back: usize,
        read: impl FnOnce(&mut Self) -> Result<T, Failed>,
    ) -> Result<T, Failed> {
        let mut target = self.follow(offset, back)?;
        let value = read(&mut target);
        self.come_back(&target, value)
    }

    /// A reader at the target of a required pointer.
    #[inline(always)]
    fn follow(&mut self, offset: u32, back: usize) -> Result<Self, Failed> {
        if offset == 0 {
            return Err(self.fail_before(back, ErrorKind::NullPointer, 0, 0));
        }
        if offset as usize >= self.body.len() {
            let len = self.body.len() as u64;
            return Err(self.fail_before(back, ErrorKind::Pointer, u64::from(offset), len));
        }
        Ok(Self { position: offset as usize, failure: None, ..*self })
    }

    /// Takes over from the reader of a target: how far it read, or why it failed.
    #[inline(always)]
    fn come_back<T>(&mut self, target: &Self, value: Result<T, Failed>) -> Result<T, Failed> {
        match value {
            Ok(value) => {
                self.used = target.used.max(target.position);
                Ok(value)
            }
            Err(failed) => Err(self.note(target.error(failed))),
        }
    }

    /// Checks that nothing follows (`@exact` in a description, and strict callers). Fails with [`ErrorKind::Trailing`].
    ///
    /// # Errors
    /// [`Failed`]; the reader has the error.
    #[inline(always)]
    pub fn finish(&mut self) -> Result<(), Failed> {
        match self.trailing() {
            [] => Ok(()),
            bytes => {
                self.position = self.position.max(self.used);
                Err(self.fail(ErrorKind::Trailing, 0, bytes.len() as u64))
            }
        }
    }

    /// Why reading failed.
    #[inline(always)]
    #[must_use]
    pub fn error(&self, _: Failed) -> Error {
        // A `Failed` comes from a reader that has noted its error; one of another reader says nothing about this one.
        self.failure.unwrap_or(Error::UNKNOWN)
    }

    /// Notes an error at the current position. The meaning of `needed` and `present` depends on the kind, see
    /// [`ErrorKind`].
    #[inline(always)]
    pub fn fail(&mut self, kind: ErrorKind, needed: u64, present: u64) -> Failed {
        self.fail_before(0, kind, needed, present)
    }

    /// Notes an error `back` bytes before the current position.
    #[inline(always)]
    pub fn fail_before(&mut self, back: usize, kind: ErrorKind, needed: u64, present: u64) -> Failed {
        self.note(Error::new(kind, self.position.saturating_sub(back) as u64, needed, present))
    }

    /// Reads a field; its errors get the field's name.
    ///
    /// # Errors
    /// [`Failed`]; the reader has the error.
    #[inline(always)]
    pub fn field<T: Wire<'a>>(&mut self, names: &'static Names, field: Field) -> Result<T, Failed> {
        let read = T::read(self);
        self.named(read, names, field)
    }

    /// Gives the error of a field that was read the field's name.
    ///
    /// # Errors
    /// [`Failed`]; the reader has the error.
    #[inline(always)]
    pub fn named<T>(
        &mut self,
        read: Result<T, Failed>,
        names: &'static Names,
        field: Field,
    ) -> Result<T, Failed> {
        match read {
            Ok(value) => Ok(value),
            Err(failed) => Err(self.within(failed, names, field)),
        }
    }

    /// Reads a message and hands it on; an error gets the message's name.
    ///
    /// Written in place where code is optimized. Where it is not, a function that has all messages of a channel in it
    /// would take stack for each of them, whichever it reads.
    ///
    /// # Errors
    /// What is wrong with the bytes, where, and in which field.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn message<M: Wire<'a>, T>(
        &mut self,
        names: &'static Names,
        message: Field,
        done: impl FnOnce(M, &Self) -> T,
    ) -> Result<T, Error> {
        match M::read_message(self) {
            Ok(value) => Ok(done(value, self)),
            Err(failed) => {
                let failed = self.within(failed, names, message);
                Err(self.error(failed))
            }
        }
    }

    /// Notes the field that an error was in.
    #[inline(always)]
    pub fn within(&mut self, failed: Failed, names: &'static Names, field: Field) -> Failed {
        self.note(self.error(failed).within(names, field))
    }

    #[inline(always)]
    fn at_index(&mut self, failed: Failed, index: usize) -> Failed {
        self.note(self.error(failed).at_index(index))
    }

    /// Notes that `needed` bytes were wanted at the current position.
    #[inline(always)]
    pub fn truncated(&mut self, needed: u64) -> Failed {
        self.fail(ErrorKind::Truncated, needed, self.remaining() as u64)
    }

    /// Notes which field of a block that did not fit is the first that is cut. `ends` has the end of each field, counted
    /// from the start of the block, and its name.
    #[inline(always)]
    pub fn short(&mut self, names: &'static Names, ends: &[(u32, Field)]) -> Failed {
        self.note(cut(self.position, self.remaining(), names, ends))
    }

    // Errors are made by functions that get numbers and give a value. A function that got the reader would force it into
    // memory on the way of success too.
    #[inline(always)]
    fn note(&mut self, error: Error) -> Failed {
        self.failure = Some(error);
        Failed(())
    }
}

/// The error of a block that starts at `position` where only `remaining` bytes are left.
#[cold]
#[inline(never)]
fn cut(position: usize, remaining: usize, names: &'static Names, ends: &[(u32, Field)]) -> Error {
    let mut start = 0;
    for &(end, field) in ends {
        let end = end as usize;
        if end > remaining {
            let (needed, present) = ((end - start) as u64, (remaining - start) as u64);
            let error = Error::new(ErrorKind::Truncated, (position + start) as u64, needed, present);
            return error.within(names, field);
        }
        start = end;
    }
    Error::new(ErrorKind::Truncated, position as u64, start as u64, remaining as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trailing_starts_behind_the_farthest_target() {
        let body = [1, 2, 3, 4, 5, 6];
        let mut reader = Reader::new(&body);
        assert_eq!(reader.block::<2>(), Some(&[1, 2]));
        assert_eq!(reader.required_array(3, 2, |at| at.bytes(2)).unwrap(), [4, 5]);
        assert_eq!(reader.trailing(), [6]);
        let failed = reader.finish().unwrap_err();
        assert_eq!(reader.error(failed).kind(), ErrorKind::Trailing);
    }

    #[test]
    fn a_pointer_to_the_end_is_refused() {
        let mut reader = Reader::new(&[0; 4]);
        let failed = reader.required_array(4, 0, |at| at.bytes(0)).unwrap_err();
        let error = reader.error(failed);
        assert_eq!((error.kind(), error.needed(), error.present()), (ErrorKind::Pointer, 4, 4));
    }

    #[test]
    fn a_count_beyond_the_body_is_refused_before_anything_is_read() {
        let mut reader = Reader::new(&[0; 7]);
        let failed = reader.list::<u32>(u64::MAX).unwrap_err();
        let error = reader.error(failed);
        assert_eq!((error.kind(), error.present()), (ErrorKind::Truncated, 7));
    }

    #[test]
    fn a_null_array_may_not_count_more_than_the_body() {
        let mut reader = Reader::new(&[0; 8]);
        assert_eq!(reader.pointer_array(0, 4, 8, 1, |at| at.bytes(8)), Ok(None));
        assert!(reader.pointer_array(0, 4, 3, 4, |at| at.bytes(12)).is_err());
    }
}
