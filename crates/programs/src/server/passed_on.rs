//! How clients of all ages name the call that WHM's `cpanel` passes on, over HTTP and on the shell.

/// How parameters begin that say which call it is, not what it gets.
pub(crate) const CONTROL: [&str; 4] = ["cpanel_jsonapi_", "cpanel_xmlapi_", "api.version", "xmlin"];

/// The names of the account, the module, the function and the family.
pub(crate) const USER: [&str; 3] = ["cpanel_jsonapi_user", "cpanel_xmlapi_user", "user"];
pub(crate) const MODULE: [&str; 2] = ["cpanel_jsonapi_module", "cpanel_xmlapi_module"];
pub(crate) const FUNCTION: [&str; 2] = ["cpanel_jsonapi_func", "cpanel_xmlapi_func"];
pub(crate) const VERSION: [&str; 4] = [
    "cpanel_jsonapi_apiversion",
    "cpanel_jsonapi_version",
    "cpanel_xmlapi_apiversion",
    "cpanel_xmlapi_version",
];
