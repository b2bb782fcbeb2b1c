import { functions as F } from "@vonk/dataframe";

F.uper("name");
