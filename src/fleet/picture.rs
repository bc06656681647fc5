//! What the pictures of a fleet show.

use super::figures::{Figures, megawatts};
use super::plan::Plan;
use super::profile::Profile;
use super::scale::Scale;
use super::text::houses;
use crate::batch::Detail;
use crate::report::format::{digits3, fixed, local, thousands};
use crate::report::{FleetPicture, Histogram, compared, fleet};

/// The pictures by name.
pub(super) fn pictures(
    plan: &Plan,
    figures: &Figures,
    own: &Profile,
    reference: Option<&Profile>,
) -> Vec<(String, String)> {
    let kilowatts = |w: &[f64]| w.iter().map(|x| x * 1e-3).collect::<Vec<f64>>();
    let f = figures;
    let scale = Scale::of(f);
    let power = |w: &[f64]| -> Vec<f64> {
        let all = megawatts(plan, w).into_iter();
        all.map(|mw| scale.power(mw)).collect()
    };
    let stand = match f.represents == f.houses as f64 {
        true => String::new(),
        false => format!(", scaled to {}", thousands(f.represents)),
    };
    let mut picture = FleetPicture {
        title: match f.title.is_empty() {
            true => "A fleet".to_owned(),
            false => f.title.clone(),
        },
        line: match plan.fleet.detail {
            Detail::Full => format!("{} simulated{stand}", houses(f.houses)),
            Detail::Screening => format!("{} screened{stand}", houses(f.houses)),
        },
        start_s: own.start_s,
        step_s: own.step_s,
        timezone: plan.timezone.clone(),
        tiles: tiles(plan, f, scale),
        power_unit: scale.power,
        energy_unit: scale.energy,
        energy_per_hour: scale.energy_of_power(),
        electricity: power(&own.electricity_w),
        heat: power(&own.heat_w),
        grid: power(&own.grid_w),
        pv: power(&own.pv_w),
        outdoor_c: own.outdoor_c.clone(),
        mean_kw: kilowatts(&own.electricity_w),
        quantiles_kw: [0, 1, 2].map(|k| kilowatts(&own.electricity_quantiles_w[k])),
        reference: reference.map(|r| {
            let name = f.compared.as_ref().map_or("", |c| &c.name);
            (name.to_owned(), power(&r.electricity_w))
        }),
        windows: plan
            .windows
            .iter()
            .map(|w| (w.start_s, w.end_s, w.name.clone()))
            .collect(),
        histograms: [
            (0, "Electricity of the plant"),
            (1, "SPF H4"),
            (2, "Rooms too cold"),
        ]
        .iter()
        .filter(|(k, _)| f.spread[*k].houses > 0)
        .map(|(k, title)| Histogram {
            title: (*title).to_owned(),
            unit: f.spread[*k].unit.clone(),
            values: f.spread[*k].values.clone(),
        })
        .collect(),
    };
    let mut all = vec![("picture-fleet".to_owned(), fleet(&picture))];
    if let Some(tiles) = compared_tiles(f, scale) {
        picture.tiles = tiles;
        let drawn = compared(&picture);
        all.extend(drawn.map(|svg| ("picture-compared".to_owned(), svg)));
    }
    all
}

type Tiles = Vec<(String, String, String)>;

fn tile(value: String, unit: &str, what: &str) -> (String, String, String) {
    (value, unit.to_owned(), what.to_owned())
}

fn tiles(plan: &Plan, f: &Figures, scale: Scale) -> Tiles {
    let power = |mw: f64| digits3(scale.power(mw));
    let energy = |mwh: f64| digits3(scale.energy(mwh));
    let l = &f.fleet;
    let when = local(l.peak.at_s, &plan.timezone).strftime("%a %-d %b %H:%M");
    let spf = f.spread.get(1).map_or(f64::NAN, |s| s.p50);
    vec![
        tile(power(l.peak.mw), scale.power, &format!("peak, {when}")),
        tile(digits3(l.peak_house_kw), "kW", "a house at the peak, mean"),
        tile(power(l.mean_mw), scale.power, "mean"),
        tile(fixed(100.0 * l.load_factor, 0), "%", "mean by peak"),
        tile(energy(l.electricity_mwh), scale.energy, "electricity"),
        tile(energy(l.heat_mwh), scale.energy, "heat"),
        tile(fixed(spf, 2), "", "SPF H4, half of the houses below"),
    ]
}

/// What moved: sums of the windows by their sign.
fn compared_tiles(f: &Figures, scale: Scale) -> Option<Tiles> {
    let c = f.compared.as_ref()?;
    let signed = |x: f64| {
        let plus = if x > 0.0 { "+" } else { "" };
        format!("{plus}{}", digits3(x)).replace('-', "−")
    };
    let largest = |sign: f64| {
        let mw = c.windows.iter().map(|w| w.mean_mw);
        mw.filter(|x| x * sign > 0.0)
            .reduce(|a, b| if b * sign > a * sign { b } else { a })
    };
    let mut tiles = Tiles::new();
    if let Some(mw) = largest(-1.0) {
        tiles.push(tile(
            signed(scale.power(mw)),
            scale.power,
            "most moved down, mean of a window",
        ));
    }
    if let Some(mw) = largest(1.0) {
        tiles.push(tile(
            signed(scale.power(mw)),
            scale.power,
            "most moved up, mean of a window",
        ));
    }
    let rebound = c.windows.iter().filter(|w| w.mean_mw < 0.0);
    let rebound = rebound.map(|w| w.rebound.largest.mw).reduce(f64::max);
    if let Some(mw) = rebound {
        tiles.push(tile(
            signed(scale.power(mw)),
            scale.power,
            "highest rebound after one",
        ));
    }
    tiles.push(tile(
        signed(scale.energy(c.electricity_mwh)),
        scale.energy,
        "electricity, by difference",
    ));
    let peaks = f.reference.as_ref().map_or(f64::NAN, |r| r.peak.mw);
    tiles.push(tile(
        signed(scale.power(c.peak_mw)),
        scale.power,
        &format!(
            "highest load: {} instead of {}",
            digits3(scale.power(f.fleet.peak.mw)),
            digits3(scale.power(peaks))
        ),
    ));
    tiles.push(tile(
        signed(c.below_kh),
        "K·h",
        "too cold, a house, by difference",
    ));
    Some(tiles)
}
