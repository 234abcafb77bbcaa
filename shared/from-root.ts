/** Paths in a changeset are relative to the root of the system; people know them, and type them, with the slash in front. */
export function fromRoot(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}
