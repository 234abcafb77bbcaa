/**
 * A scene: what the app's services would say at one moment, and where the app is then. Scenes show what is hard to reach on a real
 * system, for pictures, for tests of accessibility, and for looking at while one works on a page.
 */
import type { AppEvent, AppHandlers, AppState } from '../../shared/app.js';
import type { UpdateState } from '../../shared/state.js';
import type { Status } from '../../shared/status.js';
import type { Records } from './records.js';
import { appState, status } from './records.js';

export interface Scene {
  /** Kebab-case; the file name of its picture. */
  readonly name: string;
  /** The fragment, such as `#/history`. */
  readonly address: string;
  readonly state: AppState;
  /** What queries answer; the usual records where it says nothing. Made only when it is played where they are many: every page knows all scenes. */
  readonly records?: Partial<Records> | (() => Partial<Records>);
  /** Operations that answer otherwise than usual. */
  readonly handlers?: Partial<AppHandlers>;
  /** What comes in after the app has begun. */
  readonly events?: readonly AppEvent[];
  readonly language?: 'en' | 'de';
  /** Buttons (by their name in the scene's language) that are pressed before the picture is taken. */
  readonly press?: readonly string[];
}

/** The app in this state of an update, with what the helper says beside it. */
export function during(
  update: UpdateState,
  beside: { readonly status?: Partial<Status>; readonly app?: Partial<AppState> } = {},
): AppState {
  return { ...appState, update, status: { ...status, ...beside.status }, ...beside.app };
}
