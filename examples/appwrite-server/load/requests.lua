-- Every user in turn asks for the first page. Prints requests a second, the 99th percentile in
-- microseconds, the number of failures, and the number of requests.
local headers, turn = {}, 0

function init(args)
    for line in io.lines(args[1]) do
        local name, value = line:match("^(.-): (.*)$")
        headers[#headers + 1] = { [name] = value, ["X-Appwrite-Project"] = "birthdays" }
    end
end

function request()
    turn = turn % #headers + 1
    return wrk.format("GET", nil, headers[turn])
end

function done(summary, latency, requests)
    local errors = summary.errors
    local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
    print(string.format("%.1f %d %d %d", summary.requests * 1e6 / summary.duration, latency:percentile(99), failed, summary.requests))
end
