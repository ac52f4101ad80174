/** Answers the process that started this program. */
export function answer(message: object): void {
  process.send?.(message);
  process.disconnect?.();
}
