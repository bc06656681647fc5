//! The section `[weather]`: a bundled climate, or a file with its conventions.

mod tables;

use std::borrow::Cow;

use super::fault::{Code, Fault};
use super::hint;
use super::view::View;
use crate::model::site::standard_offset_s;
use crate::model::{Site, Weather};
use crate::weather::{
    self as reader, Calendar, Column, DateOrder, Source, Stamp, Table, TimeColumns, Zone,
};
use tables::QUANTITIES;
pub use tables::{COLUMN_SECTION, TABLE, WEATHER};

/// Reads the weather of a scenario for its site; `None` where a fault says why.
pub fn build(view: &View<'_>, site: &Site) -> Option<Weather> {
    if let Some(day) = view.section("day") {
        for key in ["climate", "file", "table"] {
            if view.has(key) {
                view.fault(
                    key,
                    Fault::new(Code::Conflict, format!("give either `{key}` or `day`")),
                );
            }
        }
        from_day(&day, site)
    } else if view.has("file") {
        from_file(view, site)
    } else {
        from_climate(view, site)
    }
}

fn from_climate(view: &View<'_>, site: &Site) -> Option<Weather> {
    if view.has("table") {
        view.fault(
            "table",
            Fault::new(Code::MissingKey, "a table needs a `file`"),
        );
    }
    let mut name: Cow<'_, str> = view.opt_text("climate")?.into();
    if name == "nearest" {
        let (entry, km) = reader::nearest(site.latitude_deg, site.longitude_deg);
        if km > 300.0 {
            view.warn(
                "climate",
                format!(
                    "the nearest bundled climate, {}, is {km:.0} km away",
                    entry.name
                ),
            );
        }
        name = entry.name.into();
    }
    let weather = reader::bundled(&name);
    if weather.is_none() {
        let names: Vec<&str> = reader::catalogue().iter().map(|e| e.name).collect();
        // A town alone is meant for the climate of that town.
        let near = names
            .iter()
            .find(|n| n.rsplit_once('-').is_some_and(|(town, _)| name == town))
            .map(|n| format!("did you mean \"{n}\"?"))
            .or_else(|| hint::did_you_mean(&name, names.iter().copied()));
        view.fault(
            "climate",
            Fault::new(
                Code::UnknownName,
                format!("there is no bundled climate {name:?}"),
            )
            .allowed(format!("nearest, {}", names.join(", ")))
            .maybe_hint(near),
        );
    }
    weather
}

/// Interval of a made-up day, s: its hours are steps, and values run straight
/// between the middles of intervals.
const DAY_STEP_S: u32 = 300;

/// A year of one day.
fn from_day(view: &View<'_>, site: &Site) -> Option<Weather> {
    let an_hour = 3600 / DAY_STEP_S as usize;
    let year = |hours: &[f64]| -> Vec<f64> {
        let day = hours.iter().flat_map(|&v| std::iter::repeat_n(v, an_hour));
        let day: Vec<f64> = day.collect();
        day.repeat(365)
    };
    let values = |key: &str| -> Option<Vec<f64>> {
        super::house::hours(view, key).or_else(|| Some(vec![view.opt_number(key)?; 24]))
    };
    let outdoor = values("outdoor_c");
    let sky = values("sky_c").or_else(|| outdoor.clone());
    let humidity = values("relative_humidity");
    let direct = values("direct_normal_w_per_m2");
    let diffuse = values("diffuse_horizontal_w_per_m2");
    let wind = values("wind_m_per_s");
    if !view.is_sound() {
        return None;
    }
    let outdoor_c = year(&outdoor?);
    let length = outdoor_c.len();
    // 1 January 2001 in standard time.
    let midnight_s = 978_307_200;
    let offset_s = standard_offset_s(midnight_s, &site.timezone);
    let altitude_m = altitude_m(site);
    Some(Weather {
        name: "a made-up day".into(),
        source: "the scenario".into(),
        sha256: String::new(),
        latitude_deg: site.latitude_deg,
        longitude_deg: site.longitude_deg,
        altitude_m,
        start_s: midnight_s - offset_s,
        step_s: DAY_STEP_S,
        points_at_s: DAY_STEP_S / 2,
        typical_year: true,
        humidity_known: humidity.is_some(),
        relative_humidity: humidity.map_or_else(|| vec![0.5; length], |h| year(&h)),
        pressure_pa: vec![crate::physics::sky::standard_pressure_pa(altitude_m); length],
        wind_m_per_s: year(&wind?),
        direct_normal_w_per_m2: year(&direct?),
        diffuse_horizontal_w_per_m2: year(&diffuse?),
        sky_c: year(&sky?),
        outdoor_c,
        notes: vec!["A day that was made up and repeats.".into()],
    })
}

fn from_file(view: &View<'_>, site: &Site) -> Option<Weather> {
    if view.has("climate") {
        view.fault(
            "climate",
            Fault::new(Code::Conflict, "give either `climate` or `file`"),
        );
    }
    let bytes = view.read_bytes("file")?;
    let name = view.text("file");
    let calendar = match view.opt_boolean("typical_year") {
        None => Calendar::AsPrinted,
        Some(true) => Calendar::Typical,
        Some(false) => Calendar::Real,
    };
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4000)]);
    let format = match view.choice("format") {
        "auto" if view.has("table") => "table",
        "auto" if head.contains("LOCATION,") => "epw",
        "auto" if head.contains("time(UTC)") => "pvgis",
        other => other,
    };
    let result = match format {
        "epw" => reader::read_epw(&name, &bytes, calendar),
        "pvgis" => reader::read_pvgis(&name, &bytes),
        "table" => {
            let Some(section) = view.section("table") else {
                view.fault(
                    "file",
                    Fault::new(Code::MissingKey, "a plain table needs `[weather.table]`"),
                );
                return None;
            };
            reader::read_table(&name, &bytes, &table(&section, site, calendar)?)
        }
        _ => {
            view.fault(
                "file",
                Fault::new(
                    Code::Data,
                    "the file is neither EPW nor a PVGIS typical year",
                )
                .hint("describe the columns of a plain table in `[weather.table]`"),
            );
            return None;
        }
    };
    match result {
        Ok(weather) => Some(weather),
        Err(e) => {
            for fault in &e.faults {
                let text = if fault.line == 0 {
                    fault.text.clone()
                } else {
                    format!("{} line {}: {}", e.file, fault.line, fault.text)
                };
                view.fault("file", Fault::new(Code::Data, text));
            }
            if e.more > 0 {
                view.fault(
                    "file",
                    Fault::new(
                        Code::Data,
                        format!("and {} more faults in {}", e.more, e.file),
                    ),
                );
            }
            None
        }
    }
}

fn column(view: &View<'_>, key: &str) -> Option<Column> {
    if let Some(name) = view.opt_text(key) {
        return Some(Column::Name(name));
    }
    let position = view.opt_integer(key)?;
    Some(Column::Position(usize::try_from(position - 1).ok()?))
}

fn table(view: &View<'_>, site: &Site, calendar: Calendar) -> Option<Table> {
    let time = match column(view, "time") {
        Some(column) => TimeColumns::Stamp {
            column,
            order: match view.choice("date_order") {
                "dmy" => DateOrder::DayMonthYear,
                "mdy" => DateOrder::MonthDayYear,
                _ => DateOrder::YearMonthDay,
            },
        },
        None => match (
            column(view, "year"),
            column(view, "month"),
            column(view, "day"),
            column(view, "hour"),
        ) {
            (Some(year), Some(month), Some(day), Some(hour)) => TimeColumns::Parts {
                year,
                month,
                day,
                hour,
                minute: column(view, "minute"),
            },
            _ => {
                view.fault_here(Fault::new(
                    Code::MissingKey,
                    "time is missing: give `time`, or `year`, `month`, `day` and `hour`",
                ));
                return None;
            }
        },
    };
    let mut columns = Vec::new();
    for (name, section) in view.named("columns") {
        let Some(&(_, quantity)) = QUANTITIES.iter().find(|q| q.0 == name) else {
            let known: Vec<&str> = QUANTITIES.iter().map(|q| q.0).collect();
            section.fault_here(
                Fault::new(Code::UnknownKey, format!("there is no quantity {name:?}"))
                    .allowed(known.join(", ")),
            );
            continue;
        };
        let (scale, offset) = (section.number("scale"), section.number("offset"));
        columns.push(Source {
            quantity,
            column: column(&section, "column")?,
            scale,
            offset,
        });
    }
    let zone = match (view.opt_number("utc_offset_h"), view.text("zone").as_str()) {
        (Some(h), _) => Zone::Offset((h * 3600.0).round() as i32),
        (None, "UTC") => Zone::Offset(0),
        (None, "site") => Zone::Civil(site.timezone.clone()),
        (None, name) => match jiff::tz::TimeZone::get(name) {
            Ok(zone) => Zone::Civil(zone),
            Err(_) => {
                view.fault(
                    "zone",
                    Fault::new(Code::UnknownName, format!("there is no time zone {name:?}"))
                        .allowed("UTC, site, or a name of the IANA database"),
                );
                return None;
            }
        },
    };
    Some(Table {
        separator: match view.choice("separator") {
            ";" => ';',
            "tab" => '\t',
            "space" => ' ',
            _ => ',',
        },
        decimal_comma: view.boolean("decimal_comma"),
        header_lines: usize::try_from(view.integer("header_lines")).unwrap_or(0),
        time,
        zone,
        stamp: match view.choice("stamp") {
            "middle" => Stamp::Middle,
            "end" => Stamp::End,
            _ => Stamp::Start,
        },
        interval_s: view
            .opt_integer("interval_s")
            .and_then(|s| u32::try_from(s).ok()),
        columns,
        missing: view.numbers("missing"),
        latitude_deg: view.opt_number("latitude_deg").unwrap_or(site.latitude_deg),
        longitude_deg: view
            .opt_number("longitude_deg")
            .unwrap_or(site.longitude_deg),
        altitude_m: view
            .opt_number("altitude_m")
            .unwrap_or_else(|| altitude_m(site)),
        calendar,
        source: view.opt_text("source").unwrap_or_else(|| view_name(view)),
    })
}

/// The site's altitude, m; sea level where the file does not give it.
fn altitude_m(site: &Site) -> f64 {
    if site.altitude_m.is_nan() {
        0.0
    } else {
        site.altitude_m
    }
}

fn view_name(view: &View<'_>) -> String {
    format!("a plain table ({})", view.path())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Faults, Format, Source as Text, read_section};

    fn site() -> Site {
        Site {
            latitude_deg: 52.1,
            longitude_deg: 5.2,
            altitude_m: 4.0,
            timezone: jiff::tz::TimeZone::UTC,
            country: String::new(),
            postal_code: String::new(),
            price_zone: String::new(),
            ground_albedo: 0.2,
        }
    }

    fn read(text: &str, folder: &std::path::Path) -> Result<Weather, Faults> {
        let source = Text::new("s.toml", text);
        let site = site();
        read_section(&source, Format::Toml, folder, &WEATHER, |v| build(v, &site))
            .map(|(w, _)| w.expect("a weather where there is no fault"))
    }

    fn faults(text: &str, folder: &std::path::Path) -> String {
        let list = read(text, folder).expect_err("faulty").list;
        list.iter().map(Fault::line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn tables_are_sound() {
        let found = crate::scenario::field::audit(&WEATHER);
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn nothing_said_takes_the_nearest_climate() {
        let w = read("", std::path::Path::new(".")).expect("sound");
        assert_eq!(w.name, "amsterdam-2019");
        let w = read("climate = \"golden-tmy3\"", std::path::Path::new(".")).expect("sound");
        assert!(w.humidity_known);
    }

    #[test]
    fn fails_for_an_unknown_climate_and_names_a_near_one() {
        let text = faults("climate = \"amsterdam-2020\"", std::path::Path::new("."));
        assert!(text.contains("amsterdam-2019"), "{text}");
    }

    #[test]
    fn reads_a_table_with_a_mapping() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(
            folder.path().join("w.csv"),
            "when;K;G\n01.06.2024 00:00;283,15;0\n01.06.2024 01:00;284,15;0\n",
        )
        .expect("written");
        let head = "file = \"w.csv\"\n[table]\nseparator = \";\"\ndecimal_comma = true\ntime = \"when\"\ndate_order = \"dmy\"\n";
        let columns = "[table.columns.temperature]\ncolumn = \"K\"\noffset = -273.15\n[table.columns.global]\ncolumn = 3\n";
        let w = read(&format!("{head}{columns}"), folder.path()).expect("sound");
        assert!((w.outdoor_c[1] - 11.0).abs() < 1e-9 && w.step_s == 3600);
        let text = faults(
            &format!("{head}{columns}[table.columns.rain]\ncolumn = 1\n"),
            folder.path(),
        );
        assert!(text.contains("rain"), "{text}");
        let text = faults(
            &format!("{head}{}", columns.replace("offset = -273.15\n", "")),
            folder.path(),
        );
        assert!(text.contains("line 2") && text.contains("kelvin"), "{text}");
    }

    #[test]
    fn fails_for_files_that_are_no_weather() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("w.txt"), [0u8, 159, 146, 150]).expect("written");
        assert!(faults("file = \"w.txt\"", folder.path()).contains("neither EPW nor"));
        assert!(faults("file = \"gone.epw\"", folder.path()).contains("gone.epw"));
        let both = faults("file = \"w.txt\"\nclimate = \"rome-2019\"", folder.path());
        assert!(both.contains("either"), "{both}");
    }
}
