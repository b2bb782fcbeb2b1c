type Encoding = "hex" | "binary";

/**
 * SHA-256 of bytes as text. Loads `node:crypto` when the first digest is asked for, which a task thread of a local master never does:
 * it takes a thread 5 ms.
 */
export function sha256(bytes: Uint8Array, encoding: Encoding): string {
  return process.getBuiltinModule("node:crypto").hash("sha256", bytes, encoding);
}
