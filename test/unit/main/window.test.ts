/** The one window: where it opens, that it is one, and what becomes of its page. */
import type { Rectangle } from 'electron';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  firstState,
  placeFor,
  windowStateSchema,
  type WindowState,
} from '../../../electron/main/window-place.js';
import { isFirst, windows } from '../../../electron/main/window.js';
import type { App } from 'electron';
import { display, windowDouble, type WindowDouble } from './electron-double.js';
import { eventsOf, preventable } from './events.js';

const screen: Rectangle = { x: 0, y: 0, width: 1920, height: 1080 };
const right: Rectangle = { x: 1920, y: 200, width: 1280, height: 800 };
const remembered = (bounds: Rectangle, maximised = false): WindowState => ({ version: 1, bounds, maximised });
const at = (x: number, y: number, width = 1000, height = 700): Rectangle => ({ x, y, width, height });

describe('the place', () => {
  const place = (state: WindowState, ...areas: Rectangle[]) =>
    placeFor(
      state,
      areas.map((workArea) => ({ workArea })),
    );

  test('is the desktop’s choice at first', () => {
    expect(place(firstState, screen)).toEqual({ width: 1040, height: 760 });
  });

  test.each([
    ['on the display where it was', at(100, 100), [screen], at(100, 100)],
    ['on a second display', at(2000, 300), [screen, right], at(2000, 300)],
    ['half outside on the left', at(-800, 100), [screen], at(-800, 100)],
    ['half outside on the right and below', at(1800, 1000), [screen], at(1800, 1000)],
  ])('is remembered %s', (_what, bounds, areas, expected) => {
    expect(place(remembered(bounds), ...areas)).toEqual(expected);
  });

  test.each([
    ['on a display that is gone', at(2000, 300), [screen]],
    ['beyond the right edge', at(1900, 100), [screen]],
    ['above, where its title bar cannot be grabbed', at(100, -20), [screen]],
    ['below', at(100, 1070), [screen]],
    ['far away', at(-100_000, 100_000), [screen]],
  ])('is not remembered %s, only the size is', (_what, bounds, areas) => {
    expect(place(remembered(bounds), ...areas)).toEqual({ width: 1000, height: 700 });
  });

  test('is no larger than its display and no smaller than it can be used', () => {
    expect(place(remembered(at(2000, 300, 5000, 5000)), screen, right)).toMatchObject({
      width: 1280,
      height: 800,
    });
    expect(place(remembered(at(0, 0, 1, 1)), screen)).toMatchObject({ width: 480, height: 480 });
  });

  test('without any display is still a place', () => {
    expect(place(remembered(at(5, 5)))).toEqual({ width: 1040, height: 760 });
  });

  test('in a file that makes no sense is not believed', () => {
    for (const bounds of [{ x: 0.5, y: 0, width: 1, height: 1 }, { x: 0, y: 0, width: 0, height: 1 }, {}])
      expect(windowStateSchema.safeParse({ version: 1, bounds, maximised: false }).success).toBe(false);
  });
});

describe('the window', () => {
  let made: WindowDouble[];
  let memory: WindowState;
  let closed: number;
  let attached: unknown[];
  beforeEach(() => {
    [made, memory, closed, attached] = [[], firstState, 0, []];
  });

  const room = (loading: Promise<void> = Promise.resolve()) =>
    windows({
      make: (options) => {
        made.push(windowDouble(options));
        made.at(-1)!.loading = loading;
        return made.at(-1)!.window;
      },
      screen: {
        getAllDisplays: () => [display(2, right), display(1, screen)],
        getPrimaryDisplay: () => display(1, screen),
      },
      webPreferences: { sandbox: true },
      address: 'understudy://app/',
      icon: '/icon.png',
      title: 'Understudy',
      memory: { value: () => memory, write: (state) => void (memory = state) },
      onMade: (window) => attached.push(window),
      onClosed: () => void (closed += 1),
    });

  test('is made with what was asked for, and shown once there is something to see', () => {
    room().open();
    expect(made[0]!.options).toMatchObject({
      minWidth: 480,
      show: false,
      title: 'Understudy',
      webPreferences: { sandbox: true },
    });
    // The title bar is the desktop's own.
    expect(made[0]!.options).not.toHaveProperty('frame');
    expect(made[0]!.options).not.toHaveProperty('titleBarStyle');
    expect(made[0]!.did).toEqual(['load understudy://app/']);
    made[0]!.events.emit('ready-to-show');
    expect(made[0]!.did).toEqual(['load understudy://app/', 'show']);
    expect(attached).toEqual([made[0]!.window]);
  });

  test('is one, however often it is opened; a second time brings it to the front', () => {
    const window = room();
    window.open();
    made[0]!.minimised = true;
    window.open();
    window.open();
    expect(made).toHaveLength(1);
    expect(made[0]!.did.slice(1, 4)).toEqual(['restore', 'show', 'focus']);
  });

  test('that was closed opens anew where it was', () => {
    const window = room();
    window.open();
    made[0]!.bounds = at(2000, 300);
    made[0]!.maximised = true;
    expect(window.isOpen()).toBe(true);
    window.close();
    expect([window.isOpen(), closed]).toEqual([false, 1]);
    expect(memory).toEqual(remembered(at(2000, 300), true));
    window.open();
    expect(made[1]!.options).toMatchObject(at(2000, 300));
    expect(made[1]!.did[0]).toBe('maximize');
  });

  test('keeps its title, whatever the page calls itself', () => {
    room().open();
    const event = preventable({});
    made[0]!.events.emit('page-title-updated', event);
    expect(event.prevented).toBe(true);
  });

  test('loads a page anew whose process died, but not for ever', () => {
    room().open();
    const { events } = made[0]!.contents;
    events.emit('render-process-gone', {}, { reason: 'clean-exit' });
    expect(made[0]!.contents.reloads).toBe(0);
    for (let index = 0; index < 10; index += 1) events.emit('render-process-gone', {}, { reason: 'crashed' });
    expect(made[0]!.contents.reloads).toBe(3);
  });

  test('goes when its page cannot be loaded', async () => {
    room(Promise.reject(new Error('ERR_FILE_NOT_FOUND'))).open();
    await new Promise((resolve) => setImmediate(resolve));
    expect([made[0]!.did.at(-1), closed]).toEqual(['destroy', 1]);
  });
});

describe('a second start', () => {
  test('shows the window of the first one, and ends', () => {
    const events = eventsOf<App['on']>();
    let opened = 0;
    const app = (lock: boolean) => ({ on: events.on, requestSingleInstanceLock: () => lock });
    expect(isFirst(app(true), () => void (opened += 1))).toBe(true);
    events.emit('second-instance', {}, [], '/');
    expect(opened).toBe(1);
    expect(isFirst(app(false), () => undefined)).toBe(false);
  });
});
