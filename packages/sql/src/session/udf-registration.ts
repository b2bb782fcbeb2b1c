import type { DataType } from "@vonk/columnar/internal";
import { udf, type ColumnType, type UserDefinedFunction } from "@vonk/dataframe";
import { mapEveryExpression } from "./every-expression.ts";
import { transformDown, type Expression, type LogicalPlan } from "@vonk/dataframe/internal";

/** The functions of a program that SQL text may call by name: `spark.udf.register("shout", (s: string) => s + "!", "string")`. */
export class UDFRegistration {
  readonly #functions = new Map<string, UserDefinedFunction>();
  /** Called when what names mean has changed. */
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Names a function, in the place of one that has the name. What is returned takes columns. */
  register<A extends readonly unknown[], T>(name: string, func: UserDefinedFunction<A, T>): UserDefinedFunction<A, T>;
  register<A extends readonly unknown[]>(
    name: string,
    func: (...args: A) => unknown,
    returnType: string | ColumnType<unknown>,
  ): UserDefinedFunction<A>;
  register(
    name: string,
    func: UserDefinedFunction | ((...args: readonly unknown[]) => unknown),
    returnType?: string | ColumnType<unknown> | DataType,
  ): UserDefinedFunction {
    const made = "callWith" in func ? func : udf(func, (returnType ?? "string") as "string", { name });
    this.#functions.set(name.toLowerCase(), made);
    this.#changed();
    return made;
  }

  /** Names of the functions, sorted. */
  get names(): readonly string[] {
    return [...this.#functions.keys()].toSorted();
  }

  /** The plan with calls of these names as calls of their functions. */
  resolve(plan: LogicalPlan): LogicalPlan {
    if (this.#functions.size === 0) return plan;
    return mapEveryExpression(plan, (expression) => transformDown(expression, (node) => this.#call(node)));
  }

  #call(node: Expression): Expression {
    if (node.kind !== "unresolvedFunction" || node.nameParts.length !== 1) return node;
    const [name = ""] = node.nameParts;
    return this.#functions.get(name.toLowerCase())?.callWith(node.args, name) ?? node;
  }
}
