//! What has become of a screen's surfaces, for feeds to read.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::change::{Change, Log};
use super::choice;
use super::content::Content;
use crate::canvas::{Outcome, Region};
use crate::common::Rect;
use crate::display::{ServerMessage, SurfaceFlags};
use crate::image::View;

/// Surfaces that came and went, versions of the heads, the last changes.
#[derive(Debug)]
pub(super) struct History {
    /// Surfaces by number, each with a number that is never used again. INVARIANT: those of the canvas.
    generations: Vec<(u32, u64)>,
    next_generation: u64,
    heads_version: u64,
    log: Log,
    /// Contents of rectangles that feeds asked for since the last change.
    contents: Vec<(u64, Rect, Content)>,
    /// As many references as there are feeds, and this one.
    feeds: Arc<()>,
}

impl History {
    pub(super) fn new() -> Self {
        Self {
            generations: Vec::new(),
            next_generation: 0,
            heads_version: 0,
            log: Log::default(),
            contents: Vec::new(),
            feeds: Arc::new(()),
        }
    }

    /// A message was carried out; `primary` was the primary surface before.
    pub(super) fn drawn(&mut self, message: &ServerMessage<'_>, outcome: &Outcome<'_>, primary: Option<u32>) {
        match (message, outcome) {
            (ServerMessage::SurfaceCreate(create), _) => {
                self.created(
                    create.surface_id,
                    primary.filter(|_| create.flags.contains(SurfaceFlags::PRIMARY)),
                );
            }
            (ServerMessage::Mode(_), Outcome::Drawn(damage)) => self.created(damage.surface_id(), primary),
            (ServerMessage::SurfaceDestroy(destroy), _) => {
                self.generations.retain(|(id, _)| *id != destroy.surface_id);
                self.heads_changed();
            }
            (ServerMessage::MonitorsConfig(_), _) => self.heads_changed(),
            (_, Outcome::Drawn(damage)) => {
                self.write_down(damage.surface_id(), Some(message), || damage.to_region());
            }
            _ => {}
        }
    }

    /// Pixels of a surface have got other values.
    pub(super) fn changed(&mut self, surface_id: u32, region: Region) {
        self.write_down(surface_id, None, || region);
    }

    pub(super) fn log(&self) -> &Log {
        &self.log
    }

    /// A number that changes with the heads.
    pub(super) fn heads_version(&self) -> u64 {
        self.heads_version
    }

    /// Surfaces by number, with their generations.
    pub(super) fn surfaces(&self) -> impl Iterator<Item = (u32, u64)> {
        self.generations.iter().copied()
    }

    /// The content of a part of a surface.
    pub(super) fn content(&mut self, surface_id: u32, rect: Rect, view: &View<'_>) -> Option<Content> {
        let (_, generation) = *self.generations.iter().find(|(id, _)| *id == surface_id)?;
        let known = self.contents.iter().find(|(of, place, _)| *of == generation && *place == rect);
        if let Some((_, _, content)) = known {
            return Some(*content);
        }
        let content = Content::of(view);
        if self.contents.len() < MOST_CONTENTS {
            self.contents.push((generation, rect, content));
        }
        Some(content)
    }

    /// How many feeds there are.
    pub(super) fn feeds(&self) -> usize {
        Arc::strong_count(&self.feeds).saturating_sub(1)
    }

    /// What counts a feed as long as it is held.
    pub(super) fn token(&self) -> Arc<()> {
        Arc::clone(&self.feeds)
    }

    /// A surface has come, and these of the others have gone for it.
    fn created(&mut self, surface_id: u32, replaced: Option<u32>) {
        self.generations.retain(|(id, _)| *id != surface_id && Some(*id) != replaced);
        self.generations.push((surface_id, self.next_generation));
        self.next_generation = self.next_generation.saturating_add(1);
        self.heads_changed();
    }

    fn heads_changed(&mut self) {
        self.heads_version = self.heads_version.saturating_add(1);
    }

    /// A change of pixels.
    fn write_down(
        &mut self,
        surface_id: u32,
        message: Option<&ServerMessage<'_>>,
        region: impl FnOnce() -> Region,
    ) {
        self.contents.clear();
        if self.feeds() == 0 {
            return; // Those that come later begin with all pixels.
        }
        let mut region = region();
        let generation = self.generations.iter().find(|(id, _)| *id == surface_id);
        let Some((_, generation)) = generation.filter(|_| !region.is_empty()) else { return };
        let drawing = message.and_then(|message| choice::drawing(message, &region));
        choice::coarsen(&mut region);
        self.log.push(Change { generation: *generation, region, drawing });
    }
}

/// Contents that are remembered until the next change: clients that keep up ask for the same.
const MOST_CONTENTS: usize = 64;
