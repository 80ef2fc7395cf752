//! Extensions of version 3: what a certificate may be used for, and for which names.

use alloc::vec::Vec;

use super::constraint::Constraints;
use super::der::{self, Item, Read};

/// The extensions that a verdict depends on.
#[derive(Clone, Debug, Default)]
pub(super) struct Extensions<'a> {
    /// Basic constraints: whether it is an authority's, and how many others may be below it.
    pub(super) basic: Option<(bool, Option<u64>)>,
    /// Bits of the uses of the key, the first one highest.
    pub(super) key_usage: Option<u16>,
    /// Whether TLS servers are among the extended uses.
    pub(super) for_servers: Option<bool>,
    /// Netscape's certificate type.
    pub(super) netscape: Option<u8>,
    /// Alternative names: kind and text or bytes.
    pub(super) alternative: Vec<(u8, &'a [u8])>,
    /// Names that certificates below it may have.
    pub(super) constraints: Option<Constraints<'a>>,
    /// One that must be understood and is not known here.
    pub(super) unknown: bool,
}

impl<'a> Extensions<'a> {
    pub(super) fn parse(explicit: Item<'a>) -> Read<Self> {
        let mut found = Self::default();
        let mut explicit = explicit.inside();
        let mut list = explicit.take(der::SEQUENCE)?.inside();
        explicit.end()?;
        while !list.is_empty() {
            let mut extension = list.take(der::SEQUENCE)?.inside();
            let oid = extension.take(der::OID)?;
            let critical = extension.optional(der::BOOLEAN)?.is_some_and(|critical| critical.body != [0]);
            let value = extension.take(der::OCTET_STRING)?;
            extension.end()?;
            let mut inside = value.inside();
            let twice = match oid.body {
                BASIC_CONSTRAINTS => {
                    found.basic.replace(basic_constraints(inside.take(der::SEQUENCE)?)?).is_some()
                }
                KEY_USAGE => found.key_usage.replace(bits(inside.take(der::BIT_STRING)?)?).is_some(),
                EXTENDED_KEY_USAGE => {
                    let uses = inside.take(der::SEQUENCE)?;
                    found.for_servers.replace(is_for_servers(uses)?).is_some()
                }
                NETSCAPE_TYPE => {
                    let [bits, _] = bits(inside.take(der::BIT_STRING)?)?.to_be_bytes();
                    found.netscape.replace(bits).is_some()
                }
                ALTERNATIVE_NAME => {
                    let twice = !found.alternative.is_empty();
                    let mut names = inside.take(der::SEQUENCE)?.inside();
                    while !names.is_empty() {
                        let name = names.next()?;
                        found.alternative.push((name.tag, name.body));
                    }
                    twice
                }
                NAME_CONSTRAINTS => {
                    let constraints = Constraints::parse(inside.take(der::SEQUENCE)?)?;
                    found.constraints.replace(constraints).is_some()
                }
                other => {
                    found.unknown |= critical && !WITHOUT_EFFECT.contains(&other);
                    continue;
                }
            };
            inside.end()?;
            if twice {
                return Err(oid.at);
            }
        }
        Ok(found)
    }

    /// Whether all of some uses of the key are denied.
    pub(super) fn denies(&self, uses: u16) -> bool {
        self.key_usage.is_some_and(|allowed| allowed & uses == 0)
    }
}

/// Uses of a key.
pub(super) const DIGITAL_SIGNATURE: u16 = 0x8000;
pub(super) const KEY_ENCIPHERMENT: u16 = 0x2000;
pub(super) const KEY_AGREEMENT: u16 = 0x0800;
pub(super) const SIGN_CERTIFICATES: u16 = 0x0400;
/// Netscape's type of TLS servers.
pub(super) const NETSCAPE_SERVER: u8 = 0x40;

const BASIC_CONSTRAINTS: &[u8] = &[0x55, 29, 19];
const KEY_USAGE: &[u8] = &[0x55, 29, 15];
const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 29, 37];
const ALTERNATIVE_NAME: &[u8] = &[0x55, 29, 17];
const NAME_CONSTRAINTS: &[u8] = &[0x55, 29, 30];
/// 2.16.840.1.113730.1.1
const NETSCAPE_TYPE: &[u8] = &[0x60, 0x86, 0x48, 1, 0x86, 0xf8, 0x42, 1, 1];

/// Extensions that change no verdict, as policies are not asked for: certificate policies, mappings, policy
/// constraints, no policy, places of revocation lists, ids of keys, other names of the issuer.
const WITHOUT_EFFECT: &[&[u8]] = &[
    &[0x55, 29, 32],
    &[0x55, 29, 33],
    &[0x55, 29, 36],
    &[0x55, 29, 54],
    &[0x55, 29, 31],
    &[0x55, 29, 14],
    &[0x55, 29, 35],
    &[0x55, 29, 18],
];

/// Uses that are those of TLS servers: server authentication, and two from before it. "Any" is none of them.
const SERVERS: &[&[u8]] = &[
    // 1.3.6.1.5.5.7.3.1, 1.3.6.1.4.1.311.10.3.3, 2.16.840.1.113730.4.1
    &[0x2b, 6, 1, 5, 5, 7, 3, 1],
    &[0x2b, 6, 1, 4, 1, 0x82, 0x37, 10, 3, 3],
    &[0x60, 0x86, 0x48, 1, 0x86, 0xf8, 0x42, 4, 1],
];

fn basic_constraints(value: Item<'_>) -> Read<(bool, Option<u64>)> {
    let mut value = value.inside();
    let authority = value.optional(der::BOOLEAN)?.is_some_and(|authority| authority.body != [0]);
    let length = match value.optional(der::INTEGER)? {
        Some(length)
            if length.body.len() > 8 || length.body.first().is_none_or(|first| first & 0x80 != 0) =>
        {
            return Err(length.at);
        }
        Some(length) => Some(length.body.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))),
        None => None,
    };
    value.end()?;
    Ok((authority, length))
}

/// The first sixteen bits of a bit string.
fn bits(value: Item<'_>) -> Read<u16> {
    let bytes = value.body.get(1..).ok_or(value.at)?;
    let [high, low] = [bytes.first(), bytes.get(1)].map(|byte| byte.copied().unwrap_or_default());
    Ok(u16::from_be_bytes([high, low]))
}

fn is_for_servers(uses: Item<'_>) -> Read<bool> {
    let mut list = uses.inside();
    let mut found = false;
    while !list.is_empty() {
        let one = list.take(der::OID)?;
        found |= SERVERS.contains(&one.body);
    }
    Ok(found)
}
