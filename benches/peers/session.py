# A subject of benches/remote.rs: Python's requests with a Session, which keeps its connection.
import os
import sys
import time

import requests

url = "https://localhost:%s/json-api/cpanel" % os.environ["BENCH_REMOTE_PORT"]
session = requests.Session()
authorities = os.environ["LIVEAPI_CA_FILE"]
session.headers["Authorization"] = "whm root:" + os.environ["LIVEAPI_TOKEN"]
frame = {"user": "bob", "module": "Email", "func": "passwdpop", "apiversion": "2"}
form = {"cpanel_jsonapi_" + name: value for name, value in frame.items()}
form.update(domain="example.com", email="user", password="12345luggage")
for line in sys.stdin:
    calls = int(line)
    start = time.monotonic()
    for _ in range(calls):
        if session.post(url, data=form, verify=authorities).json()["cpanelresult"]["event"]["result"] != 1:
            sys.exit("unexpected answer")
    print((time.monotonic() - start) * 1e9 / calls, flush=True)
