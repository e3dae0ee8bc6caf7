-- wrk's script: `wrk -s load.lua URL -- METHOD ACCEPT [anew]`; POST sends items, GET asks for the
-- URL; anew, under a Host with another port each time: itemsite, whose lists name the host, then
-- finds none that it keeps. At the end it prints one line of JSON.

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
  local method, accept, how = arguments[1], arguments[2], arguments[3]
  for name, value in pairs(HEADERS) do wrk.headers[name] = value end
  wrk.headers["Accept"] = accept
  if how == "anew" then
    local port = 0
    function request()
      port = port % 65535 + 1
      return wrk.format(nil, nil, { ["Accept"] = accept, ["Host"] = "127.0.0.1:" .. port })
    end
  end
  if method ~= "POST" then return end
  wrk.headers["Content-Type"] = "application/json"
  local requests, last = bodies(), 0
  function request() -- global, as above: wrk calls it for every request where it exists
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
