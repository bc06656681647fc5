//! The control law: a pure function of thresholds, memory and observation to a
//! command, together with the bands and the time for which the command holds.
//!
//! The order in which it decides: what each room asks for (`room`), what the
//! tank asks for (`hot_water`), heating or cooling (`change_over`), who goes
//! first and whether the compressor may run (`source`), then backup, set-points
//! and the reason. It knows no physics: how much heat the command brings is the
//! plant's matter.

use serde::{Deserialize, Serialize};

use super::change_over::{self, SideMemory, Together};
use super::hot_water::{self, TankDemand, TankMemory};
use super::hysteresis::{Band, REACHED_K, fallen_to, latch_low, no, risen_to};
use super::room::{self, RoomMemory, flag};
use super::setpoints::{Constants, DeviceSetpoints, RoomSetpoints};
use super::source::{self, Requests, Running, SourceMemory, Turn};
use crate::numeric::{Mask, Real, Stored};
use crate::trace::Reason;

/// A command that is not there, W.
pub const NO_POWER_COMMAND_W: f64 = 1e30;

/// Below the bivalence point the backup heater helps after the compressor has
/// been at its limit for so long, s. Makers release it by degree-minutes or a
/// timer; ours is of the order of 400 K·min at a flow 20 K short.
pub const BIVALENCE_DELAY_S: f64 = 1200.0;

/// Calls a macro with each part of two memories and the part's fields.
macro_rules! each_field {
    ($do:ident, $a:expr, $b:expr) => {
        for (a, b) in $a.rooms.iter_mut().zip(&$b.rooms) {
            $do!(a, b; masks calls forced forbidden cool_calls cool_forced cool_forbidden
                necessary frost open; numbers);
        }
        $do!($a.tank, $b.tank;
            masks calls forced forbidden at_limit disinfecting disinfection_calls;
            numbers limit_c held_s reached missed);
        $do!($a.side, $b.side;
            masks recovery_exempt recovering; numbers last since_s changes);
        $do!($a.source, $b.source;
            masks on tank_served cooling_served space_served flow_blocked circuit_frost;
            numbers in_state_s charging_s turn_s limit_s integral_k starts min_run_ended);
    };
}

/// Everything the controller remembers between decisions.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(bound = "T: Stored")]
pub struct Memory<T: Real> {
    pub rooms: Vec<RoomMemory<T>>,
    pub tank: TankMemory<T>,
    pub side: SideMemory<T>,
    pub source: SourceMemory<T>,
}

impl<T: Real> Memory<T> {
    /// Memory of a controller that has just been switched on.
    pub fn new(rooms: usize) -> Self {
        Self {
            rooms: vec![RoomMemory::default(); rooms],
            tank: TankMemory::default(),
            side: SideMemory::default(),
            source: SourceMemory::default(),
        }
    }

    /// Becomes a copy of `other`, which has as many rooms, without allocating.
    #[inline(always)]
    pub fn copy_from(&mut self, other: &Self) {
        self.rooms.copy_from_slice(&other.rooms);
        (self.tank, self.side, self.source) = (other.tank, other.side, other.source);
    }

    /// Takes back what a decision changed in lanes where `active` does not hold.
    #[inline(always)]
    pub fn keep_where(&mut self, active: T::Mask, before: &Self) {
        macro_rules! keep {
            ($now:expr, $old:expr; masks $($mask:ident)*; numbers $($number:ident)*) => {
                $( $now.$mask = (active & $now.$mask) | (!active & $old.$mask); )*
                $( $now.$number = T::select(active, $now.$number, $old.$number); )*
            };
        }
        each_field!(keep, self, before);
    }

    /// Puts what one lane remembers into `to`, a house with as many rooms.
    pub fn take_lane(&self, lane: usize, to: &mut Memory<f64>) {
        macro_rules! take {
            ($to:expr, $from:expr; masks $($mask:ident)*; numbers $($number:ident)*) => {
                $( $to.$mask = $from.$mask.lane(lane); )*
                $( $to.$number = $from.$number.lane(lane); )*
            };
        }
        each_field!(take, to, self);
    }
}

/// What the controller sees besides its rooms.
#[derive(Clone, Copy, Debug)]
pub struct Observation<T: Real> {
    /// The tank's deciding sensor, degC.
    pub tank_c: T,
    /// Flow temperature while rooms are served, else the emitters' mean water temperature, degC.
    pub water_c: T,
    /// Water of the coldest emitter, degC.
    pub circuit_c: T,
    /// The last segment's charge ended at the plant's limit; the heat pump was at full output.
    pub tank_limit: T::Mask,
    pub full_output: T::Mask,
    /// Length of the last segment, s.
    pub elapsed_s: T,
}

/// What the plant is told.
#[derive(Clone, Copy, Debug)]
pub struct Command<T: Real> {
    /// The source serves rooms in heating, in cooling, or the tank.
    pub heat: T::Mask,
    pub cool: T::Mask,
    pub tank: T::Mask,
    /// The compressor runs.
    pub compressor: T::Mask,
    /// Valves are open as asked though the compressor stands (pump circulates).
    pub backup_space: T::Mask,
    pub backup_tank: T::Mask,
    pub element: T::Mask,
    /// Flow set-point of the side that is served, degC.
    pub flow_c: T,
    /// Electrical power to aim at, W; [`NO_POWER_COMMAND_W`] = by the device's own curve.
    pub power_w: T,
    /// Code of the [`Reason`].
    pub reason: T,
    /// A command of the activation schedule is in force; is not followed.
    pub commanded: T::Mask,
    pub overridden: T::Mask,
    /// The command holds for so long at most, s.
    pub holds_for_s: T,
    /// It waits for nothing: only settings, bands and the flow end it (see `held`).
    pub stands: T::Mask,
}

/// Where the command stops to hold.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeviceBands<T: Real> {
    pub tank: Band<T>,
    pub water: Band<T>,
    pub circuit: Band<T>,
}

/// Decides. `valves` gets each room's valve; `room_bands` the temperatures for
/// which the decision holds.
#[inline(always)]
#[allow(clippy::too_many_arguments)] // four inputs, the memory, three outputs that must not be allocated
pub fn decide<T: Real>(
    room_c: &[T],
    seen: &Observation<T>,
    rooms: &[RoomSetpoints<T>],
    set: &DeviceSetpoints<T>,
    constants: &Constants<T>,
    memory: &mut Memory<T>,
    valves: &mut [T::Mask],
    room_bands: &mut [Band<T>],
    bands: &mut DeviceBands<T>,
) -> Command<T> {
    *bands = DeviceBands::default();
    let was_forced = memory.rooms.iter().fold(no::<T>(), |any, m| any | m.forced);
    // Judged once, when the recovery time begins: afterwards the step itself forces.
    let recovers = flag::<T>(set.recovery);
    let before_step = (!memory.side.recovering & was_forced)
        | (memory.side.recovering & memory.side.recovery_exempt);
    memory.side.recovery_exempt = recovers & before_step;
    memory.side.recovering = recovers;

    // Rooms. `valves` first holds each room's own wish.
    let has_valves = flag::<T>(constants.valves);
    let mut together = Together::default();
    let (mut warmable, mut coolable) = (no::<T>(), no::<T>());
    for r in 0..room_c.len() {
        room_bands[r] = Band::default();
        let was_open = memory.rooms[r].open;
        let demand = room::demand(
            room_c[r],
            &rooms[r],
            set,
            &mut memory.rooms[r],
            &mut room_bands[r],
        );
        warmable = warmable | (was_open & !memory.rooms[r].forbidden);
        coolable = coolable | (was_open & !memory.rooms[r].cool_forbidden);
        together.add(&demand);
        memory.rooms[r].open = demand.heat | demand.frost;
        valves[r] = demand.cool;
    }
    // Frost protection of the water circuit: heat goes through all emitters.
    memory.source.circuit_frost = latch_low(
        memory.source.circuit_frost,
        seen.circuit_c,
        set.circuit_frost_on,
        set.circuit_frost_off,
        &mut bands.circuit,
    );
    together.frost = together.frost | memory.source.circuit_frost;
    for m in &mut memory.rooms {
        m.open = m.open | memory.source.circuit_frost;
    }
    let side = change_over::choose(&together, set, constants, &memory.side);

    // Tank and priority.
    let tank = hot_water::demand(
        seen.tank_c,
        seen.tank_limit,
        seen.elapsed_s,
        set,
        constants,
        &mut memory.tank,
        &mut bands.tank,
    );
    let space_asks = side.heat | side.cool;
    let requests = Requests {
        space: space_asks,
        space_forced: (side.heat & (together.heat_forced | together.frost))
            | (side.cool & together.cool_forced),
        tank: tank.charge,
        tank_forced: tank.charge & tank.forced,
    };
    let turn = source::take_turns(&requests, constants, &mut memory.source);
    let heat_turn = turn.space & side.heat;
    let cool_turn = turn.space & side.cool;

    // Flow set-point and the flow limit.
    let flow_c = flow_set_point(
        room_c, rooms, set, constants, memory, heat_turn, cool_turn, has_valves,
    );
    let blocked = flow_limit(
        seen.water_c,
        flow_c,
        heat_turn,
        cool_turn,
        set,
        constants,
        memory,
        &mut bands.water,
    );

    // Compressor.
    let heating_ok = flag::<T>(set.source_heating_ok);
    let cooling_ok = flag::<T>(set.source_cooling_ok);
    let source_ok = (turn.tank & heating_ok) | (heat_turn & heating_ok) | (cool_turn & cooling_ok);
    let serves = turn.tank | turn.space;
    let wanted = serves & source_ok & !(turn.space & blocked);
    // Without valves the deciding room speaks for all.
    let warmable = (has_valves & warmable) | (!has_valves & !together.heat_forbidden);
    let coolable = (has_valves & coolable) | (!has_valves & !together.cool_forbidden);
    let may_run_on = may_run_on(
        warmable,
        coolable,
        &tank,
        set,
        memory,
        seen.water_c,
        constants,
    );
    let running = source::run(wanted, may_run_on, constants, &mut memory.source);

    // A minimum run goes on with what was served last. Where no room asks any
    // more, its heat goes to all rooms that are not at a bound.
    let on_space = running.min_run & !serves & memory.source.space_served;
    let on_tank = running.min_run & !serves & memory.source.tank_served;
    let heat = heat_turn | (on_space & !memory.source.cooling_served & !cool_turn);
    let cool = cool_turn | (on_space & memory.source.cooling_served & !heat_turn);
    let to_tank = turn.tank | on_tank;

    // Valves: rooms that ask; without valves all; in a minimum run those not at a bound.
    for r in 0..room_c.len() {
        let m = &mut memory.rooms[r];
        let asks = (heat_turn & m.open) | (cool_turn & valves[r]);
        let free = (heat & !m.forbidden) | (cool & !m.cool_forbidden);
        let follows = !flag::<T>(rooms[r].counts);
        let open = (has_valves & (asks | ((on_space | (follows & (heat | cool))) & free)))
            | (!has_valves & (heat | cool));
        m.open = open;
        valves[r] = open;
    }

    // Backup and element.
    let in_recovery = flag::<T>(set.recovery) & !memory.side.recovery_exempt;
    let late = together.heat_forced
        & memory
            .source
            .limit_s
            .ge(constants.backup_delay_s - T::splat(1e-6));
    // Below the bivalence point, too, it only fills what the compressor can't
    // give, and not in the ramp after each start.
    let bivalence_s = T::splat(BIVALENCE_DELAY_S).min(constants.backup_delay_s);
    let bivalent = flag::<T>(set.bivalent) & running.on;
    let short = bivalent & memory.source.limit_s.ge(bivalence_s - T::splat(1e-6));
    let released = ((short | late) & !in_recovery) | !heating_ok | together.frost;
    let backup_space = heat & flag::<T>(constants.backup_space) & released & !running.min_run;
    // The heater in the flow charges the tank where the heat pump may not run;
    // where it can't reach the temperature, `tank.element` stands for both.
    let backup_tank = to_tank & flag::<T>(constants.backup_tank) & !heating_ok;

    let command_reason = reason(&Decision {
        together: &together,
        tank: &tank,
        turn: &turn,
        running: &running,
        heat,
        cool,
        to_tank,
        dwelling: side.dwelling,
        blocked: turn.space & blocked,
        source_ok,
        backup: backup_space | backup_tank,
        set,
    });

    let (commanded, overridden, power_w) =
        steering(set, &running, heat | cool, to_tank, &together, &tank);
    let never = T::splat(1e30);
    let late_in = T::select(
        together.heat_forced & seen.full_output & !late,
        constants.backup_delay_s - memory.source.limit_s,
        never,
    );
    let short_in = T::select(
        bivalent & seen.full_output & !short,
        bivalence_s - memory.source.limit_s,
        never,
    );
    let holds_for_s = side
        .holds_for_s
        .min(turn.holds_for_s)
        .min(running.holds_for_s)
        .min(tank.holds_for_s)
        .min(late_in)
        .min(short_in);
    // Nothing runs, or what runs serves one side in its ordinary course. What is
    // told of steering depends on temperatures that no band names.
    let serves_on = running.on & wanted & !running.min_run & !(requests.space & requests.tank);
    let steered = flag::<T>(set.house_commanded + set.tank_commanded + set.shifted);
    let disinfects = memory.tank.disinfecting | flag::<T>(set.disinfection_starts);
    let limited = seen.full_output | memory.source.limit_s.gt(T::splat(0.0));
    let stands = (serves_on | !(serves | running.on))
        & !(together.cool | steered | disinfects | limited | blocked | tank.element)
        & holds_for_s.ge(never);
    Command {
        heat,
        cool,
        tank: to_tank,
        compressor: running.on,
        backup_space,
        backup_tank,
        element: tank.element,
        flow_c,
        power_w,
        reason: command_reason,
        commanded,
        overridden,
        holds_for_s,
        stands,
    }
}

/// Lets `dt_s` pass under a command: timers and the PI's integral, which rests
/// while the source is `spent`: what it asked for beyond that would have to be
/// unwound later.
#[inline(always)]
#[allow(clippy::too_many_arguments)] // what happened in the segment, one by one
pub fn elapse<T: Real>(
    command: &Command<T>,
    full_output: T::Mask,
    spent: T::Mask,
    dt_s: T,
    constants: &Constants<T>,
    memory: &mut Memory<T>,
    error_k: T,
) {
    let zero = T::splat(0.0);
    let source = &mut memory.source;
    source.in_state_s += dt_s;
    let delivers_heat = command.heat & (command.compressor | command.backup_space);
    let delivers_cold = command.cool & command.compressor;
    source.space_served =
        delivers_heat | delivers_cold | (source.space_served & !command.compressor);
    source.cooling_served = delivers_cold | (source.cooling_served & !delivers_heat);
    source.tank_served = (command.tank & command.compressor)
        | (source.tank_served & !(delivers_heat | delivers_cold));
    source.space_served = source.space_served & !(command.tank & command.compressor);
    let charges = command.tank & (command.compressor | command.backup_tank);
    source.charging_s = T::select(charges, source.charging_s + dt_s, zero);
    source.turn_s = (source.turn_s - dt_s).max(zero);
    let at_limit = delivers_heat & full_output;
    let short = at_limit | (command.heat & !command.compressor & command.backup_space);
    source.limit_s = T::select(
        short,
        source.limit_s + dt_s,
        T::select(command.tank, source.limit_s, zero),
    );
    let pi = constants.pi_integral_s.gt(zero) & command.heat;
    let bound = T::splat(20.0);
    let integral = source.integral_k
        + constants.pi_gain * error_k * dt_s / constants.pi_integral_s.max(T::splat(1.0));
    source.integral_k = T::select(
        pi & !spent,
        integral.clamp(-bound, bound),
        source.integral_k,
    );

    let side = &mut memory.side;
    let now = T::select(
        delivers_heat,
        T::splat(1.0),
        T::select(delivers_cold, T::splat(-1.0), side.last),
    );
    side.changes += T::from_mask((now * side.last).lt(zero));
    side.last = now;
    side.since_s = T::select(delivers_heat | delivers_cold, zero, side.since_s + dt_s);
}

/// Flow set-point with room influence, and the PI where there is one.
#[inline(always)]
#[allow(clippy::too_many_arguments)] // one formula, all its terms
pub(super) fn flow_set_point<T: Real>(
    room_c: &[T],
    rooms: &[RoomSetpoints<T>],
    set: &DeviceSetpoints<T>,
    constants: &Constants<T>,
    memory: &Memory<T>,
    heat: T::Mask,
    cool: T::Mask,
    has_valves: T::Mask,
) -> T {
    let follows = constants.room_influence + constants.pi_gain;
    let zero = T::splat(0.0);
    let error = if (follows.lt(zero) | follows.gt(zero)).any() {
        coldest_error(room_c, rooms, memory, has_valves)
    } else {
        zero
    };
    let heating = set.flow_heating + follows * error + memory.source.integral_k;
    let heating = heating.clamp(
        set.flow_heating_min,
        set.flow_heating_max.min(constants.flow_max_c),
    );
    T::select(cool & !heat, set.flow_cooling, heating)
}

/// Largest target minus temperature over the rooms that ask for heat, K; 0 where none does.
#[inline(always)]
pub fn coldest_error<T: Real>(
    room_c: &[T],
    rooms: &[RoomSetpoints<T>],
    memory: &Memory<T>,
    has_valves: T::Mask,
) -> T {
    let none = T::splat(-1e30);
    let mut error = none;
    for r in 0..room_c.len() {
        let asks = flag::<T>(rooms[r].counts) & (memory.rooms[r].open | !has_valves);
        error = T::select(asks, error.max(rooms[r].target - room_c[r]), error);
    }
    T::select(error.gt(none), error, T::splat(0.0))
}

/// Stops a unit whose water has become warmer (colder in cooling) than its
/// set-point although it runs at its lowest output.
#[inline(always)]
#[allow(clippy::too_many_arguments)] // one rule, all its terms
pub(super) fn flow_limit<T: Real>(
    water_c: T,
    flow_c: T,
    heat: T::Mask,
    cool: T::Mask,
    set: &DeviceSetpoints<T>,
    constants: &Constants<T>,
    memory: &mut Memory<T>,
    band: &mut Band<T>,
) -> T::Mask {
    let commanded_on = flag::<T>(set.house_commanded) & set.house_w.gt(T::splat(0.0));
    let by_curve = (flow_c + constants.flow_stop_above_k).min(constants.flow_max_c);
    let stop_high = T::select(commanded_on, constants.flow_max_c, by_curve);
    let start_high =
        (flow_c - constants.flow_start_below_k).min(stop_high - constants.flow_start_below_k);
    let stop_low = (flow_c - constants.flow_stop_above_k).max(set.flow_cooling_limit);
    // At the dew point the way down is short; the way back is as long as ever, or
    // a unit whose lowest output is too much would start every few minutes.
    let start_low = flow_c + constants.flow_start_below_k;
    let serving = memory.source.on & memory.source.space_served;
    let heats = serving & !memory.source.cooling_served & heat;
    let cools = serving & memory.source.cooling_served & cool;
    let stops = (heats & risen_to(water_c, stop_high)) | (cools & fallen_to(water_c, stop_low));
    let goes_on = memory.source.flow_blocked
        & ((heat & !fallen_to(water_c, start_high)) | (cool & !risen_to(water_c, start_low)));
    let blocked = stops | goes_on;
    memory.source.flow_blocked = blocked;
    band.end_rising(heat & !blocked, stop_high);
    band.end_falling(heat & blocked, start_high);
    // A minimum run goes on past the stop, up to the unit's own limit.
    band.end_rising(heat & blocked & memory.source.on, constants.flow_max_c);
    band.end_falling(cool & !blocked, stop_low);
    band.end_falling(cools & blocked, set.flow_cooling_limit);
    band.end_rising(cool & blocked, start_low);
    blocked
}

/// Whether what was served last may be served on through a minimum run: some
/// served room is short of its bound (`warmable`, `coolable`), the mode allows
/// it, and the water is not at the unit's limit.
#[inline(always)]
fn may_run_on<T: Real>(
    warmable: T::Mask,
    coolable: T::Mask,
    tank: &TankDemand<T>,
    set: &DeviceSetpoints<T>,
    memory: &Memory<T>,
    water_c: T,
    constants: &Constants<T>,
) -> T::Mask {
    let m = &memory.source;
    let cool_allowed = flag::<T>(set.cool_always)
        | memory
            .rooms
            .iter()
            .fold(no::<T>(), |any, r| any | r.necessary);
    let heat_on = m.space_served
        & !m.cooling_served
        & flag::<T>(set.heat_allowed)
        & warmable
        & water_c.lt(constants.flow_max_c);
    let dry = water_c.gt(set.flow_cooling_limit + T::splat(REACHED_K));
    let cool_on = m.space_served
        & m.cooling_served
        & cool_allowed
        & flag::<T>(set.cool_permitted)
        & coolable
        & dry;
    let tank_on = m.tank_served & !tank.forbidden & !memory.tank.at_limit;
    heat_on | cool_on | tank_on
}

/// Whether a command is there, is overridden, and the power that it asks for.
#[inline(always)]
fn steering<T: Real>(
    set: &DeviceSetpoints<T>,
    running: &Running<T>,
    space: T::Mask,
    to_tank: T::Mask,
    rooms: &Together<T>,
    tank: &TankDemand<T>,
) -> (T::Mask, T::Mask, T) {
    let zero = T::splat(0.0);
    let house = flag::<T>(set.house_commanded);
    let tank_there = flag::<T>(set.tank_commanded);
    let space_runs = space & running.on;
    let tank_runs = to_tank & (running.on | tank.element);
    let house_wants = house & set.house_w.gt(zero);
    let tank_wants = tank_there & set.tank_w.gt(zero);
    // While the tank goes first by command, the house's command waits: no override.
    let overridden = (house & !house_wants & space_runs)
        | (house_wants & !space_runs & !(tank_wants & tank_runs))
        | (tank_there & !tank_wants & tank_runs)
        | (tank_wants & !tank_runs);
    let forced =
        (space & (rooms.heat_forced | rooms.cool_forced | rooms.frost)) | (to_tank & tank.forced);
    let none = T::splat(NO_POWER_COMMAND_W);
    let power = T::select(
        to_tank & tank_wants,
        set.tank_w,
        T::select(space & house_wants & !to_tank, set.house_w, none),
    );
    (
        house | tank_there,
        overridden,
        T::select(forced, none, power),
    )
}

/// The parts of a decision that its reason is told from.
struct Decision<'a, T: Real> {
    together: &'a Together<T>,
    tank: &'a TankDemand<T>,
    turn: &'a Turn<T>,
    running: &'a Running<T>,
    heat: T::Mask,
    cool: T::Mask,
    to_tank: T::Mask,
    dwelling: T::Mask,
    blocked: T::Mask,
    source_ok: T::Mask,
    backup: T::Mask,
    set: &'a DeviceSetpoints<T>,
}

/// One reason for what the plant does, or does not do.
#[inline(always)]
fn reason<T: Real>(d: &Decision<'_, T>) -> T {
    let code = |reason: Reason| T::splat(f64::from(reason as u8));
    let rooms = d.together;
    let set = d.set;

    // Standing still, from the weakest reason to the strongest.
    // A parked side that does not act is off.
    let allowed = (flag::<T>(set.heat_allowed) & !flag::<T>(set.heat_parked))
        | (flag::<T>(set.cool_always) & !flag::<T>(set.cool_parked))
        | flag::<T>(set.auto_may_go_on);
    let mut idle = T::select(allowed, code(Reason::Satisfied), code(Reason::Off));
    idle = T::select(
        rooms.heat_forbidden | rooms.cool_forbidden | d.tank.forbidden,
        code(Reason::AtUpperBound),
        idle,
    );
    idle = T::select(
        rooms.held_back | d.tank.held_back,
        code(Reason::HeldBack),
        idle,
    );
    idle = T::select(d.dwelling, code(Reason::Dwell), idle);
    idle = T::select(d.blocked, code(Reason::FlowLimit), idle);
    let serves = d.turn.space | d.turn.tank;
    idle = T::select(serves & !d.source_ok, code(Reason::SourceLimit), idle);
    idle = T::select(d.running.min_pause, code(Reason::MinPause), idle);
    idle = T::select(d.backup | d.tank.element, code(Reason::BackupOnly), idle);
    idle = T::select(
        d.tank.disinfection & ((d.to_tank & d.backup) | d.tank.element),
        code(Reason::Disinfection),
        idle,
    );

    // Running.
    let mut heating = code(Reason::HeatingDemand);
    heating = T::select(rooms.heat_steered, code(Reason::HeatingSteered), heating);
    heating = T::select(flag::<T>(set.heat_parked), code(Reason::Parked), heating);
    heating = T::select(rooms.heat_forced, code(Reason::HeatingForced), heating);
    heating = T::select(rooms.frost & !rooms.heat, code(Reason::Frost), heating);
    let mut cooling = code(Reason::CoolingDemand);
    cooling = T::select(rooms.cool_steered, code(Reason::CoolingSteered), cooling);
    cooling = T::select(flag::<T>(set.cool_parked), code(Reason::Parked), cooling);
    cooling = T::select(rooms.cool_forced, code(Reason::CoolingForced), cooling);
    let mut charging = code(Reason::HotWaterDemand);
    charging = T::select(d.tank.steered, code(Reason::HotWaterSteered), charging);
    charging = T::select(d.tank.forced, code(Reason::HotWaterForced), charging);
    charging = T::select(d.tank.disinfection, code(Reason::Disinfection), charging);

    let run = T::select(
        d.to_tank,
        charging,
        T::select(d.cool & !d.heat, cooling, heating),
    );
    let run = T::select(d.running.min_run, code(Reason::MinRun), run);
    T::select(d.running.on, run, idle)
}

#[cfg(test)]
mod tests;
