/** Worker threads that hash. Tasks are answered in any order; a worker that dies fails its task and the pool. */
import { Worker } from 'node:worker_threads';
import type { RawPath } from '../posix/raw-path.js';

export interface HashTask {
  /** Absolute. */
  readonly paths: readonly RawPath[];
  /** STAMP_WORDS for each path. */
  readonly stamps: Uint32Array;
}

export interface HashAnswer {
  /** DIGEST_BYTES for each path; meaningful where the outcome is HASHED. */
  readonly digests: Uint8Array;
  readonly outcomes: Int32Array;
}

// Run from source (the unit tests), there is no compiled worker beside this file; it is in dist/.
const workerFile = new URL(
  import.meta.url.endsWith('.ts')
    ? '../../../dist/electron/engine/manifest/hash-worker.js'
    : './hash-worker.js',
  import.meta.url,
);

interface Job {
  readonly task: HashTask;
  readonly resolve: (answer: HashAnswer) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  /** Sent and not yet answered, in the order in which they will be answered. */
  readonly sent: Job[];
}

/** Tasks sent ahead, so that a thread never waits for this one to look up from its own work. */
const AHEAD = 4;

export class HashPool {
  private readonly threads: Thread[] = [];
  private readonly waiting: Job[] = [];
  /** Shared with the threads: once it is 1 they answer without hashing. */
  private readonly stop = new Int32Array(new SharedArrayBuffer(4));
  private failure: Error | undefined;

  constructor(private readonly size: number) {}

  run(task: HashTask): Promise<HashAnswer> {
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) {
        reject(this.failure);
        return;
      }
      this.waiting.push({ task, resolve, reject });
      if (this.threads.length < this.size) this.start();
      this.dispatch();
    });
  }

  /** Rejects what has not been answered; the threads give up at the next chunk. */
  cancel(): void {
    Atomics.store(this.stop, 0, 1);
    this.fail(new Error('hashing was cancelled'));
  }

  /** Ends the threads, after they have closed their files: a descriptor belongs to the process, not to its thread. */
  async close(): Promise<void> {
    this.cancel();
    await Promise.all(
      this.threads.map(({ worker }) => {
        const ended = new Promise((resolve) => worker.once('exit', resolve));
        worker.postMessage('end');
        return ended;
      }),
    );
  }

  private start(): void {
    // A thread needs little besides its one buffer; without limits its young generation grows by tens of megabytes.
    const worker = new Worker(workerFile, {
      workerData: this.stop,
      execArgv: [], // --input-type, --test and the like are this thread's affair
      resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64 },
    });
    const thread: Thread = { worker, sent: [] };
    this.threads.push(thread);
    worker.on('message', (answer: HashAnswer) => {
      thread.sent.shift()?.resolve(answer);
      this.dispatch();
    });
    worker.on('error', (error: Error) => this.fail(error));
    worker.on('exit', (code) => {
      this.threads.splice(this.threads.indexOf(thread), 1);
      this.fail(new Error(`a hash worker ended early (exit code ${code})`));
    });
  }

  private dispatch(): void {
    while (this.waiting.length > 0) {
      const thread = this.threads.reduce((a, b) => (b.sent.length < a.sent.length ? b : a));
      if (thread.sent.length >= AHEAD) return;
      const job = this.waiting.shift() as Job;
      thread.sent.push(job);
      thread.worker.postMessage(job.task);
    }
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const job of this.waiting.splice(0)) job.reject(error);
    for (const thread of this.threads) for (const job of thread.sent.splice(0)) job.reject(error);
  }
}
