//! Certificates and subjects.

use spice_proto::certificate::{
    Certificate, CertificateError, Expected, MAX_SIGNATURES, Subject, Time, verify,
};

use super::{meter, take};

/// Any certificates. `data`: what is expected (bit 0: subject, else host; bit 1: a subject that the server has); how
/// many certificates, the length (2, little endian) and the bytes of each, for the chain and for the authorities; the
/// text that is expected.
///
/// Parts lie inside of the certificate; the verdict is the same again, looks at few signatures, and is never good
/// without one, or the server among the authorities; what a certificate shows as its subject is read as a subject.
///
/// # Panics
/// When a property does not hold.
pub fn certificate(mut data: &[u8]) {
    let kind = take::<1>(&mut data);
    let chain = parse_list(&mut data);
    let authorities = parse_list(&mut data);
    let text = String::from_utf8_lossy(data);
    let server = chain.first();
    let own = server.map(|server| server.subject().to_string());
    let subject = Subject::parse(own.as_deref().filter(|_| kind & 2 != 0).unwrap_or(&text)).ok();
    let expected = match &subject {
        Some(subject) if kind & 1 != 0 => Expected::Subject(subject),
        _ => Expected::Host(&text),
    };
    let now = server.map_or(Time::from_unix(0), Certificate::not_before);
    for answer in [true, false] {
        let verdict = || {
            let mut looked = 0;
            let verdict = verify(&chain, &authorities, &expected, now, &mut |_, _| {
                looked += 1;
                answer
            });
            (verdict, looked)
        };
        let (first, looked) = verdict();
        assert_eq!((first, looked), verdict(), "the same again");
        assert!(looked <= MAX_SIGNATURES, "{looked} signatures");
        let known = authorities.iter().any(|one| server.is_some_and(|server| server.der() == one.der()));
        assert!(first.is_err() || known || answer && looked > 0, "{first:?} without a signature");
        assert!(first.err().is_none_or(|refusal| !refusal.to_string().is_empty()));
    }
}

fn parse_list<'a>(data: &mut &'a [u8]) -> Vec<Certificate<'a>> {
    let count = take::<1>(data);
    let mut list = Vec::new();
    for _ in 0..count {
        let len = take::<2>(data) as usize;
        let (der, rest) = data.split_at(len.min(data.len()));
        *data = rest;
        match meter::parse(der.len(), || Certificate::parse(der)) {
            Ok(certificate) => {
                check(&certificate, der);
                list.push(certificate);
            }
            Err(error) => check_error(&error, der.len()),
        }
    }
    list
}

fn check(certificate: &Certificate<'_>, der: &[u8]) {
    let inside = |part: &[u8]| {
        let (whole, part) = (der.as_ptr_range(), part.as_ptr_range());
        whole.start <= part.start && part.end <= whole.end
    };
    let parts = [
        certificate.signed(),
        certificate.signature(),
        certificate.signature_algorithm(),
        certificate.public_key(),
    ];
    assert!(parts.into_iter().all(inside) && certificate.der() == der);
    assert_eq!(
        Certificate::parse(&[der, &[0]].concat()).err().map(|error| error.field()),
        Some("certificate")
    );
    assert!(!format!("{certificate:?} {}", certificate.not_after()).is_empty());
    // What cannot be written as a subject is refused as one, or is another one; never a panic.
    for name in [certificate.subject(), certificate.issuer()] {
        let shown = name.to_string();
        assert!(!shown.contains(char::is_control), "{shown:?}");
        let _ = Subject::parse(&shown);
    }
}

fn check_error(error: &CertificateError, len: usize) {
    assert!(error.offset() <= len && !error.to_string().is_empty(), "{error} of {len}");
}

/// Any text as a subject.
///
/// Errors lie inside of it; case and spaces make no difference.
///
/// # Panics
/// When a property does not hold.
pub fn subject(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    match meter::parse(data.len(), || Subject::parse(text)) {
        Ok(subject) => {
            assert_eq!(Subject::parse(&format!(" {text}")), Ok(subject.clone()));
            assert!(
                text.is_empty()
                    || text.ends_with(['\\', ',', ' '])
                    || Subject::parse(&format!("{text},")) == Ok(subject)
            );
        }
        Err(error) => assert!(error.offset() <= data.len() && !error.to_string().is_empty(), "{error}"),
    }
    // Any text is a value.
    let escaped: String = text
        .chars()
        .flat_map(|c| ['\\', c].into_iter().skip(usize::from(!matches!(c, '\\' | ','))))
        .collect();
    let wanted = Subject::parse(&format!("O={escaped},CN=h"));
    assert_eq!(wanted.is_ok(), !text.is_empty(), "{text:?}");
    let other = Subject::parse(&format!("organizationName={},2.5.4.3=H", escaped.replace(' ', "  ")));
    assert_eq!(wanted.ok(), other.ok());
}
