//! `[site]`: where the house stands and which civil time it keeps.

use jiff::tz::TimeZone;

use super::fault::{Code, Fault};
use super::field::{Kind, Section, default, number, optional};
use super::location;
use super::view::View;
use crate::model::Site;

pub static SITE: Section = Section {
    name: "site",
    doc: "Where the house stands: by coordinates, or by country and postal code. The first two \
        digits of a postal code lead to the main town of its region in NL, BE, DE and AT (GeoNames, \
        CC BY 4.0; mostly within 40 km); elsewhere the country's capital stands for it. \
        Coordinates that are given win.",
    fields: &[
        optional(
            "latitude_deg",
            number("°", -90.0, 90.0),
            "Degrees north. Together with `longitude_deg`.",
        ),
        optional("longitude_deg", number("°", -180.0, 180.0), "Degrees east."),
        optional(
            "altitude_m",
            number("m", -430.0, 5500.0),
            "Above sea level. Left out: the weather station's, and 0 where that has none.",
        ),
        optional(
            "country",
            Kind::Text,
            "ISO 3166-1 alpha-2 code, such as \"NL\".",
        ),
        optional(
            "postal_code",
            Kind::Text,
            "In the country's own form, such as \"1234AB\".",
        ),
        optional(
            "timezone",
            Kind::Text,
            "IANA name of the civil time, such as \"Europe/Amsterdam\". Left out: the country's. \
             All local times of the file are in it.",
        ),
        optional(
            "price_zone",
            Kind::Text,
            "Day-ahead price zone (ENTSO-E bidding zone), such as \"NL\" or \"DE-LU\". Left out: \
             the country's where it has one alone.",
        ),
        default(
            "ground_albedo",
            number("", 0.0, 1.0),
            "0.2",
            "Share of sunlight that the ground reflects (0.2 grass, 0.7 snow; ISO 52010-1 takes 0.2).",
        ),
    ],
};

/// The site; its altitude is NaN where the file does not give it.
pub fn build(view: &View<'_>) -> Site {
    let country = country(view);
    let postal = postal_point(view, &country);
    let known = location::country(&country);
    let capital = known.map(|c| c.capital);
    let given = match (
        view.opt_number("latitude_deg"),
        view.opt_number("longitude_deg"),
    ) {
        (Some(latitude), Some(longitude)) => Some((latitude, longitude)),
        (None, None) => None,
        (latitude, _) => {
            let (has, lacks) = if latitude.is_some() {
                ("latitude_deg", "longitude_deg")
            } else {
                ("longitude_deg", "latitude_deg")
            };
            if !view.is_faulty(lacks) {
                let message = format!("`{lacks}` is missing beside `{has}`");
                view.fault(has, Fault::new(Code::MissingKey, message));
            }
            None
        }
    };
    if let (Some((latitude, longitude)), Some(c)) = (given, capital) {
        let home = (c.latitude_deg, c.longitude_deg);
        let swapped = location::distance_km((longitude, latitude), home);
        if longitude.abs() <= 90.0
            && swapped < 1000.0
            && location::distance_km((latitude, longitude), home) > 3000.0
        {
            view.fault(
                "latitude_deg",
                Fault::new(Code::Conflict, format!("this is far from {country}"))
                    .hint("latitude and longitude look swapped"),
            );
        }
    }
    let point = postal
        .or(capital)
        .map(|p| (p.latitude_deg, p.longitude_deg));
    let here = given.or(point);
    if here.is_none() && view.is_sound() && !view.has("country") {
        view.fault_here(Fault::new(Code::MissingKey, "the site has no place").hint(
            "give `country` (and `postal_code`), or `latitude_deg`, `longitude_deg` and `timezone`",
        ));
    }
    let (latitude_deg, longitude_deg) = here.unwrap_or((f64::NAN, f64::NAN));
    let price_zone = view
        .opt_text("price_zone")
        .unwrap_or_else(|| location::price_zone(&country, longitude_deg).to_owned());
    Site {
        latitude_deg,
        longitude_deg,
        altitude_m: view.number("altitude_m"),
        timezone: timezone(view, known),
        postal_code: view.text("postal_code"),
        country,
        price_zone,
        ground_albedo: view.number("ground_albedo"),
    }
}

/// The country's code, empty where there is none or it is faulty.
fn country(view: &View<'_>) -> String {
    let Some(code) = view.opt_text("country") else {
        return String::new();
    };
    if location::country(&code).is_some() {
        return code;
    }
    let mut fault = Fault::new(Code::UnknownName, format!("there is no country \"{code}\""))
        .allowed("an ISO 3166-1 alpha-2 code");
    fault.hint = location::country_hint(&code);
    view.fault("country", fault);
    String::new()
}

fn postal_point(view: &View<'_>, country: &str) -> Option<location::Point> {
    let code = view.opt_text("postal_code")?;
    if !view.has("country") {
        if !view.is_faulty("country") {
            view.fault(
                "postal_code",
                Fault::new(
                    Code::MissingKey,
                    "a postal code means nothing without `country`",
                ),
            );
        }
        return None;
    }
    if country.is_empty() {
        return None;
    }
    if let Some(form) = location::wrong_form(country, &code) {
        let message = format!("\"{code}\" is no postal code of {country}");
        view.fault(
            "postal_code",
            Fault::new(Code::BadFormat, message).allowed(form),
        );
        return None;
    }
    let found = location::region(country, &code);
    if found.is_none() && location::has_regions(country) {
        let message = format!("no region of {country} has postal codes that begin like \"{code}\"");
        view.fault("postal_code", Fault::new(Code::UnknownName, message));
    } else if found.is_none() && !view.has("latitude_deg") {
        let capital = location::country(country).map_or("", |c| c.capital.place);
        view.warn(
            "postal_code",
            format!("postal codes of {country} are not resolved: {capital} stands for the place"),
        );
    }
    found
}

fn timezone(view: &View<'_>, country: Option<location::Country>) -> TimeZone {
    if let Some(name) = view.opt_text("timezone") {
        return TimeZone::get(&name).unwrap_or_else(|_| {
            let mut fault = Fault::new(
                Code::UnknownName,
                format!("there is no time zone \"{name}\""),
            )
            .allowed("an IANA name such as \"Europe/Amsterdam\"");
            fault.hint = location::timezone_hint(&name);
            view.fault("timezone", fault);
            TimeZone::UTC
        });
    }
    match country {
        Some(c) => {
            if c.more_zones {
                view.warn(
                    "country",
                    format!("the country has several civil times: {} is taken; give `timezone` for another", c.timezone),
                );
            }
            TimeZone::get(c.timezone).unwrap_or(TimeZone::UTC)
        }
        None => {
            if view.has("latitude_deg")
                && !view.is_faulty("timezone")
                && !view.is_faulty("country")
                && !view.has("country")
            {
                view.fault_here(
                    Fault::new(Code::MissingKey, "the time zone is not known").hint(
                        "give `timezone` (an IANA name such as \"Europe/Amsterdam\") or `country`",
                    ),
                );
            }
            TimeZone::UTC
        }
    }
}
