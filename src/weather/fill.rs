//! Mends short gaps and completes what a source lacks: direct and diffuse
//! light, humidity, pressure, wind, sky temperature. Each fallback leaves a
//! note that names the method.
//!
//! Humidity: the dew point follows the lowest temperature of the day around
//! (Allen et al. 1998, FAO 56, use the daily minimum), smoothed over half a
//! day and 0.5 K lower. Against typical years with measured humidity that
//! offset leaves a bias of the dew point within 0.3 K and 5 % humidity (RMS
//! 3 K, 15 %) in Dresden, Turin, Chicago, Washington and Tampa; San Francisco
//! comes 0.9 K and dry Golden, Colorado, 3.8 K too moist.

use super::civil;
use super::fault::{Faults, WeatherError};
use super::raw::{GAP_LIMIT_S, Light, Raw};
use crate::model::Weather;
use crate::physics::{sky, solar};

/// Wind where a source has none, m/s: the reference speed of ISO 6946.
const FALLBACK_WIND_M_PER_S: f64 = 4.0;
/// Dew point below the day's lowest temperature, K (see the module's head).
const DEW_POINT_BELOW_MINIMUM_K: f64 = 0.5;
/// Below this sine of the elevation (3 deg) clearness says nothing.
const LOW_SUN: f64 = 0.052;

/// Linear interpolation over runs of NaN up to the gap limit; at the ends the
/// nearest value holds. Returns how many values were mended, and gives the
/// longer runs to `long`.
fn mend(values: &mut [f64], step_s: u32, mut long: impl FnMut(usize, usize)) -> usize {
    let limit = (GAP_LIMIT_S / i64::from(step_s)) as usize;
    let mut mended = 0;
    let mut i = 0;
    while i < values.len() {
        if !values[i].is_nan() {
            i += 1;
            continue;
        }
        let end = (i..values.len())
            .find(|&j| !values[j].is_nan())
            .unwrap_or(values.len());
        if end - i > limit || (i == 0 && end == values.len()) {
            long(i, end);
        } else {
            let before = if i > 0 { values[i - 1] } else { values[end] };
            let after = if end < values.len() {
                values[end]
            } else {
                before
            };
            bridge(&mut values[i..end], before, after);
            mended += end - i;
        }
        i = end;
    }
    mended
}

/// A straight line between the values before and after a gap.
fn bridge(gap: &mut [f64], before: f64, after: f64) {
    let pieces = (gap.len() + 1) as f64;
    for (j, value) in gap.iter_mut().enumerate() {
        *value = before + (after - before) * (j + 1) as f64 / pieces;
    }
}

pub(super) fn complete(
    mut raw: Raw,
    light: &[Light],
    faults: &mut Faults,
) -> Result<Weather, WeatherError> {
    let n = raw.time_s.len();
    let step_s = raw.step_s;
    let mut mended = Vec::new();

    let mut long = Vec::new();
    let count = mend(&mut raw.outdoor_c, step_s, |a, b| {
        long.push((a, b, "temperature"))
    });
    if count > 0 {
        mended.push(format!("{count} of temperature"));
    }
    mend_light(&mut raw, light, &mut mended, &mut long);
    for (a, b, what) in long {
        let span = civil::show_span((b - a) as i64 * i64::from(step_s));
        let limit = civil::show_span(GAP_LIMIT_S);
        faults.add(raw.line[a] as usize, || {
            format!(
                "{what} is missing for {span} from {}; gaps up to {limit} are mended",
                civil::show(raw.time_s[a])
            )
        });
    }
    faults.check(&raw.name)?;
    split_light(&mut raw, light);

    let humidity_known = complete_humidity(&mut raw, &mut mended);
    let standard = sky::standard_pressure_pa(raw.altitude_m);
    let pressure = (
        raw.pressure_pa.clone(),
        standard,
        "Pressure",
        "the standard atmosphere at the station's height (ISO 2533)",
    );
    raw.pressure_pa = constant_fallback(&mut raw, pressure, &mut mended);
    let wind = (
        raw.wind_m_per_s.clone(),
        FALLBACK_WIND_M_PER_S,
        "Wind",
        "4 m/s (the reference of ISO 6946)",
    );
    raw.wind_m_per_s = constant_fallback(&mut raw, wind, &mut mended);
    let sky_c = complete_sky(&mut raw, light, humidity_known, &mut mended);

    if !mended.is_empty() {
        raw.notes.push(format!(
            "Missing values mended by interpolation: {}.",
            mended.join(", ")
        ));
    }
    debug_assert_eq!(sky_c.len(), n);
    Ok(Weather {
        name: raw.name,
        source: raw.source,
        sha256: raw.sha256,
        latitude_deg: raw.latitude_deg,
        longitude_deg: raw.longitude_deg,
        altitude_m: raw.altitude_m,
        start_s: raw.time_s[0],
        step_s,
        points_at_s: raw.points_at_s,
        typical_year: raw.typical_year,
        outdoor_c: raw.outdoor_c,
        relative_humidity: raw.humidity,
        humidity_known,
        pressure_pa: raw.pressure_pa,
        wind_m_per_s: raw.wind_m_per_s,
        direct_normal_w_per_m2: raw.direct_normal,
        diffuse_horizontal_w_per_m2: raw.diffuse,
        sky_c,
        notes: raw.notes,
    })
}

/// Mends irradiance by its share of the extraterrestrial, so that a gap over
/// noon is no straight line.
fn mend_light(
    raw: &mut Raw,
    light: &[Light],
    mended: &mut Vec<String>,
    long: &mut Vec<(usize, usize, &'static str)>,
) {
    let step_s = raw.step_s;
    let columns = [
        (&mut raw.global, "global irradiance", true),
        (&mut raw.direct_normal, "direct irradiance", false),
        (&mut raw.diffuse, "diffuse irradiance", true),
    ];
    for (column, what, horizontal) in columns {
        if !column.iter().any(|v| v.is_nan()) {
            continue;
        }
        let top = |l: &Light| l.beam * l.share * if horizontal { l.middle } else { 1.0 };
        let mut clearness: Vec<f64> = Vec::with_capacity(column.len());
        for (&v, l) in column.iter().zip(light) {
            // The last daylight clearness holds through the night.
            let last = clearness.last().copied().unwrap_or(0.3);
            clearness.push(if v.is_nan() {
                f64::NAN
            } else if l.middle > LOW_SUN {
                v / top(l)
            } else if last.is_nan() {
                0.3
            } else {
                last
            });
        }
        let count = mend(&mut clearness, step_s, |a, b| long.push((a, b, what)));
        for ((v, l), k) in column.iter_mut().zip(light).zip(clearness) {
            if v.is_nan() && !k.is_nan() {
                *v = k * top(l);
            }
        }
        if count > 0 {
            mended.push(format!("{count} of {what}"));
        }
    }
}

/// Direct normal and diffuse irradiance from what the source has.
fn split_light(raw: &mut Raw, light: &[Light]) {
    let has = |c: &Vec<f64>| !c.is_empty();
    match (has(&raw.direct_normal), has(&raw.diffuse)) {
        (true, true) => {}
        (true, false) => {
            raw.diffuse = (0..light.len())
                .map(|i| {
                    let beam = raw.direct_normal[i] * light[i].middle;
                    (raw.global[i] - beam).clamp(0.0, raw.global[i])
                })
                .collect();
            raw.notes.push("Diffuse irradiance is global minus direct, with the sun at the middle of the interval's daylight part.".into());
        }
        (false, has_diffuse) => {
            let n = light.len();
            let mut direct = vec![0.0; n];
            let mut diffuse = vec![0.0; n];
            let mut limited = 0;
            for (i, l) in light.iter().enumerate() {
                let global = raw.global[i];
                diffuse[i] = if has_diffuse {
                    raw.diffuse[i].min(global)
                } else {
                    let top = l.beam * l.share * l.middle;
                    let k = if top > 0.0 { global / top } else { 0.0 };
                    global * solar::erbs_diffuse_fraction(k)
                };
                let beam = global - diffuse[i];
                if beam <= 0.0 {
                    continue;
                }
                // Near the horizon a small error of time or height is a large
                // one of direct light: what a very clear sky lets through is
                // the limit, the rest stays diffuse.
                let most = l.share * solar::clearest_direct_normal_w_per_m2(l.middle, l.beam);
                if l.middle <= 0.0 || beam > most * l.middle {
                    limited += 1;
                    direct[i] = most;
                    diffuse[i] = global - most * l.middle;
                } else {
                    direct[i] = beam / l.middle;
                }
            }
            raw.direct_normal = direct;
            raw.diffuse = diffuse;
            let how = if has_diffuse {
                "Direct normal irradiance is (global - diffuse) / sin h"
            } else {
                "Diffuse irradiance is estimated from global (Erbs et al. 1982), direct normal is (global - diffuse) / sin h"
            };
            raw.notes.push(format!(
                "{how}, with the sun at the middle of the interval's daylight part; {limited} values near the horizon were limited to a very clear sky's."
            ));
        }
    }
}

type Fallback = (Vec<f64>, f64, &'static str, &'static str);

/// Mends a column, and fills what remains with a constant.
fn constant_fallback(
    raw: &mut Raw,
    (mut column, value, what, text): Fallback,
    mended: &mut Vec<String>,
) -> Vec<f64> {
    let n = raw.time_s.len();
    if column.is_empty() {
        raw.notes
            .push(format!("{what} is not in the source: {text} is used."));
        return vec![value; n];
    }
    let mut long = 0;
    let count = mend(&mut column, raw.step_s, |a, b| long += b - a);
    if count > 0 {
        mended.push(format!("{count} of {}", what.to_lowercase()));
    }
    if long > 0 {
        raw.notes.push(format!(
            "{what} is missing in {long} records: {text} is used there."
        ));
        column
            .iter_mut()
            .filter(|v| v.is_nan())
            .for_each(|v| *v = value);
    }
    column
}

/// Fills `raw.humidity`; whether (nearly) all of it was measured.
fn complete_humidity(raw: &mut Raw, mended: &mut Vec<String>) -> bool {
    let n = raw.time_s.len();
    if raw.humidity.is_empty() {
        raw.humidity = vec![f64::NAN; n];
    }
    for i in 0..n.min(raw.dew_point_c.len()) {
        if raw.humidity[i].is_nan() && !raw.dew_point_c[i].is_nan() {
            raw.humidity[i] = sky::relative_humidity(raw.outdoor_c[i], raw.dew_point_c[i]);
        }
    }
    let mut long = 0;
    let count = mend(&mut raw.humidity, raw.step_s, |a, b| long += b - a);
    if count > 0 {
        mended.push(format!("{count} of humidity"));
    }
    if long > 0 {
        let dew = dew_point_from_minimum(&raw.outdoor_c, raw.step_s);
        for (i, &dew) in dew.iter().enumerate() {
            if raw.humidity[i].is_nan() {
                raw.humidity[i] =
                    sky::relative_humidity(raw.outdoor_c[i], dew.min(raw.outdoor_c[i]));
            }
        }
        let share = if long == n {
            "not in the source".to_owned()
        } else {
            format!("missing in {long} records")
        };
        raw.notes.push(format!(
            "Humidity is {share}: the dew point is estimated from the lowest temperature of the day around (after FAO 56) less 0.5 K; expect about 15 % RMS error in humidity."
        ));
    }
    long * 20 < n
}

/// Lowest temperature within 12 h before and after, smoothed over 12 h.
fn dew_point_from_minimum(outdoor_c: &[f64], step_s: u32) -> Vec<f64> {
    let half = (12 * 3600 / step_s) as usize;
    let n = outdoor_c.len();
    let mut minimum = vec![0.0; n];
    // Monotone queue: each index enters and leaves once.
    let mut queue = std::collections::VecDeque::new();
    let mut next = 0;
    for (i, low) in minimum.iter_mut().enumerate() {
        while next < n && next <= i + half {
            while queue
                .back()
                .is_some_and(|&j: &usize| outdoor_c[j] >= outdoor_c[next])
            {
                queue.pop_back();
            }
            queue.push_back(next);
            next += 1;
        }
        while queue.front().is_some_and(|&j| j + half < i) {
            queue.pop_front();
        }
        *low = queue.front().map_or(outdoor_c[i], |&j| outdoor_c[j]);
    }
    let mut sums = vec![0.0; n + 1];
    for i in 0..n {
        sums[i + 1] = sums[i] + minimum[i];
    }
    let quarter = half / 2;
    (0..n)
        .map(|i| {
            let (a, b) = (i.saturating_sub(quarter), (i + quarter + 1).min(n));
            (sums[b] - sums[a]) / (b - a) as f64 - DEW_POINT_BELOW_MINIMUM_K
        })
        .collect()
}

/// Sky temperature from infrared, or from dew point and clouds.
fn complete_sky(
    raw: &mut Raw,
    light: &[Light],
    humidity_known: bool,
    mended: &mut Vec<String>,
) -> Vec<f64> {
    let n = raw.time_s.len();
    let mut infrared = std::mem::take(&mut raw.infrared);
    infrared.resize(n, f64::NAN);
    let mut long = 0;
    let count = mend(&mut infrared, raw.step_s, |a, b| long += b - a);
    if count > 0 {
        mended.push(format!("{count} of horizontal infrared"));
    }
    if long > 0 {
        let mut cloud = std::mem::take(&mut raw.cloud);
        cloud.resize(n, f64::NAN);
        let mut unknown = 0;
        mend(&mut cloud, raw.step_s, |a, b| unknown += b - a);
        if unknown > 0 {
            let estimate = cloud_from_light(raw, light);
            for i in 0..n {
                if cloud[i].is_nan() {
                    cloud[i] = estimate[i];
                }
            }
        }
        for i in 0..n {
            if infrared[i].is_nan() {
                let dew = sky::dew_point_c(raw.outdoor_c[i], raw.humidity[i]);
                infrared[i] = sky::horizontal_infrared_w_per_m2(raw.outdoor_c[i], dew, cloud[i]);
            }
        }
        let share = if long == n {
            "not in the source".to_owned()
        } else {
            format!("missing in {long} records")
        };
        let clouds = if unknown == 0 {
            "the source's cloud cover"
        } else {
            "cloud cover estimated from global irradiance (Kasten and Czeplak 1980, nights interpolated)"
        };
        let dew = if humidity_known { "" } else { " estimated" };
        raw.notes.push(format!(
            "Long-wave radiation of the sky is {share}: Clark and Allen (1978) with Walton's (1983) cloud factor, from the{dew} dew point and {clouds}."
        ));
    }
    infrared.into_iter().map(sky::sky_temperature_c).collect()
}

/// Cloud cover from the light of three hours around; nights are interpolated.
fn cloud_from_light(raw: &Raw, light: &[Light]) -> Vec<f64> {
    let n = light.len();
    let half = (5400 / raw.step_s) as usize;
    let mut sums = vec![(0.0, 0.0); n + 1];
    for (i, l) in light.iter().enumerate() {
        let (mut global, mut clear) = sums[i];
        if l.middle > 2.0 * LOW_SUN && l.share == 1.0 {
            global += raw.diffuse[i] + raw.direct_normal[i] * l.middle;
            clear += sky::clear_global_w_per_m2(l.middle);
        }
        sums[i + 1] = (global, clear);
    }
    let mut cloud: Vec<f64> = (0..n)
        .map(|i| {
            let (a, b) = (sums[i.saturating_sub(half)], sums[(i + half + 1).min(n)]);
            if b.1 - a.1 > 1.0 {
                sky::cloud_cover(b.0 - a.0, b.1 - a.1)
            } else {
                f64::NAN
            }
        })
        .collect();
    // Polar nights hold no information: half covered.
    let mut i = 0;
    while i < n {
        if !cloud[i].is_nan() {
            i += 1;
            continue;
        }
        let end = (i..n).find(|&j| !cloud[j].is_nan()).unwrap_or(n);
        let before = if i > 0 {
            cloud[i - 1]
        } else if end < n {
            cloud[end]
        } else {
            0.5
        };
        let after = if end < n { cloud[end] } else { before };
        bridge(&mut cloud[i..end], before, after);
        i = end;
    }
    cloud
}
