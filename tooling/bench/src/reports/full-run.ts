import { atLeast } from "../goals.ts";
import { bars } from "../plots/bars.ts";
import type { Scenario } from "../scenario.ts";
import { type FullRun, measureFullRun, type Pass, passes } from "../scenarios/full-run.ts";
import { percent, percentRange, whole } from "../table.ts";

const OF_THE_WRITE_PATH = 0.5;
/** Smaller shares of a profile are added up. */
const SHOWN = 0.01;

const titles: Record<Pass, string> = { first: "first run", unchanged: "nothing changed" };

export const fullRun: Scenario<FullRun> = {
  name: "full-run",
  measure: measureFullRun,
  tables: ({ speeds, profiles }) => [
    {
      head: [
        "users a second",
        ...["users", "windows at a time", "a run", "the write path alone", "of it"],
        ...["CPU: ours", "Postgres", "emulated Clerk"],
      ],
      rows: passes.flatMap((pass) =>
        speeds
          .filter((speed) => speed.pass === pass)
          .map(({ users, workers, usersPerSecond, ofTheWritePath, cpuShares }) => [
            titles[pass],
            whole(users),
            whole(workers),
            whole(usersPerSecond.run),
            whole(usersPerSecond.writePath),
            percentRange(ofTheWritePath),
            ...[cpuShares?.own, cpuShares?.postgres, cpuShares?.clerk].map((share) =>
              share === undefined ? "unknown" : percent(share),
            ),
          ]),
      ),
    },
    profileTable(profiles),
  ],
  goals: ({ speeds }) =>
    speeds.map(({ pass, workers, ofTheWritePath }) =>
      atLeast(
        `full run, ${titles[pass]}, ${workers} window(s): of the write path's speed`,
        OF_THE_WRITE_PATH,
        ofTheWritePath,
      ),
    ),
  plots: ({ speeds }) => [
    bars({
      name: "bench-full-run",
      title: `Users a second, ${whole(speeds[0]?.users ?? 0)} users`,
      series: ["a run, from Clerk on", "the write path alone"],
      groups: passes.flatMap((pass) =>
        speeds
          .filter((speed) => speed.pass === pass)
          .map(({ workers, usersPerSecond: { run, writePath } }) => ({
            label: `${titles[pass]}, ${workers} window${workers === 1 ? "" : "s"}`,
            values: [run, writePath],
          })),
      ),
      figure: whole,
    }),
  ],
};

function profileTable(profiles: FullRun["profiles"]) {
  const owners = [...new Set(passes.flatMap((pass) => Object.keys(profiles[pass])))];
  const share = (pass: Pass, owner: string) => profiles[pass][owner] ?? 0;
  const isShown = (owner: string) => passes.some((pass) => share(pass, owner) >= SHOWN);
  const rest = (pass: Pass) =>
    owners.filter((owner) => !isShown(owner)).reduce((sum, owner) => sum + share(pass, owner), 0);
  return {
    head: ["what our process computes with", ...passes.map((pass) => titles[pass])],
    rows: [
      ...owners.filter(isShown).map((owner) => [owner, ...passes.map((pass) => percent(share(pass, owner)))]),
      ["everything else", ...passes.map((pass) => percent(rest(pass)))],
    ],
  };
}
