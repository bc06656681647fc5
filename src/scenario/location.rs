//! From country and postal code to coordinates, time zone and price zone.
//!
//! Postal regions (first two digits) of NL, BE, DE and AT stand for their main
//! town; any other country stands for its capital. That is near enough for
//! climate and sun, not for maps: of all 8168 German codes three quarters lie
//! within 40 km of their region's town, nine tenths within 60 and the farthest 127
//! km away (compared with OpenDataSoft's list). The data are GeoNames', CC BY 4.0
//! (see the heads of the files in `location/`). Which town stands for which region is
//! ours; the Belgian ones were compared with a list of municipalities by code,
//! the Dutch and Austrian ones with none.

use super::hint;

const REGIONS: &str = include_str!("location/postal_regions.csv");
const COUNTRIES: &str = include_str!("location/countries.csv");

/// A point with the name of what it stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    pub place: &'static str,
    pub latitude_deg: f64,
    pub longitude_deg: f64,
}

/// A country by its capital.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Country {
    pub capital: Point,
    /// IANA name of the capital's time zone.
    pub timezone: &'static str,
    /// Whether parts of the country have another civil time.
    pub more_zones: bool,
}

/// The rows of a table: no quotes, `#` for comments, one line of names.
fn rows(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    lines(text).map(|line| line.split(',').collect())
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.starts_with('#')).skip(1)
}

/// The rows of one country, which the first column names.
fn rows_of(text: &'static str, country: &str) -> impl Iterator<Item = Vec<&'static str>> {
    let its = move |line: &&str| line.split(',').next() == Some(country);
    lines(text)
        .filter(its)
        .map(|line| line.split(',').collect())
}

fn point(place: &'static str, latitude: &str, longitude: &str) -> Option<Point> {
    Some(Point {
        place,
        latitude_deg: latitude.parse().ok()?,
        longitude_deg: longitude.parse().ok()?,
    })
}

/// A country by its ISO 3166-1 alpha-2 code in capitals.
pub(super) fn country(code: &str) -> Option<Country> {
    let row = rows_of(COUNTRIES, code).next()?;
    Some(Country {
        capital: point(row[1], row[2], row[3])?,
        timezone: row[4],
        more_zones: row[5] == "1",
    })
}

/// Whether postal codes of this country lead to a region.
pub(super) fn has_regions(country: &str) -> bool {
    rows_of(REGIONS, country).next().is_some()
}

/// The region of a postal code that has its country's form.
pub(super) fn region(country: &str, postal_code: &str) -> Option<Point> {
    let prefix = postal_code.get(..2)?;
    let row = rows_of(REGIONS, country).find(|r| r[1] == prefix)?;
    point(row[2], row[3], row[4])
}

/// What a country's postal codes look like, where this code does not; `None`
/// where it does or the country's form is not known here. (Forms: the
/// Universal Postal Union's addressing guides.)
pub(super) fn wrong_form(country: &str, code: &str) -> Option<&'static str> {
    let (pattern, form) = match country {
        // 9 = digit, 1 = digit that is not 0, A = capital letter, ' ' = optional blank.
        "NL" => ("1999 AA", "four digits and two capitals, such as 1234AB"),
        "BE" => ("1999", "four digits, such as 1000"),
        "AT" => ("1999", "four digits, such as 1010"),
        "CH" => ("1999", "four digits, such as 3000"),
        "DK" | "NO" | "LU" => ("9999", "four digits"),
        "DE" => ("99999", "five digits, such as 10115"),
        "FR" | "ES" | "IT" | "FI" => ("99999", "five digits"),
        "SE" | "CZ" => ("999 99", "five digits, such as 111 20"),
        "PL" => ("99-999", "five digits, such as 00-950"),
        _ => return None,
    };
    (!matches(pattern, code)).then_some(form)
}

fn matches(pattern: &str, code: &str) -> bool {
    let mut code = code.chars().peekable();
    for p in pattern.chars() {
        let right = match (p, code.peek()) {
            (' ', Some(' ')) => true,
            (' ', _) => continue,
            ('9', Some(c)) => c.is_ascii_digit(),
            ('1', Some(c)) => ('1'..='9').contains(c),
            ('A', Some(c)) => c.is_ascii_uppercase(),
            (p, Some(c)) => p == *c,
            (_, None) => false,
        };
        if !right {
            return false;
        }
        code.next();
    }
    code.next().is_none()
}

/// The day-ahead price zone (ENTSO-E bidding zone) of countries that have one
/// zone, and of Denmark by its two sides of the Great Belt.
pub(super) fn price_zone(country: &str, longitude_deg: f64) -> &'static str {
    match country {
        "DE" | "LU" => "DE-LU",
        "IE" => "IE-SEM",
        "DK" if longitude_deg < 10.9 => "DK1",
        "DK" => "DK2",
        _ => [
            "AT", "BE", "BG", "CH", "CZ", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU", "LT",
            "LV", "NL", "PL", "PT", "RO", "RS", "SI", "SK",
        ]
        .iter()
        .find(|c| **c == country)
        .unwrap_or(&""),
    }
}

/// The code that was probably meant: lower case, three letters, a name.
pub(super) fn country_hint(code: &str) -> Option<String> {
    let upper = code.trim().to_ascii_uppercase();
    let meant = match upper.as_str() {
        "UK" => "GB",
        "EL" => "GR",
        "NLD" | "NEDERLAND" | "NETHERLANDS" | "THE NETHERLANDS" | "HOLLAND" => "NL",
        "BEL" | "BELGIUM" | "BELGIË" | "BELGIQUE" => "BE",
        "DEU" | "GER" | "GERMANY" | "DEUTSCHLAND" => "DE",
        "AUT" | "AUSTRIA" | "ÖSTERREICH" => "AT",
        "FRA" | "FRANCE" => "FR",
        other => rows(COUNTRIES).map(|r| r[0]).find(|c| *c == other)?,
    };
    Some(format!("write \"{meant}\""))
}

/// A time zone name that was probably meant.
pub(super) fn timezone_hint(name: &str) -> Option<String> {
    let names: Vec<String> = jiff::tz::db()
        .available()
        .map(|n| n.as_str().to_owned())
        .filter(|n| n.contains('/'))
        .collect();
    let city = |n: &str| n.rsplit('/').next().unwrap_or(n).to_lowercase();
    let same = names.iter().find(|n| city(n) == city(name));
    let near = || hint::nearest(name, names.iter().map(String::as_str));
    let name = same.map(String::as_str).or_else(near)?;
    Some(format!("did you mean \"{name}\"?"))
}

/// Distance between two points, km (sphere of 6371 km).
pub(super) fn distance_km(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (a, b) = (
        (a.0.to_radians(), a.1.to_radians()),
        (b.0.to_radians(), b.1.to_radians()),
    );
    let h = ((b.0 - a.0) / 2.0).sin().powi(2)
        + a.0.cos() * b.0.cos() * ((b.1 - a.1) / 2.0).sin().powi(2);
    2.0 * 6371.0 * h.sqrt().min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_tables_can_be_read() {
        for row in rows(REGIONS) {
            assert!(point(row[2], row[3], row[4]).is_some(), "{row:?}");
        }
        for row in rows(COUNTRIES) {
            let found = country(row[0]).unwrap_or_else(|| panic!("{row:?}"));
            assert!(jiff::tz::TimeZone::get(found.timezone).is_ok(), "{row:?}");
        }
    }

    #[test]
    fn every_region_lies_near_its_country() {
        for row in rows(REGIONS) {
            let at = point(row[2], row[3], row[4]).unwrap();
            let capital = country(row[0]).unwrap().capital;
            let km = distance_km(
                (at.latitude_deg, at.longitude_deg),
                (capital.latitude_deg, capital.longitude_deg),
            );
            let reach = match row[0] {
                "NL" | "BE" => 240.0,
                _ => 650.0,
            };
            assert!(km < reach, "{row:?} is {km:.0} km from the capital");
        }
    }

    #[test]
    fn reference_towns_are_where_they_are() {
        let near = |country: &str, code: &str, latitude, longitude| {
            let p = region(country, code).unwrap_or_else(|| panic!("{country} {code}"));
            distance_km((p.latitude_deg, p.longitude_deg), (latitude, longitude))
        };
        assert!(near("NL", "9712AB", 53.219, 6.567) < 5.0); // Groningen
        assert!(near("BE", "8000", 51.209, 3.225) < 5.0); // Brugge
        assert!(near("DE", "80331", 48.137, 11.576) < 5.0); // München
        assert!(near("AT", "6020", 47.269, 11.404) < 5.0); // Innsbruck
    }

    #[test]
    fn postal_codes_are_checked_by_country() {
        for (country, code) in [
            ("NL", "1234AB"),
            ("NL", "1234 AB"),
            ("DE", "01067"),
            ("SE", "11120"),
            ("PL", "00-950"),
            ("US", "anything"),
        ] {
            assert_eq!(wrong_form(country, code), None, "{country} {code}");
        }
        for (country, code) in [
            ("NL", "1234"),
            ("NL", "0234AB"),
            ("NL", "1234ab"),
            ("NL", "1234ABC"),
            ("DE", "1067"),
            ("BE", "B-1000"),
            ("AT", "ä"),
        ] {
            assert!(wrong_form(country, code).is_some(), "{country} {code}");
        }
    }
}
