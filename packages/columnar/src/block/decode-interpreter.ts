import type { ColumnSource } from "./column-source.ts";

/** Makes the value at an index of a column. */
export type ValueAt = (index: number) => unknown;

/** The decoder of a column as closures: for small blocks and where code generation is forbidden. */
export function interpretColumn(source: ColumnSource): ValueAt {
  const { shape, children } = source;
  switch (shape.k) {
    case "none":
      return () => undefined;
    case "nil":
      return () => null;
    case "num":
    case "i64":
    case "big":
    case "any": {
      const values = source.first as readonly unknown[];
      return (index) => values[index];
    }
    case "bool": {
      const values = source.first as Uint8Array;
      return (index) => values[index] === 1;
    }
    case "date": {
      const values = source.first as Float64Array;
      return (index) => new Date(values[index] ?? Number.NaN);
    }
    case "str": {
      const text = source.first as string;
      const offsets = source.second as Int32Array;
      return (index) => text.substring(offsets[index] ?? 0, offsets[index + 1] ?? 0);
    }
    case "dict": {
      const codes = source.first as Int32Array;
      const strings = source.second as readonly string[];
      return (index) => strings[codes[index] ?? 0];
    }
    case "null":
    case "undef":
      return interpretLacking(source.first as Uint8Array, shape.k === "null" ? null : undefined, interpretChild(children[0]));
    case "tuple": {
      const fields = children.map(interpretColumn);
      return (index) => fields.map((field) => field(index));
    }
    case "object":
      return interpretObject(shape.n, children.map(interpretColumn), shape.bare);
    case "list":
      return interpretList(source.first as Int32Array, interpretChild(children[0]));
    case "union": {
      const tags = source.first as Uint8Array;
      const ranks = source.second as Int32Array;
      const alternatives = children.map(interpretColumn);
      return (index) => alternatives[tags[index] ?? 0]?.(ranks[index] ?? 0);
    }
  }
}

function interpretChild(child: ColumnSource | undefined): ValueAt {
  return child === undefined ? () => undefined : interpretColumn(child);
}

function interpretLacking(bitmap: Uint8Array, instead: null | undefined, child: ValueAt): ValueAt {
  return (index) => (((bitmap[index >>> 3] ?? 0) >>> (index & 7)) & 1 ? instead : child(index));
}

function interpretObject(names: readonly string[], fields: readonly ValueAt[], bare: boolean): ValueAt {
  return (index) => {
    const object: Record<string, unknown> = bare ? Object.create(null) : {};
    for (const [at, name] of names.entries()) {
      // Assigning __proto__ would set the prototype instead.
      if (name === "__proto__")
        Object.defineProperty(object, name, { value: fields[at]?.(index), enumerable: true, writable: true, configurable: true });
      else object[name] = fields[at]?.(index);
    }
    return object;
  };
}

function interpretList(offsets: Int32Array, element: ValueAt): ValueAt {
  return (index) => {
    const list: unknown[] = [];
    const end = offsets[index + 1] ?? 0;
    for (let at = offsets[index] ?? 0; at < end; at++) list.push(element(at));
    return list;
  };
}
