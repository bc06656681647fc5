//! The tank: plug flow, mixed flow, standby, and 200 layers.

use super::super::{Case, Comparison, Evidence};
use super::case;
use crate::model::Tank;
use crate::model::tank::Charging;
use crate::physics::tank::{self, TankInputs, TankParams, TankScratch};
use crate::report::{Chart, Drawn};

/// Heat capacity of the whole tank of [`ordinary`], J/K: 4180 J/(l K).
const WHOLE_J_PER_K: f64 = 200.0 * 4180.0;

pub(super) fn cases() -> Vec<Case> {
    vec![
        case(
            "tank-plug-flow",
            "200 l at 60 °C, mixed to 45 °C at the tap: litres until it runs short, 20 layers",
            plug_flow,
        ),
        case(
            "tank-mixed-flow",
            "a tank of one layer that is drawn through its volume, in 100 to 6400 draws",
            mixed_flow,
        ),
        case(
            "tank-standby",
            "a mixed tank that stands for a day",
            standby,
        ),
        case(
            "tank-conduction",
            "a tank whose profile is the slowest mode of conduction, for a day",
            conduction,
        ),
        case(
            "tank-front",
            "the front between cold and hot water after half the tank was drawn by 3 l every \
             five minutes, 20 layers and 200",
            front,
        ),
    ]
}

/// A tank without losses and conduction.
pub(in crate::verify) fn ordinary(layers: usize) -> Tank {
    Tank {
        name: "200 l".into(),
        volume_l: 200.0,
        height_m: 1.5,
        layers,
        loss_w_per_k: 0.0,
        ambient_c: 18.0,
        conductivity_w_per_m_k: 0.0,
        charging: Charging::Coil {
            bottom: 0.05,
            top: 0.45,
            ua_w_per_k: 1200.0,
        },
        sensor_height: 0.5,
        element_w: 0.0,
        element_height: 0.3,
        start_c: 60.0,
    }
}

fn draw(litres: f64, dt_s: f64) -> TankInputs<f64> {
    TankInputs {
        dt_s,
        draw_l: litres,
        useful_c: 45.0,
        mains_c: 10.0,
        ..TankInputs::default()
    }
}

fn plug_flow() -> Evidence {
    let layers = 20;
    let p = TankParams::compile(&ordinary(layers));
    let mut water = vec![60.0; layers];
    let mut scratch = TankScratch::new(layers);
    let (mut litres, mut drawn_j) = (0.0, 0.0);
    while litres < 400.0 {
        let given = tank::step(&p, &mut water, &draw(1.0, 60.0), &mut scratch);
        if given.short_l > 0.0 {
            break;
        }
        litres += 1.0;
        drawn_j += given.drawn_j;
    }
    let all_l = 200.0 * (60.0 - 10.0) / (45.0 - 10.0);
    vec![
        // The front spreads over a layer and a half at most.
        Comparison::range(
            "litres at 45 °C before it runs short",
            "l",
            litres,
            (all_l * (1.0 - 1.5 / layers as f64)).floor(),
            all_l,
        )
        .decimals(1),
        Comparison::value(
            "energy of these litres",
            "kWh",
            drawn_j / 3.6e6,
            litres * 35.0 * 4180.0 / 3.6e6,
            1e-9,
        ),
    ]
    .into()
}

fn mixed_flow() -> Evidence {
    let p = TankParams::compile(&ordinary(1));
    let exact = 10.0 + 30.0 * (-1.0_f64).exp();
    let error = |parts: u32| {
        let mut water = [40.0];
        for _ in 0..parts {
            let inputs = draw(200.0 / f64::from(parts), 10.0);
            tank::step(&p, &mut water, &inputs, &mut TankScratch::new(1));
        }
        (water[0] - exact).abs()
    };
    let (coarse, middle, fine) = (error(100), error(200), error(6400));
    vec![
        Comparison::at_most("error after one volume in 6400 draws", "K", fine, 0.002),
        Comparison::at_least(
            "order in the size of a draw (a draw is a plug: first order)",
            "",
            (coarse / middle).log2(),
            0.95,
        )
        .decimals(2),
    ]
    .into()
}

fn standby() -> Evidence {
    let p = TankParams::compile(&Tank {
        loss_w_per_k: 1.6,
        ..ordinary(1)
    });
    let mut water = [60.0];
    let mut loss_j = 0.0;
    for _ in 0..288 {
        loss_j += tank::step(&p, &mut water, &draw(0.0, 300.0), &mut TankScratch::new(1)).loss_j;
    }
    let exact = 18.0 + 42.0 * (-1.6 * 86_400.0 / WHOLE_J_PER_K).exp();
    vec![
        Comparison::value("temperature after a day", "°C", water[0], exact, 1e-8),
        Comparison::value(
            "lost in a day",
            "kWh",
            loss_j / 3.6e6,
            (60.0 - exact) * WHOLE_J_PER_K / 3.6e6,
            1e-8,
        ),
    ]
    .into()
}

fn conduction() -> Evidence {
    let mut comparisons = Vec::new();
    for layers in [10_usize, 20, 200] {
        let p = TankParams::compile(&Tank {
            conductivity_w_per_m_k: 0.8,
            ..ordinary(layers)
        });
        // dT/dt = k/(rho c) T'' between insulated ends: cos(pi x/H) decays at
        // (pi/H)^2 k/(rho c), here with the tank's own rho c.
        let rho_c = WHOLE_J_PER_K / 0.2;
        let rate = (std::f64::consts::PI / 1.5).powi(2) * 0.8 / rho_c;
        let mean_of_mode = |i: usize| {
            let at = |edge: usize| (std::f64::consts::PI * edge as f64 / layers as f64).sin();
            -(at(i + 1) - at(i)) * layers as f64 / std::f64::consts::PI
        };
        let mut water: Vec<f64> = (0..layers).map(|i| 40.0 + 20.0 * mean_of_mode(i)).collect();
        let mut scratch = TankScratch::new(layers);
        for _ in 0..288 {
            tank::step(&p, &mut water, &draw(0.0, 300.0), &mut scratch);
        }
        let left = (-rate * 86_400.0).exp();
        let worst = water
            .iter()
            .enumerate()
            .map(|(i, t)| (t - 40.0 - 20.0 * mean_of_mode(i) * left).abs())
            .fold(0.0, f64::max);
        // Layers make the rate smaller by (pi/N)^2/12.
        let design = 20.0 * rate * 86_400.0 * (std::f64::consts::PI / layers as f64).powi(2) / 12.0;
        comparisons.push(Comparison::at_most(
            format!("largest error, {layers} layers"),
            "K",
            worst,
            ((1.1 * design + 1e-3) * 1e4).ceil() / 1e4,
        ));
    }
    comparisons.into()
}

fn front() -> Evidence {
    let profile = |layers: usize| {
        let p = TankParams::compile(&ordinary(layers));
        let mut water = vec![60.0; layers];
        let mut scratch = TankScratch::new(layers);
        for _ in 0..48 {
            tank::step(&p, &mut water, &draw(3.0, 300.0), &mut scratch);
        }
        water
    };
    let (coarse, fine) = (profile(20), profile(200));
    let points = |water: &[f64]| -> Vec<(f64, f64)> {
        let n = water.len() as f64;
        let height = |i: usize| (i as f64 + 0.5) / n;
        water
            .iter()
            .enumerate()
            .map(|(i, &t)| (height(i), t))
            .collect()
    };
    // Layers that are neither cold nor hot within a tenth of the step. A front of
    // one and a half layers, which is what the remap leaves, touches three.
    let front = |water: &[f64]| water.iter().filter(|t| (15.0..55.0).contains(*t)).count();
    let chart = Chart::new(
        "A tank of which half was drawn",
        "height (0 bottom, 1 top)",
        "°C",
    )
    .with(Drawn::Line, "200 layers", points(&fine))
    .with(Drawn::Dots, "20 layers", points(&coarse));
    let stored = |water: &[f64]| water.iter().sum::<f64>() / water.len() as f64;
    Evidence {
        comparisons: vec![
            // The energy drawn is the same only if the mean temperature is.
            Comparison::value(
                "mean temperature, 20 layers beside 200",
                "°C",
                stored(&coarse),
                stored(&fine),
                0.01,
            ),
            Comparison::at_most(
                "layers in the front, 20 layers",
                "",
                front(&coarse) as f64,
                3.0,
            )
            .decimals(0),
            Comparison::at_most(
                "layers in the front, 200 layers",
                "",
                front(&fine) as f64,
                6.0,
            )
            .decimals(0),
        ],
        charts: vec![chart],
    }
}
