/**
 * Quit or stay: what closing the window means. Invariant: an app without a window and without an icon in the panel does not go on
 * unseen, and what the helper does goes on in any case.
 */
import type { App } from 'electron';

export interface QuitOptions {
  readonly app: Pick<App, 'on' | 'quit'>;
  readonly staysInTray: () => boolean;
  readonly hasTray: () => Promise<boolean>;
  readonly isWindowOpen: () => boolean;
  /** Called once, before the process ends. */
  readonly onEnd: () => void;
}

export interface Quitting {
  /** To be called when the window was closed. */
  readonly onWindowClosed: () => void;
  readonly quit: () => void;
}

export function quitting({ app, staysInTray, hasTray, isWindowOpen, onEnd }: QuitOptions): Quitting {
  let isEnding = false;
  app.on('before-quit', () => {
    isEnding = true;
  });
  app.on('will-quit', () => onEnd());
  // Without a listener Electron quits with the last window; whether it does is decided below.
  app.on('window-all-closed', () => undefined);

  const quitUnlessSeen = async (): Promise<void> => {
    const stays = staysInTray() && (await hasTray());
    if (!stays && !isWindowOpen()) app.quit();
  };
  return {
    onWindowClosed: () => {
      if (!isEnding) void quitUnlessSeen();
    },
    quit: () => app.quit(),
  };
}
