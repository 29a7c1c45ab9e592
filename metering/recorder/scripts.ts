/**
 * The scripts a call meets. Every key they touch carries the buyer's shard tag. All times are the
 * gateway's (arguments), because events are dated by it and a seed moves its clock; but how long a lease stands is
 * told by Redis, because several gateways look at it.
 */

/**
 * May this call go on? In one atomic step: rate, concurrency, the caller's Idempotency-Key, quotas, budgets;
 * what was taken is marked, what was refused for its rate or concurrency is counted. A reservation whose
 * deadline has passed without an end of its call is given back first. As long as counts are kept it is
 * remembered that it was, and that a call was in flight: one that ends long after its deadline is settled, once.
 *
 * A gateway may lease further admissions for calls to come: counted and in flight as if they had come, under
 * names of their own. It gets at most a quarter of what is left, so that near a limit nothing is leased. While
 * another gateway has a lease it may not use, nobody is refused for what that one may give back.
 *
 * KEYS  1 rate window, 2 in flight (sorted by deadline), 3 day count, 4 month count, 5 idempotency, 6 refusals,
 *       7 epoch, 8 leases (boots, sorted by when their leases are over),
 *       then for each budget: units used or reserved, reservations (sorted by deadline)
 * ARGV  1 now ms, 2 event id ('' when only a lease is asked for), 3 deadline ms, 4 rate limit, 5 concurrency limit,
 *       6 day limit, 7 month limit (limits: -1 is none), 8 request digest ('' when the caller gave no key),
 *       9 field of the refusals, 10 how long counts are kept ms, 11 '1' when the call stands on something counted,
 *       12 boot whose leases are no reason to wait, 13 '1' when no lease is, 14 how many admissions it would lease,
 *       15 number of the first of them, 16 their deadline ms, 17 how long the lease stands ms,
 *       then for each budget: its limit, what the call reserves
 * →     {'ok', day used, month used, leased} | {'claimed', day used, month used, leased} |
 *       {'repeat', event id, time ms} | {'in_flight'} | {'conflict'} | {'rate'} | {'concurrency'} | {'day'} |
 *       {'month'} | {'no_epoch'} | {'budget', which of them, from 0} | {'leased_out'};
 *       with 'rate' and 'concurrency' the epoch and the round in which the refusal was counted
 */
export const admitScript = `
if ARGV[11] == '1' and redis.call('exists', KEYS[7]) == 0 then return {'no_epoch'} end
local now = tonumber(ARGV[1])
local own = ARGV[2] ~= ''
local rated = false
local room = tonumber(ARGV[14]) * 4
local function storeMs()
  local time = redis.call('time')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
local function refuse(why, counts)
  if not own then return {'ok', 0, 0, 0} end
  if ARGV[13] == '0' then
    for _, boot in ipairs(redis.call('zrangebyscore', KEYS[8], string.format('%.0f', storeMs()), '+inf')) do
      if boot ~= ARGV[12] then
        if rated then redis.call('decr', KEYS[1]) end
        return {'leased_out'}
      end
    end
  end
  if not counts then return {why} end
  redis.call('hincrby', KEYS[6], why .. '|' .. ARGV[9], 1)
  return {why, redis.call('get', KEYS[7]) or '', redis.call('hget', KEYS[6], 'round') or '0'}
end
local rate = tonumber(ARGV[4])
if rate >= 0 then
  local used = tonumber(redis.call('get', KEYS[1]) or '0')
  if used >= rate then return refuse('rate', true) end
  if own then
    used = redis.call('incr', KEYS[1])
    redis.call('pexpire', KEYS[1], 60000)
    rated = true
  end
  room = math.min(room, rate - used)
end
local concurrency = tonumber(ARGV[5])
if concurrency >= 0 then
  redis.call('zremrangebyscore', KEYS[2], '-inf', string.format('%.0f', now - tonumber(ARGV[10])))
  local used = redis.call('zcount', KEYS[2], string.format('%.0f', now), '+inf')
  if used >= concurrency then return refuse('concurrency', true) end
  room = math.min(room, concurrency - used - 1)
end
local claimed = false
if ARGV[8] ~= '' then
  local held = redis.call('get', KEYS[5])
  if held then
    local state, event, digest, at = held:match('^(%a)|([^|]*)|([^|]*)|(%d+)$')
    if state == 'f' and tonumber(at) >= now then
      if digest ~= ARGV[8] then return {'conflict'} end
      return {'in_flight'}
    end
    if state == 'd' then
      if digest ~= ARGV[8] then return {'conflict'} end
      redis.call('zadd', KEYS[2], ARGV[3], ARGV[2])
      return {'repeat', event, at}
    end
  end
  claimed = true
end
local day = tonumber(redis.call('get', KEYS[3]) or '0')
local month = tonumber(redis.call('get', KEYS[4]) or '0')
local perDay, perMonth = tonumber(ARGV[6]), tonumber(ARGV[7])
if perDay >= 0 then
  if day >= perDay then return refuse('day') end
  room = math.min(room, perDay - day - 1)
end
if perMonth >= 0 then
  if month >= perMonth then return refuse('month') end
  room = math.min(room, perMonth - month - 1)
end
local budgets = (#KEYS - 8) / 2
for b = 0, budgets - 1 do
  local used, reserved = KEYS[9 + 2 * b], KEYS[10 + 2 * b]
  for _, member in ipairs(redis.call('zrangebyscore', reserved, '-inf', '(' .. now, 'limit', 0, 100)) do
    redis.call('zrem', reserved, member)
    local event, units = member:match('^([^|]+)|(%d+)$')
    if event then
      redis.call('decrby', used, units)
      redis.call('zadd', reserved, string.format('%.0f', now + tonumber(ARGV[10])), event)
    end
  end
  local before = tonumber(redis.call('get', used) or '0')
  if before + tonumber(ARGV[19 + 2 * b]) > tonumber(ARGV[18 + 2 * b]) then return {'budget', b} end
end
local leased = math.min(tonumber(ARGV[14]), math.max(0, math.floor(room / 4)))
local taken = leased
if own then taken = taken + 1 end
if taken == 0 then return {'ok', day, month, 0} end
if perDay >= 0 then
  day = redis.call('incrby', KEYS[3], taken)
  redis.call('pexpire', KEYS[3], ARGV[10])
end
if perMonth >= 0 then
  month = redis.call('incrby', KEYS[4], taken)
  redis.call('pexpire', KEYS[4], ARGV[10])
end
for b = 0, budgets - 1 do
  redis.call('incrby', KEYS[9 + 2 * b], ARGV[19 + 2 * b])
  redis.call('zadd', KEYS[10 + 2 * b], ARGV[3], ARGV[2] .. '|' .. ARGV[19 + 2 * b])
  redis.call('pexpire', KEYS[10 + 2 * b], ARGV[10])
end
local inFlight = {}
if own then inFlight = {ARGV[3], ARGV[2]} end
for n = 0, leased - 1 do
  inFlight[#inFlight + 1] = ARGV[16]
  inFlight[#inFlight + 1] = string.format('%s|%.0f', ARGV[12], tonumber(ARGV[15]) + n)
end
redis.call('zadd', KEYS[2], unpack(inFlight))
redis.call('pexpire', KEYS[2], ARGV[10])
if leased > 0 then
  if rate >= 0 then
    redis.call('incrby', KEYS[1], leased)
    redis.call('pexpire', KEYS[1], 60000)
  end
  redis.call('zadd', KEYS[8], string.format('%.0f', storeMs() + tonumber(ARGV[17])), ARGV[12])
  redis.call('pexpire', KEYS[8], 60000)
end
if claimed then
  redis.call('set', KEYS[5], 'f|' .. ARGV[2] .. '|' .. ARGV[8] .. '|' .. ARGV[3], 'px', 3600000)
  return {'claimed', day, month, leased}
end
return {'ok', day, month, leased}
`

/**
 * Takes leased admissions back that no call used: only those that still stand, so that a second time, or in an
 * emptied Redis, it changes nothing.
 *
 * KEYS  1 in flight, 2 leases, then what counted them (rate window, day, month)
 * ARGV  1 boot whose lease is over, '' while it has another, then the names of the admissions
 */
export const giveBackScript = `
local given = redis.call('zrem', KEYS[1], unpack(ARGV, 2))
for k = 3, #KEYS do
  if given > 0 and redis.call('exists', KEYS[k]) == 1 then redis.call('decrby', KEYS[k], given) end
end
if ARGV[1] ~= '' then redis.call('zrem', KEYS[2], ARGV[1]) end
return given
`

/**
 * Makes one flush of a shard durable and settles what its calls had taken. Run again with the same
 * arguments it changes nothing but for a second copy of the entry, which the writer knows by its event ids.
 *
 * KEYS  1 stream, 2 epoch, 3 loss, then what the steps touch, each once
 * ARGV  1 boot, 2 first sequence, 3 count, 4 complete before ms, 5 sent at ms, 6 events as JSON,
 *       7 the loss this boot knows of, 8 how many calls under way began before it knew,
 *       then steps, which name keys by their number:
 *       'z' in flight, name    the call is no longer in flight (remembers whether it was)
 *       'g' count              one count is given back, if the call was in flight
 *       'u' units, used, ms    a budget without a limit counts what was used, if the call was in flight; its count
 *                              is kept for so long, '0' for ever
 *       'b' units, reservations, reservation, event id, used, ms
 *                              a budget keeps what was used of what was reserved
 *       's' key, value, ms     the idempotency key is held by a billable call
 *       'd' key, event id      the idempotency key is free again, if this call had claimed it
 * →     {epoch, loss}, '' for one that is not there
 */
export const finishScript = `
redis.call('xadd', KEYS[1], '*', 'b', ARGV[1], 's', ARGV[2], 'n', ARGV[3], 'c', ARGV[4], 'a', ARGV[5], 'e', ARGV[6],
  'l', ARGV[7], 'k', ARGV[8])
local i = 9
local was = 0
local used, kept = {}, {}
while i <= #ARGV do
  local step = ARGV[i]
  local k = tonumber(ARGV[i + 1])
  if step == 'z' then
    was = redis.call('zrem', KEYS[k], ARGV[i + 2])
    i = i + 3
  elseif step == 'u' then
    if was == 1 then used[k] = (used[k] or 0) + tonumber(ARGV[i + 2]) end
    kept[k] = ARGV[i + 3]
    i = i + 4
  elseif step == 'g' then
    if was == 1 then redis.call('decr', KEYS[k]) end
    i = i + 2
  elseif step == 'b' then
    local reservations = KEYS[tonumber(ARGV[i + 2])]
    local by = nil
    if redis.call('zrem', reservations, ARGV[i + 3]) == 1 then
      by = tonumber(ARGV[i + 5]) - tonumber(ARGV[i + 3]:match('|(%d+)$'))
    elseif redis.call('zrem', reservations, ARGV[i + 4]) == 1 then
      by = tonumber(ARGV[i + 5])
    end
    if by then used[k] = (used[k] or 0) + by end
    kept[k] = ARGV[i + 6]
    i = i + 7
  elseif step == 's' then
    redis.call('set', KEYS[k], ARGV[i + 2], 'px', ARGV[i + 3])
    i = i + 4
  else
    local held = redis.call('get', KEYS[k])
    if held and held:sub(1, 2 + #ARGV[i + 2]) == 'f|' .. ARGV[i + 2] then redis.call('del', KEYS[k]) end
    i = i + 3
  end
end
for k, by in pairs(used) do
  redis.call('incrby', KEYS[k], string.format('%.0f', by))
  if kept[k] ~= '0' then redis.call('pexpire', KEYS[k], kept[k]) end
end
return {redis.call('get', KEYS[2]) or '', redis.call('get', KEYS[3]) or ''}
`

/**
 * Takes refusals out of the counting, each field once: those that stood at the last taking too, a second ago, so that
 * a second's refusals are one field as a rule. A late one starts a new field, and each taken field becomes exactly one
 * event. The takings of an epoch are numbered as rounds, and so are the taken fields, so that names of an emptied Redis
 * never come again. No clock says what was taken: one that is wrong would have gateways forget what is still here.
 *
 * KEYS  1 refusals and their round, 2 seen at the last taking, 3 taken, 4 epoch, 5 loss
 * →     {the epoch, or the loss that is made good, or '' (it has no name yet, and nothing is taken); refusals counted
 *       in rounds before this one are taken; the fields and counts that are taken and not yet written, flat}
 */
export const takeRefusalsScript = `
local era = redis.call('get', KEYS[4]) or redis.call('get', KEYS[5]) or ''
if era == '' then return {era, 0, {}} end
local fields = redis.call('hgetall', KEYS[1])
local seen = {}
for _, field in ipairs(redis.call('smembers', KEYS[2])) do seen[field] = true end
redis.call('del', KEYS[2])
local left, found = 0, 0
for i = 1, #fields, 2 do
  local field = fields[i]
  if field:match('^%a+|%d+|') then
    found = found + 1
    if seen[field] then
      local taken = redis.call('hincrby', KEYS[3], 'serial', 1)
      redis.call('hset', KEYS[3], era .. '.' .. taken .. '#' .. field, fields[i + 1])
      redis.call('hdel', KEYS[1], field)
    else
      left = left + 1
      redis.call('sadd', KEYS[2], field)
    end
  end
end
local round = tonumber(redis.call('hget', KEYS[1], 'round') or '0')
if found > 0 then round = redis.call('hincrby', KEYS[1], 'round', 1) end
-- What is left was counted since the last taking, in the round that ended just now.
if left > 0 then round = round - 1 end
return {era, round, redis.call('hgetall', KEYS[3])}
`

/**
 * Puts refusals back that an emptied Redis forgot: counted by this gateway and not yet committed.
 *
 * KEYS  1 refusals and their round, 2 says that it is done, 3 epoch, 4 loss;  ARGV  field, count …
 * →     the epoch, or the loss that is made good, and the round in which they are counted now
 */
export const recountRefusalsScript = `
if redis.call('set', KEYS[2], '1', 'nx', 'px', 2592000000) then
  for i = 1, #ARGV, 2 do redis.call('hincrby', KEYS[1], ARGV[i], ARGV[i + 1]) end
end
local era = redis.call('get', KEYS[3]) or redis.call('get', KEYS[4]) or ''
return {era, redis.call('hget', KEYS[1], 'round') or '0'}
`
