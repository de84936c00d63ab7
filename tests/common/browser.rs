//! A real browser: Debian's chromium, headless, driven over WebDriver.
//!
//! Not part of `common`, which every test links. It has a home of its own in the test's folder, with a database of
//! authorities in which only the test's own one stands besides the public ones: certificates are verified, and no
//! certificate of this machine's user counts. It ends with the test, also when that is killed.

use std::cell::Cell;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use base64ct::{Base64, Encoding};
use serde_json::{Value, json};

use super::common::must;
use super::common::server::{Server, connect, master};

/// How long something that the page is to show may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// How WebDriver names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// `--no-sandbox`: Chromium's own sandbox needs rights that root in a container lacks; the tests' pages are ours.
/// The others: containers have little shared memory and no graphics card, and the browser is to call nobody.
const OPTIONS: [&str; 9] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-breakpad",
    "--no-first-run",
    "--lang=en",
];

/// Keys without a letter, for [`Browser::press`].
pub mod key {
    pub const TAB: &str = "\u{E004}";
    pub const ENTER: &str = "\u{E007}";
    pub const SHIFT: &str = "\u{E008}";
    pub const CONTROL: &str = "\u{E009}";
    pub const ESCAPE: &str = "\u{E00C}";
    pub const SPACE: &str = " ";
    pub const END: &str = "\u{E010}";
    pub const HOME: &str = "\u{E011}";
    pub const LEFT: &str = "\u{E012}";
    pub const UP: &str = "\u{E013}";
    pub const RIGHT: &str = "\u{E014}";
    pub const DOWN: &str = "\u{E015}";
}

/// A running browser with one page.
pub struct Browser {
    driver: Server,
    port: u16,
    session: String,
    folder: PathBuf,
}

/// An element of the page.
pub struct Element<'b> {
    browser: &'b Browser,
    id: String,
}

/// A request that the page made.
#[derive(Debug)]
pub struct Asked {
    pub method: String,
    pub url: String,
}

impl Browser {
    /// Starts one with a new home in that folder. It trusts the authority in the file.
    pub fn start(folder: &Path, authority: &Path) -> Self {
        let folder = folder.join("browser");
        trust(&folder, authority);
        let program = launcher(&folder);
        let (driver, port) = start_driver(&folder);
        let mut browser = Self { driver, port, session: String::new(), folder };
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": {"binary": program, "args": OPTIONS},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }}});
        let begun = browser.http("POST", "/session", &wanted).unwrap();
        browser.session = begun["sessionId"].as_str().unwrap().to_owned();
        browser.size(800, 700);
        // Pictures are to show the page alone.
        browser.cdp("Emulation.setScrollbarsHidden", &json!({"hidden": true}));
        browser
    }

    /// The process that drives the browser.
    pub fn id(&self) -> u32 {
        self.driver.id()
    }

    /// Opens an address and waits until its page is loaded; where the browser refuses it, the page says why.
    pub fn go(&self, url: &str) {
        self.post("/url", &json!({"url": url}));
    }

    /// Where the page is.
    pub fn url(&self) -> String {
        self.get("/url").as_str().unwrap().to_owned()
    }

    /// The page's title.
    pub fn title(&self) -> String {
        self.get("/title").as_str().unwrap().to_owned()
    }

    /// The first element of that selector, as soon as it is there and seen.
    pub fn find(&self, selector: &str) -> Element<'_> {
        self.until(&format!("{selector} to be seen"), || {
            self.find_all(selector).into_iter().find(Element::is_seen)
        })
    }

    /// All elements of that selector, seen or not.
    pub fn find_all(&self, selector: &str) -> Vec<Element<'_>> {
        let found = self.post("/elements", &json!({"using": "css selector", "value": selector}));
        found.as_array().unwrap().iter().map(|element| self.element(element)).collect()
    }

    /// The element that has the focus.
    pub fn focused(&self) -> Element<'_> {
        self.element(&self.get("/element/active"))
    }

    /// Waits until an element's text holds that.
    pub fn wait_for(&self, selector: &str, text: &str) {
        let seen = || self.find_all(selector).iter().any(|element| element.text().contains(text));
        self.until(&format!("{selector} to say “{text}”"), || seen().then_some(()));
    }

    /// Waits until something is there.
    pub fn until<T>(&self, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(found) = look() {
                return found;
            }
            assert!(start.elapsed() < PATIENCE, "waited for {what} in vain; the page says:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// All text that is seen.
    pub fn text(&self) -> String {
        self.run("return document.body ? document.body.innerText : ''")
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Types into whatever has the focus, one key after the other.
    pub fn keys(&self, text: &str) {
        for key in text.chars() {
            self.press(&[&key.to_string()]);
        }
    }

    /// Presses these keys together.
    pub fn press(&self, keys: &[&str]) {
        let change = |kind: &str, key: &&str| json!({"type": kind, "value": key});
        let down = keys.iter().map(|key| change("keyDown", key));
        let up = keys.iter().rev().map(|key| change("keyUp", key));
        let actions: Vec<_> = down.chain(up).collect();
        self.post("/actions", &json!({"actions": [{"type": "key", "id": "keyboard", "actions": actions}]}));
    }

    /// What a script in the page returns.
    pub fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({"script": script, "args": []}))
    }

    /// A command of Chromium's own protocol.
    pub fn cdp(&self, command: &str, params: &Value) -> Value {
        self.post("/goog/cdp/execute", &json!({"cmd": command, "params": params}))
    }

    /// Makes the page that many pixels wide and high.
    pub fn size(&self, width: u32, height: u32) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.cdp("Emulation.setDeviceMetricsOverride", &metrics);
    }

    /// Lets the user prefer `dark` or `light` colours.
    pub fn prefer(&self, scheme: &str) {
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.cdp("Emulation.setEmulatedMedia", &json!({"features": features}));
    }

    /// Texts that are hard to read in the colours that are shown now.
    pub fn poor_contrast(&self) -> Vec<String> {
        let found = self.run(include_str!("../browser/contrast.js"));
        found.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    }

    /// Controls that are seen and have no name for people who do not see them.
    pub fn unnamed(&self) -> Vec<String> {
        let controls =
            "a, button, input, select, textarea, summary, [tabindex], [role=listbox], [role=tablist]";
        let seen = self.find_all(controls).into_iter().filter(Element::is_seen);
        let unnamed = seen.filter(|control| control.name().trim().is_empty());
        unnamed.map(|control| format!("{} {:?}", control.role(), control.attribute("id"))).collect()
    }

    /// What came to the console since the last time: errors, warnings, violations of the security policy.
    pub fn console(&self) -> Vec<String> {
        let text = |entry: &Value| format!("{} {}", entry["level"], entry["message"].as_str().unwrap());
        self.logged("browser").iter().map(text).collect()
    }

    /// The requests that the page made since the last time.
    pub fn requests(&self) -> Vec<Asked> {
        let message =
            |entry: &Value| -> Value { serde_json::from_str(entry["message"].as_str().unwrap()).unwrap() };
        let events: Vec<Value> = self.logged("performance").iter().map(message).collect();
        let events = events.iter().map(|event| &event["message"]);
        let sent = events.filter(|event| event["method"] == "Network.requestWillBeSent");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        sent.map(|event| &event["params"]["request"])
            .map(|request| Asked { method: text(&request["method"]), url: text(&request["url"]) })
            .collect()
    }

    /// A picture of what is seen, as PNG.
    pub fn screenshot(&self) -> Vec<u8> {
        Base64::decode_vec(self.get("/screenshot").as_str().unwrap()).unwrap()
    }

    fn logged(&self, kind: &str) -> Vec<Value> {
        self.post("/se/log", &json!({"type": kind})).as_array().unwrap().clone()
    }

    fn element(&self, named: &Value) -> Element<'_> {
        Element { browser: self, id: named[ELEMENT].as_str().unwrap().to_owned() }
    }

    fn get(&self, path: &str) -> Value {
        self.http("GET", &format!("/session/{}{path}", self.session), &Value::Null).unwrap()
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let path = format!("/session/{}{path}", self.session);
        self.http("POST", &path, body).unwrap_or_else(|why| panic!("{path} {body}: {why}"))
    }

    /// One request to the driver; the value that it answers, or its error.
    fn http(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let length = body.len();
        let mut stream = connect(self.port);
        let head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        write!(stream, "{head}Content-Length: {length}\r\n\r\n{body}").unwrap();
        let mut answer: Value = serde_json::from_slice(&body_of(BufReader::new(stream))).unwrap();
        let value = answer["value"].take();
        match value["error"].as_str() {
            Some(error) => Err(format!("{error}: {}", value["message"].as_str().unwrap_or_default())),
            None => Ok(value),
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            let _ = self.http("DELETE", &format!("/session/{}", self.session), &Value::Null);
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Element<'_> {
    pub fn click(&self) {
        self.post("click", &json!({}));
    }

    /// Empties a field and types into it.
    pub fn fill(&self, text: &str) {
        self.post("clear", &json!({}));
        self.post("value", &json!({"text": text}));
    }

    /// The text that is seen.
    pub fn text(&self) -> String {
        self.says("text")
    }

    /// What it is called to people who do not see it, as the browser works it out.
    pub fn name(&self) -> String {
        self.says("computedlabel")
    }

    /// What it is to people who do not see it.
    pub fn role(&self) -> String {
        self.says("computedrole")
    }

    pub fn property(&self, name: &str) -> Value {
        self.get(&format!("property/{name}")).unwrap_or_default()
    }

    pub fn attribute(&self, name: &str) -> Option<String> {
        self.get(&format!("attribute/{name}")).ok()?.as_str().map(str::to_owned)
    }

    pub fn is_seen(&self) -> bool {
        self.get("displayed").is_ok_and(|seen| seen == true)
    }

    fn says(&self, what: &str) -> String {
        // An element that the page took away meanwhile says nothing.
        self.get(what).unwrap_or_default().as_str().unwrap_or_default().to_owned()
    }

    fn get(&self, what: &str) -> Result<Value, String> {
        let path = format!("/session/{}/element/{}/{what}", self.browser.session, self.id);
        self.browser.http("GET", &path, &Value::Null)
    }

    fn post(&self, what: &str, body: &Value) {
        self.browser.post(&format!("/element/{}/{what}", self.id), body);
    }
}

/// Starts the driver; and its port. It chooses a port of IPv6 and then wants the same one of IPv4, which another test
/// may have.
fn start_driver(folder: &Path) -> (Server, u16) {
    for _ in 0..5 {
        let mut command = master("chromedriver");
        command.arg("--port=0").env("HOME", folder).env("TMPDIR", folder);
        let (log, found) = (folder.join("driver.log"), Cell::new(None));
        let answers = || {
            let said = std::fs::read_to_string(log.with_extension("out")).unwrap_or_default();
            let port = said.split("successfully on port ").nth(1).and_then(|rest| rest.split('.').next());
            found.set(port.and_then(|port| port.parse().ok()));
            found.get().is_some()
        };
        match Server::start_until(&mut command, answers, &log) {
            Ok(driver) => return (driver, found.get().unwrap()),
            Err(said) => assert!(said.contains("port not available"), "{said}"),
        }
    }
    panic!("no port for the browser's driver");
}

/// The body of an answer. The driver does not close its connections.
fn body_of(mut stream: impl BufRead) -> Vec<u8> {
    let (mut length, mut line) = (0, String::new());
    while line != "\r\n" {
        line.clear();
        assert_ne!(stream.read_line(&mut line).unwrap(), 0, "the driver closed the connection");
        if let Some(("content-length", value)) = line.to_ascii_lowercase().split_once(':') {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    body
}

/// A home with a database of authorities in which that one stands.
fn trust(home: &Path, authority: &Path) {
    let database = home.join(".pki/nssdb");
    std::fs::create_dir_all(&database).unwrap();
    let database = format!("sql:{}", database.display());
    let certutil = |words: &[&str]| must(Command::new("certutil").args(["-d", &database]).args(words));
    certutil(&["-N", "--empty-password"]);
    certutil(&["-A", "-t", "C,,", "-n", "liveapid", "-i", authority.to_str().unwrap()]);
}

/// A program that is the browser, and ends with the one that drives it.
fn launcher(folder: &Path) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.join("chromium");
    std::fs::write(&path, "#!/bin/sh\nexec setpriv --pdeathsig KILL -- chromium \"$@\"\n").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}
