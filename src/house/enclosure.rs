//! What happens between the faces of one room: convection, long-wave exchange
//! and where the sun is absorbed.

use crate::model::construction::{Position, Prescribed};
use crate::physics::convection::{STANDARD_DOWN, STANDARD_LEVEL, STANDARD_UP};
use crate::physics::solar::Plane;
use crate::units::{STEFAN_BOLTZMANN, kelvin};

/// A face of the room: opaque, or a window's inner side.
#[derive(Clone, Copy, Debug)]
pub struct Face {
    pub node: usize,
    pub area_m2: f64,
    pub position: Position,
    /// Long-wave emissivity.
    pub emissivity: f64,
    /// Share of the sun that meets it and does not return to the room.
    pub absorptance: f64,
    /// Whether it is a window's.
    pub window: bool,
    /// The plane that it lies in by its outer side, where that is outdoors.
    pub outside: Option<Plane>,
    /// Of upright glass: its natural convection over the fourth root of the
    /// temperature difference.
    pub by_root: Option<f64>,
    pub films: Prescribed,
}

/// Emissivity of ordinary inner faces, and of glass (EN 673, EN ISO 6946).
pub const INNER_EMISSIVITY: f64 = 0.9;
pub const GLASS_EMISSIVITY: f64 = 0.84;
/// Share of diffuse light from within that leaves through glass or warms it,
/// for windows that are known by g alone.
pub const GLASS_TAKES: f64 = 0.7;
/// Temperature about which radiation is linear, degC.
pub const RADIATION_MEAN_C: f64 = 20.0;

/// Constant convection at an inner face, W/(m2 K), by the direction of heat
/// that leaves a heated room (EN ISO 52016-1; EN ISO 6946, annex C).
pub fn convection_w_per_m2_k(position: Position) -> f64 {
    match position {
        Position::Wall => STANDARD_LEVEL,
        Position::Ceiling => STANDARD_UP,
        Position::Floor => STANDARD_DOWN,
    }
}

/// Upward part of a face's normal into the room: by its outer side where that
/// is known (a sloped roof, a window in it), else by its position.
pub fn up(face: &Face) -> f64 {
    match (face.outside, face.position) {
        (Some(plane), _) => -plane.up,
        (None, Position::Wall) => 0.0,
        (None, Position::Ceiling) => -1.0,
        (None, Position::Floor) => 1.0,
    }
}

/// Conductance of each face to the room's radiant star node, W/K.
///
/// Mean-radiant-temperature network of Carroll (1980): a face sees the mean of
/// all through `1/(1/F + (1 - e)/e)`, where `F = 1/(1 - A F/sum(A F))` corrects
/// for what it sees of itself in the mean. Linear about 20 degC.
pub fn to_star_w_per_k(faces: &[Face]) -> Vec<f64> {
    let h = 4.0 * STEFAN_BOLTZMANN * kelvin(RADIATION_MEAN_C).powi(3);
    let mut f = vec![1.0; faces.len()];
    for _ in 0..30 {
        let total: f64 = faces.iter().zip(&f).map(|(s, f)| s.area_m2 * f).sum();
        f = faces
            .iter()
            .zip(&f)
            // A face of more than half of the room sees itself in truth; the
            // correction is then held at that of a parallel pair.
            .map(|(s, f)| 1.0 / (1.0 - (s.area_m2 * f / total).min(0.5)))
            .collect();
    }
    faces
        .iter()
        .zip(&f)
        .map(|(s, f)| h * s.area_m2 / (1.0 / f + (1.0 - s.emissivity) / s.emissivity))
        .collect()
}

/// Faces whose outward normals differ by less than this angle, as its cosine
/// (10 deg), are of one side of the room and do not see each other.
const SAME_SIDE: f64 = 0.985;

/// Whether light from `a` can reach `b`: not where both are of one side of the
/// room, as a window, the wall around it and the other windows in that wall.
fn sees(a: &Face, b: &Face) -> bool {
    let (Some(a), Some(b)) = (a.outside, b.outside) else {
        return true;
    };
    a.east * b.east + a.north * b.north + a.up * b.up < SAME_SIDE
}

/// Where the light through the window `own` (an index of `faces`) ends: the
/// share taken by each face (of which windows send theirs out again, in whole
/// or in part). The first hit is on the floors with `to_floor` of it, with the
/// rest on all faces that the window sees, by area; what they reflect is
/// shared by area and absorptance (one diffuse cavity). Shares sum to 1.
pub fn sun_shares(faces: &[Face], to_floor: f64, own: usize) -> Vec<f64> {
    let is_floor = |f: &Face| f.position == Position::Floor && !f.window;
    let floors: f64 = faces
        .iter()
        .filter(|f| is_floor(f))
        .map(|f| f.area_m2)
        .sum();
    let to_floor = if floors > 0.0 { to_floor } else { 0.0 };
    let seen_m2 = |i: usize| {
        let seen = i != own && sees(&faces[own], &faces[i]);
        if seen { faces[i].area_m2 } else { 0.0 }
    };
    let all_seen_m2: f64 = (0..faces.len()).map(seen_m2).sum();
    let first: Vec<f64> = faces
        .iter()
        .enumerate()
        .map(|(i, f)| {
            let direct = if is_floor(f) {
                to_floor * f.area_m2 / floors
            } else {
                0.0
            };
            // A room without any other face keeps the light where it came in.
            let spread = if all_seen_m2 > 0.0 {
                seen_m2(i) / all_seen_m2
            } else {
                f64::from(u8::from(i == own))
            };
            direct + (1.0 - to_floor) * spread
        })
        .collect();
    let reflected: f64 = faces
        .iter()
        .zip(&first)
        .map(|(f, first)| first * (1.0 - f.absorptance))
        .sum();
    let cavity: f64 = faces.iter().map(|f| f.area_m2 * f.absorptance).sum();
    faces
        .iter()
        .zip(&first)
        .map(|(f, first)| {
            let back = if cavity > 0.0 {
                f.area_m2 * f.absorptance / cavity
            } else {
                0.0
            };
            first * f.absorptance + reflected * back
        })
        .collect()
}

/// Share of g that is not light but heat given off by the glass, for windows
/// known by g and panes alone. One pane: 3 % (clear glass by EN 410). More: from
/// the solar transmittance that Arasteh, Kohler and Griffith (2009, "Modeling
/// windows in EnergyPlus with simple performance indices") fitted to the
/// windows of a library with U below 3.4 W/(m2 K) (compared with a public
/// implementation: equal).
pub fn glass_heat_share(panes: u8, g: f64) -> f64 {
    if panes <= 1 {
        return 0.03;
    }
    let light = if g > 0.15 {
        0.085_775 * g * g + 0.963_954 * g - 0.084_958
    } else {
        0.410_40 * g
    };
    (1.0 - light / g).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(area_m2: f64, position: Position, window: bool) -> Face {
        Face {
            node: 0,
            area_m2,
            position,
            emissivity: 0.9,
            absorptance: if window { GLASS_TAKES } else { 0.6 },
            window,
            outside: None,
            by_root: None,
            films: Prescribed::default(),
        }
    }

    #[test]
    fn analytic_two_parallel_faces_exchange_by_their_emissivities() {
        // F = 1/(1/e1 + 1/e2 - 1) between large parallel plates.
        let pair = [
            face(10.0, Position::Floor, false),
            face(10.0, Position::Ceiling, false),
        ];
        let g = to_star_w_per_k(&pair);
        let series = 1.0 / (1.0 / g[0] + 1.0 / g[1]);
        let h = 4.0 * STEFAN_BOLTZMANN * kelvin(20.0).powi(3);
        let exact = 10.0 * h / (2.0 / 0.9 - 1.0);
        assert!((series / exact - 1.0).abs() < 1e-6, "{series} {exact}");
    }

    #[test]
    fn the_sun_ends_somewhere_and_little_of_it_leaves_again() {
        // The box of the ANSI/ASHRAE 140 base case: 48 m2 floor and ceiling,
        // 63.6 m2 walls, 12 m2 glass. Published programs lose some 3 to 6 %.
        let faces = [
            face(48.0, Position::Floor, false),
            face(48.0, Position::Ceiling, false),
            face(63.6, Position::Wall, false),
            face(12.0, Position::Wall, true),
        ];
        let shares = sun_shares(&faces, 0.6, 3);
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!((0.03..0.06).contains(&shares[3]), "{shares:?}");
        assert!(shares[0] > 0.4);
    }

    #[test]
    fn analytic_diffuse_light_does_not_meet_the_side_that_it_came_in_by() {
        // Two windows in a black south wall, of 2 m2 each; the rest is black, too.
        let south = Some(Plane::new(90.0, 180.0));
        let mut faces = [
            face(10.0, Position::Floor, false),
            face(30.0, Position::Wall, false),
            face(6.0, Position::Wall, false),
            face(2.0, Position::Wall, true),
            face(2.0, Position::Wall, true),
        ];
        for f in &mut faces {
            f.absorptance = 1.0;
        }
        for f in &mut faces[2..] {
            f.outside = south;
        }
        let shares = sun_shares(&faces, 0.0, 3);
        for (share, due) in shares.iter().zip([0.25, 0.75, 0.0, 0.0, 0.0]) {
            assert!((share - due).abs() < 1e-12, "{shares:?}");
        }
        // A window on the other side takes its part.
        faces[4].outside = Some(Plane::new(90.0, 0.0));
        let shares = sun_shares(&faces, 0.0, 3);
        assert!((shares[4] - 2.0 / 42.0).abs() < 1e-12, "{shares:?}");
    }
}
