//! In place of `tls` when a program is built without that feature: says so to whoever asks for TLS.

use std::io;
use std::path::Path;

use super::stream::BoxStream;

/// What a client asks of the server's certificate. There is none.
#[derive(Clone, Debug)]
pub enum Trust {}

/// A server's certificate and key. There is none.
#[derive(Clone, Debug)]
pub enum Identity {}

impl Trust {
    /// An error that says why not.
    pub fn new(_pem: &[u8], _subject: Option<&str>, _ciphers: Option<&str>) -> io::Result<Self> {
        Err(no_trust())
    }

    /// An error that says why not.
    pub fn from_file(_path: &Path, _subject: Option<&str>, _ciphers: Option<&str>) -> io::Result<Self> {
        Err(no_trust())
    }

    /// Is never called.
    pub fn for_subject(&self, _subject: Option<&str>) -> io::Result<Self> {
        match *self {}
    }

    /// Is never called.
    pub fn connect(&self, _stream: BoxStream, _host: &str) -> io::Result<BoxStream> {
        match *self {}
    }
}

impl Identity {
    /// An error that says why not.
    pub fn from_files(_certificate: &Path, _key: &Path) -> io::Result<Self> {
        Err(no_trust())
    }

    /// Is never called.
    pub fn accept(&self, _stream: BoxStream) -> io::Result<BoxStream> {
        match *self {}
    }
}

/// Why there is no TLS.
pub fn no_trust() -> io::Error {
    let text = "this program was built without TLS (cargo's --features tls)";
    io::Error::new(io::ErrorKind::Unsupported, text)
}
