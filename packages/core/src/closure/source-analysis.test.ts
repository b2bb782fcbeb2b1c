import { describe, expect, test } from "vitest";
import { analyseSource, type SourceAnalysis } from "./source-analysis.ts";

function analyse(text: string): SourceAnalysis {
  const analysis = analyseSource(text);
  if ("problem" in analysis) throw new TypeError(analysis.problem);
  return analysis;
}
const free = (text: string): string[] =>
  analyse(text)
    .names.map((use) => use.name)
    .toSorted();

describe("free names", () => {
  test.each([
    ["x => x * factor", ["factor"]],
    ["({ a, b: { c } = d, ...rest }, [e = f]) => a + c + rest + e", ["d", "f"]],
    ["function f(n) { return n ? f(n - 1) : g }", ["g"]],
    ["() => { for (let i = a; i < b; i++) { var hoisted = i; } return hoisted; }", ["a", "b"]],
    ["() => { for (const k in o) use(k); for (x of y) ; return k; }", ["k", "o", "use", "x", "y"]],
    ["() => { try { a() } catch ({ message = m }) { return message } return message }", ["a", "m", "message"]],
    ["() => { label: for (;;) { break label } }", []],
    ["() => { switch (v) { case w: let q = 1; default: return q } }", ["v", "w"]],
    ["() => ({ a, b: c, [d]: 1, e() { return f }, get g() { return h } })", ["a", "c", "d", "f", "h"]],
    ["() => { class A extends B { [k] = v; static s = A; #p = 1; m() { return this.#p + w } } return new A }", ["B", "k", "v", "w"]],
    ["() => { [a, b.c] = [d]; ({ e: f.g, h = i } = j); k++; l += 1 }", ["a", "b", "d", "f", "h", "i", "j", "k", "l"]],
    ["() => `${a} ${tag`b${c}`}`", ["a", "c", "tag"]],
    ["() => typeof a + (a?.b)", ["a"]],
    ["async () => { for await (const x of y) await z(x) }", ["y", "z"]],
    ["m(a) { return a + b }", ["b"]],
    ["get [k]() { return b }", ["b"]],
    ["async *m() { yield a }", ["a"]],
    ["(a, b = () => a) => { var a = c; return a }", ["c"]],
    ["() => { function inner() { return arguments } return inner }", []],
    ["() => arguments", ["arguments"]],
    ["class A extends B { x = y; static z = w; m() { return super.m() + A } }", ["y"]],
  ])("%s", (text, names) => {
    expect(free(text)).toEqual(names);
  });

  test("uses: members only, written, typeof", () => {
    const uses = Object.fromEntries(
      analyse("() => { m.a(); (0, m.b)(); w = 1; typeof t; whole; whole.x }").names.map((use) => [use.name, use]),
    );
    expect(uses["m"]?.members).toEqual(["a", "b"]);
    expect(uses["w"]?.written).toBe(true);
    expect(uses["t"]?.typeofOnly).toBe(true);
    expect(uses["whole"]?.members).toBe(undefined);
  });

  test("what belongs to the surroundings", () => {
    expect(analyse("() => this.a").outerThis).toBe(true);
    expect(analyse("function () { return () => this }").outerThis).toBe(false);
    expect(analyse("() => new.target").outerNewTarget).toBe(true);
    expect(analyse("() => super.a").outerSuper).toBe(true);
    expect(analyse("() => ({ m() { return super.m } })").outerSuper).toBe(false);
    expect(analyse("() => eval('1')").directEval).toBe(true);
    expect(analyse("(eval_) => eval_('1')").directEval).toBe(false);
    expect(analyse("m() { return this.#p }").outerPrivates).toEqual(["p"]);
    expect(analyse("() => import('x')").dynamicImport).toBe(true);
    expect(analyse("() => import.meta.url").importMetas).toEqual([6]);
    expect(analyse("function () { with (o) return x }").sloppy).toBe(true);
  });
});
