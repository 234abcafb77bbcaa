/**
 * The snapshots of timeshift in its btrfs mode: `timeshift-btrfs/snapshots/<date>/` in the top level, with the root's subvolume under its
 * own name (`@`) and an `info.json`, whose members timeshift writes as text. Read only.
 */
import { z } from 'zod';
import type { ForeignEnvironment } from '../../../../shared/environments.js';
import { display, join, type RawPath } from '../../posix/raw-path.js';
import { namesIn } from '../plain-view.js';
import { textOf } from './snapper.js';
import { subvolumeAt } from './subvolumes.js';

const snapshots = 'timeshift-btrfs/snapshots' as RawPath;

const recordSchema = z.object({
  /** Seconds since 1970. */
  created: z.string().optional(),
  comments: z.string().optional(),
});

/** `root`: what the root's subvolume is called; `skip`: ids of subvolumes that are environments of ours. */
export function timeshiftEnvironments(
  top: RawPath,
  root: RawPath,
  skip: ReadonlySet<string>,
): ForeignEnvironment[] {
  return (namesIn(join(top, snapshots)) ?? [])
    .filter((name) => /^\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d$/.test(name))
    .flatMap((name) => {
      const folder = join(snapshots, name);
      const place = [root, '@']
        .map((each) => join(folder, each))
        .find((each) => subvolumeAt(join(top, each)));
      const tree = place === undefined ? undefined : subvolumeAt(join(top, place));
      if (place === undefined || !tree || skip.has(String(tree.id))) return [];
      const { created, comments } = recordIn(textOf(join(join(top, folder), 'info.json')) ?? '');
      const moment = new Date(/^\d{1,12}$/.test(created ?? '') ? Number(created) * 1000 : Number.NaN);
      return {
        id: `timeshift-${name.replace('_', '-')}`,
        tool: 'timeshift' as const,
        name,
        created: Number.isNaN(moment.getTime()) ? null : moment.toISOString(),
        title: comments ?? '',
        place: display(place),
      };
    });
}

function recordIn(text: string): z.infer<typeof recordSchema> {
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch {
    return {};
  }
}
