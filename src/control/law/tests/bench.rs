//! A controller on the bench: settings in, temperatures in, commands out.

use crate::control::hysteresis::Band;
use crate::control::law::{self, Command, DeviceBands, Memory, Observation};
use crate::control::setpoints::{Constants, DeviceSetpoints, RoomSetpoints};
use crate::control::settings::{
    BoundsConvention, Effective, SettingsDocument, Store, UserSetup, resolve_bounds,
};
use crate::control::thresholds::{self, Abilities};
use crate::model::Controller;
use crate::model::controller::{HeatingControl, HeatingCurve, RoomSensor};
use crate::trace::Reason;

/// One device with as many rooms as temperatures are given.
pub(super) struct Bench {
    store: Store,
    pub controller: Controller,
    pub abilities: Abilities,
    pub constants: Constants<f64>,
    pub outdoor_c: f64,
    pub damped_c: f64,
    pub tank_c: f64,
    pub water_c: f64,
    pub circuit_c: f64,
    pub tank_limit: bool,
    pub full_output: bool,
    /// Coldest flow in cooling; outdoors is below the bivalence point.
    pub(super) dry_c: f64,
    pub(super) bivalent: bool,
    pub shift: f64,
    /// Commanded powers, W.
    pub house_w: Option<f64>,
    pub tank_w: Option<f64>,
    pub disinfect: bool,
    pub recovery: bool,
    /// A target other than the preferred temperature (a schedule entry).
    pub scheduled_c: Option<f64>,
    pub memory: Memory<f64>,
    pub valves: Vec<bool>,
    pub bands: Vec<Band<f64>>,
    elapsed_s: f64,
    disinfecting: bool,
}

/// Controller constants with the specification's defaults.
pub(super) fn defaults() -> Controller {
    Controller {
        heating: HeatingControl::Deadband,
        sensor: RoomSensor::Operative,
        heating_deadband_k: 0.3,
        cooling_deadband_k: 1.0,
        dwell_s: 4.0 * 3600.0,
        dwell_margin_k: 1.0,
        auto_cooling_below_preferred_k: 4.0,
        auto_cooling_hysteresis_k: 2.0,
        damping_s: 86_400.0,
        cooling_outdoor_limit_c: 18.0,
        cooling_outdoor_hysteresis_k: 2.0,
        tank_setpoint_c: 50.0,
        tank_hysteresis_k: 5.0,
        longest_charge_s: 5400.0,
        room_turn_s: 1800.0,
        frost_c: 5.0,
        frost_protection: true,
        curve: HeatingCurve {
            design_flow_c: 40.0,
            design_outdoor_c: -10.0,
            exponent: 1.1,
            min_flow_c: 20.0,
            max_flow_c: 50.0,
            room_influence: 0.0,
        },
        cooling_flow_c: 18.0,
        flow_stop_above_k: 5.0,
        flow_start_below_k: 3.0,
        valves: true,
        reference_room: 0,
        disinfection: None,
        recovery_s: 7200.0,
        price_shift: 0.5,
        price_quantile: 0.25,
        pv_surplus_w: 1000.0,
    }
}

impl Bench {
    /// A bench with `rooms` rooms whose user has these settings (the wire's
    /// document without ids).
    pub(super) fn new(rooms: usize, settings: &str) -> Self {
        Self::with_convention(rooms, settings, BoundsConvention::Offsets)
    }

    pub(super) fn with_convention(rooms: usize, settings: &str, bounds: BoundsConvention) -> Self {
        let mut json: serde_json::Value = serde_json::from_str(settings).unwrap();
        json["user_id"] = "u".into();
        let document = SettingsDocument::from_json(&json).unwrap();
        let store = Store::new(&[UserSetup {
            id: "u".into(),
            bounds,
            settings: document,
            devices: vec![("d".into(), SettingsDocument::default())],
            ..UserSetup::default()
        }])
        .unwrap();
        Self {
            store,
            controller: defaults(),
            abilities: Abilities {
                can_cool: true,
                can_switch_off: true,
                parked_heating_c: 10.0,
                parked_cooling_c: 35.0,
            },
            constants: Constants {
                dwell_s: 4.0 * 3600.0,
                min_run_s: 600.0,
                min_pause_s: 300.0,
                longest_charge_s: 5400.0,
                room_turn_s: 1800.0,
                backup_delay_s: 1800.0,
                backup_space: 1.0,
                backup_tank: 0.0,
                room_influence: 0.0,
                pi_gain: 0.0,
                pi_integral_s: 0.0,
                flow_stop_above_k: 5.0,
                flow_start_below_k: 3.0,
                flow_max_c: 60.0,
                tank_hysteresis_k: 5.0,
                disinfection_c: 60.0,
                disinfection_hold_s: 1800.0,
                valves: 1.0,
            },
            outdoor_c: 5.0,
            damped_c: 5.0,
            tank_c: 50.0,
            water_c: 25.0,
            circuit_c: 25.0,
            tank_limit: false,
            full_output: false,
            dry_c: 5.0,
            bivalent: false,
            shift: 0.0,
            house_w: None,
            tank_w: None,
            disinfect: false,
            recovery: false,
            scheduled_c: None,
            memory: Memory::new(rooms),
            valves: vec![false; rooms],
            bands: vec![Band::default(); rooms],
            elapsed_s: 0.0,
            disinfecting: false,
        }
    }

    /// Sends a further document (without ids) at the user level.
    pub(super) fn send(&mut self, document: &str) {
        let mut json: serde_json::Value = serde_json::from_str(document).unwrap();
        json["user_id"] = "u".into();
        self.store
            .apply(&SettingsDocument::from_json(&json).unwrap())
            .unwrap();
    }

    pub(super) fn settings(&self) -> Effective {
        self.store.effective("u", "d").unwrap()
    }

    fn setpoints(&mut self) -> (Vec<RoomSetpoints<f64>>, DeviceSetpoints<f64>) {
        let flag = |b: bool| f64::from(u8::from(b));
        let e = self.settings();
        let target_c = self.scheduled_c.unwrap_or(e.preferred_c);
        let bounds = resolve_bounds(&e, target_c, 0.0);
        let deepens = self.house_w.is_some_and(|w| w > 0.0);
        let room = thresholds::room(
            &bounds,
            &e,
            &self.controller,
            &self.abilities,
            self.shift,
            deepens,
        );
        let mut set = DeviceSetpoints::idle();
        thresholds::device(&mut set, &e, &self.controller, &self.abilities, self.shift);
        set.cool_permitted = flag(self.outdoor_c >= self.controller.cooling_outdoor_limit_c);
        let threshold = e.preferred_c - self.controller.auto_cooling_below_preferred_k;
        let auto = e.mode == crate::control::settings::ControlMode::Auto;
        set.auto_may_start = flag(auto && self.damped_c >= threshold);
        let still = self.damped_c >= threshold - self.controller.auto_cooling_hysteresis_k;
        set.auto_may_go_on = flag(auto && still);
        set.flow_heating = 35.0;
        set.flow_cooling_limit = self.dry_c;
        set.bivalent = flag(self.bivalent);
        (set.house_commanded, set.house_w) =
            (flag(self.house_w.is_some()), self.house_w.unwrap_or(0.0));
        (set.tank_commanded, set.tank_w) =
            (flag(self.tank_w.is_some()), self.tank_w.unwrap_or(0.0));
        set.recovery = flag(self.recovery);
        set.disinfection_starts = flag(self.disinfect && !self.disinfecting);
        set.disinfection_window = flag(self.disinfect);
        self.disinfecting = self.disinfect;
        (vec![room; self.valves.len()], set)
    }

    /// The command with the rooms at these temperatures.
    pub(super) fn at(&mut self, rooms_c: &[f64]) -> Command<f64> {
        let (rooms, set) = self.setpoints();
        let seen = Observation {
            tank_c: self.tank_c,
            water_c: self.water_c,
            circuit_c: self.circuit_c,
            tank_limit: self.tank_limit,
            full_output: self.full_output,
            elapsed_s: self.elapsed_s,
        };
        self.elapsed_s = 0.0;
        law::decide(
            rooms_c,
            &seen,
            &rooms,
            &set,
            &self.constants,
            &mut self.memory,
            &mut self.valves,
            &mut self.bands,
            &mut DeviceBands::default(),
        )
    }

    /// The command with the rooms at these temperatures, held for `minutes`.
    pub(super) fn hold(&mut self, rooms_c: &[f64], minutes: f64) -> Command<f64> {
        let mut command = self.at(rooms_c);
        let mut left = minutes * 60.0;
        while left > 1e-9 {
            let dt = left.min(command.holds_for_s.max(1.0)).min(60.0);
            law::elapse(
                &command,
                self.full_output,
                self.full_output,
                dt,
                &self.constants,
                &mut self.memory,
                0.0,
            );
            self.elapsed_s = dt;
            left -= dt;
            command = self.at(rooms_c);
        }
        command
    }

    /// Whether rooms are heated, cooled, at these temperatures now.
    pub(super) fn heats(&mut self, rooms_c: &[f64]) -> bool {
        let c = self.at(rooms_c);
        c.heat && c.compressor && !c.tank
    }

    pub(super) fn cools(&mut self, rooms_c: &[f64]) -> bool {
        let c = self.at(rooms_c);
        c.cool && c.compressor && !c.tank
    }

    pub(super) fn charges(&mut self, rooms_c: &[f64]) -> bool {
        let c = self.at(rooms_c);
        c.tank && c.compressor
    }
}

/// The reason of a command.
pub(super) fn reason(command: &Command<f64>) -> Reason {
    Reason::ALL[command.reason as usize]
}
