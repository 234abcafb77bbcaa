/** Numbers and plans in words, for who sees them for the first time. */
import type { Plan } from '../../../shared/plan.js';

export function megabytes(size: number): string {
  return `${(size / 1e6).toFixed(1)} MB`;
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${new Intl.NumberFormat('en').format(number)} ${number === 1 ? one : many}`;
}

export function planSentence({ changes, downloadBytes, activation }: Plan): string {
  const security = changes.filter((change) => change.security).length;
  return `${count(changes.length, 'update')}, ${security} for security, ${megabytes(downloadBytes)} to fetch. ${activation.reason}`;
}
