-- wrk's script: `wrk -s load.lua URL -- METHOD ACCEPT FILE`. It sends the lines of FILE in turn:
-- paths to GET, or JSON bodies to POST to the URL. At the end it prints one line of JSON.

local requests, last = {}, 0

function init(arguments)
  local method, accept, file = arguments[1], arguments[2], arguments[3]
  wrk.headers["User-Agent"] = "wrk" -- and no Accept-Encoding, like curl
  wrk.headers["Accept"] = accept
  if method == "POST" then wrk.headers["Content-Type"] = "application/json" end
  for line in io.lines(file) do
    local is_post = method == "POST"
    requests[#requests + 1] = wrk.format(method, not is_post and line or nil, nil, is_post and line or nil)
  end
end

function request()
  last = last % #requests + 1
  return requests[last]
end

function done(summary)
  local errors = summary.errors
  print(string.format(
    '{"requests": %d, "seconds": %f, "bad_statuses": %d, "broken": %d}',
    summary.requests, summary.duration / 1e6, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
