import { createRollcallTRPC } from "@rollcall/api/mount";
import { rollcall } from "@rollcall/app";
import { auth } from "@rollcall/auth/app";

// For the type check alone: each host writes its own, as docs/dashboard.md shows.
export const rollcallTRPC = createRollcallTRPC(rollcall, auth);
export { auth, rollcall };
