/**
 * What a package consists of, for electron-builder. The app is an archive (asar); beside it lie the helper's program with a Node of its
 * own, the polkit policy and the systemd units. `npm run package` stages them first (build/package.js) and then builds.
 */
import { join } from 'node:path';
import { readdirSync } from 'node:fs';
import { setFuses } from './package/fuses.js';
import { importClosure } from './package/import-closure.js';
import { stageFolder } from './package/stage.js';

const appId = 'org.understudy.Understudy';
const top = join(import.meta.dirname, '..');
const icons = join(import.meta.dirname, 'icons');

/** Where a package says who stands behind it; whoever builds packages for others gives their own. */
const homepage = process.env.UNDERSTUDY_HOMEPAGE ?? 'https://understudy.invalid/';
const maintainer =
  process.env.UNDERSTUDY_MAINTAINER ?? 'Understudy maintainers <maintainers@understudy.invalid>';

/** `stage` is what was staged for it, `output` where packages go; `electronDist` is a folder with Electron's program, where it is not fetched. */
export function configuration({
  stage = stageFolder,
  output = join(top, 'dist/packages'),
  electronDist,
} = {}) {
  const root = join(stage, 'root');
  return {
    appId,
    productName: 'Understudy',
    copyright: 'GPL-3.0-or-later',
    directories: { output, buildResources: 'build' },
    ...(electronDist === undefined ? {} : { electronDist }),
    extraMetadata: { homepage },
    asar: true,
    asarUnpack: ['**/*.node'],
    // koffi brings its binaries, for any Node.
    npmRebuild: false,
    publish: null,
    files: [
      ...importClosure(top, 'dist/electron/main/main.js'),
      'dist/electron/preload/preload.cjs',
      'dist/renderer/**/*',
      'build/icons/{app,tray}/**/*.png',
      // Of the packages only what runs, and none that only the command line and the helper use.
      '!**/*.{map,ts,mts,cts,md,markdown}',
      '!node_modules/{ws,node-diff3}{,/**}',
    ],
    extraResources: [
      { from: join(root, 'usr/lib/understudy'), to: 'program' },
      // electron-builder passes over a folder of this name unless it is asked for by itself.
      { from: join(root, 'usr/lib/understudy/node_modules'), to: 'program/node_modules' },
      { from: join(root, 'usr/lib/systemd/system'), to: 'systemd' },
      { from: join(root, 'usr/share/polkit-1/actions'), to: 'polkit' },
      { from: join(stage, 'runtime'), to: 'runtime' },
    ],
    // Words of Chromium's own: the app has its own in these languages.
    electronLanguages: ['en-US', 'de'],
    afterPack: async ({ appOutDir, packager }) => setFuses(join(appOutDir, packager.executableName)),
    linux: {
      target: ['deb', 'rpm', 'AppImage'],
      // One id for window, entry, icon and metainfo; /usr/bin/understudy is the command line.
      executableName: appId,
      syncDesktopName: true,
      icon: join(icons, 'app'),
      category: 'System',
      maintainer,
      vendor: 'Understudy',
      synopsis: 'Rehearses updates and takes them back with one click',
      description:
        'Rehearses every update in a clone of the running system, shows what it would change, switches to it in one step and takes it back in one step.',
      desktop: {
        entry: {
          GenericName: 'Update Assistant',
          'GenericName[de]': 'Aktualisierungshelfer',
          'Comment[de]': 'Probt jede Aktualisierung und nimmt sie mit einem Klick zurück',
          Keywords: 'update;upgrade;rollback;restore;packages;',
          'Keywords[de]': 'Aktualisierung;Update;zurücknehmen;Wiederherstellung;Pakete;',
          Categories: 'System;PackageManager;Settings;',
          StartupNotify: 'true',
        },
      },
    },
    deb: { ...maintained(stage), depends: debDepends, fpm: systemFiles(root, stage) },
    rpm: { ...maintained(stage), depends: rpmDepends, fpm: systemFiles(root, stage) },
  };
}

/** What Electron's program is linked with, and what asks for the password. */
const debDepends = [
  'libgtk-3-0 | libgtk-3-0t64',
  'libnotify4',
  'libnss3',
  'libxss1',
  'libxtst6',
  'libatspi2.0-0 | libatspi2.0-0t64',
  'libuuid1',
  'xdg-utils',
  'systemd',
  'polkitd | policykit-1',
  'pkexec | policykit-1',
];
const rpmDepends = [
  'gtk3',
  'libnotify',
  'nss',
  'libXScrnSaver',
  'libXtst',
  'at-spi2-core',
  'libuuid',
  'xdg-utils',
  'systemd',
  'polkit',
];

function maintained(stage) {
  return { afterInstall: join(stage, 'after-install.sh'), afterRemove: join(stage, 'after-remove.sh') };
}

/** For fpm: the command line, units and policy at the places of the system, and what tells software centres about the app. */
function systemFiles(root, stage) {
  const sizes = readdirSync(join(icons, 'app')).map((name) => name.replace('.png', ''));
  const scalable = `${join(icons, 'source', `${appId}.svg`)}=/usr/share/icons/hicolor/scalable/apps/${appId}.svg`;
  if (sizes.length === 0) throw new Error('The icons are missing: run "node build/icons/render.js".');
  return [
    '--before-remove',
    join(stage, 'before-remove.sh'),
    `${root}/=/`,
    scalable,
    `${join(top, 'build/desktop', `${appId}.metainfo.xml`)}=/usr/share/metainfo/${appId}.metainfo.xml`,
  ];
}
