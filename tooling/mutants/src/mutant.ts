/** One protection of the engine, taken away. */
export interface Mutant {
  /** What is gone, as a sentence. */
  name: string;
  /** Below packages/sync/src. */
  file: string;
  /** Stands exactly once in the file. */
  find: string;
  replace: string;
  /** The file below packages/sync/test that must notice. */
  test: string;
}
