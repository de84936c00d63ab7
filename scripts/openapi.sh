#!/bin/sh
# Checks the OpenAPI document of liveapid with tools that others maintain:
#   scripts/openapi.sh validate DOCUMENT               is it OpenAPI 3.1?
#   scripts/openapi.sh try DOCUMENT URL CA             does the server at URL keep to it?
# `try` sends the field Authorization of the variable AUTHORIZATION. It ends itself after SECONDS (25), and is killed
# with all that it started 60 seconds later.
set -eu

project=$(cd "$(dirname "$0")/.." && pwd)
seconds=${SECONDS_OF_TRIAL:-25}
tools=$("$project/scripts/python.sh" "$project/scripts/openapi.txt")

case ${1:-} in
validate)
    exec timeout -k 5 120 "$tools/openapi-spec-validator" --schema 3.1 "$2"
    ;;
try)
    # In a folder of its own: schemathesis keeps what it found. One worker: several meet a defect of Python 3.11's ast.
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    cd "$folder"
    timeout -k 5 $((seconds + 60)) "$tools/schemathesis" run "$2" --url "$3" --tls-verify "$4" \
        --header "Authorization: $AUTHORIZATION" --workers 1 --max-time "$seconds" \
        --phases examples,coverage,fuzzing --generation-deterministic --suppress-health-check all --warnings off \
        --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
        --request-timeout 20 --no-color
    ;;
*)
    echo "openapi: say validate or try" >&2
    exit 2
    ;;
esac
