//! Lines of a `shadow` file: `name:HASH:day of the last change:…`.

use super::line_draft::LineDraft;
use super::lines;
use crate::base::files::Splice;

/// What tools put in front of a hash so that no password fits: `!` and `!!` for one mailbox,
/// `*LOCKED*` for a whole account. A change of password must keep it, or it would unsuspend.
const ACCOUNT_MARK: &[u8] = b"*LOCKED*";

/// The line of a name with a new hash in fields 2 and 3, the mark kept, everything else as it was; and whether there
/// was a mark. A name without a line gets one: such a mailbox exists, it just never had a password.
pub(super) fn hashed_line(old: Option<&[u8]>, name: &str, hash: &str, today: u64) -> (Vec<u8>, bool) {
    let Some(old) = old else { return (format!("{name}:{hash}:{today}::::::").into_bytes(), false) };
    let fields: Vec<&[u8]> = lines::fields(old).collect();
    let mark = fields.get(1).map_or(&b""[..], |field| &field[..mark_length(field)]);
    let mut new = [name.as_bytes(), b":", mark, hash.as_bytes()].concat();
    match fields.len() {
        1 => new.extend_from_slice(format!(":{today}::::::").as_bytes()),
        2 => {}
        _ => {
            new.extend_from_slice(format!(":{today}").as_bytes());
            for field in &fields[3..] {
                new.push(b':');
                new.extend_from_slice(field);
            }
        }
    }
    if old.ends_with(b"\r") {
        new.push(b'\r');
    }
    (new, !mark.is_empty())
}

/// Puts a new hash into the first line of that name.
pub(super) fn set_hash(file: &[u8], name: &str, hash: &str, today: u64) -> Vec<Splice> {
    let mut draft = LineDraft::new(file, std::iter::once(name));
    let (line, _) = hashed_line(draft.line(name), name, hash, today);
    draft.set(name, line);
    draft.finish().splices
}

/// The stored hash of a name without its mark of suspension, and whether there was one.
pub(super) fn stored_hash<'a>(file: &'a [u8], name: &str) -> Option<(&'a [u8], bool)> {
    let line = lines::find(file, name.as_bytes())?;
    let field = lines::fields(&file[line.range]).nth(1)?;
    let mark = mark_length(field);
    Some((&field[mark..], mark > 0))
}

/// As [`stored_hash`], for callers that give the file back.
pub(super) fn stored_text(file: &[u8], name: &str) -> Option<(String, bool)> {
    stored_hash(file, name).map(|(hash, marked)| (String::from_utf8_lossy(hash).into_owned(), marked))
}

/// Whether a hash field has a mark of suspension.
pub(super) fn is_marked(field: &[u8]) -> bool {
    mark_length(field) > 0
}

/// The mark of a single mailbox whose login is suspended.
const LOGIN_MARK: &[u8] = b"!";

/// The line of a name with the mark of a suspended login, or without any such mark; an account's mark stays. None if
/// nothing is to change, or there is no hash to mark.
pub(super) fn marked_line(line: &[u8], suspended: bool) -> Option<Vec<u8>> {
    let mut fields = lines::fields(line);
    let start = fields.next()?.len() + 1;
    let field = fields.next()?;
    let mark = &field[..mark_length(field)];
    if mark.contains(&b'!') == suspended {
        return None;
    }
    let account = if contains_account_mark(mark) { ACCOUNT_MARK } else { b"" };
    let login = if suspended { LOGIN_MARK } else { b"" };
    Some([&line[..start], account, login, &line[start + mark.len()..]].concat())
}

/// Marks every line of a suspended account, or takes that mark away; marks of single mailboxes stay.
pub(super) fn mark_account(file: &[u8], suspended: bool) -> Vec<Splice> {
    let mut splices = Vec::new();
    let mut start = 0;
    for line in file.split_inclusive(|&byte| byte == b'\n') {
        let fields: Vec<&[u8]> = lines::fields(line.strip_suffix(b"\n").unwrap_or(line)).collect();
        if let [name, field, ..] = fields[..] {
            let at = start + name.len() + 1;
            let mark = &field[..mark_length(field)];
            let is_entry = !name.is_empty() && !name.starts_with(b"#");
            if is_entry && suspended && !contains_account_mark(mark) {
                splices.push(Splice { range: at..at, insert: ACCOUNT_MARK.to_vec() });
            } else if is_entry && !suspended && contains_account_mark(mark) {
                let kept: Vec<u8> = mark.iter().copied().filter(|byte| *byte == b'!').collect();
                splices.push(Splice { range: at..at + mark.len(), insert: kept });
            }
        }
        start += line.len();
    }
    splices
}

pub(super) fn contains_account_mark(mark: &[u8]) -> bool {
    memchr::memmem::find(mark, ACCOUNT_MARK).is_some()
}

/// How many bytes of a hash field are marks of suspension.
pub(super) fn mark_length(field: &[u8]) -> usize {
    let mut length = 0;
    loop {
        let rest = &field[length..];
        length += match rest {
            [b'!', ..] => 1,
            _ if rest.starts_with(ACCOUNT_MARK) => ACCOUNT_MARK.len(),
            _ => return length,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(file: &str) -> String {
        spliced(file, &set_hash(file.as_bytes(), "admin", "$6$new", 20000))
    }

    #[test]
    fn only_hash_and_day_change() {
        for (old, new) in [
            ("admin:$6$old:19700::::::\n", "admin:$6$new:20000::::::\n"),
            ("x:1:2\nadmin:$6$old:19700::::::", "x:1:2\nadmin:$6$new:20000::::::"),
            ("admin:$1$old:16249:::::\r\nb:1\r\n", "admin:$6$new:20000:::::\r\nb:1\r\n"),
            ("admin:$6$old\r\n", "admin:$6$new\r\n"),
            ("admin\n", "admin:$6$new:20000::::::\n"),
            ("admin::1:0:99999:7:::user=x\n", "admin:$6$new:20000:0:99999:7:::user=x\n"),
            ("admin:$6$a:1\nadmin:$6$b:1\n", "admin:$6$new:20000\nadmin:$6$b:1\n"),
            ("#admin:$6$a:1\nb:1", "#admin:$6$a:1\nb:1\nadmin:$6$new:20000::::::\n"),
            // A carriage return in the middle makes another name, whose bytes stay.
            ("admin\rz\0:x\nadmin:$6$old:1\n", "admin\rz\0:x\nadmin:$6$new:20000\n"),
            ("admin\rz\0:x\n", "admin\rz\0:x\nadmin:$6$new:20000::::::\n"),
            ("", "admin:$6$new:20000::::::\n"),
        ] {
            assert_eq!(changed(old), new, "{old}");
        }
    }

    #[test]
    fn marks_of_suspension_are_kept() {
        for mark in ["!", "!!", "*LOCKED*", "!*LOCKED*", "*LOCKED*!!"] {
            let file = format!("admin:{mark}$6$old:1::::::\n");
            assert_eq!(changed(&file), format!("admin:{mark}$6$new:20000::::::\n"));
            assert!(hashed_line(Some(file.trim_end().as_bytes()), "admin", "h", 1).1);
            assert_eq!(stored_hash(file.as_bytes(), "admin"), Some((&b"$6$old"[..], true)));
        }
        assert_eq!(changed("admin:*:1::::::\n"), "admin:$6$new:20000::::::\n");
    }

    fn spliced(file: &str, splices: &[Splice]) -> String {
        String::from_utf8(crate::base::files::pieces(file.as_bytes(), splices).concat()).unwrap()
    }

    #[test]
    fn suspending_a_login_and_back() {
        for (free, marked) in [
            ("user:$6$a:1::\r", "user:!$6$a:1::\r"),
            ("user:*LOCKED*$6$a:1", "user:*LOCKED*!$6$a:1"),
            ("user:$6$a", "user:!$6$a"),
        ] {
            assert_eq!(marked_line(free.as_bytes(), true).unwrap(), marked.as_bytes());
            assert_eq!(marked_line(marked.as_bytes(), false).unwrap(), free.as_bytes());
            assert_eq!(marked_line(free.as_bytes(), false), None);
            assert_eq!(marked_line(marked.as_bytes(), true), None);
        }
        assert_eq!(marked_line(b"user:!!$6$a:1", false).unwrap(), b"user:$6$a:1");
        assert_eq!(marked_line(b"user", true), None);
    }

    #[test]
    fn suspending_an_account_and_back_keeps_everything_else() {
        let free = "#c:x\n\na:$6$a:1::\nb:!!$6$b:1\r\none\nlast:$6$c";
        let marked = "#c:x\n\na:*LOCKED*$6$a:1::\nb:*LOCKED*!!$6$b:1\r\none\nlast:*LOCKED*$6$c";
        assert_eq!(spliced(free, &mark_account(free.as_bytes(), true)), marked);
        assert_eq!(spliced(marked, &mark_account(marked.as_bytes(), false)), free);
        assert!(mark_account(marked.as_bytes(), true).is_empty());
        assert!(mark_account(free.as_bytes(), false).is_empty());
    }

    #[test]
    fn every_odd_file_keeps_its_other_bytes() {
        let cases = include_str!("../../../tests/data/shadow-lines.tsv");
        let mut seen = 0;
        for row in cases.lines().filter(|row| !row.starts_with('#')) {
            let content = row.split('\t').nth(1).unwrap();
            let file = content
                .replace("{H}", "$6$a$h")
                .replace("\\r", "\r")
                .replace("\\n", "\n")
                .replace("\\0", "\0");
            let splices = set_hash(file.as_bytes(), "admin", "$6$b$new", 20000);
            let new = crate::base::files::pieces(file.as_bytes(), &splices).concat();
            let [splice] = &splices[..] else { panic!("{row}") };
            assert!(new.starts_with(&file.as_bytes()[..splice.range.start]), "{row}");
            assert!(new.ends_with(&file.as_bytes()[splice.range.end..]), "{row}");
            assert_eq!(stored_hash(&new, "admin").map(|(hash, _)| hash), Some(&b"$6$b$new"[..]), "{row}");
            seen += 1;
        }
        assert!(seen > 25, "only {seen} cases");
    }
}
