import { instructions } from "../instruction/opcode.ts";
import type { ByteReader } from "./byte-reader.ts";
import { folded, type Folded, tall } from "./folded-text.ts";
import { type FunctionType, signatureText, typeName } from "./module-parts.ts";

/** What the names in a body mean. */
export interface BodyContext {
  readonly results: number;
  readonly functionName: (index: number) => string;
  readonly localName: (index: number) => string;
  readonly functionType: (index: number) => FunctionType;
  readonly typeAt: (index: number) => FunctionType;
  /** Offset of an instruction to point at, and what to say there. */
  readonly mark?: { readonly offset: number; readonly note: string } | undefined;
}

/** A piece of the text and whether it leaves one value on the stack. */
interface Item {
  readonly piece: Folded;
  readonly isValue: boolean;
}

/** An open block and what is in it so far. */
interface Frame {
  readonly head: string;
  readonly before: readonly Folded[];
  readonly isValue: boolean;
  readonly isIf: boolean;
  items: Item[];
  then: Folded | undefined;
}

const plain = new Map(instructions.map((each) => [each.opcode, each]));

/**
 * The statements of a function as nested text. Operands stand inside the instruction that takes them where the bytes allow it, else
 * before it, so that any order of instructions can be shown.
 */
export function foldBody(reader: ByteReader, context: BodyContext): Folded[] {
  const folder = new BodyFolder(reader, context);
  while (!reader.done && folder.step());
  return folder.finish();
}

class BodyFolder {
  readonly #reader: ByteReader;
  readonly #context: BodyContext;
  readonly #frames: Frame[] = [];
  #frame: Frame = frame("", [], false, false);
  #start = 0;

  constructor(reader: ByteReader, context: BodyContext) {
    this.#reader = reader;
    this.#context = context;
  }

  /** Reads one instruction; false when it is not known. */
  step(): boolean {
    this.#start = this.#reader.at;
    const first = this.#reader.byte();
    const opcode = first < 0xfc ? first : ((first - 0xfb) << 12) | this.#reader.unsigned();
    const instruction = plain.get(opcode);
    if (instruction !== undefined) {
      const { name, operands, immediate, alignment } = instruction;
      const suffix = (name === "v128.const" ? " i8x16" : "") + this.#immediate(immediate, alignment);
      this.#add(name + suffix, operands, !name.includes("store"));
      return true;
    }
    return this.#control(opcode) || this.#variable(opcode) || this.#other(opcode);
  }

  /** The statements; what is still open is closed. */
  finish(): Folded[] {
    while (this.#frames.length > 0) this.#close();
    return this.#frame.items.map(({ piece }) => piece);
  }

  #immediate(kind: string, alignment: number): string {
    switch (kind) {
      case "memory":
      case "memoryLane": {
        const align = this.#reader.unsigned();
        const offset = this.#reader.unsigned();
        const lane = kind === "memory" ? "" : ` ${this.#reader.byte()}`;
        return `${offset === 0 ? "" : ` offset=${offset}`}${align === alignment ? "" : ` align=${2 ** align}`}${lane}`;
      }
      case "lane":
        return ` ${this.#reader.byte()}`;
      case "bytes":
        return ` ${[...this.#reader.take(16)].join(" ")}`;
      default:
        return "";
    }
  }

  #control(opcode: number): boolean {
    switch (opcode) {
      case 0x00:
        return this.#add("unreachable", 0, false);
      case 0x02:
        return this.#open("block", false);
      case 0x03:
        return this.#open("loop", false);
      case 0x04:
        return this.#open("if", true);
      case 0x05:
        this.#frame.then = tall("then", this.#pieces());
        this.#frame.items = [];
        return true;
      case 0x0b:
        if (this.#frames.length > 0) this.#close();
        return true;
      case 0x0c:
        return this.#add(`br ${this.#label(this.#reader.unsigned())}`, 0, false);
      case 0x0d:
        return this.#add(`br_if ${this.#label(this.#reader.unsigned())}`, 1, false);
      case 0x0e: {
        const labels = [...this.#reader.list(() => this.#reader.unsigned()), this.#reader.unsigned()];
        return this.#add(`br_table ${labels.map((label) => this.#label(label)).join(" ")}`, 1, false);
      }
      case 0x0f:
        return this.#add("return", this.#context.results, false);
      case 0x10:
        return this.#call();
      case 0x11: {
        const type = this.#context.typeAt(this.#reader.unsigned());
        const table = this.#reader.unsigned();
        return this.#add(`call_indirect ${table}${signatureText(type)}`, type.params.length + 1, type.results.length === 1);
      }
      default:
        return false;
    }
  }

  #call(): boolean {
    const index = this.#reader.unsigned();
    const { params, results } = this.#context.functionType(index);
    return this.#add(`call ${this.#context.functionName(index)}`, params.length, results.length === 1);
  }

  #variable(opcode: number): boolean {
    switch (opcode) {
      case 0x1a:
        return this.#add("drop", 1, false);
      case 0x1b:
        return this.#add("select", 3, true);
      case 0x20:
        return this.#add(`local.get ${this.#context.localName(this.#reader.unsigned())}`, 0, true);
      case 0x21:
        return this.#add(`local.set ${this.#context.localName(this.#reader.unsigned())}`, 1, false);
      case 0x22:
        return this.#add(`local.tee ${this.#context.localName(this.#reader.unsigned())}`, 1, true);
      case 0x23:
        return this.#add(`global.get ${this.#reader.unsigned()}`, 0, true);
      case 0x24:
        return this.#add(`global.set ${this.#reader.unsigned()}`, 1, false);
      case 0x41:
        return this.#add(`i32.const ${this.#reader.signed()}`, 0, true);
      case 0x42:
        return this.#add(`i64.const ${this.#reader.signed()}`, 0, true);
      case 0x43:
        return this.#add(`f32.const ${floatText(viewOf(this.#reader.take(4)).getFloat32(0, true))}`, 0, true);
      case 0x44:
        return this.#add(`f64.const ${floatText(viewOf(this.#reader.take(8)).getFloat64(0, true))}`, 0, true);
      default:
        return false;
    }
  }

  #other(opcode: number): boolean {
    switch (opcode) {
      case 0x3f:
        this.#reader.byte();
        return this.#add("memory.size", 0, true);
      case 0x40:
        this.#reader.byte();
        return this.#add("memory.grow", 1, true);
      case 0x1008: {
        const segment = this.#reader.unsigned();
        this.#reader.byte();
        return this.#add(`memory.init ${segment}`, 3, false);
      }
      case 0x1009:
        return this.#add(`data.drop ${this.#reader.unsigned()}`, 0, false);
      case 0x100a:
        this.#reader.take(2);
        return this.#add("memory.copy", 3, false);
      case 0x100b:
        this.#reader.byte();
        return this.#add("memory.fill", 3, false);
      case 0x3003:
        this.#reader.byte();
        return this.#add("atomic.fence", 0, false);
      default:
        this.#add(`unknown 0x${opcode.toString(16)}`, 0, false);
        return false;
    }
  }

  /** An instruction with as many operands before it, folded into it when they stand right there. */
  #add(head: string, operands: number, isValue: boolean): true {
    const parts = this.#operands(operands);
    this.#frame.items.push({ piece: folded(this.#marked(head), parts), isValue });
    return true;
  }

  #operands(count: number): Folded[] {
    const { items } = this.#frame;
    const taken = count === 0 ? [] : items.slice(-count);
    if (taken.length < count || taken.some(({ isValue }) => !isValue)) return [];
    items.length -= count;
    return taken.map(({ piece }) => piece);
  }

  #marked(head: string): string {
    const { mark } = this.#context;
    const here = mark !== undefined && mark.offset >= this.#start && mark.offset < this.#reader.at;
    return here ? `${head} (; <-- ${mark.note} ;)` : head;
  }

  #open(word: string, isIf: boolean): true {
    const code = this.#reader.byte();
    const result = code === 0x40 ? "" : ` (result ${typeName(code)})`;
    const head = this.#marked(`${word} $${this.#frames.length + 1}${result}`);
    const next = frame(head, this.#operands(isIf ? 1 : 0), code !== 0x40, isIf);
    this.#frames.push(this.#frame);
    this.#frame = next;
    return true;
  }

  #close(): void {
    const { head, before, isValue, isIf, then } = this.#frame;
    const inner = this.#pieces();
    const outer = this.#frames.pop();
    if (outer === undefined) return;
    this.#frame = outer;
    const branches = then === undefined ? [tall("then", inner)] : [then, tall("else", inner)];
    outer.items.push({ piece: tall(head, isIf ? [...before, ...branches] : inner), isValue });
  }

  #pieces(): Folded[] {
    return this.#frame.items.map(({ piece }) => piece);
  }

  #label(depth: number): string {
    return `$${this.#frames.length - depth}`;
  }
}

function frame(head: string, before: readonly Folded[], isValue: boolean, isIf: boolean): Frame {
  return { head, before, isValue, isIf, items: [], then: undefined };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (Object.is(value, -0)) return "-0";
  return Number.isFinite(value) ? String(value) : value < 0 ? "-inf" : "inf";
}
