import { once } from "node:events";

/** What the process that started this program asks for. */
export async function asked(): Promise<unknown> {
  const [options]: unknown[] = await once(process, "message");
  return options;
}

export function answer(message: object): void {
  process.send?.(message);
  process.disconnect();
}
