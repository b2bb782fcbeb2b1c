// Sends every case to a task thread and compares with the local call. Prints one line of JSON.
import { isDeepStrictEqual } from "node:util";
import { Worker } from "node:worker_threads";
import { captureClosure } from "../../../src/closure/capture-closure.ts";
import type { Case, RefusedCase } from "./cases.ts";
import { resultOf } from "./result.ts";

export interface Outcome {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

const appRoot = import.meta.dirname;

export async function run(cases: readonly Case[], refused: readonly RefusedCase[]): Promise<void> {
  console.log(`OUTCOMES ${JSON.stringify(await outcomes(cases, refused))}`);
}

export async function outcomes(cases: readonly Case[], refused: readonly RefusedCase[]): Promise<Outcome[]> {
  const worker = new Worker(new URL("./rebuild-worker.ts", import.meta.url), {
    workerData: { appRoot },
    execArgv: ["--conditions=@vonk/source"],
  });
  const found: Outcome[] = [];
  for (const [id, one] of cases.entries()) found.push(await roundTrip(worker, id, one));
  for (const one of refused) found.push(refusal(one));
  await worker.terminate();
  return found;
}

async function roundTrip(worker: Worker, id: number, one: Case): Promise<Outcome> {
  const args = one.args ?? [];
  try {
    const captured = captureClosure(one.fn, { call: "rdd.map()", appRoot });
    const again = captureClosure(one.fn, { call: "rdd.map()", appRoot });
    if (captured.id !== again.id) return { name: one.name, ok: false, detail: "two captures differ" };
    const reply = new Promise<{ result?: unknown; error?: string }>((resolve) => worker.once("message", resolve));
    worker.postMessage({ id, bytes: captured.bytes, args });
    const { result, error } = await reply;
    if (error !== undefined) return { name: one.name, ok: false, detail: error };
    const local = structuredClone(await resultOf(one.fn, args));
    const ok = isDeepStrictEqual(result, local);
    return { name: one.name, ok, detail: ok ? "" : `${JSON.stringify(result)} instead of ${JSON.stringify(local)}` };
  } catch (error) {
    return { name: one.name, ok: false, detail: String(error) };
  }
}

function refusal(one: RefusedCase): Outcome {
  try {
    captureClosure(one.fn, { call: "rdd.map()", appRoot });
    return { name: one.name, ok: false, detail: "was not refused" };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    return { name: one.name, ok: code === one.code, detail: String(error) };
  }
}
