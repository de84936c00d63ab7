//! What is known of a batch's file once it was read to check it.

/// The size of the file, and its digest, by which a journal knows it again.
pub(super) struct CheckedInput {
    /// How many items there are.
    pub(super) items: u64,
    pub(super) lines: u64,
    /// SHA-256 of the whole file, in hexadecimal.
    pub(super) digest: String,
}
