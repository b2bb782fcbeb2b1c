import { Window } from "@vonk/dataframe";

Window.partitionBy("carrier").rowsBetween("start", 0);
