// An executor's task thread: rebuilds what it is sent, calls it and answers with the result.
import { parentPort, workerData } from "node:worker_threads";
import { ClosureDecoder } from "../../../src/closure/closure-decoder.ts";
import { resultOf } from "./result.ts";

const settings: { appRoot: string } = workerData;
const decoder = new ClosureDecoder({ appRoot: settings.appRoot });

parentPort?.on("message", (message: { id: number; bytes: Uint8Array; args: readonly unknown[] }) => {
  void answer(message).then((reply) => parentPort?.postMessage({ id: message.id, ...reply }));
});

async function answer(message: { bytes: Uint8Array; args: readonly unknown[] }): Promise<{ result?: unknown; error?: string }> {
  try {
    await decoder.prepare(message.bytes);
    return { result: await resultOf(decoder.decode(message.bytes), message.args) };
  } catch (error) {
    return { error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}
