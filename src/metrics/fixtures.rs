//! A hand-made run whose figures can be worked out by hand.

use jiff::tz::TimeZone;

use crate::model::house::Flow;
use crate::model::{Grid as Tariff, Period, Record, Scenario, Series, Site, Weather};
use crate::trace::{Balance, DeviceTrace, Reason, RoomTrace, Totals};

/// A scenario without devices: floor areas come from the rooms of the trace.
pub(crate) fn scenario() -> Scenario {
    Scenario {
        title: "hand-made".into(),
        description: String::new(),
        seed: 7,
        site: Site {
            latitude_deg: 52.1,
            longitude_deg: 5.2,
            altitude_m: 2.0,
            timezone: TimeZone::get("Europe/Amsterdam").unwrap(),
            country: "NL".into(),
            postal_code: String::new(),
            price_zone: String::new(),
            ground_albedo: 0.2,
        },
        period: Period {
            start_s: 0,
            end_s: 7200,
            warmup_s: 0,
            step_s: 300,
            record_s: 900,
        },
        weather: std::sync::Arc::new(Weather {
            name: "none".into(),
            source: String::new(),
            sha256: "ab".into(),
            latitude_deg: 0.0,
            longitude_deg: 0.0,
            altitude_m: 0.0,
            start_s: 0,
            step_s: 3600,
            points_at_s: 1800,
            typical_year: false,
            outdoor_c: vec![],
            relative_humidity: vec![],
            humidity_known: true,
            pressure_pa: vec![],
            wind_m_per_s: vec![],
            direct_normal_w_per_m2: vec![],
            diffuse_horizontal_w_per_m2: vec![],
            sky_c: vec![],
            notes: vec![],
        }),
        grid: Tariff {
            purchase_eur_per_kwh: Series::constant(0.10),
            feed_in_eur_per_kwh: Series::constant(0.05),
            network_eur_per_kwh: Series::constant(0.03),
            tax_eur_per_kwh: Series::constant(0.07),
            co2_g_per_kwh: Series::constant(300.0),
            currency: "EUR".into(),
        },
        users: vec![],
        timeline: vec![],
        record: Record {
            csv: true,
            parquet: true,
            channels: vec!["*".into()],
            unsteered_twin: false,
        },
        warnings: vec!["read".into()],
    }
}

/// Two hours in quarters, one room of 50 m2. 3 kW of heat to the room in the
/// first hour (1 kW compressor, 0.5 kW backup), 2 kW to the tank in the second
/// (0.8 kW compressor), 0.4 kW element in the second, 20 W standby, 50 W pumps.
pub(crate) fn device(user: &str, id: &str) -> (DeviceTrace, Totals) {
    let hours = |first: f64, second: f64| [vec![first; 4], vec![second; 4]].concat();
    let all = |value: f64| vec![value; 8];
    let mut reason_s = vec![[0.0; Reason::COUNT]; 8];
    for (i, row) in reason_s.iter_mut().enumerate() {
        let reason = if i < 4 {
            Reason::HeatingDemand
        } else {
            Reason::HotWaterDemand
        };
        row[reason as usize] = 900.0;
    }
    let trace = DeviceTrace {
        user_id: user.into(),
        device_id: id.into(),
        start_s: 0,
        step_s: 900,
        outdoor_c: all(5.0),
        relative_humidity: all(0.8),
        rooms: vec![RoomTrace {
            name: "living".into(),
            floor_area_m2: 50.0,
            controlled: true,
            operative_c: hours(19.0, 21.5),
            air_c: hours(19.0, 21.5),
            radiant_c: hours(19.0, 21.5),
            target_c: all(20.0),
            lower_c: all(19.5),
            upper_c: all(21.0),
            below_kh: hours(0.125, 0.0),
            above_kh: hours(0.0, 0.125),
            below_h: hours(0.25, 0.0),
            above_h: hours(0.0, 0.25),
            recovery_kh: hours(0.025, 0.0),
            ..RoomTrace::default()
        }],
        tank_layer_c: vec![all(30.0), all(39.0)],
        tank_sensor_c: hours(44.0, 46.0),
        tank_lower_c: all(45.0),
        tank_upper_c: all(60.0),
        draw_l: all(5.0),
        draw_useful_j: all(900_000.0),
        draw_missing_j: hours(100_000.0, 0.0),
        heat_space_w: hours(3000.0, 0.0),
        heat_tank_w: hours(0.0, 2000.0),
        cooling_w: all(0.0),
        compressor_space_w: hours(1000.0, 0.0),
        compressor_tank_w: hours(0.0, 800.0),
        backup_space_w: hours(500.0, 0.0),
        element_w: hours(0.0, 400.0),
        auxiliary_w: all(50.0),
        standby_w: all(20.0),
        base_load_w: all(230.0),
        pv_w: hours(0.0, 2000.0),
        // First hour 1800 W bought; second hour 1500 W used, 500 W exported.
        grid_import_w: hours(1800.0, 0.0),
        grid_export_w: hours(0.0, 500.0),
        price_eur_per_kwh: all(0.10),
        price_total_eur_per_kwh: all(0.20),
        feed_in_eur_per_kwh: all(0.05),
        co2_g_per_kwh: all(300.0),
        reason_s,
        starts: vec![1, 0, 0, 0, 2, 0, 0, 0],
        run_s: all(900.0),
        overridden_s: hours(60.0, 0.0),
        target_shift_k: hours(0.0, 0.5),
        ..DeviceTrace::default()
    };
    let totals = Totals {
        starts: 3,
        tank_below_40_h: 0.5,
        tank_below_50_h: 2.0,
        overridden_quarters: 4,
        commanded_s: 3600.0,
        stored_house_j: 3.6e6,
        stored_tank_j: -3.6e6,
        balance: Balance {
            solar_j: 3.6e6,
            losses_j: vec![
                (Flow::Opaque, 1.8e6),
                (Flow::Windows, 0.9e6),
                (Flow::Opaque, 1.8e6),
            ],
            house_residual: -2e-12,
            ..Balance::default()
        },
        ..Totals::default()
    };
    (trace, totals)
}
