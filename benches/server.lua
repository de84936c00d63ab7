-- For wrk: calls of the daemon. TOKEN is an API token of bob; with CHANGE every request sets another password of
-- one of the ten mailboxes. Prints nanoseconds a request, and p50 and p99 in nanoseconds; stops at a wrong answer.

wrk.headers["Authorization"] = "cpanel bob:" .. (os.getenv("TOKEN") or "")

if os.getenv("CHANGE") then
    local number = 0
    wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
    request = function()
        number = number + 1
        local body = string.format("domain=example.com&email=u%d&password=Bench-Secret-%d", number % 10 + 1, number)
        return wrk.format("POST", "/execute/Email/passwd_pop", nil, body)
    end
    response = function(_, _, body)
        if not body:find('"status":1', 1, true) then
            io.stderr:write(body, "\n")
            os.exit(1)
        end
    end
end

function done(summary, latency)
    local errors = summary.errors
    if errors.status + errors.connect + errors.read + errors.write + errors.timeout > 0 then
        io.stderr:write("not every request was answered\n")
        os.exit(1)
    end
    local each = summary.duration * 1000 / summary.requests
    io.write(string.format("took\t%.0f\t%.0f\t%.0f\n", each, latency:percentile(50) * 1000, latency:percentile(99) * 1000))
end
