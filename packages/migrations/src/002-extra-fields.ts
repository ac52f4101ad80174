/** The further fields of Clerk's that the application names columns for, by their names; null if it names none. */
export const extraFields = `alter table rollcall."ClerkUser" add column if not exists extra jsonb;
`;
