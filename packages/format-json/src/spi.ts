// What @vonk/sql finds by the format's name
export { fileFormat } from "./table/json-format.ts";
