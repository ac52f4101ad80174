import { expect, test } from "vitest";
import { at, openHost, snapshot } from "./host.ts";

test("times without a time zone are read and written as UTC, in any time zone of the session", async () => {
  await using host = await openHost({ connections: 1 });
  await host.sql.query(
    `alter table "User" alter column "emailVerified" type timestamp(3), alter column "updatedAt" drop default,
       alter column "updatedAt" type timestamp(3)`,
  );
  expect(await host.apply(snapshot("user_Ann"))).toMatchObject([{ outcome: "created" }]);
  expect(await host.apply(snapshot("user_Ann"))).toMatchObject([{ outcome: "unchanged" }]);
  expect(await host.users()).toMatchObject([{ id: "user_Ann", emailVerified: at(0).getTime() }]);
  const recent = await host.sql.query(
    `select from "User" where abs(extract(epoch from "updatedAt") - extract(epoch from now())) < 60`,
  );
  expect(recent.rowCount).toBe(1);
});
