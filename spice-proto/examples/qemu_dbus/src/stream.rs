//! A client's stream, with TLS or without.

use std::error::Error;
use std::io;
use std::path::Path;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Any stream.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// The server's certificate and key, PEM.
pub fn identity(certificate: &Path, key: &Path) -> Result<TlsAcceptor, Box<dyn Error>> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(certificate)?.collect();
    let key = PrivateKeyDer::from_pem_file(key)?;
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain?, key)?;
    Ok(Arc::new(config).into())
}

/// What a client speaks on.
pub async fn wrap(socket: TcpStream, tls: Option<&TlsAcceptor>) -> io::Result<Box<dyn Stream>> {
    socket.set_nodelay(true)?;
    Ok(match tls {
        Some(tls) => Box::new(tls.accept(socket).await?),
        None => Box::new(socket),
    })
}
