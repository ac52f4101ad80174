import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import {
  changeUser,
  deliverWebhooks,
  disturbClerk,
  dropWebhooks,
  loseUsers,
  mendClerk,
  mirrored,
  newUser,
  newUsers,
  tombstones,
} from "./stack.ts";
import { expect, openAsAdmin, startRun, test } from "./test.ts";

const RUNS = "/dashboard/runs";
const state = (page: Page) => page.getByTestId("run-state");
const history = (page: Page) => page.getByRole("table", { name: "History" }).getByTestId("row");

/** Starts a run that finds so many users missing that it waits for an admin. @returns their ids */
async function startRunThatWaits(page: Page): Promise<string[]> {
  const gone = await newUsers(100);
  await openAsAdmin(page, RUNS);
  await startRun(page);
  await expect(state(page)).toHaveText("Done");
  await loseUsers(gone);
  await startRun(page);
  await expect(state(page)).toHaveText("Awaiting confirmation");
  return gone;
}

test.afterEach(() => mendClerk());

test("the page stops polling once a run is over", async ({ page }) => {
  await openAsAdmin(page, RUNS);
  await startRun(page);
  await expect(page.getByTestId("run-state")).toHaveText("Done");
  await page.clock.install();
  const loaded = page.waitForResponse(/sync\.run\b/);
  await page.reload();
  await loaded; // the page asks once more for what the server has rendered
  await expect(page.getByTestId("run-state")).toHaveText("Done");
  const asked: string[] = [];
  page.on("request", (request) => request.url().includes("/api/trpc/") && asked.push(request.url()));
  await page.clock.runFor(10_000); // long enough for ten polls
  expect(asked).toEqual([]);
});

test("an admin syncs only the changes", async ({ page }) => {
  await openAsAdmin(page, RUNS);
  await startRun(page); // an incremental run starts where another one ended
  await expect(state(page)).toHaveText("Done");
  const { id } = await newUser();
  await dropWebhooks();
  await changeUser(id, { first_name: "Renamed" });
  await deliverWebhooks();
  await page.getByRole("button", { name: "Sync changes" }).click();
  await expect(page.getByTestId("run-kind")).toHaveText("Changes only");
  await expect(state(page)).toHaveText("Done");
  await expect(history(page).first()).toContainText(/Changes only.*1 updated/);
  await expect(history(page).nth(1)).toContainText("Full run");
});

test("a run in progress shows its progress and can be cancelled", async ({ page }) => {
  await openAsAdmin(page, RUNS);
  await disturbClerk({ path: "/v1/users", latencyMs: 1_500 });
  await startRun(page);
  await expect(state(page)).toHaveText("Running");
  await expect(page.getByRole("button", { name: "Sync all users" })).toBeDisabled();
  const window = page.getByTestId("run-window").filter({ hasText: "Users created at any time" });
  await expect(window).toContainText("500 users");
  await expect(page.getByText(/users\/s · about \d+ s left/)).toBeVisible();
  await page.getByRole("button", { name: "Cancel run" }).click();
  await expect(state(page)).toHaveText("Cancelled");
  await expect(page.getByRole("button", { name: "Sync all users" })).toBeEnabled();
  await expect(history(page).first()).toContainText("Cancelled");
});

test("a second tab shows the run that the first one started", async ({ page, context }) => {
  await openAsAdmin(page, RUNS);
  const second = await context.newPage();
  await second.goto(RUNS);
  await expect(second.getByRole("button", { name: "Sync all users" })).toBeVisible();
  await disturbClerk({ path: "/v1/users", status: 500 }); // the run waits and tries again, however long the second tab takes
  await startRun(page);
  await startRun(second);
  await expect(second.getByText("A run was already in progress.")).toBeVisible();
  await mendClerk();
  for (const each of [page, second]) await expect(state(each)).toHaveText("Done", { timeout: 60_000 }); // its longest wait
});

test("while Clerk's quota is used up, the run shows when it resumes, then resumes", async ({ page }) => {
  await openAsAdmin(page, RUNS);
  await disturbClerk({ path: "/v1/users", status: 429, retryAfter: 4, times: 1 });
  await startRun(page);
  await expect(page.getByTestId("run-paused")).toContainText(/Clerk's quota is used up\. It resumes in \d s/);
  await expect(state(page)).toHaveText("Done");
  await expect(page.getByTestId("run-paused")).toHaveCount(0);
});

test("a failed run shows why, where and what to do; started again, it resumes", async ({ page }) => {
  await openAsAdmin(page, RUNS);
  await disturbClerk({ path: "/v1/users", status: 429, retryAfter: 7_200 }); // longer than a run waits
  await startRun(page);
  await expect(state(page)).toHaveText("Failed");
  const failure = page.getByTestId("run-failure");
  await expect(failure).toContainText("Clerk's quota is used up.");
  await expect(failure).toContainText("CLERK_RATE_LIMITED");
  await expect(failure).toContainText("In the window “Count the users”");
  await mendClerk();
  await startRun(page);
  await expect(state(page)).toHaveText("Done");
  await expect(failure).toHaveCount(0);
});

test("missing users are marked as deleted once an admin confirms it, twice", async ({ page }) => {
  const gone = await startRunThatWaits(page);
  const waiting = page.getByTestId("awaiting-confirmation");
  await expect(page.getByText(/^asked/)).toBeVisible();
  await expect(waiting).toContainText("100 users would be marked as deleted");
  await expect(waiting).toContainText(/saw 1,\d\d\d users there/);
  const asked: string[] = [];
  page.on("request", (request) => request.url().includes("/api/trpc/") && asked.push(request.url()));

  await page.getByRole("button", { name: "Confirm deletions…" }).click();
  await page.getByRole("button", { name: "Keep them" }).click();
  expect(asked.filter((url) => url.includes("confirmDeletions"))).toEqual([]);
  expect(await tombstones(gone)).toBe(0);

  await page.getByRole("button", { name: "Confirm deletions…" }).click();
  await expect(page.getByRole("alertdialog")).toContainText("Mark 100 users as deleted?");
  await page.getByRole("button", { name: "Mark as deleted" }).click();
  await expect(state(page)).toHaveText("Done");
  await expect(waiting).toHaveCount(0);
  await expect(page.getByTestId("run-found")).toHaveText("100 users no longer at Clerk and marked as deleted here.");
  expect(await tombstones(gone)).toBe(100);
  await expect(history(page).first()).toContainText("100 marked as deleted");
});

test("the users that a waiting run is about are listed, searched and saved as a file", async ({ page }) => {
  const gone = await startRunThatWaits(page);
  const list = page.getByRole("table", { name: "Users who would be marked as deleted" });
  await expect(list.getByTestId("row")).toHaveCount(10);
  await page.getByRole("searchbox").fill(gone[42] ?? "");
  await expect(list.getByTestId("row")).toHaveCount(1);
  await expect(list).toContainText(gone[42] ?? "");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download CSV" }).click();
  const lines = (await readFile(await (await download).path(), "utf8")).split("\r\n");
  expect(lines[0]).toBe('"id","email","name","created_at","synced_at"');
  expect(lines.slice(1).map((line) => line.split(",")[0])).toEqual(gone.map((id) => `"${id}"`).sort());
  await page.getByRole("button", { name: "Confirm deletions…" }).click();
  await page.getByRole("button", { name: "Mark as deleted" }).click(); // so that no user is missing in other tests
  await expect(state(page)).toHaveText("Done");
});

test("a dry run shows what a run would change, and changes nothing", async ({ page }) => {
  await openAsAdmin(page, RUNS);
  await startRun(page);
  await expect(state(page)).toHaveText("Done");
  await dropWebhooks();
  const ids = await newUsers(3);
  await deliverWebhooks();
  await page.getByRole("button", { name: "Dry run" }).click();
  await expect(page.getByText("A dry run: nothing was written.")).toBeVisible();
  await expect(page.getByTestId("run-created")).toHaveText("3");
  expect(await mirrored(ids)).toBe(0);
  await history(page).first().getByRole("link").click();
  await page.getByRole("button", { name: "Do it: sync all users" }).click();
  await expect(page).toHaveURL(RUNS);
  await expect(history(page).first()).not.toContainText("dry");
  await expect(state(page)).toHaveText("Done");
  expect(await mirrored(ids)).toBe(3);
});

test("a run's page outlives the tab that started it", async ({ page, context }) => {
  await openAsAdmin(page, RUNS);
  await disturbClerk({ path: "/v1/users", latencyMs: 1_500 });
  await startRun(page);
  await expect(state(page)).toHaveText("Running");
  const second = await context.newPage();
  await page.close();
  await second.goto(RUNS);
  await expect(state(second)).toHaveText("Running");
  await mendClerk();
  await expect(state(second)).toHaveText("Done");
});

test("a waiting run is shown behind a newer one and can be cancelled: no user is marked as deleted", async ({
  page,
}) => {
  const gone = await startRunThatWaits(page);
  await page.getByRole("button", { name: "Sync changes" }).click();
  await expect(page.getByTestId("run-kind")).toHaveText("Changes only");
  await expect(state(page)).toHaveText("Done");
  await page.reload();
  await expect(page.getByTestId("run-kind")).toHaveText("Changes only");
  const waiting = page.getByTestId("awaiting-confirmation");
  await expect(waiting).toContainText("100 users would be marked as deleted");
  await waiting.getByRole("button", { name: "Cancel run" }).click();
  await expect(waiting).toHaveCount(0);
  await expect(history(page).nth(1)).toContainText("Cancelled");
  await page.getByRole("button", { name: "Sync all users" }).click();
  await expect(state(page)).toHaveText("Awaiting confirmation");
  expect(await tombstones(gone)).toBe(0);
  await page.getByRole("button", { name: "Confirm deletions…" }).click();
  await page.getByRole("button", { name: "Mark as deleted" }).click(); // so that no user is missing in other tests
  await expect(state(page)).toHaveText("Done");
});
