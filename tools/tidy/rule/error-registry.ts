import { isTestKit, select } from "../file-kind.ts";
import { lineAt, type Finding, type Rule } from "../repository.ts";

/** Codes of a package's errors.ts are sorted, upper case, and each is mentioned in some test or in a kit behind ./testing. */
export const errorRegistry: Rule = {
  name: "error-registry",
  check(repository) {
    const tested = select(repository, (path) => path.endsWith(".test.ts") || path.includes("/golden/") || isTestKit(path)).map(
      (file) => file.text,
    );
    const findings: Finding[] = [];
    for (const file of select(repository, (path) => /^packages\/[^/]+\/src\/errors\.ts$/.test(path))) {
      let previous = "";
      for (const match of file.code.matchAll(/^ {2,4}"?([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"?:\s*\{/gm)) {
        const code = match[1] ?? "";
        const at = { path: file.path, line: lineAt(file.text, match.index) };
        if (code < previous) findings.push({ ...at, message: `${code} stands after ${previous}: keep the registry sorted` });
        if (!tested.some((text) => text.includes(code))) findings.push({ ...at, message: `${code} is thrown in no test` });
        previous = code;
      }
    }
    return findings;
  },
};
