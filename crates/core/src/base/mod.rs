//! What every room may use: failures, the clock, the environment, random numbers, what belongs to one process, texts from outside, and durable files.

pub mod calendar;
pub mod clock;
pub mod environment;
mod error;
pub mod files;
pub(crate) mod follower;
pub mod held_signal;
pub mod limits;
mod nearest;
pub mod process;
pub mod random;
pub mod ration;
pub mod text;
pub mod waiting;

pub use error::{Error, ErrorKind};
pub use nearest::{likely, nearest};

#[cfg(test)]
pub(crate) mod tests {
    /// An empty folder of that name for one test.
    pub(crate) fn scratch(name: &str) -> std::path::PathBuf {
        let dir = std::env::temp_dir().join(format!("liveapi-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&dir);
        std::fs::create_dir_all(&dir).unwrap();
        dir
    }
}
