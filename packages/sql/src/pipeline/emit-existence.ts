import { address, i32, select } from "@vonk/wasm";
import { writeFunction, type WrittenFunction } from "./code-context.ts";
import { rowsOut } from "./emit-filter.ts";
import { bitmapWord, directSlot, validOf, type ProbeForm } from "./emit-probe.ts";
import { TextFunctions } from "./emit-text.ts";
import { emitValue } from "./emit-value.ts";
import type { FrameShape } from "./frame.ts";
import { RowScope } from "./row-scope.ts";
import { kept } from "./value-code.ts";

/**
 * A function that keeps the positions whose key is in a direct table, or is not: it writes the rows of each source and gives how many there are. There is
 * no branch in it: which rows have a partner cannot be foreseen, and a store that is written over costs less than a wrong guess. A key outside the
 * table's bounds looks at slot 0 and is turned away all the same.
 */
export function emitExistence(form: ProbeForm, shape: FrameShape): WrittenFunction {
  return writeFunction((stage) => {
    const { module, f, context, count } = stage;
    const text = new TextFunctions(module);
    const position = f.local("i32", "position");
    const made = f.let(i32.const(0));
    const sources = shape.identity.flatMap((_, source) => (source === form.source ? [] : [source]));
    const outs = sources.map((source) => rowsOut(stage, source));
    f.for(position, 0, count, () =>
      f.scope(() => {
        const scope = new RowScope(stage, shape, position, text);
        const keys = form.keys.map((key) => kept(f, emitValue(key, scope)));
        const valid = validOf(keys);
        const { inside, slot } = directSlot(stage, keys);
        const isInside = f.let(inside);
        f.set(slot, select(isInside, slot, i32.const(0)));
        const taken = form.hasBitmap
          ? bitmapWord(stage, slot).isSet
          : i32.ne(
              i32.load(
                address.at(
                  context.address("heads", (from) => from.given("heads")),
                  slot,
                  4,
                ),
              ),
              0,
            );
        const present = i32.and(taken, isInside);
        const found = f.let(valid === undefined ? present : i32.and(present, valid));
        const known = form.nullAware && valid !== undefined ? valid : i32.const(1);
        for (const [index, source] of sources.entries()) {
          const out = outs[index];
          if (out !== undefined) f.store32(address.at(out, made, 4), scope.row(source));
        }
        f.set(made, i32.add(made, form.joinType === "semi" ? found : i32.and(i32.eqz(found), known)));
      }),
    );
    return made;
  });
}
