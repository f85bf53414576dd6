/** One check of the repository: it returns what is wrong, each with file, name and fix. */
export interface Check {
  readonly name: string;
  run(root: string): Promise<readonly string[]>;
}
