import { assert } from "@vonk/common/internal";
import { form, Local } from "../instruction/expression.ts";
import { typeCode, type ValueType } from "../instruction/value-type.ts";
import type { ByteWriter } from "./byte-writer.ts";
import type { ParameterLocals, Parameters } from "./signature.ts";

type AnyLocal = Local<ValueType>;

/** The locals of one function: parameters first, then variables, which may be given back and taken again. */
export class LocalPool {
  readonly owner: number;
  /** By index; several where a local was taken again. Kept when names are wanted. */
  readonly names: string[] | undefined;
  readonly #memory64: boolean;
  readonly #codes: number[] = [];
  readonly #free = new Map<number, number[]>();
  readonly #scopes: AnyLocal[][] = [];
  #parameters = 0;

  constructor(owner: number, memory64: boolean, names: boolean) {
    this.owner = owner;
    this.#memory64 = memory64;
    this.names = names ? [] : undefined;
  }

  /** Takes the parameters; before anything else. */
  parameters<P extends Parameters>(params: P): ParameterLocals<P>;
  parameters(params: Parameters): ParameterLocals<Parameters> {
    const locals: Record<string, AnyLocal> = {};
    for (const [name, type] of Object.entries(params)) locals[name] = this.#make(type, name);
    this.#parameters = this.#codes.length;
    return locals;
  }

  /** Takes a local. It holds 0, or when it was given back before, what it held then. */
  take<T extends ValueType>(type: T, name: string | undefined): Local<T> {
    const index = this.#free.get(typeCode(type, this.#memory64))?.pop();
    const local = index === undefined ? this.#make(type, name) : this.#again(type, index, name);
    this.#scopes.at(-1)?.push(local);
    return local;
  }

  /** Gives a local back. Its handle is not used any more. */
  giveBack(local: AnyLocal): void {
    assert(local.y === this.owner && local.x >= this.#parameters, "a variable is given back once, by the function that took it");
    const code = typeCode(local.type, this.#memory64);
    const free = this.#free.get(code);
    if (free === undefined) this.#free.set(code, [local.x]);
    else free.push(local.x);
    local.x = -1;
  }

  openScope(): void {
    this.#scopes.push([]);
  }

  /** Gives back what was taken since the scope was opened. */
  closeScope(): void {
    for (const local of this.#scopes.pop() ?? []) if (local.x >= 0) this.giveBack(local);
  }

  /** Variables in runs of one type. */
  writeDeclarations(out: ByteWriter): void {
    const runs: { readonly code: number; count: number }[] = [];
    for (const code of this.#codes.slice(this.#parameters)) {
      const last = runs.at(-1);
      if (last?.code === code) last.count++;
      else runs.push({ code, count: 1 });
    }
    out.unsigned(runs.length);
    for (const { code, count } of runs) {
      out.unsigned(count);
      out.byte(code);
    }
  }

  #make<T extends ValueType>(type: T, name: string | undefined): Local<T> {
    const index = this.#codes.push(typeCode(type, this.#memory64)) - 1;
    if (this.names !== undefined && name !== undefined) this.names[index] = name;
    return this.#handle(type, index);
  }

  #again<T extends ValueType>(type: T, index: number, name: string | undefined): Local<T> {
    if (this.names !== undefined && name !== undefined) {
      const before = this.names[index]?.split("|") ?? [];
      if (!before.includes(name)) this.names[index] = [...before, name].join("|");
    }
    return this.#handle(type, index);
  }

  #handle<T extends ValueType>(type: T, index: number): Local<T> {
    return new Local(type, form.local, undefined, undefined, undefined, index, this.owner);
  }
}
