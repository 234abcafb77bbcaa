/**
 * An ESLint rule that holds the layers: which folder of the house may import which, as an allow-list. It follows a relative path to the
 * folder it names, in every form of import that there is, so that no spelling of a path slips through.
 */
import { dirname, relative, resolve, sep } from 'node:path';

/**
 * `folder` may import `from` these and nothing else of ours; `without` are packages that it may not import ("node:*" is all that
 * Node brings). A file belongs to the first folder that holds it; files elsewhere (tests, build) are free.
 */
export const layers = [
  {
    folder: 'shared',
    from: ['shared'],
    without: ['electron', 'node:*'],
    reason:
      'shared is the contract between all sides, the renderer among them: it imports nothing of ours and nothing of Node.',
  },
  {
    folder: 'electron/engine',
    from: ['electron/engine', 'shared'],
    without: ['electron', 'node:net', 'node:http', 'node:http2', 'node:https', 'node:tls', 'node:dgram'],
    reason:
      'the engine is plain Node below every front end; it runs as root and must not depend on sockets, UI or Electron.',
  },
  {
    folder: 'electron/helper',
    from: ['electron/helper', 'electron/engine', 'shared'],
    without: ['electron'],
    reason: 'the helper is the trust boundary: only the engine and the contract may run with its rights.',
  },
  {
    folder: 'electron/services',
    from: ['electron/services', 'electron/helper/client', 'shared'],
    without: ['electron'],
    reason: "services are shared by every shell and reach root only through the helper's client.",
  },
  {
    folder: 'electron/main',
    from: ['electron/main', 'electron/services', 'shared'],
    without: [],
    reason: 'the shells are thin and run as the user; the engine is reached only through the services.',
  },
  {
    folder: 'electron/preload',
    from: ['electron/preload', 'shared'],
    without: ['node:*'],
    reason: 'the bridge runs in the sandbox beside the untrusted renderer and knows only the contract.',
  },
  {
    folder: 'electron/browser',
    from: ['electron/browser', 'electron/services', 'shared'],
    without: ['electron'],
    reason: 'the shells are thin and run as the user; the engine is reached only through the services.',
  },
  {
    folder: 'electron/cli',
    from: ['electron/cli', 'electron/engine', 'electron/services', 'shared'],
    without: ['electron'],
    reason: 'the command line works without any desktop, and reaches the helper only through the services.',
  },
  {
    folder: 'renderer',
    from: ['renderer', 'shared'],
    without: ['electron', 'node:*'],
    reason: 'the renderer is untrusted and knows only the contract in shared.',
  },
];

const top = resolve(import.meta.dirname, '../..');
const isWithin = (path, folder) => path === folder || path.startsWith(`${folder}/`);

/** Of a file, relative to the top. */
export function layerOf(path) {
  return layers.find(({ folder }) => isWithin(path, folder));
}

function isAllowed(layer, file, specifier) {
  if (!specifier.startsWith('.')) {
    return !layer.without.some((name) =>
      name === 'node:*' ? specifier.startsWith('node:') : isWithin(specifier, name),
    );
  }
  const target = relative(top, resolve(dirname(file), specifier))
    .split(sep)
    .join('/');
  // `helper/client` stands for the folder and for the one file `helper/client.js`.
  return layer.from.some((folder) => isWithin(target.replace(/\.[jt]s$/, ''), folder));
}

export const rule = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      forbidden: '{{folder}} may not import {{specifier}}: {{reason}}',
      unknown: '{{folder}} may import only what its source text names: {{reason}}',
    },
  },
  create(context) {
    const layer = layerOf(relative(top, context.filename).split(sep).join('/'));
    if (layer === undefined) return {};
    const { folder, reason } = layer;
    const check = (node) => {
      if (node === null || node === undefined) return;
      const specifier = node.type === 'TSLiteralType' ? node.literal.value : node.value;
      if (typeof specifier !== 'string')
        context.report({ node, messageId: 'unknown', data: { folder, reason } });
      else if (!isAllowed(layer, context.filename, specifier))
        context.report({ node, messageId: 'forbidden', data: { folder, reason, specifier } });
    };
    return {
      ImportDeclaration: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
      TSImportType: (node) => check(node.source ?? node.argument),
      TSExternalModuleReference: (node) => check(node.expression),
    };
  },
};
