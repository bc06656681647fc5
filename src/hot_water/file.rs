//! Draws from a CSV file: one number a row in a named column, on a regular
//! grid. Times are not read from the file; the scenario says when it starts
//! and how long an interval is.

use crate::model::Series;

/// More than any tap, or all taps of a house, l/s.
pub const MOST_L_PER_S: f64 = 10.0;

/// What the numbers in the file mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DrawUnit {
    LPerS,
    LPerMin,
    LPerH,
    /// Litres in the interval.
    L,
}

/// Why a file of draws cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DrawFileError {
    #[error("there is no column `{column}`; the file has {known}")]
    NoColumn { column: String, known: String },
    #[error("line {line}: `{text}` is no draw: expected a number from 0 to {most}")]
    NotADraw {
        line: usize,
        text: String,
        /// In the file's unit.
        most: f64,
    },
    #[error("line {line}: {reason}")]
    Broken { line: usize, reason: String },
    #[error("the file has no rows")]
    Empty,
}

/// Reads a column of draws into l/s. Commas or semicolons divide the columns
/// (whichever the first line has). The first 20 faults are reported together.
pub fn read(
    text: &str,
    column: &str,
    unit: DrawUnit,
    start_s: i64,
    step_s: u32,
) -> Result<Series, Vec<DrawFileError>> {
    let first = text.lines().next().unwrap_or_default();
    let delimiter = if first.contains(';') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .trim(csv::Trim::All)
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    let broken = |line: usize, error: &csv::Error| DrawFileError::Broken {
        line,
        reason: error.to_string(),
    };
    let headers = reader.headers().map_err(|e| vec![broken(1, &e)])?.clone();
    let Some(index) = headers.iter().position(|h| h == column) else {
        return Err(vec![DrawFileError::NoColumn {
            column: column.into(),
            known: headers.iter().collect::<Vec<_>>().join(", "),
        }]);
    };
    let to_l_per_s = match unit {
        DrawUnit::LPerS => 1.0,
        DrawUnit::LPerMin => 1.0 / 60.0,
        DrawUnit::LPerH => 1.0 / 3600.0,
        DrawUnit::L => 1.0 / f64::from(step_s),
    };
    let mut values = Vec::new();
    let mut faults = Vec::new();
    for row in reader.records() {
        if faults.len() == 20 {
            break;
        }
        match row {
            Err(error) => {
                let line = error.position().map_or(0, |p| p.line() as usize);
                faults.push(broken(line, &error));
            }
            Ok(row) => {
                let cell = row.get(index).unwrap_or_default();
                match cell.parse::<f64>() {
                    Ok(value) if (0.0..=MOST_L_PER_S).contains(&(value * to_l_per_s)) => {
                        values.push(value * to_l_per_s);
                    }
                    _ => faults.push(DrawFileError::NotADraw {
                        line: row.position().map_or(0, |p| p.line() as usize),
                        text: cell.into(),
                        most: MOST_L_PER_S / to_l_per_s,
                    }),
                }
            }
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    if values.is_empty() {
        return Err(vec![DrawFileError::Empty]);
    }
    // Nothing is drawn before the file starts or after it ends.
    values.insert(0, 0.0);
    values.push(0.0);
    Ok(Series {
        start_s: start_s - i64::from(step_s),
        step_s,
        values: values.into(),
        periodic: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_litres_an_hour_and_is_zero_outside() {
        let series = read("t;l\n0;36\n1;0\n", "l", DrawUnit::LPerH, 600, 60).expect("a good file");
        assert!((series.at(610) - 0.01).abs() < 1e-15);
        assert_eq!(series.at(599), 0.0);
        assert_eq!(series.at(10_000), 0.0);
    }

    #[test]
    fn fails_for_all_bad_rows_at_once_and_for_an_unknown_column() {
        let faults =
            read("draw\n1\n-2\nx\nNaN\n601\n", "draw", DrawUnit::L, 0, 60).expect_err("bad rows");
        assert_eq!(faults.len(), 4);
        assert_eq!(
            faults[0],
            DrawFileError::NotADraw {
                line: 3,
                text: "-2".into(),
                most: 600.0
            }
        );
        let faults = read("draw\n1\n", "Draw", DrawUnit::L, 0, 60).expect_err("no column");
        assert!(faults[0].to_string().contains("the file has draw"));
        assert_eq!(
            read("draw\n", "draw", DrawUnit::L, 0, 60),
            Err(vec![DrawFileError::Empty])
        );
    }
}
