"""Reads until it sees the end of an answer, also at the end of all: one that only closed would let it spin for ever.
Before, another part of the page opens the socket, ends it without a length, and leaves at once. The new password
comes on standard input."""
import json
import os
import socket
import sys

path = os.environ["CPANEL_CONNECT_SOCKET"]

other = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
other.connect(path)
other.sendall(b'<cpanelxml shutdown="1" />')
other.close()

sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
sock.connect(path)


def ask(request):
    request = request.encode()
    sock.sendall(b"%d\n%s" % (len(request), request))
    answer = b""
    while b"</cpanelresult>" not in answer:
        piece = sock.recv(16)
        if not piece:
            sys.exit("it would spin now")
        answer += piece
    return answer.decode()


ask('<cpaneljson enable="1">')
call = {"module": "Email", "reqtype": "exec", "func": "passwdpop", "apiversion": "2",
        "args": {"domain": "example.com", "email": "user", "password": sys.stdin.buffer.read().decode()}}
answer = ask("<cpanelaction>" + json.dumps(call, ensure_ascii=False) + "</cpanelaction>")
answer = json.loads(answer[answer.index("{"):answer.rindex("}") + 1])
print(json.dumps(answer["cpanelresult"]["data"][0], separators=(",", ":")), end="")
ask('<cpanelxml shutdown="1" />')
