//! A bar where someone may wait.

use std::io;
use std::io::IsTerminal;

use indicatif::ProgressBar;
use indicatif::ProgressDrawTarget;
use indicatif::ProgressStyle;

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
