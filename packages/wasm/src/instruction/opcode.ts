/** What follows an instruction's code in the bytes. */
export type Immediate = "none" | "memory" | "memoryLane" | "lane" | "bytes";

/** An instruction without a shape of its own: its operands come off the stack, its result, if any, goes there. */
export interface Instruction {
  /** As in the specification's text format. */
  readonly name: string;
  /** Code in the low 12 bits, above them 0 for one byte or 1, 2, 3 for the prefixes 0xfc, 0xfd, 0xfe. */
  readonly opcode: number;
  readonly operands: number;
  readonly immediate: Immediate;
  /** Binary logarithm of the bytes that a load or store touches. */
  readonly alignment: number;
}

/** Prefix numbers within an opcode. */
export const prefix = { none: 0, bulk: 0x1000, vector: 0x2000, atomic: 0x3000 } as const;

const comparisons = "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u";
const floatComparisons = "eq ne lt gt le ge";
const arithmetic = "clz:1 ctz:1 popcnt:1 add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr";
const floatArithmetic = "abs:1 neg:1 ceil:1 floor:1 trunc:1 nearest:1 sqrt:1 add sub mul div min max copysign";
const shifts = "shl shr_s shr_u";

const atomicWidths = ["i32.atomic", "i64.atomic", "i32.atomic 8", "i32.atomic 16", "i64.atomic 8", "i64.atomic 16", "i64.atomic 32"];

/** `i32.atomic.rmw8.add_u` and its like in the order of their codes. */
function atomicNames(operation: string, operands: number): string {
  return atomicWidths
    .map((each) => each.split(" "))
    .map(([type = "", width = ""]) => `${type}.rmw${width}.${operation}${width === "" ? "" : "_u"}:${operands}`)
    .join(" ");
}

/**
 * Instructions by ranges of consecutive codes: prefix, first code, what precedes each name, names, immediate.
 * `:n` after a name is the number of operands, otherwise two; `-` is a code without instruction.
 */
const ranges: readonly (readonly [prefix: number, first: number, owner: string, names: string, immediate?: Immediate])[] = [
  [prefix.none, 0x28, "", "i32.load:1 i64.load:1 f32.load:1 f64.load:1", "memory"],
  [prefix.none, 0x2c, "i32.", "load8_s:1 load8_u:1 load16_s:1 load16_u:1", "memory"],
  [prefix.none, 0x30, "i64.", "load8_s:1 load8_u:1 load16_s:1 load16_u:1 load32_s:1 load32_u:1", "memory"],
  [prefix.none, 0x36, "", "i32.store i64.store f32.store f64.store i32.store8 i32.store16 i64.store8 i64.store16 i64.store32", "memory"],
  [prefix.none, 0x45, "i32.", `eqz:1 ${comparisons}`],
  [prefix.none, 0x50, "i64.", `eqz:1 ${comparisons}`],
  [prefix.none, 0x5b, "f32.", floatComparisons],
  [prefix.none, 0x61, "f64.", floatComparisons],
  [prefix.none, 0x67, "i32.", arithmetic],
  [prefix.none, 0x79, "i64.", arithmetic],
  [prefix.none, 0x8b, "f32.", floatArithmetic],
  [prefix.none, 0x99, "f64.", floatArithmetic],
  [prefix.none, 0xa7, "i32.", "wrap_i64:1 trunc_f32_s:1 trunc_f32_u:1 trunc_f64_s:1 trunc_f64_u:1"],
  [prefix.none, 0xac, "i64.", "extend_i32_s:1 extend_i32_u:1 trunc_f32_s:1 trunc_f32_u:1 trunc_f64_s:1 trunc_f64_u:1"],
  [prefix.none, 0xb2, "f32.", "convert_i32_s:1 convert_i32_u:1 convert_i64_s:1 convert_i64_u:1 demote_f64:1"],
  [prefix.none, 0xb7, "f64.", "convert_i32_s:1 convert_i32_u:1 convert_i64_s:1 convert_i64_u:1 promote_f32:1"],
  [prefix.none, 0xbc, "", "i32.reinterpret_f32:1 i64.reinterpret_f64:1 f32.reinterpret_i32:1 f64.reinterpret_i64:1"],
  [prefix.none, 0xc0, "", "i32.extend8_s:1 i32.extend16_s:1 i64.extend8_s:1 i64.extend16_s:1 i64.extend32_s:1"],

  [prefix.bulk, 0x00, "i32.", "trunc_sat_f32_s:1 trunc_sat_f32_u:1 trunc_sat_f64_s:1 trunc_sat_f64_u:1"],
  [prefix.bulk, 0x04, "i64.", "trunc_sat_f32_s:1 trunc_sat_f32_u:1 trunc_sat_f64_s:1 trunc_sat_f64_u:1"],

  [prefix.vector, 0x00, "v128.", "load:1 load8x8_s:1 load8x8_u:1 load16x4_s:1 load16x4_u:1 load32x2_s:1 load32x2_u:1", "memory"],
  [prefix.vector, 0x07, "v128.", "load8_splat:1 load16_splat:1 load32_splat:1 load64_splat:1 store", "memory"],
  [prefix.vector, 0x0c, "", "v128.const:0 i8x16.shuffle", "bytes"],
  [prefix.vector, 0x0e, "", "i8x16.swizzle i8x16.splat:1 i16x8.splat:1 i32x4.splat:1 i64x2.splat:1 f32x4.splat:1 f64x2.splat:1"],
  [prefix.vector, 0x15, "i8x16.", "extract_lane_s:1 extract_lane_u:1 replace_lane", "lane"],
  [prefix.vector, 0x18, "i16x8.", "extract_lane_s:1 extract_lane_u:1 replace_lane", "lane"],
  [prefix.vector, 0x1b, "", "i32x4.extract_lane:1 i32x4.replace_lane i64x2.extract_lane:1 i64x2.replace_lane", "lane"],
  [prefix.vector, 0x1f, "", "f32x4.extract_lane:1 f32x4.replace_lane f64x2.extract_lane:1 f64x2.replace_lane", "lane"],
  [prefix.vector, 0x23, "i8x16.", comparisons],
  [prefix.vector, 0x2d, "i16x8.", comparisons],
  [prefix.vector, 0x37, "i32x4.", comparisons],
  [prefix.vector, 0x41, "f32x4.", floatComparisons],
  [prefix.vector, 0x47, "f64x2.", floatComparisons],
  [prefix.vector, 0x4d, "v128.", "not:1 and andnot or xor bitselect:3 any_true:1"],
  [prefix.vector, 0x54, "v128.", "load8_lane load16_lane load32_lane load64_lane", "memoryLane"],
  [prefix.vector, 0x58, "v128.", "store8_lane store16_lane store32_lane store64_lane", "memoryLane"],
  [prefix.vector, 0x5c, "v128.", "load32_zero:1 load64_zero:1", "memory"],
  [prefix.vector, 0x5e, "", "f32x4.demote_f64x2_zero:1 f64x2.promote_low_f32x4:1"],
  [prefix.vector, 0x60, "i8x16.", "abs:1 neg:1 popcnt:1 all_true:1 bitmask:1 narrow_i16x8_s narrow_i16x8_u"],
  [prefix.vector, 0x67, "f32x4.", "ceil:1 floor:1 trunc:1 nearest:1"],
  [prefix.vector, 0x6b, "i8x16.", `${shifts} add add_sat_s add_sat_u sub sub_sat_s sub_sat_u`],
  [prefix.vector, 0x74, "", "f64x2.ceil:1 f64x2.floor:1 i8x16.min_s i8x16.min_u i8x16.max_s i8x16.max_u f64x2.trunc:1 i8x16.avgr_u"],
  [prefix.vector, 0x7c, "", "i16x8.extadd_pairwise_i8x16_s:1 i16x8.extadd_pairwise_i8x16_u:1"],
  [prefix.vector, 0x7e, "", "i32x4.extadd_pairwise_i16x8_s:1 i32x4.extadd_pairwise_i16x8_u:1"],
  [prefix.vector, 0x80, "i16x8.", "abs:1 neg:1 q15mulr_sat_s all_true:1 bitmask:1 narrow_i32x4_s narrow_i32x4_u"],
  [prefix.vector, 0x87, "i16x8.", "extend_low_i8x16_s:1 extend_high_i8x16_s:1 extend_low_i8x16_u:1 extend_high_i8x16_u:1"],
  [prefix.vector, 0x8b, "i16x8.", `${shifts} add add_sat_s add_sat_u sub sub_sat_s sub_sat_u`],
  [prefix.vector, 0x94, "", "f64x2.nearest:1 i16x8.mul i16x8.min_s i16x8.min_u i16x8.max_s i16x8.max_u - i16x8.avgr_u"],
  [prefix.vector, 0x9c, "i16x8.", "extmul_low_i8x16_s extmul_high_i8x16_s extmul_low_i8x16_u extmul_high_i8x16_u"],
  [prefix.vector, 0xa0, "i32x4.", "abs:1 neg:1 - all_true:1 bitmask:1"],
  [prefix.vector, 0xa7, "i32x4.", "extend_low_i16x8_s:1 extend_high_i16x8_s:1 extend_low_i16x8_u:1 extend_high_i16x8_u:1"],
  [prefix.vector, 0xab, "i32x4.", `${shifts} add - - sub - - - mul min_s min_u max_s max_u dot_i16x8_s`],
  [prefix.vector, 0xbc, "i32x4.", "extmul_low_i16x8_s extmul_high_i16x8_s extmul_low_i16x8_u extmul_high_i16x8_u"],
  [prefix.vector, 0xc0, "i64x2.", "abs:1 neg:1 - all_true:1 bitmask:1"],
  [prefix.vector, 0xc7, "i64x2.", "extend_low_i32x4_s:1 extend_high_i32x4_s:1 extend_low_i32x4_u:1 extend_high_i32x4_u:1"],
  [prefix.vector, 0xcb, "i64x2.", `${shifts} add - - sub - - - mul eq ne lt_s gt_s le_s ge_s`],
  [prefix.vector, 0xdc, "i64x2.", "extmul_low_i32x4_s extmul_high_i32x4_s extmul_low_i32x4_u extmul_high_i32x4_u"],
  [prefix.vector, 0xe0, "f32x4.", "abs:1 neg:1 - sqrt:1 add sub mul div min max pmin pmax"],
  [prefix.vector, 0xec, "f64x2.", "abs:1 neg:1 - sqrt:1 add sub mul div min max pmin pmax"],
  [prefix.vector, 0xf8, "", "i32x4.trunc_sat_f32x4_s:1 i32x4.trunc_sat_f32x4_u:1 f32x4.convert_i32x4_s:1 f32x4.convert_i32x4_u:1"],
  [prefix.vector, 0xfc, "", "i32x4.trunc_sat_f64x2_s_zero:1 i32x4.trunc_sat_f64x2_u_zero:1"],
  [prefix.vector, 0xfe, "", "f64x2.convert_low_i32x4_s:1 f64x2.convert_low_i32x4_u:1"],

  [prefix.atomic, 0x10, "", "i32.atomic.load:1 i64.atomic.load:1 i32.atomic.load8_u:1 i32.atomic.load16_u:1", "memory"],
  [prefix.atomic, 0x14, "", "i64.atomic.load8_u:1 i64.atomic.load16_u:1 i64.atomic.load32_u:1", "memory"],
  [prefix.atomic, 0x17, "", "i32.atomic.store i64.atomic.store i32.atomic.store8 i32.atomic.store16", "memory"],
  [prefix.atomic, 0x1b, "", "i64.atomic.store8 i64.atomic.store16 i64.atomic.store32", "memory"],
  [prefix.atomic, 0x1e, "", atomicNames("add", 2), "memory"],
  [prefix.atomic, 0x25, "", atomicNames("sub", 2), "memory"],
  [prefix.atomic, 0x2c, "", atomicNames("and", 2), "memory"],
  [prefix.atomic, 0x33, "", atomicNames("or", 2), "memory"],
  [prefix.atomic, 0x3a, "", atomicNames("xor", 2), "memory"],
  [prefix.atomic, 0x41, "", atomicNames("xchg", 2), "memory"],
  [prefix.atomic, 0x48, "", atomicNames("cmpxchg", 3), "memory"],
];

/** Binary logarithm of the bytes that a load, store or atomic instruction touches: said by the name, else by its type. */
function alignmentOf(name: string): number {
  const width = /(?:load|store|rmw)(\d+)(x\d)?/.exec(name);
  if (width?.[2] !== undefined) return 3; // half a vector
  if (width?.[1] !== undefined) return Math.log2(Number(width[1])) - 3;
  if (name.startsWith("v128")) return 4;
  return name.includes("64.") ? 3 : 2;
}

/** Every instruction whose operands and immediates have a common form, in the order of their codes. */
export const instructions: readonly Instruction[] = listInstructions();

function listInstructions(): Instruction[] {
  const list: Instruction[] = [];
  for (const [first, code, owner, names, immediate = "none"] of ranges) {
    let opcode = first + code;
    for (const each of names.split(" ")) {
      const colon = each.indexOf(":");
      const name = owner + (colon === -1 ? each : each.slice(0, colon));
      const operands = colon === -1 ? 2 : Number(each.slice(colon + 1));
      const alignment = immediate === "memory" || immediate === "memoryLane" ? alignmentOf(name) : 0;
      if (each !== "-") list.push({ name, opcode, operands, immediate, alignment });
      opcode++;
    }
  }
  return list;
}
