/** An entry of ours in GRUB's custom.cfg, as GRUB reads it. */
export interface OurEntry {
  /** From the top of the file system. */
  readonly kernel: string;
  readonly initrd: string;
  /** The kernel's command line. */
  readonly words: readonly string[];
}

export function ourEntry(customCfg: string, id: 'trial' | 'previous'): OurEntry {
  const entry = customCfg.split('menuentry ').find((one) => one.includes(`--id understudy-${id} `)) ?? '';
  const line = /^ +(?:if )?linux (.*?)(?:; then)?$/m.exec(entry)?.[1] ?? '';
  const [kernel = '', ...words] = [...line.matchAll(/'([^']*)'/g)].map(([, word = '']) => word);
  return { kernel, initrd: /^ +(?:if )?initrd '([^']*)'/m.exec(entry)?.[1] ?? '', words };
}

/** The root that a start with these words takes: of a word that comes twice the last one counts. */
export function rootFlagsIn(words: readonly string[]): string {
  return words.findLast((word) => word.startsWith('rootflags='))?.slice('rootflags='.length) ?? '';
}
