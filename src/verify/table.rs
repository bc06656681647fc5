//! Columns of figures from a deflated CSV file.

use std::io::Read as _;

use super::case::Missing;

/// Columns of a reference, by their name in its first line.
pub(super) struct Table {
    pub columns: Vec<(String, Vec<f64>)>,
}

impl Table {
    /// Inflates and reads; lines that begin with `#` are comments.
    pub(super) fn read(deflated: &[u8]) -> Result<Self, Missing> {
        let fault = |e: &dyn std::fmt::Display| Missing::Failed(format!("reference: {e}"));
        let mut text = String::new();
        flate2::read::ZlibDecoder::new(deflated)
            .read_to_string(&mut text)
            .map_err(|e| fault(&e))?;
        let mut reader = csv::ReaderBuilder::new()
            .comment(Some(b'#'))
            .from_reader(text.as_bytes());
        let head = reader.headers().map_err(|e| fault(&e))?.clone();
        let mut columns: Vec<(String, Vec<f64>)> =
            head.iter().map(|h| (h.to_owned(), Vec::new())).collect();
        for record in reader.records() {
            let record = record.map_err(|e| fault(&e))?;
            for (column, cell) in columns.iter_mut().zip(&record) {
                column.1.push(cell.parse().map_err(|e| fault(&e))?);
            }
        }
        Ok(Self { columns })
    }

    /// A column; empty where there is none.
    pub(super) fn column(&self, name: &str) -> Vec<f64> {
        let found = self.columns.iter().find(|(n, _)| n == name);
        found.map(|(_, v)| v.clone()).unwrap_or_default()
    }
}
