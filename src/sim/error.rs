//! What can stop a run of a valid scenario.

use super::checkpoint::CheckpointFault;
use crate::model::Device;
use crate::plant::modal::NetworkFault;

/// A run that could not be done or finished.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error("device {device}: the house can't be solved: {fault}")]
    Network { device: String, fault: NetworkFault },
    #[error("the settings at the start contradict each other: {0}")]
    Settings(String),
    #[error("the checkpoint can't be used: {0}")]
    Checkpoint(#[from] CheckpointFault),
    #[error("a run can't stop at {at}: {why}")]
    Stop { at: String, why: String },
    #[error("device {device} can't be screened: {why}. Run it in full")]
    Screening { device: String, why: &'static str },
    #[error("the weather can't be used: {0}")]
    Weather(String),
    #[error(
        "device {device}: {what} is no longer a number at {at} (after {days:.1} simulated days). \
         A parameter of the house, the tank or the weather is beyond what the model can take"
    )]
    NotFinite {
        device: String,
        what: &'static str,
        at: String,
        days: f64,
    },
}

impl RunError {
    /// A device that is beyond what screening knows.
    pub(super) fn screening(device: &Device, why: &'static str) -> Self {
        Self::Screening {
            device: device.id.clone(),
            why,
        }
    }

    /// A device whose house can't be solved.
    pub(super) fn network(device: &Device, fault: NetworkFault) -> Self {
        Self::Network {
            device: device.id.clone(),
            fault,
        }
    }
}
