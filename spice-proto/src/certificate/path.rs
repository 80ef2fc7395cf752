//! The way from a server's certificate to an authority.

use alloc::vec::Vec;

use super::extension::{
    DIGITAL_SIGNATURE, KEY_AGREEMENT, KEY_ENCIPHERMENT, NETSCAPE_SERVER, SIGN_CERTIFICATES,
};
use super::{Certificate, Place, Refusal, Time};

/// Most certificates from the server's to the authority's, both counted.
pub const MAX_PATH: usize = 16;
/// Most signatures that are looked at for one verdict.
pub const MAX_SIGNATURES: usize = 64;

/// Looks for a way; the first that is good in all respects will do.
pub(super) fn find<'s>(
    server: &'s Certificate<'s>,
    chain: &'s [Certificate<'s>],
    authorities: &'s [Certificate<'s>],
    now: Time,
    signed_by: &mut dyn FnMut(&Certificate<'_>, &Certificate<'_>) -> bool,
) -> Result<(), Refusal> {
    check_common(server, Place::Server, now)?;
    let extensions = &server.extensions;
    if extensions.denies(DIGITAL_SIGNATURE | KEY_ENCIPHERMENT | KEY_AGREEMENT)
        || extensions.for_servers == Some(false)
        || extensions.netscape.is_some_and(|types| types & NETSCAPE_SERVER == 0)
    {
        return Err(Refusal::Usage(Place::Server));
    }
    let mut search = Search { chain, authorities, now, signed_by, left: MAX_SIGNATURES, reason: None };
    if search.extend(&mut Vec::from([server])) {
        return Ok(());
    }
    let no_way = if server.is_self_issued() { Refusal::SelfSigned } else { Refusal::UnknownAuthority };
    Err(search.reason.unwrap_or(no_way))
}

struct Search<'s, 'f> {
    chain: &'s [Certificate<'s>],
    authorities: &'s [Certificate<'s>],
    now: Time,
    signed_by: &'f mut dyn FnMut(&Certificate<'_>, &Certificate<'_>) -> bool,
    /// Signatures that may still be looked at.
    left: usize,
    /// Why the first way that was tried is none.
    reason: Option<Refusal>,
}

impl<'s> Search<'s, '_> {
    /// Whether the way so far leads on to an authority.
    fn extend(&mut self, way: &mut Vec<&'s Certificate<'s>>) -> bool {
        let Some(&last) = way.last() else { return false };
        // The signature of an authority by itself says nothing, and may be of a kind that is weak by now.
        if last.is_self_issued() && self.is_authority(last) {
            return self.constraints_hold(way);
        }
        let (chain, authorities) = (self.chain, self.authorities);
        for candidate in authorities.iter().chain(chain) {
            if candidate.subject() != last.issuer() || way.iter().any(|known| known.der() == candidate.der())
            {
                continue;
            }
            let place = if self.is_authority(candidate) { Place::Authority } else { Place::Intermediate };
            if way.len() >= MAX_PATH || self.left == 0 {
                self.note(Refusal::Limit);
                return false;
            }
            if let Err(refusal) = check_issuer(candidate, place, way, self.now) {
                self.note(refusal);
                continue;
            }
            self.left = self.left.saturating_sub(1);
            if !(self.signed_by)(last, candidate) {
                self.note(Refusal::Signature(if way.len() == 1 {
                    Place::Server
                } else {
                    Place::Intermediate
                }));
                continue;
            }
            way.push(candidate);
            if self.extend(way) {
                return true;
            }
            way.pop();
        }
        false
    }

    fn is_authority(&self, certificate: &Certificate<'_>) -> bool {
        self.authorities.iter().any(|authority| authority.der() == certificate.der())
    }

    fn constraints_hold(&mut self, way: &[&Certificate<'_>]) -> bool {
        for (index, issuer) in way.iter().enumerate().skip(1) {
            let Some(constraints) = &issuer.extensions.constraints else { continue };
            // Renewals of an authority by itself are not bound by it.
            let below = way.iter().take(index).enumerate();
            let mut bound =
                below.filter(|(place, one)| *place == 0 || !one.is_self_issued()).map(|(_, one)| one);
            if !bound.all(|certificate| {
                constraints.allow(certificate.subject(), &certificate.extensions.alternative)
            }) {
                let last = index.saturating_add(1) == way.len();
                self.note(Refusal::Constraint(if last { Place::Authority } else { Place::Intermediate }));
                return false;
            }
        }
        true
    }

    fn note(&mut self, refusal: Refusal) {
        self.reason.get_or_insert(refusal);
    }
}

/// What holds for every certificate on the way.
fn check_common(certificate: &Certificate<'_>, place: Place, now: Time) -> Result<(), Refusal> {
    if now < certificate.not_before() {
        return Err(Refusal::NotYetValid(place, certificate.not_before()));
    }
    if now > certificate.not_after() {
        return Err(Refusal::Expired(place, certificate.not_after()));
    }
    if certificate.extensions.unknown {
        return Err(Refusal::UnknownExtension(place));
    }
    Ok(())
}

/// Whether a certificate may have signed the last one on the way.
fn check_issuer(
    issuer: &Certificate<'_>,
    place: Place,
    way: &[&Certificate<'_>],
    now: Time,
) -> Result<(), Refusal> {
    check_common(issuer, place, now)?;
    let extensions = &issuer.extensions;
    let (is_authority, length) = match extensions.basic {
        Some(basic) => basic,
        // Before version 3 nothing could say so; later, the uses of the key may. Both only for the last of a chain.
        None => (issuer.is_self_issued() && (extensions.key_usage.is_some() || issuer.version() == 1), None),
    };
    if !is_authority {
        return Err(Refusal::NotAuthority(place));
    }
    if extensions.denies(SIGN_CERTIFICATES) || extensions.for_servers == Some(false) {
        return Err(Refusal::Usage(place));
    }
    // Renewals of an authority by itself do not count.
    let below = way.iter().skip(1).filter(|certificate| !certificate.is_self_issued()).count();
    if length.is_some_and(|length| u64::try_from(below).is_ok_and(|below| below > length)) {
        return Err(Refusal::PathLength(place));
    }
    Ok(())
}
