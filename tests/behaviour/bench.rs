//! Small scenarios and what is asked of their runs.

use std::path::Path;

use heatloop::metrics::{self, Metrics};
use heatloop::model::Scenario;
use heatloop::scenario::{self, Faults, Format};
use heatloop::sim::{self, Options, Silent};
use heatloop::trace::{DeviceTrace, Reason, RunResult, Totals};

/// A house of one room in the climate of Aachen, from the parts that differ.
pub(crate) struct Text {
    pub(crate) climate: &'static str,
    pub(crate) start: &'static str,
    pub(crate) days: u32,
    /// Lines of the file's head.
    pub(crate) head: String,
    pub(crate) user: String,
    pub(crate) device: String,
    pub(crate) events: String,
}

/// Three days of a winter.
pub(crate) fn winter() -> Text {
    Text {
        climate: "aachen-2021",
        start: "2021-02-08",
        days: 3,
        head: String::new(),
        user: String::new(),
        device: "house = \"nl-terraced-1992\"\nheat_pump = \"mitsubishi-ecodan-wz80\"\ntank = \"200 l\"\n".to_owned(),
        events: String::new(),
    }
}

/// Five days of a hot summer, with a floor that cools.
pub(crate) fn summer() -> Text {
    Text {
        start: "2021-06-15",
        days: 5,
        device: "house = \"be-terraced-2016\"\nheat_pump = \"daikin-altherma-3-r-4\"\nemitter = \"underfloor\"\ntank = \"200 l\"\n".to_owned(),
        ..winter()
    }
}

impl Text {
    pub(crate) fn head(mut self, lines: &str) -> Self {
        self.head += lines;
        self.head += "\n";
        self
    }

    pub(crate) fn user(mut self, lines: &str) -> Self {
        self.user += lines;
        self.user += "\n";
        self
    }

    pub(crate) fn device(mut self, lines: &str) -> Self {
        self.device += lines;
        self.device += "\n";
        self
    }

    /// A document, as JSON without its user, at a local time.
    pub(crate) fn event(mut self, at: &str, document: &str) -> Self {
        let rest = document.strip_prefix('{').expect("an object");
        self.events +=
            &format!("[[events]]\nat = {at}\ndocument = '{{\"user_id\": \"u\", {rest}'\n");
        self
    }

    pub(crate) fn toml(&self) -> String {
        format!(
            "heatloop = 1\nsite = {{ country = \"NL\", postal_code = \"6211AB\" }}\n\
             weather = {{ climate = \"{}\" }}\n\
             period = {{ start = {}, days = {}, record_s = 300, warmup_days = 1 }}\n{}\n\
             [[users]]\nid = \"u\"\n{}\n[[users.devices]]\nid = \"d\"\n{}\n{}",
            self.climate, self.start, self.days, self.head, self.user, self.device, self.events
        )
    }

    pub(crate) fn parse(&self) -> Result<Scenario, Faults> {
        scenario::parse(&self.toml(), Format::Toml, Path::new("tests/behaviour"))
    }

    pub(crate) fn scenario(&self) -> Scenario {
        match self.parse() {
            Ok(scenario) => scenario,
            Err(faults) => panic!("{}\n{}", self.toml(), faults.render(100, false)),
        }
    }

    /// The faults that reading finds, as text.
    pub(crate) fn faults(&self) -> String {
        match self.parse() {
            Ok(_) => panic!("no fault in\n{}", self.toml()),
            Err(faults) => faults.render(100, false),
        }
    }

    pub(crate) fn run(&self) -> Run {
        Run::of(self.scenario())
    }
}

/// A run with its figures.
pub(crate) struct Run {
    pub(crate) result: RunResult,
    pub(crate) metrics: Metrics,
}

impl Run {
    pub(crate) fn of(scenario: Scenario) -> Self {
        let result = sim::run(&scenario, Options::default(), &Silent).expect("runs");
        let metrics = metrics::evaluate(&result, &scenario);
        Self { result, metrics }
    }

    pub(crate) fn trace(&self) -> &DeviceTrace {
        &self.result.devices[0].0
    }

    pub(crate) fn totals(&self) -> &Totals {
        &self.result.devices[0].1
    }

    /// Row that begins at this UTC time.
    pub(crate) fn row(&self, utc: &str) -> usize {
        let at: jiff::Timestamp = utc.parse().expect("RFC 3339");
        let t = self.trace();
        usize::try_from((at.as_second() - t.start_s) / i64::from(t.step_s)).expect("in the period")
    }

    pub(crate) fn minutes(&self, reason: Reason) -> f64 {
        let all = &self.trace().reason_s;
        all.iter()
            .map(|r| f64::from(r[reason as usize]))
            .sum::<f64>()
            / 60.0
    }

    pub(crate) fn warned(&self, words: &str) -> bool {
        self.metrics.warnings.iter().any(|w| w.contains(words))
    }
}

/// Energy of a channel over rows, kWh.
pub(crate) fn kwh(watts: &[f64], step_s: u32) -> f64 {
    watts.iter().sum::<f64>() * f64::from(step_s) / 3.6e6
}

/// Smallest and largest value.
pub(crate) fn range(values: &[f64]) -> (f64, f64) {
    values
        .iter()
        .fold((f64::MAX, f64::MIN), |(a, b), &x| (a.min(x), b.max(x)))
}
