import { ByteWriter } from "./byte-writer.ts";
import type { FunctionBody } from "./function-writer.ts";

/** Writes the custom section "name": functions, imported ones first, and their locals. */
export function writeNameSection(
  out: ByteWriter,
  imported: readonly string[],
  defined: readonly { readonly name: string; readonly body: FunctionBody | undefined }[],
): void {
  const content = new ByteWriter();
  content.text("name");
  const functions = [...imported, ...defined.map(({ name }) => name)];
  subsection(content, 1, (to) => writeNames(to, functions));
  const locals = defined.map(({ body }) => body?.localNames ?? []);
  subsection(content, 2, (to) => {
    to.unsigned(locals.length);
    locals.forEach((names, index) => {
      to.unsigned(imported.length + index);
      writeNames(to, names);
    });
  });
  out.byte(0);
  out.sized(content.written());
  content.release();
}

function subsection(out: ByteWriter, id: number, write: (to: ByteWriter) => void): void {
  const content = new ByteWriter();
  write(content);
  out.byte(id);
  out.sized(content.written());
  content.release();
}

/** Names by index; an index may be without one. */
function writeNames(to: ByteWriter, names: readonly (string | undefined)[]): void {
  const named = [...names].flatMap((name, index) => (name === undefined ? [] : [{ name, index }]));
  to.unsigned(named.length);
  for (const { name, index } of named) {
    to.unsigned(index);
    to.text(name);
  }
}
