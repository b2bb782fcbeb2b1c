import { columnarErrors } from "../errors.ts";

/** Levels that a composite key may have: each is a few frames of stack, and a key that holds itself has no end. */
const depthMax = 256;

/** Refuses a part of a key that lies too deep. @throws KEY_TOO_DEEP */
export function checkKeyDepth(depth: number): void {
  if (depth > depthMax) throw columnarErrors.create("KEY_TOO_DEEP", { depthMax });
}
