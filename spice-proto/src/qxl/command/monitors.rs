//! The configuration of monitors.

use alloc::vec::Vec;

use super::Reader;
use super::error::{Error, ErrorKind};
use super::image::behind;
use crate::display::Head;
use crate::qxl::{Guest, QxlHead};
use crate::wire::{GuestAddress, Parse};

impl Reader {
    /// Reads a `QXLMonitorsConfig`: puts heads that have a size into `heads`, and gives `max_allowed` for the
    /// message.
    pub(crate) fn monitors(
        &self,
        guest: Guest<'_>,
        group: u32,
        at: GuestAddress,
        max_monitors: u16,
        heads: &mut Vec<Head>,
        bytes: &mut Vec<u8>,
    ) -> Result<u16, Error> {
        let fetch = self.fetcher(guest, group);
        let within = |error: Error| error.within("monitors_config");
        let head: [u8; 4] = fetch.bytes(at, "").map_err(within)?;
        let [count, max_allowed] = [[head[0], head[1]], [head[2], head[3]]].map(u16::from_le_bytes);
        if count == 0 || count > max_allowed {
            let kind = ErrorKind::Count { count: count.into(), allowed: max_allowed.into() };
            return Err(within(Error::new(kind, at, "count")));
        }
        bytes.clear();
        let len = u64::from(count).saturating_mul(28);
        fetch.append(behind(at, 4), len, bytes, "heads").map_err(within)?;
        heads.clear();
        for bytes in bytes.as_chunks::<28>().0.iter().take(max_monitors.into()) {
            let Ok(QxlHead { id, surface_id, width, height, x, y, .. }) = QxlHead::parse(bytes) else {
                continue;
            };
            if width > 0 && height > 0 {
                heads.push(Head { monitor_id: id, surface_id, width, height, x, y, flags: 0 });
            }
        }
        Ok(max_allowed.min(max_monitors))
    }
}
