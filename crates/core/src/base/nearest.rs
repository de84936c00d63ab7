//! "Did you mean": the known name that is most like one that does not exist.

/// The known name that is most like the wanted one; `None` only where nothing is known.
pub fn nearest<'k>(known: impl IntoIterator<Item = &'k str>, wanted: &str) -> Option<&'k str> {
    known.into_iter().min_by_key(|name| strsim::damerau_levenshtein(name, wanted))
}

/// The candidate whose name is so like the wanted one, upper case or lower, that it may have been meant.
pub fn likely<T>(
    candidates: impl IntoIterator<Item = T>,
    wanted: &str,
    name: impl Fn(&T) -> String,
) -> Option<T> {
    let wanted = wanted.to_lowercase();
    let distance = |known: &T| strsim::damerau_levenshtein(&name(known).to_lowercase(), &wanted);
    let nearest = candidates.into_iter().min_by_key(distance)?;
    (distance(&nearest) <= wanted.len() / 3).then_some(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_is_always_named_and_the_likely_only_if_it_is_near() {
        assert_eq!(nearest(["url", "user"], "ur"), Some("url"));
        assert_eq!(nearest(["url", "user"], "users"), Some("user"));
        assert_eq!(nearest([], "users"), None);
        let likely = |wanted| likely(["Email::addpop", "Email::delpop"], wanted, |name| name.to_string());
        assert_eq!(likely("email::adpop"), Some("Email::addpop"));
        assert_eq!(likely("Quota::show"), None);
    }
}
