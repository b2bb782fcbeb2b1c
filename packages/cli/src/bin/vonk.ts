#!/usr/bin/env node
import { main } from "../main.ts";

await main(process.argv.slice(2), { debug: !["", "0", "false", undefined].includes(process.env["VONK_DEBUG"]) });
