import { assert } from "@vonk/common/internal";
import type { Expression } from "@vonk/dataframe/internal";
import { address, f64, i32, i64, int128, type Expression as Code, type Int128, type Local } from "@vonk/wasm";
import type { StageFunction } from "./code-context.ts";
import type { TextFunctions } from "./emit-text.ts";
import type { ColumnForm, FrameShape } from "./frame.ts";
import { kept, type Valid, type ValueCode } from "./value-code.ts";

/** The columns of a frame as code at one position sees them. Each is loaded once. */
export class RowScope {
  readonly stage: StageFunction;
  readonly text: TextFunctions;
  readonly shape: FrameShape;
  readonly #position: Code<"i32">;
  readonly #rows = new Map<number, Code<"i32">>();
  readonly #values = new Map<number, ValueCode>();

  constructor(stage: StageFunction, shape: FrameShape, position: Local<"i32">, text: TextFunctions) {
    this.stage = stage;
    this.shape = shape;
    this.text = text;
    this.#position = position;
  }

  /** A scope at the same position in which a source stands at a row of its own. */
  withRow(source: number, row: Code<"i32">): RowScope {
    assert(this.#position.type === "i32", "positions are numbers");
    const scope = new RowScope(this.stage, this.shape, this.#position as Local<"i32">, this.text);
    for (const [known, code] of this.#rows) scope.#rows.set(known, code);
    for (const [ordinal, value] of this.#values) scope.#values.set(ordinal, value);
    scope.#rows.set(source, row);
    return scope;
  }

  /** The row at which a source stands. */
  row(source: number): Code<"i32"> {
    let row = this.#rows.get(source);
    if (row === undefined) {
      const { context, f } = this.stage;
      row =
        this.shape.identity[source] === true
          ? this.#position
          : f.let(
              i32.load(
                address.at(
                  context.address(`rows${source}`, (from) => from.rows(source)),
                  this.#position,
                  4,
                ),
              ),
            );
      this.#rows.set(source, row);
    }
    return row;
  }

  /** Loads the columns here, so that they can be used in every branch below. */
  load(ordinals: Iterable<number>): void {
    for (const ordinal of ordinals) this.column(ordinal);
  }

  /** A column's value. */
  column(ordinal: number): ValueCode {
    let value = this.#values.get(ordinal);
    if (value === undefined) {
      const form = this.form(ordinal);
      const row = this.row(form.source);
      value = kept(this.stage.f, this.#load(ordinal, form, row));
      this.#values.set(ordinal, value);
    }
    return value;
  }

  /** Both halves of a column of 128-bit integers, when the expression is one. */
  wide(expression: Expression): Int128 | undefined {
    if (expression.kind !== "boundReference" || this.form(expression.ordinal).physical !== "int128") return undefined;
    const { ordinal } = expression;
    return int128.load(this.stage.f.let(address.at(this.#data(ordinal), this.row(this.form(ordinal).source), 16)));
  }

  form(ordinal: number): ColumnForm {
    const form = this.shape.columns[ordinal];
    assert(form !== undefined, "expressions name columns of the frame");
    return form;
  }

  /** The code of a column's value in its dictionary. */
  dictionaryCode(ordinal: number): Code<"i32"> {
    const form = this.form(ordinal);
    const at = address.at(this.#data(ordinal), this.row(form.source), form.codes === 0 ? 1 : form.codes);
    return form.codes === 1 ? i32.load8_u(at) : form.codes === 2 ? i32.load16_u(at) : i32.load(at);
  }

  /** Whether a column has a value. */
  valid(ordinal: number): Valid {
    const form = this.form(ordinal);
    if (!form.isNullable) return undefined;
    const bits = this.stage.context.address(`validity${ordinal}`, (from) => from.validity(ordinal));
    const row = this.row(form.source);
    return i32.and(i32.shr_u(i32.load8_u(address.at(bits, i32.shr_u(row, 3), 1)), i32.and(row, 7)), 1);
  }

  #data(ordinal: number): Code<"address"> {
    return this.stage.context.address(`data${ordinal}`, (from) => from.data(ordinal));
  }

  #load(ordinal: number, form: ColumnForm, row: Code<"i32">): ValueCode {
    const valid = this.valid(ordinal);
    const data = this.#data(ordinal);
    if (form.codes !== 0) {
      const values = this.stage.context.address(`dictionary${ordinal}`, (from) => from.dictionary(ordinal));
      return { kind: "text", code: i64.load(address.at(values, this.dictionaryCode(ordinal), 8)), valid };
    }
    switch (form.physical) {
      case "boolean":
        return { kind: "boolean", code: i32.load8_u(address.at(data, row, 1)), valid };
      case "int8":
        return { kind: "integer", code: i64.load8_s(address.at(data, row, 1)), valid };
      case "int16":
        return { kind: "integer", code: i64.load16_s(address.at(data, row, 2)), valid };
      case "int32":
        return { kind: "integer", code: i64.load32_s(address.at(data, row, 4)), valid };
      case "int64":
        return { kind: "integer", code: i64.load(address.at(data, row, 8)), valid };
      case "int128":
        // Only columns whose values are known to fit come here.
        return { kind: "integer", code: i64.load(address.at(data, row, 16)), valid };
      case "float64":
        return { kind: "double", code: f64.load(address.at(data, row, 8)), valid };
      default:
        assert(form.physical === "bytes", "frames have flat columns");
        return { kind: "text", code: i64.load(address.at(data, row, 8)), valid };
    }
  }
}
