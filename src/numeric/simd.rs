//! Which instruction set the step runs in, chosen when the program runs: one
//! binary for all processors. The source is the same in each, and so are the
//! results, bit by bit: no set contracts a product and a sum into one rounding.
//!
//! Not here: AVX-512. What the compiler makes of the step there was not
//! measured; such processors run the AVX2 code.

use std::sync::OnceLock;

/// Names the set to use: `baseline` or `avx2`. For tests and measurements; where
/// it asks for more than the processor has, the best there is stands in.
pub const VARIABLE: &str = "HEATLOOP_SIMD";

/// An instruction set that the step has been compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstructionSet {
    /// What every processor of the architecture has (SSE2 on x86-64, NEON on
    /// aarch64): 128-bit vectors.
    Baseline,
    /// 256-bit vectors of x86-64.
    Avx2,
}

impl InstructionSet {
    /// The set in use: the best that the processor has, or what [`VARIABLE`]
    /// says. Looked up once.
    pub fn in_use() -> Self {
        static IN_USE: OnceLock<InstructionSet> = OnceLock::new();
        *IN_USE.get_or_init(|| match std::env::var(VARIABLE).as_deref() {
            Ok("baseline") => Self::Baseline,
            _ => Self::best(),
        })
    }

    /// The best set that the processor has.
    pub fn best() -> Self {
        if avx2::there() {
            Self::Avx2
        } else {
            Self::Baseline
        }
    }

    /// Its name, as [`VARIABLE`] takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Avx2 => "avx2",
        }
    }

    /// Does some work in this set (in the baseline where the processor lacks it).
    #[inline]
    pub fn run<W: Work>(self, work: W) {
        match self {
            Self::Baseline => work.work(),
            Self::Avx2 => avx2::run(work),
        }
    }
}

/// Work that is compiled for each instruction set. `work` and all that it calls
/// must be inlined, or it stays in the baseline.
pub trait Work {
    fn work(self);
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use super::Work;
    use pulp::NullaryFnOnce;
    use pulp::x86::V3;

    struct Inline<W>(W);

    impl<W: Work> NullaryFnOnce for Inline<W> {
        type Output = ();

        #[inline(always)]
        fn call(self) {
            self.0.work();
        }
    }

    pub(super) fn there() -> bool {
        V3::try_new().is_some()
    }

    #[inline]
    pub(super) fn run<W: Work>(work: W) {
        match V3::try_new() {
            Some(set) => set.vectorize(Inline(work)),
            None => work.work(),
        }
    }
}

#[cfg(not(target_arch = "x86_64"))]
mod avx2 {
    use super::Work;

    pub(super) fn there() -> bool {
        false
    }

    pub(super) fn run<W: Work>(work: W) {
        work.work();
    }
}
