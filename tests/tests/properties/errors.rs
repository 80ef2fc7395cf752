//! Errors are small, copied freely and hold nothing of the peer's bytes.

use spice_proto::{EncodeError, Error};

#[test]
fn errors_are_small_and_copied() {
    fn small<T: Copy + Send + Sync + std::error::Error + 'static>() {
        assert!(size_of::<T>() <= 64, "{} bytes", size_of::<T>());
    }
    small::<Error>();
    small::<EncodeError>();
}
