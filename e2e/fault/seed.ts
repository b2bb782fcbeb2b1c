/** The seed that moments are drawn from: `VONK_E2E_SEED`, or the one of `npm test`. */
export const seed = Number(process.env["VONK_E2E_SEED"] ?? "1");

/** Which servers to test on: all that this machine has with `VONK_E2E_SERVERS=all`, else the newest. */
export const allServers = process.env["VONK_E2E_SERVERS"] === "all";
