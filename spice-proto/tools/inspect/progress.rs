//! A bar where someone may wait.

use std::io;
use std::io::IsTerminal;
use std::path::Path;

use indicatif::ProgressBar;
use indicatif::ProgressDrawTarget;
use indicatif::ProgressStyle;

use crate::capture::Capture;
use crate::capture::CaptureError;

/// Messages done, of all.
pub(crate) struct Bar(ProgressBar);

impl Bar {
    /// Not to be seen yet.
    pub(crate) fn hidden() -> Self {
        Bar(ProgressBar::hidden())
    }

    /// Shows how far we are, if standard error is a terminal.
    pub(crate) fn show(&self, done: usize, total: usize) {
        if !io::stderr().is_terminal() {
            return;
        }
        let Bar(bar) = self;
        if bar.length().is_none() {
            let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} messages, {eta} left");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_length(total as u64);
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        bar.set_position(done as u64);
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.0.finish_and_clear();
    }
}

/// Reads a capture, with a bar where someone may wait for it.
pub(crate) fn open(path: &Path) -> Result<Capture, CaptureError> {
    if !io::stderr().is_terminal() {
        return Capture::open(path);
    }
    let bar = ProgressBar::hidden();
    let result = Capture::open_with_progress(path, |read, total| {
        if total >= LONG_INPUT && bar.length().is_none() {
            bar.set_length(total);
            bar.set_style(bar_style());
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        bar.set_position(read);
    });
    bar.finish_and_clear();
    result
}

fn bar_style() -> ProgressStyle {
    const TEMPLATE: &str = "{wide_bar} {bytes}/{total_bytes}, {bytes_per_sec}, {eta} left";
    ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Shorter files are read before a bar could be looked at.
const LONG_INPUT: u64 = 8 << 20;
