//! Certificates and subjects: what spice-gtk takes (`tests/interop/ask-certificates`). Signatures are looked at with
//! the library that `rustls` uses.

use std::collections::BTreeMap;

use rustls::crypto::ring;
use rustls::pki_types::{AlgorithmIdentifier, CertificateDer, pem::PemObject};
use spice_proto::certificate::{
    Certificate, Expected, MAX_SIGNATURES, Place, Refusal, Subject, Time, verify,
};
use spice_proto_tests::vectors::{self, Vector};

/// Questions that spice-gtk answers with no and we with yes. `docs/spec/link.md` section 9 says why for each.
const TAKEN_HERE_ONLY: &[&str] = &[
    "san ip6: fe80::1%lo",
    "san ip6: fe80::1%eth0",
    "name cn-ip6: fe80::1%lo",
    "two authorities of one name, the second",
    "subject too-long",
    "subject country",
    "subject long-org",
    "subject kinds serial, odd",
    "subject kinds qualifier, odd",
    "subject kinds component, odd",
    "subject kinds mail, odd",
    "subject kinds digits, odd",
    "subject kinds digits-inn, odd",
    "subject kinds digits-ogrn, odd",
    "subject kinds digits-n3, odd",
    "subject kinds long-unit, odd",
    "subject kinds state, odd",
    "subject kinds country, odd",
];

/// Servers whose own key is too weak: that is for the TLS library, which uses it, to say.
const WEAK_KEYS: &[&str] = &["server rsa1024", "server rsa512"];

/// Certificates by name, out of the lines that have them.
fn certificates(lines: &[Vector]) -> BTreeMap<String, Vec<u8>> {
    let of = |line: &Vector| {
        Some((line.json["certificate"].as_str()?.to_owned(), vectors::from_hex(line.text("der"))))
    };
    lines.iter().filter_map(of).collect()
}

#[test]
fn every_certificate_is_taken_as_spice_gtk_takes_it() {
    let lines = vectors::lines(|name| name == "certificate.jsonl");
    let known = certificates(&lines);
    let questions: Vec<Vector> = lines
        .into_iter()
        .filter(|line| line.json.get("case").is_some() && line.json["authorities"].is_array())
        .collect();
    assert!(questions.len() > 300, "{} questions", questions.len());
    super::report(&questions, |line| {
        let verdict = answer(line, &known);
        let accepted = line.json["accepted"].as_bool().expect("an answer");
        let listed = TAKEN_HERE_ONLY.iter().chain(WEAK_KEYS).any(|case| *case == line.text("case"));
        match (verdict.is_ok(), accepted, listed) {
            (true, true, false) | (false, false, false) | (true, false, true) => Ok(()),
            _ => Err(format!("{}: {verdict:?}, and spice-gtk: {accepted}", line.text("case"))),
        }
    });
}

fn answer(line: &Vector, known: &BTreeMap<String, Vec<u8>>) -> Result<(), String> {
    let parsed = |key: &str| -> Vec<Certificate<'_>> {
        let names = line.json[key].as_array().expect("a list").iter();
        let der = names.map(|name| &known[name.as_str().expect("a name")]);
        der.map(|der| Certificate::parse(der).expect("OpenSSL reads it")).collect()
    };
    let now = Time::from_unix(line.json["now"].as_i64().expect("a time"));
    let subject = line.json.get("subject").map(|_| Subject::parse(line.text("subject")));
    let subject = subject.transpose().map_err(|error| error.to_string())?;
    let key = line.json.get("public_key").map(|_| vectors::from_hex(line.text("public_key")));
    let expected = match (&key, &subject) {
        (Some(key), _) => Expected::PublicKey(key),
        (None, Some(subject)) => Expected::Subject(subject),
        (None, None) => Expected::Host(line.text("host")),
    };
    verify(&parsed("chain"), &parsed("authorities"), &expected, now, &mut signed_by)
        .map_err(|refusal| refusal.to_string())
}

/// Whether one certificate was signed by another, as `rustls` would find out.
fn signed_by(certificate: &Certificate<'_>, issuer: &Certificate<'_>) -> bool {
    let algorithms = ring::default_provider().signature_verification_algorithms;
    // An identifier without its own head, and the parts of the key: identifier, bits.
    let body = |der: &[u8]| -> Vec<u8> { split(der).0.to_vec() };
    let (key, _) = split(issuer.public_key());
    let (key_algorithm, rest) = split(key);
    let (bits, _) = split(rest);
    let (signed_with, of_key) = (body(certificate.signature_algorithm()), key_algorithm);
    let is = |one: &AlgorithmIdentifier, other: &[u8]| one.as_ref() == other;
    algorithms.all.iter().any(|algorithm| {
        is(&algorithm.signature_alg_id(), &signed_with)
            && is(&algorithm.public_key_alg_id(), of_key)
            && algorithm.verify_signature(&bits[1..], certificate.signed(), certificate.signature()).is_ok()
    })
}

/// Body of the first piece of DER, and what is behind it.
fn split(der: &[u8]) -> (&[u8], &[u8]) {
    let digits = if der[1] & 0x80 == 0 { 0 } else { usize::from(der[1] & 0x7f) };
    let len = match digits {
        0 => usize::from(der[1]),
        _ => der[2..2 + digits].iter().fold(0, |len, byte| len << 8 | usize::from(*byte)),
    };
    der[2 + digits..].split_at(len)
}

/// The reasons, one by one; spice-gtk says only that it refuses.
#[test]
fn refusals_say_why() {
    let lines = vectors::lines(|name| name == "certificate.jsonl");
    let known = certificates(&lines);
    let (server, authority) = (Place::Server, Place::Authority);
    let of = |name: &str| Certificate::parse(&known[name]).expect("OpenSSL reads it");
    let until = |name: &str| of(name).not_after();
    let from = |name: &str| of(name).not_before();
    for (case, refusal) in [
        ("server expired", Refusal::Expired(server, until("expired"))),
        ("server expired, by subject", Refusal::Expired(server, until("expired"))),
        ("server future", Refusal::NotYetValid(server, from("future"))),
        ("authority expired-root", Refusal::Expired(authority, until("expired-root"))),
        ("intermediate future-inter", Refusal::NotYetValid(Place::Intermediate, from("future-inter"))),
        ("another authority", Refusal::UnknownAuthority),
        ("self-ca with another authority", Refusal::SelfSigned),
        ("server flipped", Refusal::Signature(server)),
        ("intermediate flipped-inter", Refusal::Signature(Place::Intermediate)),
        ("server sha1", Refusal::Signature(server)),
        ("authority not-ca-root", Refusal::NotAuthority(authority)),
        ("authority no-sign-root", Refusal::Usage(authority)),
        ("server client-only", Refusal::Usage(server)),
        ("path length 0 and an intermediate", Refusal::PathLength(authority)),
        ("server odd-extension", Refusal::UnknownExtension(server)),
        ("authority other-named-root", Refusal::Constraint(authority)),
        ("san dns: other.example", Refusal::Host),
        ("subject plain: CN=pve.example.org", Refusal::Subject),
        ("another public key", Refusal::PublicKey),
    ] {
        let line = lines.iter().find(|line| line.text("case") == case).unwrap_or_else(|| panic!("no {case}"));
        assert_eq!(answer(line, &known), Err(refusal.to_string()), "{case}");
    }
    let expired = Refusal::Expired(server, Time::from_unix(1_709_208_001)).to_string();
    assert_eq!(expired, "the server's certificate expired on 2024-02-29 12:00:01 UTC");
    assert_eq!(
        verify(&[], &[], &Expected::Host("h"), Time::from_unix(0), &mut signed_by),
        Err(Refusal::NoCertificate)
    );
}

/// What a certificate shows as its subject is a text that fits it.
#[test]
fn subjects_fit_the_certificates_that_show_them() {
    let lines = vectors::lines(|name| name == "certificate.jsonl");
    let mut tried = 0;
    for (name, der) in certificates(&lines) {
        let certificate = Certificate::parse(&der).expect("OpenSSL reads it");
        let shown = certificate.subject().to_string();
        let readable = !["multi", "cn-multi", "numeric", "nul", "cn-nul", "kinds-digits-ogrnip-usual"]
            .contains(&name.as_str());
        tried += usize::from(readable);
        let fits = Subject::parse(&shown).is_ok_and(|subject| subject.is_of(&certificate));
        assert_eq!(fits, readable, "{name}: {shown}");
    }
    assert!(tried > 100, "{tried} names");
}

/// A thousand authorities of one name, none of which has signed: the search ends.
#[test]
fn the_search_for_an_authority_is_bounded() {
    let lines = vectors::lines(|name| name == "certificate.jsonl");
    let known = certificates(&lines);
    let of = |name: &str| Certificate::parse(&known[name]).expect("OpenSSL reads it");
    let mut crowd = vec![of("twin1"); 1000];
    crowd.extend(vec![of("twin2"); 1000]);
    let mut asked = 0;
    let now = of("of-twin2").not_before();
    let verdict = verify(&[of("of-twin2")], &crowd, &Expected::Host("h.example"), now, &mut |_, _| {
        asked += 1;
        false
    });
    assert_eq!((verdict, asked), (Err(Refusal::Signature(Place::Server)), MAX_SIGNATURES));
}

/// The cases of `tests/cases`, with the files of their reports.
#[test]
fn reported_certificates_are_taken() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let pem = |file: &str| -> Vec<u8> {
        let text = std::fs::read(folder.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        CertificateDer::from_pem_slice(&text).expect("a certificate").to_vec()
    };
    let subjects =
        std::fs::read_to_string(folder.join("tls-subject-compare/cases.txt")).expect("the case is there");
    let by_subject = subjects.lines().map(|line| line.split_once('\t').expect("certificate and subject"));
    let by_subject = by_subject.map(|(name, subject)| {
        let ours = |file: &str| format!("tls-subject-compare/{file}.pem");
        (ours(name), ours("ca"), Some(subject), "127.0.0.1")
    });
    let proxmox = "O=Proxmox Virtual Environment,OU=PVE Cluster Node,CN=pve.example.org";
    let red_hat = "C=IL,L=Raanana,O=Red Hat,CN=my server";
    let others = [
        ("tls-common-name-only/cnonly.pem", "tls-common-name-only/ca.pem", None, "localhost"),
        ("tls-self-signed/self.pem", "tls-self-signed/self.pem", None, "localhost"),
        ("tls-x509-v1/server-cert.pem", "tls-x509-v1/ca-cert.pem", Some(red_hat), "127.0.0.1"),
        (
            "proxmox-host-over-tls/tls/server-cert.pem",
            "proxmox-host-over-tls/tls/ca-cert.pem",
            Some(proxmox),
            "pve:1::2",
        ),
    ];
    let others = others
        .map(|(server, authority, subject, host)| (server.to_owned(), authority.to_owned(), subject, host));
    for (server, authority, subject, host) in by_subject.chain(others) {
        let (own, authority) = (pem(&server), pem(&authority));
        let [own, authority] =
            [&own, &authority].map(|der| Certificate::parse(der).expect("OpenSSL reads it"));
        let subject = subject.map(|text| Subject::parse(text).expect("a subject"));
        let expected = subject.as_ref().map_or(Expected::Host(host), Expected::Subject);
        let now = own.not_before();
        assert_eq!(
            verify(&[own], &[authority], &expected, now, &mut signed_by),
            Ok(()),
            "{server} {subject:?}"
        );
    }
}
