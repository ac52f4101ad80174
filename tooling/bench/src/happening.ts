import { median, type Spread, spreadOf } from "./spread.ts";

/** The users of a call: new, already stored as described, or with another name. */
export const happenings = ["insert", "unchanged", "renamed"] as const;
export type Happening = (typeof happenings)[number];
export type PerHappening<T> = Record<Happening, T>;

export const titles: PerHappening<string> = { insert: "first insert", unchanged: "unchanged", renamed: "renamed" };

export const each = <T>(value: (happening: Happening) => T): PerHappening<T> => ({
  insert: value("insert"),
  unchanged: value("unchanged"),
  renamed: value("renamed"),
});

/** In the order in which they happen to users. */
export const eachInTurn = async <T>(value: (happening: Happening) => Promise<T>): Promise<PerHappening<T>> => ({
  insert: await value("insert"),
  unchanged: await value("unchanged"),
  renamed: await value("renamed"),
});

type Value<Round> = (round: Round, happening: Happening) => number;

export const medians = <Round>(rounds: readonly Round[], value: Value<Round>): PerHappening<number> =>
  each((happening) => median(rounds.map((round) => value(round, happening))));

export const spreads = <Round>(rounds: readonly Round[], value: Value<Round>): PerHappening<Spread> =>
  each((happening) => spreadOf(rounds.map((round) => value(round, happening))));
