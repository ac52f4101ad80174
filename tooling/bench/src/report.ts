import type { Goal } from "./goals.ts";
import { type Happening, happenings, type PerHappening } from "./happening.ts";
import type { EffectsCost } from "./scenarios/effects.ts";
import type { Growth } from "./scenarios/growth.ts";
import type { OneUser } from "./scenarios/one-user.ts";
import type { Throughput } from "./scenarios/throughput.ts";

export interface Report {
  node: string;
  postgres: string;
  cores: number;
  throughput: Throughput[];
  oneUser: OneUser[];
  effects: EffectsCost[];
  growth: Growth[];
  goals: Goal[];
}

const titles: Record<Happening, string> = { insert: "first insert", unchanged: "unchanged", renamed: "renamed" };

/** The whole report, for people. */
export function toText({ node, postgres, cores, throughput, oneUser, effects, growth, goals }: Report): string {
  const sections = [
    `Node ${node} and PostgreSQL ${postgres} on the same ${cores} cores; medians.`,
    ...(throughput.length === 0 ? [] : [throughputText(throughput)]),
    ...(oneUser.length === 0 ? [] : [oneUserText(oneUser)]),
    ...(effects.length === 0 ? [] : [effectsText(effects)]),
    ...(growth.length === 0 ? [] : [growthText(growth)]),
    ...(goals.length === 0 ? [] : [goalsText(goals)]),
  ];
  return `${sections.join("\n\n")}\n`;
}

const whole = (value: number) => Math.round(value).toLocaleString("en");
const percent = (value: number) => `${Math.round(value * 100)} %`;
const times = (value: number) => `${value.toFixed(1)}x`;
const ms = (value: number) => value.toFixed(value < 10 ? 2 : 1);

function throughputText(results: Throughput[]): string {
  const rows = happenings.flatMap((happening) =>
    results.map(({ connections, rowsPerCall, usersPerSecond, timesAsFastAs }) => [
      titles[happening],
      whole(connections),
      whole(rowsPerCall),
      whole(usersPerSecond.rollcall[happening]),
      whole(usersPerSecond.copyAndMerge[happening]),
      percent(timesAsFastAs.copyAndMerge[happening]),
      whole(usersPerSecond.usualWay[happening]),
      times(timesAsFastAs.usualWay[happening]),
    ]),
  );
  const head = [
    "users a second",
    "connections",
    "rows a call",
    "Rollcall",
    "COPY+merge",
    "of it",
    "usual way",
    "of it",
  ];
  return table([head, ...rows]);
}

function oneUserText(results: OneUser[]): string {
  const rows = happenings.flatMap((happening) =>
    results.map(({ latencyMs, msPerUser: { rollcall, usualWay } }) => [
      titles[happening],
      whole(latencyMs),
      ms(rollcall[happening]),
      ms(usualWay[happening]),
      times(usualWay[happening] / rollcall[happening]),
    ]),
  );
  return table([["ms for one user", "latency each way, ms", "Rollcall", "usual way", "faster"], ...rows]);
}

function effectsText(results: EffectsCost[]): string {
  const rows = results.map(({ variant, timesAsLong }) => [
    variant,
    ...happenings.map((happening) => `${timesAsLong[happening].toFixed(2)}x`),
  ]);
  return table([
    ["time of a write, without an outbox = 1", ...happenings.map((happening) => titles[happening])],
    ...rows,
  ]);
}

function growthText(results: Growth[]): string {
  const grown = (of: (one: Growth) => PerHappening<number>, one: Growth, happening: Happening) =>
    times(of(one)[happening] / of(results[0] ?? one)[happening]);
  const rows = happenings.flatMap((happening) =>
    results.map((one) => [
      titles[happening],
      whole(one.users),
      ms(one.msPerCall.rollcall[happening]),
      grown(({ msPerCall }) => msPerCall.rollcall, one, happening),
      ms(one.msPerCall.ownIds[happening]),
      grown(({ msPerCall }) => msPerCall.ownIds, one, happening),
      ms(one.msPerCall.copyAndMerge[happening]),
      grown(({ msPerCall }) => msPerCall.copyAndMerge, one, happening),
    ]),
  );
  return table([
    ["ms for 500 users", "users stored", "Rollcall", "growth", "own ids", "growth", "COPY+merge", "growth"],
    ...rows,
  ]);
}

function goalsText(goals: Goal[]): string {
  const rows = goals.map(({ what, bound, wanted, reached, met }) => [
    what,
    `${bound} ${wanted}`,
    reached.toFixed(2),
    met ? "reached" : "missed",
  ]);
  return table([["goal (500 rows a call, one connection)", "wanted", "measured", ""], ...rows]);
}

/** Columns under a head; the first to the left, figures to the right. */
function table(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ");
  const [head = [], ...body] = rows.map(line);
  return [head, "-".repeat(head.length), ...body].join("\n");
}
