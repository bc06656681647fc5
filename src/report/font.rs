//! The bundled font and the width of text set in it.
//!
//! IBM Plex Sans is embedded, so that pictures look the same everywhere and no
//! system font is needed; its licence lies beside the files. Widths are sums of
//! advances (no kerning), which is at most a little too wide.

use std::sync::LazyLock;

/// Regular weight, TrueType.
pub(crate) const REGULAR: &[u8] = include_bytes!("fonts/IBMPlexSans-Regular.ttf");
/// Semi-bold weight, TrueType.
pub(crate) const SEMIBOLD: &[u8] = include_bytes!("fonts/IBMPlexSans-SemiBold.ttf");
/// Family list for SVG: the bundled one, then what viewers have.
pub(crate) const FAMILIES: &str = "IBM Plex Sans, Segoe UI, Helvetica Neue, Arial, sans-serif";
/// Name of the bundled family.
pub(crate) const FAMILY: &str = "IBM Plex Sans";

/// Weight of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Semibold,
}

static FACES: LazyLock<[Option<ttf_parser::Face<'static>>; 2]> = LazyLock::new(|| {
    [
        ttf_parser::Face::parse(REGULAR, 0).ok(),
        ttf_parser::Face::parse(SEMIBOLD, 0).ok(),
    ]
});

/// Width of `text` at `size` px, px. A character that the font lacks counts 0.6 em.
pub(crate) fn width(text: &str, size: f64, weight: Weight) -> f64 {
    let em: f64 = match &FACES[weight as usize] {
        None => text.chars().count() as f64 * 0.6,
        Some(face) => {
            let unit = f64::from(face.units_per_em());
            text.chars()
                .map(|c| {
                    face.glyph_index(c)
                        .and_then(|g| face.glyph_hor_advance(g))
                        .map_or(0.6, |a| f64::from(a) / unit)
                })
                .sum()
        }
    };
    em * size
}

/// `text`, cut with an ellipsis where it is wider than `max_px`.
pub(crate) fn fit(text: &str, size: f64, weight: Weight, max_px: f64) -> String {
    if width(text, size, weight) <= max_px {
        return text.to_owned();
    }
    let mut out = String::new();
    let room = max_px - width("…", size, weight);
    let mut used = 0.0;
    for c in text.chars() {
        let w = width(c.encode_utf8(&mut [0; 4]), size, weight);
        if used + w > room {
            break;
        }
        used += w;
        out.push(c);
    }
    format!("{}…", out.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_font_has_every_sign_that_pictures_use() {
        for face in FACES.iter() {
            let face = face.as_ref().expect("font parses");
            for c in "°·²−–€£×…≥≤ÄÖÜäöüßéçñłκ0123456789".chars() {
                assert!(face.glyph_index(c).is_some(), "{c} is missing");
            }
        }
    }

    #[test]
    fn long_text_is_cut_to_the_room_it_has() {
        let s = fit(&"Wohnzimmer ".repeat(20), 14.0, Weight::Regular, 120.0);
        assert!(s.ends_with('…'));
        assert!(width(&s, 14.0, Weight::Regular) <= 120.0);
        assert_eq!(fit("short", 14.0, Weight::Regular, 120.0), "short");
    }
}
