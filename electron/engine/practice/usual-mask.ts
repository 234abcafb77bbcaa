/**
 * A practice system is made with the mask that installers use (umask(2)), whatever that of its maker: a helper of root keeps everything to
 * itself, and a system in which nobody else may read /etc/hosts is none. What is private says so where it is made.
 */
export async function withUsualMask<T>(body: () => Promise<T>): Promise<T> {
  const before = process.umask(0o022);
  try {
    return await body();
  } finally {
    process.umask(before);
  }
}
