import { deepEqual, equal, ok } from "node:assert/strict";
import type { KeyValueChange, KeyValueStore } from "../state/key-value-store.ts";

/** A store with nothing in it whose values expire, and how to let time pass and news arrive. */
export interface KeyValueStoreUnderTest {
  readonly store: KeyValueStore;
  /** Milliseconds until a value expires; undefined when it never does. */
  readonly ttlMs: number | undefined;
  /** Lets `ms` pass, and all that was written arrive. */
  readonly settle: (ms?: number) => Promise<void>;
}

/** One promise of the contract: throws when the store breaks it. */
export interface KeyValueContractCase {
  readonly name: string;
  readonly run: (under: KeyValueStoreUnderTest) => Promise<void>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (value: Uint8Array | undefined): string | undefined => value && new TextDecoder().decode(value);

/** What every {@link KeyValueStore} promises, as cases for any test runner; each needs an empty store. */
export const keyValueContract: readonly KeyValueContractCase[] = [
  {
    name: "a value is read back with a revision that grows",
    run: async ({ store }) => {
      equal(await store.get("a.b"), undefined);
      const first = await store.put("a.b", bytes("one"));
      const second = await store.put("a.b", bytes("two"));
      ok(second > first);
      const entry = await store.get("a.b");
      deepEqual([entry?.key, textOf(entry?.value), entry?.revision], ["a.b", "two", second]);
      const empty = await store.put("empty", bytes(""));
      deepEqual([(await store.get("empty"))?.value.byteLength, (await store.get("empty"))?.revision], [0, empty]);
    },
  },
  {
    name: "create writes once, also after a deletion",
    run: async ({ store }) => {
      const revision = await store.create("k", bytes("mine"));
      ok(revision !== undefined);
      equal(await store.create("k", bytes("yours")), undefined);
      equal(textOf((await store.get("k"))?.value), "mine");
      equal(await store.delete("k"), true);
      equal(await store.get("k"), undefined);
      ok(((await store.create("k", bytes("again"))) ?? 0) > revision);
    },
  },
  {
    name: "of several writers with one revision exactly one wins",
    run: async ({ store }) => {
      const revision = await store.put("lease", bytes("nobody"));
      const results = await Promise.all(
        Array.from({ length: 10 }, (_, writer) => store.update("lease", bytes(`writer ${writer}`), revision)),
      );
      const winners = results.flatMap((result, writer) => (result === undefined ? [] : [writer]));
      equal(winners.length, 1);
      equal(textOf((await store.get("lease"))?.value), `writer ${winners[0]}`);
      const created = await Promise.all(Array.from({ length: 10 }, (_, writer) => store.create("other", bytes(String(writer)))));
      equal(created.filter((result) => result !== undefined).length, 1);
    },
  },
  {
    name: "delete respects the revision",
    run: async ({ store }) => {
      const old = await store.put("k", bytes("1"));
      const present = await store.put("k", bytes("2"));
      equal(await store.delete("k", old), false);
      equal(textOf((await store.get("k"))?.value), "2");
      equal(await store.delete("k", present), true);
      equal(await store.get("k"), undefined);
      equal(await store.update("k", bytes("3"), present), undefined);
    },
  },
  {
    name: "keys are those with a value, sorted, by prefix",
    run: async ({ store }) => {
      deepEqual(await store.keys(), []);
      for (const key of ["workers.b", "workers.a", "apps.x"]) await store.put(key, bytes(key));
      await store.delete("workers.b");
      deepEqual(await store.keys(), ["apps.x", "workers.a"]);
      deepEqual(await store.keys("workers."), ["workers.a"]);
    },
  },
  {
    name: "a watch tells what is there and what changes, by prefix, until it is closed",
    run: async ({ store, settle }) => {
      await store.put("workers.a", bytes("1"));
      await store.put("apps.x", bytes("x"));
      const seen: string[] = [];
      const told = (change: KeyValueChange): void => void seen.push(`${change.key}=${textOf(change.value) ?? "gone"}`);
      const watch = await store.watch("workers.", told);
      await settle();
      await store.put("workers.b", bytes("2"));
      await store.delete("workers.a");
      await store.put("apps.y", bytes("y"));
      await settle();
      watch.close();
      await settle();
      await store.put("workers.c", bytes("3"));
      await settle();
      deepEqual(seen, ["workers.a=1", "workers.b=2", "workers.a=gone"]);
    },
  },
  {
    name: "a value that is not written again expires, and its key is free",
    run: async ({ store, ttlMs, settle }) => {
      if (ttlMs === undefined) return;
      const revision = await store.create("lease", bytes("first"));
      await settle(ttlMs / 2);
      const renewed = await store.update("lease", bytes("first"), revision ?? 0);
      ok(renewed !== undefined);
      await settle(ttlMs * 0.75);
      equal(await store.create("lease", bytes("second")), undefined);
      await settle(ttlMs);
      equal(await store.get("lease"), undefined);
      equal(await store.update("lease", bytes("late"), renewed), undefined);
      ok((await store.create("lease", bytes("second"))) !== undefined);
    },
  },
];
