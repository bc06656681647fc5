//! Labelled rows of text that break under their own column, with colour where
//! it is asked for.

use std::fmt::Write as _;

/// Width of the text and of a label, characters.
const WIDTH: usize = 92;
const LABEL: usize = 13;

/// The text so far.
pub(super) struct Writer {
    pub out: String,
    pub colour: bool,
}

impl Writer {
    fn paint(&self, code: &str, s: &str) -> String {
        if self.colour && !s.trim().is_empty() {
            format!("\u{1b}[{code}m{s}\u{1b}[0m")
        } else {
            s.to_owned()
        }
    }

    pub(super) fn title(&mut self, s: &str) {
        let s = self.paint("1", s);
        let _ = writeln!(self.out, "{s}");
    }

    pub(super) fn line(&mut self, s: &str) {
        let _ = writeln!(self.out, "  {}", one_line(s));
    }

    pub(super) fn head(&mut self, label: &str, s: &str) {
        let s = self.paint("2", s.trim_end());
        self.put(label, &s);
    }

    pub(super) fn row(&mut self, label: &str, s: &str) {
        // Long rows go on under their own text.
        let mut first = true;
        for part in wrap(s, WIDTH - LABEL) {
            self.put(if first { label } else { "" }, &part);
            first = false;
        }
    }

    pub(super) fn warn(&mut self, label: &str, s: &str) {
        let mut first = true;
        for part in wrap(&one_line(s), WIDTH - LABEL) {
            let part = self.paint("33", &part);
            self.put(if first { label } else { "" }, &part);
            first = false;
        }
    }

    fn put(&mut self, label: &str, s: &str) {
        let label = self.paint("36", &format!("{label:LABEL$}"));
        let line = format!("{label}{s}");
        let _ = writeln!(self.out, "{}", line.trim_end());
    }

    /// A bar of up to 24 characters for a share.
    pub(super) fn bar(&self, share: f64) -> String {
        let share = if share.is_finite() { share } else { 0.0 };
        let n = (share.clamp(0.0, 1.0) * 24.0).round() as usize;
        if n == 0 { "·".into() } else { "▪".repeat(n) }
    }
}

/// Breaks at spaces so that no line is wider than `width` characters where
/// that is possible. Leading spaces are kept.
fn wrap(s: &str, width: usize) -> Vec<String> {
    if s.chars().count() <= width {
        return vec![s.to_owned()];
    }
    let mut lines = vec![String::new()];
    for word in s.split(' ') {
        let last = lines.len() - 1;
        let used = lines[last].chars().count();
        if used > 0 && used + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
        } else {
            if used > 0 {
                lines[last].push(' ');
            }
            lines[last].push_str(word);
        }
    }
    lines
}

pub(super) fn clip(s: &str, n: usize) -> String {
    if s.chars().count() <= n {
        s.to_owned()
    } else {
        let mut t: String = s.chars().take(n.saturating_sub(1)).collect();
        t.push('…');
        t
    }
}

/// Without line breaks and control characters.
pub(super) fn one_line(s: &str) -> String {
    s.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
