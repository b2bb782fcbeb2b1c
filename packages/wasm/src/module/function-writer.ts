import { assert } from "@vonk/common/internal";
import {
  type AnyExpression,
  Expression,
  expressionOf,
  form,
  type Global,
  isRepeatable,
  type Local,
  type Operand,
} from "../instruction/expression.ts";
import type { Instruction } from "../instruction/opcode.ts";
import { alignmentOf, checkedOffset, instructionOf } from "../instruction/operation.ts";
import type { ValueType } from "../instruction/value-type.ts";
import { checkedLane, type Vector } from "../instruction/vector.ts";
import { ByteWriter } from "./byte-writer.ts";
import { Label, type LoopLabels } from "./label.ts";
import { LocalPool } from "./local-pool.ts";
import type { DataSegment, Table } from "./segment.ts";
import {
  argumentList,
  type Arguments,
  type BodyResult,
  type FunctionReference,
  type ParameterLocals,
  type Parameters,
  resultList,
  type Results,
  type SignatureReference,
} from "./signature.ts";
import { type Target, writeExpression, writeOpcode } from "./write-expression.ts";

let functions = 0;

const wholeStores: Readonly<Record<ValueType, Instruction>> = {
  i32: instructionOf("i32.store"),
  i64: instructionOf("i64.store"),
  f32: instructionOf("f32.store"),
  f64: instructionOf("f64.store"),
  v128: instructionOf("v128.store"),
  address: instructionOf("i64.store"),
};

/** What a module keeps of a function that was written: where among the bodies it lies. */
export interface FunctionBody {
  readonly start: number;
  readonly end: number;
  readonly localNames: readonly (string | undefined)[];
}

/** A counter of `FunctionWriter.for`. */
type CounterType = "i32" | "i64" | "address";

/**
 * Writes the statements of one function, in the order of the calls. Expressions are data until a statement uses them.
 * Given to the body of `ModuleWriter.function`.
 */
export class FunctionWriter<R extends Results = Results> {
  readonly #target: Target;
  readonly #locals: LocalPool;
  readonly #results: R;
  readonly #code = new ByteWriter();
  #depth = 0;

  constructor(results: R, options: { readonly memory64: boolean; readonly names: boolean }) {
    const owner = functions++;
    this.#results = results;
    this.#locals = new LocalPool(owner, options.memory64, options.names);
    this.#target = { code: this.#code, memory64: options.memory64, owner };
  }

  /** The parameters as locals; asked for once, before anything else. */
  parameters<P extends Parameters>(params: P): ParameterLocals<P> {
    return this.#locals.parameters(params);
  }

  /** Ends the body with what it gave, and appends size, variables and statements to the bodies of the module. */
  finish(result: BodyResult<R>, bodies: ByteWriter): FunctionBody {
    for (const value of resultList(this.#results, result)) this.#write(value);
    this.#code.byte(0x0b);
    const variables = new ByteWriter();
    this.#locals.writeDeclarations(variables);
    const start = bodies.length;
    bodies.unsigned(variables.length + this.#code.length);
    bodies.append(variables.written());
    bodies.append(this.#code.written());
    variables.release();
    this.#code.release();
    return { start, end: bodies.length, localNames: this.#locals.names ?? [] };
  }

  /** A variable. Set it before it is read: it may hold what a variable that was given back has held. */
  local<T extends ValueType>(type: T, name?: string): Local<T> {
    return this.#locals.take(type, name);
  }

  /** A variable that holds what the expression gives now. */
  let<T extends ValueType>(value: Expression<T>, name?: string): Local<T> {
    const local = this.#locals.take(value.type, name);
    this.#write(value);
    this.#index(0x21, local.x);
    return local;
  }

  /** The expression itself when it is a constant or a local, else a variable that holds its value: what may be used several times. */
  repeatable<T extends ValueType>(value: Expression<T>): Expression<T> {
    return isRepeatable(value) ? value : this.let(value);
  }

  /** Gives a variable back for another use. */
  free(local: Local<ValueType>): void {
    this.#locals.giveBack(local);
  }

  /** Runs `body` and gives back the variables that it took. */
  scope<T>(body: () => T): T {
    this.#locals.openScope();
    const result = body();
    this.#locals.closeScope();
    return result;
  }

  set<T extends ValueType>(local: Local<T>, value: Operand<NoInfer<T>>): void {
    this.#write(expressionOf<T>(local.type, value));
    assert(local.y === this.#target.owner && local.x >= 0, "a local is set in the function that it belongs to, before it is given back");
    this.#index(0x21, local.x);
  }

  setGlobal<T extends ValueType>(global: Global<T>, value: Operand<NoInfer<T>>): void {
    assert(global.mutable, "a global that is set is mutable");
    this.#write(expressionOf<T>(global.type, value));
    this.#index(0x24, global.x);
  }

  /** Computes a value for its effect alone. */
  drop(value: AnyExpression): void {
    this.#write(value);
    this.#code.byte(0x1a);
  }

  /** Stores a whole value; an address takes 8 bytes whatever its width. */
  store(address: Operand<"address">, value: AnyExpression, offset = 0, alignment?: number): void {
    this.#write(expressionOf("address", address));
    this.#write(value.type === "address" ? new Expression("i64", form.addressAsI64, value) : value);
    this.#memoryOpcode(wholeStores[value.type], offset, alignment);
  }

  /** Stores the low 8 bits. */
  store8(address: Operand<"address">, value: Expression<"i32"> | Expression<"i64">, offset = 0): void {
    this.#storeAs(`${value.type}.store8`, address, value, offset);
  }

  /** Stores the low 16 bits. */
  store16(address: Operand<"address">, value: Expression<"i32"> | Expression<"i64">, offset = 0, alignment?: number): void {
    this.#storeAs(`${value.type}.store16`, address, value, offset, alignment);
  }

  /** Stores the low 32 bits. */
  store32(address: Operand<"address">, value: Expression<"i32"> | Expression<"i64">, offset = 0, alignment?: number): void {
    this.#storeAs(value.type === "i32" ? "i32.store" : "i64.store32", address, value, offset, alignment);
  }

  /** Stores one lane of `bits` bits. */
  storeLane(bits: 8 | 16 | 32 | 64, address: Operand<"address">, vector: Vector, lane: number, offset = 0, alignment?: number): void {
    this.#write(expressionOf("address", address));
    this.#write(vector);
    this.#memoryOpcode(instructionOf(`v128.store${bits}_lane`), offset, alignment);
    this.#code.byte(checkedLane(lane, 128 / bits));
  }

  /** Stores a whole value, seen by other threads all at once. The address is a multiple of its width. */
  atomicStore(address: Operand<"address">, value: Expression<"i32"> | Expression<"i64">, offset = 0): void {
    this.#storeAs(`${value.type}.atomic.store`, address, value, offset);
  }

  /** Stores the low bits as {@link atomicStore} does. */
  atomicStoreLow(bits: 8 | 16 | 32, address: Operand<"address">, value: Expression<"i32"> | Expression<"i64">, offset = 0): void {
    const whole = value.type === "i32" && bits === 32;
    this.#storeAs(whole ? "i32.atomic.store" : `${value.type}.atomic.store${bits}`, address, value, offset);
  }

  /** Orders the accesses before and after it, as other threads see them. */
  atomicFence(): void {
    writeOpcode(this.#code, 0x3003);
    this.#code.byte(0);
  }

  /** Copies bytes; the two ranges may overlap. */
  memoryCopy(to: Operand<"address">, from: Operand<"address">, bytes: Operand<"address">): void {
    this.#bulk(10, to, expressionOf("address", from), bytes);
    this.#code.byte(0);
    this.#code.byte(0);
  }

  /** Sets bytes to the low 8 bits of a value. */
  memoryFill(to: Operand<"address">, value: Operand<"i32">, bytes: Operand<"address">): void {
    this.#bulk(11, to, expressionOf("i32", value), bytes);
    this.#code.byte(0);
  }

  /** Copies from a data segment of the module. */
  memoryInit(segment: DataSegment, to: Operand<"address">, from: Operand<"i32">, bytes: Operand<"i32">): void {
    this.#write(expressionOf("address", to));
    this.#write(expressionOf("i32", from));
    this.#write(expressionOf("i32", bytes));
    writeOpcode(this.#code, 0x1008);
    this.#code.unsigned(segment.dataIndex);
    this.#code.byte(0);
  }

  /** Frees a data segment; it has no bytes any more. */
  dataDrop(segment: DataSegment): void {
    writeOpcode(this.#code, 0x1009);
    this.#code.unsigned(segment.dataIndex);
  }

  /** Calls a function that gives nothing. */
  call<P extends Parameters>(callee: FunctionReference<P, readonly []>, given: Arguments<P>): void {
    this.#call(callee, given);
  }

  /** Calls a function that gives several values and sets a local to each. */
  callInto<P extends Parameters, S extends Results>(
    callee: FunctionReference<P, S>,
    given: Arguments<P>,
    locals: { readonly [K in keyof S]: Local<S[K]> },
  ): void {
    this.#call(callee, given);
    for (const local of [...locals].reverse()) this.#index(0x21, local.x);
  }

  /** Calls a function of a table that gives nothing. */
  callIndirect<P extends Parameters>(
    table: Table,
    signature: SignatureReference<P, readonly []>,
    index: Operand<"i32">,
    given: Arguments<P>,
  ): void {
    for (const argument of argumentList(signature.params, given)) this.#write(argument);
    this.#write(expressionOf("i32", index));
    this.#index(0x11, signature.typeIndex);
    this.#code.unsigned(table.tableIndex);
  }

  /** Statements, or others, by a condition. */
  if(condition: Operand<"i32">, then: () => void, otherwise?: () => void): void {
    this.#write(expressionOf("i32", condition));
    this.#open(0x04);
    then();
    if (otherwise !== undefined) {
      this.#code.byte(0x05);
      otherwise();
    }
    this.#close();
  }

  /** Statements; `exit` is their end. */
  block(body: (exit: Label) => void): void {
    const label = this.#open(0x02);
    body(label);
    this.#close(label);
  }

  /** Statements; `again` is their start. Without a jump there they run once. */
  loop(body: (again: Label) => void): void {
    const label = this.#open(0x03);
    body(label);
    this.#close(label);
  }

  /** Statements as long as a condition holds, which is computed before each round. */
  while(condition: Operand<"i32">, body: (labels: LoopLabels) => void): void {
    this.block((exit) =>
      this.loop((next) => {
        this.brIf(exit, new Expression("i32", 0x45, expressionOf("i32", condition)));
        body({ exit, next });
        this.br(next);
      }),
    );
  }

  /**
   * Statements for each value of a counter from `from` to below `to`. i32 and i64 count signed, addresses unsigned. `to` is computed once,
   * but a local given as `to` is read each round. `to + step` must not overflow. Behind the loop the counter is at least `to`.
   */
  for<T extends CounterType>(
    counter: Local<T>,
    from: Operand<NoInfer<T>>,
    to: Operand<NoInfer<T>>,
    body: (labels: LoopLabels) => void,
    step = 1,
  ): void {
    const { type } = counter;
    this.set(counter, from);
    this.scope(() => {
      const limit = this.repeatable(expressionOf<T>(type, to));
      this.block((exit) =>
        this.loop((again) => {
          this.brIf(exit, atLeast(counter, limit));
          this.block((next) => body({ exit, next }));
          this.set(counter, sum(type, counter, expressionOf<T>(type, step)));
          this.br(again);
        }),
      );
    });
  }

  /** The statements of the case that the index, read as unsigned, names; `otherwise` when there is none. Cases do not fall through. */
  switch(index: Operand<"i32">, cases: readonly (() => void)[], otherwise: () => void = () => {}): void {
    this.block((exit) => {
      const labels = [...cases, otherwise].map(() => this.#open(0x02)).reverse();
      this.#write(expressionOf("i32", index));
      this.#index(0x0e, cases.length);
      for (const label of labels) this.#code.unsigned(this.#depth - label.depth);
      [...cases, otherwise].forEach((body, at) => {
        this.#close(labels[at]);
        body();
        if (at < cases.length) this.br(exit);
      });
    });
  }

  /** Goes to a label. What follows in the block is not reached. */
  br(label: Label): void {
    this.#jump(0x0c, label);
  }

  /** Goes to a label if a condition holds. */
  brIf(label: Label, condition: Operand<"i32">): void {
    this.#write(expressionOf("i32", condition));
    this.#jump(0x0d, label);
  }

  /** Ends the function with its result, as the end of its body does. */
  return(result: BodyResult<R>): void {
    for (const value of resultList(this.#results, result)) this.#write(value);
    this.#code.byte(0x0f);
  }

  /** Traps: what must not happen. */
  unreachable(): void {
    this.#code.byte(0x00);
  }

  #write(value: AnyExpression): void {
    writeExpression(this.#target, value);
  }

  #index(opcode: number, index: number): void {
    this.#code.byte(opcode);
    this.#code.unsigned(index);
  }

  #open(opcode: number): Label {
    this.#code.byte(opcode);
    this.#code.byte(0x40);
    return new Label(++this.#depth);
  }

  #close(label?: Label): void {
    this.#code.byte(0x0b);
    this.#depth--;
    if (label !== undefined) label.depth = 0;
  }

  #jump(opcode: number, label: Label): void {
    assert(label.depth > 0 && label.depth <= this.#depth, "a jump goes to a block that is open");
    this.#index(opcode, this.#depth - label.depth);
  }

  #call(callee: { readonly index: number; readonly params: Parameters }, given: Readonly<Record<string, Operand<ValueType>>>): void {
    for (const argument of argumentList(callee.params, given)) this.#write(argument);
    this.#index(0x10, callee.index);
  }

  #storeAs(name: string, address: Operand<"address">, value: AnyExpression, offset: number, alignment?: number): void {
    this.#write(expressionOf("address", address));
    this.#write(value);
    this.#memoryOpcode(instructionOf(name), offset, alignment);
  }

  #memoryOpcode(instruction: Instruction, offset: number, alignment: number | undefined): void {
    writeOpcode(this.#code, instruction.opcode);
    this.#code.unsigned(alignment === undefined ? instruction.alignment : alignmentOf(alignment, instruction.alignment));
    this.#code.unsigned(checkedOffset(offset));
  }

  #bulk(opcode: number, to: Operand<"address">, second: AnyExpression, bytes: Operand<"address">): void {
    this.#write(expressionOf("address", to));
    this.#write(second);
    this.#write(expressionOf("address", bytes));
    writeOpcode(this.#code, 0x1000 | opcode);
  }
}

function atLeast<T extends CounterType>(counter: Local<T>, limit: Expression<T>): Expression<"i32"> {
  switch (counter.type) {
    case "i32":
      return new Expression("i32", 0x4e, counter, limit);
    case "i64":
      return new Expression("i32", 0x59, counter, limit);
    default:
      return new Expression("i32", form.address | 0x4f, counter, limit, undefined, 0x0b);
  }
}

function sum<T extends CounterType>(type: T, a: Expression<T>, b: Expression<T>): Expression<T> {
  if (type === "address") return new Expression(type, form.address | 0x6a, a, b, undefined, 0x12);
  return new Expression(type, type === "i32" ? 0x6a : 0x7c, a, b);
}
