/** A picture of a result, as SVG. */
export interface Plot {
  /** The file's name without its ending. */
  name: string;
  svg: string;
}
