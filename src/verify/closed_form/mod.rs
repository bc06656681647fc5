//! Single effects beside their closed solutions, and the order at which
//! approximations converge.

mod building;
mod orders;
mod plant;
mod water;

use super::case::{Case, Group};

const GROUP: Group = Group {
    id: "closed-form",
    title: "Closed solutions and orders of convergence",
    about: "\
Each effect alone, where mathematics gives the answer. What is exact in the model
(modes of the network, standby, maps at their points) has to agree to rounding;
what is approximated (slices of a wall, layers of a tank, laws held over a
segment) has to agree within the error that its design states, and to converge at
its order: halving the step divides the error by two to the power of the order.",
};

pub(super) fn cases() -> Vec<Case> {
    let mut all = building::cases();
    all.extend(water::cases());
    all.extend(plant::cases());
    all.extend(orders::cases());
    all
}

/// A case of this chapter that always has its evidence.
fn case(id: &str, title: &str, run: impl Fn() -> super::Evidence + Send + Sync + 'static) -> Case {
    Case::new(GROUP, id, title, move |_| Ok(run()))
}
