import { assert } from "@vonk/common/internal";
import { type AnyExpression, form } from "../instruction/expression.ts";
import { typeCode } from "../instruction/value-type.ts";
import type { ByteWriter } from "./byte-writer.ts";

/** Where an expression is written: the code of one function. */
export interface Target {
  readonly code: ByteWriter;
  readonly memory64: boolean;
  /** Number of the function; its locals and no others may occur. */
  readonly owner: number;
}

/** An opcode behind its prefix. */
export function writeOpcode(code: ByteWriter, op: number): void {
  const prefix = (op >> 12) & 0xf;
  const opcode = op & 0xfff;
  code.reserve(4);
  if (prefix === 0) {
    code.bytes[code.length++] = opcode;
    return;
  }
  code.bytes[code.length++] = 0xfb + prefix;
  if (opcode > 0x7f) code.bytes[code.length++] = (opcode & 0x7f) | 0x80;
  code.bytes[code.length++] = opcode > 0x7f ? opcode >> 7 : opcode;
}

/** Writes an expression, operands first. */
export function writeExpression(target: Target, e: AnyExpression): void {
  const { code } = target;
  if (e.op < 0x10000) {
    if (e.a !== undefined) writeExpression(target, e.a);
    if (e.b !== undefined) writeExpression(target, e.b);
    if (e.c !== undefined) writeExpression(target, e.c);
    writeOpcode(code, e.op);
    return;
  }
  switch (e.op & ~0xffff) {
    case form.local:
      assert(e.y === target.owner, "a local is used in the function that it belongs to");
      assert(e.x >= 0, "a local is not used after it was given back");
      code.reserve(6);
      code.bytes[code.length++] = 0x20;
      if (e.x < 0x80) code.bytes[code.length++] = e.x;
      else code.unsigned(e.x);
      return;
    case form.const32:
      code.byte(0x41);
      code.signed(e.x);
      return;
    case form.const64:
      code.byte(0x42);
      code.signedHalves(e.x, e.y);
      return;
    case form.memory:
    case form.memoryLane:
    case form.atomicUpdate:
      writeMemoryAccess(target, e);
      return;
    case form.address:
    case form.addressConst:
    case form.addressWiden:
    case form.addressCut:
    case form.addressAsI64:
    case form.addressLoad:
      writeAddress(target, e);
      return;
    default:
      writeRare(target, e);
  }
}

function writeOperands(target: Target, e: AnyExpression): void {
  if (e.a !== undefined) writeExpression(target, e.a);
  if (e.b !== undefined) writeExpression(target, e.b);
  if (e.c !== undefined) writeExpression(target, e.c);
}

function writeMemoryAccess(target: Target, e: AnyExpression): void {
  writeOperands(target, e);
  assert(e.y >= 0, "an atomic update is used once");
  writeOpcode(target.code, e.op & 0xffff);
  target.code.unsigned(e.y & 0xff);
  target.code.unsigned(e.x);
  const shape = e.op & ~0xffff;
  if (shape === form.memoryLane) target.code.byte(e.y >> 8);
  else if (shape === form.atomicUpdate) e.y = -1;
}

/** Instructions that are i32's or i64's by the width of addresses. */
function writeAddress(target: Target, e: AnyExpression): void {
  const { code, memory64 } = target;
  writeOperands(target, e);
  switch (e.op & ~0xffff) {
    case form.address:
      code.byte((e.op & 0xff) + (memory64 ? e.x : 0));
      return;
    case form.addressConst:
      code.byte(memory64 ? 0x42 : 0x41);
      if (memory64) code.signedHalves(e.x, 0);
      else code.signed(e.x);
      return;
    case form.addressWiden:
      if (memory64) code.byte(0xad);
      return;
    case form.addressCut:
      if (!memory64) code.byte(0xa7);
      return;
    case form.addressAsI64:
      if (!memory64) code.byte(0xad);
      return;
    default:
      code.byte(memory64 ? 0x29 : 0x28);
      code.unsigned(memory64 ? 3 : 2);
      code.unsigned(e.x);
  }
}

/** What a module has few of. */
function writeRare(target: Target, e: AnyExpression): void {
  const { code } = target;
  if ((e.op & ~0xffff) === form.when) {
    writeWhen(target, e);
    return;
  }
  writeOperands(target, e);
  switch (e.op & ~0xffff) {
    case form.global:
      code.byte(0x23);
      code.unsigned(e.x);
      return;
    case form.constF32:
      code.byte(0x43);
      code.word(e.x);
      return;
    case form.constF64:
      code.byte(0x44);
      code.word(e.x);
      code.word(e.y);
      return;
    case form.lane:
      writeOpcode(code, e.op & 0xffff);
      code.byte(e.x);
      return;
    case form.bytes:
      writeOpcode(code, e.op & 0xffff);
      assert(e.rest instanceof Uint8Array, "a vector constant has its bytes");
      code.append(e.rest);
      return;
    case form.memorySize:
      code.byte(e.op & 0xff);
      code.byte(0);
      return;
    default:
      writeOnce(target, e);
  }
}

/** Expressions that do something beside giving a value; writing them twice would do it twice. `a` is written already. */
function writeOnce(target: Target, e: AnyExpression): void {
  const { code } = target;
  switch (e.op & ~0xffff) {
    case form.tee:
      assert(e.y === target.owner, "a local is used in the function that it belongs to");
      assert(e.x >= 0, "a tee is used once");
      code.byte(0x22);
      code.unsigned(e.x);
      break;
    case form.call:
      writeArguments(target, e);
      assert(e.x >= 0, "the value of a call is used once");
      code.byte(0x10);
      code.unsigned(e.x);
      break;
    default:
      assert((e.op & ~0xffff) === form.callIndirect, "every form of expression is written");
      writeArguments(target, e);
      assert(e.x >= 0, "the value of a call is used once");
      code.byte(0x11);
      code.unsigned(e.x);
      code.unsigned(e.y);
  }
  e.x = -1;
}

function writeArguments(target: Target, e: AnyExpression): void {
  if (Array.isArray(e.rest)) for (const each of e.rest) writeExpression(target, each);
}

/** An if with a value: only one of the two is computed. */
function writeWhen(target: Target, e: AnyExpression): void {
  const { code } = target;
  assert(e.a !== undefined && e.b !== undefined && e.c !== undefined, "a conditional value has a condition and two values");
  writeExpression(target, e.a);
  code.byte(0x04);
  code.byte(typeCode(e.type, target.memory64));
  writeExpression(target, e.b);
  code.byte(0x05);
  writeExpression(target, e.c);
  code.byte(0x0b);
}
