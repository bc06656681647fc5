//! `pv`: local photovoltaics, as a simple system under the run's weather or as
//! a series of measured or simulated power.
//!
//! The system: P = peak · G/1000 · (1 + γ (Tc − 25)) · (1 − losses), at most
//! the inverter's power, with G the irradiance on the plane (sky model of the
//! weather), Tc = To + (NOCT − 20) · G/800 the cell temperature (NOCT 45 °C,
//! the definition in IEC 61215), γ = −0.4 %/K for crystalline silicon and 14 %
//! of losses (both as in NREL's PVWatts, Dobos 2014). No shading, no snow.

use super::fault::{Code, Fault};
use super::field::{Kind, Section, default, number, optional};
use super::series::{self, Times, series_kind};
use super::view::View;
use crate::model::site::standard_offset_s;
use crate::model::{Series, Site, Weather};
use crate::weather::Rows;

pub static PV: Section = Section {
    name: "pv",
    doc: "Photovoltaics of the house: a simple system (`peak_kwp` and its plane), or `power_w` as a series. \
        The system: peak power times irradiance on its plane over 1000 W/m², less 0.4 % per K of the cells above 25 °C \
        (NOCT 45 °C) and its losses (PVWatts, Dobos 2014).",
    fields: &[
        optional(
            "peak_kwp",
            number("kWp", 0.0, 1000.0),
            "Power under standard test conditions. Either this or `power_w`.",
        ),
        default("tilt_deg", number("°", 0.0, 90.0), "35", "From horizontal."),
        default(
            "azimuth_deg",
            number("°", 0.0, 360.0),
            "180",
            "Clockwise from north: 90 east, 180 south, 270 west.",
        ),
        default(
            "losses",
            number("", 0.0, 0.9),
            "0.14",
            "Share lost to dirt, wiring, mismatch and inverter.",
        ),
        optional(
            "inverter_kw",
            number("kW", 0.0, 1000.0),
            "Most AC power. Left out: no limit.",
        ),
        optional(
            "power_w",
            series_kind!("W", 0.0, 1e6),
            "AC power as a series, instead of `peak_kwp`.",
        ),
    ],
};

/// Length of an interval of the system's power, s.
const STEP_S: u32 = 900;
/// Nominal operating cell temperature above 20 degC air at 800 W/m2, K per W/m2.
const CELL_K_PER_W_PER_M2: f64 = (45.0 - 20.0) / 800.0;
/// Change of power with cell temperature, 1/K.
const GAMMA_PER_K: f64 = -0.004;

/// AC power of a system at one instant, W.
fn power_w(peak_w: f64, losses: f64, irradiance_w_per_m2: f64, outdoor_c: f64) -> f64 {
    let cell_c = outdoor_c + CELL_K_PER_W_PER_M2 * irradiance_w_per_m2;
    let share = irradiance_w_per_m2 / 1000.0 * (1.0 + GAMMA_PER_K * (cell_c - 25.0));
    (peak_w * share * (1.0 - losses)).max(0.0)
}

/// PV power of a device; `device` holds the key `pv`.
pub fn build(
    device: &View<'_>,
    times: &Times<'_>,
    site: &Site,
    weather: Option<&Weather>,
) -> Series {
    let Some(view) = device.section("pv") else {
        return Series::none();
    };
    match (view.opt_number("peak_kwp"), view.has("power_w")) {
        (Some(_), true) => {
            view.fault(
                "power_w",
                Fault::new(
                    Code::Conflict,
                    "the system is described by `peak_kwp` already",
                )
                .hint("keep one of the two"),
            );
            Series::none()
        }
        (None, true) => series::build(&view, "power_w", times),
        (None, false) => {
            if !view.is_faulty("peak_kwp") && !view.is_faulty("power_w") {
                view.fault_here(
                    Fault::new(Code::MissingKey, "nothing says how large the system is")
                        .hint("give `peak_kwp`, or `power_w` as a series"),
                );
            }
            Series::none()
        }
        (Some(peak_kwp), false) => {
            let Some(weather) = weather else {
                return Series::none();
            };
            system(&view, peak_kwp * 1000.0, times, site, weather).unwrap_or_else(Series::none)
        }
    }
}

fn system(
    view: &View<'_>,
    peak_w: f64,
    times: &Times<'_>,
    site: &Site,
    weather: &Weather,
) -> Option<Series> {
    let offset_s = standard_offset_s(times.start_s, times.timezone);
    let rows = Rows::with_warmup(
        weather,
        site,
        [times.start_s, times.end_s],
        STEP_S,
        offset_s,
        times.start_s - times.warmup_s,
    );
    // Where the weather does not cover the period, its own section says so.
    let rows = rows.ok()?;
    let plane = rows.on_plane(view.number("tilt_deg"), view.number("azimuth_deg"));
    let limit_w = view
        .opt_number("inverter_kw")
        .map_or(f64::INFINITY, |kw| kw * 1000.0);
    let losses = view.number("losses");
    let values: Vec<f64> = (0..rows.len())
        .map(|k| {
            let irradiance = plane.direct[k] + plane.diffuse[k] + plane.ground[k];
            power_w(peak_w, losses, irradiance, rows.outdoor_c[k]).min(limit_w)
        })
        .collect();
    Some(Series {
        start_s: rows.start_s,
        step_s: STEP_S,
        values: values.into(),
        periodic: false,
    })
}

#[cfg(test)]
mod tests {
    use super::power_w;

    #[test]
    fn analytic_power_under_standard_conditions() {
        // Cells at 25 degC under 1000 W/m2: 31.25 K above the air.
        assert!((power_w(5000.0, 0.0, 1000.0, 25.0 - 31.25) - 5000.0).abs() < 1e-9);
        // 10 K warmer costs 4 %, losses 14 % of the rest.
        assert!((power_w(5000.0, 0.14, 1000.0, 35.0 - 31.25) - 5000.0 * 0.96 * 0.86).abs() < 1e-9);
        assert_eq!(power_w(5000.0, 0.14, 0.0, -10.0), 0.0);
    }
}
