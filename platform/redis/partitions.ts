import type { Redis } from 'ioredis';

/** Enough to share a group's work among a few processes; each costs a stream and nothing while it is empty. */
export const PARTITIONS = 16;
/** How long a process that says nothing keeps its partitions. */
export const MEMBER_MS = 5000;

/**
 * Says that `me` lives, forgets who has not said so for a while, and answers the partitions that are mine from now on:
 * a fair share, keeping what I have. One script, so two processes never share a partition by Redis's own account; by
 * its clock, so that theirs may differ.
 */
const SHARE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local share = math.ceil(ARGV[3] / redis.call('ZCARD', KEYS[1]))
local mine, free = {}, {}
for partition = 0, ARGV[3] - 1 do
  local owner = redis.call('HGET', KEYS[2], partition)
  if owner == ARGV[1] then
    if #mine < share then mine[#mine + 1] = partition else redis.call('HDEL', KEYS[2], partition) end
  elseif not owner or not redis.call('ZSCORE', KEYS[1], owner) then
    free[#free + 1] = partition
  end
end
for _, partition in ipairs(free) do
  if #mine >= share then break end
  redis.call('HSET', KEYS[2], partition, ARGV[1])
  mine[#mine + 1] = partition
end
return mine
`;

const LEAVE = `
redis.call('ZREM', KEYS[1], ARGV[1])
for partition = 0, ARGV[2] - 1 do
  if redis.call('HGET', KEYS[2], partition) == ARGV[1] then redis.call('HDEL', KEYS[2], partition) end
end
return 0
`;

function keysOf(group: string): [string, string] {
  return [`kaituan:{${group}}:members`, `kaituan:{${group}}:owners`];
}

/** Partitions of `group` that are `me`'s for the next MEMBER_MS. */
export async function sharePartitions(redis: Redis, group: string, me: string): Promise<number[]> {
  const mine = await redis.eval(SHARE, 2, ...keysOf(group), me, MEMBER_MS, PARTITIONS);
  return (mine as unknown[]).map(Number);
}

export async function leavePartitions(redis: Redis, group: string, me: string): Promise<void> {
  await redis.eval(LEAVE, 2, ...keysOf(group), me, PARTITIONS);
}

/** FNV-1a: the same in every process, spread well enough over a few partitions. */
export function partitionOf(aggregateId: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < aggregateId.length; index += 1) {
    hash = Math.imul(hash ^ aggregateId.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % PARTITIONS;
}

export function streamOf(partition: number): string {
  return `kaituan:events:${partition}`;
}
