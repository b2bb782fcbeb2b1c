import { types } from "@vonk/dataframe";

types.decimal(10);
