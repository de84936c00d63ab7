//! Names that do not exist.

/// What API 2 and UAPI say of a name that does not exist, in parts. Recorded.
pub(super) fn unknown_function<'a>(module: &'a str, func: &'a str) -> [&'a str; 5] {
    ["Could not find function '", func, "' in module '", module, "'"]
}
