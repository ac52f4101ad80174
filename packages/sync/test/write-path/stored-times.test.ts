import { expect, test } from "vitest";
import { findings, printed } from "./findings.ts";
import { openHost } from "./host.ts";

test("times stored without a time zone were UTC, and are the same moments after the fix", async () => {
  await using host = await openHost({ connections: 1 });
  await host.sql.query(
    `alter table "User" alter column "emailVerified" type timestamp(3);
     insert into "User" (id, "emailVerified") values ('own-1', '2026-01-01 12:00')`,
  );
  for (const finding of await findings(host)) await host.sql.query(printed(finding));
  expect(await host.users()).toMatchObject([{ id: "own-1", emailVerified: Date.UTC(2026, 0, 1, 12) }]);
});
