import { orders } from "../tables.ts";

orders.drop("note").select("id", "note");
