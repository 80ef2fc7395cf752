//! Structures that stand outside of messages: link, frames, agent pieces, payloads, codec headers, QXL.

use spice_proto::{Error, Parse, agent as vd, frame, image, link, qxl, smartcard, stream_device, webdav};

use super::laws::{self, Format};
use super::take;

/// Any bytes as one of [`STRUCTURES`]. `data`: which one, counted from 1, or 0 for each of them; the bytes.
///
/// # Panics
/// When a property does not hold.
pub fn structures(mut data: &[u8]) {
    match (take::<1>(&mut data) as usize).checked_sub(1) {
        Some(index) => STRUCTURES[index % STRUCTURES.len()].1(data),
        None => STRUCTURES.iter().for_each(|(_, check)| check(data)),
    }
}

macro_rules! structures {
    ($($module:ident: $($name:ident $(<$lifetime:lifetime>)?),*;)*) => {
        /// The structures that no message holds: module, name in Rust, and what checks any bytes as one.
        pub const STRUCTURES: &[((&str, &str), super::Oracle)] = &[$($({
            struct Structure;

            impl Format for Structure {
                type Value<'a> = $module::$name $(<$lifetime>)?;

                fn parse<'a>(&self, body: &'a [u8]) -> Result<(Self::Value<'a>, &'a [u8]), Error> {
                    <$module::$name $(<$lifetime>)?>::parse_with_trailing(body)
                }
            }

            fn check(data: &[u8]) {
                laws::any_bytes(&Structure, data);
            }

            ((stringify!($module), stringify!($name)), check as super::Oracle)
        }),*),*];
    };
}

structures! {
    link: LinkHeader, LinkMess, LinkReply<'a>, LinkAuthMechanism, LinkEncryptedTicket<'a>, LinkResult,
        SaslMechList<'a>, SaslMechName<'a>, SaslClientData<'a>, SaslServerData<'a>, SaslResult, SaslFailure<'a>;
    frame: FullHeader, MiniHeader, SubMessageOffsets<'a>, SubMessageHeader;
    vd: VdiChunkHeader, AgentMessageHeader, FileXferErrorDetail, FileXferSpaceDetail;
    stream_device: StreamDeviceHeader;
    smartcard: VscError, VscReaderAdd<'a>;
    webdav: WebdavFrame<'a>;
    image: QuicHeader, LzHeader, GlzHeader, Lz4Header, Lz4Block<'a>;
    qxl: QxluRect, QxlClientMonitorsConfig, QxlRom<'a>, QxlMode, QxlModes<'a>, QxlCommand, QxlCommandExt,
        QxlCommandRing, QxlReleaseRing, QxlMemSlot, QxlSurfaceCreate, QxlHead, QxlMonitorsConfig<'a>, QxlRam<'a>,
        QxlDataChunk, QxlMessage<'a>, QxlCompatUpdateCmd, QxlUpdateCmd, QxlCursorHeader, QxlCursor, QxlCursorSet,
        QxlCursorTrail, QxlCursorCmd<'a>, QxlImageDescriptor, QxlImageId, QxlPalette<'a>, QxlBitmap, QxlQuicData,
        QxlSurfaceId, QxlImage, QxlClipRects, QxlClip, QxlPattern, QxlBrush<'a>, QxlQMask, QxlPathSeg<'a>, QxlPath,
        QxlRasterGlyph, QxlString, QxlLineAttr, QxlFill<'a>, QxlOpaque<'a>, QxlCopy, QxlCopyBits, QxlTransparent,
        QxlAlphaBlend, QxlCompatAlphaBlend, QxlRop3<'a>, QxlStroke<'a>, QxlText<'a>, QxlBlackness, QxlComposite,
        QxlCompatDrawable<'a>, QxlDrawable<'a>, QxlSurface, QxlSurfaceCmd<'a>;
}
