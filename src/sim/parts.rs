//! A row in parts: draws are shorter than a step, and a draw moves water as one
//! plug, so a row with one is stepped in parts of an even draw.

use crate::model::Series;

/// A part of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Part {
    pub duration_s: f64,
    /// The tap's draw throughout, l/s.
    pub draw_l_per_s: f64,
}

/// The parts of one row, in order.
#[derive(Clone, Debug)]
pub(super) struct Parts<'a> {
    draws: &'a Series,
    /// Where the next part begins, and its draw; where the row ends.
    at_s: i64,
    next: f64,
    end_s: i64,
    /// Shortest part, s: the row where nothing is drawn.
    part_s: i64,
}

impl<'a> Parts<'a> {
    /// Of the row of `step_s` at `t_s`.
    pub(super) fn new(draws: &'a Series, t_s: i64, step_s: i64) -> Self {
        let end_s = t_s + step_s;
        let part_s = i64::from(draws.step_s).clamp(1, step_s);
        let drawn = draws.mean(t_s, end_s);
        let divided = drawn > 0.0 && step_s % part_s == 0;
        let (part_s, next) = if divided {
            (part_s, draws.mean(t_s, t_s + part_s))
        } else {
            (step_s, drawn)
        };
        Self {
            draws,
            at_s: t_s,
            next,
            end_s,
            part_s,
        }
    }
}

impl Iterator for Parts<'_> {
    type Item = Part;

    fn next(&mut self) -> Option<Part> {
        if self.at_s >= self.end_s {
            return None;
        }
        // Parts with the same draw are one.
        let (from_s, draw_l_per_s) = (self.at_s, self.next);
        self.at_s += self.part_s;
        while self.at_s < self.end_s {
            self.next = self.draws.mean(self.at_s, self.at_s + self.part_s);
            if self.next != draw_l_per_s {
                break;
            }
            self.at_s += self.part_s;
        }
        Some(Part {
            duration_s: (self.at_s - from_s) as f64,
            draw_l_per_s,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_cut_where_its_draw_changes_and_nowhere_else() {
        let draws = Series {
            start_s: 0,
            step_s: 60,
            values: vec![0.0, 0.1, 0.1, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0].into(),
            periodic: false,
        };
        let parts = |t_s: i64| -> Vec<(f64, f64)> {
            let parts = Parts::new(&draws, t_s, 300);
            parts.map(|p| (p.duration_s, p.draw_l_per_s)).collect()
        };
        assert_eq!(parts(0), [(60.0, 0.0), (120.0, 0.1), (120.0, 0.0)]);
        assert_eq!(parts(300), [(300.0, 0.0)]);
        assert_eq!(Parts::new(&Series::none(), 0, 300).count(), 1);
    }
}
