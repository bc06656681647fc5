//! Tables that are printed as they come, and put on docs/PERFORMANCE.md.

/// A table: the first column is text, the others are numbers as text.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) title: String,
    pub(crate) head: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
    /// What stands below it.
    pub(crate) notes: Vec<String>,
}

impl Table {
    pub(crate) fn new(title: &str, head: &[&str]) -> Self {
        println!("\n{title}");
        let table = Self {
            title: title.to_owned(),
            head: head.iter().map(|h| (*h).to_owned()).collect(),
            ..Self::default()
        };
        print_row(&table.head);
        table
    }

    pub(crate) fn row(&mut self, cells: &[&str]) {
        let cells: Vec<String> = cells.iter().map(|c| (*c).to_owned()).collect();
        print_row(&cells);
        self.rows.push(cells);
    }

    pub(crate) fn note(&mut self, text: String) {
        println!("{text}");
        self.notes.push(text);
    }

    /// As Markdown.
    pub(crate) fn markdown(&self) -> String {
        let row = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let mut text = format!("### {}\n\n", self.title);
        text += &row(&self.head);
        text += &row(&vec!["---".to_owned(); self.head.len()]);
        self.rows.iter().for_each(|r| text += &row(r));
        for note in &self.notes {
            text += &format!("\n{note}\n");
        }
        text
    }
}

fn print_row(cells: &[String]) {
    let mut line = format!("{:<58}", cells.first().map_or("", String::as_str));
    for cell in cells.iter().skip(1) {
        line += &format!(" {cell:>14}");
    }
    println!("{}", line.trim_end());
}

/// Three digits or so.
pub(crate) fn digits(x: f64) -> String {
    let after = match x.abs() {
        a if a >= 99.95 => 0,
        a if a >= 9.995 => 1,
        _ => 2,
    };
    format!("{x:.after$}")
}
