//! Colours on a terminal: [`Style`].

use std::fmt::{self, Display};
use std::io::{self, IsTerminal};

/// The colours of the standard output.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    colours: bool,
}

impl Style {
    /// Returns a style with colours if the standard output is a terminal with colours. `NO_COLOR` turns
    /// colours off: see <https://no-color.org>.
    pub(crate) fn of_stdout() -> Self {
        Self { colours: io::stdout().is_terminal() && allowed() }
    }

    pub(crate) fn good(self, text: impl Display) -> impl Display {
        Marked { code: "32", text, colours: self.colours }
    }

    pub(crate) fn bad(self, text: impl Display) -> impl Display {
        Marked { code: "31", text, colours: self.colours }
    }

    pub(crate) fn strong(self, text: impl Display) -> impl Display {
        Marked { code: "1", text, colours: self.colours }
    }
}

/// Returns `true` unless `NO_COLOR` or `TERM` turns colours off.
pub(crate) fn allowed() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !is_set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

struct Marked<T> {
    code: &'static str,
    text: T,
    colours: bool,
}

impl<T: Display> Display for Marked<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, text, colours } = self;
        if *colours { write!(f, "\x1b[{code}m{text}\x1b[0m") } else { text.fmt(f) }
    }
}
