import { architectureNames } from "./rule/architecture-names.ts";
import { bannedCalls } from "./rule/banned-calls.ts";
import { bareErrors } from "./rule/bare-errors.ts";
import { brokenLinks } from "./rule/broken-links.ts";
import { deadFiles } from "./rule/dead-files.ts";
import { doorsRule } from "./rule/doors.ts";
import { errorRegistry } from "./rule/error-registry.ts";
import { fileNames } from "./rule/file-names.ts";
import { fileSize } from "./rule/file-size.ts";
import { functionSize } from "./rule/function-size.ts";
import { importCycles } from "./rule/import-cycles.ts";
import { importLayers } from "./rule/import-layers.ts";
import { indexAssertions } from "./rule/index-assertions.ts";
import { leftovers } from "./rule/leftovers.ts";
import { machinePaths } from "./rule/machine-paths.ts";
import { missingDocs } from "./rule/missing-docs.ts";
import { namedExports } from "./rule/named-exports.ts";
import { noAny } from "./rule/no-any.ts";
import { packageShape } from "./rule/package-shape.ts";
import { plainSyntax } from "./rule/plain-syntax.ts";
import { relativeImports } from "./rule/relative-imports.ts";
import { rootLayout } from "./rule/root-layout.ts";
import type { Rule } from "./repository.ts";

/** Every rule, in the order in which it is reported: structure first, then code, then prose. */
export const rules: readonly Rule[] = [
  rootLayout,
  packageShape,
  importLayers,
  importCycles,
  doorsRule,
  relativeImports,
  deadFiles,
  fileNames,
  fileSize,
  functionSize,
  bannedCalls,
  bareErrors,
  errorRegistry,
  namedExports,
  plainSyntax,
  noAny,
  indexAssertions,
  missingDocs,
  leftovers,
  machinePaths,
  brokenLinks,
  architectureNames,
];
