import fc from "fast-check";
import { expect, test } from "vitest";
import { openHost, snapshot } from "./host.ts";

const NOTATION = ['"', "\\", "{", "}", ",", "NULL", "null", " ", "\n", "\t", "'", "$1", "\u{1F600}", "é", ""];

test("every text survives the round trip, even if it looks like PostgreSQL's own notation", async () => {
  await using host = await openHost({ connections: 1 });
  const text = fc.oneof(
    fc.string({ unit: fc.constantFrom(...NOTATION), maxLength: 6 }),
    fc.string({ unit: "binary", maxLength: 20 }).map((random) => random.replaceAll("\u0000", "")),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 50 }), async (texts) => {
      await host.clear();
      const results = await host.apply(
        ...texts.map((name, n) => snapshot(`user_${n}`, { name, email: `${n}@example.com`, image: name })),
      );
      expect(results.map(({ outcome }) => outcome)).toEqual(texts.map(() => "created"));
      const users = await host.users();
      expect(new Map(users.map(({ id, name, image }) => [id, [name, image]]))).toEqual(
        new Map(texts.map((name, n) => [`user_${n}`, [name, name]])),
      );
    }),
    { numRuns: 40 },
  );
});
