//! Evidence for sections 1 to 3 and 6 of the settings' contract.

mod bounds;
mod documents;
mod levels;
mod properties;
mod recorded;
mod steering;

use serde_json::{Value, json};

use super::*;

pub(super) fn faults(v: Value) -> Vec<SettingsFault> {
    SettingsDocument::from_json(&v).expect_err("the document should have faults")
}

/// The only fault of a document.
pub(super) fn fault(v: Value) -> SettingsFault {
    let mut all = faults(v);
    assert_eq!(all.len(), 1, "{all:#?}");
    all.remove(0)
}

pub(super) fn doc(v: Value) -> SettingsDocument {
    SettingsDocument::from_json(&v).expect("a sound document")
}

/// User "u" with offsets and devices "a", "b"; user "v" with device "c"; user
/// "w" with absolute bounds and device "d".
pub(super) fn store() -> Store {
    let user = |id: &str, bounds, devices: &[&str]| UserSetup {
        id: id.into(),
        bounds,
        devices: devices
            .iter()
            .map(|d| ((*d).to_owned(), SettingsDocument::default()))
            .collect(),
        ..UserSetup::default()
    };
    Store::new(&[
        user("u", BoundsConvention::Offsets, &["a", "b"]),
        user("v", BoundsConvention::Offsets, &["c"]),
        user("w", BoundsConvention::Absolute, &["d"]),
    ])
    .expect("sound settings")
}

pub(super) fn apply(store: &mut Store, v: Value) -> Result<Applied, Vec<SettingsFault>> {
    store.apply_draft(&Draft::read(&Tree::from(&v)))
}

#[test]
fn every_fault_kind_has_its_own_stable_name_in_details() {
    let f = fault(json!({"user_id": "u", "room": {"preferred_temperature": 70}}));
    assert_eq!(
        f.detail(),
        json!({
            "loc": ["body", "room", "preferred_temperature"],
            "msg": "70 is above the highest allowed value; allowed: 5 to 35 degC; this looks like °F: 70 °F is 21.1 °C",
            "type": "other_unit"
        })
    );
    assert_eq!(
        f.to_string(),
        format!("room.preferred_temperature: {}", f.text())
    );
    let json = serde_json::to_value(&f).unwrap();
    assert_eq!(json["kind"], "other_unit");
    assert_eq!(json["unit"], "degC");
    assert!(json.get("devices").is_none());
}
