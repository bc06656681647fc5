//! Paths, what they stand for, and scenarios with keys set anew.

use std::path::Path;

use super::path::path;
use super::*;
use crate::scenario::Code;

const TEXT: &str = r#"heatloop = 1
site = { country = "NL", postal_code = "3511AB" }
period = { start = 2019-01-19, days = 1, warmup_days = 0 }

[[users]]
id = "anna"
settings.room.preferred_temperature = 20
[[users.devices]]
house = "rc-light"
heat_pump = "nibe-f2050-6"
tank = { volume_l = 150 }
[[users.devices]]
house = "rc-light"
heat_pump = "nibe-f2050-6"
"#;

fn base() -> Base {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("base.toml");
    std::fs::write(&path, TEXT).unwrap();
    Base::read(&path).unwrap()
}

fn setting(base: &Base, path: &str, value: Value) -> Setting {
    Setting {
        target: Arc::new(base.target(path).unwrap()),
        value: Node { span: 0..0, value },
    }
}

#[test]
fn paths_are_keys_indices_and_stars() {
    let key = |k: &str| Step::Key(k.to_owned());
    assert_eq!(
        path("users[0].devices[*].\"a.b\".*").unwrap(),
        [
            key("users"),
            Step::Index(0),
            key("devices"),
            Step::Every,
            key("a.b"),
            Step::Every
        ]
    );
    for wrong in ["", ".a", "a.", "a..b", "a[", "a[x]", "a[0", "a\"b\"", "a]"] {
        assert!(path(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_key_is_set_in_every_place_that_its_path_stands_for() {
    let base = base();
    let one = base.target("users[0].devices[0].tank.volume_l").unwrap();
    assert_eq!((one.places().len(), one.unit), (1, "l"));
    let all = base.target("users[*].devices[*].house").unwrap();
    assert_eq!(all.places().len(), 2);
    // The short form: a device's own key stands for all devices.
    assert_eq!(base.target("house").unwrap().places(), all.places());
    let varied = base.vary(&[
        setting(
            &base,
            "users[0].devices[0].tank.volume_l",
            Value::Integer(222),
        ),
        setting(&base, "seed", Value::Integer(9)),
        setting(&base, "controller.frost_c", Value::Float(6.0)),
        setting(
            &base,
            "settings.dhw.temperature_lower_bound",
            Value::Integer(43),
        ),
    ]);
    let varied = match varied {
        Ok(varied) => varied.scenario,
        Err(faults) => panic!("{faults}"),
    };
    let devices = &varied.users[0].devices;
    assert_eq!(devices[0].tank.as_ref().unwrap().volume_l, 222.0);
    assert_eq!(varied.seed, 9);
}

#[test]
fn a_path_that_stands_for_nothing_names_the_nearest() {
    let base = base();
    for (path, hint) in [
        ("users[0].devices[0].tank.volum_l", "volume_l"),
        ("users[0].devises[0].tank", "devices"),
        ("period.dais", "days"),
        ("users.devices", "users[0]"),
        ("users[3].id", "count from 0"),
        ("users[0].devices[0].house.construction", "as a table"),
        ("nonsense", "keys there"),
    ] {
        let none = base.target(path).unwrap_err();
        let hint_given = none.hint.unwrap_or_default();
        assert!(
            hint_given.contains(hint),
            "{path}: {} ({hint_given})",
            none.message
        );
    }
}

#[test]
fn a_fault_of_a_varied_value_cites_it_and_says_which() {
    let base = base();
    let settings = [
        setting(&base, "seed", Value::Integer(2)),
        setting(&base, "tank.volume_l", Value::Float(-5.0)),
    ];
    let Err(faults) = base.vary(&settings) else {
        panic!("read")
    };
    let fault = &faults.list[0];
    assert_eq!(fault.value.as_deref(), Some("-5"), "{}", fault.line());
    assert_eq!(base.setting_of(fault, 2), Some(1));
    // A fault of the base's own text is of no setting.
    let own = Fault::new(Code::Data, "x").at(crate::scenario::Place::new(&base.source, 0..3));
    assert_eq!(base.setting_of(&own, 2), None);
    assert!(Base::read(Path::new("no-such-file.toml")).is_err());
}
