import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import type { Files } from "./host.ts";
import type { Plan } from "./plan.ts";

/** What would be written, as a unified diff; empty if there is nothing to do. */
export function printDiff(files: Files, { edits }: Plan): string {
  return edits
    .flatMap((edit) => {
      if (edit.kind !== "create" && edit.kind !== "change") return [];
      const from = edit.kind === "create" ? "/dev/null" : `a/${edit.path}`;
      const options = { context: 3, headerOptions: FILE_HEADERS_ONLY };
      return createTwoFilesPatch(from, `b/${edit.path}`, files.get(edit.path) ?? "", edit.text, "", "", options);
    })
    .join("\n");
}

/** What a person has to do: by hand first, then by commands, in their order. */
export function printSteps({ edits, changes, packages, remarks }: Plan, isPrisma: boolean): string {
  const byHand = edits.flatMap((edit) =>
    edit.kind === "print" ? [`${edit.path}: ${edit.why}:\n\n${indent(edit.text)}`] : [],
  );
  const sections = [
    ...remarks.map((remark) => `Look at ${remark}`),
    ...(byHand.length > 0 ? [`Write these yourself.\n\n${byHand.join("\n\n")}`] : []),
    ...(changes.length > 0 ? [printChanges(changes, isPrisma)] : []),
    ...(packages.length > 0 ? [`Install ${packages.join(" ")}`] : []),
    `Then run, in this order:

  npx rollcall migrate          creates Rollcall's own tables, in the schema rollcall
  npx rollcall adopt --report   how your users and Clerk's fit together; writes nothing
  npx rollcall adopt --link verified-email   links rows to Clerk's users, if the report shows any
  npx rollcall sync             imports all users
  npx rollcall check            what is still missing: keys, the webhook, session claims`,
  ];
  return sections.join("\n\n");
}

function printChanges(changes: Plan["changes"], isPrisma: boolean): string {
  const lines = changes.map(({ why, sql }) => `  -- ${why}\n  ${sql}`).join("\n");
  const where = isPrisma
    ? "Change these columns, in your Prisma schema too: otherwise your next migration reverts them."
    : "Change these columns in one of your migrations.";
  return `${where}\n\n${lines}`;
}

const indent = (text: string): string => text.trimEnd().replace(/^(?=.)/gm, "  ");
