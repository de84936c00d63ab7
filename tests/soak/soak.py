#!/usr/bin/env python3
"""A mail host under an hour of work: `make soak SECONDS=3600`, as root.

Daemon, Dovecot, Exim and php-fpm on one store; eight honest customers who change passwords, log in, list their
mailboxes, send themselves mail and open a page; after the first sixth of the time two hostile ones, who do everything
that a customer can do to hold up the others. At the end: the honest customers' times against those of the first sixth,
the daemon's memory and descriptors, and whether every accepted message and the last password of everybody is there.
Exit 1 if a promise is broken. What it starts it ends, and it works below one temporary folder.
"""

import http.client
import imaplib
import json
import multiprocessing
import os
import pwd
import random
import shutil
import signal
import smtplib
import socket
import ssl
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILT = os.path.join(os.environ.get("CARGO_TARGET_DIR", os.path.join(PROJECT, "target")), "release")
HONEST = [f"honest{number}" for number in range(1, 9)]
HOSTILE = ["hostile1", "hostile2"]
START = "Start-Passw0rd-9x"
# What may be said of a machine with two processors: a step of an honest customer takes at most twice its time alone,
# or this many seconds, whichever is more.
LEAST = 0.25


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def configure(name, target, values):
    """One of Dovecot's files, for the version that is installed."""
    pairs = [f"{key}={value}" for key, value in values.items()]
    with open(target, "w", encoding="utf-8") as out:
        subprocess.run([f"{PROJECT}/share/dovecot/configure.sh", name, *pairs], stdout=out, check=True)
    os.chmod(target, 0o644)


def fill(name, target, values):
    with open(os.path.join(PROJECT, "share", name), encoding="utf-8") as source:
        text = source.read()
    for key, value in values.items():
        text = text.replace(f"@{key}@", str(value))
    with open(target, "w", encoding="utf-8") as out:
        out.write(text)
    os.chmod(target, 0o644)


class Host:
    """The servers, in one folder."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="liveapi-soak.", dir="/var/tmp")
        os.chmod(self.dir, 0o755)
        self.store = os.path.join(self.dir, "store")
        self.ports = {name: free_port() for name in ("whm", "cpanel", "webmail", "monitor", "imap", "smtp")}
        self.bin = os.path.join(self.dir, "bin")
        self.env = dict(os.environ, LIVEAPI_URL=f"home://{self.store}",
                        LIVEAPI_LIBRARY=f"{self.bin}/libliveapi.so", LIVEAPI_VIRTUAL_USER="nobody")
        self.children = {}
        self.tokens = {}
        os.mkdir(self.bin)
        for name in ("liveapi", "liveapid", "libliveapi.so"):
            shutil.copy(os.path.join(BUILT, name), self.bin)
        subprocess.run([f"{PROJECT}/scripts/names.sh", "link", self.bin], check=True)

    def run(self, *command, **more):
        return subprocess.run(
            [os.path.join(self.bin, command[0]), *command[1:]],
            env=self.env, check=True, capture_output=True, text=True, **more,
        ).stdout

    def accounts(self):
        for name in HONEST + HOSTILE:
            said = self.run("whmapi1", "--output=json", "createacct", f"username={name}",
                            f"domain={name}.example", f"password={START}")
            if json.loads(said)["metadata"]["result"] != 1:
                raise SystemExit(f"soak: {name} was not created: {said}")
            for box in ("user", "second"):
                self.run("cpapi2", f"--user={name}", "Email", "addpop", f"domain={name}.example",
                         f"email={box}", f"password={START}", "quota=0")

    def start(self):
        self.accounts()
        config = os.path.join(self.dir, "liveapid.toml")
        with open(config, "w", encoding="utf-8") as out:
            out.write("".join(f'{name} = "127.0.0.1:{self.ports[name]}"\n'
                              for name in ("whm", "cpanel", "webmail", "monitor")))
            out.write(f'state = "{self.dir}/state"\n')
        for name in HONEST + HOSTILE:
            said = self.run("liveapid", "--config", config, "token", "create", f"cpanel:{name}", "soak")
            self.tokens[name] = said.split()[0]
        self.child("liveapid", [f"{self.bin}/liveapid", "--config", config])
        for folder in ("run", "dovecot", "spool", "log", "exim"):
            os.mkdir(os.path.join(self.dir, folder))
        configure("auth.lua", f"{self.dir}/auth.lua", {"STORE": self.store, "HOST": "soak.example"})
        configure("hosting.conf", f"{self.dir}/dovecot.conf", {
            "RUN": f"{self.dir}/run", "STATE": f"{self.dir}/dovecot", "LOG": f"{self.dir}/log/dovecot.log",
            "AUTHLUA": f"{self.dir}/auth.lua", "LISTEN": "127.0.0.1", "IMAPPORT": self.ports["imap"],
            "EXIMUSER": "Debian-exim"})
        fill("exim/exim.conf.in", f"{self.dir}/exim.conf", {
            "STORE": self.store, "HOST": "soak.example", "DOVECOT": f"{self.dir}/run", "SPOOL": f"{self.dir}/spool",
            "LOG": f"{self.dir}/log", "PIDFILE": f"{self.dir}/exim/exim.pid", "LISTEN": "<; 127.0.0.1",
            "SMTPPORT": self.ports["smtp"], "EXIMUSER": "Debian-exim", "EXIMGROUP": "mail"})
        exim = pwd.getpwnam("Debian-exim")
        for folder in ("spool", "log", "exim"):
            os.chown(os.path.join(self.dir, folder), exim.pw_uid, exim.pw_gid)
        self.child("dovecot", ["/usr/sbin/dovecot", "-F", "-c", f"{self.dir}/dovecot.conf"])
        self.child("exim", ["/usr/sbin/exim4", "-C", f"{self.dir}/exim.conf", "-bdf", "-q1m"])
        self.fpm()
        for name in ("cpanel", "monitor", "imap", "smtp"):
            self.await_port(name)

    def fpm(self):
        """One pool that runs the page as its account's owner of mail."""
        shutil.copytree(f"{PROJECT}/bindings/php", f"{self.dir}/php")
        shutil.copy(f"{PROJECT}/include/liveapi_ffi.h", f"{self.dir}/php")
        with open(f"{self.dir}/page.php", "w", encoding="utf-8") as out:
            out.write(PAGE.replace("@DIR@", self.dir))
        with open(f"{self.dir}/fpm.conf", "w", encoding="utf-8") as out:
            out.write(f"[global]\nerror_log={self.dir}/log/fpm.log\ndaemonize=no\n[www]\nuser=root\ngroup=root\n"
                      f"listen={self.dir}/fpm.sock\npm=static\npm.max_children=4\nclear_env=no\n"
                      f"php_admin_value[ffi.enable]=1\n")
        program = sorted(name for name in os.listdir("/usr/sbin") if name.startswith("php-fpm"))[-1]
        self.child("php-fpm", [f"/usr/sbin/{program}", "-R", "-F", "-y", f"{self.dir}/fpm.conf"])

    def child(self, name, command):
        log = open(f"{self.dir}/{name}.out", "ab")
        self.children[name] = subprocess.Popen(command, env=self.env, stdout=log, stderr=log, start_new_session=True)

    def await_port(self, name):
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.ports[name]), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit(f"soak: {name} does not answer; see {self.dir}")

    def stop(self):
        for child in self.children.values():
            os.killpg(child.pid, signal.SIGTERM)
        for child in self.children.values():
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)

    def daemon_use(self):
        """Resident memory in KiB, and open descriptors."""
        pid = self.children["liveapid"].pid
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            memory = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
        return memory, len(os.listdir(f"/proc/{pid}/fd"))


PAGE = """<?php
require '@DIR@/php/cpanel.php';
$cpanel = new CPANEL(['user' => $_GET['account']]);
$answer = $cpanel->api2('Email', 'listpops', []);
$cpanel->end();
echo 'boxes ', count($answer['cpanelresult']['data']);
"""


def fastcgi(path, params):
    """One request to php-fpm, and all that it answered."""
    def record(kind, content):
        return struct.pack(">BBHHBx", 1, kind, 1, len(content), 0) + content
    encoded = b"".join(
        struct.pack(">II", len(key) | 1 << 31, len(value) | 1 << 31) + key + value
        for key, value in ((key.encode(), value.encode()) for key, value in params.items()))
    with socket.socket(socket.AF_UNIX) as stream:
        stream.settimeout(60)
        stream.connect(path)
        stream.sendall(record(1, struct.pack(">HB5x", 1, 0)) + record(4, encoded) + record(4, b"") + record(5, b""))
        answer = b""
        while piece := stream.recv(65536):
            answer += piece
    return answer


class Customer:
    """What both kinds of customers have."""

    def __init__(self, host, name, over):
        self.host, self.name, self.over = host, name, over
        self.domain = f"{name}.example"
        self.tls = ssl.create_default_context()
        # The daemon signs its own certificate; whether it is the right one is other tests' matter.
        self.tls.check_hostname, self.tls.verify_mode = False, ssl.CERT_NONE

    def connect(self, timeout=120):
        return http.client.HTTPSConnection("127.0.0.1", self.host.ports["cpanel"], context=self.tls, timeout=timeout)

    def call(self, func, **params):
        connection = self.connect()
        try:
            connection.request("POST", f"/execute/Email/{func}", urllib.parse.urlencode(params), {
                "Authorization": f"cpanel {self.name}:{self.host.tokens[self.name]}",
                "Content-Type": "application/x-www-form-urlencoded"})
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()


class Honest(Customer):
    def __init__(self, host, name, over):
        super().__init__(host, name, over)
        self.password, self.sent, self.faults, self.times = START, 0, [], []

    def work(self):
        steps = [self.change, self.look, self.mail, self.page]
        while not self.over.is_set():
            for step in steps:
                begun, took = time.monotonic(), None
                try:
                    took = step()
                except Exception as fault:  # pylint: disable=broad-except
                    self.faults.append(f"{self.name}, {step.__name__}: {fault!r}")
                self.times.append((begun, step.__name__, took or time.monotonic() - begun))
                if self.over.wait(random.uniform(0.1, 0.5)):
                    return

    def change(self):
        """Changes the password and proves it. Its time is the call's: Dovecot delays every login that fails."""
        begun = time.monotonic()
        new = f"Soak-{random.randrange(10**9)}-Passw0rd"
        answer = self.call("passwd_pop", email="user", domain=self.domain, password=new)
        if answer["status"] != 1:
            raise RuntimeError(answer["errors"])
        took = time.monotonic() - begun
        old, self.password = self.password, new
        # Dovecot looks at a file's time once a second.
        for _ in range(30):
            if self.opens(new):
                break
            time.sleep(0.1)
        else:
            raise RuntimeError("a password was changed, and it does not open the mailbox")
        if self.opens(old):
            raise RuntimeError("the old password still opens the mailbox")
        return took

    def opens(self, password):
        with imaplib.IMAP4("127.0.0.1", self.host.ports["imap"]) as imap:
            try:
                imap.login(f"user@{self.domain}", password)
                return True
            except imaplib.IMAP4.error:
                return False

    def look(self):
        answer = self.call("list_pops")
        if answer["status"] != 1 or len(answer["data"]) < 2:
            raise RuntimeError(answer)

    def mail(self):
        address = f"user@{self.domain}"
        with smtplib.SMTP("127.0.0.1", self.host.ports["smtp"], timeout=120) as smtp:
            smtp.sendmail("somebody@elsewhere.example", [address], f"Subject: {self.sent}\r\n\r\nsoak\r\n")
        self.sent += 1

    def page(self):
        answer = fastcgi(f"{self.host.dir}/fpm.sock", {
            "SCRIPT_FILENAME": f"{self.host.dir}/page.php", "REQUEST_METHOD": "GET",
            "QUERY_STRING": f"account={self.name}"})
        if b"boxes " not in answer:
            raise RuntimeError(answer[-300:])

    def lost(self):
        """What is not there at the end."""
        with imaplib.IMAP4("127.0.0.1", self.host.ports["imap"]) as imap:
            imap.login(f"user@{self.domain}", self.password)
            count = int(imap.select("INBOX", readonly=True)[1][0])
        return [] if count == self.sent else [f"{self.name}: {self.sent} messages were accepted, {count} are there"]


class Hostile(Customer):
    """Works in a process of its own, so that honest customers do not wait for this program's interpreter."""

    def process(self, begin):
        # The attackers' own work would be another machine's; what they make the servers do is this one's.
        os.nice(19)
        begin.wait()
        self.work()

    def work(self):
        attacks = [self.big_lists, self.unfinished, self.guesses, self.junk, self.many_calls]
        workers = [threading.Thread(target=self.repeat, args=(attack,)) for attack in attacks * 3]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    def repeat(self, attack):
        while not self.over.is_set():
            try:
                attack()
            except Exception:  # pylint: disable=broad-except
                self.over.wait(0.05)

    def big_lists(self):
        """A small file for the first calls, a large one for the next."""
        folder = f"{self.host.store}/{self.name}/etc/{self.domain}"
        good = open(f"{folder}/passwd", "rb").read()
        owner = os.stat(f"{folder}/passwd")
        self.call("list_pops")
        line = b"box%d:x:1:1::/nowhere:\n"
        for content in (good + b"".join(line % number for number in range(100_000)), good):
            with open(f"{folder}/.large", "wb") as out:
                out.write(content)
            os.chown(f"{folder}/.large", owner.st_uid, owner.st_gid)
            os.chmod(f"{folder}/.large", 0o644)
            os.rename(f"{folder}/.large", f"{folder}/passwd")
            self.call("list_pops_with_disk")

    def unfinished(self):
        """Bodies that are announced, begun and never ended."""
        connections = []
        for _ in range(20):
            connection = self.connect(10)
            connection.putrequest("POST", "/json-api/cpanel")
            connection.putheader("Content-Length", str(12 * 1024 * 1024))
            connection.endheaders()
            connection.send(b"a=" + b"x" * 1024 * 1024)
            connections.append(connection)
        self.over.wait(2)
        for connection in connections:
            connection.close()

    def guesses(self):
        connection = self.connect()
        connection.request("POST", "/login/?login_only=1", f"user={self.name}&pass=wrong{random.random()}")
        connection.getresponse().read()
        connection.close()

    def junk(self):
        """Heads and chunks in disorder."""
        with socket.create_connection(("127.0.0.1", self.host.ports["cpanel"]), 10) as raw:
            with self.tls.wrap_socket(raw) as stream:
                stream.sendall(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + os.urandom(4096))
                stream.recv(4096)

    def many_calls(self):
        self.call("list_pops", regex="z" * 50)


def percentile(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))] if values else 0.0


def watch(host, over, uses):
    while not over.wait(2):
        uses.append((time.monotonic(), *host.daemon_use()))


def judge(host, honest, split, uses):
    """Prints the figures; what is broken, as sentences."""
    faults = [fault for customer in honest for fault in customer.faults]
    broken = faults[:5] + ([f"and {len(faults) - 5} faults more"] if len(faults) > 5 else [])
    print(f"{'step':8}{'alone p50':>12}{'p95':>9}{'attacked p50':>14}{'p95':>9}{'ratio p50':>11}   steps")
    for step in ("change", "look", "mail", "page"):
        times = [(begun, took) for customer in honest for begun, name, took in customer.times if name == step]
        alone = [took for begun, took in times if begun < split]
        attacked = [took for begun, took in times if begun >= split]
        if not alone or not attacked:
            broken.append(f"{step}: not one step in one of the parts")
            continue
        ratio = statistics.median(attacked) / statistics.median(alone)
        print(f"{step:8}{statistics.median(alone):12.3f}{percentile(alone, .95):9.3f}"
              f"{statistics.median(attacked):14.3f}{percentile(attacked, .95):9.3f}{ratio:11.2f}   {len(times)}")
        if statistics.median(attacked) > max(LEAST, 2 * statistics.median(alone)):
            broken.append(f"{step}: {ratio:.1f} times as long under attack")
    later = [use for use in uses if use[0] >= split]
    quarter = max(1, len(later) // 4)
    tenth = max(1, len(uses) // 10)
    print("memory of the daemon, MiB:", *(use[1] // 1024 for use in uses[::tenth]))
    for what, column, unit in (("memory", 1, "KiB"), ("descriptors", 2, "")):
        early = max(use[column] for use in later[:quarter])
        late = max(use[column] for use in later[-quarter:])
        print(f"{what} of the daemon: highest {early} {unit} in the first quarter under attack, {late} {unit} in the last")
        if late > early * 1.25 + 16:
            broken.append(f"{what} of the daemon grew from {early} to {late} {unit}")
    for name, child in host.children.items():
        if child.poll() is not None:
            broken.append(f"{name} ended with {child.returncode}")
    return broken


def main():
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 3600
    if os.geteuid() != 0:
        raise SystemExit("soak: run it as root; it makes accounts and starts Exim and Dovecot")
    host, begin, over, uses = Host(), multiprocessing.Event(), multiprocessing.Event(), []
    print(f"soak: {seconds} s, in {host.dir}")
    try:
        host.start()
        # Forked before the first thread: a fork copies the locks of all others as they are.
        hostile = [multiprocessing.Process(target=Hostile(host, name, over).process, args=(begin,)) for name in HOSTILE]
        for process in hostile:
            process.start()
        honest = [Honest(host, name, over) for name in HONEST]
        threads = [threading.Thread(target=customer.work) for customer in honest]
        threads.append(threading.Thread(target=watch, args=(host, over, uses)))
        for thread in threads:
            thread.start()
        time.sleep(seconds / 6)
        split = time.monotonic()
        begin.set()
        time.sleep(seconds * 5 / 6)
        over.set()
        for thread in threads + hostile:
            thread.join(150)
        broken = judge(host, honest, split, uses)
        # What is still in the queue is delivered before it is counted.
        subprocess.run(["/usr/sbin/exim4", "-C", f"{host.dir}/exim.conf", "-qf"], check=False)
        time.sleep(2)
        for customer in honest:
            broken += customer.lost()
    finally:
        over.set()
        begin.set()
        host.stop()
    if broken:
        print("\n".join(["broken:", *broken, f"logs: {host.dir}"]))
        raise SystemExit(1)
    shutil.rmtree(host.dir)
    print("nothing lost, nothing grew, nobody waited")


if __name__ == "__main__":
    main()
