import { setImmediate } from "node:timers/promises";
import type { KeyValueStore } from "@vonk/bus/spi";
import { MemoryKeyValueStore } from "@vonk/bus/testing";
import { createLogger } from "@vonk/common";
import { seededRandom } from "@vonk/common/internal";
import { ManualClock } from "@vonk/common/testing";
import { describe, expect, it } from "vitest";
import { KeyValueLeadership } from "./leadership.ts";

const log = createLogger(
  "test",
  "OFF",
  () => undefined,
  () => 0,
);
const ttlMs = 3000;

/** Masters that strive for one lease; `told` is what they were told, in order. */
class Contest {
  readonly clock: ManualClock = new ManualClock(1000);
  readonly store: MemoryKeyValueStore = new MemoryKeyValueStore({ clock: this.clock, ttlMs });
  readonly told: string[] = [];
  readonly leading = new Set<string>();

  join(name: string, store: KeyValueStore = this.store, clock: ManualClock = this.clock): KeyValueLeadership {
    const leadership = new KeyValueLeadership({ store, clock, log, ttlMs, masterId: name, random: seededRandom(this.told.length) });
    leadership.campaign(
      (term) => {
        this.leading.add(name);
        this.told.push(`${name} leads in ${term}`);
      },
      () => {
        this.leading.delete(name);
        this.told.push(`${name} lost`);
      },
    );
    return leadership;
  }

  async pass(ms: number, stepMs = 50): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      this.clock.advance(stepMs);
      await setImmediate();
      expect(this.leading.size).toBeLessThanOrEqual(1);
    }
  }
}

/** A store whose calls fail while `broken`, and whose replies wait while `held`. */
function faulty(store: KeyValueStore): KeyValueStore & { broken: boolean; hold(): () => void } {
  let gate: Promise<void> | undefined;
  const faults = {
    broken: false,
    hold(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return () => {
        gate = undefined;
        resolve();
      };
    },
  };
  return new Proxy(store as KeyValueStore & typeof faults, {
    get(target, name: keyof KeyValueStore | keyof typeof faults) {
      if (name === "broken" || name === "hold") return faults[name];
      return async (...args: never[]) => {
        if (faults.broken) throw new RangeError("no connection");
        const result: unknown = await (target[name] as (...args: never[]) => Promise<unknown>)(...args);
        await gate;
        return result;
      };
    },
    set(_, name, value) {
      if (name === "broken") faults.broken = value as boolean;
      return true;
    },
  });
}

describe("leadership by lease", () => {
  it("is one master's for as long as that renews it", async () => {
    const contest = new Contest();
    const first = contest.join("a");
    contest.join("b");
    await contest.pass(20_000);
    expect(contest.told).toEqual(["a leads in 1"]);
    expect(first.isHeld).toBe(true);
  });

  it("goes over at once when the leader closes", async () => {
    const contest = new Contest();
    const first = contest.join("a");
    contest.join("b");
    await contest.pass(5000);
    contest.leading.delete("a");
    await first.close();
    await contest.pass(300);
    expect(contest.told).toEqual(["a leads in 1", expect.stringMatching(/^b leads in \d+$/)]);
  });

  it("goes over within the time to live and a poll when the leader dies", async () => {
    const contest = new Contest();
    const own = faulty(contest.store);
    contest.join("a", own);
    contest.join("b");
    await contest.pass(1000);
    own.broken = true;
    await contest.pass(ttlMs + 300);
    expect(contest.told).toEqual(["a leads in 1", "a lost", expect.stringMatching(/^b leads/)]);
    own.broken = false;
    await contest.pass(5000);
    expect(contest.told).toHaveLength(3);
  });

  it("is given up before it expires when the store does not answer, and a late answer is not believed", async () => {
    const contest = new Contest();
    const own = faulty(contest.store);
    contest.join("a", own);
    await contest.pass(1000);
    const answer = own.hold();
    await contest.pass(ttlMs);
    expect(contest.told).toEqual(["a leads in 1", "a lost"]);
    contest.join("b");
    await contest.pass(500);
    answer();
    await contest.pass(500);
    expect(contest.told).toEqual(["a leads in 1", "a lost", expect.stringMatching(/^b leads/)]);
  });

  it("is not kept by a leader that was paused for longer than the time to live", async () => {
    const contest = new Contest();
    const paused = new ManualClock(1000);
    const leadership = contest.join("a", contest.store, paused);
    contest.join("b");
    await contest.pass(1000);
    // The pause: b's time passes while nothing of a runs. What a does first when it wakes is to see the time.
    contest.leading.delete("a");
    await contest.pass(ttlMs);
    expect(contest.told).toEqual(["a leads in 1", expect.stringMatching(/^b leads/)]);
    paused.advance(ttlMs + 1000);
    expect(leadership.isHeld).toBe(false);
    await setImmediate();
    expect(contest.told.at(-1)).toBe("a lost");
    for (let step = 0; step < 10; step++) {
      paused.advance(300);
      await contest.pass(300);
    }
    expect(contest.told).toHaveLength(3);
  });

  it("gives rising terms through fifty changes", async () => {
    const contest = new Contest();
    const random = seededRandom(7);
    let open = [contest.join("m0"), contest.join("m1")];
    for (let change = 0; change < 50; change++) {
      await contest.pass(random.nextInt(1500));
      const [leader, other] = open[0]?.isHeld === true ? [open[0], open[1]] : [open[1], open[0]];
      contest.leading.clear();
      await leader?.close();
      open = [contest.join(`m${change + 2}`), ...(other === undefined ? [] : [other])];
    }
    const terms = contest.told.flatMap((text) => /leads in (\d+)/.exec(text)?.[1] ?? []).map(Number);
    expect(terms.length).toBeGreaterThan(20);
    expect(terms).toEqual([...new Set(terms)].toSorted((a, b) => a - b));
  });
});
