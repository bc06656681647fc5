//! Country and postal codes: their form only. Where a place is, and which
//! climate and prices it has, is decided when a scenario is read.

/// ISO 3166-1 alpha-2, officially assigned codes.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI \
BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE \
DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS \
GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW \
KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW \
MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO \
RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM \
TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// Longest postal code that is accepted, characters.
const LONGEST_POSTAL_CODE: usize = 16;

/// Whether it is an assigned country code.
pub(super) fn is_country(code: &str) -> bool {
    code.len() == 2 && COUNTRIES.split(' ').any(|c| c == code)
}

/// The code that was likely meant.
pub(super) fn country_hint(code: &str) -> Option<String> {
    let upper = code.trim().to_ascii_uppercase();
    let meant = match upper.as_str() {
        "UK" => "GB",
        "EL" => "GR",
        "NLD" | "NETHERLANDS" | "NEDERLAND" => "NL",
        "BEL" | "BELGIUM" | "BELGIE" => "BE",
        "DEU" | "GERMANY" | "DEUTSCHLAND" => "DE",
        "AUT" | "AUSTRIA" | "ÖSTERREICH" => "AT",
        other if is_country(other) => other,
        _ => return None,
    };
    Some(format!("write \"{meant}\""))
}

/// Whether a text can be a postal code of any country.
pub(super) fn is_postal_code(code: &str) -> bool {
    !code.trim().is_empty()
        && code.trim() == code
        && code.chars().count() <= LONGEST_POSTAL_CODE
        && code
            .chars()
            .all(|c| c.is_alphanumeric() || c == ' ' || c == '-')
}

/// What a country's postal codes look like, if this code does not look so;
/// `None` where it does or where the country's form is not known here.
/// (Forms: Universal Postal Union addressing guides of NL, BE, DE, AT.)
pub(super) fn postal_code_form(country: &str, code: &str) -> Option<&'static str> {
    let digits = |n: usize| code.len() == n && code.bytes().all(|b| b.is_ascii_digit());
    let no_leading_zero = !code.starts_with('0');
    let (right, form) = match country {
        "NL" => (
            is_dutch(code),
            "four digits and two capital letters (1234AB)",
        ),
        "BE" => (digits(4) && no_leading_zero, "four digits (1000)"),
        "AT" => (digits(4) && no_leading_zero, "four digits (1010)"),
        "DE" => (digits(5), "five digits (10115)"),
        _ => return None,
    };
    (!right).then_some(form)
}

fn is_dutch(code: &str) -> bool {
    let b: Vec<u8> = code.bytes().filter(|b| *b != b' ').collect();
    let space_is_between = code.len() == 6 || (code.len() == 7 && code.as_bytes()[4] == b' ');
    space_is_between
        && b.len() == 6
        && (b'1'..=b'9').contains(&b[0])
        && b[1..4].iter().all(u8::is_ascii_digit)
        && b[4..].iter().all(u8::is_ascii_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_country_table_has_its_249_codes_in_order() {
        let codes: Vec<&str> = COUNTRIES.split(' ').collect();
        assert_eq!(codes.len(), 249);
        assert!(codes.windows(2).all(|w| w[0] < w[1]));
    }

    #[test]
    fn postal_codes_are_checked_by_country() {
        for (country, code) in [
            ("NL", "1234AB"),
            ("NL", "1234 AB"),
            ("BE", "1000"),
            ("AT", "6020"),
            ("DE", "01067"),
            ("FR", "anything"),
        ] {
            assert_eq!(postal_code_form(country, code), None, "{country} {code}");
        }
        for (country, code) in [
            ("NL", "1234"),
            ("NL", "0123AB"),
            ("NL", "12 34AB"),
            ("NL", "1234ab"),
            ("NL", "1234ÄB"),
            ("BE", "0100"),
            ("AT", "60200"),
            ("DE", "1067"),
        ] {
            assert!(
                postal_code_form(country, code).is_some(),
                "{country} {code}"
            );
        }
    }
}
