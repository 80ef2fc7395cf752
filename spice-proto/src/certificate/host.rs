//! Whether a certificate is of a host.

use core::net::IpAddr;

use super::Certificate;
use super::name::{DNS, IP};

/// Alternative names of DNS and IP count; common names only where there are none of them. All are texts that may have
/// stars, for addresses too: so spice-gtk has it.
pub(super) fn is_of(host: &str, certificate: &Certificate<'_>) -> bool {
    let (bare, address) = without_zone(host);
    let names = &certificate.extensions.alternative;
    let by_address = |name: &[u8]| match address {
        Some(IpAddr::V4(address)) => address.octets() == name,
        Some(IpAddr::V6(address)) => address.octets() == name,
        None => false,
    };
    let mut only_common = true;
    for (kind, name) in names {
        only_common &= !matches!(*kind, DNS | IP);
        if *kind == IP && by_address(name) || *kind == DNS && fits(name, bare.as_bytes()) {
            return true;
        }
    }
    only_common && certificate.subject().common_names().any(|name| fits(name, bare.as_bytes()))
}

/// An address without its zone, which means something on this machine alone.
fn without_zone(host: &str) -> (&str, Option<IpAddr>) {
    if let Some((number, _)) = host.split_once('%')
        && let Ok(address @ IpAddr::V6(_)) = number.parse()
    {
        return (number, Some(address));
    }
    (host, host.parse().ok())
}

/// Whether a name has as many labels as another, each the same but for the case, or with stars for any characters.
fn fits(pattern: &[u8], host: &[u8]) -> bool {
    let dots = |name: &[u8]| name.iter().filter(|byte| **byte == b'.').count();
    let labels = |name: &'_ [u8]| name.len() <= MOST && name.is_ascii();
    let mut pairs = pattern.split(|byte| *byte == b'.').zip(host.split(|byte| *byte == b'.'));
    labels(pattern)
        && labels(host)
        && dots(pattern) == dots(host)
        && pairs.all(|(one, other)| label_fits(one, other))
}

/// Longest name, in bytes. Those of DNS have 253 at most.
const MOST: usize = 1024;

/// Goes back to the last star when something differs, so that it takes at most the product of both lengths.
fn label_fits(mut pattern: &[u8], mut label: &[u8]) -> bool {
    let mut last_star: Option<(&[u8], &[u8])> = None;
    loop {
        match (pattern, label) {
            ([b'*', behind @ ..], _) => {
                last_star = Some((behind, label));
                pattern = behind;
            }
            ([one, pattern_rest @ ..], [other, label_rest @ ..]) if one.eq_ignore_ascii_case(other) => {
                (pattern, label) = (pattern_rest, label_rest);
            }
            ([], []) => return true,
            _ => match last_star {
                Some((behind, [_, taken @ ..])) => {
                    last_star = Some((behind, taken));
                    (pattern, label) = (behind, taken);
                }
                _ => return false,
            },
        }
    }
}
