import type { KeyValueStore } from "@vonk/bus/spi";
import { MemoryKeyValueStore } from "@vonk/bus/testing";
import { expect, it } from "vitest";
import { escapeKey } from "../message/escape-key.ts";
import { KeyValueRecords } from "./key-value-records.ts";
import type { PersistedEntry } from "./master-event.ts";

function application(appId: string, nextExecutorId: number): PersistedEntry {
  const memory = { memoryPerExecutorBytes: 1, memoryOverheadBytes: 1 };
  return {
    kind: "application",
    application: { appId, name: "ä", driverHost: "h", ...memory, environment: {}, nodeOptions: [] },
    nextExecutorId,
  };
}

it("keeps what was put until it is deleted", async () => {
  const records = new KeyValueRecords(new MemoryKeyValueStore());
  expect(await records.put("application.a b", application("a b", 1), 3)).toBe(true);
  expect(await records.put("application.a b", application("a b", 2), 3)).toBe(true);
  expect(await records.put("application.c", application("c", 1), 3)).toBe(true);
  expect(await records.load()).toEqual([application("a b", 2), application("c", 1)]);
  expect(await records.delete("application.c", 3)).toBe(true);
  expect(await records.delete("application.c", 3)).toBe(true);
  expect(await records.load()).toEqual([application("a b", 2)]);
});

it("does not let a replaced master undo its successor's writes", async () => {
  const store = new MemoryKeyValueStore();
  const [old, next] = [new KeyValueRecords(store), new KeyValueRecords(store)];
  await old.put("application.a", application("a", 5), 3);
  expect(await next.put("application.a", application("a", 9), 8)).toBe(true);
  expect(await old.put("application.a", application("a", 6), 3)).toBe(false);
  expect(await old.delete("application.a", 3)).toBe(false);
  expect(await next.load()).toEqual([application("a", 9)]);
});

it("does not bring back what a successor deleted while it was written", async () => {
  // Found by the simulation: the late write was refused, found nothing there, and made the record of an application that had ended.
  const store = new MemoryKeyValueStore();
  await new KeyValueRecords(store).put("application.a", application("a", 5), 3);
  const overtaken: KeyValueStore = {
    get: async (key) => {
      const found = await store.get(key);
      await store.delete(key);
      return found;
    },
    put: (key, value) => store.put(key, value),
    create: (key, value) => store.create(key, value),
    update: (key, value, revision) => store.update(key, value, revision),
    delete: (key, revision) => store.delete(key, revision),
    keys: () => store.keys(),
    watch: (prefix, listener) => store.watch(prefix, listener),
  };
  expect(await new KeyValueRecords(overtaken).put("application.a", application("a", 6), 3)).toBe(false);
  expect(await store.keys()).toEqual([]);
});

it("refuses records of another version", async () => {
  const store = new MemoryKeyValueStore();
  await store.put("x", new TextEncoder().encode('{"version":9,"term":1,"entry":{}}'));
  await expect(new KeyValueRecords(store).load()).rejects.toMatchObject({ code: "CLUSTER_RECORD_UNREADABLE" });
});

it("escapes keys so that NATS takes them and no two are alike", () => {
  expect(escapeKey("application.app-1_x")).toBe("application=2Eapp-1_x");
  expect(escapeKey("a=2E")).toBe("a=3D2E");
  expect(escapeKey("é *>")).toBe("=C3=A9=20=2A=3E");
});
