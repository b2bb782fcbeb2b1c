import { orders } from "../tables.ts";

orders.transform((frame) => frame.select("nothing"));
