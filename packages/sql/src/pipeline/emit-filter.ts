import type { Expression } from "@vonk/dataframe/internal";
import { address, i32, type Expression as Code } from "@vonk/wasm";
import { writeFunction, type StageFunction, type WrittenFunction } from "./code-context.ts";
import { emitCondition } from "./emit-value.ts";
import { TextFunctions } from "./emit-text.ts";
import type { FrameShape } from "./frame.ts";
import { columnsOf } from "./expression-columns.ts";
import { RowScope } from "./row-scope.ts";

/**
 * A function that keeps the positions at which a condition is true: it writes the rows of each source one behind the other to `outS` and gives how many
 * there are. Row numbers may be written over those that are read.
 */
export function emitFilter(condition: Expression, shape: FrameShape): WrittenFunction {
  return writeFunction((stage) => {
    const { module, f, count } = stage;
    const text = new TextFunctions(module);
    const position = f.local("i32", "position");
    const kept = f.let(i32.const(0));
    const outs = shape.identity.map((_, source) => rowsOut(stage, source));
    f.for(position, 0, count, () =>
      f.scope(() => {
        const scope = new RowScope(stage, shape, position, text);
        scope.load(columnsOf([condition]));
        const test = f.let(emitCondition(condition, scope));
        const [only] = outs;
        if (outs.length === 1 && only !== undefined) {
          // A store that may be written over costs less than a branch that cannot be foreseen.
          f.store32(address.at(only, kept, 4), scope.row(0));
          f.set(kept, i32.add(kept, test));
          return;
        }
        f.if(test, () => {
          for (const [source, out] of outs.entries()) f.store32(address.at(out, kept, 4), scope.row(source));
          f.set(kept, i32.add(kept, 1));
        });
      }),
    );
    return kept;
  });
}

/** Where a function writes the rows of a source. */
export function rowsOut({ context }: StageFunction, source: number): Code<"address"> {
  return context.address(`out${source}`, (from) => from.given(`out${source}`));
}
