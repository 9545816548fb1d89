//! The figures of all rounds: [`Figures`].

use std::io::{self, Write};

use crate::clock::{median, worst};
use crate::format::Show;

/// Tables in the order in which they were first measured.
#[derive(Default)]
pub struct Figures(Vec<Table>);

/// A table with a row for each thing that is measured.
pub struct Table {
    title: String,
    /// The names of the columns beside those of the library.
    others: Vec<&'static str>,
    rows: Vec<Row>,
}

/// A row of a table.
pub struct Row {
    name: String,
    target: Option<f64>,
    /// The cell of the library.
    own: Cell,
    others: Vec<(&'static str, Cell)>,
}

/// A value for each round. A larger value is worse.
struct Cell {
    show: Show,
    rounds: Vec<f64>,
}

impl Figures {
    /// Returns the table with a title. `others` has the names of the columns beside those of the library.
    pub fn table(&mut self, title: &str, others: &[&'static str]) -> &mut Table {
        let at = self.0.iter().position(|table| table.title == title).unwrap_or(self.0.len());
        if at == self.0.len() {
            let (title, others) = (title.to_owned(), others.to_vec());
            self.0.push(Table { title, others, rows: Vec::new() });
        }
        &mut self.0[at]
    }

    /// Writes all tables.
    ///
    /// # Errors
    ///
    /// An error of the output.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        for table in &self.0 {
            table.write(out)?;
        }
        Ok(())
    }
}

impl Table {
    /// Adds the value of one round to a row, and returns the row for values of other columns.
    pub fn add(
        &mut self,
        name: impl Into<String>,
        target: Option<f64>,
        show: Show,
        value: f64,
    ) -> &mut Row {
        let name = name.into();
        let at = self.rows.iter().position(|row| row.name == name).unwrap_or(self.rows.len());
        if at == self.rows.len() {
            let own = Cell { show, rounds: Vec::new() };
            self.rows.push(Row { name, target, own, others: Vec::new() });
        }
        let row = &mut self.rows[at];
        row.own.rounds.push(value);
        row
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        write!(out, "\n## {}\n\n| | median | worst | target | |", self.title)?;
        self.others.iter().try_for_each(|other| write!(out, " {other} |"))?;
        write!(out, "\n{}", "| --- ".repeat(5 + self.others.len()))?;
        writeln!(out, "|")?;
        self.rows.iter().try_for_each(|row| self.write_row(row, out))
    }

    fn write_row(&self, row: &Row, out: &mut impl Write) -> io::Result<()> {
        let middle = median(&row.own.rounds);
        let result = match row.target {
            Some(target) if middle <= target => "met",
            Some(_) => "**missed**",
            None => "",
        };
        let target = row.target.map(|target| (row.own.show)(target, 2)).unwrap_or_default();
        let (show, worst) = (row.own.show, worst(&row.own.rounds));
        let (middle, worst) = (show(middle, 2), show(worst, 2));
        write!(out, "| {} | {middle} | {worst} | {target} | {result} |", row.name)?;
        for other in &self.others {
            let cell = row.others.iter().find(|(name, _)| name == other);
            let text = cell.map(|(_, cell)| (cell.show)(median(&cell.rounds), 2));
            write!(out, " {} |", text.unwrap_or_default())?;
        }
        writeln!(out)
    }
}

impl Row {
    /// Adds the value of one round to another column.
    pub fn beside(&mut self, column: &'static str, show: Show, value: f64) -> &mut Self {
        match self.others.iter_mut().find(|(name, _)| *name == column) {
            Some((_, cell)) => cell.rounds.push(value),
            None => self.others.push((column, Cell { show, rounds: [value].into() })),
        }
        self
    }
}

/// Prints a number with the thousands separated.
pub fn thousands(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Figures, thousands};
    use crate::format::TIME;

    #[test]
    fn row_has_the_median_the_worst_and_the_result() {
        let mut figures = Figures::default();
        for value in [30.0, 10.0, 20.0] {
            let table = figures.table("Events", &["loop", "bitmaps"]);
            table.add("a", Some(20.0), TIME, value).beside("loop", TIME, value * 100.0);
            table.add("b", Some(19.0), TIME, value);
            table.add("c", None, TIME, value);
        }
        let mut text = Vec::new();
        figures.write(&mut text).unwrap();
        let expected = "
## Events

| | median | worst | target | | loop | bitmaps |
| --- | --- | --- | --- | --- | --- | --- |
| a | 20 ns | 30 ns | 20 ns | met | 2.0 µs |  |
| b | 20 ns | 30 ns | 19 ns | **missed** |  |  |
| c | 20 ns | 30 ns |  |  |  |  |
";
        assert_eq!(String::from_utf8(text).unwrap(), expected);
    }

    #[test]
    fn number_has_separated_thousands() {
        assert_eq!([7, 1000, 1_234_567].map(thousands), ["7", "1,000", "1,234,567"]);
    }
}
