/**
 * A package as it is really packed, by electron-builder, around a stand-in for Electron's program that has fuses like the real one. What it holds
 * then runs: its Node runs its command line, and its helper can be asked.
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FuseV1Options, getCurrentFuseWire, FuseVersion } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const top = join(import.meta.dirname, '../../..');
const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

/** The build's own modules are JavaScript; this is what is used of them. */
interface FuseRoom {
  readonly fuses: Readonly<Record<string, boolean>>;
  setFuses(path: string): Promise<void>;
  readFuses(path: string): Promise<Record<string, string>>;
}
interface AsarRoom {
  listPackage(archive: string, options: { isPack: boolean }): string[];
  extractFile(archive: string, name: string): Buffer;
}
const room = async <T>(path: string): Promise<T> => (await import(join(top, path))) as T;
const asar = createRequire(import.meta.url)('@electron/asar') as AsarRoom;

let folder: string;
let app: string;
let fuseRoom: FuseRoom;

/** A program with a wire of so many fuses, all as Electron is built with, some of them on. */
function program(path: string, states = '101100011', version = 1): string {
  const rest = Buffer.alloc(10_000, 0x90);
  const wire = Buffer.from([version, states.length]);
  writeFileSync(path, Buffer.concat([rest, Buffer.from(sentinel), wire, Buffer.from(states), rest]), {
    mode: 0o755,
  });
  return path;
}

function standIn(): string {
  const electron = join(folder, 'electron');
  mkdirSync(join(electron, 'resources'), { recursive: true });
  mkdirSync(join(electron, 'locales'));
  program(join(electron, 'electron'));
  for (const name of ['en-US', 'de', 'fr']) writeFileSync(join(electron, 'locales', `${name}.pak`), name);
  for (const name of ['LICENSE', 'LICENSES.chromium.html', 'icudtl.dat'])
    writeFileSync(join(electron, name), name);
  writeFileSync(join(electron, 'chrome-sandbox'), '', { mode: 0o755 });
  return electron;
}

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'understudy-package-')));
  fuseRoom = await room<FuseRoom>('build/package/fuses.js');
  const script = `
    const { build, Platform } = await import('electron-builder');
    const { configuration } = await import('./build/electron-builder.js');
    const { stage } = await import('./build/package/stage.js');
    const { readFileSync, writeFileSync } = await import('node:fs');
    const [stageFolder, output, electronDist, described] = process.argv.slice(1);
    stage(stageFolder);
    await build({
      targets: Platform.LINUX.createTarget(['deb']),
      config: configuration({ stage: stageFolder, output, electronDist }),
      // With everything at hand for fpm, which would make one file of it and has to be fetched.
      effectiveOptionComputed: async ([argv, desktopFile]) => {
        const scripts = argv.filter((word) => /install|remove/.test(word) && !word.startsWith('--') && !word.includes('='));
        const texts = scripts.map((path) => readFileSync(path, 'utf8'));
        writeFileSync(described, JSON.stringify({ argv, entry: readFileSync(desktopFile, 'utf8'), texts }));
        return true;
      },
    });
  `;
  for (const bundle of ['preload', 'renderer']) {
    const built = spawnSync(process.execPath, ['build/build.js', bundle], { cwd: top, encoding: 'utf8' });
    expect([built.status, built.status === 0 ? '' : built.stderr]).toEqual([0, '']);
  }
  const given = [join(folder, 'stage'), join(folder, 'out'), standIn(), join(folder, 'described.json')];
  const argv = ['--input-type=module', '--eval', script, ...given];
  const packed = spawnSync(process.execPath, argv, {
    cwd: top,
    encoding: 'utf8',
    // Nothing may be fetched: whoever tried would fail at once.
    env: { ...process.env, ELECTRON_MIRROR: 'http://127.0.0.1:9/', npm_config_offline: 'true' },
  });
  expect([packed.status, packed.status === 0 ? '' : packed.stdout + packed.stderr]).toEqual([0, '']);
  app = join(folder, 'out/linux-unpacked');
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the fuses', () => {
  test('of the packed program are set as they should, every one', async () => {
    const states = await fuseRoom.readFuses(join(app, 'org.understudy.Understudy'));
    const expected = Object.entries(fuseRoom.fuses).map(([name, on]) => [name, on ? 'ENABLE' : 'DISABLE']);
    expect(Object.entries(states)).toEqual(expected);
  });

  test('are read the same by Electron’s own tool, as far as it knows them', async () => {
    const wire = await getCurrentFuseWire(join(app, 'org.understudy.Understudy'));
    expect(wire.version).toBe(FuseVersion.V1);
    for (const [name, on] of Object.entries(fuseRoom.fuses)) {
      const option = FuseV1Options[name as keyof typeof FuseV1Options] as FuseV1Options | undefined;
      if (option !== undefined) expect([name, wire[option]]).toEqual([name, (on ? '1' : '0').charCodeAt(0)]);
    }
  });

  test('are all named that Electron’s own tool knows, in the places that it says', () => {
    const known = Object.entries(FuseV1Options).filter(
      (entry): entry is [string, FuseV1Options] => typeof entry[1] === 'number',
    );
    expect(known.length).toBeGreaterThanOrEqual(8);
    const names = Object.keys(fuseRoom.fuses);
    for (const [name, place] of known) expect([name, names[place]]).toEqual([name, name]);
  });

  test('of a program for two machines are set in both', async () => {
    const path = program(join(folder, 'one'));
    writeFileSync(path, Buffer.concat([readFileSync(path), readFileSync(path)]));
    await fuseRoom.setFuses(path);
    const text = readFileSync(path, 'latin1');
    const wires = [...text.matchAll(new RegExp(`${sentinel}..(.{9})`, 'gs'))].map(([, wire]) => wire);
    expect(wires).toHaveLength(2);
    expect(wires[0]).toBe(wires[1]);
    expect(wires[0]).not.toBe('101100011');
  });

  test.each([
    ['more of them than are known', '1011000110', 1, '10 fuses'],
    ['fewer of them', '10110001', 1, '8 fuses'],
    ['another version of them', '101100011', 2, 'version 2'],
  ])('a program with %s is refused, and left as it is', async (_what, states, version, words) => {
    const path = program(join(folder, 'odd'), states, version);
    const before = readFileSync(path);
    await expect(fuseRoom.setFuses(path)).rejects.toThrow(words);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('a program without any is refused', async () => {
    writeFileSync(join(folder, 'none'), 'no program');
    await expect(fuseRoom.setFuses(join(folder, 'none'))).rejects.toThrow('no fuses');
  });
});

describe('the archive', () => {
  const archive = () => join(app, 'resources/app.asar');
  const names = () => asar.listPackage(archive(), { isPack: false });

  test('holds what the app runs', () => {
    for (const name of [
      '/package.json',
      '/dist/electron/main/main.js',
      '/dist/electron/preload/preload.cjs',
      '/dist/renderer/index.html',
      '/dist/shared/app.js',
      '/node_modules/zod/package.json',
      '/node_modules/electron-store/package.json',
      '/build/icons/tray/dark-panel/ready@2x.png',
      '/build/icons/app/256.png',
    ])
      expect(names()).toContain(name);
    const { main, type, desktopName } = JSON.parse(
      asar.extractFile(archive(), 'package.json').toString(),
    ) as Record<string, string>;
    expect([main, type, desktopName]).toEqual([
      'dist/electron/main/main.js',
      'module',
      'org.understudy.Understudy.desktop',
    ]);
  });

  test('holds every file that the renderer’s page names', () => {
    const page = asar.extractFile(archive(), 'dist/renderer/index.html').toString();
    const named = [...page.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map(
      ([, name]) => `/dist/renderer/${name}`,
    );
    expect(named.length).toBeGreaterThan(1);
    for (const name of named) expect(names()).toContain(name);
  });

  test('holds no test, no source, no other front end, nothing of the engine that the app may not use', () => {
    const foreign = names().filter((name) =>
      /^\/(test|shared|electron|renderer|\.git)|\.map$|\.svelte$|(?<!\.d)\.ts$|^\/dist\/(test|electron\/(cli|browser|engine\/(?!posix|fault)))/.test(
        name,
      ),
    );
    expect(foreign).toEqual([]);
    expect(
      names().filter((name) =>
        /^\/node_modules\/(electron|vite|svelte|typescript|ws|playwright-core)(\/|$)/.test(name),
      ),
    ).toEqual([]);
  });

  test('has its libraries beside it, where the loader finds them', () => {
    const unpacked = join(app, 'resources/app.asar.unpacked');
    const libraries = readdirSync(unpacked, { recursive: true }).filter((name) =>
      String(name).endsWith('.node'),
    );
    expect(libraries.length).toBeGreaterThan(0);
  });
});

describe('what lies beside the archive', () => {
  const resource = (name: string): string => join(app, 'resources', name);

  test('are the policy, the units and the program, word for word', () => {
    expect(readFileSync(resource('polkit/org.understudy.policy'))).toEqual(
      readFileSync(join(top, 'build/polkit/org.understudy.policy')),
    );
    const units = readdirSync(join(top, 'build/systemd')).sort();
    expect(readdirSync(resource('systemd')).sort()).toEqual(units);
    for (const unit of units) {
      const text = readFileSync(resource(`systemd/${unit}`), 'utf8');
      expect(text).not.toContain('/usr/bin/node');
    }
    expect(readFileSync(resource('systemd/understudy-helper.service'), 'utf8')).toContain(
      'ExecStart=/opt/Understudy/resources/runtime/node /usr/lib/understudy/dist/program/helper.js',
    );
  });

  test('can be read by everyone and written by the owner alone', () => {
    const odd: string[] = [];
    for (const name of readdirSync(app, { recursive: true })) {
      const { mode } = statSync(join(app, String(name)));
      if ((mode & 0o7022) !== 0 || (mode & 0o444) !== 0o444)
        odd.push(`${String(name)} ${(mode & 0o7777).toString(8)}`);
    }
    expect(odd).toEqual([]);
    for (const name of ['org.understudy.Understudy', 'chrome-sandbox', 'resources/runtime/node'])
      expect([name, statSync(join(app, name)).mode & 0o111]).toEqual([name, 0o111]);
  });

  test('runs: the Node of the package runs the command line of the package', () => {
    const argv = [resource('program/electron/cli/understudy.js'), 'version', '--json'];
    const { status, stdout } = spawnSync(resource('runtime/node'), argv, {
      cwd: '/',
      env: {},
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    const { version } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8')) as { version: string };
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, value: { understudy: version } });
  });

  test('has a helper that starts, with all that it imports', () => {
    const argv = [resource('program/dist/program/helper.js'), '--nonsense'];
    const { stdout } = spawnSync(resource('runtime/node'), argv, { cwd: '/', env: {}, encoding: 'utf8' });
    expect(JSON.parse(stdout)).toHaveProperty('problem');
  });

  test('leaves only the languages that the app speaks, and the licences', () => {
    expect(readdirSync(join(app, 'locales')).sort()).toEqual(['de.pak', 'en-US.pak']);
    expect(existsSync(join(app, 'LICENSES.chromium.html'))).toBe(true);
  });
});

describe('a package for Debian', () => {
  interface Described {
    readonly argv: readonly string[];
    readonly entry: string;
    /** Scripts of the package, with all names put in. */
    readonly texts: readonly string[];
  }
  const described = (): Described =>
    JSON.parse(readFileSync(join(folder, 'described.json'), 'utf8')) as Described;
  /** From where and to where files go. */
  const files = (): string[][] =>
    described()
      .argv.filter((word) => /^\/.*=\//.test(word))
      .map((word) => word.split('='));

  test('puts everything at its place', () => {
    // electron-builder's own temporary files are gone by now.
    const ours = files().filter(([from]) => [top, folder].some((place) => from!.startsWith(`${place}/`)));
    expect(ours.length).toBeGreaterThan(5);
    for (const [from] of ours) expect([from, existsSync(from!)]).toEqual([from, true]);
    expect(files().map(([, to]) => to)).toEqual(
      expect.arrayContaining([
        '/opt/Understudy',
        '/',
        '/usr/share/applications/org.understudy.Understudy.desktop',
        '/usr/share/metainfo/org.understudy.Understudy.metainfo.xml',
        '/usr/share/icons/hicolor/scalable/apps/org.understudy.Understudy.svg',
        '/usr/share/icons/hicolor/256x256/apps/org.understudy.Understudy.png',
      ]),
    );
    const [root] = files().find(([, to]) => to === '/')!;
    for (const name of [
      'usr/bin/understudy',
      'usr/lib/understudy/dist/program/helper.js',
      'usr/lib/understudy/hooks/modules',
      'etc/dpkg/dpkg.cfg.d/understudy',
      'usr/share/libalpm/hooks/50-understudy-modules-keep.hook',
      'usr/lib/systemd/system/understudy-helper.socket',
      'usr/share/polkit-1/actions/org.understudy.policy',
    ])
      expect([name, existsSync(join(root!, name))]).toEqual([name, true]);
  });

  test('has scripts that a plain shell understands, without a gap', () => {
    const { texts } = described();
    expect(texts).toHaveLength(3);
    for (const text of texts) {
      expect(spawnSync('sh', ['-n'], { input: text, encoding: 'utf8' }).stderr).toBe('');
      expect(text).not.toMatch(/@units@|\$\{/);
    }
    expect(texts.join()).toContain("app='/opt/Understudy'");
    expect(texts.join()).toMatch(/systemctl enable .*understudy-helper\.socket/);
  });

  test('has an entry in the menu of the desktop', (context) => {
    const { entry } = described();
    expect(entry).toMatch(/^Icon=org\.understudy\.Understudy$/m);
    expect(entry).toMatch(/^Exec=\/opt\/Understudy\/org\.understudy\.Understudy( %U)?$/m);
    expect(entry).toMatch(/^StartupWMClass=org\.understudy\.Understudy$/m);
    const path = join(folder, 'org.understudy.Understudy.desktop');
    writeFileSync(path, entry);
    const { error, status, stdout } = spawnSync('desktop-file-validate', [path], { encoding: 'utf8' });
    context.skip(error !== undefined, 'needs desktop-file-validate');
    expect([status, stdout]).toEqual([0, '']);
  });
});

describe('what tells the desktop about it', () => {
  const metainfo = join(top, 'build/desktop/org.understudy.Understudy.metainfo.xml');

  test('names the version', () => {
    const { version } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8')) as { version: string };
    expect(readFileSync(metainfo, 'utf8')).toContain(`<release version="${version}"`);
  });

  test('is valid AppStream metainfo', (context) => {
    const { error, status, stdout } = spawnSync('appstreamcli', ['validate', '--no-net', metainfo], {
      encoding: 'utf8',
    });
    context.skip(error !== undefined, 'needs appstreamcli');
    expect([status, stdout.includes('E: '), stdout.includes('W: ')]).toEqual([0, false, false]);
  });

  test('has icons that were rendered from the drawings that are there', async () => {
    const { drawings, appSizes } = await room<{
      readonly drawings: () => Record<string, string>;
      readonly appSizes: number[];
    }>('build/icons/render.js');
    const drawn: unknown = JSON.parse(readFileSync(join(top, 'build/icons/drawn.json'), 'utf8'));
    expect(drawings()).toEqual(drawn);
    for (const size of appSizes) {
      const bytes = readFileSync(join(top, `build/icons/app/${size}.png`));
      // The header of a PNG: width and height at 16 and 20 (PNG, 11.2.2).
      expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([size, size]);
    }
  });
});
