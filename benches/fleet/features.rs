//! What each feature of the control law costs in whole scenarios: all of them
//! on, and one switched off at a time. Figures by the batch, one core.

use std::time::Instant;

use heatloop::batch;
use heatloop::model::Scenario;
use heatloop::sim::{self, Options, Silent};

use super::report::{Table, digits};
use super::scale::{read, within};

const HOUSES: usize = 8;
const DAYS: usize = 28;
const TRIES: usize = 5;

const FEATURES: [(&str, &str); 9] = [
    ("a tank, with its draws, charging and priority", "tank"),
    ("random draws (else a tapping cycle)", "random"),
    ("disinfection once a week", "disinfection"),
    ("schedule of targets, twice a day", "schedule"),
    ("mode `auto`: heating and cooling (else heating)", "auto"),
    ("steering by tariff and by the sun", "steering"),
    ("a settings document a day", "documents"),
    ("photovoltaics and household", "pv"),
    ("three rooms (else one)", "rooms"),
];

fn scenario(k: usize, without: Option<&str>) -> Scenario {
    let has = |feature: &str| without != Some(feature);
    let on = |feature: &str, text: &str| match has(feature) {
        true => text.to_owned(),
        false => String::new(),
    };
    let steered = has("steering");
    let mode = if has("auto") { "auto" } else { "heating" };
    let mut text = format!(
        r#"
heatloop = 1
site = {{ country = "NL", postal_code = "6211AB" }}
weather = {{ climate = "aachen-2021" }}
period = {{ start = 2021-03-01, days = {DAYS}, warmup_days = 1 }}
prices.energy_eur_per_kwh = [
    0.09, 0.08, 0.08, 0.08, 0.09, 0.11, 0.17, 0.22, 0.20, 0.15, 0.13, 0.12,
    0.11, 0.11, 0.12, 0.14, 0.17, 0.23, 0.27, 0.25, 0.20, 0.16, 0.13, 0.11,
]
[[users]]
id = "u"
settings.room = {{ temperature_control_mode = "{mode}", preferred_temperature = {:.1}, schedule_enabled = {} }}
settings.optimization_settings = {{ dynamic_tariff = {steered}, pv_self_consumption = {steered} }}
schedule = [{{ days = "daily", start = "06:30", end = "22:30", target_c = 20.5 }}]
[[users.devices]]
heat_pump = "daikin-altherma-3-r-4"
"#,
        19.0 + 0.2 * (k % 10) as f64,
        has("schedule"),
    );
    text += &on("tank", "tank = { volume_l = 200, layers = 4 }\n");
    if has("tank") {
        text += match has("random") {
            true => "hot_water.draws = { kind = \"random\", persons = 3 }\n",
            false => "hot_water.draws = { kind = \"cycle\", profile = \"M\" }\n",
        };
        text += &on(
            "disinfection",
            "controller.disinfection = { weekday = \"friday\", start = \"03:00\", temperature_c = 60, hold_min = 30 }\n",
        );
    }
    text += &on(
        "pv",
        "pv = { peak_kwp = 5, tilt_deg = 40 }\nbase_load_w = 300\n",
    );
    let rooms: &[&str] = match has("rooms") {
        true => &["living", "kitchen", "bedroom"],
        false => &["living"],
    };
    for room in rooms {
        text += &format!(
            "[users.devices.house.template.rooms.{room}]\nfloor_area_m2 = {0}\n\
             model = {{ kind = \"air-and-mass\", loss_w_per_k = {1}, mass_kj_per_k = {2} }}\n",
            120 / rooms.len(),
            150 / rooms.len(),
            24_000 / rooms.len()
        );
    }
    if has("documents") {
        for day in 2..DAYS {
            text += &format!(
                "[[events]]\nat = 2021-03-{day:02}T16:00\n\
                 document = {{ user_id = \"u\", room = {{ preferred_temperature = {:.1} }} }}\n",
                19.0 + 0.1 * (day % 10) as f64
            );
        }
    }
    read(&text)
}

/// House-steps of 300 s of all houses, warm-up included.
const STEPS: f64 = (HOUSES * (DAYS + 1) * 288) as f64;

/// ns a house-step, one core, of each kind of scenarios. Tries go round all
/// kinds, so that what else the machine does falls on all alike.
fn timed(kinds: &[Option<&str>]) -> Vec<f64> {
    let scenarios: Vec<Vec<Scenario>> = kinds
        .iter()
        .map(|without| (0..HOUSES).map(|k| scenario(k, *without)).collect())
        .collect();
    let mut least = vec![f64::INFINITY; kinds.len()];
    within(1, || {
        for _ in 0..TRIES {
            for (least, scenarios) in least.iter_mut().zip(&scenarios) {
                let start = Instant::now();
                let ran = batch::evaluate(scenarios, Options::default(), &Silent);
                *least = least.min(start.elapsed().as_nanos() as f64 / STEPS);
                assert!(ran.iter().all(Result::is_ok));
            }
        }
        least
    })
}

pub(crate) fn all() -> Vec<Table> {
    let mut table = Table::new(
        "Whole scenarios with their figures, one core: all features, and one less",
        &["", "ns a house-step", "its price, ns", "of all"],
    );
    let without = FEATURES.iter().map(|(_, feature)| Some(*feature));
    let kinds: Vec<Option<&str>> = std::iter::once(None).chain(without).collect();
    let ns = timed(&kinds);
    let whole = ns[0];
    table.row(&["all features", &digits(whole), "", ""]);
    for ((name, _), without) in FEATURES.iter().zip(&ns[1..]) {
        table.row(&[
            &format!("without {name}"),
            &digits(*without),
            &digits(whole - without),
            &format!("{:.0} %", 100.0 * (1.0 - without / whole)),
        ]);
    }
    let single = within(1, || {
        let scenarios: Vec<Scenario> = (0..HOUSES).map(|k| scenario(k, None)).collect();
        let start = Instant::now();
        for scenario in &scenarios {
            let ran = sim::run(scenario, Options::default(), &Silent).expect("runs");
            std::hint::black_box(ran.devices.len());
        }
        start.elapsed().as_nanos() as f64 / STEPS
    });
    table.row(&[
        "the same, run one by one, traces in memory, no figures",
        &digits(single),
        "",
        "",
    ]);
    table.note(
        "Located switching, reasons and sums are in each row; they can't be switched off. \
         The table above says what switching costs in the step."
            .to_owned(),
    );
    vec![table]
}
