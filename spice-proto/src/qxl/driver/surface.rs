//! Commands for surfaces, updates and texts.

use alloc::vec::Vec;

use super::{Driver, Error, encoded};
use crate::common::Rect;
use crate::qxl::{
    Memory, QxlCmdType, QxlCommandExt, QxlCommandFlags, QxlSurface, QxlSurfaceCmd, QxlSurfaceCmdBody,
    QxlSurfaceCmdType, QxlSurfaceFlags, QxlUpdateCmd,
};

impl Driver {
    /// Makes an off-screen surface, whose pixels lie at an address of the caller's; with KEEP_DATA it begins with those that
    /// are there.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`], [`Error::Address`].
    pub fn create_surface(
        &mut self,
        memory: &impl Memory,
        surface_id: u32,
        surface: QxlSurface,
        flags: QxlSurfaceFlags,
    ) -> Result<QxlCommandExt, Error> {
        let body = QxlSurfaceCmdBody::SurfaceCreate(surface);
        self.surface(memory, surface_id, (QxlSurfaceCmdType::CREATE, body), flags)
    }

    /// Ends an off-screen surface. Its memory is the device's until the command that made it is released.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`], [`Error::Address`].
    pub fn destroy_surface(&mut self, memory: &impl Memory, surface_id: u32) -> Result<QxlCommandExt, Error> {
        let body = QxlSurfaceCmdBody::Other(&[0; 24]);
        self.surface(memory, surface_id, (QxlSurfaceCmdType::DESTROY, body), QxlSurfaceFlags::empty())
    }

    /// Brings an area of a surface into guest memory.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`], [`Error::Address`].
    pub fn update(
        &mut self,
        memory: &impl Memory,
        surface_id: u32,
        area: Rect,
        update_id: u32,
    ) -> Result<QxlCommandExt, Error> {
        let kind = (QxlCmdType::UPDATE, QxlCommandFlags::empty());
        self.command(memory, kind, UPDATE_LEN, |_, release_info| {
            encoded(&QxlUpdateCmd { release_info, area, update_id, surface_id })
        })
    }

    /// A text for the log. A zero byte in it ends it for the device.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`], [`Error::Address`].
    pub fn message(&mut self, memory: &impl Memory, text: &str) -> Result<QxlCommandExt, Error> {
        let len = text.len().saturating_add(8 /* release info */ + 1 /* zero byte */);
        self.command(memory, (QxlCmdType::MESSAGE, QxlCommandFlags::empty()), len, |_, release_info| {
            let mut bytes = Vec::from(release_info.to_le_bytes());
            bytes.extend_from_slice(text.as_bytes());
            Ok(bytes)
        })
    }

    fn surface(
        &mut self,
        memory: &impl Memory,
        surface_id: u32,
        (type_, body): (QxlSurfaceCmdType, QxlSurfaceCmdBody<'_>),
        flags: QxlSurfaceFlags,
    ) -> Result<QxlCommandExt, Error> {
        let kind = (QxlCmdType::SURFACE, QxlCommandFlags::empty());
        self.command(memory, kind, SURFACE_LEN, |_, release_info| {
            encoded(&QxlSurfaceCmd { release_info, surface_id, type_, flags, body })
        })
    }
}

/// Bytes of an update command.
const UPDATE_LEN: usize = 32;
/// Bytes of a surface command.
const SURFACE_LEN: usize = 41;
