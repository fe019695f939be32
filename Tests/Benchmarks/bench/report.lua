-- wrk calls this once at the end; only `done` is defined, so that the requests themselves stay free of Lua.
done = function(summary, latency, _)
    local errors = summary.errors
    io.write(string.format(
        '\nBENCH {"requests": %d, "bytes": %d, "microseconds": %d, "p50": %d, "p99": %d, "max": %d, "status": %d, ' ..
            '"connect": %d, "read": %d, "write": %d, "timeout": %d}\n',
        summary.requests, summary.bytes, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
        errors.status, errors.connect, errors.read, errors.write, errors.timeout))
end
