import { expect, test } from "vitest";
import { batched } from "../../src/database/batched.ts";

/** Work that ends when the test says so. */
function heldWork() {
  const begun: { items: readonly number[]; end: () => void; fail: (error: Error) => void }[] = [];
  const work = (items: readonly number[]) =>
    new Promise<string[]>((resolve, reject) => {
      begun.push({ items, end: () => resolve(items.map((item) => `done ${item}`)), fail: reject });
    });
  return { work, begun, batches: () => begun.map(({ items }) => items) };
}
/** Lets everything run that waits for nothing but promises. */
const settle = () => new Promise(setImmediate);

test("while few items arrive, each goes alone, without waiting", async () => {
  const { work, begun, batches } = heldWork();
  const add = batched(work, { atOnce: 2, most: 10 });
  const results = [add(1), add(2)];
  expect(batches()).toEqual([[1], [2]]);
  for (const { end } of begun) end();
  expect(await Promise.all(results)).toEqual(["done 1", "done 2"]);
});

test("items that arrive while all are busy go together, up to the largest batch, and each gets its own result", async () => {
  const { work, begun, batches } = heldWork();
  const add = batched(work, { atOnce: 1, most: 3 });
  const results = [1, 2, 3, 4, 5].map(add);
  for (const at of [0, 1, 2]) {
    begun[at]?.end();
    await settle();
  }
  expect(batches()).toEqual([[1], [2, 3, 4], [5]]);
  expect(await Promise.all(results)).toEqual(["done 1", "done 2", "done 3", "done 4", "done 5"]);
});

test("a batch that fails fails its own items, and the next one continues", async () => {
  const { work, begun } = heldWork();
  const add = batched(work, { atOnce: 1, most: 10 });
  const [first, ...others] = [1, 2, 3].map(add);
  begun[0]?.fail(new Error("no connection"));
  await expect(first).rejects.toThrow("no connection");
  await settle();
  begun[1]?.end();
  expect(await Promise.all(others)).toEqual(["done 2", "done 3"]);
});

test("a result for each item is required", async () => {
  await expect(batched(async () => [], { atOnce: 1, most: 1 })(1)).rejects.toThrow("1 items had 0 results");
});
