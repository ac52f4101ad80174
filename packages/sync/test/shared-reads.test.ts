import { describe, expect, test } from "vitest";
import { createSharedReads } from "../src/shared-reads.ts";

/** A read that ends when the test says so. */
function pendingRead() {
  const started: number[] = [];
  const ends: (() => void)[] = [];
  return {
    started,
    endAll() {
      for (const end of ends.splice(0)) end();
    },
    read: (n: number) =>
      new Promise<string>((resolve) => {
        started.push(n);
        ends.push(() => resolve(`answer ${n}`));
      }),
  };
}

describe("shared reads", () => {
  test("answer equal reads that are pending together once, and later ones again", async () => {
    const { read, started, endAll } = pendingRead();
    const shared = createSharedReads().share(read);
    const answers = [shared(1), shared(1), shared(2)];
    await expect.poll(() => started).toEqual([1, 2]);
    endAll();
    expect(await Promise.all(answers)).toEqual(["answer 1", "answer 1", "answer 2"]);
    const later = shared(1);
    await expect.poll(() => started).toEqual([1, 2, 1]);
    endAll();
    await later;
  });

  test("start again after a write, while the read from before is pending", async () => {
    const { read, started, endAll } = pendingRead();
    const reads = createSharedReads();
    const shared = reads.share(read);
    const before = shared(1);
    await expect.poll(() => started).toEqual([1]);
    reads.forget();
    const after = shared(1);
    await expect.poll(() => started).toEqual([1, 1]);
    endAll();
    await Promise.all([before, after]);
  });

  test("run four at a time, of all kinds together", async () => {
    const [one, other] = [pendingRead(), pendingRead()];
    const { share } = createSharedReads();
    const [sharedOne, sharedOther] = [share(one.read), share(other.read)];
    const answers = [1, 2, 3].flatMap((n) => [sharedOne(n), sharedOther(n)]);
    await expect.poll(() => one.started.length + other.started.length).toBe(4);
    one.endAll();
    other.endAll();
    await expect.poll(() => one.started.length + other.started.length).toBe(6);
    one.endAll();
    other.endAll();
    expect(await Promise.all(answers)).toHaveLength(6);
  });

  test("are refused when too many wait", async () => {
    const { read, endAll, started } = pendingRead();
    const shared = createSharedReads().share(read);
    const answers = Array.from({ length: 504 }, (_, n) => shared(n));
    await expect(shared(1_000)).rejects.toMatchObject({ code: "DATABASE_UNAVAILABLE" });
    for (let ended = 0; ended < answers.length; ended += 4) {
      await expect.poll(() => started.length, { interval: 1 }).toBeGreaterThanOrEqual(Math.min(ended + 4, 504));
      endAll();
    }
    await Promise.all(answers);
  });

  test("that fail are not kept", async () => {
    let calls = 0;
    const shared = createSharedReads().share(async () => {
      calls++;
      if (calls === 1) throw new RangeError("the first fails");
      return calls;
    });
    await expect(shared()).rejects.toThrow(RangeError);
    expect(await shared()).toBe(2);
  });
});
