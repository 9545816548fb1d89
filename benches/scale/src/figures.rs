//! The figures of all runs: [`Figures`].

use crate::clock::{median, worst};
use crate::format::{BYTES, Show, TIME};

/// Prints seconds, given nanoseconds.
pub const SECONDS: Show = TIME;
/// Prints the bytes of a file or a heap in units of 1,000,000.
pub const MEGABYTES: Show =
    |value, digits| BYTES(value / 1e6, digits.max(3)).replace("bytes", "MB");

/// Figures in the order in which they were first measured.
#[derive(Default)]
pub struct Figures(Vec<Figure>);

struct Figure {
    name: String,
    show: Show,
    /// One value for each run. A larger value is worse.
    runs: Vec<f64>,
}

impl Figures {
    /// Adds the figure of one run.
    pub fn insert(&mut self, name: impl Into<String>, show: Show, value: f64) {
        let name = name.into();
        match self.0.iter_mut().find(|figure| figure.name == name) {
            Some(figure) => figure.runs.push(value),
            None => self.0.push(Figure { name, show, runs: [value].into() }),
        }
    }

    /// Prints the median and the worst of the runs as a table.
    pub fn print(&self) {
        println!("| figure | median | worst |\n| --- | --- | --- |");
        for Figure { name, show, runs } in &self.0 {
            println!("| {name} | {} | {} |", show(median(runs), 2), show(worst(runs), 2));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Figures, TIME};

    #[test]
    fn figure_keeps_one_value_for_each_run() {
        let mut figures = Figures::default();
        for value in [3.0, 1.0, 2.0] {
            figures.insert("a", TIME, value);
        }
        figures.insert("b", TIME, 5.0);
        assert_eq!(figures.0.len(), 2);
        assert_eq!(figures.0[0].runs, [3.0, 1.0, 2.0]);
    }
}
