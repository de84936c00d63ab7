# What the benchmarks' nginx servers have in common. Sourced.

# Where nginx keeps what it takes from clients and gives to others: below $1, because its own folders are root's.
nginx_places() {
    local kind
    for kind in client_body proxy fastcgi uwsgi scgi; do
        echo "    ${kind}_temp_path $1/$kind;"
    done
}
