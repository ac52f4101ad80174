import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import type { DirectoryStatus, SyncMeResult } from "rollcall/trpc";
import { type AppRouter, createCaller, createTRPCContext } from "./root";

type RouterInputs = inferRouterInputs<AppRouter>;
type RouterOutputs = inferRouterOutputs<AppRouter>;
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <_Same extends true>() => {};

// None of them is `any`, which would be assignable to everything.
holds<Same<RouterOutputs["sync"]["status"]["me"]["state"], "fresh" | "stale" | "unpersisted">>();
holds<Same<RouterOutputs["sync"]["status"]["directory"], DirectoryStatus | null>>();
holds<Same<RouterOutputs["sync"]["syncMe"], SyncMeResult>>();
holds<Same<RouterOutputs["sync"]["syncMe"]["syncedAt"], Date>>();
holds<Same<RouterOutputs["sync"]["syncAll"]["joined"], boolean>>();
holds<Same<RouterInputs["sync"]["run"], { runId: string }>>();
holds<Same<RouterOutputs["whoami"]["tenant"], string>>();
holds<Same<RouterOutputs["whoami"]["state"], "fresh" | "stale" | "unpersisted">>();
holds<Same<RouterOutputs["order"], string>>();
holds<Same<RouterInputs["order"], string>>();

const caller = createCaller(() => createTRPCContext({ headers: new Headers() }));
export const seen: Promise<number> = caller.sync.runs({ limit: 3 }).then(({ items }) => items.length);
// @ts-expect-error: the input is checked
export const refused = caller.sync.run({ runId: 7 });
