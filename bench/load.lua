-- wrk's script: `wrk -s load.lua URL -- METHOD ACCEPT`; POST sends items, GET asks for the URL.
-- At the end it prints one line of JSON.

local HEADERS = { ["User-Agent"] = "wrk" } -- no Accept-Encoding, as curl does

local function bodies()
  local requests = {}
  for i = 1, 1000 do
    local body = string.format(
      '{"name": "Box %03d, second shelf", "description": "Counted on the %dth of May; '
        .. 'to be looked through before the move. Key with the caretaker."}', i, i % 28 + 1)
    requests[i] = wrk.format("POST", nil, nil, body)
  end
  return requests
end

function init(arguments)
  local method, accept = arguments[1], arguments[2]
  for name, value in pairs(HEADERS) do wrk.headers[name] = value end
  wrk.headers["Accept"] = accept
  if method ~= "POST" then return end
  wrk.headers["Content-Type"] = "application/json"
  local requests, last = bodies(), 0
  function request() -- global: wrk calls it for every request where it exists
    last = last % #requests + 1
    return requests[last]
  end
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    '{"requests": %d, "seconds": %f, "p50_ms": %f, "p95_ms": %f, "p99_ms": %f,'
      .. ' "bad_statuses": %d, "broken": %d}',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3,
    latency:percentile(95) / 1e3, latency:percentile(99) / 1e3, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
