//! Which instruction set the step runs in, chosen when the program runs: one
//! binary for all processors. The source is the same in each, and so are the
//! results, bit by bit: no set contracts a product and a sum into one rounding.
//!
//! The full step runs in AVX2 where there is AVX-512, too: its loops over rooms
//! and modes are short, and wider vectors gain nothing there. The quick step of
//! screenings uses them ([`InstructionSet::run_widest`]).

use std::sync::OnceLock;

/// Names the set to use, one of those that [`InstructionSet::all`] gives. For
/// tests and measurements.
pub const VARIABLE: &str = "HEATLOOP_SIMD";

/// [`VARIABLE`] asks for a set that there is not, or that the processor lacks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{VARIABLE} is \"{asked}\"; this processor can do: {}", known.join(", "))]
pub struct UnknownSet {
    pub asked: String,
    /// Names of those that there are.
    pub known: Vec<&'static str>,
}

/// An instruction set that the step has been compiled for. It can be had only
/// where the processor has it.
#[derive(Clone, Copy, Debug)]
pub enum InstructionSet {
    /// What every processor of the architecture has (SSE2 on x86-64, NEON on
    /// aarch64). With vectors of two numbers lanes gain nothing over one house
    /// after the other, so batches go that way.
    Baseline,
    /// Vectors of four numbers, x86-64.
    #[cfg(target_arch = "x86_64")]
    Avx2(pulp::x86::V3),
    /// Vectors of eight numbers, x86-64.
    #[cfg(target_arch = "x86_64")]
    Avx512(pulp::x86::V4),
}

impl InstructionSet {
    /// The set in use: the best that the processor has, or what [`VARIABLE`]
    /// says. Looked up once. Where it says what can't be had, the best stands in:
    /// who wants to be told asks [`InstructionSet::asked`], as the program does.
    pub fn in_use() -> Self {
        static IN_USE: OnceLock<InstructionSet> = OnceLock::new();
        *IN_USE.get_or_init(|| Self::asked().unwrap_or_else(|_| Self::best()))
    }

    /// What [`VARIABLE`] asks for; the best where it is not set.
    ///
    /// # Errors
    /// It names no set that the processor has.
    pub fn asked() -> Result<Self, UnknownSet> {
        match std::env::var_os(VARIABLE) {
            None => Ok(Self::best()),
            Some(name) => Self::named(&name.to_string_lossy()),
        }
    }

    /// The set of a name.
    ///
    /// # Errors
    /// The processor has none of this name.
    pub fn named(name: &str) -> Result<Self, UnknownSet> {
        let all = Self::all();
        let found = all.iter().find(|set| set.name() == name);
        found.copied().ok_or_else(|| UnknownSet {
            asked: name.to_owned(),
            known: all.iter().map(|set| set.name()).collect(),
        })
    }

    /// All that the processor has, the best last.
    pub fn all() -> Vec<Self> {
        let mut all = vec![Self::Baseline];
        #[cfg(target_arch = "x86_64")]
        {
            all.extend(pulp::x86::V3::try_new().map(Self::Avx2));
            all.extend(pulp::x86::V4::try_new().map(Self::Avx512));
        }
        all
    }

    /// The best set that the processor has.
    pub fn best() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            let wide = pulp::x86::V4::try_new().map(Self::Avx512);
            if let Some(set) = wide.or_else(|| pulp::x86::V3::try_new().map(Self::Avx2)) {
                return set;
            }
        }
        Self::Baseline
    }

    /// Its name, as [`VARIABLE`] takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => "avx2",
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(_) => "avx512",
        }
    }

    /// Whether it is worth while to step several houses side by side.
    pub fn has_lanes(self) -> bool {
        !matches!(self, Self::Baseline)
    }

    /// How many numbers a vector of the set has, as far as they gain anything.
    pub fn vector(self) -> usize {
        match self {
            Self::Baseline => 1,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => 4,
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(_) => 8,
        }
    }

    /// Does some work in this set, which [has lanes](Self::has_lanes): the
    /// baseline gets no copy of it, for the compiler's time.
    #[inline]
    pub fn run<W: Work>(self, work: W) {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(set) => set.vectorize(Inline(work)),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(set) => (*set).vectorize(Inline(work)),
            Self::Baseline => unreachable!("one house after the other, not {} lanes", W::LANES),
        }
    }

    /// Does some work in this set, which [has lanes](Self::has_lanes): more than eight
    /// lanes in vectors of eight, others in vectors of four. Nothing is compiled for
    /// both, for the compiler's time.
    #[inline]
    pub fn run_widest<W: Work>(self, work: W) {
        let wide = W::LANES > 8;
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(set) if wide => set.vectorize(Inline(work)),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(set) if !wide => (*set).vectorize(Inline(work)),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(set) if !wide => set.vectorize(Inline(work)),
            _ => unreachable!("{} lanes in {}", W::LANES, self.name()),
        }
    }

    /// Does some work on plain numbers in this set, be it the baseline: for loops
    /// that the compiler turns into vectors by itself.
    #[inline]
    pub fn run_plain<W: Work>(self, work: W) {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(set) => set.vectorize(Inline(work)),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(set) => (*set).vectorize(Inline(work)),
            Self::Baseline => work.work(),
        }
    }
}

/// Work that is compiled for each instruction set. `work` and all that it calls
/// must be inlined, or it stays in the baseline.
pub trait Work {
    const LANES: usize;

    fn work(self);
}

#[cfg(target_arch = "x86_64")]
struct Inline<W>(W);

#[cfg(target_arch = "x86_64")]
impl<W: Work> pulp::NullaryFnOnce for Inline<W> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.0.work();
    }
}
