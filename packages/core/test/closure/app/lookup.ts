/** A user's module beside the entry script. */
export const TABLE: Readonly<Record<string, number>> = { a: 1, b: 2 };
export function lookup(key: string): number {
  return TABLE[key] ?? hidden(key);
}
function hidden(key: string): number {
  return key.length;
}
export const LIMIT = 7;
export class Point {
  readonly x: number;
  readonly y: number;
  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }
  norm(): number {
    return Math.hypot(this.x, this.y);
  }
}
export default function twice(value: number): number {
  return value * 2;
}
