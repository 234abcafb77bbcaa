/**
 * The icon in the panel: it draws what the model says, in five states, and passes on what is chosen. Invariant: it is never the only way in,
 * and whatever it offers leads to the same requests as the window.
 */
import type { MenuItemConstructorOptions, NativeTheme, Tray } from 'electron';
import type { AppState } from '../../shared/app.js';
import { trayModel, type TrayIcon, type TrayModel } from '../services/tray/model.js';
import type { ShellWords } from './words.js';

/** Menu is opaque: a double need not build one. */
export interface TrayElectron<Menu> {
  readonly makeTray: (icon: string) => TrayItem<Menu>;
  readonly buildMenu: (template: MenuItemConstructorOptions[]) => Menu;
  readonly theme: Pick<NativeTheme, 'on' | 'off' | 'shouldUseDarkColors'>;
}
export type TrayItem<Menu> = Pick<Tray, 'destroy' | 'on' | 'setImage' | 'setToolTip'> & {
  setContextMenu(menu: Menu | null): void;
};

export interface TrayChoices {
  readonly open: () => void;
  readonly update: () => void;
  readonly rollBack: () => void;
  readonly pause: () => void;
  readonly resume: () => void;
  readonly quit: () => void;
}

export interface TrayOptions {
  /** Folder of the icons. */
  readonly icons: string;
  /** Names of the desktop, as in `XDG_CURRENT_DESKTOP`. */
  readonly desktop: string;
  readonly words: () => ShellWords;
  readonly choices: TrayChoices;
}

export interface TrayRoom {
  show(state: AppState): void;
  close(): void;
}

export function trayRoom<Menu>(electron: TrayElectron<Menu>, options: TrayOptions): TrayRoom {
  let tray: TrayItem<Menu> | null = null;
  let shown = '';
  let newest: TrayModel | null = null;

  const draw = (): void => {
    if (!newest) return;
    const words = options.words();
    const icon = iconPath(options, electron.theme.shouldUseDarkColors, newest.icon);
    const text = JSON.stringify([newest, icon, words.menu.open]);
    // A menu that is open closes when it is set anew.
    if (text === shown) return;
    shown = text;
    if (tray) tray.setImage(icon);
    else {
      tray = electron.makeTray(icon);
      tray.on('click', options.choices.open);
    }
    tray.setToolTip(statusLine(newest, words));
    tray.setContextMenu(electron.buildMenu(trayMenu(newest, words, options.choices)));
  };
  electron.theme.on('updated', draw);
  return {
    show: (state) => {
      newest = trayModel(state);
      draw();
    },
    close: () => {
      electron.theme.off('updated', draw);
      tray?.destroy();
      tray = null;
    },
  };
}

/** The line of status first; it can be read, not chosen. */
export function trayMenu(
  model: TrayModel,
  words: ShellWords,
  choices: TrayChoices,
): MenuItemConstructorOptions[] {
  const { menu } = model;
  const item = (label: string, enabled: boolean, click: () => void): MenuItemConstructorOptions => ({
    label,
    enabled,
    click: () => click(),
  });
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  return [
    { label: statusLine(model, words), enabled: false },
    separator,
    item(words.menu.update, menu.update, choices.update),
    item(words.menu.rollBack, menu.rollBack, choices.rollBack),
    menu.resume
      ? item(words.menu.resume, true, choices.resume)
      : item(words.menu.pause, menu.pause, choices.pause),
    separator,
    item(words.menu.open, menu.open, choices.open),
    item(words.menu.quit, menu.quit, choices.quit),
  ];
}

export function statusLine({ line, count, practice }: TrayModel, words: ShellWords): string {
  const status = words.line(line, count);
  return practice ? `${words.practice}: ${status}` : status;
}

/** GNOME's panel is dark in either theme; elsewhere it goes with the theme. */
export function iconPath(
  { icons, desktop }: Pick<TrayOptions, 'icons' | 'desktop'>,
  isDark: boolean,
  icon: TrayIcon,
): string {
  const isGnome = desktop.split(':').includes('GNOME');
  return `${icons}/${isGnome || isDark ? 'dark-panel' : 'light-panel'}/${icon}.png`;
}
