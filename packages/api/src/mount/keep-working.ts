import type { BackgroundOptions, Rollcall } from "@rollcall/sync";

/** Works on the runs under way after the response was sent, to their end or until the signal. */
export const keepWorking = ({ runs }: Rollcall, options: BackgroundOptions): void => runs.workInBackground(options);
