//! What happens between the faces of one room: convection, long-wave exchange
//! and where the sun is absorbed.

use crate::model::construction::Position;
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
    /// Whether what it takes of the sun goes out again (a window).
    pub window: bool,
}

/// Emissivity of ordinary inner faces, and of glass (EN 673, EN ISO 6946).
pub const INNER_EMISSIVITY: f64 = 0.9;
pub const GLASS_EMISSIVITY: f64 = 0.84;
/// Share of diffuse light from within that leaves through glass or warms it.
const GLASS_TAKES: f64 = 0.7;
/// Temperature about which radiation is linear, degC.
const RADIATION_MEAN_C: f64 = 20.0;

/// Convection of a face, W/(m2 K): 2.7 at walls, 1.7 at floors and ceilings,
/// the mean of heat flowing up and down (the values of VDI 6007-1).
pub fn convection_w_per_m2_k(position: Position) -> f64 {
    match position {
        Position::Wall => 2.7,
        Position::Ceiling | Position::Floor => 1.7,
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

/// Where the sun through a window ends: the share absorbed by each face (of
/// which windows send theirs out again). The first hit is on the floors with
/// `to_floor` of it, on all faces by area with the rest; what they reflect is
/// shared by area and absorptance (one diffuse cavity). Shares sum to 1.
pub fn sun_shares(faces: &[Face], to_floor: f64) -> Vec<f64> {
    let area = |wanted: &dyn Fn(&Face) -> bool| -> f64 {
        faces.iter().filter(|f| wanted(f)).map(|f| f.area_m2).sum()
    };
    let all = area(&|_| true);
    let floors = area(&|f| f.position == Position::Floor && !f.window);
    let to_floor = if floors > 0.0 { to_floor } else { 0.0 };
    let first = |f: &Face| {
        let floor = f.position == Position::Floor && !f.window;
        let direct = if floor {
            to_floor * f.area_m2 / floors
        } else {
            0.0
        };
        direct + (1.0 - to_floor) * f.area_m2 / all
    };
    let takes = |f: &Face| if f.window { GLASS_TAKES } else { f.absorptance };
    let reflected: f64 = faces.iter().map(|f| first(f) * (1.0 - takes(f))).sum();
    let cavity: f64 = faces.iter().map(|f| f.area_m2 * takes(f)).sum();
    faces
        .iter()
        .map(|f| first(f) * takes(f) + reflected * f.area_m2 * takes(f) / cavity)
        .collect()
}

/// Share of g that is not light but heat given off by the glass, for 1 to 4
/// panes: single clear 3 %, double 10 %, triple 14 %, 18 % (round figures for
/// clear and low-emissivity glass by EN 410's calculation).
pub fn glass_heat_share(panes: u8) -> f64 {
    match panes {
        0 | 1 => 0.03,
        2 => 0.10,
        3 => 0.14,
        _ => 0.18,
    }
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
            absorptance: 0.6,
            window,
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
        let shares = sun_shares(&faces, 0.6);
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!((0.03..0.06).contains(&shares[3]), "{shares:?}");
        assert!(shares[0] > 0.4);
    }
}
