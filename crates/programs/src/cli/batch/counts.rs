//! What came of the items of a batch, counted.

use liveapi_core::engine::batch::Status;

/// How many items ended in each state.
#[derive(Default)]
pub(super) struct Counts([u64; 5]);

impl Counts {
    const ALL: [Status; 5] = [Status::Done, Status::Refused, Status::Failed, Status::Unknown, Status::Unsent];

    pub(super) fn add(&mut self, status: Status) {
        for (count, counted) in self.0.iter_mut().zip(Self::ALL) {
            *count += u64::from(counted == status);
        }
    }

    pub(super) fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    pub(super) fn not_done(&self) -> u64 {
        self.total() - self.0[0]
    }

    /// What is not done, in words: “2 refused, 1 failed”.
    pub(super) fn shown(&self) -> String {
        let all = self.0.iter().zip(Self::ALL).skip(1).filter(|(count, _)| **count > 0);
        all.map(|(count, status)| format!("{count} {}", status.word())).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn done(&self) -> u64 {
        self.0[0]
    }
}
