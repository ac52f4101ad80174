import type pg from "pg";
import { z } from "zod";
import type { Statement } from "./recording-database.ts";
import { type Spread, spreadOf } from "./spread.ts";

interface PlanNode {
  "Node Type": string;
  "Relation Name"?: string | undefined;
  "Index Name"?: string | undefined;
  Plans?: PlanNode[] | undefined;
}
const nodeSchema: z.ZodType<PlanNode> = z.object({
  "Node Type": z.string(),
  "Relation Name": z.string().optional(),
  "Index Name": z.string().optional(),
  get Plans() {
    return z.array(nodeSchema).optional();
  },
});
const explainedSchema = z.tuple([
  z.object({
    "QUERY PLAN": z.tuple([z.object({ Plan: nodeSchema, "Planning Time": z.number(), "Execution Time": z.number() })]),
  }),
]);

export interface Explained {
  /** Planning and execution, without the network. */
  ms: Spread;
  /** How each table is read: an index's name, or that the table is scanned. */
  reads: string[];
}

/** Runs a statement several times, and takes back what it wrote. */
export async function explain(client: pg.Client, { text, values }: Statement, times: number): Promise<Explained> {
  const measured: number[] = [];
  let reads: string[] = [];
  for (let time = 0; time <= times; time++) {
    await client.query("begin");
    const { rows } = await client.query(`explain (analyze, timing off, buffers off, format json) ${text}`, [...values]);
    await client.query("rollback");
    const [{ "QUERY PLAN": plans }] = explainedSchema.parse(rows);
    const [{ Plan, "Planning Time": planning, "Execution Time": execution }] = plans;
    if (time > 0) measured.push(planning + execution); // the first one fills the server's caches
    reads = [...new Set(readsOf(Plan))];
  }
  return { ms: spreadOf(measured), reads };
}

function readsOf(node: PlanNode): string[] {
  const below = (node.Plans ?? []).flatMap(readsOf);
  const index = node["Index Name"];
  if (index !== undefined) return [index, ...below];
  const table = node["Relation Name"];
  return node["Node Type"] === "Seq Scan" && table !== undefined ? [`all of ${table}`, ...below] : below;
}
