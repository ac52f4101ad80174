import { counterSums } from "./fragments.ts";
import { summaryColumns } from "./run-columns.ts";

/** A run with the sums of its counts, for the log. Parameter: the run. */
export const runSummary = `select
  ${summaryColumns("r")},
  ${counterSums("w")}
from rollcall."SyncRun" r left join rollcall."SyncWindow" w on w."runId" = r.id
where r.id = $1::uuid
group by r.id`;
