//! The progress bar: [`Progress`].

use std::io::{self, IsTerminal, Read};
use std::time::Instant;

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::style;

/// A progress bar with bytes and documents per second. The bar is shown if the standard error is a terminal
/// and the standard output is not a terminal.
pub(crate) struct Progress {
    bar: ProgressBar,
    start: Instant,
}

impl Progress {
    pub(crate) fn new(len: Option<u64>) -> Self {
        if !io::stderr().is_terminal() || io::stdout().is_terminal() {
            return Self { bar: ProgressBar::hidden(), start: Instant::now() };
        }
        let bar = ProgressBar::with_draw_target(len, ProgressDrawTarget::stderr_with_hz(10));
        let coloured = if style::allowed() { ".cyan" } else { "" };
        let template = match len {
            Some(_) => {
                format!("{{bar:30{coloured}}} {{percent}} % {{bytes}} {{bytes_per_sec}} {{msg}}")
            }
            None => format!("{{spinner{coloured}}} {{bytes}} {{bytes_per_sec}} {{msg}}"),
        };
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        Self { bar, start: Instant::now() }
    }

    /// Returns a reader that moves the bar.
    pub(crate) fn reading<R: Read>(&self, reader: R) -> impl Read + use<R> {
        self.bar.wrap_read(reader)
    }

    /// Shows the documents per second.
    pub(crate) fn documents(&self, count: u64) {
        if !self.bar.is_hidden() {
            self.bar.set_message(format!("{} documents/s", HumanCount(self.a_second(count))));
        }
    }

    /// Clears the bar. Returns a summary if the bar was shown.
    pub(crate) fn finish(self, documents: u64) -> Option<String> {
        if self.bar.is_hidden() {
            return None;
        }
        let bytes = self.bar.position();
        self.bar.finish_and_clear();
        Some(format!(
            "{} in {:.1} s: {}/s, {} documents/s",
            HumanBytes(bytes),
            self.start.elapsed().as_secs_f64(),
            HumanBytes(self.a_second(bytes)),
            HumanCount(self.a_second(documents)),
        ))
    }

    fn a_second(&self, count: u64) -> u64 {
        let milliseconds = self.start.elapsed().as_millis().max(1);
        u64::try_from(u128::from(count) * 1000 / milliseconds).unwrap_or(u64::MAX)
    }
}
