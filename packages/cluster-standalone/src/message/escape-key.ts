/** A key or token of a subject that NATS takes: other characters than letters, digits, `-` and `_` become `=` and their UTF-8 bytes in hex. */
export function escapeKey(key: string): string {
  return key.replaceAll(/[^A-Za-z0-9_-]/gu, (character) =>
    [...new TextEncoder().encode(character)].map((byte) => `=${byte.toString(16).padStart(2, "0").toUpperCase()}`).join(""),
  );
}
