//! A call that a request asks for, and the form in which it wants the answer.

use liveapi_core::api::Call;

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AnswerForm {
    /// The envelope of the family, as JSON.
    Json,
    /// The envelope of the family, as XML.
    Xml,
    Bare,
    /// UAPI's result as WHM's function `uapi_cpanel` gives it.
    InWhm,
    /// The page that old scripts read.
    Page,
}

/// A call that a request asks for.
pub(super) struct CallRequest<'r> {
    pub(super) call: Call<'r>,
    /// The account that it names.
    pub(super) user: Option<&'r str>,
    pub(super) form: AnswerForm,
}
