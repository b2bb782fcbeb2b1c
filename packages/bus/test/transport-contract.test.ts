import { transportContract } from "@vonk/bus/testing";
import { afterEach, beforeEach, describe, test } from "vitest";
import { transports, type OpenTransport } from "./transports.ts";

for (const transport of transports) {
  describe(transport.name, () => {
    let open: OpenTransport;
    beforeEach(() => {
      open = transport.open();
    });
    afterEach(() => open.dispose());

    for (const { name, run } of transportContract) test(name, () => run({ ...open, ordered: transport.ordered }));
  });
}
