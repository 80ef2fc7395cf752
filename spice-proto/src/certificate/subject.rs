//! Subjects as connection files and migrations write them.

use alloc::string::String;
use alloc::vec::Vec;

use super::attribute_types::TYPES;
use super::{Certificate, SubjectError, SubjectErrorKind, name, oid};

/// A subject that a server's certificate is to have: `host-subject` of connection files, `cert_subject` of migrations
/// ([`docs/spec/link.md` section 9](crate::spec::link#9-transports)).
///
/// Every part has to be there, in the certificate's order. Upper and lower case of values, and how many spaces there
/// are, makes no difference.
///
/// ```
/// use spice_proto::certificate::Subject;
///
/// let subject = Subject::parse(r"organizationName=Acme\, Inc., OU=a+b;c, CN=vm7")?;
/// assert_eq!(subject, Subject::parse(r"O=ACME\,  inc.,OU=A+B;C,2.5.4.3=VM7")?);
///
/// let error = Subject::parse("O=Acme,cn=vm7").unwrap_err();
/// assert_eq!(error.to_string(), "no type that is known (their case matters), at byte 7");
/// # Ok::<(), spice_proto::certificate::SubjectError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject(Vec<(Vec<u8>, String)>);

impl Subject {
    /// Reads `TYPE=value,TYPE=value`. A type is a short or a long name of OpenSSL in its own case, or a number with
    /// dots. `\,` is a comma and `\\` a backslash in a value; all other characters stand for themselves. Spaces before a
    /// type and a comma at the end are passed over. The empty text is the empty subject.
    ///
    /// # Errors
    /// [`SubjectError`] with the byte where it went wrong.
    pub fn parse(text: &str) -> Result<Self, SubjectError> {
        let mut parts = Vec::new();
        let mut rest = text;
        loop {
            rest = rest.trim_start_matches(' ');
            let at = |rest: &str| text.len().saturating_sub(rest.len());
            if rest.is_empty() {
                return Ok(Self(parts));
            }
            let wrong = |kind| SubjectError { kind, offset: at(rest) };
            let (type_, behind) = rest.split_once(['=', ',']).ok_or(wrong(SubjectErrorKind::NoValue))?;
            if rest.as_bytes().get(type_.len()) == Some(&b',') {
                return Err(wrong(SubjectErrorKind::NoValue));
            }
            let number = number_of(type_).ok_or(wrong(SubjectErrorKind::Type))?;
            let mut value = String::new();
            let mut characters = behind.chars();
            loop {
                let before = characters.as_str();
                match characters.next() {
                    None | Some(',') => break,
                    Some('\\') => match characters.next() {
                        Some(escaped @ (',' | '\\')) => value.push(escaped),
                        _ => return Err(SubjectError { kind: SubjectErrorKind::Escape, offset: at(before) }),
                    },
                    Some(character) => value.push(character),
                }
            }
            if value.is_empty() {
                return Err(SubjectError { kind: SubjectErrorKind::Empty, offset: at(behind) });
            }
            parts.push((number, name::plain(&value)));
            rest = characters.as_str();
        }
    }

    /// Whether a certificate has this subject. A part of several attributes is none that can be written here.
    #[must_use]
    pub fn is_of(&self, certificate: &Certificate<'_>) -> bool {
        let parts = &certificate.subject().0;
        parts.len() == self.0.len()
            && parts.iter().zip(&self.0).all(|(part, (number, value))| match part.as_slice() {
                [attribute] => {
                    let digits = || attribute.digits().map(|digits| name::plain(&digits));
                    attribute.oid == number && attribute.text.clone().or_else(digits).as_ref() == Some(value)
                }
                _ => false,
            })
    }
}

/// The number of a type.
fn number_of(type_: &str) -> Option<Vec<u8>> {
    let known = TYPES.iter().find(|(short, long, _)| [*short, *long].contains(&type_));
    oid::encode(known.map_or(type_, |(_, _, number)| number))
}
