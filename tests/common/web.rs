//! A private web server for a site: nginx or Apache, php-fpm and fcgiwrap, in the site's folder.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::server::{Server, free_port, master};
use super::site::Site;
use super::{arg, is_root, must, repository};

/// Starts it and waits for its socket. If it ends instead: what it printed and logged.
fn listening(command: &mut Command, socket: &Path, log: &Path) -> Result<Server, String> {
    Server::start_until(command, || UnixStream::connect(socket).is_ok(), log)
}

/// Writes a configuration from a template of tests/php, with lines that only root may have.
fn configure(site: &Site, name: &str, user: &str, pairs: &[(&str, &str)]) {
    let template = repository().join("tests/php").join(name).with_extension("conf.in");
    let mut text = std::fs::read_to_string(template).unwrap();
    for (key, value) in pairs {
        text = text.replace(key, value);
    }
    text = text.replace("@DIR@", site.path("").display().to_string().trim_end_matches('/'));
    text = text.replace("@USER@", if is_root() { user } else { "" });
    std::fs::write(site.path(name).with_extension("conf"), text).unwrap();
}

/// Starts nginx with that location.
pub fn nginx(site: &Site, location: &str) -> Server {
    for name in ["snippets", "fastcgi.conf", "fastcgi_params"] {
        std::os::unix::fs::symlink(Path::new("/etc/nginx").join(name), site.path(name)).unwrap();
    }
    let user = format!("user {} {};", site.user, site.group);
    configure(site, "nginx", &user, &[("@LOCATION@", &site.here(location))]);
    let mut command = master("nginx");
    command.arg("-p").arg(site.path("")).arg("-e").arg(site.path("nginx.log"));
    command.arg("-c").arg(site.path("nginx.conf"));
    listening(&mut command, &site.path("web.sock"), &site.path("nginx.log")).unwrap()
}

/// Starts Apache with that handler; and the port on loopback where it answers.
pub fn apache(site: &Site, handler: &str) -> (Server, u16) {
    let port = free_port();
    let user = format!("User {}\nGroup {}", site.user, site.group);
    let pairs = [("@LOCATION@", site.here(handler)), ("@PORT@", port.to_string())];
    configure(site, "apache", &user, &[(pairs[0].0, &pairs[0].1), (pairs[1].0, &pairs[1].1)]);
    let mut command = master("apache2");
    command.arg("-D").arg("FOREGROUND").arg("-f").arg(site.path("apache.conf"));
    let answers = || TcpStream::connect(("127.0.0.1", port)).is_ok();
    (Server::start_until(&mut command, answers, &site.path("apache.log")).unwrap(), port)
}

/// Starts fcgiwrap, which runs CGI programs, as the user that owns the store.
pub fn fcgiwrap(site: &Site) -> Server {
    site.folder("cgi");
    let mut command = site.command("fcgiwrap");
    command.arg("-s").arg(format!("unix:{}", site.path("cgi/sock").display()));
    listening(&mut command, &site.path("cgi/sock"), &site.path("cgi.log")).unwrap()
}

/// Starts php-fpm with an ini file of its own, lines in its pool, and the folder of the library. If it
/// ends instead: what it printed and logged.
pub fn fpm(site: &Site, ini: &str, pool: &str, library: &Path) -> Result<Server, String> {
    let (user, group) = (&site.user, &site.group);
    let rights = format!("user = {user}\ngroup = {group}\nlisten.owner = {user}\nlisten.group = {group}");
    start_fpm(site, master(&php_fpm()), &rights, ini, pool, library)
}

/// The same with a master process that is the pages' user, as containers run it: nothing of it is root's.
pub fn fpm_of_user(site: &Site, ini: &str, pool: &str, library: &Path) -> Result<Server, String> {
    must(Command::new("chown").arg(&site.user).arg(site.path("")));
    start_fpm(site, site.command(php_fpm()), "", ini, pool, library)
}

fn start_fpm(
    site: &Site,
    mut command: Command,
    rights: &str,
    ini: &str,
    pool: &str,
    library: &Path,
) -> Result<Server, String> {
    configure(site, "fpm", rights, &[("@POOL@", &site.here(pool))]);
    std::fs::create_dir_all(site.path("conf.d")).unwrap();
    std::fs::write(site.path("conf.d/99-liveapi.ini"), site.here(ini)).unwrap();
    let _ = std::fs::remove_file(site.path("fpm.sock"));
    command.arg("-y").arg(site.path("fpm.conf"));
    // After the system's own folder of settings: the empty name stands for it.
    command.env("PHP_INI_SCAN_DIR", format!(":{}", site.path("conf.d").display()));
    // /usr/local/lib would be found without.
    command.env("LD_LIBRARY_PATH", library);
    listening(&mut command, &site.path("fpm.sock"), &site.path("fpm.log"))
}

/// Debian and Ubuntu have the version in the program's name.
fn php_fpm() -> String {
    let entries = std::fs::read_dir("/usr/sbin").unwrap().map(|entry| entry.unwrap().path());
    let found = entries.map(|path| path.display().to_string()).filter(|path| path.contains("/php-fpm"));
    found.max().expect("php-fpm is not installed")
}

/// Posts a form; the status and the body, or why there was no answer, or not all of it.
pub fn post(site: &Site, page: &str, form: &[(&str, &str)]) -> std::io::Result<(u16, String)> {
    let stream = UnixStream::connect(site.path("web.sock"))?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    exchange(stream, page, form)
}

/// The same to a server on loopback.
pub fn post_to_port(port: u16, page: &str, form: &[(&str, &str)]) -> std::io::Result<(u16, String)> {
    let stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    exchange(stream, page, form)
}

fn exchange(
    mut stream: impl Read + Write,
    page: &str,
    form: &[(&str, &str)],
) -> std::io::Result<(u16, String)> {
    let fields: Vec<_> = form.iter().map(|(name, value)| arg(name, value)).collect();
    let body = fields.join("&");
    // 1.1, where an answer that was cut off can be told from a whole one.
    write!(
        stream,
        "POST /{page} HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\nContent-Length: {}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let cut = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(cut)?;
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let chunked = head.to_ascii_lowercase().contains("\r\ntransfer-encoding: chunked");
    Ok((status, if chunked { unchunk(body).ok_or_else(cut)? } else { body.to_owned() }))
}

/// The chunks' text; `None` without the last, empty one.
fn unchunk(mut body: &str) -> Option<String> {
    let mut text = String::new();
    loop {
        let (size, rest) = body.split_once("\r\n")?;
        let size = usize::from_str_radix(size, 16).ok()?;
        if size == 0 {
            return Some(text);
        }
        text.push_str(rest.get(..size)?);
        body = rest.get(size + 2..)?;
    }
}

/// Posts a form to a page that answers with JSON.
pub fn json(site: &Site, page: &str, form: &[(&str, &str)]) -> Value {
    let (status, body) = post(site, page, form).unwrap();
    assert_eq!(status, 200, "{page}: {body}");
    serde_json::from_str(&body).unwrap_or_else(|cause| panic!("{page}: {cause}: {body}"))
}
