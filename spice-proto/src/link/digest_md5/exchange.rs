//! What both ends said, and the keys that follow from it and the password.

use core::fmt;

use alloc::borrow::Cow;
use alloc::vec::Vec;

use zeroize::Zeroizing;

use super::directive::{Directives, quote};
use super::hash::hash;
use super::{Cipher, Error, Protection, Qop};
use crate::link::{Origin, Secret};

/// A challenge and the response to it.
///
/// ```
/// use spice_proto::link::{Layer, Origin, digest_md5::{Error, Exchange, Qop, MAXBUF}};
///
/// // The example of RFC 2831, section 4.
/// let challenge = br#"realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",qop="auth",algorithm=md5-sess,charset=utf-8"#;
/// let response = br#"charset=utf-8,username="chris",realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",nc=00000001,
///     cnonce="OA6MHXh6VqTrRk",digest-uri="imap/elwood.innosoft.com",response=d388dad90d4bbd760a152321f2143af7,qop=auth"#;
/// let exchange = Exchange::parse(challenge, response)?;
/// assert_eq!((exchange.username(), exchange.qop()), (&b"chris"[..], Qop::Auth));
/// assert_eq!(exchange.keys(&"letmein".into()).err(), Some(Error::Password));
/// let keys = exchange.keys(&"secret".into())?;
/// assert!(keys.is_proof(b"rspauth=ea40f60335c427b5527b84dbabcdfffd"));
/// assert!(keys.protection(Origin::Client).is_none());
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    pub(super) username: Vec<u8>,
    pub(super) realm: Vec<u8>,
    pub(super) nonce: Vec<u8>,
    pub(super) cnonce: Vec<u8>,
    pub(super) uri: Vec<u8>,
    pub(super) authzid: Option<Vec<u8>>,
    /// Names are in UTF-8.
    pub(super) utf8: bool,
    pub(super) qop: Qop,
    /// The longest buffers that client and server take.
    pub(super) maxbuf: [u32; 2],
    /// The client's proof, in hexadecimal.
    pub(super) response: [u8; 32],
}

/// What both ends know when the password is the same.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    session: Secret,
    proof: [u8; 32],
    rspauth: [u8; 32],
    qop: Qop,
    maxbuf: [u32; 2],
}

/// Most bytes of a challenge and of a response.
pub(super) const CHALLENGE: usize = 2048;
pub(super) const RESPONSE: usize = 4096;

impl Exchange {
    /// Reads both. The response has to be one to this challenge.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn parse(challenge: &[u8], response: &[u8]) -> Result<Self, Error> {
        let challenge = Directives::parse(challenge, CHALLENGE)?;
        let response = Directives::parse(response, RESPONSE)?;
        let nonce = response.one("nonce")?;
        if nonce.is_empty() || nonce != challenge.one("nonce")? {
            return Err(Error::Value("nonce"));
        }
        // Only a client that comes back has another count, and that is nowhere offered.
        if response.one("nc")? != b"00000001" {
            return Err(Error::Value("nc"));
        }
        let cnonce = response.one("cnonce")?;
        if cnonce.is_empty() {
            return Err(Error::Value("cnonce"));
        }
        Ok(Self {
            username: response.one("username")?.to_vec(),
            realm: response.optional("realm")?.unwrap_or_default().to_vec(),
            nonce: nonce.to_vec(),
            cnonce: cnonce.to_vec(),
            uri: response.one("digest-uri")?.to_vec(),
            authzid: response.optional("authzid")?.map(<[u8]>::to_vec),
            utf8: response.utf8()?,
            qop: qop(&challenge, &response)?,
            maxbuf: [response.maxbuf()?, challenge.maxbuf()?],
            response: response.one("response")?.try_into().map_err(|_| Error::Value("response"))?,
        })
    }

    /// The user's name, as it came.
    #[must_use]
    pub fn username(&self) -> &[u8] {
        &self.username
    }

    /// The realm that the user is known in, as it came.
    #[must_use]
    pub fn realm(&self) -> &[u8] {
        &self.realm
    }

    /// The service and host that the client wants: "spice/HOST".
    #[must_use]
    pub fn uri(&self) -> &[u8] {
        &self.uri
    }

    /// What was agreed on.
    #[must_use]
    pub fn qop(&self) -> Qop {
        self.qop
    }

    /// The longest buffer that an end takes, by what it has announced.
    #[must_use]
    pub fn maxbuf(&self, end: Origin) -> u32 {
        let [client, server] = self.maxbuf;
        match end {
            Origin::Client => client,
            Origin::Server => server,
        }
    }

    /// The keys, by the password in UTF-8.
    ///
    /// # Errors
    /// [`Error::Password`] when the client's proof was made with another one.
    pub fn keys(&self, password: &Secret) -> Result<Keys, Error> {
        let keys = self.derive(password);
        // Secrets compare all bytes, however many are the same.
        let [ours, theirs] = [&keys.proof, &self.response].map(|proof| Secret::from(&proof[..]));
        if ours == theirs { Ok(keys) } else { Err(Error::Password) }
    }

    /// The client's answer to the challenge; `proof` of the keys goes in.
    pub(super) fn write(&self, keys: &Keys) -> Vec<u8> {
        let mut out = Vec::new();
        if self.utf8 {
            out.extend_from_slice(b"charset=utf-8,");
        }
        for (name, value) in [
            ("username=", &self.username),
            (",realm=", &self.realm),
            (",nonce=", &self.nonce),
            (",cnonce=", &self.cnonce),
        ] {
            out.extend_from_slice(name.as_bytes());
            quote(value, &mut out);
        }
        out.extend_from_slice(b",nc=00000001,qop=");
        out.extend_from_slice(self.qop.name().as_bytes());
        if let Qop::AuthConf(cipher) = self.qop {
            out.extend_from_slice(b",cipher=");
            out.extend_from_slice(cipher.name().as_bytes());
        }
        let [maxbuf, _] = self.maxbuf;
        out.extend_from_slice(alloc::format!(",maxbuf={maxbuf},digest-uri=").as_bytes());
        quote(&self.uri, &mut out);
        out.extend_from_slice(b",response=");
        out.extend_from_slice(&keys.proof);
        out
    }

    /// The keys, whatever the client's proof is.
    pub(super) fn derive(&self, password: &Secret) -> Keys {
        let (username, realm) = (self.narrow(&self.username), self.narrow(&self.realm));
        let password = Zeroizing::new(self.narrow(password.as_bytes()).into_owned());
        let user = hash(&[&username, b":", &realm, b":", &password]);
        let mut session: Vec<&[u8]> = alloc::vec![&user[..], b":", &self.nonce, b":", &self.cnonce];
        if let Some(authzid) = &self.authzid {
            session.extend([&b":"[..], authzid]);
        }
        let session = hash(&session);
        let proof = |method: &[u8]| {
            let tail: &[u8] = if self.qop == Qop::Auth { b"" } else { b":00000000000000000000000000000000" };
            let request = hash(&[method, b":", &self.uri, tail]);
            let all: [&[u8]; 9] = [
                &hex(&session),
                b":",
                &self.nonce,
                b":00000001:",
                &self.cnonce,
                b":",
                self.qop.name().as_bytes(),
                b":",
                &hex(&request),
            ];
            hex(&hash(&all))
        };
        Keys {
            session: Secret::from(&session[..]),
            proof: proof(b"AUTHENTICATE"),
            rspauth: proof(b""),
            qop: self.qop,
            maxbuf: self.maxbuf,
        }
    }

    /// Text in UTF-8 is hashed in ISO 8859-1 where that has all its characters.
    fn narrow<'t>(&self, text: &'t [u8]) -> Cow<'t, [u8]> {
        let text_utf8 = core::str::from_utf8(text).ok().filter(|_| self.utf8);
        let narrow =
            text_utf8.and_then(|text| text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect());
        narrow.map_or(Cow::Borrowed(text), Cow::Owned)
    }
}

impl Keys {
    /// What was agreed on.
    #[must_use]
    pub fn qop(&self) -> Qop {
        self.qop
    }

    /// Whether this is what a server says that knows the password: "rspauth=...".
    #[must_use]
    pub fn is_proof(&self, text: &[u8]) -> bool {
        let Ok(directives) = Directives::parse(text, CHALLENGE) else { return false };
        directives.one("rspauth").is_ok_and(|proof| Secret::from(proof) == Secret::from(&self.rspauth[..]))
    }

    /// What a server says to a client that has passed.
    pub(super) fn proof(&self) -> Secret {
        Secret::from([&b"rspauth="[..], &self.rspauth].concat())
    }

    /// What wraps and unwraps at this end; none where nothing is protected.
    ///
    /// Who reads a recorded session takes that of the client for what the server sent, and the other way round.
    #[must_use]
    pub fn protection(&self, end: Origin) -> Option<Protection> {
        let [client, server] = self.maxbuf;
        let peer = match end {
            Origin::Client => server,
            Origin::Server => client,
        };
        Protection::new(self.session.as_bytes(), self.qop, end, peer)
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keys({})", self.qop.name())
    }
}

/// What the response chose, if the challenge offers it.
fn qop(challenge: &Directives<'_>, response: &Directives<'_>) -> Result<Qop, Error> {
    let offers = offered(challenge)?;
    let name = response.optional("qop")?.unwrap_or(b"auth");
    let qop = match name {
        b"auth" => Qop::Auth,
        b"auth-int" => Qop::AuthInt,
        b"auth-conf" => {
            let cipher = Cipher::from_name(response.one("cipher")?);
            Qop::AuthConf(cipher.ok_or(Error::Value("cipher"))?)
        }
        _ => return Err(Error::Value("qop")),
    };
    if offers.contains(&qop) { Ok(qop) } else { Err(Error::Value("qop")) }
}

/// What a challenge offers, the names that are not known left out.
pub(super) fn offered(challenge: &Directives<'_>) -> Result<Vec<Qop>, Error> {
    let names = |list: &[u8]| -> Vec<Vec<u8>> {
        list.split(|byte| *byte == b',').map(|name| name.trim_ascii().to_ascii_lowercase()).collect()
    };
    let mut offers = Vec::new();
    for name in names(challenge.optional("qop")?.unwrap_or(b"auth")) {
        match &name[..] {
            b"auth" => offers.push(Qop::Auth),
            b"auth-int" => offers.push(Qop::AuthInt),
            b"auth-conf" => {
                let ciphers = names(challenge.one("cipher")?);
                offers.extend(ciphers.iter().filter_map(|name| Cipher::from_name(name)).map(Qop::AuthConf));
            }
            _ => {}
        }
    }
    Ok(offers)
}

/// Bytes as hexadecimal digits in small letters.
pub(super) fn hex(bytes: &[u8; 16]) -> [u8; 32] {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble & 15), 16).map_or(0, |digit| digit as u8);
    let mut digits = bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]);
    core::array::from_fn(|_| digits.next().unwrap_or_default())
}
