//! What steering asks for: the activation schedule of `flex_trading`, and the
//! simple rule of `dynamic_tariff` and `pv_self_consumption`.
//!
//! Steering only asks. Bounds, minimum times and priorities are the control
//! law's, and they win. The rule here is a sensible one, not an optimal one: it
//! ranks the prices of a day and looks at the surplus of the moment.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::settings::Effective;
use crate::model::{Activation, Device, Scenario, Series};

/// Length of a quarter-hour, s.
pub const QUARTER_S: i64 = 900;
/// A price must differ from the day's mean by at least this to count as cheap
/// or dear, EUR/kWh, and by [`LEAST_RELATIVE_SPREAD`] of the mean. Shifting
/// costs standing losses and a warmer flow, so small differences do not pay.
pub const LEAST_SPREAD_EUR_PER_KWH: f64 = 0.01;
/// See [`LEAST_SPREAD_EUR_PER_KWH`]; a share of the day's mean.
pub const LEAST_RELATIVE_SPREAD: f64 = 0.05;

/// What an activation schedule commands at a time. `None`: no command, the
/// device's own thermostats hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Command {
    /// 0 off, n the n-th row of the device's declared powers.
    pub house: Option<u8>,
    pub tank: Option<u8>,
}

/// The command in force at `t_s` (s since the epoch). `schedule` must be sorted
/// and free of overlaps, as the reader of scenarios sees to.
pub fn command_at(schedule: &[Activation], t_s: i64) -> Command {
    let after = schedule.partition_point(|a| a.start_s <= t_s);
    match after.checked_sub(1).map(|i| schedule[i]) {
        Some(a) if t_s < a.end_s => Command {
            house: a.house,
            tank: a.tank,
        },
        _ => Command::default(),
    }
}

/// What the two own rules see of a period, one value a quarter-hour. Which of
/// them count is a setting that may change during a run, so they are kept apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Steering {
    start_s: i64,
    /// -1 dear, 0 neither, +1 cheap.
    price: Vec<i8>,
    /// PV less what the household takes besides, W; negative infinity without PV.
    surplus_w: Vec<f64>,
    /// Surplus that counts at all, W.
    least_surplus_w: f64,
}

/// What the unit would draw if it ran now, W: for the rooms, and for the tank.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Draw {
    pub house_w: f64,
    pub tank_w: f64,
}

/// Where targets move: +1 towards the bound that stores (heating and tank:
/// upper; cooling: lower), -1 towards the one that saves, 0 not at all.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shifts {
    pub house: f64,
    pub tank: f64,
}

/// The thresholds of the rule: device properties.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// Cheapest and dearest share of a day's quarter-hours, 0 to 0.5.
    pub price_quantile: f64,
    /// Surplus that counts, W.
    pub pv_surplus_w: f64,
}

impl Steering {
    /// The signals of a device over the period and its warm-up, with the
    /// purchase price of the scenario's grid: energy, network and tax.
    pub fn new(scenario: &Scenario, device: &Device) -> Self {
        let (grid, period) = (&scenario.grid, &scenario.period);
        let total = |t0_s, t1_s| {
            grid.purchase_eur_per_kwh.mean(t0_s, t1_s)
                + grid.network_eur_per_kwh.mean(t0_s, t1_s)
                + grid.tax_eur_per_kwh.mean(t0_s, t1_s)
        };
        let rule = Rule {
            price_quantile: device.controller.price_quantile,
            pv_surplus_w: device.controller.pv_surplus_w,
        };
        Self::of_series(
            total,
            &device.pv_w,
            &device.base_load_w,
            rule,
            (period.start_s - period.warmup_s, period.end_s),
            &scenario.site.timezone,
        )
    }

    /// The signals of all quarter-hours that touch `[t0_s, t1_s)`. `price` is
    /// what a bought kWh costs in all, EUR/kWh. A day's prices are compared
    /// with those of the same local calendar day only, so nothing is used that
    /// the day-ahead auction has not told by the day before.
    pub fn of_series(
        price: impl Fn(i64, i64) -> f64,
        pv_w: &Series,
        base_load_w: &Series,
        rule: Rule,
        (t0_s, t1_s): (i64, i64),
        tz: &TimeZone,
    ) -> Self {
        let start_s = t0_s.div_euclid(QUARTER_S) * QUARTER_S;
        let count = usize::try_from((t1_s - start_s + QUARTER_S - 1) / QUARTER_S).unwrap_or(0);
        let slot = |i: usize| {
            let t = start_s + i as i64 * QUARTER_S;
            (t, t + QUARTER_S)
        };
        let surplus_w = (0..count)
            .map(|i| {
                let (t, end) = slot(i);
                if pv_w.is_none() {
                    f64::NEG_INFINITY
                } else {
                    pv_w.mean(t, end) - base_load_w.mean(t, end)
                }
            })
            .collect();
        let mut shifts = vec![0; count];
        let mut i = 0;
        while i < count {
            let (day_start, day_end) = local_day(slot(i).0, tz);
            let quarters = usize::try_from((day_end - day_start) / QUARTER_S).unwrap_or(0);
            let of_day: Vec<f64> = (0..quarters)
                .map(|k| day_start + k as i64 * QUARTER_S)
                .map(|t| price(t, t + QUARTER_S))
                .collect();
            let ranks = rank(&of_day, rule.price_quantile);
            // At least one step, so that an odd time zone cannot stall the walk.
            loop {
                let k = usize::try_from((slot(i).0 - day_start) / QUARTER_S).unwrap_or(usize::MAX);
                shifts[i] = ranks.get(k).copied().unwrap_or(0);
                i += 1;
                if i >= count || slot(i).0 >= day_end {
                    break;
                }
            }
        }
        Self {
            start_s,
            price: shifts,
            surplus_w,
            least_surplus_w: rule.pv_surplus_w,
        }
    }

    /// Where to move targets in the quarter-hour of `t_s`. Surplus stores only
    /// where it covers what the unit would draw, so that nothing is bought for
    /// it; then it wins over a dear price. No shift outside the period, and where
    /// the settings switch both rules off.
    pub fn shift(&self, settings: &Effective, t_s: i64, draw: Draw) -> Shifts {
        let Ok(i) = usize::try_from((t_s - self.start_s).div_euclid(QUARTER_S)) else {
            return Shifts::default();
        };
        let surplus_w = self.surplus_w.get(i).copied();
        let surplus_w = surplus_w.filter(|_| settings.pv_self_consumption);
        let price = self.price.get(i).copied().unwrap_or(0);
        let of = |draw_w: f64| {
            if surplus_w.is_some_and(|s| s >= self.least_surplus_w.max(draw_w)) {
                1.0
            } else if settings.dynamic_tariff {
                f64::from(price)
            } else {
                0.0
            }
        };
        Shifts {
            house: of(draw.house_w),
            tank: of(draw.tank_w),
        }
    }
}

/// Start and end of the local calendar day that holds `t_s`, s since the epoch.
fn local_day(t_s: i64, tz: &TimeZone) -> (i64, i64) {
    let utc = || {
        let start = t_s.div_euclid(86_400) * 86_400;
        (start, start + 86_400)
    };
    let day = || {
        let date = tz.to_datetime(Timestamp::from_second(t_s).ok()?).date();
        let start = tz
            .to_zoned(date.to_datetime(jiff::civil::Time::midnight()))
            .ok()?;
        let next = date.tomorrow().ok()?;
        let end = tz
            .to_zoned(next.to_datetime(jiff::civil::Time::midnight()))
            .ok()?;
        Some((start.timestamp().as_second(), end.timestamp().as_second()))
    };
    day()
        .filter(|(a, b)| (*a..*b).contains(&t_s))
        .unwrap_or_else(utc)
}

/// +1 for the cheapest share, -1 for the dearest, 0 between. Equal prices: the
/// earlier quarter-hour comes first on either side.
fn rank(prices: &[f64], share: f64) -> Vec<i8> {
    let n = prices.len();
    let mut shifts = vec![0; n];
    if n == 0 || prices.iter().any(|p| !p.is_finite()) {
        return shifts;
    }
    let count = ((share.clamp(0.0, 0.5) * n as f64).floor() as usize).min(n / 2);
    let mean = prices.iter().sum::<f64>() / n as f64;
    let least = LEAST_SPREAD_EUR_PER_KWH.max(LEAST_RELATIVE_SPREAD * mean.abs());
    // The hair lets a price that lies on the threshold in decimals count.
    let least = least * (1.0 - 1e-9);
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|a, b| prices[*a].total_cmp(&prices[*b]).then(a.cmp(b)));
    for i in order
        .iter()
        .take(count)
        .filter(|i| mean - prices[**i] >= least)
    {
        shifts[*i] = 1;
    }
    order.sort_by(|a, b| prices[*b].total_cmp(&prices[*a]).then(a.cmp(b)));
    for i in order
        .iter()
        .take(count)
        .filter(|i| prices[**i] - mean >= least)
    {
        shifts[*i] = -1;
    }
    shifts
}

#[cfg(test)]
mod tests;
