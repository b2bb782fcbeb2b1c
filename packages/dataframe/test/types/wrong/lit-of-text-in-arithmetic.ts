import { functions as F } from "@vonk/dataframe";

F.lit("1").plus(1);
