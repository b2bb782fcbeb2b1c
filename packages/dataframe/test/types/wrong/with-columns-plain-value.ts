import { orders } from "../tables.ts";

orders.withColumns({ one: 1 });
