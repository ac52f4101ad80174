import { createRollcall } from "../../../src/index.ts";
import { driverSchema, openOver } from "../../driver.ts";

// A process that works on the runs in progress until there are none, or until it is killed.
const { DRIVER, DATABASE_URL = "", CLERK_API_URL, CLERK_SECRET_KEY = "", WORKERS = "4" } = process.env;
const db = openOver(driverSchema.parse(DRIVER), DATABASE_URL, { connections: 5 });
const rollcall = createRollcall({
  db,
  connectionString: DATABASE_URL,
  clerk: { secretKey: CLERK_SECRET_KEY, apiUrl: CLERK_API_URL },
  logger: console,
});
await rollcall.runs.work({ workers: Number(WORKERS) });
await db[Symbol.asyncDispose]();
