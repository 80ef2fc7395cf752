//! Names that an authority may vouch for (RFC 5280 section 4.2.1.10).

use alloc::vec::Vec;

use super::der::{self, Item, Read};
use super::name::{DIRECTORY, DNS, IP, Name};

/// What an authority's certificate says about names below it.
#[derive(Clone, Debug)]
pub(super) struct Constraints<'a> {
    permitted: Vec<Base<'a>>,
    excluded: Vec<Base<'a>>,
}

/// Names of one kind that have something in common.
#[derive(Clone, Debug)]
enum Base<'a> {
    Dns(&'a [u8]),
    /// Address and mask.
    Ip(&'a [u8]),
    Directory(Name<'a>),
    /// Another kind of names: nobody here can tell.
    Other(u8),
}

/// Most comparisons of a name with a base.
const COMPARISONS: usize = 1 << 18;

impl<'a> Constraints<'a> {
    pub(super) fn parse(value: Item<'a>) -> Read<Self> {
        const PERMITTED: u8 = 0xa0;
        const EXCLUDED: u8 = 0xa1;
        let mut value = value.inside();
        let permitted = value.optional(PERMITTED)?.map_or(Ok(Vec::new()), bases)?;
        let excluded = value.optional(EXCLUDED)?.map_or(Ok(Vec::new()), bases)?;
        value.end()?;
        Ok(Self { permitted, excluded })
    }

    /// Whether a certificate below has only such names: its alternative names, or its common names where there are
    /// none, and its subject.
    pub(super) fn allow(&self, subject: &Name<'_>, alternative: &[(u8, &[u8])]) -> bool {
        // A common name is one of a host when it looks like one.
        let is_host = |name: &&[u8]| {
            let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
            alternative.is_empty() && name.contains(&b'.') && name.iter().all(plain)
        };
        let common = subject.common_names().filter(is_host).map(|name| (DNS, name));
        let bases = self.permitted.len().saturating_add(self.excluded.len());
        if bases.saturating_mul(alternative.len().saturating_add(subject.0.len())) > COMPARISONS {
            return false;
        }
        let subject_is_free =
            subject.0.is_empty() || self.free(DIRECTORY, |base| base.holds_subject(subject));
        subject_is_free
            && alternative
                .iter()
                .copied()
                .chain(common)
                .all(|(kind, name)| self.free(kind, |base| base.holds(name)))
    }

    /// Whether a name of a kind is in no excluded base, and in a permitted one where there is one of its kind.
    fn free(&self, kind: u8, holds: impl Fn(&Base<'_>) -> bool) -> bool {
        let mut permitted = self.permitted.iter().filter(|base| base.kind() == kind).peekable();
        let mut excluded = self.excluded.iter().filter(|base| base.kind() == kind);
        // What cannot be compared is not free.
        let unknown = |base: &Base<'_>| matches!(base, Base::Other(_));
        let in_permitted = permitted.peek().is_none() || permitted.any(|base| holds(base) && !unknown(base));
        in_permitted && !excluded.any(|base| unknown(base) || holds(base))
    }
}

impl Base<'_> {
    fn kind(&self) -> u8 {
        match self {
            Self::Dns(_) => DNS,
            Self::Ip(_) => IP,
            Self::Directory(_) => DIRECTORY,
            Self::Other(kind) => *kind,
        }
    }

    fn holds(&self, name: &[u8]) -> bool {
        match self {
            Self::Dns(base) => {
                let Some(start) = name.len().checked_sub(base.len()) else { return false };
                let (before, end) = name.split_at_checked(start).unwrap_or_default();
                let whole =
                    base.is_empty() || base.starts_with(b".") || before.is_empty() || before.ends_with(b".");
                whole && end.eq_ignore_ascii_case(base)
            }
            Self::Ip(base) => {
                let (address, mask) = base.split_at_checked(base.len() / 2).unwrap_or_default();
                address.len() == name.len()
                    && address
                        .iter()
                        .zip(mask)
                        .zip(name)
                        .all(|((base, mask), byte)| base & mask == byte & mask)
            }
            // An alternative name that is a directory's: compared by those who have a use for it.
            Self::Directory(_) | Self::Other(_) => false,
        }
    }

    fn holds_subject(&self, subject: &Name<'_>) -> bool {
        matches!(self, Self::Directory(base) if subject.starts_with(base))
    }
}

fn bases(list: Item<'_>) -> Read<Vec<Base<'_>>> {
    let mut list = list.inside();
    let mut bases = Vec::new();
    while !list.is_empty() {
        // Minimum and maximum behind the base are not used.
        let base = list.take(der::SEQUENCE)?.inside().next()?;
        bases.push(match base.tag {
            DNS => Base::Dns(base.body),
            IP => Base::Ip(base.body),
            DIRECTORY => Base::Directory(base.inside().take(der::SEQUENCE).and_then(Name::parse)?),
            other => Base::Other(other),
        });
    }
    Ok(bases)
}
