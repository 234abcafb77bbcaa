/**
 * Notifications of the desktop: the rules say which, this shows them, with a button where the desktop's server has any. Invariant:
 * none without the user's wish, none about what the user is just looking at, and a click leads where it can be dealt with.
 */
import type { Notification, NotificationConstructorOptions } from 'electron';
import type { AppEvent, AppState } from '../../shared/app.js';
import { notificationFor, type NotificationKind, type Told } from '../services/notifications/rules.js';
import type { ShellWords } from './words.js';

export type ShownNotification = Pick<Notification, 'close' | 'on' | 'show'>;
export type Page = Extract<AppEvent, { kind: 'show' }>['page'];

export interface NotifierOptions {
  readonly make: (options: NotificationConstructorOptions) => ShownNotification;
  readonly icon: string;
  readonly words: () => ShellWords;
  readonly isWanted: () => boolean;
  /** The window is in front. */
  readonly isLookedAt: () => boolean;
  readonly hasActions: () => Promise<boolean>;
  /** What was told, kept over restarts. */
  readonly memory: { value(): Told; write(told: Told): void };
  readonly onChosen: (page: Page) => void;
  readonly now?: () => Date;
}

/** Where a click leads, and where the button leads. */
const leads: Readonly<Record<NotificationKind, { readonly click: Page; readonly action: Page }>> = {
  ready: { click: 'wizard', action: 'wizard' },
  missed: { click: 'wizard', action: 'wizard' },
  'needs-decision': { click: 'wizard', action: 'wizard' },
  done: { click: 'home', action: 'rollback' },
  'rolled-back': { click: 'home', action: 'history' },
  recovered: { click: 'home', action: 'history' },
};

export interface Notifier {
  /** To be called with every state of the app. */
  take(state: AppState): void;
  close(): void;
}

export function notifier(options: NotifierOptions): Notifier {
  const { memory, now = () => new Date() } = options;
  let before: AppState | null = null;
  /** One at a time, and held: Electron forgets the clicks of what is collected as garbage. */
  let shown: ShownNotification | null = null;

  const show = async (kind: NotificationKind): Promise<void> => {
    const { title, body, action } = options.words().notification[kind];
    const actions = (await options.hasActions()) ? [{ type: 'button' as const, text: action }] : [];
    shown?.close();
    const notification = options.make({ title, body, icon: options.icon, actions });
    notification.on('click', () => options.onChosen(leads[kind].click));
    notification.on('action', () => options.onChosen(leads[kind].action));
    notification.on('close', () => {
      if (shown === notification) shown = null;
    });
    shown = notification;
    notification.show();
  };

  return {
    take: (state) => {
      const told = memory.value();
      const result = notificationFor(before, state, told, now());
      before = state;
      if (result.told !== told) memory.write(result.told);
      if (result.notification && options.isWanted() && !options.isLookedAt()) void show(result.notification);
    },
    close: () => {
      shown?.close();
      shown = null;
    },
  };
}
