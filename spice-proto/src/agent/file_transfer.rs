//! File transfers.

use super::{FileXferErrorDetail, FileXferResult, FileXferSpaceDetail, FileXferStatus};
use crate::wire::Parse;

/// What a [`FileXferStatus`] says besides its result ([`docs/spec/agent.md` section 2](crate::spec::agent#2-messages)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileXferDetail {
    /// Nothing, or not enough bytes, or the result has no detail that is known.
    None,
    /// Why it failed: detail of [`FileXferResult::ERROR`].
    Error(FileXferErrorDetail),
    /// How much space there is: detail of [`FileXferResult::NOT_ENOUGH_SPACE`].
    Space(FileXferSpaceDetail),
}

impl FileXferStatus<'_> {
    /// The detail, read from the bytes of the field `detail` by the result. Bytes that it does not use are ignored.
    ///
    /// Peers without the capability FILE_XFER_DETAILED_ERRORS send none, and none may be sent to them.
    ///
    /// ```
    /// use spice_proto::agent::{FileXferDetail, FileXferResult, FileXferSpaceDetail, FileXferStatus};
    ///
    /// let detail = 4096_u64.to_le_bytes();
    /// let status = FileXferStatus { id: 1, result: FileXferResult::NOT_ENOUGH_SPACE, detail: &detail };
    /// assert_eq!(status.detail(), FileXferDetail::Space(FileXferSpaceDetail { disk_free_space: 4096 }));
    /// ```
    #[must_use]
    pub fn detail(&self) -> FileXferDetail {
        let detail = match self.result {
            FileXferResult::ERROR => FileXferErrorDetail::parse(self.detail).map(FileXferDetail::Error),
            FileXferResult::NOT_ENOUGH_SPACE => {
                FileXferSpaceDetail::parse(self.detail).map(FileXferDetail::Space)
            }
            _ => Ok(FileXferDetail::None),
        };
        detail.unwrap_or(FileXferDetail::None)
    }
}

#[cfg(test)]
mod tests {
    use super::super::FileXferErrorType;
    use super::*;

    const BYTES: [u8; 9] = [0, 2, 1, 0, 0, 0, 0, 0, 0];

    fn detail(result: FileXferResult, len: usize) -> FileXferDetail {
        FileXferStatus { id: 7, result, detail: &BYTES[..len] }.detail()
    }

    #[test]
    fn the_result_says_what_the_detail_is() {
        let error = FileXferErrorDetail { error_type: FileXferErrorType::GLIB_IO, error_code: 0x102 };
        assert_eq!(detail(FileXferResult::ERROR, 5), FileXferDetail::Error(error));
        let space = FileXferSpaceDetail { disk_free_space: 0x1_0200 };
        assert_eq!(detail(FileXferResult::NOT_ENOUGH_SPACE, 9), FileXferDetail::Space(space));
        assert_eq!(detail(FileXferResult::SUCCESS, 9), FileXferDetail::None);
        assert_eq!(detail(FileXferResult(99), 9), FileXferDetail::None);
    }

    #[test]
    fn too_few_bytes_are_no_detail() {
        assert_eq!(detail(FileXferResult::ERROR, 4), FileXferDetail::None);
        assert_eq!(detail(FileXferResult::NOT_ENOUGH_SPACE, 7), FileXferDetail::None);
    }
}
