import { customers } from "../tables.ts";

export const counts = customers.transform((frame) => frame.groupBy("country").count()).select("count");
