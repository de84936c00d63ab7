"""A billing system's round, written from the public documentation of WHM's API 0 and API 1.

billing.py SHAPE PART HOST:PORT CA-FILE USER    SHAPE: api0, api1, xml; PART: open, close
WHM_TOKEN is root's token. The part open prints, as JSON, where the customer's browser is to go.
"""

import json
import os
import ssl
import sys
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as tree

SHAPE, PART, HOST, CA, USER = sys.argv[1:]
DOMAIN, PASSWORD, NEXT = f"{USER}.example", "First-Pass & 1%", "Second+Pass=2 ü"
GOLD, SILVER = f"{USER}_gold", f"{USER}_silver"


def check(good, *what):
    if not good:
        sys.exit(f"{SHAPE} {PART}: {what}")


def send(path, fields, token=None):
    """The status and the text of an answer."""
    headers = {"Authorization": f"whm root:{token or os.environ['WHM_TOKEN']}"}
    request = urllib.request.Request(f"https://{HOST}/{path}", urllib.parse.urlencode(fields).encode(), headers)
    try:
        with urllib.request.urlopen(request, context=ssl.create_default_context(cafile=CA)) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def one(function, fields):
    """WHM API 1: whether it was done, why or why not, and the data."""
    _, text = send(f"json-api/{function}", {"api.version": 1, **fields})
    answer = json.loads(text)
    check(answer["metadata"]["command"] == function, text)
    return answer["metadata"]["result"] == 1, answer["metadata"]["reason"], answer.get("data"), answer


def zero(function, fields):
    """WHM API 0: an action's answer is the object of a list, a list has its status beside it."""
    _, text = send(f"json-api/{function}", fields)
    answer = json.loads(text)
    row = (answer.get("result") or answer.get("passwd") or [answer])[0]
    return row.get("status", 1) == 1, row.get("statusmsg"), answer, row


def old(function, fields):
    """The same as XML."""
    _, text = send(f"xml-api/{function}", fields)
    root = tree.fromstring(text)
    check(root.tag == function, text)
    return root.findtext(".//status", "1") == "1", root.findtext(".//statusmsg"), root, root


def call(function, **fields):
    return {"api0": zero, "api1": one, "xml": old}[SHAPE](function, fields)


def done(function, **fields):
    ok, why, data, answer = call(function, **fields)
    check(ok, function, why)
    return data, answer


def refused(words, function, **fields):
    ok, why, _, _ = call(function, **fields)
    check(not ok and words in why, function, why)


def account():
    """What is known of the account, as texts."""
    data, _ = done("accountsummary", user=USER)
    if SHAPE == "xml":
        return {field.tag: field.text for field in data.find("acct")}
    return {name: str(value) for name, value in data["acct"][0].items()}


def open_account():
    done("addpkg", name=GOLD, maxpop=2, quota=100, featurelist="default")
    done("addpkg", name=SILVER, maxpop=5, quota="unlimited")
    data, _ = done("listpkgs")
    if SHAPE == "xml":
        names = [field.text for field in data.findall("package/name")]
    else:
        names = [row["name"] for row in data["pkg" if SHAPE == "api1" else "package"]]
    check({GOLD, SILVER} <= set(names), names)
    new = {"username": USER, "domain": DOMAIN, "password": PASSWORD, "contactemail": "owner@elsewhere.example"}
    refused("nosuch", "createacct", plan="nosuch", **new)
    refused("does not exist", "accountsummary", user=USER)
    data, answer = done("createacct", plan=GOLD, **new)
    raw = {
        "api1": lambda: answer["metadata"]["output"]["raw"],
        "api0": lambda: answer["rawout"],
        "xml": lambda: answer.findtext("result/rawout"),
    }[SHAPE]()
    check("New Account Info" in raw and PASSWORD not in raw, raw)
    package = {
        "api1": lambda: data["package"],
        "api0": lambda: answer["options"]["package"],
        "xml": lambda: answer.findtext("result/options/package"),
    }[SHAPE]()
    check(package == GOLD, package)
    refused("already exists", "createacct", plan=GOLD, **new)
    known = account()
    check((known["plan"], known["maxpop"], known["disklimit"], known["suspended"]) == (GOLD, "2", "100M", "0"), known)
    check(known["email"] == "owner@elsewhere.example" and known["owner"] == "root", known)
    done("suspendacct", user=USER, reason="unpaid")
    check(account()["suspended"] == "1", account())
    done("unsuspendacct", user=USER)
    check(account()["suspended"] == "0", account())
    refused("nosuch", "changepackage", user=USER, pkg="nosuch")
    done("changepackage", user=USER, pkg=SILVER)
    known = account()
    check((known["plan"], known["maxpop"], known["disklimit"]) == (SILVER, "5", "unlimited"), known)
    done("passwd", user=USER, password=NEXT)
    # Only API 1 has sessions.
    fields = {"user": USER, "service": "cpaneld", "preferred_domain": "localhost"}
    if SHAPE == "xml":
        _, text = send("xml-api/create_user_session", {"api.version": 1, **fields})
        root = tree.fromstring(text)
        check(root.tag == "result" and root.findtext("metadata/result") == "1", text)
        session = {field.tag: field.text for field in root.find("data")}
    else:
        ok, why, session, _ = one("create_user_session", fields)
        check(ok, why)
    check(session["url"].startswith("https://localhost:") and session["cp_security_token"] in session["url"], session)
    print(json.dumps({"url": session["url"], "user": USER, "password": NEXT}))


def close_account():
    status, text = send("json-api/listaccts" if SHAPE != "xml" else "xml-api/listaccts", {}, "WRONG-TOKEN")
    check(status in (401, 403) and "acct" not in text, status, text)
    done("removeacct", **{"username" if SHAPE == "api1" else "user": USER, "keepdns": 0})
    refused("does not exist", "accountsummary", user=USER)
    for package in (GOLD, SILVER):
        done("killpkg", **{"pkgname" if SHAPE == "api1" else "pkg": package})


open_account() if PART == "open" else close_account()
