/** For programs: JSON lines on standard output, as `document.ts` describes them. Standard error stays empty. */
import { documentVersion, jsonLine, type ResultDocument } from './document.js';
import type { Output } from './output.js';
import type { TextStream } from './text-stream.js';

export function jsonOutput(stdout: TextStream, withProgress: boolean): Output {
  return {
    progress: withProgress ? (event) => stdout.write(jsonLine(event)) : () => undefined,
    note: () => undefined,
    announce: (document) => stdout.write(jsonLine({ ...document, version: documentVersion })),
    question: () => undefined,
    finish({ verb, outcome, exitCode, recovered }) {
      const head = { type: 'result', version: documentVersion, verb, exitCode } as const;
      const tail = recovered ? { recovered } : {};
      const document: ResultDocument = outcome.ok
        ? { ...head, ok: true, value: outcome.value.value, ...tail }
        : { ...head, ok: false, problem: outcome.problem, ...tail };
      stdout.write(jsonLine(document));
    },
  };
}
