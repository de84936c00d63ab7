"""Changes a mailbox's password by the addresses of a cPanel server, with requests: client.py WAY HOST:PORT CA-FILE

SECRET is a token or a password, PASSWORD the mailbox's new one.
"""
import os
import sys

import requests


def token(host, ca, token, password):
    answer = requests.post(
        f"https://{host}/json-api/cpanel",
        verify=ca,
        headers={"Authorization": f"whm root:{token}"},
        data={
            "cpanel_jsonapi_user": "bob",
            "cpanel_jsonapi_apiversion": 2,
            "cpanel_jsonapi_module": "Email",
            "cpanel_jsonapi_func": "passwdpop",
            "domain": "example.com",
            "email": "user",
            "password": password,
        },
        timeout=60,
    )
    answer.raise_for_status()
    return answer.text


def basic(host, ca, secret, password):
    # A JSON body, as many programs in Python send one.
    fields = {"email": "user@example.com", "password": password}
    address = f"https://{host}/execute/Email/passwd_pop"
    answer = requests.post(address, verify=ca, auth=("bob", secret), json=fields, timeout=60)
    answer.raise_for_status()
    return answer.text


def session(host, ca, secret, password):
    # verify with each request: a session's own gives way to REQUESTS_CA_BUNDLE of the environment.
    with requests.Session() as browser:
        login = {"user": "bob", "pass": secret, "login_only": 1}
        answer = browser.post(f"https://{host}/login/", verify=ca, data=login, timeout=60)
        address = f"https://{host}{answer.json()['security_token']}/execute/Email/passwd_pop"
        fields = {"email": "user@example.com", "password": password}
        answer = browser.post(address, verify=ca, data=fields, timeout=60)
        answer.raise_for_status()
        return answer.text


way, host, ca = sys.argv[1:]
ways = {"token": token, "basic": basic, "session": session}
print(ways[way](host, ca, os.environ["SECRET"], os.environ["PASSWORD"]))
