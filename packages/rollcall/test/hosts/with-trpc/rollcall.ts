import { createRollcall } from "rollcall";
import { createRollcallAuth } from "rollcall/next";
import type { PrismaClientLike } from "rollcall/prisma";
import { createRollcallTRPC } from "rollcall/trpc";

declare const db: PrismaClientLike;

const rollcall = createRollcall({ db, clerk: { secretKey: "sk_test_none" } });
const auth = createRollcallAuth(rollcall, { publishableKey: "pk_test_none" });

export const rollcallTRPC = createRollcallTRPC(rollcall, auth);
