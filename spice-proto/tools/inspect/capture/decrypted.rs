//! Decrypted streams that lie beside a capture of TLS connections.
//!
//! For `DIR/session.pcapng` they are `DIR/decrypted/connNN.c2s.bin` and `DIR/decrypted/connNN.s2c.bin`: what the client
//! and the server sent inside the TLS connection with index NN (two digits at least) of the capture.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::Path;
use std::path::PathBuf;

use super::stream::ByteStream;
use super::stream::Mark;

/// Reads the decrypted streams of connection `index`, to the server and to the client.
///
/// The files know no times: all bytes get the mark of the first byte of the encrypted stream. None when neither file
/// is there; one that is missing alone gives an empty stream.
///
/// # Errors
/// The file that cannot be read, and why.
pub(super) fn read(
    capture: &Path,
    index: usize,
    encrypted: [&ByteStream; 2],
) -> Result<Option<[ByteStream; 2]>, (PathBuf, io::Error)> {
    let Some(folder) = capture.parent().map(|parent| parent.join("decrypted")) else { return Ok(None) };
    let [to_server, to_client] =
        ["c2s", "s2c"].map(|direction| folder.join(format!("conn{index:02}.{direction}.bin")));
    let files = [read_file(&to_server)?, read_file(&to_client)?];
    if files.iter().all(Option::is_none) {
        return Ok(None);
    }
    let [to_server, to_client] = files.map(Option::unwrap_or_default);
    Ok(Some([stream(&to_server, encrypted[0]), stream(&to_client, encrypted[1])]))
}

/// For the path of one decrypted file: that file and the one of the other direction, to the server first.
pub(super) fn pair_of(path: &Path) -> Option<[PathBuf; 2]> {
    let name = path.file_name().and_then(OsStr::to_str)?;
    let stem = name.strip_suffix(".c2s.bin").or_else(|| name.strip_suffix(".s2c.bin"))?;
    Some(["c2s", "s2c"].map(|direction| path.with_file_name(format!("{stem}.{direction}.bin"))))
}

/// The bytes of a file; None when there is no such file.
pub(super) fn read_file(path: &Path) -> Result<Option<Vec<u8>>, (PathBuf, io::Error)> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err((path.to_owned(), e)),
    }
}

/// A stream of bytes that came all at once, when `encrypted` began.
pub(super) fn stream(bytes: &[u8], encrypted: &ByteStream) -> ByteStream {
    let mark = encrypted.marks().first().copied().unwrap_or(Mark { offset: 0, packet: 0, time: None });
    let mut stream = ByteStream::inside(encrypted);
    stream.push(bytes, mark);
    stream
}
