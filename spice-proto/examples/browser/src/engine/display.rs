//! One display channel: its canvas, and what has changed on it.

use std::collections::VecDeque;

use spice_proto::canvas::{Canvas, Outcome};
use spice_proto::channel::{Any, FromServer, Received};
use spice_proto::common::Rect;
use spice_proto::image::SharedCaches;
use spice_proto::{Limits, ServerMessage};

use super::News;

pub(super) struct Display {
    canvas: Canvas,
    /// Messages behind one that waits for what another display brings.
    waiting: VecDeque<Received<FromServer<Any>>>,
    waiting_bytes: usize,
    size: (u32, u32),
    damage: Vec<Rect>,
    /// The host knows that something has changed.
    told: bool,
}

/// Bytes of messages that wait.
const MOST_WAITING: usize = 64 << 20;
/// Rectangles that are kept apart; of more only the bounds.
const MOST_RECTS: usize = 32;

impl Display {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            canvas: Canvas::new(limits),
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            size: (0, 0),
            damage: Vec::new(),
            told: false,
        }
    }

    /// Takes a message, behind those that wait.
    pub(super) fn take(
        &mut self,
        received: &Received<FromServer<Any>>,
        shared: &mut SharedCaches,
    ) -> Result<(), String> {
        if self.waiting.is_empty() && self.draw(received, shared)? {
            return Ok(());
        }
        self.waiting_bytes = self.waiting_bytes.saturating_add(received.body().len());
        if self.waiting_bytes > MOST_WAITING {
            return Err("it waits for another display, and too much has come meanwhile".into());
        }
        self.waiting.push_back(received.clone());
        Ok(())
    }

    /// Draws what waited for others and does not any more.
    pub(super) fn go_on(&mut self, shared: &mut SharedCaches) -> Result<(), String> {
        while let Some(first) = self.waiting.pop_front() {
            if !self.draw(&first, shared)? {
                self.waiting.push_front(first);
                return Ok(());
            }
            self.waiting_bytes = self.waiting_bytes.saturating_sub(first.body().len());
        }
        Ok(())
    }

    /// False when it has to wait.
    fn draw(
        &mut self,
        received: &Received<FromServer<Any>>,
        shared: &mut SharedCaches,
    ) -> Result<bool, String> {
        let ServerMessage::Display(message) = received.parse().map_err(|error| error.to_string())? else {
            return Ok(true);
        };
        let primary = self.canvas.primary();
        match self.canvas.apply(&message, shared) {
            Ok(Outcome::Waiting(_)) => return Ok(false),
            Ok(Outcome::Drawn(damage)) if Some(damage.surface_id()) == primary => {
                if self.damage.len().saturating_add(damage.rects().len()) <= MOST_RECTS {
                    self.damage.extend_from_slice(damage.rects());
                } else {
                    let bounds = self.damage.drain(..).fold(damage.bounds(), |all, rect| all.union(rect));
                    self.damage.push(bounds);
                }
            }
            Ok(_) => {}
            // As the reference client: a drawing that cannot be drawn is passed over.
            Err(_) => {}
        }
        let surface = self.canvas.primary().and_then(|id| self.canvas.surface(id));
        let size = surface.map_or((0, 0), |surface| (surface.width(), surface.height()));
        if primary != self.canvas.primary() || size != self.size {
            // The host learns it from `tell`.
            self.damage.clear();
            self.told = false;
        }
        Ok(true)
    }

    /// Says what is new.
    pub(super) fn tell(&mut self, id: u8, news: &mut VecDeque<News>) {
        let surface = self.canvas.primary().and_then(|id| self.canvas.surface(id));
        let size = surface.map_or((0, 0), |surface| (surface.width(), surface.height()));
        if size != self.size {
            self.size = size;
            news.push_back(News::Size(id, size.0, size.1));
            if size.0 > 0 {
                self.damage.push(Rect::of_size(size.0, size.1));
            }
        }
        if !self.damage.is_empty() && !self.told {
            self.told = true;
            news.push_back(News::Damage(id));
        }
    }

    /// What has changed since it was asked for last.
    pub(super) fn take_damage(&mut self) -> Vec<[u32; 4]> {
        self.told = false;
        let rects = self.damage.drain(..).map(|Rect { top, left, bottom, right }| {
            let [left, top, right, bottom] =
                [left, top, right, bottom].map(|side| side.try_into().unwrap_or(0_u32));
            [left, top, right.saturating_sub(left), bottom.saturating_sub(top)]
        });
        rects.collect()
    }

    pub(super) fn pixels(&self, left: u32, top: u32, width: u32, height: u32) -> Option<Vec<u8>> {
        let surface = self.canvas.surface(self.canvas.primary()?)?;
        let [left, top, width, height] = [left, top, width, height].map(|side| i32::try_from(side).ok());
        let (left, top) = (left?, top?);
        let part = Rect { left, top, right: left.checked_add(width?)?, bottom: top.checked_add(height?)? };
        Some(surface.as_view().crop(part)?.to_rgba8())
    }
}
