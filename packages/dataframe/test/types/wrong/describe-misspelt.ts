import { orders } from "../tables.ts";

orders.describe("totl");
