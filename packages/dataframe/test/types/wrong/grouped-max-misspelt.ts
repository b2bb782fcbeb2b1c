import { orders } from "../tables.ts";

orders.groupBy("status").max("totel");
