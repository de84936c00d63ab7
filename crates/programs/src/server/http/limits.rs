//! How long a request may be.

/// Longest head that is read, in bytes; passwords in addresses of 2,000 characters and long cookies fit well.
pub const MAX_HEAD_BYTES: usize = 64 * 1024;
/// Longest body that is read, in bytes.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;
