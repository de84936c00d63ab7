//! What an import is going to do. Everything that can be refused is refused here.

use std::path::Path;

use super::account_file::Facts;
use super::anomaly::{AnomalyKind, Treatment};
use super::checks::{refuse_obstacles, require_free, require_readable, require_space};
use super::converter::{Conversion, Converting};
use super::moves::Moves;
use super::planned_domain::PlannedDomain;
use super::refusal::refusal;
use super::report::{DomainReport, LoginState, MailboxReport, Report};
use super::request::ImportRequest;
use super::source::ImportSource;
use super::survey::Survey;
use super::tree::Home;
use super::{autoresponders, capitals, domain_files, folder_names, forwarders, tell_mail, tell_settings};
use crate::api::NotDone;
use crate::base::{clock, random};
use crate::store::Account;
use crate::store::home::account::Ids;
use crate::store::home::claims::Claimant;
use crate::store::home::home_store::HomeStore;
use crate::store::home::registry;

/// Everything that an import is going to write, and the report on it.
#[derive(Debug)]
pub(super) struct ImportPlan {
    pub(super) account: Account,
    pub(super) own_hash: Option<String>,
    pub(super) in_place: bool,
    /// Whether its domains are an administrator's word, or only the source's.
    pub(super) by: Claimant,
    pub(super) domains: Vec<PlannedDomain>,
    /// What gets another name on its way.
    pub(super) moves: Moves,
    /// Mailboxes whose mail is not in a Maildir, and shall be.
    pub(super) conversions: Vec<Conversion>,
    pub(super) report: Report,
}

impl ImportPlan {
    /// Plans an import from what the first look found.
    pub(super) fn make(
        store: &HomeStore,
        request: &ImportRequest<'_>,
        source: &ImportSource,
        mut survey: Survey,
    ) -> Result<Self, NotDone> {
        let home = source.home();
        let fallback = home.and_then(|home| home.path.file_name()?.to_str());
        let has_account_file = survey.account_file.is_some();
        let facts = Facts::read(request, &mut survey, (fallback, source.is_bare_home()))?;
        let account = account(store, &facts, home.filter(|_| request.in_place))?;
        refuse_obstacles(&survey, &facts, has_account_file)?;
        let by = if request.any_domain { Claimant::Administrator } else { Claimant::Customer };
        require_free(store, &account, &facts.domains, request.in_place, by)?;
        if !request.in_place {
            require_space(store, survey.bytes)?;
        }
        let converting = match request.converter {
            None => Converting::NotAsked,
            Some(converter) if converter.is_there() => Converting::Yes,
            Some(_) => Converting::NoProgram,
        };
        let plan = Self::of(facts, account, (request.in_place, by, converting), survey);
        if !request.in_place {
            require_readable(&plan.domains)?;
        }
        Ok(plan)
    }

    fn of(
        facts: Facts,
        account: Account,
        (in_place, by, converting): (bool, Claimant, Converting),
        mut survey: Survey,
    ) -> Self {
        let name = account.name.as_str();
        let mut moves =
            Moves { folders: folder_names::plan(&mut survey, name, in_place), ..Moves::default() };
        let files = survey.mail_roots.iter().filter(|(_, mail)| mail.mboxes.contains(""));
        moves.files = files.map(|(root, _)| root.clone()).collect();
        let mut planned = Vec::new();
        let mut reports = Vec::new();
        for hosted in facts.domains.clone() {
            let mut files = survey.domains.remove(hosted.name.as_str()).unwrap_or_default();
            if !in_place {
                capitals::lower(&hosted.name, &mut files, &mut survey, &mut moves);
            }
            let found = domain_files::read(&hosted.name, &files, &mut survey, (&account, in_place));
            let answers = autoresponders::take(&hosted.name, &mut survey);
            let routes = forwarders::read(&hosted.name, &facts, &mut survey);
            let mut report = DomainReport {
                name: hosted.name.clone(),
                kind: hosted.kind,
                mailboxes: found.mailboxes,
                forwarders: routes.addresses,
                autoresponders: answers.len(),
                default_address: routes.default.clone(),
                forwarded_to: routes.forwarded_to.clone(),
            };
            if account.suspended {
                lock(&mut report, in_place, &mut survey);
            }
            planned.push(PlannedDomain::of(hosted, files, found.mail_folders, (routes, answers), &account));
            reports.push(report);
        }
        let conversions = tell_mail::tell(&mut survey, name, converting);
        tell_settings::tell(&mut survey, name, |path| moves.is_copied(path));
        autoresponders::tell(&mut survey);
        forwarders::tell_others(&mut survey);
        let (files, bytes) = if in_place { (0, 0) } else { (survey.files, survey.bytes) };
        let (anomalies, more_anomalies) = survey.anomalies.into_list();
        let report = Report {
            account: account.clone(),
            own_scheme: facts.own_scheme,
            domains: reports,
            anomalies,
            more_anomalies,
            files,
            bytes,
        };
        let own_hash = facts.own_hash;
        Self { account, own_hash, in_place, by, domains: planned, moves, conversions, report }
    }
}

/// A suspended account's mailboxes do not log in; those that lack the mark get it where lines are copied.
fn lock(report: &mut DomainReport, in_place: bool, survey: &mut Survey) {
    let open =
        |mailbox: &&mut MailboxReport| matches!(mailbox.state, LoginState::Active | LoginState::Suspended);
    let mut any = false;
    for mailbox in report.mailboxes.iter_mut().filter(open) {
        any = true;
        if !in_place {
            mailbox.state = LoginState::Locked;
        }
    }
    if any {
        let what = "the account is suspended, but not all of its mailboxes are marked so";
        let place = format!("etc/{}/shadow", report.name);
        survey.anomalies.add((&place, None), AnomalyKind::Account, what, Treatment::Locked);
    }
}

/// The account as it will be.
fn account(store: &HomeStore, facts: &Facts, in_place: Option<&Home>) -> Result<Account, NotDone> {
    let (home, ids) = match in_place {
        Some(home) => (text_of(&home.path)?, ids_in_place(home)?),
        None => {
            let home = store.root.join(facts.name.as_str()).to_string_lossy().into_owned();
            (home, Ids::of_new_account(&facts.name, &store.virtual_user)?)
        }
    };
    Ok(Account {
        name: facts.name.clone(),
        domain: facts.domains[0].name.clone(),
        home,
        uid: ids.uid,
        gid: ids.gid,
        mail_gid: ids.mail_gid,
        suspended: facts.suspended,
        suspended_since: facts.suspended_since,
        suspend_reason: facts.suspend_reason.clone(),
        created: facts.created.unwrap_or_else(clock::seconds),
        // Never the backup's: who could log in to another account of that name could log in to this one.
        id: random::name()?,
        suspensions: 0,
        limits: facts.limits,
        terms: facts.terms.clone(),
    })
}

/// The path of a home in place becomes part of passwd lines and records.
fn text_of(path: &Path) -> Result<String, NotDone> {
    match path.to_str() {
        Some(text) if !text.contains([':', '%']) && !text.contains(|c: char| c.is_control()) => {
            Ok(text.to_owned())
        }
        _ => Err(refusal(
            "A home used in place needs a path in UTF-8 without colon, per cent sign and control characters; move it, or leave --in-place out",
        )),
    }
}

/// Refuses a source that cannot be used in this way; asked before anything is read.
pub(super) fn require_usable(
    store: &HomeStore,
    source: &ImportSource,
    in_place: bool,
) -> Result<(), NotDone> {
    if source.path().is_some_and(|path| {
        ["etc", "mail", "homedir"].iter().any(|folder| store.root.starts_with(path.join(folder)))
    }) {
        return Err(refusal("The mail store is inside of what would be copied; move one of them away"));
    }
    match source.home() {
        _ if !in_place => Ok(()),
        Some(home) => ids_in_place(home).map(|_| ()),
        None => Err(refusal("A backup cannot be used in place; leave --in-place out, and it is copied")),
    }
}

fn ids_in_place(home: &Home) -> Result<Ids, NotDone> {
    let me = rustix::process::geteuid();
    if home.uid == 0 {
        return Err(refusal(
            "The home belongs to root, and mail is not handled as root; give it to its account (chown -R), or leave --in-place out",
        ));
    }
    if !me.is_root() && me.as_raw() != home.uid {
        return Err(refusal(format!(
            "The home belongs to uid {}, and this process runs as uid {}; run it as root or as that user",
            home.uid,
            me.as_raw()
        )));
    }
    Ok(Ids { uid: home.uid, gid: home.gid, mail_gid: registry::mail_group().unwrap_or(home.gid) })
}
