import { customers } from "../tables.ts";

customers.na.fill({ country: "?" });
