//! Searches ask for the same points on every machine.
//!
//! The goals here are polynomials, so that nothing but the searches' own
//! arithmetic is in the figures. Where a digest differs, a search has changed
//! (put the new digest here, and say so in the CHANGELOG: studies that are
//! resumed ask for other points), or arithmetic differs on this machine.

use super::problem::{Score, Tried};
use super::{bayesian, cma_es, nsga2};
use crate::study::sensitivity::morris;

/// FNV-1a over the bits, in order.
fn digest<'a>(points: impl Iterator<Item = &'a Vec<f64>>) -> u64 {
    let bytes = points.flatten().flat_map(|x| x.to_bits().to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

fn of(tried: &[Tried]) -> u64 {
    digest(tried.iter().map(|t| &t.point))
}

/// A valley in the cube, and the distance from a corner.
fn ask(goals: usize) -> impl FnMut(&[Vec<f64>]) -> Result<Vec<Score>, ()> {
    move |points| {
        let score = |p: &Vec<f64>| {
            let pairs = p.windows(2).map(|w| (w[1] - w[0] * w[0]).powi(2));
            let valley = 100.0 * pairs.sum::<f64>() + (1.0 - p[0]).powi(2);
            let corner = p.iter().map(|x| x * x).sum();
            Score {
                goals: [valley, corner][..goals].to_vec(),
                violation: (p[0] - 0.9).max(0.0),
            }
        };
        Ok(points.iter().map(score).collect())
    }
}

#[test]
fn searches_ask_for_the_same_points_bit_by_bit() {
    let by_covariance = cma_es::minimise(4, 400, None, 11, &mut ask(1)).unwrap();
    let by_genes = nsga2::minimise(4, 400, Some(20), 11, &mut ask(2)).unwrap();
    let by_model = bayesian::minimise(2, 24, 2, 11, &mut ask(1)).unwrap();
    let screening = [morris::trajectories(5, 20, 8, 11)];
    let digests = [
        ("CMA-ES", of(&by_covariance)),
        ("NSGA-II", of(&by_genes)),
        ("Bayesian", of(&by_model)),
        ("Morris", digest(screening.iter())),
    ];
    let expected = [
        ("CMA-ES", 3_330_119_570_008_675_323),
        ("NSGA-II", 6_370_937_136_143_978_317),
        ("Bayesian", 15_812_368_257_590_156_859),
        ("Morris", 12_196_945_917_543_618_416),
    ];
    assert_eq!(digests, expected);
}
