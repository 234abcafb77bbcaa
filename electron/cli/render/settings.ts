/** Every setting under the name by which it is changed, with its effect. */
import type { SystemSettings } from '../../../shared/settings.js';
import { heading, type Look } from '../text/look.js';
import { moment, size } from '../text/measure.js';
import { table } from '../text/table.js';

export function settingsLines(settings: SystemSettings, look: Look): string[] {
  const { automatic } = settings;
  return [
    heading(look, 'Settings of this system'),
    ...table(look, [
      ['keepRestorePoints', String(settings.keepRestorePoints), 'restore points that are kept at least'],
      [
        'restorePointBytes',
        size(settings.restorePointBytes),
        'that all of them may hold before the oldest go',
      ],
      ['batteryPercent', String(settings.batteryPercent), 'below which nothing is started on battery'],
      [
        'rehearsalBoot',
        settings.rehearsalBoot,
        'boot what is staged in a virtual machine: off, kernel (when the update changes what starts the system), always',
      ],
      [
        'keepModulesDays',
        String(settings.keepModulesDays),
        'days that modules of kernels which are gone are kept aside',
      ],
      [
        'installOnReboot',
        yes(settings.installOnReboot),
        'after a restart, load the live patches again that the same kernel had',
      ],
      [
        'upgradeOnReboot',
        yes(settings.upgradeOnReboot),
        'after a restart, load all live patches that are in the store for the kernel',
      ],
    ]),
    '',
    heading(look, 'Automatic staging'),
    ...table(look, [
      ['automatic.enabled', yes(automatic.enabled), 'rehearse updates without anyone asking'],
      ['automatic.scope', automatic.scope, 'which updates: all or security'],
      ['automatic.fromHour', String(automatic.fromHour), 'hour of the day from which on'],
      ['automatic.toHour', String(automatic.toHour), 'hour of the day until which; the same: all day'],
      ['automatic.onlyOnMains', yes(automatic.onlyOnMains), 'not on battery'],
      [
        'automatic.onlyUnmetered',
        yes(automatic.onlyUnmetered),
        'not where the network is paid for by volume',
      ],
      ['automatic.onlyWhenIdle', yes(automatic.onlyWhenIdle), 'not while the machine is busy'],
      [
        'automatic.pausedUntil',
        automatic.pausedUntil === null ? 'none' : moment(automatic.pausedUntil),
        'nothing before this moment',
      ],
    ]),
  ];
}

const yes = (value: boolean): string => (value ? 'yes' : 'no');
