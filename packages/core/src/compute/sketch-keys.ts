import { seededRandom } from "@vonk/common/internal";
import type { BatchIterator } from "./computation.ts";
import { keyOf } from "./pair-record.ts";
import { RecordBatches } from "./record-batches.ts";

const call = "Sampling keys for a sort";

/** A partition's count, then up to `limit` of its keys at random. @see Li, "Reservoir-sampling algorithms" (1994), algorithm L */
export function sketchKeys(
  batches: BatchIterator,
  args: { readonly limit: number; readonly seed: number },
  partition: number,
): RecordBatches {
  const { limit } = args;
  const random = seededRandom((BigInt(Math.trunc(args.seed)) << 20n) ^ BigInt(partition + 1));
  // Logarithms of uniforms in (0, 1].
  const log = (): number => Math.log(1 - random.next());
  const keys: unknown[] = [];
  let weight = Math.exp(log() / limit);
  // Records before `next` do not change the reservoir, and are not looked at.
  const skip = (from: number): number => from + Math.floor(log() / Math.log1p(-weight)) + 1;
  let next = skip(limit - 1);
  let seen = 0;
  for (const batch of batches) {
    let at = 0;
    for (; keys.length < limit && at < batch.length; at++) keys.push(keyOf(batch[at], call));
    for (; next < seen + batch.length; next = skip(next)) {
      if (next >= seen) keys[Math.floor(random.next() * limit)] = keyOf(batch[next - seen], call);
      weight *= Math.exp(log() / limit);
    }
    seen += batch.length;
  }
  return new RecordBatches([[seen], keys]);
}

/** Each key of a partition with a probability. */
export function sampleKeys(
  batches: BatchIterator,
  args: { readonly fraction: number; readonly seed: number },
  partition: number,
): RecordBatches {
  const random = seededRandom((BigInt(Math.trunc(args.seed)) << 20n) ^ BigInt(partition + 1));
  const keys: unknown[] = [];
  for (const batch of batches) {
    for (let at = 0; at < batch.length; at++) if (random.next() < args.fraction) keys.push(keyOf(batch[at], call));
  }
  return new RecordBatches([keys]);
}
