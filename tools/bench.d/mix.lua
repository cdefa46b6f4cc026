-- Tables, strings, closures, numbers.
local function sieve(n)
  local composite, count = {}, 0
  for i = 2, n do
    if not composite[i] then
      count = count + 1
      for k = i * i, n, i do composite[k] = true end
    end
  end
  return count
end

local function words(n)
  local seen, parts = {}, {}
  for i = 1, n do
    local w = string.format("%x", i * 2654435761 % 4294967296)
    seen[w:sub(1, 3)] = (seen[w:sub(1, 3)] or 0) + 1
    parts[#parts + 1] = w:reverse()
  end
  local total = 0
  for _, v in pairs(seen) do total = total + v * v end
  return total + #table.concat(parts, ",")
end

local function closures(n)
  local chain = function(x) return x end
  for i = 1, 20 do
    local inner = chain
    chain = function(x) return inner(x) + i % 3 end
  end
  local sum = 0
  for i = 1, n do sum = sum + chain(i) end
  return sum
end

print(sieve(200000), words(40000), closures(20000), string.format("%.10f", math.sin(1) ^ 3))
