/** Follows the app and has notifications shown by the rules, for as long as the user wants them; remembers what was told over restarts. */
import type { AppState } from '../../../shared/app.js';
import type { App } from '../app.js';
import type { Stores } from '../store/stores.js';
import { notificationFor, type NotificationKind } from './rules.js';

export interface NotifierOptions {
  readonly app: Pick<App, 'listen'>;
  readonly stores: Pick<Stores, 'memory' | 'preferences'>;
  readonly show: (kind: NotificationKind, state: AppState) => void;
  readonly now?: () => Date;
}

/** Answers how to stop. */
export function notify({ app, stores, show, now = () => new Date() }: NotifierOptions): () => void {
  let before: AppState | null = null;
  return app.listen((event) => {
    if (event.kind !== 'state') return;
    const { memory, preferences } = stores;
    const { notification, told } = notificationFor(before, event.state, memory.value().told, now());
    before = event.state;
    if (!notification || !preferences.value().notifications) return;
    memory.write({ ...memory.value(), told: { ...told } });
    show(notification, event.state);
  });
}
