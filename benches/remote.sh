#!/usr/bin/env bash
# Starts the server that the calls to a server go to, and prints the settings of that server for run.sh:
# an nginx on loopback with TLS and fixed answers. $1 is an empty folder; its pid ends up in $1/nginx.pid.
#
# Four ports: a passwdpop answer; one of a megabyte; one whose idle connections are closed after a second;
# one that tells the number of the connection and of the request on it.

set -euo pipefail

place=$1
first=20308
. "$(dirname "${BASH_SOURCE[0]}")/nginx.sh"

# An authority and a certificate: what is both is refused by careful clients.
certify() {
    cd "$place"
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=bench' -keyout ca.key -out ca.pem
    openssl req -newkey rsa:2048 -nodes -subj '/CN=localhost' -keyout key.pem -out request.pem
    printf 'subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n' >extensions
    openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile extensions -out cert.pem
} >"$place/openssl.log" 2>&1

# listpops of many mailboxes.
large() {
    printf '{"cpanelresult":{"apiversion":2,"event":{"result":1},"func":"listpops","module":"Email","data":['
    seq 19500 | awk '{ printf "%s{\"email\":\"user%05d@example.com\",\"login\":\"user%05d\"}", (NR > 1 ? "," : ""), $1, $1 }'
    printf ']}}'
}

answer='{"cpanelresult":{"apiversion":2,"postevent":{"result":1},"preevent":{"result":1},"func":"passwdpop","data":[{"result":1,"reason":""}],"event":{"result":1},"module":"Email"}}'

configure() {
    cat >"$place/nginx.conf" <<CONF
daemon off;
pid $place/nginx.pid;
worker_processes 2;
events {}
http {
    access_log off;
$(nginx_places "$place")
    ssl_certificate $place/cert.pem;
    ssl_certificate_key $place/key.pem;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache shared:all:1m;
    keepalive_requests 1000000000;
    default_type application/json;
    server {
        listen 127.0.0.1:$first ssl;
        return 200 '$answer';
    }
    server {
        listen 127.0.0.1:$((first + 1)) ssl;
        root $place;
        location / { error_page 404 405 =200 /large.json; }
    }
    server {
        listen 127.0.0.1:$((first + 2)) ssl;
        keepalive_timeout 1s;
        return 200 '$answer';
    }
    server {
        listen 127.0.0.1:$((first + 3)) ssl;
        return 200 '${answer%\}\}},"connection":"\$connection-\$connection_requests"}}';
    }
}
CONF
}

certify
large >"$place/large.json"
configure
nginx -p "$place" -e "$place/nginx.log" -c "$place/nginx.conf" >"$place/nginx.out" 2>&1 &
for _ in $(seq 100); do
    (exec 3<>"/dev/tcp/127.0.0.1/$((first + 3))") 2>/dev/null && exit 0
    sleep 0.1
done
cat "$place"/*.log "$place"/*.out >&2
exit 1
