//! docs/PERFORMANCE.md: what it says in words, with this machine's tables.

use std::process::Command;

use heatloop::numeric::simd::InstructionSet;

use super::report::Table;

const WORDS: &str = include_str!("performance.md");
/// Where the tables come in the words.
const HERE: &str = "<!-- tables -->\n";
const PEERS: &str = "<!-- peers -->\n";
const COUNTS: &str = "<!-- instructions -->\n";

/// Writes the page.
pub(crate) fn write(tables: &[Table]) {
    let folder = env!("CARGO_MANIFEST_DIR");
    let own: Vec<String> = tables.iter().map(Table::markdown).collect();
    let text = |name: &str| std::fs::read_to_string(format!("{folder}/benches/{name}"));
    let peers = text("peers/measured.md").unwrap_or_else(|_| "Not measured.\n".to_owned());
    let counts =
        text("instructions.tsv").map_or_else(|_| "Not counted.\n".to_owned(), |t| counts(&t));
    let page = WORDS
        .replace(HERE, &format!("{}\n{}", machine(), own.join("\n")))
        .replace(PEERS, &peers)
        .replace(COUNTS, &counts);
    let path = format!("{folder}/docs/PERFORMANCE.md");
    std::fs::write(&path, page).expect("the page can be written");
    println!("\n{path} is written");
}

/// The committed baseline as a table.
fn counts(tsv: &str) -> String {
    let mut text =
        "| compiler | build | path | instructions a house-step |\n| --- | --- | --- | --- |\n"
            .to_owned();
    for line in tsv.lines().filter(|l| !l.starts_with('#')) {
        text += &format!("| {} |\n", line.replace('\t', " | "));
    }
    text
}

fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|l| l.strip_prefix("model name"));
    let model = model.map_or("a processor", |m| m.trim_start_matches([' ', '\t', ':']));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let compiler = Command::new("rustc").arg("--version").output();
    let compiler = compiler.map(|o| String::from_utf8_lossy(&o.stdout).trim().to_owned());
    format!(
        "Machine: {model}, {cores} processors, {}; {}; full steps in `{}`, screened ones in `{}`.\n",
        std::env::consts::ARCH,
        compiler.unwrap_or_else(|_| "an unknown compiler".to_owned()),
        super::set_of_the_full_step().name(),
        InstructionSet::best().name()
    )
}
