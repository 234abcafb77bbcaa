/** The icon in the panel, in every state of the app. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { iconPath, trayRoom, type TrayOptions } from '../../../electron/main/tray.js';
import { wordsIn, type Language } from '../../../electron/main/words.js';
import { trayIcons, type TrayIcon } from '../../../electron/services/tray/model.js';
import type { UpdateStateName } from '../../../shared/state.js';
import { themeDouble, trayDouble, type TrayDouble } from './electron-double.js';
import { stateOf, updateStates } from './state.js';

const icons = join(import.meta.dirname, '../../../build/icons/tray');
let trays: TrayDouble[];
let chosen: string[];
let language: Language;
let theme: ReturnType<typeof themeDouble>;
beforeEach(() => {
  trays = [];
  chosen = [];
  language = 'en';
  theme = themeDouble(false);
});

function room(desktop = 'KDE') {
  const note = (name: string) => () => void chosen.push(name);
  const options: TrayOptions = {
    icons,
    desktop,
    words: () => wordsIn(language),
    choices: {
      open: note('open'),
      update: note('update'),
      rollBack: note('rollBack'),
      pause: note('pause'),
      resume: note('resume'),
      quit: note('quit'),
    },
  };
  return trayRoom(
    {
      makeTray: (icon) => {
        trays.push(trayDouble(icon));
        return trays.at(-1)!.item;
      },
      buildMenu: (template) => template,
      theme: theme.theme,
    },
    options,
  );
}

const expected: Readonly<Record<UpdateStateName, readonly [TrayIcon, string]>> = {
  unknown: ['fine', 'Looking at this system'],
  preparing: ['working', 'Making the practice system'],
  idle: ['fine', 'Up to date'],
  planning: ['working', 'Looking for updates'],
  planned: ['waiting', '3 updates are waiting'],
  blocked: ['attention', 'Something stands in the way'],
  staging: ['working', 'Rehearsing updates. You can keep working'],
  staged: ['ready', 'Ready to switch'],
  'needs-decision': ['attention', '2 decisions are needed'],
  switching: ['working', 'Switching'],
  done: ['fine', 'Updated'],
  'rolling-back': ['working', 'Rolling back'],
  'rolled-back': ['fine', 'Rolled back'],
  failed: ['attention', 'Something went wrong. Nothing was changed'],
  interrupted: ['attention', 'An interrupted update waits to be settled'],
  recovering: ['working', 'Settling an interrupted update'],
  recovered: ['attention', 'Recovered from an interruption'],
  damaged: ['attention', 'The records of Understudy are damaged'],
};

test.each(Object.entries(expected))('%s shows as %j', (name, [icon, line]) => {
  room().show(stateOf(updateStates[name as UpdateStateName]));
  const [tray] = trays;
  expect(tray!.image).toBe(`${icons}/light-panel/${icon}.png`);
  expect(tray!.toolTip).toBe(line);
  expect(tray!.menu?.[0]).toMatchObject({ label: line, enabled: false });
});

test('one update is one', () => {
  room().show(stateOf({ state: 'idle', pending: 1, security: 0 }));
  expect(trays[0]!.toolTip).toBe('1 update is waiting');
});

test('an app without a helper says so', () => {
  room().show(stateOf(updateStates.unknown, { connection: { state: 'absent', problem: null } }));
  expect([trays[0]!.toolTip, trays[0]!.image]).toEqual([
    'The helper is not running',
    `${icons}/light-panel/attention.png`,
  ]);
});

test('a practice system is told on the line', () => {
  room().show(stateOf(updateStates.idle, { practice: true }));
  expect(trays[0]!.toolTip).toBe('Practice: Up to date');
});

test('there is one icon, however often the state changes', () => {
  const tray = room();
  for (const update of Object.values(updateStates)) tray.show(stateOf(update));
  expect(trays).toHaveLength(1);
});

test('an open menu is not closed by a state that changes nothing in it', () => {
  const tray = room();
  for (let index = 0; index < 10; index += 1) tray.show(stateOf(updateStates.staging));
  expect(trays[0]!.menusSet).toBe(1);
});

describe('the menu', () => {
  const labels = (tray: TrayDouble): (string | undefined)[] =>
    (tray.menu ?? []).filter(({ type }) => type !== 'separator').map(({ label }) => label);

  test('has what it should, in its order', () => {
    room().show(stateOf(updateStates.idle));
    expect(labels(trays[0]!)).toEqual([
      'Up to date',
      'Update…',
      'Roll back last update…',
      'Pause for a day',
      'Open Understudy',
      'Quit',
    ]);
  });

  test('leads where it says', () => {
    const restorePoint = { id: 'point-1', created: '2026-01-01T00:00:00Z', title: 'before' };
    const status = { restorePoint } as NonNullable<ReturnType<typeof stateOf>['status']>;
    room().show(stateOf(updateStates.idle, { status }));
    for (const label of ['Update…', 'Roll back last update…', 'Pause for a day', 'Open Understudy', 'Quit'])
      trays[0]!.choose(label);
    expect(chosen).toEqual(['update', 'rollBack', 'pause', 'open', 'quit']);
  });

  test('offers to resume while it is paused', () => {
    room().show(stateOf(updateStates.idle, { schedule: { reason: 'paused', next: null } }));
    trays[0]!.choose('Resume');
    expect(chosen).toEqual(['resume']);
  });

  test('offers no rollback without a restore point, and nothing that would be in the way of work', () => {
    room().show(stateOf(updateStates.staging));
    expect(() => trays[0]!.choose('Roll back last update…')).toThrow('cannot be chosen');
    expect(() => trays[0]!.choose('Update…')).toThrow('cannot be chosen');
    trays[0]!.choose('Open Understudy');
    trays[0]!.choose('Quit');
    expect(chosen).toEqual(['open', 'quit']);
  });

  test('speaks the language that was chosen, also when it changes', () => {
    const tray = room();
    tray.show(stateOf(updateStates.idle));
    language = 'de';
    tray.show(stateOf(updateStates.idle));
    expect(labels(trays[0]!)).toContain('Beenden');
    expect(trays[0]!.toolTip).toBe('Auf dem neuesten Stand');
  });
});

test('a click on the icon opens the window', () => {
  room().show(stateOf(updateStates.idle));
  trays[0]!.events.emit('click');
  expect(chosen).toEqual(['open']);
});

describe('the panel', () => {
  test('changes with the theme', () => {
    room().show(stateOf(updateStates.idle));
    theme.theme.shouldUseDarkColors = true;
    theme.events.emit('updated');
    expect(trays[0]!.image).toBe(`${icons}/dark-panel/fine.png`);
  });

  test('of GNOME is dark in any theme', () => {
    room('ubuntu:GNOME').show(stateOf(updateStates.idle));
    expect(trays[0]!.image).toBe(`${icons}/dark-panel/fine.png`);
  });

  test('has an icon for every state, on light and on dark', () => {
    for (const icon of trayIcons) {
      for (const dark of [true, false]) {
        const path = iconPath({ icons, desktop: '' }, dark, icon);
        expect([path, existsSync(path), existsSync(path.replace('.png', '@2x.png'))]).toEqual([
          path,
          true,
          true,
        ]);
      }
    }
  });
});

test('at the end the icon goes, and the theme is left alone', () => {
  const tray = room();
  tray.show(stateOf(updateStates.idle));
  tray.close();
  expect([trays[0]!.destroyed, theme.events.count('updated')]).toEqual([true, 0]);
});
