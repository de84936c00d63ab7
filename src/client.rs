//! Clients as handles.

use std::convert::Infallible;
use std::ffi::{c_char, c_int};

use super::debug_log::DebugLog;
use super::guard::guard;
use super::room::guard_call;
use super::status::remember;
use super::{fork_page, secure_start, text};
use liveapi_core::api::{Args, Error, ErrorKind, Family, Outcome, envelope};
use liveapi_core::base::process::PerProcess;
use liveapi_core::engine::{Client, Options};
use liveapi_core::tags::Variables;

/// cPanel's API families, for `liveapi_client_call`.
#[allow(non_camel_case_types, clippy::upper_case_acronyms)]
#[repr(C)]
pub enum LiveapiFamily {
    /// cPanel API 1: as `api1`.
    LIVEAPI_API1 = 1,
    /// cPanel API 2: as `api2`.
    LIVEAPI_API2 = 2,
    /// UAPI: as `uapi`.
    LIVEAPI_UAPI = 3,
    /// WHM API 1: accounts; the module is the empty text.
    LIVEAPI_WHM = 4,
    /// WHM API 0: the same functions, answered as `{"status":1,"statusmsg":"Ok","acct":[…]}` and the like.
    LIVEAPI_WHM0 = 5,
}

/// A client: one configuration, ready to answer calls. Opaque.
///
/// It holds no thread and no file of the store, so every thread may use it at the same time. Connections to a server
/// or a panel belong to the process that made them: a forked child may go on using its parent's client, and
/// connects anew.
pub struct LiveapiClient {
    inner: Client,
    log: DebugLog,
    variables: PerProcess<Variables>,
}

impl LiveapiClient {
    pub(super) fn inner(&self) -> &Client {
        &self.inner
    }

    pub(super) fn log(&self) -> &DebugLog {
        &self.log
    }

    /// What `setvar` set in requests of this client; a forked child goes on with its parent's.
    pub(super) fn variables(&self) -> &Variables {
        let made = |parent: Option<&Variables>| {
            Ok::<_, Infallible>(parent.map(Variables::of_child).unwrap_or_default())
        };
        let Ok(variables) = self.variables.get_from(made);
        variables
    }
}

/// Makes a client from options, e.g. `{"url":"home:///srv/homes","user":"bob"}`.
///
/// `options_json` is a JSON object; `{}` means none. What is not given comes from the environment (`LIVEAPI_URL`, ...),
/// then from the configuration file, then from defaults. The options:
///
///     | url                   | who answers, see below; default: the socket of the panel's page, else the store at its default place
///     | user                  | the account that calls are for; default: the name of the running user; root must name one
///     | required_strength     | the strength that a new password must reach, 0 to 100; default 50
///     | default_quota         | the quota of a new mailbox in MB where the call gives none, 0 for no limit; default 1024
///     | virtual_user          | the system user that owns mail of accounts that root makes without a system user; default `liveapi`
///     | login                 | how calls log in to a server: `token`, `session`, `basic` or `hash`; default `token`
///     | token                 | the API token or access hash
///     | token_file            | a file with the API token or access hash, which only its owner may read
///     | password              | the password of the logins `session` and `basic`
///     | password_file         | a file with that password, which only its owner may read
///     | otp                   | a one-time code for one login with two factors
///     | totp_secret           | the secret of two-factor login, from which a fresh code is made for each login
///     | totp_secret_file      | a file with that secret, which only its owner may read
///     | ca_file               | a PEM file with the certificate authorities to trust instead of the system's
///     | pin                   | the one server certificate to trust: `sha256:` and 64 hexadecimal digits
///     | insecure_tls          | `yes-i-know`: any certificate is trusted, so others can read the token and every password
///     | connect_timeout       | how many seconds a connection may take to be made; 0 for the default, 10
///     | timeout               | how many seconds a whole call may take; 0 for the default, 60
///     | prefer                | `uapi`: API 2 calls are sent as UAPI; `same`: as they come. Default `same`
///     | proxy                 | `none`, `environment`, or `http://HOST:PORT`; default `none`
///     | servers               | the table of servers, `{"web1":{"url":"whm://root@host","token_file":"..."}}`
///     | servers_cache_seconds | how long a server's domain list is cached, 1 to 86400; default 300
///
/// The values of `url`:
///
///     | home:///PATH       | the embedded mail store below that folder
///     | whm://USER@HOST    | a WHM server
///     | cpanel://USER@HOST | a cPanel server
///     | servers:           | the configured server that hosts the call's domain
///     | servers:NAME       | the configured server of that name
///     | unix:///PATH       | the LiveAPI socket of a panel; without a URL, that of `CPANEL_PHPCONNECT_SOCKET` or `CPANEL_CONNECT_SOCKET`
///
/// Example:
///
///     struct LiveapiClient *client = liveapi_client_new("{\"url\":\"home:///srv/homes\",\"user\":\"bob\"}");
///     if (client == NULL) {
///         fprintf(stderr, "%s\n", liveapi_last_error_message());
///     }
///     liveapi_client_free(client);
///
/// Errors: returns NULL; `liveapi_last_error_code` and `liveapi_last_error_message` say why (not JSON,
/// unknown key with the nearest one, unusable URL). Nothing is opened or created yet.
/// Ownership: the client is yours; release it with `liveapi_client_free`.
/// Threads: any thread. Fork: safe before and after.
/// Since: ABI revision 1.
///
/// Arguments: `options_json` is NULL or a NUL-terminated text that nobody changes during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn liveapi_client_new(options_json: *const c_char) -> *mut LiveapiClient {
    let body = |room: Result<(), Error>| {
        // SAFETY: the same contract as this function's own.
        let options = room.and(unsafe { text::read(options_json, "options_json") });
        fork_page::offer();
        secure_start::offer();
        let client = options.and_then(Options::from_json).and_then(Client::new);
        remember(client.as_ref().err());
        client.map_or(std::ptr::null_mut(), |inner| {
            Box::into_raw(Box::new(LiveapiClient {
                inner,
                log: DebugLog::default(),
                variables: PerProcess::new(),
            }))
        })
    };
    guard_call(std::ptr::null_mut, std::ptr::null_mut, body)
}

/// Answers a call of any family by a client.
///
/// `family` is a number of `LiveapiFamily`; a NULL `client` means the process's default client, as `api2`
/// uses. The other arguments, the answer, errors and ownership are those of `api1`, `api2` and `uapi`;
/// WHM API 1 answers `{"metadata":{"version":1,"reason":"OK","result":1,"command":"listaccts"},"data":{…}}`.
///
/// Example:
///
///     char *answer = liveapi_client_call(NULL, LIVEAPI_UAPI, "Email", "list_pops", "{}");
///     puts(answer);
///     liveapi_free(answer);
///
/// Threads: any thread, also at the same time with one client. Fork: safe before and after.
/// Since: ABI revision 1.
///
/// Arguments: `client` is NULL or from `liveapi_client_new` and not released; the texts are NULL or
/// NUL-terminated, and nobody changes them during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn liveapi_client_call(
    client: *const LiveapiClient,
    family: c_int,
    module: *const c_char,
    func: *const c_char,
    params_json: *const c_char,
) -> *mut c_char {
    let body = |room| {
        // SAFETY: the same contract as this function's own.
        text::owned(&unsafe { answer_by(room, client, family, module, func, params_json) })
    };
    guard_call(text::no_memory, text::internal, body)
}

/// Answers a call as `liveapi_client_call` does, without anything to release.
///
/// For PHP and Perl: their FFI makes a string of a `const char *` by itself, and nothing is left to free.
///
/// Ownership: borrowed, valid until this thread's next borrowed answer; never free it. Never NULL.
/// Threads: any thread; each has its own answer. Fork: safe before and after.
/// Since: ABI revision 1.
///
/// Arguments: as `liveapi_client_call`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn liveapi_client_call_borrowed(
    client: *const LiveapiClient,
    family: c_int,
    module: *const c_char,
    func: *const c_char,
    params_json: *const c_char,
) -> *const c_char {
    let body = |room| {
        // SAFETY: the same contract as this function's own.
        text::borrowed(unsafe { answer_by(room, client, family, module, func, params_json) })
    };
    guard_call(|| text::NO_MEMORY.as_ptr(), || text::INTERNAL.as_ptr(), body)
}

/// Releases a client.
///
/// NULL is fine and does nothing. Answers that were taken from it stay valid. Connections to a server stay with
/// the process, for its next client of the same server and settings. The last client of a panel's LiveAPI socket says
/// goodbye to it, in half a second at most; a forked child does not for its parent.
///
/// Threads: any thread, but no call may be running on that client. Fork: parent and child release
/// their own.
/// Since: ABI revision 1.
///
/// Arguments: `client` is NULL or from `liveapi_client_new`, not released before, and not in use.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn liveapi_client_free(client: *mut LiveapiClient) {
    let body = || {
        if !client.is_null() {
            // SAFETY: it came from Box::into_raw and is released once, by this function's contract.
            drop(unsafe { Box::from_raw(client) });
        }
    };
    guard(|| (), body);
}

/// The process's default client.
pub(super) fn shared() -> Result<&'static Client, Error> {
    fork_page::offer();
    secure_start::offer();
    Client::shared()
}

/// Chooses client and family, then answers, if there is `room` for it.
///
/// # Safety
/// As `liveapi_client_call`.
unsafe fn answer_by(
    room: Result<(), Error>,
    client: *const LiveapiClient,
    family: c_int,
    module: *const c_char,
    func: *const c_char,
    params_json: *const c_char,
) -> Vec<u8> {
    let chosen = match family {
        1 => Ok(Family::Api1),
        2 => Ok(Family::Api2),
        3 => Ok(Family::Uapi),
        4 => Ok(Family::Whm),
        5 => Ok(Family::Whm0),
        other => Err(Error::new(
            ErrorKind::BadFamily,
            format!(
                "There is no API family {other}; use 1 (API 1), 2 (API 2), 3 (UAPI), 4 (WHM API 1) or 5 (WHM API 0)"
            ),
        )),
    };
    let (family, refused) = chosen.map_or_else(|error| (Family::Api2, Some(error)), |family| (family, None));
    // SAFETY: not null or alive, by this function's contract.
    if let Some(log) = unsafe { client.as_ref() }.map(LiveapiClient::log).filter(|log| log.level() > 0) {
        // SAFETY: the same contract as this function's own.
        log.write(log.level(), &unsafe { call_line(family, module, func, params_json) }, false);
    }
    let pick = || match refused {
        Some(error) => Err(error),
        // SAFETY: not null here, and alive by this function's contract.
        None if !client.is_null() => Ok(unsafe { &(*client).inner }),
        None => shared(),
    };
    // SAFETY: the same contract as this function's own.
    unsafe { answer(room, pick, family, module, func, params_json) }
}

/// What the debug log says of a call: the names of its parameters, never their values.
///
/// # Safety
/// The texts are NULL or NUL-terminated, and nobody changes them during the call.
unsafe fn call_line(
    family: Family,
    module: *const c_char,
    func: *const c_char,
    params_json: *const c_char,
) -> String {
    // SAFETY: the same contract as this function's own.
    let read = |text, name| unsafe { text::read(text, name) }.unwrap_or("?");
    let params = Args::from_json_list(read(params_json, "params_json"));
    let names = params.map_or_else(|_| "not readable".to_owned(), |params| format!("{params:?}"));
    format!("{family:?} {}::{} {names}", read(module, "module"), read(func, "func"))
}

/// Reads the texts, calls if there is `room` for it, and writes the family's envelope; every failure is in it.
///
/// Arguments: The texts are NULL or NUL-terminated, and nobody changes them during the call.
pub(super) unsafe fn answer<'c>(
    room: Result<(), Error>,
    client: impl FnOnce() -> Result<&'c Client, Error>,
    family: Family,
    module: *const c_char,
    func: *const c_char,
    params_json: *const c_char,
) -> Vec<u8> {
    // SAFETY: the same contract as this function's own.
    let module = unsafe { text::read(module, "module") };
    // SAFETY: the same contract as this function's own.
    let func = unsafe { text::read(func, "func") };
    // SAFETY: the same contract as this function's own.
    let params = unsafe { text::read(params_json, "params_json") };
    let (known_module, known_func) = (*module.as_ref().unwrap_or(&""), *func.as_ref().unwrap_or(&""));
    let result = room
        .and(module)
        .and(func)
        .and(params)
        .and_then(|params| Client::call_json(client()?, family, known_module, known_func, params));
    remember(result.as_ref().err());
    match result {
        Ok(Outcome::Answered(answered)) => envelope::passed_on(answered),
        result => envelope::write(family, known_module, known_func, &result),
    }
}
