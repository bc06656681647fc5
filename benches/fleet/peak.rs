//! What the processor can do at most: chains of fused multiply-adds that do not
//! depend on each other. With few chains it waits for results, with too many it
//! runs out of registers, so all are tried and shown.

use heatloop::numeric::simd::InstructionSet;

use super::report::{Table, digits};

/// Of one core in one instruction set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peak {
    /// The set's name.
    set: &'static str,
    /// 1e9 floating-point operations a second, by fused multiply-adds.
    pub(crate) gflops: f64,
    /// Vector instructions a nanosecond, by products and sums in turn.
    pub(crate) issued_per_ns: f64,
    /// Numbers of a vector.
    pub(crate) numbers: usize,
}

/// That of a set.
pub(crate) fn of(peaks: &[Peak], set: InstructionSet) -> Option<&Peak> {
    peaks.iter().find(|p| p.set == set.name())
}

/// Of all sets with vectors that are measured here.
pub(crate) fn all() -> (Vec<Peak>, Vec<Table>) {
    #[cfg(target_arch = "x86_64")]
    let all = InstructionSet::all()
        .into_iter()
        .filter_map(|set| match set {
            InstructionSet::Baseline => None,
            InstructionSet::Avx2(simd) => Some(one(set, 4, &measured(simd))),
            InstructionSet::Avx512(simd) => Some(one(set, 8, &measured(simd))),
        });
    #[cfg(not(target_arch = "x86_64"))]
    let all = std::iter::empty();
    all.unzip()
}

/// From ns for an operation pair of one chain, fused and apart, by the number of
/// chains.
#[cfg(target_arch = "x86_64")]
fn one(set: InstructionSet, numbers: usize, measured: &[(usize, f64, f64)]) -> (Peak, Table) {
    let title = format!(
        "Calibration: independent chains of {} operations, one core",
        set.name()
    );
    let mut table = Table::new(
        &title,
        &["chains", "fused, GFLOP/s", "product and sum, GFLOP/s"],
    );
    let mut peak = Peak {
        set: set.name(),
        gflops: 0.0,
        issued_per_ns: 0.0,
        numbers,
    };
    for &(chains, fused_ns, apart_ns) in measured {
        let (fused, apart) = [fused_ns, apart_ns]
            .map(|ns| 2.0 * numbers as f64 / ns)
            .into();
        peak.gflops = peak.gflops.max(fused);
        peak.issued_per_ns = peak.issued_per_ns.max(2.0 / apart_ns);
        table.row(&[&chains.to_string(), &digits(fused), &digits(apart)]);
    }
    table.note(format!(
        "The peak is the best of them, {:.1} GFLOP/s; fewer chains would flatter a program that is compared with it.",
        peak.gflops
    ));
    (peak, table)
}

#[cfg(target_arch = "x86_64")]
fn measured<S: pulp::Simd>(simd: S) -> [(usize, f64, f64); 7] {
    [
        chains::times::<S, 4>(simd),
        chains::times::<S, 6>(simd),
        chains::times::<S, 8>(simd),
        chains::times::<S, 10>(simd),
        chains::times::<S, 12>(simd),
        chains::times::<S, 14>(simd),
        chains::times::<S, 20>(simd),
    ]
}

#[cfg(target_arch = "x86_64")]
mod chains {
    use std::hint::black_box;
    use std::time::Instant;

    use pulp::Simd;

    const ROUNDS: usize = 2_000_000;
    const TRIES: usize = 5;

    /// Chains that are advanced `ROUNDS` times.
    struct Chains<S, const N: usize, const FUSED: bool>(S);

    impl<S: Simd, const N: usize, const FUSED: bool> pulp::NullaryFnOnce for Chains<S, N, FUSED> {
        type Output = [S::f64s; N];

        #[inline(always)]
        fn call(self) -> [S::f64s; N] {
            let simd = self.0;
            // Tends to 1: no overflow, no denormals.
            let factor = simd.splat_f64s(black_box(0.999));
            let more = simd.splat_f64s(black_box(0.001));
            let mut x = [simd.splat_f64s(black_box(0.5)); N];
            for _ in 0..ROUNDS {
                for x in &mut x {
                    *x = match FUSED {
                        true => simd.mul_add_e_f64s(*x, factor, more),
                        false => simd.add_f64s(simd.mul_f64s(*x, factor), more),
                    };
                }
            }
            x
        }
    }

    /// Number of chains, ns for one operation pair of one chain: fused, and apart.
    pub(super) fn times<S: Simd, const N: usize>(simd: S) -> (usize, f64, f64) {
        (N, best::<S, N, true>(simd), best::<S, N, false>(simd))
    }

    fn best<S: Simd, const N: usize, const FUSED: bool>(simd: S) -> f64 {
        let mut least = f64::INFINITY;
        for _ in 0..TRIES {
            let start = Instant::now();
            black_box(simd.vectorize(Chains::<S, N, FUSED>(simd)));
            least = least.min(start.elapsed().as_nanos() as f64);
        }
        least / (ROUNDS * N) as f64
    }
}
