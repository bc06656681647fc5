use super::*;
use crate::house::design::{heat_load_w, heat_loss_w_per_k};
use crate::model::house::{BoundaryTemperature, FilmLaw, SourceKind};
use crate::plant::modal::{Layout, ModalSystem};
use crate::scenario::field::audit;
use crate::scenario::series::Times;
use crate::scenario::{Faults, Format, Source, read_section};
use std::path::Path;

fn site() -> Surroundings<'static> {
    Surroundings {
        altitude_m: 0.0,
        utc_offset_s: 3600,
        times: Some(Times {
            timezone: &UTC,
            warmup_s: 0,
            start_s: 0,
            end_s: 7 * 86_400,
        }),
    }
}

static UTC: jiff::tz::TimeZone = jiff::tz::TimeZone::UTC;

fn read(text: &str) -> Result<House, Faults> {
    let source = Source::new("house.toml", text);
    read_section(&source, Format::Toml, Path::new("."), &HOUSE, |v| {
        build(v, site())
    })
    .map(|(house, _)| house.unwrap())
}

fn faults(text: &str) -> String {
    let faults = read(text).map(|_| ()).unwrap_err();
    assert!(faults.list.iter().all(|f| f.place.is_some()), "{faults:?}");
    faults.list.iter().map(|f| f.line() + "\n").collect()
}

#[test]
fn the_tables_of_the_house_are_in_order() {
    assert_eq!(audit(&HOUSE), Vec::<String>::new());
}

#[test]
fn every_library_house_reads_compiles_and_loses_a_plausible_amount_of_heat() {
    for (name, text) in library::NAMES {
        let house = match library::read(name, site()).unwrap() {
            Ok(house) => house,
            Err(faults) => panic!("{name}:\n{}", faults.render(100, false)),
        };
        assert!(text.contains("source = "), "{name} has no source");
        let titled = library::catalogue()
            .iter()
            .any(|(n, t)| n == name && !t.is_empty());
        assert!(titled, "{name} has no title");
        let states: Vec<&ThermalNetwork> = std::iter::once(&house.network)
            .chain(house.switched.iter().map(|s| &s.network))
            .collect();
        let layout = Layout::new(&states, vec![], vec![]).unwrap();
        let system = ModalSystem::compile(&house.network, &layout).unwrap();
        let loss = heat_loss_w_per_k(&house).unwrap() / house.floor_area_m2;
        let indoor: Vec<f64> = house
            .rooms
            .iter()
            .map(|r| 20.0 + r.target_offset_k)
            .collect();
        let load: f64 = heat_load_w(&house, &indoor, -10.0).unwrap().iter().sum();
        let slowest_h = 1.0 / system.lambda_per_s[0] / 3600.0;
        assert!(loss > 0.5, "{name}: {loss} W/(K m2)");
        assert!(
            (15.0..120.0).contains(&(load / house.floor_area_m2)),
            "{name}: {load} W"
        );
        assert!((10.0..3000.0).contains(&slowest_h), "{name}: {slowest_h} h");
        assert!(system.modes < 130, "{name}: {}", system.modes);
    }
}

const BOX: &str = r#"
[construction]
buildups.wall = { u_w_per_m2_k = 0.4 }
buildups.floor = { layers = [{ material = "concrete", thickness_mm = 200 }, { r_m2_k_per_w = 3 }] }
[construction.rooms.room]
floor_area_m2 = 20
surfaces = [
    { name = "south", buildup = "wall", area_m2 = 15, facing = "S" },
    { name = "floor", buildup = "floor", area_m2 = 20, position = "floor", outside = "ground", perimeter_m = 9 },
]
windows = [{ in = "south", area_m2 = 4, u_w_per_m2_k = 1.2, g = 0.6, facing = 180 }]
gains = [{ power_w = 100, profile = [0,0,0,0,0,0,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,2] }]
"#;

#[test]
fn a_small_construction_reads_with_all_that_it_says() {
    let house = read(BOX).unwrap();
    assert_eq!(house.rooms.len(), 1);
    assert!(house.rooms[0].floor_node.is_some());
    // 11 m2 wall, 4 m2 window, floor of about 0.2, leaks of 0.2 changes, bridges.
    let loss = heat_loss_w_per_k(&house).unwrap();
    assert!((17.0..20.0).contains(&loss), "{loss}");
    let series = house
        .network
        .sources
        .iter()
        .find_map(|s| match &s.kind {
            crate::model::house::SourceKind::Internal(series) => Some(series.clone()),
            _ => None,
        })
        .unwrap();
    // Monday 1970-01-05, 23:30 in Amsterdam (UTC+1).
    assert_eq!(series.at(4 * 86_400 + 22 * 3600 + 1800), 200.0);
    assert_eq!(series.at(4 * 86_400 + 23 * 3600 + 1800), 0.0);
}

#[test]
fn fails_for_windows_larger_than_their_wall_and_walls_that_face_nowhere() {
    let text = faults(&BOX.replace("area_m2 = 4,", "area_m2 = 16,"));
    assert!(text.contains("larger than the wall of 15 m²"), "{text}");
    let text = faults(&BOX.replace("facing = 180", "facing = 90"));
    assert!(text.contains("faces another way than \"south\""), "{text}");
    let text = faults(&BOX.replace("area_m2 = 15, facing = \"S\"", "area_m2 = 15"));
    assert!(text.contains("which way this surface faces"), "{text}");
}

#[test]
fn fails_for_names_that_stand_for_nothing_with_the_nearest_one() {
    let text = faults(&BOX.replacen("buildup = \"wall\"", "buildup = \"wal\"", 1));
    assert!(
        text.contains("no build-up of this name") && text.contains("\"wall\"?"),
        "{text}"
    );
    let text = faults(&format!(
        "{BOX}\n[[construction.doors]]\nbetween = \"rom\"\nand = \"room\"\n"
    ));
    assert!(text.contains("no room of this name"), "{text}");
}

#[test]
fn fails_for_u_values_in_other_units_and_profiles_of_other_lengths() {
    let text = faults(&BOX.replace("u_w_per_m2_k = 1.2", "u_w_per_m2_k = 200"));
    assert!(text.contains("u_w_per_m2_k"), "{text}");
    let text = faults(&BOX.replace("1,1,2]", "1,2]"));
    assert!(text.contains("23 values"), "{text}");
    let text = faults(&BOX.replace("u_w_per_m2_k = 0.4", "u_w_per_m2_k = 3.9, mass = \"heavy\""));
    assert!(
        text.contains("insulates less than its inner layer"),
        "{text}"
    );
}

#[test]
fn fails_for_a_room_without_any_way_out_and_for_two_descriptions() {
    let alone = r#"
        [construction]
        buildups.wall = { u_w_per_m2_k = 0.4 }
        infiltration_per_h = 0
        [construction.rooms.inside]
        floor_area_m2 = 10
        surfaces = [{ name = "mass", buildup = "wall", area_m2 = 20, outside = "same" }]
    "#;
    let text = faults(alone);
    assert!(
        text.contains("no path leads from here to outdoors"),
        "{text}"
    );
    let text = faults(&format!("{BOX}\n[template.rooms]\n"));
    assert!(text.contains("more than one way"), "{text}");
    assert!(faults("title = \"empty\"").contains("nothing says what the house is like"));
}

const GRAPH: &str = r#"
[graph]
nodes.air = { capacity_kj_per_k = 500 }
nodes.wall = { capacity_kj_per_k = 20000 }
nodes.face = { capacity_kj_per_k = 0 }
links = [
    { between = "air", and = "face", w_per_k = 300 },
    { between = "face", and = "wall", w_per_k = 800 },
]
boundaries = [
    { node = "wall", w_per_k = 90 },
    { node = "air", w_per_k = 40, counts_as = "ventilation" },
]
rooms.house = { floor_area_m2 = 100, air = "air", radiant = "face" }
"#;

#[test]
fn analytic_graph_loses_what_its_conductances_say() {
    let mut house = read(GRAPH).unwrap();
    // All of the heat in the air, so that the sum is in closed form.
    house.rooms[0].radiant = house.rooms[0].air.clone();
    house.rooms[0].radiant_entry = house.rooms[0].air.clone();
    let loss = heat_loss_w_per_k(&house).unwrap();
    let exact = 40.0 + 1.0 / (1.0 / 300.0 + 1.0 / 800.0 + 1.0 / 90.0);
    assert!((loss / exact - 1.0).abs() < 1e-12, "{loss} {exact}");
}

#[test]
fn fails_for_graphs_that_fall_apart_or_weigh_nothing() {
    let text = faults(&GRAPH.replace("and = \"wall\"", "and = \"walls\""));
    assert!(text.contains("no node of this name"), "{text}");
    let text = faults(&GRAPH.replace(
        "nodes.face",
        "nodes.alone = { capacity_kj_per_k = 5 }\nnodes.face",
    ));
    assert!(text.contains("alone"), "{text}");
    let text = faults(&GRAPH.replace("= 20000", "= 0").replace("= 500", "= 0"));
    assert!(text.contains("no node has a heat capacity"), "{text}");
    let text = faults(&GRAPH.replace("= 20000", "= -20000"));
    assert!(text.contains("capacity_kj_per_k"), "{text}");
    let text = faults(&GRAPH.replace("w_per_k = 800", "w_per_k = 0"));
    assert!(text.contains("w_per_k"), "{text}");
}

#[test]
fn templates_read_with_one_parameter_or_all_of_them() {
    for model in [
        r#"{ kind = "one-node", loss_w_per_k = 150 }"#,
        r#"{ kind = "air-and-mass", loss_w_per_k = 150, mass_kj_per_k = 20000 }"#,
        r#"{ kind = "envelope", interior_kj_per_k = 2000, envelope_kj_per_k = 20000, interior_to_envelope_w_per_k = 600, envelope_to_outdoor_w_per_k = 150 }"#,
        r#"{ kind = "iso-13790", windows_w_per_k = 40, opaque_w_per_k = 80 }"#,
        r#"{ kind = "vdi-6007", outer_area_m2 = 80, outer_k_per_w = 0.001, outer_kj_per_k = 9000, outer_rest_k_per_w = 0.008, inner_area_m2 = 300, inner_k_per_w = 0.0003, inner_kj_per_k = 30000 }"#,
    ] {
        let text = format!(
            "[template.rooms.a]\nfloor_area_m2 = 80\nventilation_w_per_k = 20\nmodel = {model}\n\
             [template.rooms.b]\nfloor_area_m2 = 40\nmodel = {model}\n\
             [[template.couplings]]\nbetween = \"a\"\nand = \"b\"\nw_per_k = 50\n"
        );
        let house = match read(&text) {
            Ok(house) => house,
            Err(faults) => panic!("{}", faults.render(100, false)),
        };
        let loads = heat_load_w(&house, &[20.0, 20.0], -10.0).unwrap();
        assert!(
            loads[0] > loads[1] && loads[1] > 500.0,
            "{model}: {loads:?}"
        );
    }
    let text = faults(
        "[template.rooms.a]\nfloor_area_m2 = 10\nmodel = { kind = \"iso-13790\", windows_w_per_k = 1, opaque_w_per_k = 900 }\n",
    );
    assert!(text.contains("count glazed parts as windows"), "{text}");
}

#[test]
fn truncated_four_rooms_follow_the_whole_ones_through_a_cycling_winter() {
    use crate::plant::modal::advance::{Lags, multiply};
    let house = library::read("four-rooms", site()).unwrap().unwrap();
    let heats: Vec<_> = house
        .rooms
        .iter()
        .map(|r| r.convective_entry.clone())
        .collect();
    let outputs: Vec<_> = house
        .rooms
        .iter()
        .flat_map(|r| [r.air.clone(), r.radiant.clone()])
        .collect();
    let layout = Layout::new(&[&house.network], heats, outputs).unwrap();
    let whole = ModalSystem::compile(&house.network, &layout).unwrap();
    let small = whole.truncated(&layout, &Default::default());
    assert!(
        small.modes < whole.modes / 2,
        "{} {}",
        small.modes,
        whole.modes
    );
    // Steps of 300 s; the emitters cycle every half an hour, the outdoor
    // temperatures follow the day and jump every three hours.
    let mut traces: Vec<Vec<f64>> = Vec::new();
    for system in [&whole, &small] {
        let mut z = system.uniform_state(20.0);
        let f = Lags::new(&system.lambda_per_s, 300.0);
        let (mut w, mut integral) = (vec![0.0; system.modes], vec![0.0; system.modes]);
        let mut trace = Vec::new();
        for i in 0..30 * 288 {
            let mut u = vec![0.0; system.inputs];
            let day = (f64::from(i) / 288.0 * std::f64::consts::TAU).sin();
            let jump = f64::from((i / 36) * 7 % 5);
            u[..layout.first_source()].fill(2.0 + 5.0 * day + jump);
            u[layout.first_source()..layout.first_heat()].fill(100.0 * (1.0 + day));
            let on = if (i / 6) % 2 == 0 { 1500.0 } else { 0.0 };
            u[layout.first_heat()..].fill(on);
            multiply(&system.input, &u, &mut w);
            f.pass(&w, &mut z, &mut integral);
            trace.extend(system.output_temperatures(&z, &u));
        }
        traces.push(trace);
    }
    let pairs = traces[0].iter().zip(&traces[1]);
    let worst = pairs
        .clone()
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f64::max);
    let mean = pairs.map(|(a, b)| a - b).sum::<f64>() / traces[0].len() as f64;
    assert!(worst < 0.05, "{worst}"); // the bound; about 5 mK is reached
    assert!(mean.abs() < 1e-3, "{mean}");
}

/// The box with its window by panes.
fn glazed() -> String {
    let named = "[construction]\nglazings.double = { panes = [{}, { solar_transmittance = 0.6, solar_reflectance_back = 0.2, \
                 emissivity_outside = 0.05 }], gaps = [{ thickness_mm = 16, gas = \"argon\" }] }";
    BOX.replace("u_w_per_m2_k = 1.2, g = 0.6", "glazing = \"double\"")
        .replacen("[construction]", named, 1)
}

#[test]
fn a_window_may_name_its_panes() {
    let house = read(&glazed()).unwrap();
    let pane_sources = house.network.sources.iter().filter(|s| {
        matches!(
            s.kind,
            crate::model::house::SourceKind::Window(_, crate::model::house::SunPart::Pane(_))
        )
    });
    assert_eq!(pane_sources.count(), 2);
}

#[test]
fn fails_for_glazings_that_do_not_fit_and_films_prescribed_twice() {
    let text = faults(&glazed().replace("glazing = \"double\"", "glazing = \"duoble\""));
    assert!(
        text.contains("no glazing of this name") && text.contains("\"double\"?"),
        "{text}"
    );
    let text = faults(&glazed().replace(
        "gas = \"argon\" }]",
        "gas = \"argon\" }, { thickness_mm = 9 }]",
    ));
    assert!(text.contains("2 panes with 2 gaps"), "{text}");
    let text = faults(&glazed().replace("glazing = \"double\"", "glazing = \"double\", g = 0.6"));
    assert!(text.contains("says this already"), "{text}");
    let text = faults(&BOX.replace(", g = 0.6", ""));
    assert!(text.contains("the window has no `g`"), "{text}");
    let text = faults(&glazed().replace("panes = [{}", "panes = [{ solar_transmittance = 0.95 }"));
    assert!(text.contains("more than it receives"), "{text}");
    let twice = "facing = \"S\", film_w_per_m2_k = 20, outside_convection_w_per_m2_k = 12";
    let text = faults(&BOX.replacen("facing = \"S\"", twice, 1));
    assert!(text.contains("prescribed twice"), "{text}");
    let both = "facing = 180, overhang_depth_ratio = 0.5, overhang = { depth_m = 1 }";
    let text = faults(&BOX.replace("facing = 180", both));
    assert!(text.contains("the overhang is given twice"), "{text}");
}

#[test]
fn night_air_by_the_clock_has_no_condition() {
    let night = "[construction]\nnight_ventilation = { rule = \"clock\", changes_per_h = 13 }";
    let house = read(&BOX.replacen("[construction]", night, 1)).unwrap();
    let crate::model::house::SwitchRule::Night {
        above_c,
        difference_k,
        ..
    } = house.switched[0].rule
    else {
        panic!("another rule");
    };
    assert!(above_c == f64::NEG_INFINITY && difference_k == f64::NEG_INFINITY);
}

const VDI: &str =
    "[template.rooms.a]\nfloor_area_m2 = 80\n[template.rooms.a.model]\nkind = \"vdi-6007\"
outer_area_m2 = 80\nouter_k_per_w = 0.001\nouter_kj_per_k = 9000\nouter_rest_k_per_w = 0.008
inner_area_m2 = 300\ninner_k_per_w = 0.0003\ninner_kj_per_k = 30000\n";

#[test]
fn outer_faces_share_the_loss_of_the_outer_walls_by_their_weight() {
    let faces = "outer_faces = [
        { weight = 3, facing = \"S\" },
        { weight = 2, irradiance_w_per_m2 = 100, radiant_c = 5 },
        { weight = 5, temperature_c = 12 },
    ]\n";
    let plain = read(VDI).unwrap().network;
    let network = read(&format!("{VDI}{faces}")).unwrap().network;
    let whole: f64 = plain.boundaries.iter().map(|b| b.conductance_w_per_k).sum();
    let parts: Vec<f64> = network
        .boundaries
        .iter()
        .map(|b| b.conductance_w_per_k / whole)
        .collect();
    for (part, share) in parts.iter().zip([0.3, 0.2, 0.5]) {
        assert!((part - share).abs() < 1e-12, "{parts:?}");
    }
    let BoundaryTemperature::Felt(south) = &network.boundaries[0].temperature else {
        panic!("a face in the sun");
    };
    assert!((south.sun_k_m2_per_w - 0.7 / 25.0).abs() < 1e-12);
    assert!((south.radiant_share - 0.2).abs() < 1e-12);
}

#[test]
fn fails_for_outer_faces_that_are_told_twice() {
    let text = faults(&format!(
        "{VDI}outer_equivalent_c = 10\nouter_film_w_per_m2_k = 8\nouter_faces = [
            {{ weight = 1, facing = \"S\", irradiance_w_per_m2 = 100 }},
            {{ weight = 1, temperature_c = 12, radiant_c = 3 }},
            {{ weight = 1, long_wave_w_per_m2_k = 9 }},
        ]\n"
    ));
    for told in [
        "an equivalent temperature as well",
        "by its `facing`",
        "nothing shines on it",
        "more than the whole outer film",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
}

#[test]
fn air_comes_in_over_time_in_templates_graphs_and_constructions() {
    let day = "[10, 10, 10, 10, 10, 10, 10, 10, 40, 40, 40, 40, 40, 40, 40, 40, 10, 10, 10, 10, 10, 10, 10, 10]";
    let template = VDI.replace("= 80\n[", &format!("= 80\nventilation_w_per_k = {day}\n["));
    let graph = GRAPH.replace("w_per_k = 40", &format!("w_per_k = {day}"));
    for text in [template, graph] {
        let network = read(&text).unwrap().network;
        let film = network.sources.iter().find_map(|s| match &s.kind {
            SourceKind::Film(film) => Some(film),
            _ => None,
        });
        let film = film.expect("what varies is a film");
        let FilmLaw::Air { over_mean, .. } = &film.law else {
            panic!("of air");
        };
        // 10 W/K for 16 h and 40 W/K for 8 h; the mean of 20 is below 40/1.7.
        assert!((film.reference_w_per_m2_k - 40.0 / 1.7).abs() < 1e-9);
        assert!((film.reference_w_per_m2_k * over_mean.at(9 * 3600) - 40.0).abs() < 1e-9);
        assert!((film.reference_w_per_m2_k * over_mean.at(3600) - 10.0).abs() < 1e-9);
    }
    let text = faults(&GRAPH.replace("w_per_k = 40", "w_per_k = 0"));
    assert!(text.contains("conducts nothing"), "{text}");
    let text = faults(&VDI.replace("= 80\n[", "= 80\nventilation_w_per_k = [1, 2]\n["));
    assert!(text.contains("24 or 168 values"), "{text}");
}
