//! Known positions, closed forms and limits of the tilted-irradiance model.

use super::*;

/// 2003-10-17 12:30:30 at UTC-7, s since the epoch.
const SPA_EXAMPLE_S: f64 = 1_066_419_030.0;

#[test]
fn reference_spa_paper_example() {
    // Reda and Andreas (2004), appendix: zenith 50.1116 deg with refraction
    // (about 0.016 deg at that height), azimuth 194.3402 deg.
    let sun = SunPath::new(39.742_476, -105.1786).at(SPA_EXAMPLE_S);
    assert!(
        (sun.elevation_deg() - (90.0 - 50.1116 - 0.016)).abs() < 0.01,
        "{sun:?}"
    );
    assert!((sun.azimuth_deg() - 194.3402).abs() < 0.01);
}

#[test]
fn analytic_noon_at_solstice_and_equinox() {
    // At Greenwich's meridian noon the elevation is 90 - latitude + declination.
    let path = SunPath::new(50.0, 0.0);
    let noon = |day_s: f64| {
        (0..1440)
            .map(|m| path.at(day_s + f64::from(m) * 60.0).up)
            .fold(-1.0, f64::max)
    };
    let june = 1_718_928_000.0; // 2024-06-21
    let december = 1_734_739_200.0; // 2024-12-21
    assert!((noon(june).asin().to_degrees() - (40.0 + 23.436)).abs() < 0.02);
    assert!((noon(december).asin().to_degrees() - (40.0 - 23.436)).abs() < 0.02);
}

#[test]
fn reference_both_algorithms_agree_at_their_seam() {
    let path = SunPath::new(52.0, 5.0);
    let a = path.at(GRENA_FROM_S - 1.0 + 43_200.0);
    let b = path.at(GRENA_FROM_S - 86_401.0 + 43_200.0);
    // A day apart in January the declination moves by less than 0.1 deg.
    assert!((a.elevation_deg() - b.elevation_deg()).abs() < 0.1);
    assert!((a.azimuth_deg() - b.azimuth_deg()).abs() < 0.15);
}

#[test]
fn analytic_extraterrestrial_follows_the_distance() {
    // Perihelion around 3 January (+3.4 %), aphelion around 4 July (-3.3 %).
    assert!(
        (extraterrestrial_w_per_m2(1_704_240_000.0) / SOLAR_CONSTANT_W_PER_M2 - 1.0344).abs()
            < 0.001
    );
    assert!(
        (extraterrestrial_w_per_m2(1_720_051_200.0) / SOLAR_CONSTANT_W_PER_M2 - 0.9670).abs()
            < 0.001
    );
}

#[test]
fn reference_air_mass_of_kasten_and_young() {
    assert!((air_mass(1.0) - 1.0).abs() < 0.001);
    assert!((air_mass(30f64.to_radians().sin()) - 1.994).abs() < 0.002);
    assert!((air_mass(0.0) - 37.9).abs() < 0.5);
}

#[test]
fn conserves_global_irradiance_on_the_horizontal_plane() {
    let flat = Plane::new(0.0, 0.0);
    for elevation in [6.0, 20.0, 45.0, 80.0] {
        for (dni, dhi) in [(0.0, 120.0), (300.0, 200.0), (850.0, 60.0)] {
            let sun = Sun::from_angles(elevation, 140.0);
            let t = perez(&sun, &flat, dni, dhi, 1370.0, 0.2);
            let global = dni * sun.up + dhi;
            assert!(
                (t.total() - global).abs() < 1e-9 * global,
                "{elevation} {dni} {dhi}"
            );
            assert_eq!(t.ground, 0.0);
        }
    }
}

#[test]
fn analytic_no_brightening_gives_the_isotropic_limit() {
    // Without sun the sky is uniform: a wall sees half of it and half the ground.
    let wall = Plane::new(90.0, 180.0);
    let t = perez(&Sun::NIGHT, &wall, 500.0, 100.0, 1370.0, 0.2);
    assert_eq!(t.direct, 0.0);
    assert!((t.diffuse() - 50.0).abs() < 1e-12);
    assert!((t.ground - 10.0).abs() < 1e-12);
    // Under a thick overcast sky the anisotropy is small.
    let dull = perez(
        &Sun::from_angles(30.0, 180.0),
        &wall,
        0.0,
        100.0,
        1370.0,
        0.0,
    );
    assert!((dull.diffuse() - 50.0).abs() < 12.0, "{dull:?}");
}

#[test]
fn analytic_beam_is_the_cosine_of_incidence() {
    let south = Plane::new(90.0, 180.0);
    let sun = Sun::from_angles(30.0, 180.0);
    let t = perez(&sun, &south, 800.0, 80.0, 1370.0, 0.0);
    assert!((t.direct - 800.0 * 30f64.to_radians().cos()).abs() < 1e-9);
    assert!((t.cos_incidence - 30f64.to_radians().cos()).abs() < 1e-12);
    let north = perez(&sun, &Plane::new(90.0, 0.0), 800.0, 80.0, 1370.0, 0.0);
    assert_eq!(north.direct, 0.0);
    assert_eq!(north.circumsolar, 0.0);
    assert!(north.cos_incidence < 0.0);
    assert!(t.diffuse() > 2.0 * north.diffuse());
}

#[test]
fn reference_perez_by_hand() {
    // DNI 700, DHI 100, E0 1367, elevation 40 deg: z = 0.8727, 1.041 z^3 = 0.6918,
    // clearness (8 + 0.6918) / 1.6918 = 5.138 (bin 7), air mass 1.5535,
    // Delta = 0.11364; F1 = 1.060 - 0.18183 - 0.31329 = 0.56488,
    // F2 = 0.264 - 0.12808 + 0.11432 = 0.25025.
    let sun = Sun::from_angles(40.0, 180.0);
    let t = perez(&sun, &Plane::new(90.0, 180.0), 700.0, 100.0, 1367.0, 0.0);
    assert!(
        (t.isotropic - 100.0 * (1.0 - 0.564_88) / 2.0).abs() < 0.02,
        "{t:?}"
    );
    assert!((t.horizon - 25.025).abs() < 0.02, "{t:?}");
    let ratio = 40f64.to_radians().cos() / 40f64.to_radians().sin();
    assert!((t.circumsolar - 56.488 * ratio).abs() < 0.05, "{t:?}");
}

#[test]
fn analytic_erbs_is_continuous_at_its_joints() {
    for k in [0.22, 0.80] {
        let jump = erbs_diffuse_fraction(k + 1e-9) - erbs_diffuse_fraction(k - 1e-9);
        assert!(jump.abs() < 0.003, "{k} {jump}");
    }
    assert_eq!(erbs_diffuse_fraction(0.0), 1.0);
}

#[test]
fn analytic_daylight_part_ends_at_the_crossing() {
    assert_eq!(
        SunPath::daylight(0.0, -1.0, 100.0, 3.0),
        Some((25.0, 100.0))
    );
    assert_eq!(SunPath::daylight(0.0, 3.0, 100.0, -1.0), Some((0.0, 75.0)));
    assert_eq!(SunPath::daylight(0.0, -0.1, 100.0, -0.3), None);
    assert_eq!(SunPath::daylight(0.0, 0.1, 100.0, 0.3), Some((0.0, 100.0)));
}
