import { orders } from "../tables.ts";

orders.sortWithinPartitions("dayy");
