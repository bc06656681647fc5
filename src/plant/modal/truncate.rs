//! Fewer modes: a subspace that carries what the outputs show; the rest of the
//! network follows it and the inputs at once instead of with its own delay.
//!
//! The whole system is `z' = -L z + B u` with a diagonal `L`. With an
//! orthonormal basis `Y` of a subspace, its part `q = Y^T z` keeps its dynamics
//! and the rest is taken at rest, `z' = 0` there (singular perturbation
//! approximation; Liu and Anderson, Int. J. Control 50 (1989)). As `L` is
//! symmetric and positive, that is the Schur complement of the rest,
//!
//! `q' = -(Y^T L^-1 Y)^-1 (q - Y^T L^-1 B u)`,
//!
//! symmetric and positive again: real decay rates, another modal form, stable.
//! Every steady state stays as it is. Energy closes as exactly as before: what
//! is stored, `s . Y q`, changes by `s . z'`, and what enters the rest leaves at
//! once. `s` lies in the subspace, so the stored heat itself is the whole one's.
//!
//! The subspace is that of the dominant directions among what the outputs see,
//! `e^(-L t) c` for some times `t` (the range of the observability Gramian, whose
//! integral they sample), found by pivoted orthogonalisation. For a house it is
//! within a tenth of the size that balanced truncation needs, which would lose
//! the symmetry. It is taken as large as an error asks for: what any course of
//! the inputs within their swing, all at once and each at its worst, can do to an
//! output stays below a tolerance (the sum over inputs of the variation of the
//! difference between both systems' step responses, sampled in time).
//!
//! A switch of conductances acts like a jump of heat, its conductance times its
//! temperature difference; the layout needs a heat at the nodes that it touches
//! (the emitters' entries are) for the error to cover it.

use super::advance::{dot, factors};
use super::eigen;
use super::{Layout, ModalSystem};
use crate::numeric::Terms;

/// How far inputs may jump, and what error that may make.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Truncation {
    /// Jump of a boundary temperature from one step to the next, K.
    pub boundary_k: f64,
    /// Jump of a further heat, W.
    pub heat_w: f64,
    /// Largest transient error of any output and of the house's mean, K.
    pub tolerance_k: f64,
    /// Modes that there are in any case, so that the switched states of a house have
    /// equally many.
    pub keep_at_least: usize,
}

impl Default for Truncation {
    /// Sol-air temperatures jump by 10 K, emitters by 3 kW, sources as they say
    /// themselves; 0.05 K of a transient is well below what a thermostat resolves.
    fn default() -> Self {
        Self {
            boundary_k: 10.0,
            heat_w: 3000.0,
            tolerance_k: 0.05,
            keep_at_least: 0,
        }
    }
}

/// Times at which the outputs' view is sampled, s: the first, and the ratio
/// between them.
const VIEWS: usize = 8;
const FIRST_VIEW_S: f64 = 30.0;
const VIEW_RATIO: f64 = 5.2;
/// Times at which step responses are compared, besides 0.
const TIMES: usize = 24;
const FIRST_TIME_S: f64 = 10.0;
const TIME_RATIO: f64 = 1.8;
/// A mode that decays slower than this, 1/s (in 30 000 years), belongs to a part
/// without any boundary: it stays as it is.
const FLOATING_PER_S: f64 = 1e-12;
/// What is left of a direction below this share of the first adds nothing new.
const NOTHING_NEW: f64 = 1e-7;

impl ModalSystem {
    /// The same system with fewer modes. Outputs that read emitter nodes are
    /// outputs like any other: name them in the layout to keep their dynamics.
    pub fn truncated(&self, layout: &Layout, limits: &Truncation) -> Self {
        let whole = Whole::new(self, layout, limits);
        let directions = whole.directions();
        let most = directions.len();
        let least = limits.keep_at_least.saturating_sub(whole.floating);
        // The smallest size that will do, to a tenth: in strides, then between the
        // last two.
        let try_at = |k: usize| {
            let small = whole.projected(&directions[..k])?;
            whole.is_within(&small, limits.tolerance_k).then_some(small)
        };
        let (mut fails, mut k) = (0, least.max(4).min(most));
        let mut found = None;
        while found.is_none() && k < self.modes - whole.floating {
            found = try_at(k);
            if found.is_none() {
                if k == most {
                    break;
                }
                fails = k;
                k = (k + k / 2).min(most);
            }
        }
        // All modes, where no fewer will do (or are not to be had).
        let Some(mut small) = found.filter(|_| k >= least) else {
            return self.clone();
        };
        while k > fails + 1 + k / 12 && k > least {
            let middle = (k + fails) / 2;
            match try_at(middle) {
                Some(better) if middle >= least => (small, k) = (better, middle),
                _ => fails = middle,
            }
        }
        small
    }
}

/// A system with what its reduction needs again and again.
struct Whole<'a> {
    system: &'a ModalSystem,
    /// Modes without decay come first and are left alone.
    floating: usize,
    /// What each input may jump by.
    swing: Vec<f64>,
    capacity_j_per_k: f64,
    times_s: Vec<f64>,
    /// What steps of the inputs' swings still lack to their rest in what is
    /// watched: watched x times x inputs.
    lack: Vec<f64>,
}

impl<'a> Whole<'a> {
    fn new(system: &'a ModalSystem, layout: &Layout, limits: &Truncation) -> Self {
        let swing = |u: usize| {
            if u < layout.first_source() {
                limits.boundary_k
            } else if u < layout.first_heat() {
                layout.source_swing_w[u - layout.first_source()]
            } else {
                limits.heat_w
            }
        };
        let floating = |l: &&f64| **l <= FLOATING_PER_S;
        let mut whole = Self {
            system,
            floating: system.lambda_per_s.iter().filter(floating).count(),
            swing: (0..system.inputs).map(swing).collect(),
            capacity_j_per_k: system.capacity_j_per_k.iter().sum(),
            times_s: times(TIMES, FIRST_TIME_S, TIME_RATIO, true),
            lack: Vec::new(),
        };
        whole.lack = (0..=system.outputs)
            .flat_map(|o| whole.lack_of(system, o))
            .collect();
        whole
    }

    /// How a system's outputs depend on its modes; after them the house's mean
    /// by its stored heat.
    fn watched(&self, system: &ModalSystem, output: usize) -> Vec<f64> {
        let n = system.modes;
        if output < system.outputs {
            return system.output[output * n..(output + 1) * n].to_vec();
        }
        let mean = system.stored.iter().map(|s| s / self.capacity_j_per_k);
        mean.collect()
    }

    /// What steps of the inputs still lack to their rest in an output, K: times
    /// x inputs.
    fn lack_of(&self, system: &ModalSystem, output: usize) -> Vec<f64> {
        let (n, m) = (system.modes, system.inputs);
        let weights: Vec<f64> = self
            .watched(system, output)
            .iter()
            .zip(&system.lambda_per_s)
            .enumerate()
            .map(|(i, (c, l))| if i < self.floating { 0.0 } else { c / l })
            .collect();
        let mut lack = vec![0.0; self.times_s.len() * m];
        let mut terms = Terms::default();
        for (lack, &t_s) in lack.chunks_exact_mut(m.max(1)).zip(&self.times_s) {
            let now = |(w, &l): (&f64, &f64)| w * factors(l, t_s).decay;
            let modes = weights.iter().zip(&system.lambda_per_s).take(n);
            terms.gather(modes.map(now).enumerate());
            terms.add(&system.input, lack);
            for (lack, swing) in lack.iter_mut().zip(&self.swing) {
                *lack *= swing;
            }
        }
        lack
    }

    /// Orthonormal directions in the space of the modes that decay, the most
    /// visible first.
    fn directions(&self) -> Vec<Vec<f64>> {
        let lambda = &self.system.lambda_per_s[self.floating..];
        let mut views = vec![self.system.stored[self.floating..].to_vec()];
        for t_s in times(VIEWS, FIRST_VIEW_S, VIEW_RATIO, false) {
            for output in 0..=self.system.outputs {
                let row = self.watched(self.system, output);
                let seen = row[self.floating..].iter().zip(lambda);
                views.push(
                    seen.map(|(c, &l)| c * factors(l, t_s).decay * t_s.sqrt())
                        .collect(),
                );
            }
        }
        let mut found: Vec<Vec<f64>> = Vec::new();
        let mut size: Vec<f64> = views.iter().map(|v| dot(v, v)).collect();
        let (mut next, mut first) = (Some(0), 0.0_f64);
        while let Some(pivot) = next.filter(|_| found.len() < lambda.len()) {
            let mut direction = std::mem::take(&mut views[pivot]);
            size[pivot] = 0.0;
            // Once more against those before: rounding.
            for other in &found {
                take_away(&mut direction, other);
            }
            let length = dot(&direction, &direction).sqrt();
            // The stored heat is in other units than the views.
            let counts = found.is_empty() || length > NOTHING_NEW * first;
            if found.len() == 1 {
                first = length;
            }
            if !counts || length.is_nan() || length <= 0.0 {
                break;
            }
            direction.iter_mut().for_each(|x| *x /= length);
            for (view, size) in views.iter_mut().zip(&mut size) {
                if !view.is_empty() {
                    take_away(view, &direction);
                    *size = dot(view, view);
                }
            }
            found.push(direction);
            next = (0..views.len())
                .filter(|&v| size[v] > 0.0)
                .max_by(|&a, &b| size[a].total_cmp(&size[b]));
        }
        found
    }

    /// The system in the subspace of these directions.
    fn projected(&self, directions: &[Vec<f64>]) -> Option<ModalSystem> {
        let (s, floating, k) = (self.system, self.floating, directions.len());
        let lambda = &s.lambda_per_s[floating..];
        // Times of decay in the subspace, Y^T L^-1 Y, and its own modes.
        let slowed: Vec<Vec<f64>> = directions
            .iter()
            .map(|d| d.iter().zip(lambda).map(|(x, l)| x / l).collect())
            .collect();
        let mut lags = vec![0.0; k * k];
        for i in 0..k {
            for j in 0..=i {
                lags[i * k + j] = dot(&directions[i], &slowed[j]);
                lags[j * k + i] = lags[i * k + j];
            }
        }
        let turned = eigen::eigenvectors(&mut lags, k)?;
        let mut modes: Vec<(f64, Vec<f64>)> = (0..k)
            .map(|m| {
                let mut shape = vec![0.0; s.modes];
                for (i, direction) in directions.iter().enumerate() {
                    for (x, d) in shape[floating..].iter_mut().zip(direction) {
                        *x += turned[i * k + m] * d;
                    }
                }
                if dot(&shape, &s.stored) < 0.0 {
                    shape.iter_mut().for_each(|x| *x = -*x);
                }
                let lag_s: f64 = shape[floating..]
                    .iter()
                    .zip(lambda)
                    .map(|(x, l)| x * x / l)
                    .sum();
                (1.0 / lag_s, shape)
            })
            .collect();
        modes.sort_by(|a, b| a.0.total_cmp(&b.0));
        Some(self.in_modes(&modes))
    }

    /// The system whose modes, besides the floating ones, decay as given and
    /// have these shapes in the whole one's.
    fn in_modes(&self, modes: &[(f64, Vec<f64>)]) -> ModalSystem {
        let (s, floating, n, m) = (
            self.system,
            self.floating,
            self.system.modes,
            self.system.inputs,
        );
        // z at rest for a mode of size 1: L^-1 Y times its decay rate.
        let rest: Vec<Vec<f64>> = modes
            .iter()
            .map(|(rate, shape)| {
                let mut at_rest = vec![0.0; n];
                for i in floating..n {
                    at_rest[i] = shape[i] / s.lambda_per_s[i] * rate;
                }
                at_rest
            })
            .collect();
        let mut terms = Terms::default();
        let mut input = s.input[..floating * m].to_vec();
        for at_rest in &rest {
            let mut row = vec![0.0; m];
            terms.gather(at_rest.iter().copied().enumerate().skip(floating));
            terms.add(&s.input, &mut row);
            input.extend(row);
        }
        // What inputs do at once: L^-1 (B - Y B_reduced).
        let mut at_once = vec![0.0; n * m];
        for i in floating..n {
            let row = &mut at_once[i * m..(i + 1) * m];
            row.copy_from_slice(&s.input[i * m..(i + 1) * m]);
            let shapes = modes.iter().enumerate();
            terms.gather(shapes.map(|(k, (_, shape))| (floating + k, -shape[i])));
            terms.add(&input, row);
            row.iter_mut().for_each(|x| *x /= s.lambda_per_s[i]);
        }
        let mut split = |matrix: &[f64], through: &[f64]| -> (Vec<f64>, Vec<f64>) {
            let mut left = Vec::with_capacity(matrix.len());
            let mut direct = through.to_vec();
            for (row, direct) in matrix.chunks_exact(n).zip(direct.chunks_exact_mut(m)) {
                left.extend_from_slice(&row[..floating]);
                left.extend(rest.iter().map(|at_rest| dot(row, at_rest)));
                terms.gather(row.iter().copied().enumerate().skip(floating));
                terms.add(&at_once, direct);
            }
            (left, direct)
        };
        let (output, feedthrough) = split(&s.output, &s.feedthrough);
        let (flow_modes, flow_inputs) = split(&s.flow_modes, &s.flow_inputs);
        let (to_state, state_feedthrough) = split(&s.to_state, &s.state_feedthrough);
        let mut stored = s.stored[..floating].to_vec();
        stored.extend(modes.iter().map(|(_, shape)| dot(shape, &s.stored)));
        let mut from_state = s.from_state[..floating * s.nodes].to_vec();
        for (_, shape) in modes {
            let mut row = vec![0.0; s.nodes];
            terms.gather(shape.iter().copied().enumerate().skip(floating));
            terms.add(&s.from_state, &mut row);
            from_state.extend(row);
        }
        let mut lambda_per_s = s.lambda_per_s[..floating].to_vec();
        lambda_per_s.extend(modes.iter().map(|(rate, _)| rate));
        ModalSystem {
            modes: floating + modes.len(),
            lambda_per_s,
            input,
            output,
            feedthrough,
            flow_modes,
            flow_inputs,
            stored,
            to_state,
            state_feedthrough,
            from_state,
            inputs: m,
            outputs: s.outputs,
            flows: s.flows,
            nodes: s.nodes,
            capacity_j_per_k: s.capacity_j_per_k.clone(),
        }
    }

    /// Whether no output of `small` can be further off than the tolerance.
    fn is_within(&self, small: &ModalSystem, tolerance_k: f64) -> bool {
        let m = small.inputs;
        let size = self.times_s.len() * m;
        (0..=small.outputs).all(|o| {
            let whole = &self.lack[o * size..(o + 1) * size];
            let own = self.lack_of(small, o);
            let mut before = vec![0.0; m];
            let mut sums = vec![0.0; m];
            // From the end back: at rest both are the same.
            let rows = whole.chunks_exact(m.max(1)).zip(own.chunks_exact(m.max(1)));
            for (whole, own) in rows.rev() {
                for u in 0..m {
                    let off = whole[u] - own[u];
                    sums[u] += (off - before[u]).abs();
                    before[u] = off;
                }
            }
            // The first difference is a jump from nothing.
            let all: f64 = sums.iter().zip(&before).map(|(s, b)| s + b.abs()).sum();
            all <= tolerance_k
        })
    }
}

/// Times in a row, each longer by a ratio; perhaps 0 before them.
fn times(count: usize, first_s: f64, ratio: f64, zero: bool) -> Vec<f64> {
    let mut all = if zero { vec![0.0] } else { Vec::new() };
    let mut t_s = first_s;
    for _ in 0..count {
        all.push(t_s);
        t_s *= ratio;
    }
    all
}

/// `to += factor from`.
fn add(to: &mut [f64], from: &[f64], factor: f64) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += factor * from;
    }
}

/// Takes the part along a direction of length 1 away.
fn take_away(from: &mut [f64], direction: &[f64]) {
    let part = dot(from, direction);
    add(from, direction, -part);
}
