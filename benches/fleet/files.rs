//! Reading and writing: traces to Parquet, a year of weather, the first result
//! of the program.

use std::hint::black_box;
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::Instant;

use heatloop::batch::Watcher;
use heatloop::fleet::part::Part;
use heatloop::fleet::traces::{Collector, Traces, chosen};
use heatloop::sim::{self, Options, Silent};
use heatloop::weather::{self, Calendar};

use super::report::{Table, digits};
use super::scale::plan;

/// The first scenario of README.md, on one line less.
const TEN_LINES: &str = r#"heatloop = 1

site = { country = "NL", postal_code = "3511AB" }
period = { start = 2019-01-19, days = 7 }

[[users]]
[[users.devices]]
house = "nl-terraced-1992"
heat_pump = "mitsubishi-ecodan-wz80"
tank = "200 l"
"#;

const TRIES: usize = 7;
/// A trace of so many days is written so many times.
const DAYS: usize = 90;
const HOUSES: usize = 200;
const ROWS: f64 = (HOUSES * DAYS * 96) as f64;

fn best(mut work: impl FnMut() -> f64) -> f64 {
    (0..TRIES).map(|_| work()).fold(f64::INFINITY, f64::min)
}

/// Of eight channels: ns a row to intervals, ns a row to the disk, bytes a row.
fn traces() -> [f64; 3] {
    let names = [
        "outdoor_c",
        "flow_c",
        "element_w",
        "heat_space_w",
        "heat_tank_w",
        "compressor_space_w",
        "compressor_tank_w",
        "grid_import_w",
    ];
    let channels = chosen(&names.map(str::to_owned)).expect("channels of this name");
    assert_eq!(channels.len(), 8);
    let folder = tempfile::tempdir().expect("a folder");
    let plan = plan(folder.path(), 1, DAYS);
    let scenario = plan.scenario(&plan.house(0), false).expect("a house");
    let ran = sim::run(&scenario, Options::default(), &Silent).expect("runs");
    let trace = &ran.devices[0].0;
    let path = folder.path().join("traces");
    let (mut merging_ns, mut writing_ns) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..TRIES {
        let start = Instant::now();
        let collectors: Vec<Collector<'_>> = (0..HOUSES)
            .map(|_| {
                let one = std::slice::from_ref(&scenario);
                let collector = Collector::new(&channels, &plan, one);
                collector.rows(0, trace);
                collector
            })
            .collect();
        merging_ns = merging_ns.min(start.elapsed().as_nanos() as f64);
        let start = Instant::now();
        let part = Part::new(&path).expect("a file");
        let mut file = Traces::new(&channels, &plan, part, None).expect("a file");
        for (house, collector) in collectors.iter().enumerate() {
            file.add(house, collector, 0).expect("is written");
        }
        file.finish().expect("is written");
        writing_ns = writing_ns.min(start.elapsed().as_nanos() as f64);
    }
    let bytes = std::fs::metadata(&path).expect("a file").len() as f64;
    [merging_ns, writing_ns, bytes].map(|x| x / ROWS)
}

/// ms of a run of the ten lines by the program, from its start to its end.
fn first_result(more: &[&str]) -> f64 {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("first.toml");
    std::fs::write(&file, TEN_LINES).expect("is written");
    best(|| {
        let start = Instant::now();
        let status = Command::new(env!("CARGO_BIN_EXE_heatloop"))
            .arg("run")
            .arg(&file)
            .args(more)
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .status()
            .expect("starts");
        assert!(status.success());
        start.elapsed().as_secs_f64() * 1e3
    })
}

fn epw() -> f64 {
    let packed = include_bytes!("../../src/weather/data/golden-tmy3.epw.z");
    let mut epw = Vec::new();
    flate2::read::ZlibDecoder::new(&packed[..])
        .read_to_end(&mut epw)
        .expect("inflates");
    best(|| {
        let start = Instant::now();
        let read = weather::read_epw("golden", black_box(&epw), Calendar::Typical);
        black_box(read.is_ok());
        start.elapsed().as_secs_f64() * 1e3
    })
}

pub(crate) fn all() -> Vec<Table> {
    let mut table = Table::new("Reading and writing", &["", "", "aim"]);
    let [merging_ns, writing_ns, bytes] = traces();
    table.row(&[
        "traces of a fleet to Parquet: 8 channels, f32, lz4; a row",
        &format!("{} ns", digits(writing_ns)),
        "45 ns",
    ]);
    table.row(&[
        "  before: from channels of the kernel's rows to intervals",
        &format!("{} ns", digits(merging_ns)),
        "",
    ]);
    table.row(&["a year of EPW", &format!("{} ms", digits(epw())), "10 ms"]);
    let plain = ["--output", "a", "--no-picture", "--quiet"];
    table.row(&[
        "`run` of ten lines, a week, without pictures; whole process",
        &format!("{} ms", digits(first_result(&plain))),
        "100 ms",
    ]);
    table.row(&[
        "the same with pictures (SVG and PNG)",
        &format!("{} ms", digits(first_result(&["--output", "b", "--quiet"]))),
        "100 ms",
    ]);
    table.note(format!("A row of traces takes {bytes:.1} bytes."));
    vec![table]
}
