import { orders, reviews } from "../tables.ts";

orders.join(reviews, "customer");
