/* oxlint-disable typescript/no-misused-spread -- these cases are what the rules warn about */
/** Calls a case's function and turns what it gives into plain data: promises are awaited, generators drained, classes described. */
export async function resultOf(fn: Function, args: readonly unknown[]): Promise<unknown> {
  if (/^class\b/.test(Function.prototype.toString.call(fn)))
    return [fn.name, Object.getOwnPropertyNames(fn.prototype), Reflect.get(fn, "count")];
  const receiver = { base: 1 };
  const result: unknown = await Reflect.apply(fn, receiver, args);
  const own = { ...fn };
  if (typeof result !== "object" || result === null || typeof Reflect.get(result, "next") !== "function") return [result, own, fn.name];
  const items: unknown[] = [];
  if (Symbol.asyncIterator in result) for await (const item of result as AsyncIterable<unknown>) items.push(item);
  else for (const item of result as Iterable<unknown>) items.push(item);
  return [items, own, fn.name];
}
