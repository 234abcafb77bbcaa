/**
 * GRUB's environment block: a file of exactly 1024 bytes, which GRUB overwrites in place, block for block, without the help of a file system
 * (grub2 manual, "Environment block"). Variables one a line, a backslash before a backslash or a newline, the rest filled with `#`.
 */
const size = 1024;
const signature = '# GRUB Environment Block\n';

export function environmentBlock(variables: Readonly<Record<string, string>>): Buffer {
  const lines = Object.entries(variables).map(
    ([name, value]) => `${name}=${value.replace(/[\\\n]/g, '\\$&')}\n`,
  );
  const content = Buffer.from(signature + lines.join(''), 'utf8');
  if (content.length > size) throw new Error('too much for an environment block');
  return Buffer.concat([content, Buffer.alloc(size - content.length, '#')]);
}

/** Undefined where GRUB would not take it either. */
export function parseEnvironmentBlock(block: Buffer): Record<string, string> | undefined {
  const text = block.toString('utf8');
  if (block.length !== size || !text.startsWith(signature)) return undefined;
  const variables: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(/^([A-Za-z_]\w*)=((?:[^\\\n]|\\[\s\S])*)\n/gm))
    variables[name] = value.replace(/\\([\s\S])/g, '$1');
  return variables;
}
