import { orders } from "../tables.ts";

export const kept = orders.filter("items > 1").persist("DISK_ONLY").select("id");
