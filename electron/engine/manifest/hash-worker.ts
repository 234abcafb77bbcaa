/** The worker thread of a HashPool: one task in, one answer out, until it is terminated. */
import { parentPort, workerData } from 'node:worker_threads';
import { DIGEST_BYTES, FileHasher } from './hash-file.js';
import type { HashAnswer, HashTask } from './hash-pool.js';
import { STAMP_WORDS } from './native-stat.js';

const hasher = new FileHasher(workerData as Int32Array);

parentPort?.on('message', (task: HashTask | 'end') => {
  if (task === 'end') {
    parentPort?.close();
    return;
  }
  const count = task.paths.length;
  const digests = new Uint8Array(count * DIGEST_BYTES);
  const outcomes = new Int32Array(count);
  for (const [i, path] of task.paths.entries()) {
    outcomes[i] = hasher.hash(path, task.stamps, i * STAMP_WORDS, digests, i * DIGEST_BYTES);
  }
  const answer: HashAnswer = { digests, outcomes };
  parentPort?.postMessage(answer, [digests.buffer, outcomes.buffer]);
});
