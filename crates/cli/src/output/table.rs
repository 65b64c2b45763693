//! Aligned columns.

use crate::exit::Stop;
use crate::output::out::{Out, PLAIN, STRONG, Style};
use crate::output::words::short;

/// The widest a column gets; the last one may use what is left of a wide line.
const MAX_WIDTH: usize = 56;
const MAX_LAST_WIDTH: usize = 90;

/// One cell.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    text: String,
    style: Style,
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self { text, style: PLAIN }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl Cell {
    /// A cell in a colour.
    pub(crate) fn styled(text: impl Into<String>, style: Style) -> Self {
        Self { text: text.into(), style }
    }

    /// A cell of what may be missing.
    pub(crate) fn or_dash(text: Option<impl ToString>) -> Self {
        text.map_or_else(|| "–".to_owned(), |t| t.to_string()).into()
    }
}

/// Rows of cells under headings. A heading that starts with `>` stands over numbers.
#[derive(Debug, Default)]
pub(crate) struct Table {
    heads: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// An empty table.
    #[must_use]
    pub(crate) fn new(heads: &[&'static str]) -> Self {
        Self { heads: heads.to_vec(), rows: Vec::new() }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        let last = self.heads.len().saturating_sub(1);
        let cut = |(column, cell): (usize, Cell)| {
            let most = if column == last { MAX_LAST_WIDTH } else { MAX_WIDTH };
            Cell { text: short(&cell.text, most), style: cell.style }
        };
        self.rows.push(cells.into_iter().enumerate().map(cut).collect());
    }

    /// Prints it.
    ///
    /// # Errors
    /// [`Stop::Closed`] when nobody reads any more.
    pub(crate) fn print(&self, out: Out) -> Result<(), Stop> {
        let heads: Vec<Cell> =
            self.heads.iter().map(|h| Cell::styled(h.trim_start_matches('>'), STRONG)).collect();
        let width = |column: usize| {
            let cells = std::iter::once(&heads).chain(&self.rows).filter_map(|row| row.get(column));
            cells.map(|cell| cell.text.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..heads.len()).map(width).collect();
        for row in std::iter::once(&heads).chain(&self.rows) {
            out.line(self.lay_out(row, &widths))?;
        }
        Ok(())
    }

    fn lay_out(&self, row: &[Cell], widths: &[usize]) -> String {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
            let gap = " ".repeat(width.saturating_sub(cell.text.chars().count()));
            let right = self.heads.get(column).is_some_and(|h| h.starts_with('>'));
            let style = cell.style;
            if column > 0 {
                line.push_str("  ");
            }
            let text = format!("{style}{}{style:#}", cell.text);
            match (right, column + 1 == row.len()) {
                (true, _) => line.extend([gap, text]),
                (false, true) => line.push_str(&text),
                (false, false) => line.extend([text, gap]),
            }
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stands_left_and_numbers_right() {
        let mut table = Table::new(&["name", ">n", "last"]);
        table.row(["a".into(), "1".into(), "x".into()]);
        table.row(["longer".into(), "22".into(), "y".into()]);
        let widths = [6, 2, 4];
        let lines: Vec<String> = table.rows.iter().map(|r| table.lay_out(r, &widths)).collect();
        assert_eq!(lines, ["a        1  x", "longer  22  y"]);
    }
}
