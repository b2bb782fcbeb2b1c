import { describe, expect, test } from "vitest";
import { formatAddress, parseAddress, parseMasterAddresses } from "./address.ts";

describe("addresses", () => {
  test("of masters, one or several", () => {
    expect(parseMasterAddresses("vonk://h1:7077,h2.example.org:7078")).toEqual([
      { host: "h1", port: 7077 },
      { host: "h2.example.org", port: 7078 },
    ]);
    expect(parseMasterAddresses("vonk://[::1]:7077").map(formatAddress)).toEqual(["[::1]:7077"]);
  });

  test("of servers, with a scheme and a default port", () => {
    expect(parseAddress("nats://10.0.0.1", 4222)).toEqual({ host: "10.0.0.1", port: 4222 });
    expect(parseAddress(" tls://nats.example.org:4443/ ", 4222)).toEqual({ host: "nats.example.org", port: 4443 });
  });

  test("that are wrong are refused with the reason, and without the password that they may hold", () => {
    const wrong = [
      ["spark://h:1", "it does not begin with vonk://"],
      ["vonk://h", "it has no port"],
      ["vonk://h:1,", "it has no host name"],
      ["vonk://h:70000", "the port is not between 1 and 65535"],
      ["vonk://h:1/path", "it has no host name"],
      ["vonk://joe:s3cret@h:1", "credentials do not belong into an address"],
      ["nats://joe:s3cret@h:1", "it does not begin with vonk://"],
    ] as const;
    for (const [url, problem] of wrong) {
      const error: unknown = (() => {
        try {
          return parseMasterAddresses(url);
        } catch (thrown) {
          return thrown;
        }
      })();
      expect(error).toMatchObject({ code: "NATS_ADDRESS_INVALID" });
      expect(String(error)).toContain(problem);
      expect(JSON.stringify(error)).not.toContain("s3cret");
    }
  });
});
