/** Programs that use what the switch replaces, by the service that they belong to: each is named once. */
import type { ServiceUse } from '../../../shared/changeset.js';

export interface Using {
  /** The unit, or the program where it belongs to none. */
  readonly name: string;
  readonly isService: boolean;
  readonly processes: number;
}

export function usingOf(services: readonly ServiceUse[]): Using[] {
  const found = new Map<string, Using>();
  for (const { unit, process } of services) {
    const isService = unit !== null;
    const name = unit ?? process;
    const key = `${isService} ${name}`;
    const processes = (found.get(key)?.processes ?? 0) + 1;
    found.set(key, { name, isService, processes });
  }
  return [...found.values()].sort(
    (a, b) => Number(b.isService) - Number(a.isService) || a.name.localeCompare(b.name),
  );
}
