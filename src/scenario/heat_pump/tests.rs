use super::*;
use crate::scenario::{Faults, read_section};
use std::path::Path;

fn read(text: &str) -> Result<(HeatPump, Vec<Fault>), Faults> {
    let source = Source::new("t.toml", text);
    read_section(&source, Format::Toml, Path::new(""), &HEAT_PUMP, build)
}

#[test]
fn every_unit_of_the_library_reads_without_a_fault_or_a_warning() {
    let names = library_names();
    assert!(names.len() >= 8, "{names:?}");
    for name in names {
        let (pump, warnings) = read(&format!("unit = '{name}'")).unwrap();
        assert!(warnings.is_empty(), "{name}: {warnings:?}");
        assert!(!pump.source.is_empty() && !pump.name.is_empty());
        assert!(
            pump.heating.warnings().is_empty(),
            "{name} {:?}",
            pump.heating.warnings()
        );
        assert!((0.1..0.9).contains(&pump.min_modulation), "{name}");
        assert!(pump.levels_w.windows(2).all(|w| w[0] < w[1]), "{name}");
    }
}

#[test]
fn keys_beside_a_unit_change_it() {
    let text = "unit = 'nibe-f2050-6'\nmin_pause_min = 8\nmin_modulation = 0.5\nlevels_kw = [0.5, 1.5]\nbackup = { power_kw = 6 }";
    let (pump, _) = read(text).unwrap();
    let (unit, _) = read("unit = 'nibe-f2050-6'").unwrap();
    assert_eq!((pump.min_pause_s, unit.min_pause_s), (480.0, 300.0));
    assert_eq!(pump.min_modulation, 0.5);
    assert_eq!(pump.levels_w, [500.0, 1500.0]);
    assert_eq!((pump.backup.power_w, unit.backup.power_w), (6000.0, 3000.0));
    assert_eq!(pump.heating, unit.heating);
    assert_eq!(pump.flow_max_c, 58.0);
}

#[test]
fn a_unit_of_ones_own_needs_one_point() {
    let text = "points = [{ source_c = 7, flow_c = 35, capacity_kw = 6, cop = 4.6 }]";
    let (pump, warnings) = read(text).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    assert!((pump.heating.at(7.0, 35.0).0 - 6000.0).abs() < 1e-6);
    assert!((pump.start_loss_j - 60.0 * 6000.0 / 4.6).abs() < 1e-3);
    assert!(pump.cooling.is_none());
    assert_eq!((pump.min_run_s, pump.min_pause_s), (600.0, 300.0));
}

#[test]
fn fails_for_what_people_mix_up_and_says_so() {
    let first = |text: &str| read(text).unwrap_err().list[0].clone();
    let f = first("min_run_min = 10");
    assert!(f.message.contains("no performance figures"), "{f:?}");
    let f = first("unit = 'nibe-f2050'");
    assert_eq!(f.hint.as_deref(), Some("did you mean \"nibe-f2050-6\"?"));
    let f = first("points = [{ source_c = 7, flow_c = 35, capacity_kw = 6, cop = 14 }]");
    assert!(f.message.contains("Carnot"), "{f:?}");
    assert_eq!(f.key, "points[0].cop");
    let f = first("points = [{ source_c = 7, flow_c = 35, capacity_kw = 6000, cop = 4 }]");
    assert!(f.unit.as_deref() == Some("kW"), "{f:?}");
    let f = first("unit = 'nibe-f2050-6'\nlevels_kw = [2, 1]");
    assert!(f.message.contains("do not rise"), "{f:?}");
    let f = first("unit = 'nibe-f2050-6'\nparked_heating_c = 24\nparked_cooling_c = 22");
    assert!(f.message.contains("parked"), "{f:?}");
    let f = first("unit = 'nibe-f2050-6'\npart_load_cop = [1, 1, 1]");
    assert!(f.message.contains("five"), "{f:?}");
    let warned = read("points = [{ source_c = 35, flow_c = 7, capacity_kw = 6, cop = 4 }]");
    let (_, warnings) = warned.unwrap();
    assert!(warnings[0].message.contains("swapped"), "{warnings:?}");
}

#[test]
fn library_units_are_plausible_away_from_their_certified_loads() {
    let at = |pump: &HeatPump, s: f64, f: f64| pump.heating.at(s, f);
    for name in library_names() {
        let (pump, _) = read(&format!("unit = '{name}'")).unwrap();
        if name.starts_with("typical") {
            continue;
        }
        // Inverter units are rated on mild days below their highest speed.
        let rated = PartLoad::new(pump.part_load_cop).factor(0.7);
        let mild = rated * at(&pump, 7.0, 35.0).1;
        let hot = rated * at(&pump, 7.0, 55.0).1;
        let (_, cold) = at(&pump, -7.0, 35.0);
        // EN 14511 tables of such units: 4 to 5.3, 2.4 to 3.4, 2.4 to 3.4.
        assert!((3.6..5.6).contains(&mild), "{name} {mild}");
        assert!((2.2..3.6).contains(&hot), "{name} {hot}");
        assert!((2.2..3.6).contains(&cold), "{name} {cold}");
        let ratio = at(&pump, 7.0, 35.0).0 / at(&pump, -7.0, 35.0).0;
        assert!((1.0..1.5).contains(&ratio), "{name} {ratio}");
    }
}
