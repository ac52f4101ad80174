import {
  type AdoptionClass,
  type AdoptionPerson,
  adoptionClasses,
  type Linked,
  type Pruned,
  type Rollcall,
} from "@rollcall/sync";
import { type CommandContext, say } from "./context.ts";
import { exitCodes } from "./exit-code.ts";

const MEANINGS: Record<AdoptionClass, string> = {
  same_id: "rows with a Clerk user's id",
  external_id: "users whose external_id at Clerk is a row's id: npx rollcall adopt --link external-id",
  verified_email: "users with the verified email of a row without Clerk's id: npx rollcall adopt --link verified-email",
  ambiguous: "users with a row that may be theirs: a person must decide. --csv lists them with the reason",
  only_at_clerk: "users without a row: npx rollcall sync creates one for each",
  only_here: "rows that match no user at Clerk: they stay as they are",
};

/** Prints how rows and users fit together: the counts, or every user as CSV with the counts on stderr. */
export async function printReport(
  { adoptionReport }: Rollcall,
  csv: boolean,
  context: CommandContext,
): Promise<number> {
  if (csv) process.stdout.write(`${COLUMNS.join(",")}\n`);
  const printPage = (people: AdoptionPerson[]): void => {
    process.stdout.write(people.map(toCsv).join(""));
  };
  const counts = await adoptionReport(csv ? printPage : undefined);
  const lines = adoptionClasses.map((name) => `${String(counts[name]).padStart(8)}  ${MEANINGS[name]}`);
  return say(context, csv ? process.stderr : process.stdout, lines.join("\n"), exitCodes.done);
}

const COLUMNS = ["class", "clerkId", "rowIds", "email", "reason"];

const toCsv = ({ class: kind, clerkId, rowIds, email, reason }: AdoptionPerson): string =>
  `${[kind, clerkId, rowIds.join(" "), email, reason].map(cell).join(",")}\n`;

/** Quoted as in RFC 4180. A spreadsheet would take a cell that begins with one of these signs for a formula. */
function cell(value: string | null): string {
  const text = value === null ? "" : /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** What linking did, in words. */
export const linkForPeople = ({ linked, left }: Linked): string =>
  [
    `Done. ${linked} rows now have Clerk's id.`,
    ...(left > 0 ? [`  ${left} users have a row that was skipped. To see why: npx rollcall adopt --report --csv`] : []),
    "  To copy what Clerk says about them: npx rollcall sync",
  ].join("\n");

/** The result of pruning, in words. */
export const pruneForPeople = ({ asked, known, denied, tombstoned, unclear }: Pruned): string =>
  [
    `Done. ${asked} rows with a Clerk id were never synced.`,
    `  ${known} of their users are at Clerk, and are synced now.`,
    ...(unclear > 0 ? [`  ${unclear} were skipped: Clerk's answer or the user's data could not be used.`] : []),
    ...(denied > 0 ? [denied > tombstoned ? waiting(denied) : `  ${tombstoned} are marked as deleted.`] : []),
  ].join("\n");

const waiting = (denied: number): string =>
  `  ${denied} are unknown to Clerk. To mark them as deleted: npx rollcall adopt --prune --confirm-deletions`;
