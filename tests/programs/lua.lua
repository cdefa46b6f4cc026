-- Lua: tables, strings, closures, coroutines, floating point, files
local t = {}
for i = 1, 20000 do t[i] = (i * 7919) % 10007 end
table.sort(t)
print(t[1], t[100], t[#t], #t)
print(string.format("%5.2f %g %d %s %q", 3.14159, 1e15, 42, "x", "a\nb"), ("abc"):rep(3, "-"), ("hello world"):gsub("o", "0"))
local function gen(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i * i) end end) end
local s = 0; for v in gen(5000) do s = s + v end; print(s)
print(math.sin(1), math.exp(2.5), 7 // 2, 7 / 2, -7 % 3, 2 ^ 0.5, 1 << 62, math.maxinteger + 1 == math.mininteger, 0.1 + 0.2)
local f = io.open("lua.tmp", "w"); for i = 1, 100 do f:write(i, "\n") end; f:close()
local n = 0; for line in io.lines("lua.tmp") do n = n + tonumber(line) end; print(n)
print(pcall(error, {code = 1}), select("#", 1, nil, nil), os.getenv("NOT_SET"), tostring(1e100), 10 // 0.0, -(0/0) ~= 0/0)
local p = io.popen("echo popen; exit 3"); print(p:read("a"), p:close())
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end print(fib(20))
collectgarbage(); print(collectgarbage("count") > 0)
