import { expressionErrors } from "../errors.ts";
import { microsPerSecond } from "./civil-date.ts";

/** How far local time is ahead of UTC, in seconds, at every moment. */
export interface TimeZone {
  readonly id: string;
  /** At a moment in seconds since the epoch. */
  readonly offsetAt: (utcSeconds: number) => number;
}

/** Java's three-letter names, which Spark accepts. */
const shortIds: Readonly<Record<string, string>> = {
  ACT: "Australia/Darwin",
  AET: "Australia/Sydney",
  AGT: "America/Argentina/Buenos_Aires",
  ART: "Africa/Cairo",
  AST: "America/Anchorage",
  BET: "America/Sao_Paulo",
  BST: "Asia/Dhaka",
  CAT: "Africa/Harare",
  CNT: "America/St_Johns",
  CST: "America/Chicago",
  CTT: "Asia/Shanghai",
  EAT: "Africa/Addis_Ababa",
  ECT: "Europe/Paris",
  EST: "-05:00",
  HST: "-10:00",
  IET: "America/Indiana/Indianapolis",
  IST: "Asia/Kolkata",
  JST: "Asia/Tokyo",
  MIT: "Pacific/Apia",
  MST: "-07:00",
  NET: "Asia/Yerevan",
  NST: "Pacific/Auckland",
  PLT: "Asia/Karachi",
  PNT: "America/Phoenix",
  PRT: "America/Puerto_Rico",
  PST: "America/Los_Angeles",
  SST: "Pacific/Guadalcanal",
  VST: "Asia/Ho_Chi_Minh",
};

const zonesMax = 1024;
const zones = new Map<string, TimeZone | undefined>();

/** The zone of an IANA name, an offset (`+08:00`, `-8`, `UTC+1`), `Z`, `UTC` or one of Java's short names; undefined for others. */
export function findTimeZone(id: string): TimeZone | undefined {
  if (zones.has(id)) return zones.get(id);
  const zone = makeZone(id);
  if (zones.size >= zonesMax) zones.clear();
  zones.set(id, zone);
  return zone;
}

/** As {@link findTimeZone}. @throws INVALID_TIMEZONE */
export function timeZoneOf(id: string): TimeZone {
  const zone = findTimeZone(id);
  if (zone === undefined) throw expressionErrors.create("INVALID_TIMEZONE", { timeZone: id });
  return zone;
}

function makeZone(id: string): TimeZone | undefined {
  const alias = shortIds[id];
  if (alias !== undefined) return findTimeZone(alias);
  const fixed = fixedOffset(id);
  if (fixed !== undefined) return { id, offsetAt: () => fixed };
  if (!/^[A-Z][A-Za-z0-9]*(?:[/_+-][A-Za-z0-9]+)*$/.test(id)) return undefined;
  try {
    return regionZone(id);
  } catch {
    return undefined;
  }
}

/** Seconds of `Z`, `UTC`, `GMT`, `UT`, or these with an offset, or an offset alone; at most 18 hours. */
function fixedOffset(id: string): number | undefined {
  if (id === "Z" || id === "UTC" || id === "GMT" || id === "UT") return 0;
  const match = /^(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{2})(?::?(\d{2}))?|:(\d)(?::(\d{2}))?)?$/.exec(id);
  if (match === null) return undefined;
  const hours = Number(match[2]);
  const minutes = Number(match[3] ?? match[5] ?? 0);
  const seconds = Number(match[4] ?? match[6] ?? 0);
  const total = hours * 3600 + minutes * 60 + seconds;
  if (minutes > 59 || seconds > 59 || total > 18 * 3600) return undefined;
  return match[1] === "-" ? -total : total;
}

/** Moments that the platform's calendar knows, in seconds. */
const secondsMax = 8.64e12;
/** Blocks of about twelve days; no zone changes twice within one. */
const blockSeconds = 2 ** 20;

interface Block {
  readonly before: number;
  readonly change: number;
  readonly after: number;
}

/** Offsets of a region from the platform's tables: asked twice a block of days, bisected where the two differ, and kept. */
function regionZone(id: string): TimeZone {
  const format = new Intl.DateTimeFormat("en-US", { timeZone: id, timeZoneName: "longOffset" });
  const ask = (seconds: number): number => {
    const clamped = Math.max(-secondsMax, Math.min(secondsMax, seconds));
    const name = format.formatToParts(clamped * 1000).find((part) => part.type === "timeZoneName")?.value ?? "GMT";
    return fixedOffset(name) ?? 0;
  };
  const blocks = new Map<number, Block>();
  const blockAt = (index: number): Block => {
    const start = index * blockSeconds;
    const before = ask(start);
    const after = ask(start + blockSeconds - 1);
    let [low, high] = [start, start + blockSeconds - 1];
    while (before !== after && high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (ask(middle) === before) low = middle;
      else high = middle;
    }
    const block = { before, change: high, after };
    blocks.set(index, block);
    return block;
  };
  return {
    id,
    offsetAt: (utcSeconds) => {
      const index = Math.floor(utcSeconds / blockSeconds);
      const block = blocks.get(index) ?? blockAt(index);
      return utcSeconds < block.change ? block.before : block.after;
    },
  };
}

function secondsOf(micros: bigint): number {
  const seconds = micros / microsPerSecond;
  return Number(micros < 0n && seconds * microsPerSecond !== micros ? seconds - 1n : seconds);
}

/** The moment as it reads on a clock of the zone. */
export function toLocalMicros(utcMicros: bigint, zone: TimeZone): bigint {
  return utcMicros + BigInt(zone.offsetAt(secondsOf(utcMicros))) * microsPerSecond;
}

/**
 * The moment at which a clock of the zone reads this. Where it reads it twice, the earlier; where never, as much later as the clock was
 * put forward: `java.time.ZonedDateTime.of`.
 */
export function toUTCMicros(localMicros: bigint, zone: TimeZone): bigint {
  const local = secondsOf(localMicros);
  // Offsets before and after whatever change is near; no offset exceeds a day.
  const early = zone.offsetAt(local - 86_400);
  const late = zone.offsetAt(local + 86_400);
  for (const offset of [early, late]) {
    if (zone.offsetAt(local - offset) === offset) return localMicros - BigInt(offset) * microsPerSecond;
  }
  return localMicros - BigInt(early) * microsPerSecond;
}
