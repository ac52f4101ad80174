import { atMost } from "../goals.ts";
import type { Scenario } from "../scenario.ts";
import { measureStatements, type RequestStatements } from "../scenarios/statements.ts";
import { ms, times, whole } from "../table.ts";

const GROWN = 1.5;

interface Grown {
  request: string;
  small: RequestStatements;
  large: RequestStatements;
}

const cost = ({ statements }: RequestStatements): number =>
  statements.reduce((sum, statement) => sum + statement.ms.median, 0);

function grown(results: readonly RequestStatements[]): Grown[] {
  const large = results.at(-1)?.users;
  return [...new Set(results.map(({ request }) => request))].flatMap((request) => {
    const [first, ...others] = results.filter((one) => one.request === request);
    const last = others.find(({ users }) => users === large) ?? first;
    return first && last ? [{ request, small: first, large: last }] : [];
  });
}

export const statements: Scenario<RequestStatements[]> = {
  name: "statements",
  measure: measureStatements,
  tables: (results) => [
    {
      head: [
        "ms in the database for a request",
        "statements",
        `${whole(results.at(0)?.users ?? 0)} users`,
        `${whole(results.at(-1)?.users ?? 0)} users`,
        "grown",
      ],
      rows: grown(results).map(({ request, small, large }) => [
        large.inBackground ? `${request}, in the background` : request,
        whole(large.statements.length),
        ms(cost(small)),
        ms(cost(large)),
        times(cost(large) / cost(small)),
      ]),
    },
    {
      head: ["what the plans read in the largest tables", "indexes, and tables that are scanned"],
      rows: grown(results).map(({ request, large }) => [
        request,
        [...new Set(large.statements.flatMap(({ reads }) => reads))].join(", "),
      ]),
    },
  ],
  goals: (results) =>
    grown(results)
      .filter(({ small, large }) => small !== large && !large.inBackground)
      .map(({ request, small, large }) =>
        atMost(`${request}: times its cost in small tables`, GROWN, cost(large) / cost(small)),
      ),
  plots: () => [],
};
