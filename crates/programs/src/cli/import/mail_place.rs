//! Where `doveadm` finds mail and how it reads it, in the words of Dovecot 2.3 or 2.4.

use std::fs::File;
use std::io::{Seek, Write};

use super::super::dovecot::Language;
use liveapi_core::store::home::import::{ConversionTask, ForeignFormat};

/// The file that is the inbox of mail in mbox format, where nothing else is said.
pub(super) const INBOX: &str = "inbox";

/// A folder of mail. The home is the folder of the work, so that no path needs quoting.
#[derive(Debug)]
pub(super) struct MailPlace {
    driver: &'static str,
    folder: &'static str,
    /// In mbox format: the file that is the inbox.
    inbox: Option<String>,
}

impl MailPlace {
    /// The mail that is to be converted.
    pub(super) fn source(task: &ConversionTask<'_>, language: Language) -> Self {
        let inbox = match (task.format, language) {
            // Dovecot 2.4 imports from a folder with the usual inbox only; it is given that name.
            (ForeignFormat::Mbox, Language::V2_4) => Some(INBOX.to_owned()),
            (ForeignFormat::Mbox, Language::V2_3) => Some(task.inbox.unwrap_or(INBOX).to_owned()),
            _ => None,
        };
        Self { driver: task.format.name(), folder: task.source, inbox }
    }

    /// The Maildir that is made of it.
    pub(super) fn target(task: &ConversionTask<'_>) -> Self {
        Self { driver: "maildir", folder: task.maildir, inbox: None }
    }

    /// As an argument of a command.
    pub(super) fn argument(&self, language: Language) -> String {
        let Self { driver, folder, inbox } = self;
        match (inbox, language) {
            (Some(inbox), Language::V2_3) => format!("{driver}:~/{folder}:INBOX=~/{folder}/{inbox}"),
            _ => format!("{driver}:~/{folder}"),
        }
    }

    /// As the place where a command works.
    pub(super) fn settings(&self, language: Language) -> Vec<String> {
        let Self { driver, folder, inbox } = self;
        match language {
            Language::V2_3 => vec![format!("mail_location={}", self.argument(language))],
            Language::V2_4 => {
                let mut settings = vec![format!("mail_driver={driver}"), format!("mail_path=~/{folder}")];
                settings.extend(inbox.iter().map(|inbox| format!("mail_inbox_path=~/{folder}/{inbox}")));
                settings
            }
        }
    }
}

/// What Dovecot has to know besides.
const BOTH: &str = "base_dir = /nonexistent
log_path = /dev/null
first_valid_uid = 1
protocols =
ssl = no
stats_writer_socket_path =
namespace inbox {
  inbox = yes
  separator = /
}
";

/// All of it, in a file that nobody else can write: `doveadm` takes its settings from a file only.
pub(super) fn settings_file(language: Language) -> std::io::Result<File> {
    let (first, own) = match language {
        Language::V2_3 => ("", "mail_plugins = zlib\n"),
        Language::V2_4 => (
            "dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\n",
            "mail_home = %{env:HOME}\nmail_plugins {\n  mail_compress = yes\n}\n",
        ),
    };
    let mut file = File::from(rustix::fs::memfd_create("settings", rustix::fs::MemfdFlags::CLOEXEC)?);
    for part in [first, BOTH, own] {
        file.write_all(part.as_bytes())?;
    }
    file.rewind()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_both_languages() {
        let task = ConversionTask {
            work: std::path::Path::new("/w"),
            source: "source",
            maildir: "maildir",
            format: ForeignFormat::Mbox,
            inbox: Some("mbox"),
            ids: (1, 1),
            mailbox: "x",
        };
        let of = |language| {
            let place = MailPlace::source(&task, language);
            (place.argument(language), place.settings(language).join(" "))
        };
        let location = "mbox:~/source:INBOX=~/source/mbox";
        assert_eq!(of(Language::V2_3), (location.to_owned(), format!("mail_location={location}")));
        let settings = "mail_driver=mbox mail_path=~/source mail_inbox_path=~/source/inbox";
        assert_eq!(of(Language::V2_4), ("mbox:~/source".to_owned(), settings.to_owned()));
        let target = MailPlace::target(&task);
        assert_eq!(target.settings(Language::V2_4), ["mail_driver=maildir", "mail_path=~/maildir"]);
    }
}
