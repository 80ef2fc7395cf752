//! A certificate, read.

use super::der::{self, Der, Read};
use super::extension::Extensions;
use super::{CertificateError, Name, Time};

/// A certificate of X.509, version 1 or 3, out of DER. Reading checks its form, and no signature.
#[derive(Clone, Debug)]
pub struct Certificate<'a> {
    der: &'a [u8],
    signed: &'a [u8],
    signature_algorithm: &'a [u8],
    signature: &'a [u8],
    version: u8,
    issuer: Name<'a>,
    not_before: Time,
    not_after: Time,
    subject: Name<'a>,
    public_key: &'a [u8],
    pub(super) extensions: Extensions<'a>,
}

impl<'a> Certificate<'a> {
    /// Reads one. Bytes behind it are an error. One pass; what is stored is in proportion to the names.
    ///
    /// # Errors
    /// [`CertificateError`] with the part and the byte.
    pub fn parse(der: &'a [u8]) -> Result<Self, CertificateError> {
        fn field<T>(field: &'static str, read: Read<T>) -> Result<T, CertificateError> {
            read.map_err(|offset| CertificateError { field, offset })
        }
        let mut file = Der::new(der);
        let outer = field("certificate", file.take(der::SEQUENCE))?;
        field("certificate", file.end())?;
        let mut outer = outer.inside();
        let signed = field("tbs_certificate", outer.take(der::SEQUENCE))?;
        let signature_algorithm = field("signature_algorithm", outer.take(der::SEQUENCE))?;
        let signature = field("signature", outer.take(der::BIT_STRING))?;
        let whole_bytes = signature.body.split_first().filter(|(unused, _)| **unused == 0);
        let (_, signature) = field("signature", whole_bytes.ok_or(signature.at))?;
        field("signature", outer.end())?;

        let mut inner = signed.inside();
        let version = match field("version", inner.optional(VERSION))? {
            None => 1,
            Some(explicit) => {
                let number = field("version", explicit.inside().take(der::INTEGER))?;
                match number.body {
                    [number @ 0..=2] => number.saturating_add(1),
                    _ => return field("version", Err(number.at)),
                }
            }
        };
        field("serial_number", inner.take(der::INTEGER))?;
        field("signature", inner.take(der::SEQUENCE))?;
        let issuer = field("issuer", inner.take(der::SEQUENCE).and_then(Name::parse))?;
        let mut validity = field("validity", inner.take(der::SEQUENCE))?.inside();
        let not_before = field("validity.not_before", validity.next().and_then(Time::parse))?;
        let not_after = field("validity.not_after", validity.next().and_then(Time::parse))?;
        let subject = field("subject", inner.take(der::SEQUENCE).and_then(Name::parse))?;
        let public_key = field("subject_public_key_info", inner.take(der::SEQUENCE))?.whole;
        // Ids of issuer and subject, which nobody uses.
        field("issuer_unique_id", inner.optional(ISSUER_ID))?;
        field("subject_unique_id", inner.optional(SUBJECT_ID))?;
        let extensions = match field("extensions", inner.optional(EXTENSIONS))? {
            None => Extensions::default(),
            Some(explicit) => field("extensions", Extensions::parse(explicit))?,
        };
        field("tbs_certificate", inner.end())?;
        Ok(Self {
            der,
            signed: signed.whole,
            signature_algorithm: signature_algorithm.whole,
            signature,
            version,
            issuer,
            not_before,
            not_after,
            subject,
            public_key,
            extensions,
        })
    }

    /// All of it.
    #[must_use]
    pub fn der(&self) -> &'a [u8] {
        self.der
    }

    /// What the signature is over: the `TBSCertificate`.
    #[must_use]
    pub fn signed(&self) -> &'a [u8] {
        self.signed
    }

    /// An `AlgorithmIdentifier` in DER.
    #[must_use]
    pub fn signature_algorithm(&self) -> &'a [u8] {
        self.signature_algorithm
    }

    /// The signature.
    #[must_use]
    pub fn signature(&self) -> &'a [u8] {
        self.signature
    }

    /// The owner's key: a `SubjectPublicKeyInfo` in DER.
    #[must_use]
    pub fn public_key(&self) -> &'a [u8] {
        self.public_key
    }

    /// 1, 2 or 3.
    #[must_use]
    pub fn version(&self) -> u8 {
        self.version
    }

    /// Whose it is.
    #[must_use]
    pub fn subject(&self) -> &Name<'a> {
        &self.subject
    }

    /// Who has signed it.
    #[must_use]
    pub fn issuer(&self) -> &Name<'a> {
        &self.issuer
    }

    /// The first second at which it is valid.
    #[must_use]
    pub fn not_before(&self) -> Time {
        self.not_before
    }

    /// The last second at which it is valid.
    #[must_use]
    pub fn not_after(&self) -> Time {
        self.not_after
    }

    /// Whether owner and issuer have the same name.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.subject == self.issuer
    }
}

const VERSION: u8 = 0xa0;
const ISSUER_ID: u8 = 0x81;
const SUBJECT_ID: u8 = 0x82;
const EXTENSIONS: u8 = 0xa3;
