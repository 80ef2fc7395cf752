//! What both ends send before the first message.

use std::fmt;

use spice_proto::link::{
    ClientLink, LinkAuthMechanism, LinkEncryptedTicket, LinkError, LinkResult, SaslClientData, SaslFailure,
    SaslMechList, SaslMechName, SaslResult, SaslServerData, ServerLink,
};
use spice_proto::{Limits, Parse};

use super::take;
use crate::vectors::to_hex;

/// Any bytes where a link frame is expected. `data`: which frame, the bytes.
///
/// What is accepted is written and read again as it was. With fewer bytes it is incomplete and asks for no more than
/// there will be; what is refused is refused with the same words as soon as it can be, and stays refused.
///
/// # Panics
/// When a property does not hold.
pub fn link_frames(mut data: &[u8]) {
    match take::<1>(&mut data) % 13 {
        0 => client(data, &Limits::server()),
        1 => client(data, &Limits::default()),
        2 => server(data, &Limits::server()),
        3 => server(data, &Limits::default()),
        4 => frame(data, LinkAuthMechanism::parse_with_trailing),
        5 => frame(data, LinkEncryptedTicket::parse_with_trailing),
        6 => frame(data, LinkResult::parse_with_trailing),
        7 => frame(data, SaslMechList::parse_with_trailing),
        8 => frame(data, SaslMechName::parse_with_trailing),
        9 => frame(data, SaslClientData::parse_with_trailing),
        10 => frame(data, SaslServerData::parse_with_trailing),
        11 => frame(data, SaslResult::parse_with_trailing),
        _ => frame(data, SaslFailure::parse_with_trailing),
    }
}

fn client(data: &[u8], limits: &Limits) {
    let Some((link, used)) = streamed(data, |bytes| ClientLink::parse(bytes, limits)) else { return };
    assert!(
        link.mess.num_common_caps <= limits.capability_words && used <= 16 + limits.link_message as usize
    );
    let mut written = Vec::new();
    assert_eq!(link.encode(&mut written), Ok(()), "{link:?}");
    // Longer than what was read it may be: words of both kinds may have lain on each other, and the limit is tight.
    let limits = Limits::default();
    let again = match ClientLink::parse(&written, &limits) {
        Ok((again, [])) => again,
        other => panic!("{link:?} is written as {}, read as {other:?}", to_hex(&written)),
    };
    assert_eq!((again.common_caps, again.channel_caps), (link.common_caps, link.channel_caps));
    assert_eq!((again.channel(), again.common()), (link.channel(), link.common()));
    assert_eq!(
        (again.mess.connection_id, again.mess.channel_id),
        (link.mess.connection_id, link.mess.channel_id)
    );
    let mut twice = Vec::new();
    assert_eq!(again.encode(&mut twice), Ok(()), "{again:?}");
    assert!(twice == written, "{} the first time, {}", to_hex(&written), to_hex(&twice));
}

fn server(data: &[u8], limits: &Limits) {
    let Some((link, _)) = streamed(data, |bytes| ServerLink::parse(bytes, limits)) else { return };
    let mut written = Vec::new();
    assert_eq!(link.encode(&mut written), Ok(()), "{link:?}");
    let again = match ServerLink::parse(&written, &Limits::default()) {
        Ok((again, [])) => again,
        other => panic!("{link:?} is written as {}, read as {other:?}", to_hex(&written)),
    };
    assert_eq!((again.common_caps, again.channel_caps), (link.common_caps, link.channel_caps));
    assert_eq!((again.reply.error, again.common()), (link.reply.error, link.common()));
    let mut twice = Vec::new();
    assert_eq!(again.encode(&mut twice), Ok(()), "{again:?}");
    assert!(twice == written, "{} the first time, {}", to_hex(&written), to_hex(&twice));
}

/// Parses at every length. Gives the value of the whole and the bytes that it takes.
fn streamed<'a, T: PartialEq + fmt::Debug>(
    data: &'a [u8],
    parse: impl Fn(&'a [u8]) -> Result<(T, &'a [u8]), LinkError>,
) -> Option<(T, usize)> {
    let whole = parse(data);
    let used = match &whole {
        Ok((link, rest)) => {
            assert!(data.ends_with(rest), "{} is no end of {}", to_hex(rest), to_hex(data));
            assert!(!format!("{link:?}").is_empty());
            data.len() - rest.len()
        }
        Err(LinkError::Incomplete { needed }) => {
            assert!(*needed > 0, "complete, but not accepted: {}", to_hex(data));
            data.len() + needed
        }
        Err(error @ LinkError::Refused { offset, .. }) => {
            assert!(*offset <= data.len() && !error.to_string().is_empty(), "{error}");
            data.len()
        }
    };
    // All lengths of the heads; what follows is cut at some places.
    let lengths = (0..data.len().min(used)).filter(|len| *len < 240 || len % 61 == 0);
    for len in lengths {
        match (&whole, parse(&data[..len])) {
            (Ok(_) | Err(LinkError::Incomplete { .. }), Err(LinkError::Incomplete { needed })) => {
                assert!(needed > 0 && len + needed <= used, "{len} of {used} bytes, {needed} needed");
            }
            (Err(LinkError::Refused { .. }), Err(LinkError::Incomplete { needed })) => assert!(needed > 0),
            (Err(refused @ LinkError::Refused { .. }), Err(found)) => {
                assert_eq!(*refused, found, "{len} of {used} bytes");
            }
            (whole, found) => panic!("{len} of {used} bytes: {found:?}, all: {whole:?}"),
        }
    }
    let (link, _) = whole.ok()?;
    Some((link, used))
}

/// A frame without a limit of its own: with fewer bytes than it takes it is truncated, and nothing else.
fn frame<'a, T: fmt::Debug>(
    data: &'a [u8],
    parse: impl Fn(&'a [u8]) -> Result<(T, &'a [u8]), spice_proto::Error>,
) {
    match parse(data) {
        Ok((frame, rest)) => {
            let used = data.len() - rest.len();
            for len in (0..used).filter(|len| *len < 240 || len % 61 == 0) {
                let error = parse(&data[..len]).err();
                let truncated = error.is_some_and(|error| error.is_truncated());
                assert!(truncated, "{len} of {used} bytes of {frame:?}: {error:?}");
            }
        }
        Err(error) if error.is_truncated() => {
            assert!(error.needed() > error.present(), "{error}");
            for len in 0..data.len().min(240) {
                let found = parse(&data[..len]).err();
                assert!(
                    found.is_some_and(|found| found.is_truncated()),
                    "{len} bytes: {found:?}, all: {error}"
                );
            }
        }
        // Once refused, more bytes do not help.
        Err(error) => {
            let end = error.offset() as usize;
            assert!(end <= data.len(), "{error}, of {} bytes", data.len());
        }
    }
}
