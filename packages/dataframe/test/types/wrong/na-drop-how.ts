import { customers } from "../tables.ts";

customers.na.drop("some");
