//! What the processor can do at most: chains of fused multiply-adds that do not
//! depend on each other. With few chains it waits for results, with too many it
//! runs out of registers, so all are tried and shown.

use super::report::{Table, digits};

/// Of one core.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peak {
    /// 1e9 floating-point operations a second, by fused multiply-adds.
    pub(crate) gflops: f64,
    /// Vector instructions a nanosecond, by products and sums in turn.
    pub(crate) issued_per_ns: f64,
}

#[cfg(target_arch = "x86_64")]
pub(crate) fn all() -> (Option<Peak>, Vec<Table>) {
    let Some(simd) = pulp::x86::V3::try_new() else {
        return (None, Vec::new());
    };
    let mut table = Table::new(
        "Calibration: independent chains of AVX2 operations, one core",
        &["chains", "fused, GFLOP/s", "product and sum, GFLOP/s"],
    );
    let mut peak = Peak {
        gflops: 0.0,
        issued_per_ns: 0.0,
    };
    let measured = [
        chains::times::<4>(simd),
        chains::times::<6>(simd),
        chains::times::<8>(simd),
        chains::times::<10>(simd),
        chains::times::<12>(simd),
        chains::times::<14>(simd),
    ];
    for (chains, fused_ns, apart_ns) in measured {
        // Four lanes, two operations each.
        let (fused, apart) = (8.0 / fused_ns, 8.0 / apart_ns);
        peak.gflops = peak.gflops.max(fused);
        peak.issued_per_ns = peak.issued_per_ns.max(2.0 / apart_ns);
        table.row(&[&chains.to_string(), &digits(fused), &digits(apart)]);
    }
    table.note(format!(
        "The peak is the best of them, {:.1} GFLOP/s; fewer chains would flatter a program that is compared with it.",
        peak.gflops
    ));
    (Some(peak), vec![table])
}

#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn all() -> (Option<Peak>, Vec<Table>) {
    (None, Vec::new())
}

#[cfg(target_arch = "x86_64")]
mod chains {
    use std::hint::black_box;
    use std::time::Instant;

    use pulp::f64x4;
    use pulp::x86::V3;

    const ROUNDS: usize = 2_000_000;
    const TRIES: usize = 5;

    /// Chains that are advanced `ROUNDS` times.
    struct Chains<const N: usize, const FUSED: bool>(V3);

    impl<const N: usize, const FUSED: bool> pulp::NullaryFnOnce for Chains<N, FUSED> {
        type Output = [f64x4; N];

        #[inline(always)]
        fn call(self) -> [f64x4; N] {
            let simd = self.0;
            // Tends to 1: no overflow, no denormals.
            let factor = simd.splat_f64x4(black_box(0.999));
            let more = simd.splat_f64x4(black_box(0.001));
            let mut x = [simd.splat_f64x4(black_box(0.5)); N];
            for _ in 0..ROUNDS {
                for x in &mut x {
                    *x = match FUSED {
                        true => simd.mul_add_f64x4(*x, factor, more),
                        false => simd.add_f64x4(simd.mul_f64x4(*x, factor), more),
                    };
                }
            }
            x
        }
    }

    /// Number of chains, ns for one operation pair of one chain: fused, and apart.
    pub(super) fn times<const N: usize>(simd: V3) -> (usize, f64, f64) {
        (N, best::<N, true>(simd), best::<N, false>(simd))
    }

    fn best<const N: usize, const FUSED: bool>(simd: V3) -> f64 {
        let mut least = f64::INFINITY;
        for _ in 0..TRIES {
            let start = Instant::now();
            black_box(simd.vectorize(Chains::<N, FUSED>(simd)));
            least = least.min(start.elapsed().as_nanos() as f64);
        }
        least / (ROUNDS * N) as f64
    }
}
