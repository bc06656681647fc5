//! Where the house stands.

/// A place on earth with its civil time.
#[derive(Clone, Debug)]
pub struct Site {
    /// Degrees north, -90 to 90.
    pub latitude_deg: f64,
    /// Degrees east, -180 to 180.
    pub longitude_deg: f64,
    /// Metres above sea level.
    pub altitude_m: f64,
    pub timezone: jiff::tz::TimeZone,
    /// ISO 3166-1 alpha-2; empty where only coordinates were given.
    pub country: String,
    /// Empty where none was given.
    pub postal_code: String,
    /// Day-ahead price zone (ENTSO-E bidding zone name), empty where unknown.
    pub price_zone: String,
    /// Reflectance of the ground, 0 to 1 (0.2 is the usual value, ISO 52010-1).
    pub ground_albedo: f64,
}
