/** A file that is made from a source and committed. */
export interface GeneratedFile {
  /** The path from the root of the repository. */
  readonly path: string;
  readonly content: string;
}
