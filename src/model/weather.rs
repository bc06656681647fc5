//! Weather as the simulation uses it: one row an interval. Read it through
//! `weather::Rows`, which knows the time conventions.

/// Weather on a regular grid. Each irradiance is the mean over
/// `[start_s + i * step_s, start_s + (i + 1) * step_s)`, or the best that the
/// source allows (`notes` says what was assumed); `points_at_s` says where in
/// the interval the other values hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Weather {
    /// Bundled name, or the file's name.
    pub name: String,
    /// Where it comes from and under which licence.
    pub source: String,
    /// SHA-256 of the source's bytes, hexadecimal.
    pub sha256: String,
    /// Degrees north and east, and metres, of the weather station.
    pub latitude_deg: f64,
    pub longitude_deg: f64,
    pub altitude_m: f64,
    /// s since the epoch of the first interval's start.
    pub start_s: i64,
    /// Length of an interval, s: 60 to 3600.
    pub step_s: u32,
    /// Where in the interval temperature, humidity, pressure, wind and sky
    /// temperature hold, s from its start: half of `step_s` for means,
    /// `step_s` where the source gives instants at the end of the interval
    /// (EPW). Irradiances are means of the interval.
    pub points_at_s: u32,
    /// A typical year (months of different years): it is mapped onto the
    /// period's dates by month, day and time in standard time.
    pub typical_year: bool,
    /// Dry-bulb temperature, degC.
    pub outdoor_c: Vec<f64>,
    /// Relative humidity, 0 to 1 (a fallback where the source has none).
    pub relative_humidity: Vec<f64>,
    /// Whether `relative_humidity` was measured.
    pub humidity_known: bool,
    /// Station pressure, Pa.
    pub pressure_pa: Vec<f64>,
    /// Wind speed at 10 m, m/s.
    pub wind_m_per_s: Vec<f64>,
    /// Direct normal irradiance, W/m2.
    pub direct_normal_w_per_m2: Vec<f64>,
    /// Diffuse horizontal irradiance, W/m2.
    pub diffuse_horizontal_w_per_m2: Vec<f64>,
    /// Effective sky temperature for long-wave exchange, degC.
    pub sky_c: Vec<f64>,
    /// What was assumed or mended, in plain words, for the report.
    pub notes: Vec<String>,
}
