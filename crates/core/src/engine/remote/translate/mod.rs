//! API 2 calls that go out as UAPI and come back in API 2's shape, for servers without API 2.
//!
//! Which function, which parameters and which answer: the catalogue's [`Equivalent`] decides ([`twin`]). Parameters go out
//! by [`parameters`], answers come back by [`answer`]. What cannot be said without a loss is refused by name, before
//! anything is sent.
//!
//! [`Equivalent`]: crate::api::catalogue::Equivalent

mod answer;
mod parameters;
#[cfg(test)]
mod tests;
mod twin;

pub(crate) use twin::Twin;
