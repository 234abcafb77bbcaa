/** The menu of the window, which shows when Alt is pressed: it gives the keys for zooming, and nothing that the page has itself. */
import type { MenuItemConstructorOptions } from 'electron';
import type { ShellWords } from './words.js';

export function windowMenu({ menu }: ShellWords, quit: () => void): MenuItemConstructorOptions[] {
  return [
    {
      label: 'Understudy',
      submenu: [
        { label: menu.close, role: 'close' },
        { label: menu.quit, accelerator: 'Ctrl+Q', click: () => quit() },
      ],
    },
    {
      label: menu.view,
      submenu: [
        { label: menu.zoomIn, role: 'zoomIn' },
        // The same without Shift, as browsers have it.
        { label: menu.zoomIn, role: 'zoomIn', accelerator: 'Ctrl+=', visible: false },
        { label: menu.zoomOut, role: 'zoomOut' },
        { label: menu.resetZoom, role: 'resetZoom' },
      ],
    },
  ];
}
